// Kills what takes longer than a moment: a checkpoint, a restore, a backup, and the first start of a newer version.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "../e2e/support/client.mjs";
import { binary, Server } from "../e2e/support/server.mjs";
import { Shim } from "./support/shim.mjs";
import { history, pause } from "./support/writers.mjs";

export const usual = 40;
export const quick = 4;

const run_ = (...words) => spawnSync(binary, words, { encoding: "utf8", timeout: 30_000 });

/** Starts a command and kills it after a random part of `span`; true where it was still running. */
async function kill(words, span, environment = {}) {
  const child = spawn(binary, words, { stdio: "ignore", env: { ...process.env, ...environment } });
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  await pause(Math.random() * span);
  child.kill("SIGKILL");
  return (await exited) === "SIGKILL";
}

export async function run(count = usual) {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-midway-"));
  const shim = new Shim(folder);
  const server = await Server.start({
    folder,
    options: ["--no-rate-limits"],
    environment: { JWT_EXPIRE_MINUTES: "600" },
  });
  try {
    const sara = await Client.register(server, "sara");
    const socket = await sara.connect();
    const expected = [];
    for (let i = 0; i < 200; i += 1) {
      expected.push(`number ${i}`);
      assert.equal((await socket.ask({ type: "message", room: "lobby", text: expected.at(-1) })).type, "ack");
    }
    const complete = async (what) => {
      const texts = (await history(sara)).map(({ text }) => text);
      assert.deepEqual(texts, expected, what);
    };

    // The checkpoint of an orderly stop, made slow by slow fsyncs, killed at any of its steps.
    server.environment = { ...server.environment, ...shim.environment };
    let checkpoints = 0;
    for (let cycle = 0; cycle < count; cycle += 1) {
      await server.restart("SIGKILL");
      expected.push(`cycle ${cycle}`);
      assert.equal((await sara.request("POST", "/api/v1/rooms/lobby/messages", { text: expected.at(-1) })).status, 201);
      assert.equal((await sara.request("PATCH", "/api/v1/me", { display_name: `Sara ${cycle}` })).status, 200);
      shim.set("sync_delay_ms", 20);
      server.process.kill("SIGTERM");
      await pause(Math.random() * 500);
      const end = await server.stop("SIGKILL");
      shim.set("sync_delay_ms", 0);
      if (end === "SIGKILL") checkpoints += 1;
      const check = run_("check", shim.data);
      assert.ok(check.status <= 1, `a killed checkpoint left damage: ${check.stdout}`);
      await server.restart("SIGKILL");
      await complete("after a killed checkpoint");
    }

    // A backup that was killed leaves no tar file that looks whole; the next one is.
    const tar = join(folder, "backup.tar");
    for (let cycle = 0; cycle < count; cycle += 1) {
      rmSync(tar, { force: true });
      await kill(["backup", shim.data, tar], 60);
      if (!existsSync(tar)) continue;
      const whole = join(folder, `whole-${cycle}`, "data");
      assert.equal(run_("restore", tar, whole).status, 0, "a backup that appeared is not whole");
      rmSync(join(whole, ".."), { recursive: true });
    }
    assert.equal(run_("backup", shim.data, tar).status, 0);

    // A restore that was killed leaves no folder that looks whole; trying again works.
    let restores = 0;
    const slow = { ...shim.environment, SOYUZ_FAULTS_ROOT: join(folder, "again") };
    for (let cycle = 0; cycle < count; cycle += 1) {
      const again = join(folder, "again");
      rmSync(again, { recursive: true, force: true });
      shim.set("sync_delay_ms", 5);
      if (await kill(["restore", tar, join(again, "data")], 250, slow)) restores += 1;
      shim.set("sync_delay_ms", 0);
      if (existsSync(join(again, "data")))
        assert.equal(run_("check", join(again, "data")).status, 0, "half a restore looks whole");
      else
        assert.equal(
          run_("restore", tar, join(again, "data")).status,
          0,
          run_("restore", tar, join(again, "data")).stderr,
        );
      assert.equal(run_("check", join(again, "data")).status, 0);
      assert.deepEqual(
        readdirSync(again).filter((name) => name !== "data" && name !== "uploads"),
        [],
      );
    }

    // A start writes and settles too: killed at any of its steps, the next one finds everything.
    await server.stop("SIGKILL");
    const before = join(folder, "before");
    cpSync(shim.data, before, { recursive: true });
    for (let cycle = 0; cycle < count; cycle += 1) {
      shim.set("sync_delay_ms", 10);
      await kill(
        ["serve", "--port", "0", "--data", shim.data, "--uploads", join(folder, "uploads")],
        300,
        shim.environment,
      );
      shim.set("sync_delay_ms", 0);
      const check = run_("check", shim.data);
      assert.ok(check.status <= 1, `a killed start left damage: ${check.stdout}`);
    }
    await server.restart("SIGKILL");
    await complete("after killed starts");
    assert.equal(await server.stop(), 0);
    assert.equal(run_("check", shim.data).status, 0);
    return `${checkpoints} checkpoints, ${restores} restores, ${count} backups and ${count} starts killed midway: everything is there`;
  } finally {
    await server.dispose();
  }
}
