import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { parseExposition, value } from "./support/exposition.mjs";
import { Server } from "./support/server.mjs";

const environment = { DEFAULT_ADMIN_USERNAME: "owner", DEFAULT_ADMIN_PASSWORD: "correct horse battery" };
const proxied = { "x-forwarded-for": "203.0.113.9" };
const scrape = async (server, headers = {}) => {
  const { status, body } = await request(server, "GET", "/metrics", undefined, headers);
  assert.equal(status, 200);
  return parseExposition(body);
};

test("the parser of these tests knows what is no exposition", () => {
  for (const text of [
    "a 1",
    "# HELP a b\n# TYPE a counter\na 1\n",
    "# HELP a_total b\n# TYPE a_total counter\na_total x\n",
    "# HELP a b\n# TYPE a gauge\na 1\na 1\n",
    '# HELP a b\n# TYPE a gauge\na{x="y} 1\n',
    "# HELP a b\n# TYPE a gauge\nb 1\n",
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ])
    assert.throws(() => parseExposition(text), text);
});

test("the figures are an exposition that a scraper takes, and count what happens", async () => {
  const server = await Server.start({ options: ["--no-rate-limits", "--threads", "2"], environment });
  const owner = await Client.login(server, "owner");
  const [sara] = [await Client.register(server, "sara"), await Client.register(server, "omar")];
  const before = await scrape(server);
  const socket = await sara.connect();
  for (let i = 0; i < 10; i += 1)
    assert.equal((await socket.ask({ type: "message", room: "lobby", text: `number ${i}` })).type, "ack");
  await request(server, "POST", "/api/v1/login", { username: "sara", password: "not the password" });
  assert.ok(
    (await owner.request("POST", "/api/v1/bans", { username: "omar", minutes: 60, reason: "test" })).status < 300,
  );
  await request(server, "GET", "/nothing/is/here");
  const after = await scrape(server);
  const grown = (family, labels) => value(after, family, labels) - value(before, family, labels);
  assert.equal(grown("soyuz_messages_total"), 10);
  assert.ok(grown("soyuz_verdicts_total", { action: "allow" }) >= 10);
  assert.equal(grown("soyuz_logins_total", { result: "failed" }), 1);
  assert.equal(grown("soyuz_sanctions", { kind: "ban" }), 1);
  assert.equal(grown("soyuz_sanctions_imposed_total", { kind: "ban" }), 1);
  assert.equal(grown("soyuz_handshakes_total", { result: "opened" }), 1);
  assert.ok(grown("soyuz_http_requests_total", { class: "4xx" }) >= 2);
  assert.equal(value(after, "soyuz_connections", { kind: "websocket" }), 1);
  assert.equal(value(after, "soyuz_writable"), 1);
  assert.equal(after.get("soyuz_loop_lag_seconds").samples.length, 2);
  for (const family of [
    "soyuz_commit_seconds",
    "soyuz_fsync_seconds",
    "soyuz_commit_group_batches",
    "soyuz_http_request_seconds",
  ]) {
    assert.equal(after.get(family).kind, "histogram");
    const count = (families) => families.get(family).samples.find(({ name }) => name.endsWith("_count")).value;
    assert.ok(count(after) > count(before), family);
  }
  for (const family of [
    "soyuz_outbox_bytes",
    "soyuz_outbox_bytes_max",
    "soyuz_slow_readers_dropped_total",
    "soyuz_commit_queue",
    "soyuz_workers_waiting",
    "soyuz_workers_rejected_total",
    "soyuz_expensive_waiting",
    "soyuz_expensive_refused_total",
    "soyuz_expensive_over_share_total",
    "soyuz_uptime_seconds",
    "process_resident_memory_bytes",
    "process_open_fds",
  ])
    assert.ok(value(after, family) >= 0, family);
  assert.ok(value(after, "process_resident_memory_bytes") > 1e6);
  assert.ok(value(after, "process_open_fds") > 5);
  await server.dispose();
});

test("the figures are for this machine, staff and named networks; others see what a page may show", async () => {
  const server = await Server.start({
    options: ["--no-rate-limits", "--trusted-proxy", "127.0.0.1", "--metrics-from", "198.51.100.0/24"],
    environment,
  });
  const status = async (headers) => (await request(server, "GET", "/metrics", undefined, headers)).status;
  const [owner, sara] = [await Client.login(server, "owner"), await Client.register(server, "sara")];
  assert.equal(await status({}), 200);
  assert.equal(await status(proxied), 401);
  assert.equal(await status({ "x-forwarded-for": "198.51.100.7" }), 200);
  assert.equal(await status({ "x-forwarded-for": "198.51.100.7, 203.0.113.9" }), 401);
  for (const header of ["cf-connecting-ip", "x-real-ip", "forwarded", "via"])
    assert.equal(await status({ [header]: "203.0.113.9" }), 401, header);
  assert.equal(await status({ ...proxied, authorization: `Bearer ${sara.token}` }), 403);
  assert.equal(await status({ ...proxied, authorization: `Bearer ${owner.token}` }), 200);
  const seen = (await request(server, "GET", "/metrics", undefined, { ...proxied, accept: "application/json" })).body;
  assert.deepEqual(Object.keys(seen).sort(), ["gift_count", "live_streams", "toxic_pct", "viewer_count"]);
  assert.ok("commits" in (await request(server, "GET", "/metrics", undefined, { accept: "application/json" })).body);
  await server.dispose();
});

test("requests have an id, from the client where it is sane, in answers, error bodies and the log", async () => {
  const server = await Server.start({
    options: ["--no-rate-limits", "--log-level", "info", "--log-format", "json", "--access-log"],
    environment,
  });
  const owner = await Client.login(server, "owner");
  const given = await owner.request("GET", "/api/v1/me", undefined, { "x-request-id": "trace-1.a_B" });
  assert.equal(given.headers.get("x-request-id"), "trace-1.a_B");
  const absent = await request(server, "GET", "/api/v1/rooms/none?ticket=do-not-log-me", undefined, {
    "x-request-id": 'bad id "x"',
  });
  const made = absent.headers.get("x-request-id");
  assert.match(made, /^[\w.-]{5,64}$/);
  assert.equal(absent.body.request_id, made);
  const other = await request(server, "GET", "/api/v1/rooms/none");
  assert.notEqual(other.body.request_id, made);
  assert.equal(await server.stop(), 0);

  const lines = server.output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const access = lines.filter(({ message }) => message === "request");
  const mine = access.find(({ request_id }) => request_id === "trace-1.a_B");
  assert.deepEqual(
    [mine.method, mine.path, mine.status, mine.level, mine.address],
    ["GET", "/api/v1/me", "200", "info", "127.0.0.1"],
  );
  assert.match(mine.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(access.some(({ request_id, status }) => request_id === made && status === "401"));
  const secret = JSON.parse((await import("node:fs")).readFileSync(`${server.folder}/data/secret.json`, "utf8")).secret;
  for (const word of ["correct horse battery", owner.token, secret, "do-not-log-me"])
    assert.ok(!server.output.includes(word), `the log holds ${word}`);
  await server.dispose();
});

test("as text a line stays a line, whatever the request says", async () => {
  const server = await Server.start({
    options: ["--no-rate-limits", "--log-level", "info", "--access-log"],
    environment,
  });
  await request(server, "GET", "/a%0Ab%1b[31m");
  await request(server, "GET", '/quoted%20"path"');
  assert.equal(await server.stop(), 0);
  const lines = server.output
    .trim()
    .split("\n")
    .filter((line) => line.includes("/a%0A") || line.includes("quoted"));
  assert.equal(lines.length, 2, server.output);
  for (const line of lines)
    assert.match(
      line,
      /^\S+Z info request request_id=\S+ method=GET path=\S+ status=404 bytes=\d+ us=\d+ address=127\.0\.0\.1$/,
    );
  await server.dispose();
});
