// Engine.IO 4 and Socket.IO 5 on the wire, over the test endpoints: handshakes, both transports and the change between
// them, heartbeats, packets, namespaces, acknowledgements, attachments.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import WebSocket from "ws";
import { io } from "socket.io-client";
import { Server } from "./support/server.mjs";

const interval = 300;
const timeout = 200;
const separator = "\x1e";
let server;

before(async () => {
  server = await Server.start({
    options: ["--test-endpoints", "--ping-interval-ms", `${interval}`, "--ping-timeout-ms", `${timeout}`],
  });
});
after(() => server.dispose());

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const address = (path, query) => `${server.url}${path}?${query}`;

/** A session by polling. */
async function polling(path = "/engine.io/") {
  const answer = await fetch(address(path, "EIO=4&transport=polling"));
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const handshake = JSON.parse(text.slice(1));
  const url = address(path, `EIO=4&transport=polling&sid=${handshake.sid}`);
  return {
    handshake,
    first: text[0],
    poll: async () => {
      const answer = await fetch(url);
      return { status: answer.status, text: await answer.text() };
    },
    push: async (body) => {
      const answer = await fetch(url, { method: "POST", body });
      return { status: answer.status, text: await answer.text() };
    },
  };
}

/** A WebSocket that keeps what comes until it is asked for. */
function socket(path, query = "EIO=4&transport=websocket") {
  const ws = new WebSocket(address(path, query).replace("http", "ws"));
  ws.binaryType = "nodebuffer";
  const heard = [];
  const waiting = [];
  const tell = (what) => (waiting.length ? waiting.shift()(what) : heard.push(what));
  ws.on("message", (data, binary) => tell(binary ? data : data.toString()));
  ws.on("close", () => tell("closed"));
  ws.on("error", () => {});
  return {
    ws,
    opened: new Promise((resolve) => ws.once("open", resolve)),
    next: () => (heard.length ? Promise.resolve(heard.shift()) : new Promise((resolve) => waiting.push(resolve))),
    send: (data) => ws.send(data),
  };
}

/** Connected to the namespace "/" of the test endpoints. */
async function connected() {
  const peer = socket("/socket.io/");
  await peer.next();
  peer.send("40");
  assert.match(await peer.next(), /^40\{"sid":"[a-z0-9]+"\}$/);
  assert.equal(await peer.next(), '42["auth",{}]');
  return peer;
}

async function answers_beside_pings(peer, count) {
  const all = [];
  while (all.length < count) {
    const each = await peer.next();
    if (each !== "2") all.push(each);
  }
  return all;
}

describe("sessions", () => {
  for (const path of ["/engine.io/", "/socket.io/"]) {
    test(`${path} says how a session is to be used`, async () => {
      const { handshake, first } = await polling(path);
      assert.equal(first, "0");
      assert.deepEqual(
        { ...handshake, sid: typeof handshake.sid },
        { sid: "string", upgrades: ["websocket"], pingInterval: interval, pingTimeout: timeout, maxPayload: 1000000 },
      );
      const peer = socket(path);
      const opening = JSON.parse((await peer.next()).slice(1));
      assert.deepEqual(opening.upgrades, []);
      peer.ws.close();
    });

    test(`${path} refuses what it does not speak`, async () => {
      for (const query of [
        "transport=polling",
        "EIO=abc&transport=polling",
        "EIO=3&transport=polling",
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=polling&sid=unknown",
        "EIO=4&transport=polling&j=0",
      ]) {
        assert.equal((await fetch(address(path, query))).status, 400, query);
      }
      for (const method of ["POST", "PUT", "DELETE"])
        assert.equal((await fetch(address(path, "EIO=4&transport=polling"), { method })).status, 400, method);
      for (const query of [
        "transport=websocket",
        "EIO=abc&transport=websocket",
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=websocket&sid=unknown",
      ]) {
        assert.equal(await socket(path, query).next(), "closed", query);
      }
    });
  }

  test("a silent client is forgotten, one that answers is kept", async () => {
    const silent = await polling();
    const session = await polling();
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(await session.poll(), { status: 200, text: "2" });
      assert.equal((await session.push("3")).status, 200);
    }
    assert.equal((await silent.poll()).status, 400);
    const peer = socket("/engine.io/");
    await peer.next();
    for (let i = 0; i < 3; i++) {
      assert.equal(await peer.next(), "2");
      peer.send("3");
    }
    assert.equal(await peer.next(), "2");
    assert.equal(await peer.next(), "closed");
  });

  test("a client closes its session", async () => {
    const session = await polling();
    const [poll] = await Promise.all([session.poll(), pause(20).then(() => session.push("1"))]);
    assert.deepEqual(poll, { status: 200, text: "6" });
    assert.equal((await session.poll()).status, 400);
    const peer = socket("/engine.io/");
    await peer.next();
    peer.send("1");
    assert.equal(await peer.next(), "closed");
  });

  test("two polls at once end a session", async () => {
    const session = await polling();
    const [first, second] = await Promise.all([session.poll(), pause(20).then(() => session.poll())]);
    assert.deepEqual(first, { status: 200, text: "1" });
    assert.equal(second.status, 400);
    assert.equal((await session.poll()).status, 400);
  });

  test("a poll that was given up ends the session", async () => {
    const session = await polling();
    const controller = new AbortController();
    const url = address("/engine.io/", `EIO=4&transport=polling&sid=${session.handshake.sid}`);
    const given_up = fetch(url, { signal: controller.signal }).catch(() => {});
    await pause(20);
    controller.abort();
    await given_up;
    assert.equal((await session.poll()).status, 400);
  });
});

describe("messages", () => {
  test("a payload of text and bytes comes back by polling", async () => {
    for (const body of [
      "4hello",
      ["4one", "4two", "4three"].join(separator),
      ["4hello", "bAQIDBA=="].join(separator),
    ]) {
      const session = await polling();
      assert.deepEqual(await session.push(body), { status: 200, text: "ok" });
      assert.deepEqual(await session.poll(), { status: 200, text: body });
    }
  });

  test("a malformed payload ends the session", async () => {
    for (const body of ["abc", "", "4a" + separator, "bAQI*", "9", Buffer.from([0x34, 0xff])]) {
      const session = await polling();
      assert.equal((await session.push(body)).status, 400);
      assert.equal((await session.poll()).status, 400);
    }
    const peer = socket("/engine.io/");
    await peer.next();
    peer.send("abc");
    assert.equal(await peer.next(), "closed");
  });

  test("text and bytes come back by WebSocket", async () => {
    const peer = socket("/engine.io/");
    await peer.next();
    peer.send("4hello");
    assert.equal(await peer.next(), "4hello");
    peer.send(Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await peer.next(), Buffer.from([1, 2, 3, 4]));
    peer.ws.close();
  });

  test("a body beyond maxPayload is refused", async () => {
    const session = await polling();
    assert.equal((await session.push("4" + "x".repeat(1_000_001))).status, 413);
  });
});

describe("upgrade", () => {
  const probing = async (path) => {
    const session = await polling(path);
    const peer = socket(path, `EIO=4&transport=websocket&sid=${session.handshake.sid}`);
    await peer.opened;
    peer.send("2probe");
    assert.equal(await peer.next(), "3probe");
    return { session, peer };
  };

  test("a probe ends polling, an upgrade moves the session", async () => {
    const { session, peer } = await probing("/engine.io/");
    assert.deepEqual(await session.poll(), { status: 200, text: "6" });
    peer.send("5");
    peer.send("4hello");
    assert.equal(await peer.next(), "4hello");
    assert.equal((await session.poll()).status, 400);
    const late = socket("/engine.io/", `EIO=4&transport=websocket&sid=${session.handshake.sid}`);
    assert.equal(await late.next(), "closed");
    peer.send("4again");
    assert.equal((await answers_beside_pings(peer, 1))[0], "4again");
    peer.ws.close();
  });

  test("what waited for a poll comes by WebSocket, and a probe that breaks off costs nothing", async () => {
    const { session, peer } = await probing("/engine.io/");
    await session.push("4waits");
    peer.send("5");
    assert.equal(await peer.next(), "4waits");
    peer.ws.close();

    const other = await probing("/engine.io/");
    other.peer.ws.close();
    await other.peer.next();
    await other.session.push("4still here");
    assert.equal((await other.session.poll()).text, "4still here");
  });
});

describe("packets", () => {
  test("namespaces: known, unknown, with a payload, left again", async () => {
    const peer = socket("/socket.io/");
    await peer.next();
    peer.send('40/custom,{"token":"abc"}');
    assert.match(await peer.next(), /^40\/custom,\{"sid":/);
    assert.equal(await peer.next(), '42/custom,["auth",{"token":"abc"}]');
    peer.send("40/random");
    assert.equal(await peer.next(), '44/random,{"message":"Invalid namespace"}');
    peer.send('40{"token":"123"}');
    await peer.next();
    assert.equal(await peer.next(), '42["auth",{"token":"123"}]');
    peer.send("41/custom");
    peer.send('42["message","to the main one"]');
    assert.deepEqual(await answers_beside_pings(peer, 1), ['42["message-back","to the main one"]']);
    peer.ws.close();
  });

  test("events, acknowledgements and attachments", async () => {
    const peer = await connected();
    const placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
    peer.send('42["message",1,"2",{"3":[true]}]');
    peer.send('42456["message-with-ack",1,"2",{"3":[false]}]');
    for (const head of [`452-["message",${placeholders}]`, `452-789["message-with-ack",${placeholders}]`]) {
      peer.send(head);
      peer.send(Buffer.from([1, 2, 3]));
      peer.send(Buffer.from([4, 5, 6]));
    }
    assert.deepEqual(await answers_beside_pings(peer, 8), [
      '42["message-back",1,"2",{"3":[true]}]',
      '43456[1,"2",{"3":[false]}]',
      `452-["message-back",${placeholders}]`,
      Buffer.from([1, 2, 3]),
      Buffer.from([4, 5, 6]),
      `462-789[${placeholders}]`,
      Buffer.from([1, 2, 3]),
      Buffer.from([4, 5, 6]),
    ]);
    peer.ws.close();
  });

  test("a malformed packet ends the connection", async () => {
    for (const packet of [
      "4abc",
      "42{}",
      '42abc["message-with-ack"]',
      "42[]",
      '42["disconnect"]',
      "40/custom,[]",
      '42/nowhere,["message"]',
      '4511-["message"]',
    ]) {
      const peer = await connected();
      peer.send(packet);
      assert.deepEqual(await answers_beside_pings(peer, 1), ["closed"], packet);
    }
    const early = socket("/socket.io/");
    await early.next();
    early.send("4abc");
    assert.equal(await early.next(), "closed");
  });
});

describe("the stock client", () => {
  let calm; // with the heartbeat of every day
  before(async () => {
    calm = await Server.start({ options: ["--test-endpoints"] });
  });
  after(() => calm.dispose());

  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    test(`speaks over ${transports.join(" and then ")}`, async () => {
      const client = io(`${calm.url}/custom`, { transports, forceNew: true, auth: { token: "abc" } });
      const [auth] = await new Promise((resolve, reject) => {
        client.on("auth", (...all) => resolve(all));
        client.on("connect_error", reject);
      });
      assert.deepEqual(auth, { token: "abc" });
      if (transports.length === 2) while (client.io.engine.transport.name !== "websocket") await pause(10);
      const back = new Promise((resolve) => client.on("message-back", (...all) => resolve(all)));
      client.emit("message", "سلام", { bytes: Buffer.from([1, 2, 3]), deep: [1.5, null, true] });
      assert.deepEqual(await back, ["سلام", { bytes: Buffer.from([1, 2, 3]), deep: [1.5, null, true] }]);
      assert.deepEqual(await client.timeout(5000).emitWithAck("message-with-ack", 7), 7);
      client.disconnect();
    });
  }

  test("a hundred of them at once", async () => {
    const clients = Array.from({ length: 100 }, (_, i) =>
      io(calm.url, { forceNew: true, transports: i % 2 ? ["polling", "websocket"] : ["websocket"] }),
    );
    const answers = await Promise.all(
      clients.map((client, i) => client.timeout(20000).emitWithAck("message-with-ack", i)),
    );
    assert.deepEqual(
      answers,
      clients.map((_, i) => i),
    );
    for (const client of clients) client.disconnect();
  });
});
