import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

// Verdicts on these are fixed by the contract of the engine.
const clean = "Hello world";
const flagged = "Chup kar bewakoof";
const blocked = "You're a fucking idiot";

let server, owner, helper;
const environment = { DEFAULT_ADMIN_USERNAME: "teacher", DEFAULT_ADMIN_PASSWORD: "correct horse battery" };
const options = ["--no-rate-limits", "--jwt-expire-minutes", "600"];

async function moderator(name) {
  await Client.register(server, name);
  const { status, body } = await owner.request("PATCH", `/api/v1/users/${name}`, { role: "moderator" });
  assert.equal(status, 200, JSON.stringify(body));
  return Client.login(server, name);
}

before(async () => {
  server = await Server.start({ environment, options });
  owner = await Client.login(server, "teacher");
  helper = await moderator("helper");
});
after(() => server.dispose());

const post = (client, text, room = "lobby") => client.request("POST", `/api/v1/rooms/${room}/messages`, { text });
const cases = async (query = "") => (await owner.request("GET", `/api/v1/moderation/cases?${query}`)).body;
const caseOf = async (id, client = owner) => (await client.request("GET", `/api/v1/moderation/cases/${id}`)).body;
const decide = (client, id, decision) => client.request("POST", `/api/v1/moderation/cases/${id}/decision`, decision);
const page = async (client, query = "") =>
  (await client.request("GET", `/api/v1/rooms/lobby/messages?${query}`)).body.messages;
const own = async (client) => (await client.request("GET", "/api/v1/me/moderation")).body;

test("a blocked message is appealed against, granted, and posted as its author’s", async () => {
  const author = await Client.register(server, "amna");
  const [watching, writing] = [await owner.connect(), await author.connect()];
  const refused = await writing.ask({ type: "message", room: "lobby", text: blocked, client_id: "first" });
  assert.equal(refused.code, "message_blocked");
  assert.ok(refused.case_id);
  assert.equal((await writing.next("message_blocked")).case_id, refused.case_id);
  const opened = await watching.next("moderation_case", (event) => event.case.id === refused.case_id);
  assert.equal(opened.case.kind, "blocked");
  assert.equal(opened.case.text, blocked);
  assert.equal(opened.case.author.username, "amna");
  assert.ok(opened.case.verdict.matches.length > 0);
  assert.ok(opened.case.versions.model.length > 0);

  const early = await decide(owner, refused.case_id, { action: "grant" });
  assert.equal(early.status, 422);
  const appeal = await author.request("POST", "/api/v1/appeals", {
    case_id: refused.case_id,
    text: "It was a quotation.",
  });
  assert.equal(appeal.status, 201, JSON.stringify(appeal.body));
  assert.equal(appeal.body.case.can_appeal, false);
  const again = await author.request("POST", "/api/v1/appeals", { case_id: refused.case_id, text: "Please" });
  assert.equal(again.status, 409);
  assert.equal(again.body.error, "already_appealed");
  const appealed = await cases("appealed=1");
  assert.equal(appealed.cases[0].appeal.text, "It was a quotation.");

  const before_it = await own(author);
  assert.equal(before_it.flagged_or_blocked, 1);
  const granted = await decide(owner, refused.case_id, { action: "grant", note: "A quotation it is" });
  assert.equal(granted.status, 200, JSON.stringify(granted.body));
  assert.equal(granted.body.decision.by, "teacher");
  const told = await writing.next("moderation_decision");
  assert.equal(told.action, "grant");
  assert.equal(told.message.text, blocked);
  const posted = (await page(author)).at(-1);
  assert.equal(posted.text, blocked);
  assert.equal(posted.sender.username, "amna");
  assert.equal(posted.written_at, granted.body.created_at);
  assert.equal(posted.moderation.action, "allow");
  assert.equal((await own(author)).flagged_or_blocked, 0);
});

test("a flagged message is seen, removed, restored by an undo, and removed again", async () => {
  const author = await Client.register(server, "bilal");
  const posted = await post(author, flagged);
  assert.equal(posted.status, 201);
  assert.equal(posted.body.moderation.action, "flag");
  const id = posted.body.moderation.case_id;
  const { case: one, context, person } = await caseOf(id);
  assert.equal(one.kind, "flagged");
  assert.equal(one.seq, posted.body.seq);
  assert.ok(context.some((message) => message.id === posted.body.id));
  assert.equal(person.violations_24h, 1);
  assert.equal(person.history.length, 1);

  assert.equal((await decide(helper, id, { action: "remove" })).status, 200);
  let shown = (await page(author)).find((message) => message.seq === posted.body.seq);
  assert.equal(shown.deleted, true);
  assert.equal(shown.text, "");
  const late = await decide(owner, id, { action: "approve" });
  assert.equal(late.status, 409);
  assert.equal(late.body.error, "already_decided");
  assert.equal(late.body.case.decision.by, "helper");

  const undone = await helper.request("POST", `/api/v1/moderation/cases/${id}/undo`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.equal(undone.body.status, "open");
  shown = (await page(author)).find((message) => message.seq === posted.body.seq);
  assert.equal(shown.text, flagged);
  assert.equal(shown.moderation.action, "flag");

  assert.equal((await decide(helper, id, { action: "remove" })).status, 200);
  assert.equal((await author.request("POST", "/api/v1/appeals", { case_id: id, text: "We were joking" })).status, 201);
  assert.equal((await caseOf(id)).case.status, "open");
  assert.equal((await decide(owner, id, { action: "grant" })).status, 200);
  shown = (await page(author)).find((message) => message.seq === posted.body.seq);
  assert.equal(shown.text, flagged);
  assert.equal(shown.moderation.action, "allow");
  assert.equal((await own(author)).violations_24h, 0);
});

test("“not a violation” lets the same text pass from then on", async () => {
  const author = await Client.register(server, "chanda");
  const text = "Tum bewakoof ho yaar";
  const first = await post(author, text);
  assert.equal(first.body.moderation.action, "flag", JSON.stringify(first.body));
  assert.equal((await decide(owner, first.body.moderation.case_id, { action: "not_a_violation" })).status, 200);
  const second = await post(author, `  ${text.toUpperCase()} `);
  assert.equal(second.status, 201);
  assert.equal(second.body.moderation.action, "allow");
  assert.equal((await own(author)).flagged_or_blocked, 0);
});

test("a report has an end, and its reporter hears of it", async () => {
  const [author, reporter] = [await Client.register(server, "daud"), await Client.register(server, "erum")];
  const posted = await post(author, "Nobody likes you here");
  const socket = await reporter.connect();
  const report = await reporter.request("POST", "/api/v1/reports", {
    message_id: posted.body.id,
    reason: "harassment",
  });
  assert.equal(report.status, 201, JSON.stringify(report.body));
  const twice = await reporter.request("POST", "/api/v1/reports", { message_id: posted.body.id, reason: "harassment" });
  assert.equal(twice.body.id, report.body.id);
  const { case: one } = await caseOf(report.body.case_id);
  assert.deepEqual(
    one.reports.map(({ by, reason }) => [by, reason]),
    [["erum", "harassment"]],
  );
  assert.equal((await decide(owner, one.id, { action: "warn", note: "Be kind." })).status, 200);
  assert.equal((await socket.next("report_decided")).outcome, "upheld");
  const { reports } = (await owner.request("GET", "/api/v1/reports")).body;
  assert.equal(reports.find(({ id }) => id === report.body.id).status, "decided");
  const record = (await own(author)).records.find(({ case_id }) => case_id === one.id);
  assert.equal(record.decision.note, "Be kind.");
  assert.equal(record.can_appeal, true);
  assert.equal(JSON.stringify(record).includes("erum"), false);
});

test("two moderators never decide the same case", async () => {
  const author = await Client.register(server, "fahad");
  const id = (await post(author, flagged)).body.moderation.case_id;
  const claim = (client) => client.request("POST", `/api/v1/moderation/cases/${id}/claim`);
  assert.equal((await claim(helper)).body.claim.by, "helper");
  // A higher role takes it over, a lower one doesn't.
  assert.equal((await claim(owner)).body.claim.by, "teacher");
  const refused = await claim(helper);
  assert.equal(refused.status, 409);
  assert.equal(refused.body.error, "claimed");
  assert.equal(refused.body.case.claim.by, "teacher");
  assert.equal((await decide(helper, id, { action: "remove" })).body.error, "claimed");
  assert.equal((await owner.request("DELETE", `/api/v1/moderation/cases/${id}/claim`)).body.claim, null);
  const answers = await Promise.all([
    decide(owner, id, { action: "approve" }),
    decide(helper, id, { action: "remove" }),
  ]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
});

test("three violations make the next one a block; the fifth takes the right to chat away", async () => {
  const author = await Client.register(server, "gul");
  const socket = await author.connect();
  const answers = [];
  for (const text of [flagged, flagged, flagged, flagged]) answers.push(await post(author, text));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201, 403],
  );
  assert.ok(answers[3].body.moderation.reasons.includes("repeat_offender"));
  assert.equal((await own(author)).violations_24h, 4);
  assert.equal((await post(author, clean)).status, 201);
  assert.equal((await post(author, flagged)).body.error, "message_blocked");
  const muted = await socket.next("muted");
  assert.equal(muted.automatic, true);
  const day = 24 * 3600 * 1000;
  assert.ok(Math.abs(new Date(muted.until) - Date.now() - day) < 60_000);
  assert.equal((await own(author)).muted_until, muted.until);
  const refused = await post(author, clean);
  assert.equal(refused.status, 403);
  assert.equal(refused.body.error, "muted");
  assert.equal(refused.body.automatic, true);
  assert.equal((await own(author)).can_chat, false);

  assert.equal(await server.restart(), 0);
  const lines = (log) =>
    readFileSync(join(server.folder, "data", `${log}.jsonl`), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const blocks = lines("moderation_log").filter((line) => line.username === "gul" && line.action === "block");
  assert.equal(blocks.length, 2);
  assert.ok(
    blocks.every((line) => line.case && line.text === flagged && line.model && line.lexicon && line.kind === "message"),
  );
  assert.ok(lines("moderation_log").some((line) => line.kind === "decision" && line.case && line.by === "teacher"));
  assert.ok(lines("audit_log").some((line) => line.action === "case_grant" && line.user === "amna"));
  assert.equal((await post(author, clean)).body.error, "muted");
  assert.equal((await own(author)).flagged_or_blocked, 5);
  assert.equal((await owner.request("DELETE", "/api/v1/mutes/gul")).status, 204);
  assert.equal((await post(author, clean)).status, 201);
  assert.equal((await own(author)).flagged_or_blocked, 0);
});

test("words of somebody in danger bring help and an alert, never a punishment", async () => {
  const author = await Client.register(server, "hina");
  const [socket, watching] = [await author.connect(), await owner.connect()];
  const posted = await post(author, "I want to kill myself");
  assert.equal(posted.status, 201, JSON.stringify(posted.body));
  const help = await socket.next("system", (event) => event.level === "help");
  assert.equal(help.key, "help.self_harm");
  const alert = await watching.next("moderation_case", (event) => event.case.kind === "alert");
  assert.equal(alert.case.author.username, "hina");
  const seen = (await page(owner)).find((message) => message.seq === posted.body.seq);
  assert.equal(seen.moderation.action, "allow");
  assert.deepEqual(seen.moderation.reasons, []);
  const record = await own(author);
  assert.equal(record.flagged_or_blocked, 0);
  assert.deepEqual(record.records, []);
  const { id, asks_for_help } = alert.case;
  assert.equal(asks_for_help, true);
  for (const action of ["warn", "mute", "ban"])
    assert.equal((await decide(owner, id, { action, minutes: 5 })).status, 422, action);
  assert.equal((await decide(owner, id, { action: "approve" })).status, 200);
});

test("everything survives a restart in the middle", async () => {
  const author = await Client.register(server, "imran");
  const first = (await post(author, flagged)).body;
  const second = (await post(author, blocked)).body;
  await decide(owner, first.moderation.case_id, { action: "remove" });
  await author.request("POST", "/api/v1/appeals", { case_id: second.case_id, text: "Sorry" });
  assert.equal(await server.restart("SIGKILL"), "SIGKILL");
  assert.equal((await caseOf(first.moderation.case_id)).case.decision.action, "remove");
  assert.equal((await caseOf(second.case_id)).case.appeal.text, "Sorry");
  assert.equal((await own(author)).violations_24h, 2);
  await author.request("POST", "/api/v1/appeals", { case_id: first.moderation.case_id, text: "Look again" });
  assert.equal((await decide(owner, first.moderation.case_id, { action: "grant" })).status, 200);
  const restored = (await page(author)).find((message) => message.seq === first.seq);
  assert.equal(restored.text, flagged);
});

test("members see nothing of it, and moderators act only on those below them", async () => {
  const member = await Client.register(server, "javed");
  const { case_id: id } = (await post(member, blocked)).body;
  const routes = [
    ["GET", "cases"],
    ["GET", `cases/${id}`],
    ["POST", `cases/${id}/claim`],
    ["DELETE", `cases/${id}/claim`],
    ["POST", `cases/${id}/decision`],
    ["POST", `cases/${id}/undo`],
  ];
  for (const [method, path] of routes) {
    const { status } = await member.request(
      method,
      `/api/v1/moderation/${path}`,
      method === "POST" ? { action: "approve" } : undefined,
    );
    assert.equal(status, 403, `${method} ${path}`);
  }
  const other = await Client.register(server, "khalid");
  assert.equal((await other.request("POST", "/api/v1/appeals", { case_id: id, text: "Let it be" })).status, 404);
  const rude = (await post(helper, blocked)).body;
  const decision = (part) => `/api/v1/moderation/cases/${rude.case_id}/${part}`;
  const peer = await moderator("peer");
  for (const client of [helper, peer]) {
    assert.equal((await decide(client, rude.case_id, { action: "approve" })).status, 403);
    assert.equal((await client.request("POST", decision("claim"))).status, 403);
    assert.equal((await client.request("DELETE", decision("claim"))).status, 403);
  }
  assert.equal((await decide(owner, rude.case_id, { action: "warn" })).status, 200);
  for (const client of [helper, peer]) assert.equal((await client.request("POST", decision("undo"))).status, 403);
  assert.equal((await owner.request("POST", decision("undo"))).status, 200);
});

test("every way in is judged alike", async () => {
  const [author, friend] = [await Client.register(server, "laila"), await Client.register(server, "moin")];
  const socket = await author.connect();
  const fine = (await post(author, clean)).body;
  await author.request("POST", "/api/v1/rooms", { name: "lailas", title: "Laila’s room" });
  const direct = (await author.request("POST", "/api/v1/direct", { username: "moin" })).body;
  const upload = (name) => {
    const form = new FormData();
    form.set("file", new Blob(["notes"]), name);
    return fetch(`${server.url}/api/v1/rooms/lobby/files`, {
      method: "POST",
      body: form,
      headers: { authorization: `Bearer ${author.token}` },
    }).then(async (response) => ({ status: response.status, body: await response.json() }));
  };
  const frame = async (command) => {
    const answer = await socket.ask(command);
    return { status: answer.type === "ack" ? 200 : 403, body: { ...answer, error: answer.code } };
  };
  const rest = (method, path, body) => author.request(method, path, body);
  const update = (name) => {
    const form = new FormData();
    form.set("displayName", name);
    return fetch(`${server.url}/auth/update_profile`, {
      method: "POST",
      body: form,
      headers: { authorization: `Bearer ${author.token}` },
    }).then(async (response) => ({ status: response.status, body: await response.json() }));
  };
  const refusedAs = { message: [403, "message_blocked"], line: [422, "invalid_value"], dialect: [400, undefined] };
  const entries = [
    ["message over REST", "message", (text) => rest("POST", "/api/v1/rooms/lobby/messages", { text })],
    ["message over WebSocket", "message", (text) => frame({ type: "message", room: "lobby", text })],
    ["direct message", "message", (text) => rest("POST", `/api/v1/rooms/${direct.name}/messages`, { text })],
    ["edit over REST", "message", (text) => rest("PATCH", `/api/v1/messages/${fine.id}`, { text })],
    ["edit over WebSocket", "message", (text) => frame({ type: "edit", id: fine.id, text })],
    ["file name", "message", (text) => upload(`${text}.txt`)],
    ["display name", "line", (text) => rest("PATCH", "/api/v1/me", { display_name: text })],
    ["display name of the room dialect", "dialect", update],
    ["room title", "line", (text) => rest("PATCH", "/api/v1/rooms/lailas", { title: text })],
    ["room topic", "line", (text) => rest("PATCH", "/api/v1/rooms/lailas", { topic: text })],
    ["title of a new room", "line", (text) => rest("POST", "/api/v1/rooms", { name: "another", title: text })],
  ];
  for (const [what, kind, send] of entries) {
    const count = (await caseListOf("laila")).length;
    const refused = await send(`${blocked} ${what}`);
    assert.equal(refused.status, refusedAs[kind][0], `${what}: ${JSON.stringify(refused.body)}`);
    if (refusedAs[kind][1]) assert.equal(refused.body.error, refusedAs[kind][1], what);
    if (kind === "message") assert.ok(refused.body.case_id, what);
    assert.equal((await caseListOf("laila")).length, count + 1, what);
    // The count of violations is another test's: here each begins anew.
    for (const one of await caseListOf("laila")) await decide(owner, one.id, { action: "not_a_violation" });
    await owner.request("DELETE", "/api/v1/mutes/laila");
    const passed = await send(`${flagged} ${what}`);
    assert.ok(passed.status < 300, `${what}: ${JSON.stringify(passed.body)}`);
    const [one] = await caseListOf("laila");
    assert.equal(one?.kind, "flagged", what);
    await decide(owner, one.id, { action: "not_a_violation" });
  }
  assert.equal((await rest("POST", "/api/v1/rooms", { name: "fuck-you-bitch" })).status, 422);
  const { status } = await Client.register(server, "fuck_you_bitch").then(
    () => ({ status: 201 }),
    () => ({ status: 422 }),
  );
  assert.equal(status, 422);
  assert.ok(friend);
});

async function caseListOf(author) {
  return (await cases(`author=${author}`)).cases;
}

test("a room has rules of its own", async () => {
  const author = await Client.register(server, "nida");
  await owner.request("POST", "/api/v1/rooms", { name: "club" });
  await author.request("POST", "/api/v1/rooms/club/join");
  const set = (moderation, client = owner) =>
    client.request("PATCH", "/api/v1/rooms/club", { settings: { moderation } });
  const wrong = await set({
    preset: "mild",
    thresholds: { warn: 0.9, flag: 0.2 },
    watch_words: [{ text: "" }],
    colour: 1,
  });
  assert.equal(wrong.status, 422);
  assert.deepEqual(
    Object.keys(wrong.body.fields).sort(),
    ["colour", "preset", "thresholds", "watch_words"].map((name) => `settings.moderation.${name}`),
  );
  assert.equal((await set({ preset: "relaxed" }, author)).status, 403);
  const changed = await set({
    preset: "strict",
    watch_words: [{ text: "pineapple", action: "block", category: "spam" }],
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal(changed.body.settings.moderation.watch_words.length, 1);
  const refused = await post(author, "I like pineapple", "club");
  assert.equal(refused.status, 403);
  assert.deepEqual(refused.body.moderation.reasons, ["spam"]);
  assert.equal((await post(author, "I like pineapple")).status, 201);
  assert.equal((await author.request("GET", "/api/v1/rooms/club")).body.settings.moderation.watch_words, undefined);
  assert.equal(await server.restart(), 0);
  assert.equal((await post(author, "More pineapple please", "club")).status, 403);
  await set({ watch_words: [], shown: "author" });
  assert.equal((await post(author, "Much pineapple", "club")).status, 201);
  const posted = await post(author, flagged, "club");
  assert.equal(posted.body.moderation.action, "flag");
  assert.ok(posted.body.moderation.case_id);
  const seen = (await owner.request("GET", "/api/v1/rooms/club/messages")).body.messages.at(-1);
  assert.equal(seen.text, flagged);
  assert.equal(seen.moderation.action, "allow");
  assert.equal(seen.moderation.case_id, undefined);
});

test("what a spreadsheet would take for a formula is a text in the training data", async () => {
  const author = await Client.register(server, "formula");
  const posted = await post(author, `=HYPERLINK("http://x") ${flagged}`);
  assert.equal((await decide(owner, posted.body.moderation.case_id, { action: "warn" })).status, 200);
  const csv = (await owner.request("GET", "/api/v1/moderation/training.csv")).body;
  assert.ok(csv.includes(`"'=HYPERLINK(""http://x"") ${flagged}",1\n`), csv);
});

test("analytics, training data and the log hold what was decided", async () => {
  const { status, body } = await owner.request("GET", "/api/v1/moderation/analytics?hours=24");
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.verdicts.length, 24);
  const sum = (name) => body.verdicts.reduce((total, bucket) => total + bucket[name], 0);
  assert.ok(sum("allow") > 0 && sum("flag") > 5 && sum("block") > 5, JSON.stringify(body.verdicts.at(-1)));
  assert.ok(body.categories.harassment > 5);
  assert.ok(body.rooms.find((room) => room.name === "lobby").messages > 10);
  assert.ok(body.people.some((person) => person.username === "gul" && person.blocked === 3));
  assert.ok(body.precision.confirmed > 0 && body.precision.overturned > 0);
  assert.ok(body.time_to_decision.decided > 5 && body.time_to_decision.median_s >= 0);
  const lobby = (await owner.request("GET", "/api/v1/moderation/analytics?hours=2&room=lobby")).body;
  assert.equal(lobby.verdicts.length, 2);
  assert.ok(lobby.verdicts.reduce((total, bucket) => total + bucket.allow, 0) > 5);
  const csv = (await owner.request("GET", "/api/v1/moderation/training.csv")).body;
  assert.match(csv, /^text,label\n/);
  assert.match(csv, /"Tum bewakoof ho yaar",0\n/);
  assert.match(csv, /"Nobody likes you here",1\n/);
  const log = (await owner.request("GET", "/api/v1/moderation/log?limit=5")).body;
  assert.equal(log.lines.length, 5);
  assert.equal(log.has_more, true);
  const member = await Client.register(server, "omar");
  for (const path of ["analytics", "training.csv", "log"])
    assert.equal((await member.request("GET", `/api/v1/moderation/${path}`)).status, 403);
  const checked = await member.request("POST", "/api/v1/moderation/check", { text: blocked });
  assert.equal(checked.body.action, "block");
  assert.equal((await own(member)).flagged_or_blocked, 0);
});
