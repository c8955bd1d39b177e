import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, plain } from "../src/shared/markdown.ts";
import type { Tree } from "../src/shared/markdown_tree.ts";
import cases from "./markdown-cases.json";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char]!);

function html(tree: Tree): string {
  return tree
    .map((item) => {
      if (typeof item === "string") return escape(item);
      const attributes = Object.entries(item.attributes ?? {}).map(([name, value]) => ` ${name}="${escape(value)}"`);
      const open = `<${item.tag}${attributes.join("")}>`;
      return item.tag === "br" ? open : `${open}${html(item.children)}</${item.tag}>`;
    })
    .join("");
}

for (const each of cases) {
  test(`markdown: ${each.name}`, () => assert.equal(html(parse(each.text)), each.html));
}

test("markdown: plain words have no marks, no lines and no markup", () => {
  for (const [text, words] of [
    ["**a** `b` [c](https://d.example)", "a b c"],
    ["a\nb\n\n> c\n- d\n- e", "a b c d e"],
    ["```\nx < y\n```", "x < y"],
    ["<b>&amp;", "<b>&amp;"],
    ["", ""],
  ] as const)
    assert.equal(plain(text), words);
});

test("markdown: names of cases are unique", () => {
  assert.equal(new Set(cases.map((each) => each.name)).size, cases.length);
});

test("markdown: hostile lines of 4,000 characters are read in bounded time", () => {
  for (const unit of [
    "*a ",
    "**a *b ",
    "[a](",
    "`",
    "` ``",
    "_a_ *",
    "https://a)",
    "@",
    "```x\n",
    "> ",
    "\\",
    "[`a]",
    "\\*",
    "\\_a_ ",
    "https://a（",
    "[a.b](https://",
  ]) {
    const began = process.cpuUsage().user;
    parse(unit.repeat(4000 / unit.length));
    assert.ok(process.cpuUsage().user - began < 1_000_000, unit);
  }
});
