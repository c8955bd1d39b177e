// Commands without a server: what root runs on somebody else's folder follows nothing that this somebody laid there,
// and what others wrote into their files neither keeps a command waiting nor steers the terminal.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const binary = process.env.SOYUZ_BINARY ?? "build/release/soyuz";
const nobody = 65534;
const folder = mkdtempSync(join(tmpdir(), "soyuz-offline-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(...args) {
  return spawnSync(binary, args, { encoding: "utf8", input: "a good long password\n", timeout: 60_000 });
}

function chown(path) {
  chownSync(path, nobody, nobody);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chown(join(path, name));
}

test("what root runs on a folder of somebody else is done as its owner", { skip: process.getuid() !== 0 }, () => {
  chmodSync(folder, 0o755);
  const place = join(folder, "service");
  const data = join(place, "data");
  mkdirSync(place);
  assert.equal(run("user", "add", "amina", "--data", data).status, 0);
  chown(place);
  const victims = ["last_backup", "last_backup.tmp", "LOCK", "users.json.tmp"].map((name) => {
    const victim = join(folder, `victim-${name}`);
    writeFileSync(victim, "precious");
    chmodSync(victim, 0o600);
    rmSync(join(data, name), { force: true });
    symlinkSync(victim, join(data, name));
    return victim;
  });
  run("backup", data, join(place, "out.tar"));
  run("user", "add", "bilal", "--data", data);
  for (const victim of victims) {
    assert.equal(readFileSync(victim, "utf8"), "precious", victim);
    assert.equal(statSync(victim).uid, 0, victim);
  }
  for (const name of ["last_backup", "last_backup.tmp", "LOCK", "users.json.tmp"])
    rmSync(join(data, name), { force: true });
  assert.equal(run("backup", data, join(place, "out.tar")).status, 0);
  assert.equal(statSync(join(place, "out.tar")).uid, nobody);
  assert.equal(statSync(join(data, "LOCK")).uid, nobody);
  assert.notEqual(run("backup", data, join(folder, "roots-own.tar")).status, 0);
  assert.equal(run("restore", join(place, "out.tar"), join(place, "again", "data")).status, 0);
  assert.equal(statSync(join(place, "again", "data", "users.json")).uid, nobody);
});

test("a link of somebody else on the way to a folder leads root nowhere", { skip: process.getuid() !== 0 }, () => {
  chmodSync(folder, 0o755);
  const roots = join(folder, "roots");
  assert.equal(run("user", "add", "amina", "--data", join(roots, "data")).status, 0);
  const before = readFileSync(join(roots, "data", "users.json"), "utf8");
  const other = join(folder, "other-service");
  mkdirSync(other);
  chownSync(other, nobody, nobody);
  symlinkSync(roots, join(other, "away"));
  lchownSync(join(other, "away"), nobody, nobody);
  symlinkSync(join(roots, "data"), join(other, "data"));
  lchownSync(join(other, "data"), nobody, nobody);
  for (const data of [join(other, "data"), `${join(other, "data")}/`, join(other, "away", "data")]) {
    assert.notEqual(run("user", "role", "amina", "owner", "--data", data).status, 0, data);
    assert.notEqual(run("backup", data, join(folder, "stolen.tar")).status, 0, data);
    assert.equal(readFileSync(join(roots, "data", "users.json"), "utf8"), before);
  }
});

test("an import takes pipes for absent pictures and prints no control characters", () => {
  const old = join(folder, "old");
  mkdirSync(old);
  assert.equal(spawnSync("mkfifo", [join(old, "face.png")]).status, 0);
  writeFileSync(
    join(old, "users.json"),
    JSON.stringify([
      { username: "amina", password: "a good long password", profile_picture: "face.png" },
      { username: "\u001b[2Jevil", password: "a good long password" },
    ]),
  );
  const data = ["--data", join(folder, "imported")];
  const done = run("import", old, ...data, "--uploads", join(folder, "pictures"));
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /imported amina\n/);
  assert.match(done.stdout, /face\.png is not there/);
  assert.match(done.stdout, /skipped \?\[2Jevil/);
  assert.ok(!done.stdout.includes("\u001b"));
});

test("a folder is written out as plain JSON and HTML, without secrets", () => {
  const data = join(folder, "kept", "data");
  assert.equal(run("user", "add", "amina", "--data", data, "--email", "amina@example.org").status, 0);
  assert.equal(run("user", "ban", "amina", "--data", data, "--minutes", "90", "--reason", "spam").status, 0);
  const out = join(folder, "out");
  const done = run("export", data, out);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /exported 1 accounts/);
  const read = (name) => readFileSync(join(out, name), "utf8");
  const [amina] = JSON.parse(read("users.json"));
  assert.deepEqual([amina.username, amina.email], ["amina", "amina@example.org"]);
  assert.ok(!read("users.json").includes("argon2"));
  const [ban] = JSON.parse(read("sanctions.json"));
  assert.deepEqual([ban.kind, ban.username, ban.reason], ["ban", "amina", "spam"]);
  assert.deepEqual(JSON.parse(read("messages/lobby.json")), []);
  assert.match(read("messages/lobby.html"), /<h1>Lobby<\/h1>/);
  assert.match(read("index.html"), /messages\/lobby\.html/);
  assert.equal(run("export", data, out).status, 64);
  assert.equal(run("user", "unban", "amina", "--data", data).status, 0);
  assert.equal(run("user", "unban", "amina", "--data", data).status, 64);
  assert.equal(run("user", "ban", "nobody", "--data", data).status, 64);
});

test("a folder is emptied by its name alone, and only one of ours", () => {
  const data = join(folder, "kept", "data");
  for (const wrong of [[], ["--yes", "other"]]) assert.equal(run("reset", data, ...wrong).status, 64);
  assert.match(run("user", "list", "--data", data).stdout, /amina/);
  assert.equal(run("reset", data, "--yes", "data").status, 0);
  assert.deepEqual(readdirSync(data), ["LOCK"]);
  assert.equal(run("user", "list", "--data", data).stdout, "");
  const other = join(folder, "precious");
  mkdirSync(other);
  writeFileSync(join(other, "letter.txt"), "dear");
  assert.equal(run("reset", other, "--yes", "precious").status, 64);
  assert.equal(readFileSync(join(other, "letter.txt"), "utf8"), "dear");
});
