import assert from "node:assert/strict";
import { test } from "node:test";
import { filled, fits, marked, merged, rolling_share } from "../src/moderation/live_figures.ts";
import type { Pulse, PulseEntry } from "../src/contract.ts";

const entry = (number: number, score: number, more: Partial<PulseEntry> = {}): PulseEntry => ({
  number,
  at: "2026-01-01T10:00:00.000Z",
  username: "sara",
  type: "message",
  text: "hello",
  action: "allow",
  score,
  reasons: [],
  ...more,
});
const pulse = (more: Partial<Pulse>): Pulse => ({
  room: "stage",
  viewers: 1,
  threshold: 0.6,
  newest: 0,
  minutes: [],
  entries: [],
  categories: {},
  givers: [],
  ...more,
});
const minute = (at: string, messages: number) => ({ at, messages, toxic: 0, blocked: 0, gifts: 0, viewers: 0 });

test("the rolling share looks back over sixty messages, and gifts are none", () => {
  const entries = Array.from({ length: 80 }, (_, index) => entry(index + 1, index < 50 ? 0.9 : 0.1));
  assert.equal(rolling_share(entries, 0.6), 0.5);
  assert.equal(rolling_share([...entries, entry(81, 0, { type: "gift", amount: 3 })], 0.6), 0.5);
  assert.equal(rolling_share([], 0.6), null);
  assert.deepEqual(marked(entries, 0.95), { count: 0, all: 60 });
  assert.deepEqual(marked([entry(1, 0.2, { action: "block" }), entry(2, 0.2)], 0.6), { count: 1, all: 2 });
});

test("news are put in once, and the present minute replaces itself", () => {
  const known = pulse({
    newest: 2,
    entries: [entry(1, 0), entry(2, 0)],
    minutes: [minute("2026-01-01T10:00:00.000Z", 4), minute("2026-01-01T10:01:00.000Z", 1)],
  });
  const news = pulse({
    newest: 3,
    entries: [entry(2, 0), entry(3, 0)],
    minutes: [minute("2026-01-01T10:01:00.000Z", 2)],
  });
  const now = merged(known, news);
  assert.deepEqual(
    now.entries.map((each) => each.number),
    [1, 2, 3],
  );
  assert.deepEqual(
    now.minutes.map((each) => each.messages),
    [4, 2],
  );
});

test("quiet minutes stand between the others", () => {
  const minutes = filled([minute("2026-01-01T10:00:00.000Z", 4), minute("2026-01-01T10:03:00.000Z", 1)]);
  assert.deepEqual(
    minutes.map((each) => each.messages),
    [4, 0, 0, 1],
  );
});

test("entries are found by name and by what they were taken for", () => {
  const rude = entry(1, 0.7, { username: "Omar" });
  const blocked = entry(2, 0.1, { action: "block" });
  for (const [one, filter, expected] of [
    [rude, { name: "oma", toxicity: "" }, true],
    [rude, { name: "sara", toxicity: "" }, false],
    [rude, { name: "", toxicity: "toxic" }, true],
    [rude, { name: "", toxicity: "blocked" }, false],
    [blocked, { name: "", toxicity: "toxic" }, true],
    [entry(3, 0.1), { name: "", toxicity: "toxic" }, false],
  ] as const)
    assert.equal(fits(one, filter, 0.6), expected, JSON.stringify([one, filter]));
});
