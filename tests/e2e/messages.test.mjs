import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

let server, sara, omar;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  [sara, omar] = await Promise.all(["sara", "omar"].map((name) => Client.register(server, name)));
});
after(() => server.dispose());

const post = (client, text, more = {}) => client.request("POST", "/api/v1/rooms/lobby/messages", { text, ...more });
const page = async (client, query) => (await client.request("GET", `/api/v1/rooms/lobby/messages?${query}`)).body;

test("a message has the shape of the contract", async () => {
  const { status, body } = await post(sara, "Salaam @omar, see https://example.org", { client_id: "first" });
  assert.equal(status, 201);
  assert.equal(body.seq, 1);
  assert.equal(body.text, "Salaam @omar, see https://example.org");
  assert.equal(body.sender.username, "sara");
  assert.equal(body.client_id, "first");
  assert.deepEqual(body.mentions, ["omar"]);
  assert.deepEqual(body.reactions, {});
  assert.deepEqual(body.attachments, []);
  assert.equal(body.moderation.action, "allow");
  assert.match(body.sent_at, /\.\d{3}Z$/);
});

test("the same client_id gives the first result again", async () => {
  const first = await post(sara, "once only", { client_id: "again" });
  const second = await post(sara, "once only", { client_id: "again" });
  assert.equal(second.status, 201);
  assert.deepEqual(second.body, first.body);
  const other = await post(omar, "once only", { client_id: "again" });
  assert.notEqual(other.body.id, first.body.id);
});

test("many retries at once post one message", async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => post(sara, "a storm of retries", { client_id: "storm" })),
  );
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
});

test("history is paged before, after and around", async () => {
  await sara.request("POST", "/api/v1/rooms", { name: "pages" });
  for (let i = 1; i <= 120; i += 1) await sara.request("POST", "/api/v1/rooms/pages/messages", { text: `line ${i}` });
  const get = async (query) => {
    const { body } = await sara.request("GET", `/api/v1/rooms/pages/messages?${query}`);
    return { seqs: body.messages.map(({ seq }) => seq), has_more: body.has_more };
  };
  const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
  assert.deepEqual(await get(""), { seqs: range(71, 120), has_more: true });
  assert.deepEqual(await get("before=71&limit=50"), { seqs: range(21, 70), has_more: true });
  assert.deepEqual(await get("before=21"), { seqs: range(1, 20), has_more: false });
  assert.deepEqual(await get("after=0&limit=10"), { seqs: range(1, 10), has_more: true });
  assert.deepEqual(await get("after=115"), { seqs: range(116, 120), has_more: false });
  assert.deepEqual(await get("after=120"), { seqs: [], has_more: false });
  const around = await get("around=60&limit=11");
  assert.ok(around.seqs.includes(60) && around.seqs.length === 11, JSON.stringify(around));
  for (const bad of ["before=x", "limit=0", "limit=-1", "after=1&before=5x", "limit=99999999999999999999"])
    assert.ok([400, 422].includes((await sara.request("GET", `/api/v1/rooms/pages/messages?${bad}`)).status), bad);
});

test("an author edits and deletes; others can’t", async () => {
  const { body } = await post(sara, "a tpyo");
  assert.equal((await omar.request("PATCH", `/api/v1/messages/${body.id}`, { text: "taken over" })).status, 403);
  const edited = await sara.request("PATCH", `/api/v1/messages/${body.id}`, { text: "a typo" });
  assert.equal(edited.status, 200);
  assert.equal(edited.body.text, "a typo");
  assert.ok(edited.body.edited_at);
  assert.equal((await omar.request("DELETE", `/api/v1/messages/${body.id}`)).status, 403);
  assert.ok((await sara.request("DELETE", `/api/v1/messages/${body.id}`)).status < 300);
  const found = (await page(omar, `around=${body.seq}&limit=1`)).messages[0];
  assert.equal(found.deleted, true);
  assert.equal(found.text, "");
  assert.ok((await sara.request("PATCH", `/api/v1/messages/${body.id}`, { text: "back" })).status >= 400);
});

test("reactions come and go, once a person", async () => {
  const { body } = await post(sara, "react to this");
  const path = `/api/v1/messages/${body.id}/reactions/${encodeURIComponent("👍🏽")}`;
  await omar.request("PUT", path);
  await omar.request("PUT", path);
  await sara.request("PUT", path);
  const reactions = async () => (await page(sara, `around=${body.seq}&limit=1`)).messages[0].reactions;
  assert.deepEqual(await reactions(), { "👍🏽": ["omar", "sara"] });
  await omar.request("DELETE", path);
  assert.deepEqual(await reactions(), { "👍🏽": ["sara"] });
});

test("edits and reactions at the same moment don’t lose each other", async () => {
  const { body } = await post(sara, "version 0");
  const work = [];
  for (let i = 1; i <= 10; i += 1) {
    work.push(sara.request("PATCH", `/api/v1/messages/${body.id}`, { text: `version ${i}` }));
    work.push(
      omar.request(
        "PUT",
        `/api/v1/messages/${body.id}/reactions/${encodeURIComponent(["👍", "❤️", "🎉", "😂", "🙏", "🔥", "👀", "💯", "✅", "🌟"][i - 1])}`,
      ),
    );
  }
  await Promise.all(work);
  const found = (await page(sara, `around=${body.seq}&limit=1`)).messages[0];
  assert.equal(Object.keys(found.reactions).length, 10);
  assert.match(found.text, /^version [1-9]/);
});

test("search finds words regardless of case, newest first", async () => {
  await post(sara, "The Quick brown fox");
  await post(omar, "a QUICK answer");
  const { body } = await sara.request("GET", "/api/v1/search?q=quick");
  assert.deepEqual(
    body.messages.map(({ text }) => text),
    ["a QUICK answer", "The Quick brown fox"],
  );
  const from = await sara.request("GET", "/api/v1/search?q=quick&from=sara&room=lobby");
  assert.deepEqual(
    from.body.messages.map(({ text }) => text),
    ["The Quick brown fox"],
  );
});

for (const [name, text, status] of [
  ["empty", "", 422],
  ["only spaces", "   \n ", 422],
  ["too long", "x".repeat(4001), 422],
  ["with nothing but a control character", "\u0007", 422],
  ["with nothing to see", "\u3164 \u2800", 422],
  ["of the wrong kind", 7, 422],
])
  test(`a text that is ${name} is refused`, async () => assert.equal((await post(sara, text)).status, status));

test("markup, quotes and scripts of any kind come back as they were", async () => {
  for (const text of [
    "<script>alert(1)</script>",
    '"quoted" \\ back\\slash',
    "line one\nline two",
    "👩‍👩‍👧 نستعلیق 漢字",
    "{{ 7*7 }}",
  ])
    assert.equal((await post(sara, text)).body.text, text);
});

test("a file is posted with a message and served without being run", async () => {
  const form = new FormData();
  form.set("file", new Blob(["<script>alert(1)</script>"], { type: "text/html" }), "notes.html");
  const response = await fetch(`${server.url}/api/v1/rooms/lobby/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${sara.token}` },
    body: form,
  });
  const body = await response.json();
  assert.equal(response.status, 201, JSON.stringify(body));
  const message = body.message ?? body;
  assert.equal(message.attachments.length, 1);
  const file = await fetch(server.url + message.attachments[0].url, {
    headers: { authorization: `Bearer ${sara.token}` },
  });
  assert.equal(file.status, 200);
  assert.match(file.headers.get("content-disposition") ?? "", /attachment/);
  assert.equal(file.headers.get("x-content-type-options"), "nosniff");
});

test("a file posted again with its client_id is taken once, on the disk too", async () => {
  const post = async () => {
    const form = new FormData();
    form.set("client_id", "the-same-file");
    form.set("file", new Blob(["once"], { type: "text/plain" }), "once.txt");
    const response = await fetch(`${server.url}/api/v1/rooms/lobby/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${sara.token}` },
      body: form,
    });
    return { status: response.status, body: await response.json() };
  };
  const files = () =>
    readdirSync(join(server.folder, "uploads"), { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
      .length;
  const first = await post();
  assert.equal(first.status, 201);
  const before = files();
  for (let i = 0; i < 5; i += 1) assert.equal((await post()).body.id, first.body.id);
  assert.equal(files(), before);
});

test("a deletion is for everybody at once, takes the file along, and can be undone", async () => {
  const form = new FormData();
  form.set("text", "look at this");
  form.set("file", new Blob(["gone"], { type: "text/plain" }), "gone.txt");
  const posted = await fetch(`${server.url}/api/v1/rooms/lobby/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${sara.token}` },
    body: form,
  });
  const message = await posted.json();
  const reader = await omar.connect();
  await reader.ask({ type: "join", room: "lobby" });
  const file = async () =>
    (await fetch(server.url + message.attachments[0].url, { headers: { authorization: `Bearer ${omar.token}` } }))
      .status;
  assert.equal(await file(), 200);
  assert.equal((await sara.request("DELETE", `/api/v1/messages/${message.id}`)).status, 200);
  await reader.next("message_deleted", (event) => event.id === message.id);
  assert.equal(await file(), 404);
  assert.equal((await omar.request("POST", `/api/v1/messages/${message.id}/restore`)).status, 409);
  const restored = await sara.request("POST", `/api/v1/messages/${message.id}/restore`);
  assert.equal(restored.status, 200);
  assert.equal(restored.body.text, "look at this");
  const event = await reader.next("message_edited", ({ message: each }) => each.id === message.id);
  assert.equal(event.message.text, "look at this");
  assert.equal(await file(), 200);
  await reader.close();
});

test("what no message names is swept from the uploads at the next start", async () => {
  const folder = join(server.folder, "uploads", "zz");
  mkdirSync(folder, { recursive: true });
  const [old, fresh] = ["zz-orphan-old.txt", "zz-orphan-new.txt"].map((name) => join(folder, name));
  for (const path of [old, fresh]) writeFileSync(path, "orphan");
  const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
  utimesSync(old, longAgo, longAgo);
  await server.restart();
  while (existsSync(old)) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(existsSync(fresh));
});
