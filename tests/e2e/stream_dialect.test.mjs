// Clients that know one live page: their sign-in, their socket, gifts, and what moderators do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
let server, sara;

before(async () => {
  server = await Server.start();
});
after(() => server.dispose());

const form = (path, fields) =>
  fetch(server.url + path, { method: "POST", body: new URLSearchParams(fields) }).then(async (response) => ({
    status: response.status,
    headers: response.headers,
    body: await response.json(),
  }));
const bearer = (token) => ({ authorization: `Bearer ${token}` });

class Page {
  #waiting = [];
  constructor(username, token) {
    this.heard = [];
    this.socket = new WebSocket(`${server.url.replace(/^http/, "ws")}/ws/${username}${token ? `?token=${token}` : ""}`);
    this.socket.on("message", (data) => {
      this.heard.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
    this.closed = new Promise((resolve) => this.socket.once("close", (code) => resolve(code)));
  }
  async next(fits) {
    for (;;) {
      const found = this.heard.find(fits);
      if (found) return found;
      await new Promise((wake) => this.#waiting.push(wake));
    }
  }
  say(message) {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }
}

test("accounts are made, signed in and out in their words", async () => {
  const made = await request(server, "POST", "/auth/register", {
    username: "sara",
    password,
    email: "sara@example.org",
  });
  assert.equal(made.status, 200);
  assert.equal(made.body.token_type, "bearer");
  assert.equal(made.body.username, "sara");
  const taken = await request(server, "POST", "/auth/register", { username: "Sara", password });
  assert.equal(taken.status, 400);
  assert.equal(typeof taken.body.detail, "string");
  const wrong = await form("/auth/login", { username: "sara", password: "not this one" });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get("www-authenticate"), "Bearer");
  const login = await form("/auth/login", { username: "sara", password });
  assert.equal(login.status, 200);
  sara = login.body.access_token;
  const me = await request(server, "GET", "/auth/me", undefined, bearer(sara));
  assert.deepEqual(me.body, { username: "sara", email: "sara@example.org", disabled: false });
  assert.equal((await request(server, "POST", "/auth/logout", undefined, bearer(made.body.access_token))).status, 200);
  assert.equal((await request(server, "GET", "/auth/me", undefined, bearer(made.body.access_token))).status, 401);
});

test("a handshake is taken first, and closed with 1008 where the token is not good for the name", async () => {
  for (const [name, token] of [
    ["sara", undefined],
    ["sara", "nonsense"],
    ["keeper", sara],
    ["nobody", sara],
  ]) {
    const page = new Page(name, token);
    await page.opened;
    assert.equal(await page.closed, 1008, `${name} ${token}`);
  }
});

test("chat reaches everybody, what is blocked its sender alone", async () => {
  const keeper = (await form("/auth/login", { username: "keeper", password })).body.access_token;
  const [one, two] = [new Page("sara", sara), new Page("keeper", keeper)];
  await Promise.all([one.opened, two.opened]);
  one.say({ type: "chat", message: "Hello everybody" });
  for (const page of [one, two]) {
    const said = await page.next(({ message }) => message === "Hello everybody");
    assert.equal(said.type, "chat");
    assert.equal(said.user, "sara");
    assert.equal(said.toxic, false);
    assert.ok(said.id && said.ts);
  }
  one.say({ type: "chat", message: "You're a fucking idiot" });
  const refused = await one.next(({ blocked }) => blocked === true);
  assert.equal(refused.toxic, true);
  two.say({ type: "chat", message: "goes on" });
  await two.next(({ message }) => message === "goes on");
  assert.equal(
    two.heard.some(({ blocked }) => blocked),
    false,
  );
  for (const nonsense of ["{", "[]", '{"type":"chat"}', '{"type":"dance"}']) one.say(nonsense);
  while (one.heard.filter(({ error, detail }) => error && detail).length < 4)
    await new Promise((go) => setTimeout(go, 20));

  // The same room as everybody else's.
  const native = await Client.login(server, "sara");
  const { body } = await native.request("GET", "/api/v1/rooms/live/messages");
  assert.ok(body.messages.some(({ text }) => text === "Hello everybody"));

  const gift = await request(
    server,
    "POST",
    "/api/gift",
    { gift_id: 7, amount: 3, from: "somebody else" },
    bearer(sara),
  );
  assert.deepEqual(gift.body, { status: "queued" });
  const given = await two.next(({ type }) => type === "gift");
  assert.deepEqual([given.from, given.gift_id, given.amount], ["sara", 7, 3]);
  assert.equal((await request(server, "POST", "/api/gift", { gift_id: 1, amount: 0 }, bearer(sara))).status, 400);
  const metrics = await request(server, "GET", "/metrics", undefined, { accept: "application/json" });
  assert.equal(metrics.body.gift_count, 3);
  assert.equal(metrics.body.viewer_count, 2);
  assert.ok(metrics.body.toxic_pct > 0);

  const recent = await request(server, "GET", "/api/recent", undefined, bearer(keeper));
  assert.deepEqual(
    recent.body.recent_data.map(({ type, user }) => `${type} ${user}`),
    ["chat sara", "chat keeper", "gift sara"],
  );
  const threshold = await request(server, "PATCH", "/api/mod/threshold", { threshold: 0 }, bearer(keeper));
  assert.deepEqual(threshold.body, { threshold: 0 });
  two.say({ type: "chat", message: "still clean" });
  assert.equal((await two.next(({ message }) => message === "still clean")).toxic, true);

  const muted = await request(server, "POST", "/api/admin/mute", { username: "sara" }, bearer(keeper));
  assert.equal(muted.status, 200);
  assert.equal(muted.body.notifications_sent, 1);
  const told = await one.next(({ type }) => type === "muted");
  assert.ok(Date.parse(told.muted_until) > Date.now());
  one.say({ type: "chat", message: "not heard" });
  while (one.heard.filter(({ type }) => type === "muted").length < 2) await new Promise((go) => setTimeout(go, 20));

  const kicked = await request(server, "POST", "/api/admin/kick", { username: "sara" }, bearer(keeper));
  assert.equal(kicked.body.connections_closed, 1);
  assert.equal(await one.closed, 1000);
  assert.equal((await request(server, "GET", "/auth/me", undefined, bearer(sara))).status, 200);
  assert.deepEqual((await request(server, "POST", "/api/admin/reset_metrics", undefined, bearer(keeper))).body, {
    status: "success",
  });
  const anew = await request(server, "GET", "/metrics", undefined, { accept: "application/json" });
  assert.equal(anew.body.gift_count, 0);
  assert.equal(anew.body.toxic_pct, 0);
  two.socket.close();
});
