import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt, type Mark } from "../src/chat/excerpt.ts";

const shown = (text: string, marks: Mark[]): string =>
  excerpt(text, marks)
    .map(({ said, is_marked }) => (is_marked ? `[${said}]` : said))
    .join("");

test("marks stand where the text answers", () => {
  const cases: [string, Mark[], string][] = [
    ["a quick fox", [[2, 7]], "a [quick] fox"],
    ["a quick fox", [], "a quick fox"],
    ["fox", [[0, 3]], "[fox]"],
    [
      "a b c",
      [
        [0, 1],
        [4, 5],
      ],
      "[a] b [c]",
    ],
    ["", [], ""],
  ];
  for (const [text, marks, expected] of cases) assert.equal(shown(text, marks), expected);
});

test("a long text is shown around its first mark", () => {
  const text = "word ".repeat(100) + "needle " + "word ".repeat(100);
  const seen = shown(text, [[500, 506]]);
  assert.match(seen, /^…(word )+\[needle\] (word )+…$/);
  assert.ok(seen.length < 260);
});

test("an excerpt ends between characters", () => {
  const seen = shown("😀".repeat(300), [[300, 302]]);
  assert.ok(!/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(seen.replace(/[[\]]/g, "")));
});
