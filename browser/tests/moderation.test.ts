import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "../src/moderation/csv.ts";
import { Keys } from "../src/moderation/keys.ts";
import { segments } from "../src/moderation/marks.ts";
import { claimed_by_other, fits, no_filter, Queue, urgency } from "../src/moderation/queue.ts";
import type { Case, Verdict } from "../src/contract.ts";
import { spark_path } from "../src/moderation/spark.ts";
import { in_order, outcome } from "../src/moderation/thresholds.ts";

const now = Date.parse("2026-11-21T12:00:00.000Z");

function verdict(severity: Verdict["severity"]): Verdict {
  return {
    action: "flag",
    severity,
    score: 0.5,
    probability: 0.5,
    reasons: ["profanity"],
    matches: [],
    language: "en",
  };
}

function a_case(id: string, more: Partial<Case> = {}): Case {
  const author = { id: "u-ali", username: "ali", display_name: "Ali" };
  return {
    id,
    kind: "flagged",
    status: "open",
    occasion: "message",
    room: { id: "r", name: "lobby", title: "Lobby" },
    message_id: null,
    seq: null,
    text: id,
    count: 1,
    further: [],
    author,
    created_at: "2026-11-21T11:50:00.000Z",
    updated_at: "2026-11-21T11:50:00.000Z",
    verdict: verdict("low"),
    reports: [],
    appeal: null,
    claim: null,
    decision: null,
    decisions: [],
    field: "",
    versions: { lexicon: "", model: "" },
    stale: false,
    asks_for_help: false,
    ...more,
  };
}

test("marks: positions count code points, are cut to the text and may overlap", () => {
  const cases: [string, { category: string; start: number; end: number }[], [string, string][]][] = [
    [
      "you fool",
      [{ category: "harassment", start: 4, end: 8 }],
      [
        ["you ", ""],
        ["fool", "harassment"],
      ],
    ],
    [
      "😀😀bad😀",
      [{ category: "profanity", start: 2, end: 5 }],
      [
        ["😀😀", ""],
        ["bad", "profanity"],
        ["😀", ""],
      ],
    ],
    [
      "abc",
      [
        { category: "x", start: -3, end: 1 },
        { category: "y", start: 2, end: 99 },
      ],
      [
        ["a", "x"],
        ["b", ""],
        ["c", "y"],
      ],
    ],
    [
      "abcd",
      [
        { category: "x", start: 0, end: 3 },
        { category: "y", start: 1, end: 4 },
      ],
      [
        ["abc", "x"],
        ["d", "y"],
      ],
    ],
    [
      "تو پاگل",
      [{ category: "harassment", start: 3, end: 7 }],
      [
        ["تو ", ""],
        ["پاگل", "harassment"],
      ],
    ],
    ["plain", [], [["plain", ""]]],
    ["", [{ category: "x", start: 0, end: 5 }], []],
  ];
  for (const [text, matches, wanted] of cases) {
    const found = segments(text, matches);
    assert.deepEqual(
      found.map((each) => [each.text, each.category]),
      wanted,
      text,
    );
    assert.equal(found.map((each) => each.text).join(""), text);
  }
});

test("keys: every decision takes at most two of them", () => {
  const keys = new Keys();
  const acts = { a: "approve", h: "remove", w: "warn", g: "grant", r: "reject", x: "not_a_violation" };
  for (const [key, action] of Object.entries(acts))
    for (const pressed of [key, key.toUpperCase()]) assert.deepEqual(keys.press(pressed), { kind: "decide", action });
  for (const [first, action, minutes] of [
    ["t", "mute", [5, 60, 1440]],
    ["b", "ban", [1440, 10080, 0]],
  ] as const) {
    minutes.forEach((wanted, index) => {
      assert.deepEqual(keys.press(first), { kind: "arm", what: action });
      assert.deepEqual(keys.press(String(index + 1)), { kind: "decide", action, minutes: wanted });
    });
  }
});

test("keys: a digit alone decides nothing, and another key disarms", () => {
  const keys = new Keys();
  assert.equal(keys.press("1"), null);
  keys.press("t");
  assert.deepEqual(keys.press("Escape"), { kind: "disarm" });
  assert.equal(keys.press("2"), null);
  keys.press("b");
  assert.deepEqual(keys.press("j"), { kind: "move", by: 1 });
  assert.equal(keys.press("3"), null);
  keys.press("t");
  assert.deepEqual(keys.press("4"), { kind: "disarm" });
  assert.equal(keys.press("z"), null);
});

test("queue: severity times age decides, appeals and people in need come first", () => {
  const old = a_case("old", { created_at: "2026-11-21T11:00:00.000Z" });
  const severe = a_case("severe", { verdict: verdict("high") });
  const alert = a_case("alert", { kind: "alert" });
  const appealed = a_case("appealed", { appeal: { text: "", at: "2026-11-21T11:59:00.000Z" } });
  assert.ok(urgency(severe, now) > urgency(a_case("mild"), now));
  assert.ok(urgency(old, now) > urgency(severe, now));
  assert.ok(urgency(alert, now) > urgency(severe, now));
  assert.ok(urgency(appealed, now) > urgency(old, now));
});

test("queue: new cases find their place, changed ones keep it, decided ones go", () => {
  const queue = new Queue();
  queue.replace(
    [
      a_case("one", { verdict: verdict("high") }),
      a_case("two"),
      a_case("three", { created_at: "2026-11-21T11:59:00.000Z" }),
    ],
    3,
  );
  const ids = (): string[] => queue.cases.map((each) => each.id);
  assert.equal(queue.take(a_case("middle", { verdict: verdict("medium") }), now), true);
  assert.deepEqual(ids(), ["one", "middle", "two", "three"]);
  assert.equal(queue.take(a_case("three", { count: 9, verdict: verdict("high") }), now), false);
  assert.deepEqual(ids(), ["one", "middle", "two", "three"]);
  assert.equal(queue.find("three")!.count, 9);
  queue.take(a_case("two", { appeal: { text: "please", at: "2026-11-21T12:00:00.000Z" } }), now);
  assert.deepEqual(ids(), ["two", "one", "middle", "three"]);
  queue.take(a_case("one", { status: "decided" }), now);
  queue.take(a_case("unknown", { status: "decided" }), now);
  assert.deepEqual(ids(), ["two", "middle", "three"]);
});

test("queue: what does not fit the filter stays out", () => {
  const each = a_case("one");
  const cases: [Partial<typeof no_filter>, boolean][] = [
    [{}, true],
    [{ kind: "flagged" }, true],
    [{ kind: "blocked" }, false],
    [{ category: "profanity" }, true],
    [{ category: "threat" }, false],
    [{ room: "lobby" }, true],
    [{ room: "physics" }, false],
    [{ author: "ALI" }, true],
    [{ author: "al" }, false],
    [{ appealed: true }, false],
  ];
  for (const [filter, wanted] of cases)
    assert.equal(fits(each, { ...no_filter, ...filter }), wanted, JSON.stringify(filter));
  const queue = new Queue();
  queue.filter = { ...no_filter, kind: "blocked" };
  assert.equal(queue.take(each, now), false);
  assert.equal(queue.cases.length, 0);
});

test("queue: after a decision comes the next that nobody else looks at", () => {
  const claim = { by: "other", until: "2026-11-21T12:01:00.000Z" };
  const queue = new Queue();
  queue.replace([a_case("one"), a_case("two"), a_case("three", { claim }), a_case("four")], 4);
  assert.equal(queue.after("one", "me", now)!.id, "two");
  assert.equal(queue.after("two", "me", now)!.id, "four");
  assert.equal(queue.after("two", "other", now)!.id, "three");
  assert.equal(queue.after("four", "me", now)!.id, "two");
  assert.equal(claimed_by_other(queue.find("three")!, "me", now + 120_000), false);
  queue.replace([a_case("last")], 1);
  assert.equal(queue.after("last", "me", now), undefined);
});

test("csv: quotes what needs it, and no spreadsheet runs a cell", () => {
  assert.equal(
    csv([
      ["a", 1],
      ['say "hi", now', 2.5],
    ]),
    'a,1\r\n"say ""hi"", now",2.5\r\n',
  );
  for (const evil of ["=1+1", "+1", "-1", "@x"]) assert.ok(csv([[evil]]).startsWith("'"), evil);
  assert.equal(csv([[-3]]), "-3\r\n");
});

test("thresholds: one that is moved past another takes it along", () => {
  const school = { warn: 0.3, flag: 0.6, block: 0.9 };
  assert.deepEqual(in_order({ ...school, warn: 0.95 }, "warn"), { warn: 0.95, flag: 0.95, block: 0.95 });
  assert.deepEqual(in_order({ ...school, block: 0.2 }, "block"), { warn: 0.2, flag: 0.2, block: 0.2 });
  assert.deepEqual(in_order({ ...school, flag: 0.7 }, "flag"), { warn: 0.3, flag: 0.7, block: 0.9 });
  assert.deepEqual(outcome([0.1, 0.3, 0.59, 0.6, 0.9, 1], school), { warn: 2, flag: 1, block: 2 });
});

test("spark lines: an hour wide, scaled to the highest, none for a single point", () => {
  assert.equal(spark_path([{ at: now, value: 3 }], now), "");
  assert.equal(
    spark_path(
      [
        { at: now - 3_600_000, value: 0 },
        { at: now, value: 4 },
      ],
      now,
    ),
    "M0.0 19.0L60.0 1.0",
  );
  assert.equal(
    spark_path(
      [
        { at: now - 7_200_000, value: 9 },
        { at: now - 1_800_000, value: 2 },
        { at: now, value: 1 },
      ],
      now,
    ),
    "M30.0 1.0L60.0 10.0",
  );
});

test("queue: what is alike is decided together, but never where somebody may need help", () => {
  const queue = new Queue();
  const help = a_case("help", { asks_for_help: true });
  const other = { id: "u-omar", username: "omar", display_name: "Omar" };
  queue.replace([a_case("one"), a_case("two"), a_case("three", { author: other }), help], 4);
  assert.deepEqual(
    queue.alike(queue.find("one")!).map((each) => each.id),
    ["two"],
  );
  assert.deepEqual(queue.alike(help), []);
});
