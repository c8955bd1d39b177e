import assert from "node:assert/strict";
import { test } from "node:test";
import { Sequence } from "../src/chat/messages/sequence.ts";

const numbers = (...list: number[]): { seq: number }[] => list.map((seq) => ({ seq }));
const seqs = (list: { seq: number }[]): number[] => list.map((each) => each.seq);

test("sequence: whatever the order and however often, each message comes once, in order, without a gap", () => {
  // A small generator of its own keeps the shuffles the same in every run.
  let chance = 7;
  const random = (below: number): number => (chance = (chance * 1103515245 + 12345) % 2 ** 31) % below;
  for (let round = 0; round < 200; round++) {
    const deck = Array.from({ length: 40 }, (_, index) => index + 1).flatMap((seq) =>
      random(3) === 0 ? [seq, seq] : [seq],
    );
    for (let at = deck.length - 1; at > 0; at--) {
      const other = random(at + 1);
      [deck[at], deck[other]] = [deck[other]!, deck[at]!];
    }
    const sequence = new Sequence<{ seq: number }>(0);
    const out: number[] = [];
    while (deck.length > 0) out.push(...seqs(sequence.take(numbers(...deck.splice(0, 1 + random(5))))));
    assert.deepEqual(
      out,
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    assert.equal(sequence.has_gap, false);
  }
});

test("sequence: a skipped number is a gap until it is filled", () => {
  const sequence = new Sequence<{ seq: number }>(5);
  assert.deepEqual(seqs(sequence.take(numbers(7, 8))), []);
  assert.equal(sequence.has_gap, true);
  assert.deepEqual(seqs(sequence.take(numbers(6))), [6, 7, 8]);
  assert.equal(sequence.has_gap, false);
});

test("sequence: a restart forgets what the fresh page contains", () => {
  const sequence = new Sequence<{ seq: number }>(0);
  sequence.take(numbers(50, 61));
  sequence.restart(60);
  assert.deepEqual(seqs(sequence.take([])), [61]);
  assert.deepEqual(seqs(sequence.take(numbers(50, 60))), []);
});
