import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes_of } from "../src/watch/minutes.ts";

test("a time of day is a minute of it, and what is none is its beginning", () => {
  for (const [text, minute] of [
    ["00:00", 0],
    ["07:05", 425],
    ["22:30", 1350],
    ["23:59", 1439],
    ["", 0],
    ["noon", 0],
  ] as const)
    assert.equal(minutes_of(text), minute);
});
