import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { Client, request } from "./support/client.mjs";
import { hold, raw } from "./support/raw.mjs";
import { Server } from "./support/server.mjs";

let server;
before(async () => {
  server = await Server.start({ options: ["--test-endpoints", "--no-rate-limits"] });
});
after(() => server.dispose());

test("pages carry the headers that keep browsers safe, and no script of their own", async () => {
  const response = await fetch(`${server.url}/login`);
  const policy = response.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.ok(response.headers.get("referrer-policy"));
  assert.equal(response.headers.get("strict-transport-security"), null);
  const text = await response.text();
  for (const [, attributes, body] of text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g))
    assert.ok(/src=|application\/json/.test(attributes) || body.trim() === "", body);
  assert.doesNotMatch(text, / on\w+=| style=/);
});

const echo = () =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws/echo`, {
      perMessageDeflate: false,
      maxPayload: 32 << 20,
    });
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
  });
const back = (socket) => new Promise((resolve) => socket.once("message", (data, binary) => resolve([data, binary])));

test("the echo returns text and binary of every size class, and fragments whole", async () => {
  const socket = await echo();
  for (const size of [0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20]) {
    const bytes = randomBytes(size);
    socket.send(bytes);
    const [data, binary] = await back(socket);
    assert.ok(binary && bytes.equals(data), String(size));
  }
  socket.send("سلام 👋");
  assert.equal(String((await back(socket))[0]), "سلام 👋");
  for (let i = 0; i < 1000; i += 1) socket.send(i === 0 ? "ab" : "cd", { fin: i === 999 });
  assert.equal((await back(socket))[0].length, 2000);
  socket.close(4001, "done");
  assert.equal(await new Promise((resolve) => socket.once("close", resolve)), 4001);
});

for (const [name, frame, code] of [
  ["an unmasked frame", [0x81, 0x01, 0x61], 1002],
  ["a reserved bit", [0xc1, 0x80, 0, 0, 0, 0], 1002],
  ["a reserved opcode", [0x83, 0x80, 0, 0, 0, 0], 1002],
  ["a fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002],
  ["a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0], 1002],
  ["a ping of 126 bytes", [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002],
  ["an impossible byte", [0x01, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007],
  ["a close code that nobody may send", [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xee], 1002],
])
  test(`${name} closes with ${code}`, async () => {
    const handshake =
      "GET /ws/echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const answer = await raw(server, [handshake, String.fromCharCode(...frame)]);
    assert.match(answer, /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    const rest = answer.slice(answer.indexOf("\r\n\r\n") + 4);
    assert.equal(rest.charCodeAt(0), 0x88);
    assert.equal((rest.charCodeAt(2) << 8) | rest.charCodeAt(3), code);
  });

test("2,000 idle connections and 200 that send a byte now and then leave pages and chats alone", async () => {
  const keep = await Promise.all(
    Array.from({ length: 2000 }, (_, i) =>
      hold(server, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", `127.0.1.${1 + (i % 20)}`),
    ),
  );
  const slow = await Promise.all(
    Array.from({ length: 200 }, (_, i) => hold(server, "GET / HT", `127.0.2.${1 + (i % 4)}`)),
  );
  for (const socket of [...keep, ...slow]) socket.on("error", () => {});
  const dripping = setInterval(() => slow.forEach((socket) => socket.write("T")), 1000);
  try {
    const sara = await Client.register(server, "sara");
    for (let i = 0; i < 50; i += 1) {
      assert.equal((await request(server, "GET", "/login")).status, 200);
      assert.equal(
        (await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: `still here ${i}` })).status,
        201,
      );
    }
  } finally {
    clearInterval(dripping);
    for (const socket of [...keep, ...slow]) socket.destroy();
  }
});

test("a reader that stops reading is dropped; the others get everything", async () => {
  const [sara, omar, lena] = await Promise.all(
    ["sara2", "omar2", "lena2"].map((name) => Client.register(server, name)),
  );
  // Compressed, so little would come that nobody falls behind.
  const [writer, reader, stuck] = await Promise.all(
    [sara, omar, lena].map((client) => client.connect({ compress: client !== lena })),
  );
  for (const socket of [writer, reader, stuck]) await socket.ask({ type: "join", room: "lobby" });
  stuck.socket.pause();
  const text = "the river runs past the old mill and over the stones ".repeat(70).slice(0, 3900);
  let total = 0;
  for (let round = 0; round < 60; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => writer.ask({ type: "message", room: "lobby", text })));
    total += 50;
  }
  for (let i = 0; i < total; i += 1) await reader.next("message");
  const metrics = await request(server, "GET", "/metrics");
  assert.equal(metrics.status, 200);
  stuck.socket.resume();
  assert.ok([1013, 1006].includes((await stuck.closed).code));
  await Promise.all([writer.close(), reader.close()]);
});
