import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff, CommandError, Socket, type Wire } from "../src/shared/socket.ts";

class FakeWire implements Wire {
  readyState = 1;
  sent: { type: string; ref?: number; [field: string]: unknown }[] = [];
  onopen = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  onerror = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  hear(event: object): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  fall(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
}

function world() {
  const wires: FakeWire[] = [];
  const timers = new Map<number, { run: () => void; wait: number }>();
  let next = 1;
  const socket = new Socket({
    open: () => {
      const wire = new FakeWire();
      wires.push(wire);
      return wire;
    },
    later: (run, wait) => {
      timers.set(next, { run, wait });
      return next++;
    },
    cancel: (timer) => void timers.delete(timer),
    random: () => 0,
  });
  /// Runs the only timer with that wait.
  const fire = (wait: number): void => {
    const [id, timer] = [...timers].find(([, each]) => each.wait === wait)!;
    timers.delete(id);
    timer.run();
  };
  const wire = (): FakeWire => wires[wires.length - 1]!;
  return { socket, wires, wire, timers, fire };
}

test("back-off doubles from half a second, half of it by chance, and ends at 20 s", () => {
  for (const [attempt, least, most] of [
    [0, 500, 1000],
    [1, 500, 1000],
    [20, 500, 1000],
    [22, 2000, 4000],
    [25, 10_000, 20_000],
    [50, 10_000, 20_000],
  ] as const) {
    assert.equal(backoff(attempt, 0), least);
    assert.equal(backoff(attempt, 1), most);
  }
});

test("socket: ready only after hello; commands before that are lost", async () => {
  const { socket, wire } = world();
  socket.start();
  await assert.rejects(socket.send("join"), (error: CommandError) => error.code === "lost");
  wire().hear({ type: "hello" });
  assert.equal(socket.state, "ready");
});

test("socket: answers find their command by ref, errors with their code", async () => {
  const { socket, wire } = world();
  socket.start();
  wire().hear({ type: "hello" });
  const first = socket.send("message", { text: "a" });
  const second = socket.send("message", { text: "b" });
  const [one, two] = wire().sent;
  wire().hear({ type: "error", ref: two!.ref, code: "slow_mode", message: "Wait.", retry_after: 3 });
  wire().hear({ type: "ack", ref: one!.ref, seq: 7 });
  assert.equal((await first).seq, 7);
  await assert.rejects(second, (error: CommandError) => error.code === "slow_mode" && error.event.retry_after === 3);
});

test("socket: a loss rejects what waits, and comes back in short steps that hello starts anew", async () => {
  const { socket, wires, wire, fire } = world();
  socket.start();
  wire().hear({ type: "hello" });
  const waiting = socket.send("message");
  wire().fall();
  await assert.rejects(waiting, (error: CommandError) => error.code === "lost");
  fire(500);
  wire().fall();
  fire(500);
  wire().fall();
  assert.equal(socket.attempt, 3);
  fire(500);
  assert.equal(wires.length, 4);
  wire().hear({ type: "hello" });
  assert.equal(socket.attempt, 0);
});

test("socket: trying at once cancels the waiting attempt", () => {
  const { socket, wires, wire, timers } = world();
  socket.start();
  wire().fall();
  socket.now();
  assert.equal(wires.length, 2);
  assert.deepEqual(
    [...timers.values()].map((each) => each.wait),
    [15_000],
  );
});

test("socket: silence is probed, and a probe without an answer is a loss", () => {
  const { socket, wire, wires, fire } = world();
  socket.start();
  wire().hear({ type: "hello" });
  fire(30_000);
  assert.equal(wire().sent[0]!.type, "ping");
  fire(15_000);
  assert.equal(socket.state, "waiting");
  fire(500);
  assert.equal(wires.length, 2);
});

test("socket: a late word of an old connection is not heard", () => {
  const { socket, wires, wire } = world();
  socket.start();
  const old = wire();
  old.fall();
  socket.now();
  let heard = 0;
  socket.on("message", () => heard++);
  old.hear({ type: "message" });
  old.fall();
  assert.equal(heard, 0);
  assert.equal(wires.length, 2);
  wire().hear({ type: "hello" });
  wire().hear({ type: "message" });
  assert.equal(heard, 1);
});

test("socket: stopped means stopped", () => {
  const { socket, wires, wire, timers } = world();
  socket.start();
  wire().hear({ type: "hello" });
  socket.stop();
  wire().fall();
  socket.now();
  assert.equal(wires.length, 1);
  assert.equal(timers.size, 0);
});

test("socket: what is not JSON is ignored", () => {
  const { socket, wire } = world();
  socket.start();
  wire().onmessage!({ data: "{" });
  wire().hear({ type: "hello" });
  assert.equal(socket.state, "ready");
});

test("a connection that doesn't answer is given up for another at once", async () => {
  const { socket, wires } = world();
  socket.start();
  wires[0]!.hear({ type: "hello" });
  const asked = socket.send("ping");
  socket.again();
  await assert.rejects(asked, (error: CommandError) => error.code === "lost");
  assert.equal(wires[0]!.readyState, 3);
  assert.equal(wires.length, 2);
  // What the old one still says counts for nothing.
  wires[0]!.fall();
  wires[1]!.hear({ type: "hello" });
  assert.equal(socket.state, "ready");
  socket.stop();
  socket.again();
  assert.equal(wires.length, 2);
});
