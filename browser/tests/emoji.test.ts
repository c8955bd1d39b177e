import assert from "node:assert/strict";
import { test } from "node:test";
import { emoji_named, with_tone } from "../src/shared/emoji.ts";

test("emoji: each has a name of its own, and a beginning finds it before a middle does", () => {
  const all = emoji_named("", 999);
  assert.ok(all.length >= 60);
  assert.equal(new Set(all.map((each) => each.name)).size, all.length);
  assert.equal(new Set(all.map((each) => each.emoji)).size, all.length);
  for (const { name, emoji } of all) assert.match(`${name} ${emoji}`, /^[a-z0-9_]+ \S*\p{Extended_Pictographic}/u);
  for (const [start, first] of [
    ["smi", "😊"],
    ["thumbsd", "👎"],
    ["cricket", "🏏"],
    ["camera", "📷"],
    ["joy", "😂"],
    ["eyes", "👀"],
  ] as const)
    assert.equal(emoji_named(start, 6)[0]?.emoji, first, start);
  assert.deepEqual(emoji_named("nothing_like_it", 6), []);
});

test("emoji: a skin tone stands behind the first person", () => {
  for (const [emoji, toned] of [
    ["👍", "👍🏽"],
    ["✌️", "✌🏽"],
    ["👩‍🚀", "👩🏽‍🚀"],
  ] as const)
    assert.equal(with_tone(emoji, "\u{1f3fd}"), toned);
  assert.equal(with_tone("👍", ""), "👍");
});
