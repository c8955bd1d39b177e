import assert from "node:assert/strict";
import { test } from "node:test";

/// The module asks the page for its language once.
Object.assign(globalThis, { document: { documentElement: { lang: "fa", dir: "rtl" } } });
const { count_text, digits, isolated, share_text } = await import("../src/shared/numbers.ts");

test("numbers: digits and percentages are the language's own", () => {
  assert.equal(digits(1205), "۱۲۰۵");
  assert.equal(digits("4:05"), "۴:۰۵");
  assert.equal(digits("ali"), "ali");
  assert.equal(share_text(0.123), "۱۲٫۳٪");
  assert.deepEqual([7, 99, 100].map(count_text), ["۷", "۹۹", "۹۹+"]);
});

test("numbers: what may run against a sentence from right to left is kept in one piece", () => {
  for (const text of ["ali", "23.3 MB", "@sara", "سارا (7b)", "۴:۰۵"])
    assert.equal(isolated(text), `\u2068${text}\u2069`);
  for (const text of ["12", "۱۲", ""]) assert.equal(isolated(text), text);
});
