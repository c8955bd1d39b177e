import assert from "node:assert/strict";
import { test } from "node:test";
import { place_before, ReplayChat, type Ask, type Line } from "../src/live/replay_chat.ts";

const begin = Date.parse("2026-01-01T10:00:00.000Z");

/// A room whose message `n` was written `n` seconds after the beginning less 100; the third is deleted.
function room(count: number): { ask: Ask; asked: () => number } {
  let asked = 0;
  const lines = Array.from({ length: count }, (_, index): Line => ({
    seq: index + 1,
    sent_at: new Date(begin + (index + 1 - 100) * 1000).toISOString(),
    sender: { id: "u", username: "sara", display_name: "Sara", avatar_url: "" },
    text: `message ${index + 1}`,
    deleted: index + 1 === 103,
  }));
  return {
    asked: () => asked,
    ask: (after, limit) => {
      asked += 1;
      const found = lines.filter(({ seq }) => seq > after);
      return Promise.resolve({ messages: found.slice(0, limit), has_more: found.length > limit });
    },
  };
}

test("the place where a recording begins is found by halves", async () => {
  const { ask, asked } = room(1000);
  assert.equal(await place_before(begin, 1000, ask), 99);
  assert.ok(asked() <= 11, String(asked()));
  assert.equal(await place_before(begin + 10_000_000, 1000, ask), 1000);
  assert.equal(await place_before(begin - 10_000_000, 1000, ask), 0);
  assert.equal(await place_before(begin, 0, ask), 0);
});

test("by each moment of a recording there is what had been written, back and forth, without what is deleted", async () => {
  const { ask } = room(1000);
  const chat = new ReplayChat(begin, 1000, ask);
  const seqs = async (position: number) => (await chat.until(position)).map(({ seq }) => seq);
  assert.deepEqual(await seqs(0), [100]);
  assert.deepEqual(await seqs(5000), [100, 101, 102, 104, 105]);
  assert.equal((await seqs(800_000)).at(-1), 900);
  assert.deepEqual(await seqs(1000), [100, 101]);
  assert.equal((await seqs(9_000_000)).at(-1), 1000);
});
