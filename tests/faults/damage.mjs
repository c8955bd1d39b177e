// Flips, cuts and fills bytes in every kind of file of a real data folder: `check` names the file and byte, the start
// serves the rest, and nothing is served that was not written.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Client, request } from "../e2e/support/client.mjs";
import { binary, Server } from "../e2e/support/server.mjs";
import { history } from "./support/writers.mjs";

export const usual = 120;
export const quick = 14;

const check = (data) => spawnSync(binary, ["check", data], { encoding: "utf8" });
const text = (number) => `line ${number}, as it was written`;

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** A folder that holds each kind of file: two generations of documents, two journal segments, messages, logs. */
async function makeFolder() {
  const server = await Server.start({ options: ["--no-rate-limits"], environment: { JWT_EXPIRE_MINUTES: "600" } });
  const sara = await Client.register(server, "sara");
  await Client.register(server, "omar");
  const post = async (from, to) => {
    for (let i = from; i <= to; i += 1) {
      const { status } = await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: text(i) });
      assert.equal(status, 201);
    }
  };
  await post(1, 30);
  // What is said like this is blocked, and the moderators' log gets a line.
  await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: "I will kill you, you worthless piece of shit" });
  await server.restart();
  await post(31, 40);
  await sara.request("PATCH", "/api/v1/me", { display_name: "Sara the Second" });
  await server.restart();
  await post(41, 50);
  await server.stop("SIGKILL");
  return { server, sara };
}

/** What the file is, for the summary. */
const kindOf = (name) =>
  name.startsWith("journal/")
    ? "journal"
    : name.startsWith("messages/")
      ? "messages"
      : name.startsWith("previous/")
        ? "previous generation"
        : name.endsWith("_log.jsonl")
          ? "log"
          : name;

const ways = {
  flip: (bytes, at) => {
    const made = Buffer.from(bytes);
    made[at] ^= 1 << Math.floor(Math.random() * 8);
    return made;
  },
  cut: (bytes, at) => bytes.subarray(0, at),
  zeros: (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(bytes.length - at)]),
};

export async function run(count = usual) {
  const { server, sara } = await makeFolder();
  const data = join(server.folder, "data");
  const good = mkdtempSync(join(tmpdir(), "soyuz-good-"));
  cpSync(data, good, { recursive: true });
  try {
    assert.equal(check(good).status, 0, check(good).stdout);
    const names = [...filesBelow(good)]
      .map((path) => relative(good, path))
      .filter((name) => statSync(join(good, name)).size > 0);
    const kinds = new Map();
    for (const name of names) kinds.set(kindOf(name), [...(kinds.get(kindOf(name)) ?? []), name]);
    const tally = { served: 0, lost: 0, refused: 0 };
    for (let i = 0; i < count; i += 1) {
      const kind = [...kinds.keys()][i % kinds.size];
      const name = kinds.get(kind)[Math.floor(Math.random() * kinds.get(kind).length)];
      const way = Object.keys(ways)[Math.floor(i / kinds.size) % 3];
      const bytes = readFileSync(join(good, name));
      const at = Math.floor(Math.random() * bytes.length);
      const what = `${way} of ${name} at byte ${at}`;
      rmSync(data, { recursive: true });
      cpSync(good, data, { recursive: true });
      writeFileSync(join(data, name), ways[way](bytes, at));
      const report = check(data);
      assert.ok([0, 1, 2].includes(report.status), `${what}: check ended with ${report.status} ${report.stderr}`);
      // Nothing is lost with the lock's content, nor with the index of messages, which is made again.
      if (kind !== "LOCK" && !kind.startsWith("search.db") && way === "flip") {
        assert.notEqual(report.status, 0, `${what}: check found nothing`);
        const named = name.replace(/^previous\//, "");
        assert.ok(report.stdout.includes(named), `${what}: check does not name the file: ${report.stdout}`);
        assert.match(report.stdout, /\d/, `${what}: no byte`);
      }
      try {
        await server.restart("SIGKILL");
      } catch (end) {
        // Only where accounts or rooms would be lost as a whole.
        assert.match(end.message, /ended with 65/, `${what}: ${end.message}`);
        tally.refused += 1;
        continue;
      }
      const reader = kind === "secret.json" ? await Client.login(server, "sara") : sara;
      const messages = await history(reader);
      const numbers = new Set();
      for (const message of messages) {
        const number = Number(message.text.match(/^line (\d+), as it was written$/)?.[1]);
        assert.ok(number >= 1 && number <= 50, `${what}: this was never written: ${JSON.stringify(message)}`);
        assert.equal(message.seq, number, `${what}: at a wrong place: ${JSON.stringify(message)}`);
        numbers.add(number);
      }
      const lost = 50 - numbers.size;
      // A flipped byte costs its record. What was cut or zeroed costs what stood there.
      if (way === "flip") assert.ok(lost <= 1, `${what}: ${lost} messages are gone`);
      tally.lost += lost;
      const me = await request(server, "GET", "/api/v1/me", undefined, { authorization: `Bearer ${reader.token}` });
      assert.equal(me.status, 200, `${what}: ${JSON.stringify(me.body)}`);
      assert.ok(
        ["Sara the Second", "sara"].includes(me.body.display_name ?? me.body.user?.display_name),
        `${what}: ${JSON.stringify(me.body)}`,
      );
      const again = await reader.request("POST", "/api/v1/rooms/lobby/messages", { text: "after the damage" });
      assert.equal(again.status, 201, `${what}: ${JSON.stringify(again.body)}`);
      assert.equal(await server.stop(), 0, what);
      const after = check(data);
      assert.equal(after.status, 0, `${what}: check is not clean after a start and a stop: ${after.stdout}`);
      tally.served += 1;
    }
    return (
      `${count} damages in ${kinds.size} kinds of files (${[...kinds.keys()].join(", ")}): ` +
      `${tally.served} served with ${tally.lost} messages lost, ${tally.refused} refused with 65; nothing wrong served`
    );
  } finally {
    if (existsSync(good)) rmSync(good, { recursive: true });
    await server.dispose();
  }
}
