import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

let server, sara, omar, lena;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  [sara, omar, lena] = await Promise.all(["sara", "omar", "lena"].map((name) => Client.register(server, name)));
});
after(() => server.dispose());

test("everybody is in the lobby from the start", async () => {
  const { status, body } = await sara.request("GET", "/api/v1/rooms/lobby");
  assert.equal(status, 200);
  assert.equal(body.name, "lobby");
  assert.equal(body.kind, "public");
  assert.equal(body.member_count, 4);
  assert.deepEqual(
    (await sara.request("GET", "/api/v1/rooms/lobby/members")).body.members?.map((user) => user.username).sort(),
    ["keeper", "lena", "omar", "sara"],
  );
});

test("nobody sees rooms without being signed in", async () => {
  for (const path of [
    "/api/v1/rooms",
    "/api/v1/rooms/lobby",
    "/api/v1/rooms/lobby/messages",
    "/api/v1/users",
    "/api/v1/search?q=a",
  ])
    assert.equal((await request(server, "GET", path)).status, 401, path);
});

test("a public room is made, found, joined, changed and left", async () => {
  const made = await sara.request("POST", "/api/v1/rooms", {
    name: "garden",
    title: "The garden",
    topic: "Plants",
    kind: "public",
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.title, "The garden");
  assert.equal(made.body.last_seq, 0);
  assert.equal((await sara.request("POST", "/api/v1/rooms", { name: "garden" })).status, 409);
  assert.ok((await omar.request("GET", "/api/v1/rooms")).body.rooms.some((room) => room.name === "garden"));
  assert.equal(
    (await omar.request("POST", "/api/v1/rooms/garden/messages", { text: "hello" })).body.error,
    "not_a_member",
  );
  assert.ok((await omar.request("POST", "/api/v1/rooms/garden/join")).status < 300);
  assert.equal((await omar.request("POST", "/api/v1/rooms/garden/messages", { text: "hello" })).status, 201);
  assert.equal((await omar.request("PATCH", "/api/v1/rooms/garden", { topic: "Mine now" })).status, 403);
  assert.equal((await sara.request("PATCH", "/api/v1/rooms/garden", { topic: "Trees" })).body.topic, "Trees");
  assert.ok((await omar.request("POST", "/api/v1/rooms/garden/leave")).status < 300);
  assert.equal((await omar.request("POST", "/api/v1/rooms/garden/messages", { text: "hello" })).status, 403);
  assert.equal((await omar.request("DELETE", "/api/v1/rooms/garden")).status, 403);
  assert.ok((await sara.request("DELETE", "/api/v1/rooms/garden")).status < 300);
  assert.equal((await sara.request("GET", "/api/v1/rooms/garden")).status, 404);
});

test("a private room is unknown to those who are not in it, until they are invited", async () => {
  assert.equal(
    (await sara.request("POST", "/api/v1/rooms", { name: "secret", title: "Secret", kind: "private" })).status,
    201,
  );
  const sent = await sara.request("POST", "/api/v1/rooms/secret/messages", { text: "only for us" });
  for (const [method, path, body] of [
    ["GET", "/api/v1/rooms/secret"],
    ["GET", "/api/v1/rooms/secret/messages"],
    ["GET", "/api/v1/rooms/secret/members"],
    ["POST", "/api/v1/rooms/secret/join"],
    ["POST", "/api/v1/rooms/secret/messages", { text: "hi" }],
    ["PATCH", `/api/v1/messages/${sent.body.id}`, { text: "mine" }],
    ["DELETE", `/api/v1/messages/${sent.body.id}`],
    ["PUT", `/api/v1/messages/${sent.body.id}/reactions/${encodeURIComponent("👍")}`],
    ["POST", "/api/v1/rooms/secret/invites", {}],
  ])
    assert.equal((await omar.request(method, path, body)).status, 404, `${method} ${path}`);
  assert.ok(!(await omar.request("GET", "/api/v1/rooms")).body.rooms.some((room) => room.name === "secret"));
  assert.equal((await omar.request("GET", "/api/v1/search?q=only")).body.messages.length, 0);
  const socket = await omar.connect();
  assert.equal((await socket.ask({ type: "join", room: "secret" })).code, "unknown_room");
  const invite = (await sara.request("POST", "/api/v1/rooms/secret/invites", {})).body;
  assert.match(invite.url, new RegExp(`/join/${invite.code}$`));
  assert.ok((await omar.request("POST", `/api/v1/join/${invite.code}`)).status < 300);
  assert.equal((await omar.request("GET", "/api/v1/rooms/secret/messages")).body.messages[0].text, "only for us");
  assert.equal((await lena.request("POST", "/api/v1/join/nosuchcode")).status, 404);
  await socket.close();
});

test("who was put out of a private room stays out, whatever invite they have, until let in again", async () => {
  await sara.request("POST", "/api/v1/rooms", { name: "closed-circle", kind: "private" });
  const invite = async (uses) =>
    (await sara.request("POST", "/api/v1/rooms/closed-circle/invites", { uses })).body.code;
  const [single, many] = [await invite(1), await invite(9)];
  const join = async (code) => (await omar.request("POST", `/api/v1/join/${code}`)).status;
  const members = "/api/v1/rooms/closed-circle/members/omar";
  assert.equal(await join(single), 200);
  const putOut = async (client) =>
    (await client.request("GET", "/api/v1/rooms/closed-circle/members")).body.put_out?.map(({ username }) => username);
  assert.equal(await putOut(omar), undefined);
  assert.equal((await sara.request("DELETE", members)).status, 204);
  assert.deepEqual(await putOut(sara), ["omar"]);
  for (const code of [single, many, await invite(1)]) assert.equal(await join(code), 404);
  assert.equal((await omar.request("PUT", members)).status, 404);
  assert.equal((await omar.request("GET", "/api/v1/rooms/closed-circle/messages")).status, 404);
  assert.equal((await sara.request("PUT", members)).status, 204);
  assert.deepEqual(await putOut(sara), []);
  assert.equal((await omar.request("GET", "/api/v1/rooms/closed-circle/messages")).status, 200);
  assert.equal((await omar.request("POST", "/api/v1/rooms/closed-circle/leave")).status, 204);
  assert.equal(await join(single), 404);
  assert.equal(await join(many), 200);
});

test("unread counts are right, and a read mark never moves back", async () => {
  await sara.request("POST", "/api/v1/rooms", { name: "news", kind: "public" });
  await omar.request("POST", "/api/v1/rooms/news/join");
  const seqs = [];
  for (let i = 0; i < 5; i += 1)
    seqs.push((await sara.request("POST", "/api/v1/rooms/news/messages", { text: `headline ${i}` })).body.seq);
  assert.deepEqual(seqs, [1, 2, 3, 4, 5]);
  const unread = async (client) => (await client.request("GET", "/api/v1/rooms/news")).body.unread;
  assert.equal(await unread(omar), 5);
  assert.equal(await unread(sara), 0);
  await omar.request("POST", "/api/v1/rooms/news/read", { seq: 3 });
  assert.equal(await unread(omar), 2);
  await omar.request("POST", "/api/v1/rooms/news/read", { seq: 1 });
  assert.equal(await unread(omar), 2);
  await omar.request("POST", "/api/v1/rooms/news/read", { seq: 999 });
  assert.equal(await unread(omar), 0);
});

for (const [name, body, status] of [
  ["a name with a slash", { name: "a/b" }, 422],
  ["a name of one letter", { name: "a" }, 422],
  ["an unknown kind", { name: "fine-name", kind: "odd" }, 422],
  ["a title too long", { name: "fine-name", title: "x".repeat(500) }, 422],
])
  test(`a room with ${name} is refused`, async () => {
    const answer = await sara.request("POST", "/api/v1/rooms", body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
  });
