import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client, Socket, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer } from "./support/socketio.mjs";

let server, owner;
const environment = { DEFAULT_ADMIN_USERNAME: "teacher", DEFAULT_ADMIN_PASSWORD: "correct horse battery" };
before(async () => {
  server = await Server.start({ environment });
  owner = await Client.login(server, "teacher");
});
after(() => server.dispose());

const post = (client, text) => client.request("POST", "/api/v1/rooms/lobby/messages", { text });

test("the ninth message within ten seconds ends writing for a minute, and nothing else, also after a restart", async () => {
  const flooder = await Client.register(server, "flooder");
  const socket = await flooder.connect();
  const answers = [];
  for (let i = 1; i <= 9; i += 1) answers.push(await post(flooder, `message number ${i}`));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array(8).fill(201), 403],
  );
  const { body } = answers.at(-1);
  assert.equal(body.error, "banned");
  const seconds = (Date.parse(body.until) - Date.now()) / 1000;
  assert.ok(seconds > 50 && seconds < 61, String(seconds));
  assert.ok(body.reason.length > 0);
  assert.equal(body.automatic, true);
  const banned = await socket.next("banned");
  assert.equal(banned.until, body.until);
  assert.equal(banned.automatic, true);
  // Session and socket stay: one reads, on old and new ways in, and every way to write is closed.
  assert.ok((await socket.ask({ type: "join", room: "lobby" })).online >= 1);
  const said = await socket.ask({ type: "message", room: "lobby", text: "still here" });
  assert.deepEqual([said.code, said.automatic, said.until], ["banned", true, body.until]);
  assert.equal((await flooder.request("GET", "/api/v1/rooms/lobby/messages")).status, 200);
  const elsewhere = await Client.login(server, "flooder");
  for (const [method, path, change] of [
    ["POST", "/api/v1/rooms/lobby/messages", { text: "by another door" }],
    ["PATCH", `/api/v1/messages/${answers[0].body.id}`, { text: "another text" }],
    ["PATCH", "/api/v1/me", { display_name: "Read this" }],
    ["POST", "/api/v1/rooms", { name: "flood", title: "Read this" }],
  ]) {
    const answer = await elsewhere.request(method, path, change);
    assert.deepEqual([answer.status, answer.body.error], [403, "banned"], `${method} ${path}`);
  }
  assert.ok((await elsewhere.request("DELETE", `/api/v1/messages/${answers[0].body.id}`)).status < 300);
  assert.equal(await server.restart(), 0);
  const again = await Client.login(server, "flooder");
  assert.equal((await post(again, "after the restart")).body.until, body.until);
  // People lift it, and whoever is connected hears of it.
  owner = await Client.login(server, "teacher");
  const listening = await again.connect();
  assert.ok((await owner.request("DELETE", "/api/v1/bans/flooder")).status < 300);
  await listening.next("unbanned");
  assert.equal((await post(again, "calm now")).status, 201);
  const log = readFileSync(join(server.folder, "data", "spam_log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(
    log.some((line) => JSON.stringify(line).includes("flooder")),
    JSON.stringify(log),
  );
  const bans = JSON.parse(readFileSync(join(server.folder, "data", "temp_bans.json"), "utf8"));
  assert.equal(bans.version, 1);
});

test("the same text again counts double", async () => {
  const repeater = await Client.register(server, "repeater");
  const statuses = [];
  for (let i = 0; i < 6; i += 1) statuses.push((await post(repeater, "buy now")).status);
  assert.deepEqual(statuses, [201, 201, 201, 201, 403, 403]);
});

test("a moderator’s ban ends what is open and says why; lifting it lets one back in", async () => {
  const rude = await Client.register(server, "rude");
  const socket = await rude.connect();
  const ban = await owner.request("POST", "/api/v1/bans", { username: "rude", minutes: 5, reason: "Rule 2" });
  assert.ok(ban.status < 300, JSON.stringify(ban.body));
  const event = await socket.next("banned");
  assert.equal(event.reason, "Rule 2");
  await socket.closed;
  assert.ok([401, 403].includes((await rude.request("GET", "/api/v1/me")).status));
  const login = await request(server, "POST", "/api/v1/login", { username: "rude", password: "correct horse battery" });
  assert.equal(login.body.error, "banned");
  assert.equal(login.body.reason, "Rule 2");
  assert.ok((await owner.request("GET", "/api/v1/bans")).body.bans.some((entry) => entry.username === "rude"));
  assert.ok((await owner.request("DELETE", "/api/v1/bans/rude")).status < 300);
  await Client.login(server, "rude");
});

test("a ban for good stands in perma_banned.json", async () => {
  await Client.register(server, "forever");
  await owner.request("POST", "/api/v1/bans", { username: "forever", reason: "Threats" });
  const login = await request(server, "POST", "/api/v1/login", {
    username: "forever",
    password: "correct horse battery",
  });
  assert.equal(login.body.error, "banned");
  assert.ok(login.body.until === undefined || login.body.until === null);
  await server.restart();
  owner = await Client.login(server, "teacher");
  assert.match(readFileSync(join(server.folder, "data", "perma_banned.json"), "utf8"), /Threats/);
});

test("a muted member reads but doesn’t write", async () => {
  const loud = await Client.register(server, "loud");
  const socket = await loud.connect();
  await socket.ask({ type: "join", room: "lobby" });
  const mute = await owner.request("POST", "/api/v1/mutes", { username: "loud", minutes: 5, reason: "Calm down" });
  assert.ok(mute.status < 300, JSON.stringify(mute.body));
  assert.ok((await socket.next("muted")).until);
  const refused = await socket.ask({ type: "message", room: "lobby", text: "hello" });
  assert.equal(refused.code, "muted");
  assert.equal((await loud.request("GET", "/api/v1/rooms/lobby/messages")).status, 200);
  await socket.close();
});

test("only moderators ban, and only those below them", async () => {
  const [plain, other] = [await Client.register(server, "plain"), await Client.register(server, "other")];
  assert.equal(
    (await plain.request("POST", "/api/v1/bans", { username: "other", minutes: 5, reason: "x" })).status,
    403,
  );
  assert.equal((await plain.request("GET", "/api/v1/bans")).status, 403);
  const promoted = await owner.request("PATCH", "/api/v1/users/plain", { role: "moderator" });
  assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
  const moderator = await Client.login(server, "plain");
  assert.equal(
    (await moderator.request("POST", "/api/v1/bans", { username: "teacher", minutes: 5, reason: "x" })).status,
    403,
  );
  assert.ok(
    (await moderator.request("POST", "/api/v1/bans", { username: "other", minutes: 5, reason: "x" })).status < 300,
  );
  assert.equal((await moderator.request("PATCH", "/api/v1/users/other", { role: "moderator" })).status, 403);
  assert.ok(other);
});

test("the strict preset asks for two seconds between messages and bans for twenty minutes", async () => {
  const strict = await owner.request("PATCH", "/api/v1/settings", { spam: { preset: "strict" } });
  assert.equal(strict.status, 200, JSON.stringify(strict.body));
  const hasty = await Client.register(server, "hasty");
  const answers = [];
  for (let i = 0; i < 4; i += 1) answers.push(await post(hasty, `hasty ${i}`));
  assert.deepEqual(
    answers.map(({ body }) => body.error ?? "sent"),
    ["sent", "rate_limited", "rate_limited", "banned"],
  );
  const minutes = (Date.parse(answers[3].body.until) - Date.now()) / 60_000;
  assert.ok(minutes > 19 && minutes <= 20, String(minutes));
  assert.ok(Number(answers[1].headers.get("retry-after")) >= 1);
});

test("a muted member doesn’t speak through names and titles either", async () => {
  const muted = await Client.register(server, "renamer");
  assert.equal((await muted.request("POST", "/api/v1/rooms", { name: "renamers" })).status, 201);
  const mute = { username: "renamer", minutes: 5, reason: "Be kind." };
  assert.ok((await owner.request("POST", "/api/v1/mutes", mute)).status < 300);
  for (const [method, path, body] of [
    ["PATCH", "/api/v1/me", { display_name: "Listen" }],
    ["POST", "/api/v1/rooms", { name: "listen", title: "Listen" }],
    ["PATCH", "/api/v1/rooms/renamers", { title: "Listen" }],
    ["PATCH", "/api/v1/rooms/renamers", { topic: "Listen" }],
  ]) {
    const answer = await muted.request(method, path, body);
    assert.equal(answer.status, 403, `${method} ${path}`);
    assert.equal(answer.body.error, "muted");
    assert.equal(answer.body.reason, "Be kind.");
  }
});

test("a profile and rooms are changed ten times in ten minutes, and refused sign-ups leave no text behind", async () => {
  const person = await Client.register(server, "changing");
  const statuses = [];
  for (let i = 0; i < 11; i += 1)
    statuses.push((await person.request("PATCH", "/api/v1/me", { display_name: `Changing ${i}` })).status);
  assert.deepEqual(statuses, [...Array(10).fill(200), 429]);
  const rooms = [];
  for (let i = 0; i < 11; i += 1) rooms.push(await person.request("POST", "/api/v1/rooms", { name: `changing-${i}` }));
  assert.deepEqual(
    rooms.map(({ status }) => status),
    [...Array(10).fill(201), 429],
  );
  assert.ok(Number(rooms.at(-1).headers.get("retry-after")) > 500);

  const insult = "you worthless fucking piece of shit";
  const refused = await request(server, "POST", "/api/v1/register", {
    username: "nobody-yet",
    password: "correct horse battery",
    display_name: insult,
  });
  assert.equal(refused.status, 422);
  assert.equal(await server.restart(), 0);
  owner = await Client.login(server, "teacher");
  const files = readdirSync(join(server.folder, "data"), { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile()))
    assert.ok(!readFileSync(join(file.parentPath ?? file.path, file.name), "utf8").includes(insult), file.name);
});

test("a kick closes what somebody has open on every transport, and lets them in again after its minutes", async () => {
  const sara = await Client.register(server, "kicked-sara");
  const native = await sara.connect();
  const peer = await Peer.connect(server, sara.token);
  const polling = await Peer.connect(server, sara.token, { transports: ["polling"] });
  const viewer = await Client.register(server, "kicked-nobody");
  assert.equal((await viewer.request("POST", "/api/v1/kick", { username: "kicked-sara" })).status, 403);
  assert.equal((await owner.request("POST", "/api/v1/kick", { username: "teacher" })).status, 403);
  assert.equal((await owner.request("POST", "/api/v1/kick", { username: "nobody-here" })).status, 404);
  assert.equal((await owner.request("POST", "/api/v1/kick", { username: "kicked-sara", minutes: -1 })).status, 422);

  const { status, body } = await owner.request("POST", "/api/v1/kick", { username: "kicked-sara", reason: "Too loud" });
  assert.equal(status, 200);
  assert.equal(body.connections_closed, 3);
  const minutes = (Date.parse(body.until) - Date.now()) / 60_000;
  assert.ok(minutes > 0.8 && minutes <= 1, String(minutes));
  const told = await native.next("kicked");
  assert.deepEqual([told.reason, told.until, told.room], ["Too loud", body.until, undefined]);
  assert.deepEqual(await native.closed, { code: 4004, reason: "kicked" });
  for (const each of [peer, polling]) {
    assert.equal((await each.next("kicked")).reason, "Too loud");
    assert.equal(await each.disconnected, "io server disconnect");
  }
  // The account stays, and no connection opens.
  assert.equal((await sara.request("GET", "/api/v1/me")).status, 200);
  for (const list of [["websocket"], ["polling"]])
    assert.equal(
      (await Peer.refusal(server, { auth: { token: sara.token }, transports: list })).data.code,
      "forbidden",
    );
  await assert.rejects(new Socket(server, sara.token).opened, /403/);

  // For no time: they may come at once.
  const omar = await Client.register(server, "kicked-omar");
  const first = await omar.connect();
  await owner.request("POST", "/api/v1/kick", { username: "kicked-omar", minutes: 0 });
  assert.equal((await first.closed).code, 4004);
  await (await omar.connect()).close();
});

test("a kick out of a room leaves the rest open; without an end staff lets them in", async () => {
  const sara = await Client.register(server, "roomless-sara");
  assert.equal((await owner.request("POST", "/api/v1/rooms", { name: "quiet-room" })).status, 201);
  const socket = await sara.connect();
  await socket.ask({ type: "join", room: "quiet-room" });
  const answer = await owner.request("POST", "/api/v1/kick", {
    username: "roomless-sara",
    room: "quiet-room",
    minutes: 0,
  });
  assert.deepEqual([answer.status, answer.body.room, answer.body.until], [200, "quiet-room", null]);
  assert.equal((await socket.next("kicked")).room, "quiet-room");
  assert.equal((await socket.ask({ type: "join", room: "quiet-room" })).code, "forbidden");
  assert.equal((await socket.ask({ type: "join", room: "lobby" })).type, "ack");
  assert.ok((await owner.request("PUT", "/api/v1/rooms/quiet-room/members/roomless-sara")).status < 300);
  assert.equal((await socket.ask({ type: "join", room: "quiet-room" })).type, "ack");
  // With minutes: told until when.
  const { body } = await owner.request("POST", "/api/v1/kick", {
    username: "roomless-sara",
    room: "quiet-room",
    minutes: 5,
  });
  assert.equal((await socket.next("kicked")).until, body.until);
  await socket.close();
});
