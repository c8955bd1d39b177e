// Peers that mean harm, against the real binary with its real limits: each is dropped or bounded, memory stays flat,
// and two others go on chatting meanwhile.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { Client, request } from "./support/client.mjs";
import { binary, frame, fragments, handshake, more, opcodes, Peer, ping, text } from "./support/frames.mjs";
import { hold, raw } from "./support/raw.mjs";
import { Server } from "./support/server.mjs";

const MiB = 1 << 20;
let server, owner, sara, omar, mallory;
before(async () => {
  server = await Server.start({
    options: ["--test-endpoints"],
    environment: { DEFAULT_ADMIN_USERNAME: "teacher", DEFAULT_ADMIN_PASSWORD: "correct horse battery" },
  });
  owner = await Client.login(server, "teacher");
  // Those who stand by chat faster than people do, and one account attacks for many; everything else is as it ships.
  const relaxed = await owner.request("PATCH", "/api/v1/settings", {
    spam: { limit: 1000, span_ms: 1000, address_limit: 100000 },
    connections_per_account: 1000,
  });
  assert.equal(relaxed.status, 200, JSON.stringify(relaxed.body));
  // Few words over and over would be spam; what is said is not what is tried here.
  const lenient = await owner.request("PATCH", "/api/v1/rooms/lobby", {
    settings: { moderation: { categories_off: ["spam", "harassment"] } },
  });
  assert.equal(lenient.status, 200, JSON.stringify(lenient.body));
  [sara, omar, mallory] = await Promise.all(["sara", "omar", "mallory"].map((name) => Client.register(server, name)));
});
after(() => server.dispose());

const kernel = (file) => `/proc/${server.process.pid}/${file}`;
const memory = (field) =>
  Number(readFileSync(kernel("status"), "utf8").match(new RegExp(`${field}:\\s+(\\d+) kB`))[1]) * 1024;
const figure = async (name) =>
  Number(
    (await request(server, "GET", "/metrics")).body.match(
      new RegExp(`^${name.replace(/[{}]/g, "\\$&")} (\\d+)`, "m"),
    )[1],
  );
const words =
  "river mill stone bridge school lesson answer question homework garden window letter number story music".split(" ");
const sentence = (length) => Array.from({ length }, () => words[Math.floor(Math.random() * words.length)]).join(" ");

const attacker = (client = mallory, from, headers = []) =>
  Peer.open(server, { path: "/ws", from, headers: [`Authorization: Bearer ${client.token}`, ...headers] });
const command = (value) => text(JSON.stringify(value));

/** Reads on until the server closes; gives the code of its close frame, 1006 where there was none. */
async function closing(peer) {
  for (;;) {
    const next = await peer.next();
    if (!next) return 1006;
    if (next.opcode === opcodes.close) return next.payload.readUInt16BE(0);
  }
}

/**
 * Runs `attack` while sara and omar chat, and waits until they have got a few more messages through afterwards. Gives
 * what it returns; fails when the server grew by more than `most` bytes at any moment.
 */
async function during(t, attack, most = 24 * MiB) {
  const [writer, reader] = [await sara.connect(), await omar.connect()];
  for (const socket of [writer, reader]) await socket.ask({ type: "join", room: "lobby" });
  writeFileSync(kernel("clear_refs"), "5");
  const before = memory("VmRSS");
  let over = false;
  let slowest = 0;
  let count = 0;
  const chatting = (async () => {
    for (let left = 5; left > 0; left -= over ? 1 : 0) {
      const said = `${sentence(4)} ${(count += 1)}`;
      const begin = performance.now();
      const answer = await writer.ask({ type: "message", room: "lobby", text: said });
      assert.equal(answer.type, "ack", JSON.stringify(answer));
      await reader.next("message", (event) => event.message.text === said);
      slowest = Math.max(slowest, performance.now() - begin);
      reader.events.length = writer.events.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  let result;
  try {
    result = await Promise.race([attack({ writer, reader }), chatting.then(() => assert.fail("the chat ended first"))]);
  } finally {
    over = true;
  }
  await chatting;
  const grown = memory("VmHWM") - before;
  t.diagnostic(
    `${count} messages meanwhile, slowest ${slowest.toFixed(0)} ms; grew by ${(grown / MiB).toFixed(1)} MiB`,
  );
  assert.ok(grown <= most, `grew by ${grown} bytes`);
  await Promise.all([writer.close(), reader.close()]);
  return result;
}

test("who stops reading costs a mebibyte and is closed with 1013", async (t) => {
  const dropped = await figure("soyuz_slow_readers_dropped_total");
  const codes = await during(
    t,
    async () => {
      const stuck = await Promise.all(Array.from({ length: 4 }, () => attacker()));
      for (const peer of stuck) {
        peer.send(command({ type: "join", room: "lobby", ref: 1 }));
        for (let next = await peer.next(); !/"ref":1/.test(next.payload); next = await peer.next());
        peer.socket.pause();
      }
      let most = 0;
      // The kernel takes its part first.
      for (let round = 0; (await figure("soyuz_slow_readers_dropped_total")) < dropped + 4; round += 1) {
        assert.ok(round < 400, "it is never dropped");
        const posted = await Promise.all(
          Array.from({ length: 16 }, () =>
            omar.request("POST", "/api/v1/rooms/lobby/messages", { text: sentence(600).slice(0, 3900) }),
          ),
        );
        // A fast machine reaches even the limit that was raised.
        for (const { status, body } of posted) assert.ok([201, 429].includes(status), JSON.stringify(body));
        if (posted.some(({ status }) => status === 429)) await new Promise((resolve) => setTimeout(resolve, 1000));
        most = Math.max(most, await figure("soyuz_outbox_bytes"));
      }
      assert.ok(most <= 4 * MiB + 256 * 1024, `${most} bytes waited`);
      for (const peer of stuck) peer.socket.resume();
      return Promise.all(stuck.map(closing));
    },
    48 * MiB,
  );
  for (const code of codes) assert.ok([1013, 1006].includes(code), String(code));
});

test("a flood of pings whose pongs nobody reads fills nothing", async (t) => {
  await during(t, async () => {
    const flood = Buffer.concat(Array.from({ length: 1000 }, () => ping("p".repeat(125))));
    const peers = await Promise.all(Array.from({ length: 4 }, () => attacker()));
    for (const peer of peers) peer.socket.pause();
    for (let round = 0; round < 150; round += 1) {
      for (const peer of peers) peer.send(flood);
      await Promise.all(peers.map((peer) => peer.drained()));
      if (round % 50 === 49) assert.ok((await figure("soyuz_outbox_bytes")) < 4 * 80 * 1024);
    }
    for (const peer of peers) {
      peer.send(ping("the last"));
      peer.socket.resume();
      // Only the newest one has to be answered (RFC 6455, 5.5.3).
      for (let next = await peer.next(); String(next.payload) !== "the last"; next = await peer.next()) assert.ok(next);
      peer.destroy();
    }
  });
});

test("a message of 70,000 fragments is given up with 1008", async (t) => {
  const codes = await during(t, async () => {
    const flood = Buffer.concat([text("x", { fin: false }), ...Array(70000).fill(more("x", { fin: false }))]);
    const peers = await Promise.all(Array.from({ length: 10 }, () => attacker()));
    for (const peer of peers) peer.send(flood);
    return Promise.all(peers.map(closing));
  });
  assert.deepEqual(codes, Array(10).fill(1008));
});

test("messages that never end cost no more than their bound", async (t) => {
  await during(
    t,
    async () => {
      const peers = await Promise.all(Array.from({ length: 150 }, () => attacker(mallory, "127.0.3.1")));
      const unfinished = Buffer.concat(
        Array(60)
          .fill(0)
          .map((_, i) => frame(i ? 0 : opcodes.text, "x".repeat(1024), { fin: false })),
      );
      for (const peer of peers) peer.send(unfinished);
      for (const peer of peers) {
        peer.send(ping("still"));
        for (let next = await peer.next(); next.opcode !== opcodes.pong; next = await peer.next());
      }
      for (const peer of peers) peer.destroy();
    },
    150 * 128 * 1024 + 16 * MiB,
  );
});

const large = command({ type: "ping", padding: "x".repeat(60000) });
for (const [name, piece] of [
  ["joins", () => command({ type: "join", room: "lobby", after: 0, ref: 1 })],
  ["leaving and joining", (i) => command({ type: i % 2 ? "join" : "leave", room: "lobby" })],
  ["typing", (i) => command({ type: "typing", room: "lobby", on: i % 2 === 0 })],
  ["read marks", (i) => command({ type: "read", room: "lobby", seq: i })],
  ["reactions", (i) => command({ type: "react", id: `nothing-${i}`, emoji: "🎉", on: true })],
  ["messages", (i) => command({ type: "message", room: "nowhere", text: `message ${i}`, ref: i })],
  ["commands that aren’t there", (i) => command({ type: `fly ${i}` })],
  ["nonsense", () => text('{"type"')],
  ["large commands", () => large],
  ["binary frames", () => binary("x")],
  ["empty frames", () => text("")],
])
  test(`a flood of ${name} ends with 1008`, async (t) => {
    let typing = 0;
    const code = await during(t, async ({ reader }) => {
      const watcher = await omar.connect();
      await watcher.ask({ type: "join", room: "lobby" });
      watcher.socket.on("message", (data) => {
        typing += /"type":"typing"/.test(data);
      });
      const peer = await attacker();
      peer.send(command({ type: "join", room: "lobby" }));
      const end = closing(peer);
      for (let i = 0; i < 20000 && !peer.isOver; i += 100) {
        peer.send(Array.from({ length: 100 }, (_, k) => piece(i + k)));
        await Promise.race([peer.drained(), end]);
      }
      const closed = await end;
      await watcher.close();
      assert.ok(reader);
      return closed;
    });
    assert.ok([1008, 1013].includes(code), String(code));
    assert.ok(typing <= 20, `${typing} times others were told`);
  });

test("deflate bombs are left unexploded with 1009", async (t) => {
  const codes = await during(
    t,
    async () => {
      const offer = ["Sec-WebSocket-Extensions: permessage-deflate"];
      const small = deflateRawSync(Buffer.alloc(60 * MiB), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
      const nested = Buffer.concat(
        Array(60).fill(deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_SYNC_FLUSH })),
      );
      const peers = await Promise.all(Array.from({ length: 50 }, () => attacker(mallory, "127.0.3.2", offer)));
      for (const [i, peer] of peers.entries()) {
        if (i % 2) peer.send(text(small.subarray(0, 65000), { rsv: 4 }));
        else peer.send(fragments(opcodes.text, [nested.subarray(0, 30000), nested.subarray(30000, 60000)], { rsv: 4 }));
      }
      return Promise.all(peers.map(closing));
    },
    12 * MiB,
  );
  assert.deepEqual(codes, Array(50).fill(1009));
});

test("JSON bombs are answered like any other nonsense", async (t) => {
  await during(t, async () => {
    const bombs = [
      "[".repeat(65000),
      "[".repeat(32000) + "]".repeat(32000),
      '{"a":'.repeat(13000),
      '{"a":['.repeat(10000),
      `{"type":"ping","a":${"[1".repeat(33)}${"]".repeat(33)}}`,
      "9".repeat(65000),
      `{"type":"ping","ref":${"9".repeat(60000)}}`,
      "1e999999",
      `{"type":"read","room":"lobby","seq":1e400}`,
      `{"type":"read","room":"lobby","seq":-1}`,
      `{"type":"read","room":"lobby","seq":1.5}`,
      `{"type":"ping","ref":-0.0e-${"1".repeat(5000)}}`,
      `[${"1,".repeat(32000)}1]`,
      `{${Array.from({ length: 6000 }, (_, i) => `"k${i}":1`)}}`,
      `{${'"a":1,'.repeat(8000)}"a":1}`,
      `"${"\\u0000".repeat(10000)}"`,
      '"\\ud800"',
      `{"type":"${"x".repeat(60000)}"}`,
      "\u0000".repeat(1000),
      " ".repeat(65000),
      '{"type":{"type":{"type":1}}}',
      `{"type":"join","room":"${"🎉".repeat(10000)}"}`,
      `{"type":"join","room":["lobby"],"after":{}}`,
      '{"type":"ping","type":"ping"}',
    ];
    for (const bomb of bombs) {
      const peer = await attacker();
      peer.send(text(bomb), command({ type: "ping", ref: 4711 }));
      let refused = false;
      for (;;) {
        const next = await peer.next();
        assert.ok(next && next.opcode === opcodes.text, bomb.slice(0, 40));
        const event = JSON.parse(next.payload);
        if (event.type === "ack" && event.ref === 4711) break;
        refused ||= event.type === "error";
      }
      assert.ok(refused || /"type":"ping"/.test(bomb), bomb.slice(0, 40));
      peer.destroy();
    }
  });
});

test("handshakes that are never finished are given up after their time", async (t) => {
  await during(t, async () => {
    const begun = Buffer.from(handshake("/ws")).subarray(0, -2);
    const dripping = [];
    const ended = [];
    for (let i = 0; i < 180; i += 1) {
      const socket = await hold(server, i % 2 ? begun : "GET /ws HTTP/1.1\r\nHost: a\r\n", `127.0.3.${3 + (i % 2)}`);
      ended.push(new Promise((resolve) => socket.on("close", resolve)));
      socket.resume();
      socket.on("error", () => {});
      if (i % 3 === 0) dripping.push(socket);
    }
    const drip = setInterval(() => dripping.forEach((socket) => socket.writable && socket.write("X")), 500);
    await Promise.all(ended);
    clearInterval(drip);
  });
});

test("an address opens no more than its share, and others get in", async (t) => {
  await during(t, async () => {
    const peers = await Promise.all(
      Array.from({ length: 260 }, () => attacker(mallory, "127.0.3.5").catch(() => null)),
    );
    const open = peers.filter((peer) => peer && / 101 /.test(peer.head));
    assert.equal(open.length, 200);
    const other = await attacker(mallory, "127.0.3.6");
    assert.match(other.head, / 101 /);
    for (const peer of [...peers, other]) peer?.destroy();
  });
});

test("sockets that come and go by the thousand leave nothing behind", async (t) => {
  await during(t, async () => {
    for (let round = 0; round < 40; round += 1) {
      const peers = await Promise.all(
        Array.from({ length: 50 }, () => attacker(mallory, `127.0.3.${10 + (round % 4)}`)),
      );
      for (const peer of peers) {
        peer.send(command({ type: "join", room: "lobby" }));
        if (round % 2) peer.destroy();
        else peer.socket.resetAndDestroy();
      }
    }
  });
  while ((await figure('soyuz_connections{kind="websocket"}')) > 2)
    await new Promise((resolve) => setTimeout(resolve, 50));
});

test("requests beyond what waits for a worker get 503 and when to come back", async (t) => {
  const counts = await during(
    t,
    async () => {
      const page = "GET /login HTTP/1.1\r\nHost: a\r\n\r\n";
      const answers = await Promise.all(
        Array.from(
          { length: 600 },
          (_, i) =>
            new Promise((resolve, reject) => {
              hold(
                server,
                page.repeat(15) + page.replace("Host", "Connection: close\r\nHost"),
                `127.0.6.${1 + (i % 4)}`,
              ).then((socket) => {
                let got = "";
                socket.setEncoding("latin1");
                socket.on("data", (chunk) => {
                  got += chunk;
                });
                socket.on("close", () => resolve(got));
              }, reject);
            }),
        ),
      );
      const seen = { 200: 0, 503: 0 };
      for (const answer of answers)
        for (const [head, status] of answer.matchAll(/HTTP\/1\.1 (\d+)[\s\S]*?\r\n\r\n/g)) {
          seen[status] = (seen[status] ?? 0) + 1;
          if (status === "503") assert.match(head, /retry-after: \d/i);
        }
      return seen;
    },
    160 * MiB,
  );
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(Object.keys(counts), ["200", "503"]);
  assert.equal(counts[200] + counts[503], 9600);
});

test("who reads no files and strangers who send some cost blocks of memory, not files", async (t) => {
  const content = randomBytes(8 * MiB);
  const files = `${server.url}/api/v1/rooms/lobby/files`;
  const authorization = `Bearer ${mallory.token}`;
  const url = await during(
    t,
    async () => {
      const form = new FormData();
      form.set("file", new Blob([content]), "large.bin");
      const posted = await fetch(files, { method: "POST", headers: { authorization }, body: form });
      assert.equal(posted.status, 201);
      const [{ url }] = (await posted.json()).attachments;
      const wanted = `GET ${url} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n\r\n`;
      const readers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => hold(server, wanted.repeat(16), `127.0.7.${1 + (i % 4)}`)),
      );
      for (const socket of readers) socket.pause();
      const head = "POST /api/v1/rooms/lobby/files HTTP/1.1\r\nHost: a\r\nContent-Length: 9900000\r\n\r\n";
      const strangers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          raw(server, head + "x".repeat(100000), { from: `127.0.8.${1 + (i % 4)}` }),
        ),
      );
      for (const answer of strangers) assert.match(answer, /^HTTP\/1\.1 401 [\s\S]*"not_signed_in"/);
      for (const socket of readers) socket.destroy();
      return url;
    },
    64 * MiB,
  );
  const whole = await fetch(server.url + url, { headers: { authorization } });
  assert.ok(content.equals(Buffer.from(await whole.arrayBuffer())));
  const part = await fetch(server.url + url, { headers: { authorization, range: "bytes=5000000-7999999" } });
  assert.equal(part.status, 206);
  assert.ok(content.subarray(5000000, 8000000).equals(Buffer.from(await part.arrayBuffer())));
});
