// The manual says what is: its tables are compared with what the program prints, serves and writes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { Client } from "./support/client.mjs";
import { binary, Server } from "./support/server.mjs";

const root = join(import.meta.dirname, "../..");
const pages = ["README.md", "CONTRIBUTING.md", "src/README.md", "bench/README.md"].concat(
  readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);
const read = (page) => readFileSync(join(root, page), "utf8");

/** The rows of the table that follows `heading`, as arrays of cells. */
function table(page, heading) {
  const text = read(page);
  const start = text.indexOf(heading);
  assert.ok(start >= 0, `${page} has no “${heading}”`);
  const rows = [];
  for (const line of text.slice(start + heading.length).split("\n")) {
    if (line.startsWith("|"))
      rows.push(
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    else if (rows.length > 0) break;
  }
  return rows.slice(2);
}

const quoted = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word);

let server, keeper;

before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  keeper = await Client.login(server, "keeper");
});
after(() => server.dispose());

test("every link of the manual leads to a page that is there", () => {
  for (const page of pages)
    for (const [, target] of read(page)
      .replace(/`[^`\n]*`/g, "")
      .matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g))
      assert.ok(existsSync(join(root, dirname(page), target)), `${page}: ${target}`);
});

test("the manual's lines are no longer than 120 characters, but for tables and addresses", () => {
  for (const page of pages)
    for (const [number, line] of read(page).split("\n").entries())
      if (!line.startsWith("|") && !/https?:\/\/\S{60,}/.test(line))
        assert.ok([...line].length <= 120, `${page}:${number + 1} has ${[...line].length} characters`);
});

test("the options of serve stand in the manual with their variables, and no others", () => {
  const { stdout } = spawnSync(binary, ["serve", "--help"], { encoding: "utf8" });
  const offered = new Set([...stdout.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));
  for (const other of ["--help", "--version"]) offered.delete(other);
  const described = new Map();
  for (const [options, , text] of table("docs/operations.md", "## Settings of the server"))
    for (const option of quoted(options)) described.set(option, text);
  described.set("--config", read("docs/operations.md").includes("given with `--config`") ? "" : undefined);
  assert.deepEqual([...described.keys()].sort(), [...offered].sort());
  for (const [option, text] of described)
    // Every text is a secret or a name: only numbers can be wrong.
    for (const variable of quoted(/\(also ([^)]*)\)/.exec(text)?.[1] ?? "")) {
      const name = variable.split("=")[0];
      if (/SECRET|PATH|ADMIN/.test(name)) continue;
      const own = spawnSync(resolve(binary), ["serve", "--host", "not an address"], {
        encoding: "utf8",
        cwd: server.folder,
        env: { ...process.env, [name]: "\u0001" },
      });
      assert.equal(own.status, 78, `${option}: ${name}`);
    }
});

test("the commands and the codes with which they end are those of the manual", () => {
  const { stdout } = spawnSync(binary, ["--help"], { encoding: "utf8" });
  const commands = quoted(
    table("docs/operations.md", "## Commands without a server")
      .map(([command]) => command)
      .join(" "),
  ).map((command) => command.split(" ")[1]);
  for (const command of commands) assert.match(stdout, new RegExp(`^ *${command}\\b`, "m"), command);
  const codes = table("docs/operations.md", "## Exit codes").map(([code]) => Number(code));
  assert.deepEqual(codes, [0, 64, 65, 69, 73, 78]);
  for (const [words, code] of [
    [["version"], 0],
    [["export", join(server.folder, "no-such"), join(server.folder, "out")], 64],
    [["no-such-command"], 78],
    [["serve", "--port", "none"], 78],
    [["serve", "--port", String(server.port), "--data", join(server.folder, "other")], 69],
    [["serve", "--port", "0", "--data", join(server.folder, "data")], 73],
  ])
    assert.equal(spawnSync(resolve(binary), words, { cwd: server.folder }).status, code, words.join(" "));
});

test("the figures of /metrics are those of the manual", async () => {
  const { body } = await keeper.request("GET", "/metrics");
  const given = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  assert.ok(given.size > 20);
  const described = new Set();
  let family = "";
  for (const [names] of table("docs/operations.md", "## Watching"))
    for (const name of quoted(names)) {
      if (!name.startsWith("…")) family = name.replace(/\{.*/, "");
      described.add(name.startsWith("…") ? family.replace(/_[^_]*$/, "") + name.slice(1) : family);
    }
  for (const name of given) assert.ok(described.has(name), `${name} is not in the manual`);
  for (const name of described) assert.ok(given.has(name), `${name} is not served`);
});

test("what the folder holds is what the manual names, down to the members", async () => {
  const [ali, sara] = [await Client.register(server, "ali"), await Client.register(server, "sara")];
  const made = await keeper.request("POST", "/api/v1/rooms", { name: "den", title: "Den", kind: "private" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await keeper.request("POST", "/api/v1/rooms/den/invites", {});
  const said = (room, body, by = ali) => by.request("POST", `/api/v1/rooms/${room}/messages`, body);
  const first = await said("lobby", { text: "Good morning @sara", client_id: "one" });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  const { id } = first.body;
  await sara.request("PUT", `/api/v1/messages/${id}/reactions/👍`);
  await ali.request("PATCH", `/api/v1/messages/${id}`, { text: "Good evening @sara" });
  await said("lobby", { text: "You are a worthless piece of shit" });
  const gone = await said("lobby", { text: "Soon gone" });
  await ali.request("DELETE", `/api/v1/messages/${gone.body.id}`);
  await sara.request("POST", "/api/v1/reports", { message_id: id, reason: "harassment" });
  for (const [path, username] of [
    ["mutes", "ali"],
    ["bans", "sara"],
  ]) {
    const { status } = await keeper.request("POST", `/api/v1/${path}`, { username, minutes: 5, reason: "loud" });
    assert.equal(status, 201, path);
  }
  assert.equal(await server.restart(), 0);

  const data = join(server.folder, "data");
  const patterns = table("docs/files.md", "## The folder").flatMap(([names]) =>
    quoted(names).map((name) => new RegExp(`^${name.replace(/[.*]/g, "\\$&").replace(/<[^>]+>/g, "[\\w-]+")}/?$`)),
  );
  const described = (name) => patterns.some((pattern) => pattern.test(name));
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(data.length + 1);
    if (entry.isDirectory() || name.startsWith("previous/")) continue;
    assert.ok(described(name), `${name} is not in the manual`);
  }

  const members = new Map();
  for (const [names, text] of table("docs/files.md", "## What the documents hold"))
    for (const name of quoted(names)) members.set(name, new Set(quoted(text)));
  // What these hold, the API gives.
  const like_the_api = new Set(["settings", "room_rules"]);
  for (const file of readdirSync(data).filter((name) => name.endsWith(".json"))) {
    const { collection, documents } = JSON.parse(readFileSync(join(data, file), "utf8"));
    if (documents === undefined) continue;
    assert.ok(members.has(collection), `${collection} is not in the manual`);
    if (like_the_api.has(collection)) continue;
    for (const document of Object.values(documents))
      for (const member of Object.keys(document))
        assert.ok(members.get(collection).has(member), `${collection}: ${member} is not in the manual`);
  }

  const text = read("docs/files.md");
  const message = new Set(quoted(/^A message: [^]*?\n\n/m.exec(text)[0]));
  const inFiles = readdirSync(join(data, "messages"), { recursive: true })
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) =>
      readFileSync(join(data, "messages", name), "utf8")
        .trim()
        .split("\n"),
    );
  assert.ok(inFiles.length >= 2);
  for (const line of inFiles)
    for (const member of Object.keys(JSON.parse(line)))
      assert.ok(["seq", "crc"].includes(member) || message.has(member), `a message's ${member} is not in the manual`);
});
