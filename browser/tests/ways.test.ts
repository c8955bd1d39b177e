import assert from "node:assert/strict";
import { test } from "node:test";
import { PollingWire } from "../src/shared/polling.ts";
import type { Wire } from "../src/shared/socket.ts";
import { Ways } from "../src/shared/ways.ts";

class FakeWire implements Wire {
  readyState = 1;
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  onerror: Wire["onerror"] = null;
  send(): void {}
  close(): void {
    this.fall();
  }
  hear(): void {
    this.onmessage?.({ data: "{}" });
  }
  fall(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code: 1006, reason: "" });
  }
}

function world() {
  const opened: { way: string; wire: FakeWire }[] = [];
  const timers = new Map<number, { run: () => void; wait: number }>();
  let next = 1;
  const open = (way: string) => () => {
    const wire = new FakeWire();
    opened.push({ way, wire });
    return wire;
  };
  const ways = new Ways({
    websocket: open("websocket"),
    polling: open("polling"),
    later: (run, wait) => {
      timers.set(next, { run, wait });
      return next++;
    },
    cancel: (timer) => void timers.delete(timer),
  });
  const fire = (wait: number): void => {
    const [id, timer] = [...timers].find(([, each]) => each.wait === wait)!;
    timers.delete(id);
    timer.run();
  };
  return { ways, opened, timers, fire, last: () => opened[opened.length - 1]! };
}

test("ways: a WebSocket first, and again as long as it was heard", () => {
  const { ways, last } = world();
  for (let i = 0; i < 3; i++) {
    ways.open();
    assert.equal(last().way, "websocket");
    last().wire.hear();
    last().wire.fall();
  }
});

test("ways: one after the other while nothing is heard, and staying with what works", () => {
  const { ways, opened, last } = world();
  for (let i = 0; i < 4; i++) {
    ways.open();
    last().wire.fall();
  }
  assert.deepEqual(
    opened.map(({ way }) => way),
    ["websocket", "polling", "websocket", "polling"],
  );
  ways.open();
  ways.open();
  last().wire.hear();
  assert.equal(ways.way, "polling");
  last().wire.fall();
  ways.open();
  assert.equal(last().way, "polling");
});

test("ways: a page that polls comes back by WebSocket where one opens", () => {
  const { ways, last, fire } = world();
  ways.open();
  last().wire.fall();
  const polling = ways.open();
  let closed = 0;
  polling.onclose = () => closed++;
  last().wire.hear();
  fire(5_000);
  assert.equal(last().way, "websocket");
  last().wire.fall();
  assert.equal(closed, 0);
  fire(300_000);
  last().wire.hear();
  assert.equal(closed, 1);
  ways.open();
  assert.equal(ways.way, "websocket");
});

test("polling: frames both ways, in their order, until the server ends it", async () => {
  const asked: { url: string; body?: unknown }[] = [];
  const payloads = ['0{"sid":"s1"}', '{"type":"hello"}\x1e2\x1e{"type":"message","text":"a"}', "1"];
  let release: () => void = () => {};
  const wire = new PollingWire(async (url, options) => {
    asked.push({ url, body: options?.body });
    if (options?.method === "POST") return new Response("ok");
    if (payloads.length === 1) await new Promise<void>((resolve) => (release = resolve));
    return new Response(payloads.shift());
  });
  const heard: unknown[] = [];
  const closed = new Promise<number>((resolve) => (wire.onclose = ({ code }) => resolve(code)));
  const both = new Promise<void>((resolve) => {
    wire.onmessage = ({ data }) => {
      heard.push(data);
      if (heard.length === 2) resolve();
    };
  });
  await both;
  wire.send('{"type":"ping"}');
  wire.send('{"type":"join"}');
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(heard, ['{"type":"hello"}', '{"type":"message","text":"a"}']);
  const posted = asked.filter(({ body }) => body !== undefined).map(({ body }) => body);
  assert.deepEqual(String(posted.join("\x1e")), '3\x1e4{"type":"ping"}\x1e4{"type":"join"}');
  assert.match(asked[1]!.url, /&sid=s1$/);
  release();
  assert.equal(await closed, 1006);
});

test("polling: a refusal ends it", async () => {
  const wire = new PollingWire(async () => new Response("{}", { status: 401 }));
  const code = await new Promise((resolve) => (wire.onclose = (event) => resolve(event.code)));
  assert.equal(code, 1006);
  assert.equal(wire.readyState, 3);
});
