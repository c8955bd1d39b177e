import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { Client, request, Socket } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

let server, sara, omar;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  [sara, omar] = await Promise.all(["sara", "omar"].map((name) => Client.register(server, name)));
});
after(() => server.dispose());

/** Status of a handshake that is refused. */
function refusal(path, headers) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(server.url.replace(/^http/, "ws") + path, { headers });
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
    socket.on("open", () => {
      socket.terminate();
      reject(new Error("it opened"));
    });
    socket.on("error", () => {});
  });
}

test("hello comes first and says who one is", async () => {
  const socket = new Socket(server, sara.token);
  const hello = await socket.next("hello");
  assert.equal(hello.user.username, "sara");
  assert.equal(typeof hello.server.version, "string");
  assert.match(hello.server.time, /Z$/);
  assert.ok(hello.rooms.some((room) => room.name === "lobby"));
  await socket.close();
});

test("no session, a foreign origin and a used ticket open no socket", async () => {
  assert.equal(await refusal("/ws", {}), 401);
  assert.equal(await refusal("/ws", { authorization: "Bearer nonsense" }), 401);
  assert.equal(await refusal("/ws", { authorization: `Bearer ${sara.token}`, origin: "http://evil.example" }), 403);
  const { ticket } = (await sara.request("POST", "/api/v1/ws-ticket")).body;
  await new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace(/^http/, "ws")}/ws?ticket=${ticket}`);
    socket.on("error", reject);
    socket.on("message", () => {
      socket.close();
      resolve();
    });
  });
  assert.equal(await refusal(`/ws?ticket=${ticket}`, {}), 401);
});

test("a message goes to everyone who follows the room, its sender included, over either way in", async () => {
  const [one, two] = [await sara.connect(), await omar.connect()];
  for (const socket of [one, two]) assert.equal((await socket.ask({ type: "join", room: "lobby" })).type, "ack");
  const acknowledged = await one.ask({ type: "message", room: "lobby", text: "salaam", client_id: "c1" });
  assert.equal(acknowledged.type, "ack");
  for (const socket of [one, two]) {
    const { message } = await socket.next("message");
    assert.equal(message.id, acknowledged.id);
    assert.equal(message.seq, acknowledged.seq);
    assert.equal(message.text, "salaam");
    assert.equal(message.sender.username, "sara");
  }
  await omar.request("POST", "/api/v1/rooms/lobby/messages", { text: "over http" });
  assert.equal((await one.next("message")).message.text, "over http");
  await Promise.all([one.close(), two.close()]);
});

test("joining with after brings what was missed first, once and in order", async () => {
  await sara.request("POST", "/api/v1/rooms", { name: "missed" });
  for (let i = 1; i <= 30; i += 1) await sara.request("POST", "/api/v1/rooms/missed/messages", { text: `line ${i}` });
  const socket = await omar.connect();
  const writing = (async () => {
    for (let i = 31; i <= 60; i += 1)
      await sara.request("POST", "/api/v1/rooms/missed/messages", { text: `line ${i}` });
  })();
  await socket.ask({ type: "join", room: "missed", after: 10 });
  const seqs = [];
  while (seqs.at(-1) !== 60) seqs.push((await socket.next("message")).message.seq);
  await writing;
  assert.deepEqual(
    seqs,
    Array.from({ length: 50 }, (_, i) => 11 + i),
  );
  await socket.close();
});

test("edits, deletions, reactions, typing and read marks reach the others", async () => {
  const [one, two] = [await sara.connect(), await omar.connect()];
  for (const socket of [one, two]) await socket.ask({ type: "join", room: "lobby" });
  const { id, seq } = await one.ask({ type: "message", room: "lobby", text: "to be changed" });
  await one.ask({ type: "edit", id, text: "changed" });
  const edited = await two.next("message_edited");
  assert.equal(edited.message?.text ?? edited.text, "changed");
  await two.ask({ type: "react", id, emoji: "🎉", on: true });
  const reaction = await one.next("reaction");
  assert.equal(reaction.emoji, "🎉");
  assert.equal(reaction.username, "omar");
  assert.equal(reaction.on, true);
  one.send({ type: "typing", room: "lobby", on: true });
  assert.deepEqual(await two.next("typing"), { type: "typing", room: "lobby", username: "sara", on: true });
  await two.ask({ type: "read", room: "lobby", seq });
  const read = await one.next("read", (event) => event.username === "omar");
  assert.equal(read.seq, seq);
  await one.ask({ type: "delete", id });
  const deleted = await two.next("message_deleted");
  assert.equal(deleted.id ?? deleted.message?.id, id);
  assert.equal((await one.ask({ type: "ping" })).type, "ack");
  await Promise.all([one.close(), two.close()]);
});

test("presence tells how many are there, and who came and went", async () => {
  const socket = await sara.connect();
  await socket.ask({ type: "join", room: "lobby" });
  const lena = await Client.register(server, "lena");
  const other = await lena.connect();
  await other.ask({ type: "join", room: "lobby" });
  const came = await socket.next("presence", (event) => JSON.stringify(event.joined ?? "").includes("lena"));
  assert.equal(came.room, "lobby");
  assert.ok(came.online >= 2);
  await other.close();
  const went = await socket.next("presence", (event) => JSON.stringify(event.left ?? "").includes("lena"));
  assert.ok(went.online < came.online);
  await socket.close();
});

for (const [name, command, code] of [
  ["an unknown type", { type: "fly" }, "bad_request"],
  ["no type", { room: "lobby" }, "bad_request"],
  ["a text of the wrong kind", { type: "message", room: "lobby", text: 5 }, null],
  ["a room that is not there", { type: "message", room: "nowhere", text: "hi" }, "unknown_room"],
  ["an empty text", { type: "message", room: "lobby", text: "" }, "invalid_value"],
  ["somebody else’s message", { type: "delete", id: "lobby-999999" }, null],
])
  test(`${name} is answered by an error, and the socket stays`, async () => {
    const socket = await sara.connect();
    const answer = await socket.ask(command);
    assert.equal(answer.type, "error");
    assert.equal(typeof answer.message, "string");
    if (code) assert.equal(answer.code, code);
    assert.equal((await socket.ask({ type: "ping" })).type, "ack");
    await socket.close();
  });

test("what is no JSON object is answered by an error too", async () => {
  const socket = await sara.connect();
  for (const text of ["nonsense", "[]", '"text"', '{"type":"ping","type":"ping"}', "[".repeat(100)]) {
    socket.send(text);
    assert.equal((await socket.next("error")).type, "error");
  }
  await socket.close();
});

test("a frame over 64 KiB closes with 1009, bytes that are not UTF-8 with 1007", async () => {
  const large = await sara.connect();
  large.send(JSON.stringify({ type: "message", room: "lobby", text: "x".repeat(70_000) }));
  assert.equal((await large.closed).code, 1009);
  const broken = await sara.connect();
  broken.socket.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false });
  assert.equal((await broken.closed).code, 1007);
});

test("identity comes from the handshake, never from a field", async () => {
  const socket = await omar.connect();
  await socket.ask({ type: "join", room: "lobby" });
  await socket.ask({
    type: "message",
    room: "lobby",
    text: "who am I",
    username: "sara",
    sender: "sara",
    user: { username: "sara" },
  });
  assert.equal((await socket.next("message")).message.sender.username, "omar");
  await socket.close();
});

test("leaving stops the events of that room alone", async () => {
  const socket = await omar.connect();
  await sara.request("POST", "/api/v1/rooms", { name: "aside" });
  for (const room of ["lobby", "aside"]) await socket.ask({ type: "join", room });
  await socket.ask({ type: "leave", room: "aside" });
  await sara.request("POST", "/api/v1/rooms/aside/messages", { text: "unheard" });
  await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: "heard" });
  assert.equal((await socket.next("message")).message.text, "heard");
  await socket.close();
});

test("the test endpoints are off unless asked for", async () => {
  // Without them it is the live page's socket of somebody called so, who has no token.
  const socket = new WebSocket(server.url.replace(/^http/, "ws") + "/ws/echo");
  socket.on("open", () => socket.send("hello"));
  let heard = 0;
  socket.on("message", (data) => (heard += String(data) === "hello"));
  assert.equal(await new Promise((resolve) => socket.on("close", resolve)), 1008);
  assert.equal(heard, 0);
  assert.equal((await request(server, "GET", "/ws/echo")).status, 426);
});
