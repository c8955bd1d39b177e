#!/usr/bin/python3
"""Renders the cases of a folder with Jinja and prints what it gives as one JSON object from name to result."""

import json
import pathlib
import sys

import jinja2


def in_key_order(pairs):
    # A server's context is JSON whose objects are ordered by key.
    return dict(sorted(pairs))


def environment_of(case):
    environment = jinja2.Environment(loader=jinja2.DictLoader(case["templates"]), autoescape=True)
    environment.globals["shout"] = lambda text, times=1: str(text).upper() + "!" * times
    environment.globals["pair"] = lambda a, b: [a, {"second": b}]
    return environment


def result_of(case):
    try:
        return {"output": environment_of(case).get_template("main").render(case.get("context", {}))}
    except Exception as error:  # whatever it is, it must be an error for us too
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    results = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=in_key_order):
            case.setdefault("templates", {})
            if "template" in case:
                case["templates"]["main"] = case["template"]
            results[f"{path.stem}: {case['name']}"] = result_of(case)
    json.dump(results, sys.stdout)


main()
