import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, type Delivery, type Entry } from "../src/chat/writing/outbox.ts";

class Shelf {
  kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

function world(shelf = new Shelf()) {
  let id = 0;
  const state = {
    now: 1000,
    answers: [] as Delivery[],
    delivered: [] as string[],
    later: [] as [() => void, number][],
  };
  const outbox = new Outbox({
    shelf,
    owner: "u1",
    deliver: async (entry: Entry) => {
      state.delivered.push(`${entry.text}#${entry.client_id}`);
      return state.answers.shift() ?? { kind: "sent" };
    },
    changed: () => {},
    later: (run, milliseconds) => state.later.push([run, milliseconds]),
    new_id: () => `c${shelf.kept.size}-${++id}`,
    now: () => state.now,
  });
  return { outbox, state, shelf };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

test("outbox: nothing is sent before the connection is there, then all in order", async () => {
  const { outbox, state } = world();
  for (const text of ["a", "b", "c"]) outbox.add("lobby", text);
  await settled();
  assert.deepEqual(state.delivered, []);
  outbox.resume();
  await settled();
  assert.deepEqual(
    state.delivered.map((each) => each[0]),
    ["a", "b", "c"],
  );
  assert.equal(outbox.entries.length, 0);
});

test("outbox: a reload keeps what was not acknowledged, in order, with the same client_id", async () => {
  const first = world();
  for (const text of ["a", "b"]) first.outbox.add("lobby", text);
  first.state.answers.push({ kind: "lost" });
  first.outbox.resume();
  await settled();
  assert.equal(first.state.delivered.length, 1);

  const second = world(first.shelf);
  second.outbox.resume();
  await settled();
  assert.equal(second.state.delivered[0], first.state.delivered[0]);
  assert.deepEqual(
    second.state.delivered.map((each) => each[0]),
    ["a", "b"],
  );
  assert.equal(first.shelf.kept.size, 0);
});

test("outbox: a lost connection stops the queue, coming back goes on with the same one", async () => {
  const { outbox, state } = world();
  state.answers.push({ kind: "sent" }, { kind: "lost" });
  for (const text of ["a", "b", "c"]) outbox.add("lobby", text);
  outbox.resume();
  await settled();
  assert.deepEqual(
    state.delivered.map((each) => each[0]),
    ["a", "b"],
  );
  outbox.pause();
  outbox.resume();
  await settled();
  assert.deepEqual(
    state.delivered.map((each) => each[0]),
    ["a", "b", "b", "c"],
  );
  assert.equal(state.delivered[1], state.delivered[2]);
});

test("outbox: slow mode waits as long as the server says, also for what is added meanwhile", async () => {
  const { outbox, state } = world();
  state.answers.push({ kind: "later", wait_ms: 5000 });
  outbox.add("lobby", "a");
  outbox.resume();
  await settled();
  outbox.add("lobby", "b");
  await settled();
  assert.equal(state.delivered.length, 1);
  assert.equal(state.later[0]![1], 5000);
  state.now += 5000;
  state.later[0]![0]();
  await settled();
  assert.deepEqual(
    state.delivered.map((each) => each[0]),
    ["a", "a", "b"],
  );
});

test("outbox: what the server refuses stays as failed until tried again or discarded, and holds up nobody", async () => {
  const { outbox, state, shelf } = world();
  state.answers.push({ kind: "refused", why: "no" });
  const entry = outbox.add("lobby", "a");
  outbox.add("lobby", "b");
  outbox.resume();
  await settled();
  assert.deepEqual(
    outbox.entries.map((each) => [each.text, each.state, each.why]),
    [["a", "failed", "no"]],
  );
  assert.equal(world(shelf).outbox.entries[0]!.state, "failed");
  outbox.retry(entry.client_id);
  await settled();
  assert.equal(outbox.entries.length, 0);
  assert.deepEqual(
    state.delivered.map((each) => each[0]),
    ["a", "b", "a"],
  );
});

test("outbox: a blocked text is handed back and not kept", async () => {
  const { outbox, state, shelf } = world();
  state.answers.push({ kind: "handed_back" });
  outbox.add("lobby", "a");
  outbox.resume();
  await settled();
  assert.equal(shelf.kept.size, 0);
});

test("outbox: an entry that came back from the room while its answer was under way is not sent again", async () => {
  const { outbox, state } = world();
  state.answers.push({ kind: "lost" });
  const entry = outbox.add("lobby", "a");
  outbox.resume();
  outbox.remove(entry.client_id);
  await settled();
  outbox.resume();
  await settled();
  assert.equal(state.delivered.length, 1);
});

test("outbox: entries of one instant keep their order over a reload; damaged and foreign ones are left alone", () => {
  const first = world();
  for (let n = 0; n < 20; n++) first.outbox.add("lobby", String(n));
  first.shelf.setItem("soyuz.outbox.u1.bad", "{");
  first.shelf.setItem("soyuz.outbox.u2.c1", JSON.stringify({ client_id: "c1", room: "lobby", text: "x", at: 1 }));
  assert.deepEqual(
    world(first.shelf).outbox.entries.map((each) => each.text),
    Array.from({ length: 20 }, (_, n) => String(n)),
  );
});

test("outbox: a full shelf does not stop sending", async () => {
  const shelf = new Shelf();
  shelf.setItem = () => {
    throw new Error("full");
  };
  const { outbox, state } = world(shelf);
  outbox.add("lobby", "a");
  outbox.resume();
  await settled();
  assert.equal(state.delivered.length, 1);
});
