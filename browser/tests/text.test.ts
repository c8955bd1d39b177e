import assert from "node:assert/strict";
import { test } from "node:test";
import cases from "./text-cases.json";
import { as_sent, cut, first_character, search_key, shows_something, tidied } from "../src/shared/text.ts";

test("cut: characters stay whole, however many units they have", () => {
  assert.equal(cut("short", 10), "short");
  assert.equal(cut("a".repeat(199) + "😀", 200), "a".repeat(199));
  assert.equal(cut("ab👨‍👩‍👧‍👦cd", 5), "ab");
  assert.equal(cut("ab👨‍👩‍👧‍👦cd", 13), "ab👨‍👩‍👧‍👦");
  assert.equal(cut("🇵🇰🇵🇰", 5), "🇵🇰");
  assert.equal(cut("नमस्ते", 3), "नम");
  assert.equal(cut("e\u0301e\u0301", 3), "e\u0301");
});

test("cut: a character that is longer than all that fits is cut between code points", () => {
  const towering = "a" + "\u0301".repeat(500);
  assert.equal(cut(towering, 100).length, 100);
  assert.equal(cut("👨‍👩‍👧‍👦!", 4), "👨‍");
});

test("as_sent: the first line keeps its indentation, blank lines before and blanks behind go", () => {
  assert.equal(as_sent("    def f():\n        return 1"), "    def f():\n        return 1");
  assert.equal(as_sent("\n  \n\t\n  text \n\n"), "  text");
  assert.equal(as_sent("   \n\t "), "");
  const begun = Date.now();
  assert.equal(as_sent(" ".repeat(100_000)), "");
  assert.ok(Date.now() - begun < 1000);
});

test("shows_something: what nobody sees counts as nothing", () => {
  for (const text of cases.nothing) {
    assert.equal(shows_something(text), false, JSON.stringify(text));
    assert.equal(as_sent(text), "");
  }
  for (const text of cases.something) assert.equal(shows_something(text), true, text);
});

test("tidied: what came along with a paste is dropped, and every line end is one", () => {
  for (const [given, kept] of cases.tidied) assert.equal(tidied(given!), kept, JSON.stringify(given));
});

test("first_character: a letter with its marks, a flag and a family are one", () => {
  for (const [text, first] of [
    ["abc", "a"],
    ["e\u0301x", "e\u0301"],
    ["🇵🇰x", "🇵🇰"],
    ["👨‍👩‍👧‍👦x", "👨‍👩‍👧‍👦"],
    ["", ""],
  ] as const)
    assert.equal(first_character(text), first);
});

test("search_key: forms, case and what nobody sees are no difference", () => {
  for (const [one, other] of [
    ["cafe\u0301", "CAFÉ"],
    ["İstanbul", "istanbul"],
    ["ısparta", "ISPARTA"],
    ["zero\u200bwidth", "zerowidth"],
    ["soft\u00adhyphen", "softhyphen"],
    ["Straße", "STRASSE"],
    ["ＡＢＣ１", "abc1"],
    ["ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"],
  ] as const)
    assert.equal(search_key(one), search_key(other), one);
});
