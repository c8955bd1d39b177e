import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { binary, Server } from "./support/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "soyuz-lifecycle-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...words) => spawnSync(binary, words, { encoding: "utf8", timeout: 20_000 });

test("version says its name and version", () => {
  const { status, stdout } = run("version");
  assert.equal(status, 0);
  assert.match(stdout, /^soyuz \S+/);
});

for (const [name, words] of [
  ["an unknown option", ["serve", "--no-such-option"]],
  ["a port that is no number", ["serve", "--port", "abc"]],
  ["a port out of range", ["serve", "--port", "70000"]],
  ["a registration that does not exist", ["serve", "--registration", "maybe"]],
  ["test endpoints beyond loopback", ["serve", "--test-endpoints", "--host", "0.0.0.0"]],
  ["a proxy that is no network", ["serve", "--trusted-proxy", "everyone"]],
])
  test(`${name} ends with 78 and one line`, () => {
    const { status, stderr } = run(...words, ...(words[1] ? ["--data", join(folder, "never")] : []));
    assert.equal(status, 78, stderr);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  });

test("a second server on the same folder ends with 73 and names the first; on the same port with 69", async () => {
  const server = await Server.start();
  const same = run("serve", "--port", "0", "--data", join(server.folder, "data"));
  assert.equal(same.status, 73);
  assert.match(same.stderr, new RegExp(`\\b${server.process.pid}\\b`));
  const port = run("serve", "--port", String(server.port), "--data", join(folder, "other"));
  assert.equal(port.status, 69, port.stderr);
  await server.dispose();
});

test("the set-up link works once and makes the owner", async () => {
  const server = await Server.start({ isSetUp: false });
  const stranger = { username: "stranger", password: "correct horse battery" };
  const early = await request(server, "POST", "/api/v1/register", stranger);
  assert.equal(early.status, 403);
  assert.match(early.body.message, /set-up link/);
  for (const path of ["/login", "/signup", "/join/abcdefghij"])
    assert.equal((await fetch(server.url + path, { redirect: "manual" })).headers.get("location"), "/setup", path);
  assert.match(await (await fetch(server.url)).text(), /set-up link/);
  const link = new URL(await server.setupLink());
  assert.equal((await fetch(server.url + link.pathname + "?token=wrong")).status >= 400, true);
  const page = await fetch(server.url + link.pathname + link.search);
  assert.equal(page.status, 200);
  const text = await page.text();
  const fields = new URLSearchParams({
    token: link.searchParams.get("token"),
    csrf_token: text.match(/name="csrf_token"\s+value="([^"]+)"/)[1],
    instance_name: "Class 7b",
    username: "teacher",
    display_name: "Ms Khan",
    password: "correct horse battery",
    purpose: "class",
  });
  const cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const send = () =>
    fetch(`${server.url}/setup`, { method: "POST", redirect: "manual", body: fields, headers: { cookie } });
  const made = await send();
  assert.ok([302, 303].includes(made.status), String(made.status));
  assert.ok(made.headers.getSetCookie().some((line) => line.startsWith("soyuz_session=")));
  assert.ok((await send()).status >= 400);
  assert.ok((await fetch(server.url + link.pathname + link.search, { redirect: "manual" })).status >= 300);
  // The documents stand in the folder as soon as the set-up is done.
  const document = (name) => readFileSync(join(server.folder, "data", `${name}.json`), "utf8");
  assert.match(document("users"), /"teacher"/);
  assert.match(document("settings"), /Class 7b/);
  assert.match(document("rooms"), /"lobby"/);
  assert.equal((await Client.login(server, "teacher")).user.role, "owner");
  // A class is by invite.
  assert.equal((await request(server, "POST", "/api/v1/register", stranger)).body.error, "invite_needed");
  await server.dispose();
});

test("SIGTERM closes sockets with 1001, ends with 0, and everything is there again", async () => {
  const server = await Server.start({ options: ["--no-rate-limits"] });
  const sara = await Client.register(server, "sara");
  const socket = await sara.connect();
  await socket.ask({ type: "message", room: "lobby", text: "remember me" });
  assert.equal(await server.restart(), 0);
  assert.equal((await socket.closed).code, 1001);
  const { messages } = (await sara.request("GET", "/api/v1/rooms/lobby/messages")).body;
  assert.deepEqual(
    messages.map(({ text }) => text),
    ["remember me"],
  );
  const health = await request(server, "GET", "/healthz");
  assert.equal(health.status, 200);
  assert.equal(health.body.status, "ok");
  assert.equal(await server.stop("SIGINT"), 0);
  for (const document of ["users.json", "rooms.json", "settings.json", "perma_banned.json", "temp_bans.json"])
    assert.equal(JSON.parse(readFileSync(join(server.folder, "data", document), "utf8")).version, 1, document);
  assert.equal(statSync(join(server.folder, "data", "secret.json")).mode & 0o777, 0o600);
  assert.equal(run("check", join(server.folder, "data")).status, 0);
  await server.dispose();
});

test("a backup is made beside the running server and restores to the same messages", async () => {
  const server = await Server.start({ options: ["--no-rate-limits"] });
  const sara = await Client.register(server, "sara");
  for (let i = 1; i <= 20; i += 1) await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: `kept ${i}` });
  const tar = join(folder, "backup.tar");
  const made = run("backup", join(server.folder, "data"), tar);
  assert.equal(made.status, 0, made.stderr);
  await server.dispose();
  const restored = join(folder, "restored");
  const back = run("restore", tar, join(restored, "data"));
  assert.equal(back.status, 0, back.stderr);
  assert.notEqual(run("restore", tar, join(restored, "data")).status, 0);
  const again = await Server.start({ folder: restored });
  const client = await Client.login(again, "sara");
  assert.equal((await client.request("GET", "/api/v1/rooms/lobby/messages")).body.messages.length, 20);
  await again.dispose();
});

test("a backup holds the uploads too, and the admin page says when it was made", async () => {
  const server = await Server.start({
    options: ["--no-rate-limits"],
    environment: { DEFAULT_ADMIN_USERNAME: "owner", DEFAULT_ADMIN_PASSWORD: "correct horse battery" },
  });
  const owner = await Client.login(server, "owner");
  const form = new FormData();
  form.append("file", new Blob(["what was sent"]), "notes.txt");
  const sent = await fetch(`${server.url}/api/v1/rooms/lobby/files`, {
    method: "POST",
    body: form,
    headers: { authorization: `Bearer ${owner.token}` },
  });
  assert.ok(sent.status < 300, await sent.clone().text());
  const uploads = (home) =>
    readdirSync(join(home, "uploads"), { recursive: true })
      .filter((name) => statSync(join(home, "uploads", name)).isFile())
      .sort();
  assert.equal(uploads(server.folder).length, 1);
  const figures = () =>
    owner.request("GET", "/metrics", undefined, { accept: "application/json" }).then(({ body }) => body);
  assert.equal((await figures()).last_backup_at, null);

  const tar = join(folder, "with-uploads.tar");
  const made = run("backup", join(server.folder, "data"), tar);
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /and .*uploads/);
  await server.restart();
  const known = await (
    await Client.login(server, "owner")
  ).request("GET", "/metrics", undefined, { accept: "application/json" });
  assert.ok(Math.abs(Date.parse(known.body.last_backup_at) - Date.now()) < 60_000, JSON.stringify(known.body));
  assert.ok(known.body.storage_bytes > 1000);
  assert.equal(typeof known.body.messages_today, "number");
  const page = await fetch(`${server.url}/admin`, {
    headers: { authorization: `Bearer ${(await Client.login(server, "owner")).token}` },
  });
  assert.match(await page.text(), new RegExp(known.body.last_backup_at.slice(0, 10)));

  const home = join(folder, "with-uploads");
  assert.equal(run("restore", tar, join(home, "data")).status, 0);
  assert.deepEqual(uploads(home), uploads(server.folder));
  assert.equal(
    readFileSync(join(home, "uploads", uploads(home)[0]), "utf8"),
    readFileSync(join(server.folder, "uploads", uploads(home)[0]), "utf8"),
  );
  assert.equal(run("check", join(home, "data")).status, 0);
  // Uploads that are there already are not mixed with others, and then nothing is restored at all.
  const mixed = join(folder, "mixed");
  mkdirSync(join(mixed, "uploads"), { recursive: true });
  writeFileSync(join(mixed, "uploads", "mine"), "mine");
  const refused = run("restore", tar, join(mixed, "data"));
  assert.equal(refused.status, 73, refused.stderr);
  assert.deepEqual(readdirSync(mixed), ["uploads"]);
  assert.equal(run("restore", tar, join(mixed, "data"), "--uploads", join(mixed, "others")).status, 0);
  assert.deepEqual(readdirSync(mixed).sort(), ["data", "others", "uploads"]);
  await server.dispose();
});

test("a service manager hears when the server is ready and when it stops", async () => {
  const path = join(folder, "notify");
  // Node has no datagram sockets of this kind.
  const manager = spawn("python3", [
    "-c",
    `import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(${JSON.stringify(path)})
print('bound', flush=True)
for _ in range(2): print(s.recv(100).decode(), flush=True)`,
  ]);
  let heard = "";
  const until = (text) =>
    new Promise((resolve) => {
      const look = (chunk) => {
        heard += chunk;
        if (heard.includes(text)) {
          manager.stdout.off("data", look);
          resolve();
        }
      };
      manager.stdout.on("data", look);
    });
  await until("bound");
  const ready = until("READY=1");
  const server = await Server.start({ environment: { NOTIFY_SOCKET: path } });
  await ready;
  assert.doesNotMatch(heard, /STOPPING/);
  const stopping = until("STOPPING=1");
  await server.stop();
  await stopping;
  await server.dispose();
});

test("accounts are administered without a server", async () => {
  const data = join(folder, "offline", "data");
  const add = spawnSync(binary, ["user", "add", "--data", data, "--role", "owner", "principal"], {
    input: "correct horse battery\n",
    encoding: "utf8",
  });
  assert.equal(add.status, 0, add.stderr);
  assert.equal(
    spawnSync(binary, ["user", "passwd", "--data", data, "principal"], { input: "another horse battery\n" }).status,
    0,
  );
  assert.match(run("user", "list", "--data", data).stdout, /principal.*owner/);
  const server = await Server.start({ folder: join(folder, "offline") });
  assert.equal((await Client.login(server, "principal", "another horse battery")).user.role, "owner");
  await server.dispose();
});

test("damage is set aside and reported; with --strict-recovery the start is refused", async () => {
  const server = await Server.start({ options: ["--no-rate-limits"] });
  const sara = await Client.register(server, "sara");
  for (let i = 1; i <= 20; i += 1) await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: `line ${i}` });
  await server.stop();
  const data = join(server.folder, "data");
  const room = JSON.stringify(readdirSync(join(data, "messages"))).match(/"([^"]+)"/)[1];
  const file = join(data, "messages", room, readdirSync(join(data, "messages", room))[0]);
  const bytes = readFileSync(file);
  const at = bytes.indexOf("line 7");
  bytes[at + 5] = "8".charCodeAt(0);
  writeFileSync(file, bytes);
  const check = run("check", data);
  assert.equal(check.status, 2, check.stdout);
  assert.match(check.stdout, /messages.*\d/);
  const strict = run("serve", "--port", "0", "--data", data, "--strict-recovery");
  assert.equal(strict.status, 65, strict.stderr);
  await server.restart("SIGKILL").catch(() => {});
  const { messages } = (await (await Client.login(server, "sara")).request("GET", "/api/v1/rooms/lobby/messages")).body;
  assert.deepEqual(
    messages.map(({ seq }) => seq),
    Array.from({ length: 20 }, (_, i) => i + 1).filter((seq) => seq !== 7),
  );
  await server.dispose();
});

test("a torn tail of the journal is what check calls 1, and a start cuts it", async () => {
  const server = await Server.start({ options: ["--no-rate-limits"] });
  const sara = await Client.register(server, "sara");
  for (let i = 1; i <= 5; i += 1) await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: `line ${i}` });
  await server.stop("SIGKILL");
  const journal = join(server.folder, "data", "journal");
  const newest = join(journal, readdirSync(journal).sort().at(-1));
  truncateSync(newest, statSync(newest).size - 3);
  assert.equal(run("check", join(server.folder, "data")).status, 1);
  await server.restart("SIGKILL");
  assert.equal((await sara.request("GET", "/api/v1/rooms/lobby/messages")).body.messages.length, 4);
  assert.equal(await server.stop(), 0);
  assert.equal(run("check", join(server.folder, "data")).status, 0);
  await server.dispose();
});

test("a setting is taken from the command line before the environment before the file", async () => {
  const config = join(folder, "soyuz.conf");
  writeFileSync(config, 'registration = "closed"\n');
  const closed = async (more) => {
    const server = await Server.start({
      options: ["--config", config, ...(more.options ?? [])],
      environment: more.environment,
    });
    const { status } = await request(server, "POST", "/api/v1/register", {
      username: "someone",
      password: "correct horse battery",
    });
    await server.dispose();
    return status !== 201;
  };
  assert.equal(await closed({}), true);
  assert.equal(await closed({ environment: { SOYUZ_REGISTRATION: "open" } }), false);
  assert.equal(
    await closed({ environment: { SOYUZ_REGISTRATION: "open" }, options: ["--registration", "closed"] }),
    true,
  );
});

test("imports a folder of the one-room kind", async () => {
  const old = join(folder, "old");
  mkdirSync(old);
  writeFileSync(
    join(old, "users.json"),
    JSON.stringify([
      { username: "ali", password: "an old password", name: "Ali" },
      { username: "bina", password: "another old one", name: "Bina" },
    ]),
  );
  writeFileSync(join(old, "perma_banned.json"), '["bina"]');
  writeFileSync(join(old, "temp_bans.json"), "{}");
  const home = join(folder, "imported");
  const done = run("import", old, "--data", join(home, "data"), "--uploads", join(home, "uploads"));
  assert.equal(done.status, 0, done.stderr);
  assert.doesNotMatch(readFileSync(join(home, "data", "users.json"), "utf8"), /an old password/);
  const server = await Server.start({ folder: home });
  assert.equal((await Client.login(server, "ali", "an old password")).user.display_name, "Ali");
  assert.equal(
    (await request(server, "POST", "/api/v1/login", { username: "bina", password: "another old one" })).body.error,
    "banned",
  );
  await server.dispose();
});

test("a server that prints its line accepts at once, also on a port of its own choice", async () => {
  const child = spawn(binary, ["serve", "--port", "0", "--data", join(folder, "quick")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((resolve) =>
    child.stdout.on("data", (chunk) => {
      const found = String(chunk).match(/listening on (\S+)/);
      if (found) resolve(found[1]);
    }),
  );
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
});
