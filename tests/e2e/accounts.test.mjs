import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

let server;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
});
after(() => server.dispose());

test("registering answers with a token that opens every route", async () => {
  const { status, body } = await request(server, "POST", "/api/v1/register", {
    username: "Sara.1",
    password: "correct horse battery",
    display_name: "سارہ",
    email: "sara@example.org",
  });
  assert.equal(status, 201);
  assert.equal(body.token_type, "bearer");
  assert.equal(body.username, "Sara.1");
  assert.equal(typeof body.expires_in, "number");
  assert.equal(body.user.display_name, "سارہ");
  const me = await request(server, "GET", "/api/v1/me", undefined, { authorization: `Bearer ${body.access_token}` });
  assert.equal(me.status, 200);
  assert.equal(me.body.username, "Sara.1");
  assert.match(me.body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

for (const [name, body, status, code] of [
  ["a name too short", { username: "ab", password: "correct horse battery" }, 422, "invalid_value"],
  ["a name with a space", { username: "a b c", password: "correct horse battery" }, 422, "invalid_value"],
  ["a name of 51 letters", { username: "a".repeat(51), password: "correct horse battery" }, 422, "invalid_value"],
  ["a taken name in other case", { username: "sara.1", password: "correct horse battery" }, 409, "name_taken"],
  ["a short password", { username: "someone", password: "short" }, 422, "invalid_value"],
  ["a very common password", { username: "someone", password: "password123" }, 422, "invalid_value"],
  ["the name as password", { username: "someone99", password: "Someone99" }, 422, "invalid_value"],
  [
    "a display name with an override",
    { username: "someone", password: "correct horse battery", display_name: "a\u202eb" },
    422,
    "invalid_value",
  ],
  ["a name of the wrong kind", { username: 7, password: "correct horse battery" }, 422, "invalid_value"],
  ["no password", { username: "someone" }, 422, "invalid_value"],
  ["not JSON", '{"username":', 400, "bad_request"],
  ["JSON nested too deep", "[".repeat(40) + "]".repeat(40), 400, "bad_request"],
]) {
  test(`registering with ${name} is refused with ${status}`, async () => {
    const answer = await request(server, "POST", "/api/v1/register", body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.error, code);
    assert.equal(typeof answer.body.message, "string");
    if (status === 422) assert.ok(Object.keys(answer.body.fields).length > 0);
  });
}

test("a body that is not JSON by its type is refused with 415", async () => {
  const answer = await request(server, "POST", "/api/v1/login", "username=a", { "content-type": "text/plain" });
  assert.equal(answer.status, 415);
});

test("signing in takes the name in any case or the e-mail address, and nothing else", async () => {
  for (const credentials of [{ username: "SARA.1" }, { email: "sara@example.org" }])
    assert.equal(
      (await request(server, "POST", "/api/v1/login", { ...credentials, password: "correct horse battery" })).status,
      200,
    );
  for (const [username, password] of [
    ["sara.1", "wrong horse battery"],
    ["nobody-here", "correct horse battery"],
  ]) {
    const { status, body } = await request(server, "POST", "/api/v1/login", { username, password });
    assert.equal(status, 401);
    assert.equal(body.error, "invalid_credentials");
  }
});

test("signing out, and a new password, end tokens and open sockets at once", async () => {
  const first = await Client.register(server, "ender");
  const second = await Client.login(server, "ender");
  const socket = await second.connect();
  const changed = await first.request("POST", "/api/v1/me/password", {
    current_password: "correct horse battery",
    new_password: "another horse battery",
  });
  assert.ok(changed.status === 200 || changed.status === 204, JSON.stringify(changed.body));
  await socket.closed;
  assert.equal((await second.request("GET", "/api/v1/me")).status, 401);
  const third = await Client.login(server, "ender", "another horse battery");
  assert.ok((await third.request("POST", "/api/v1/logout")).status < 300);
  assert.equal((await third.request("GET", "/api/v1/me")).status, 401);
});

test("a token with another signature, algorithm or no signature opens nothing", async () => {
  const { token } = await Client.register(server, "forger");
  const [, payload, signature] = token.split(".");
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  for (const forged of [
    `${none}.${payload}.`,
    `${none}.${payload}.${signature}`,
    token.slice(0, -2) + "AA",
    `${token}x`,
    "a.b.c",
    "",
  ])
    assert.equal(
      (await request(server, "GET", "/api/v1/me", undefined, { authorization: `Bearer ${forged}` })).status,
      401,
    );
});

test("the cookie opens pages, and changes need the CSRF token and an Origin of our own", async () => {
  await Client.register(server, "pagevisitor");
  const form = await fetch(`${server.url}/login`);
  assert.equal(form.status, 200);
  const early = form.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
  const csrf = (await form.text()).match(/name="csrf_token"\s+value="([^"]+)"/)[1];
  const signedIn = await fetch(`${server.url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: early, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      username: "pagevisitor",
      password: "correct horse battery",
      csrf_token: csrf,
      next: "",
    }),
  });
  assert.ok([302, 303].includes(signedIn.status), String(signedIn.status));
  const cookie = signedIn.headers.getSetCookie().find((line) => line.startsWith("soyuz_session="));
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite=Lax/i);
  assert.match(cookie, /Path=\//i);
  assert.doesNotMatch(cookie, /Secure/i);
  const headers = { cookie: cookie.split(";")[0] };
  assert.equal((await request(server, "GET", "/api/v1/me", undefined, headers)).body.username, "pagevisitor");
  assert.equal((await request(server, "PATCH", "/api/v1/me", { display_name: "X" }, headers)).status, 403);
  const token = (await request(server, "GET", "/api/v1/csrf", undefined, headers)).body.csrf_token;
  const good = { ...headers, "x-csrf-token": token };
  assert.equal(
    (await request(server, "PATCH", "/api/v1/me", { display_name: "X" }, { ...good, origin: "http://evil.example" }))
      .status,
    403,
  );
  const changed = await request(
    server,
    "PATCH",
    "/api/v1/me",
    { display_name: "Visitor" },
    { ...good, origin: server.url },
  );
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal(changed.body.display_name, "Visitor");
});

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAADklEQVR4nGP4z8AAQv8BD/kD/YURmXYAAAAASUVORK5CYII=",
  "base64",
);

async function putAvatar(client, bytes, type) {
  const form = new FormData();
  form.set("avatar", new Blob([bytes], { type }), "picture");
  const response = await fetch(`${server.url}/api/v1/me/avatar`, {
    method: "PUT",
    headers: { authorization: `Bearer ${client.token}` },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}

test("an avatar is stored square and re-encoded, and what is no picture is refused", async () => {
  const client = await Client.register(server, "painter");
  const { status, body } = await putAvatar(client, png, "image/png");
  assert.equal(status, 200, JSON.stringify(body));
  const avatar = (await client.request("GET", "/api/v1/me")).body.avatar_url;
  assert.match(avatar, /^\/uploads\//);
  const picture = await fetch(server.url + avatar);
  assert.equal(picture.status, 200);
  assert.match(picture.headers.get("content-type"), /^image\//);
  assert.equal(picture.headers.get("x-content-type-options"), "nosniff");
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  assert.ok([415, 422].includes((await putAvatar(client, svg, "image/svg+xml")).status));
  assert.ok([415, 422].includes((await putAvatar(client, svg, "image/png")).status));
  assert.ok([400, 415, 422].includes((await putAvatar(client, png.subarray(0, 40), "image/png")).status));
  assert.equal((await putAvatar(client, Buffer.alloc(6_000_000), "image/png")).status, 413);
  assert.ok((await client.request("DELETE", "/api/v1/me/avatar")).status < 300);
  assert.equal((await client.request("GET", "/api/v1/me")).body.avatar_url, null);
});

test("a deleted account leaves its messages under nobody’s name, and its name stays taken", async () => {
  const client = await Client.register(server, "leaver");
  await client.request("POST", "/api/v1/rooms/lobby/messages", { text: "so long" });
  const gone = await client.request("DELETE", "/api/v1/me", { password: "correct horse battery" });
  assert.ok(gone.status < 300, JSON.stringify(gone.body));
  assert.equal(
    (await request(server, "POST", "/api/v1/login", { username: "leaver", password: "correct horse battery" })).status,
    401,
  );
  assert.equal(
    (await request(server, "POST", "/api/v1/register", { username: "Leaver", password: "correct horse battery" }))
      .status,
    409,
  );
  const reader = await Client.register(server, "reader");
  const { messages } = (await reader.request("GET", "/api/v1/rooms/lobby/messages")).body;
  const message = messages.find(({ text }) => text === "so long");
  assert.notEqual(message.sender.username, "leaver");
  assert.notEqual(message.sender.display_name, "leaver");
});

test("no byte in the folders tells of a deleted account", async () => {
  const traces = ["slartibartfast", "Magrathean Designer", "fjords@example.net", "coastlines of Norway"];
  const { body } = await request(server, "POST", "/api/v1/register", {
    username: traces[0],
    password: "correct horse battery",
    display_name: traces[1],
    email: traces[2],
  });
  const leaver = new Client(server, body.access_token, body.user);
  const friend = await Client.register(server, "arthur");
  await leaver.request("POST", "/api/v1/rooms/lobby/messages", { text: "so long" });
  await leaver.request("POST", "/api/v1/rooms", { name: "workshop", kind: "private" });
  await leaver.request("POST", "/api/v1/direct", { username: "arthur" });
  const form = new FormData();
  form.set("file", new Blob([traces[3]], { type: "text/plain" }), "fjord.txt");
  const posted = await fetch(`${server.url}/api/v1/rooms/workshop/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${leaver.token}` },
    body: form,
  });
  assert.equal(posted.status, 201);
  assert.equal((await leaver.request("DELETE", "/api/v1/me", { password: "correct horse battery" })).status, 204);
  assert.equal((await friend.request("POST", "/api/v1/rooms", { name: "workshop" })).status, 201);
  await server.restart();
  const files = readdirSync(server.folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath ?? file.path, file.name), "utf8");
    for (const trace of traces) assert.ok(!bytes.includes(trace), `${trace} in ${file.name}`);
  }
});
