// Cuts the power under load: only what was fsynced survives, then also torn and zeroed tails of what was not.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "../e2e/support/client.mjs";
import { binary, Server } from "../e2e/support/server.mjs";
import { Shim } from "./support/shim.mjs";
import { isLoss, pause, Proof, total, Writer } from "./support/writers.mjs";

export const usual = 100;
export const quick = 4;

/**
 * What may stand in place of `durable` after the cut: a random part of the bytes that were written but not fsynced, in
 * one of four cases as zeros, as file systems leave where they noted the length before the content.
 */
function torn(durable, written) {
  const extends_ = written.length > durable.length && written.subarray(0, durable.length).equals(durable);
  if (!extends_) return durable;
  const tail = written.subarray(
    durable.length,
    durable.length + Math.floor(Math.random() * (written.length - durable.length + 1)),
  );
  return Buffer.concat([durable, Math.random() < 0.25 ? Buffer.alloc(tail.length) : tail]);
}

/** Builds the folder after the cut from the shadow (what is durable) and the folder at the moment of the kill. */
function afterCut(shadow, real, into, tearing) {
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const durable = new Set(readdirSync(shadow));
  const names = new Set(durable);
  if (tearing) for (const name of readdirSync(real)) names.add(name);
  for (const name of names) {
    const [from, written, to] = [join(shadow, name), join(real, name), join(into, name)];
    if (durable.has(name) && statSync(from).isDirectory()) {
      if (existsSync(written) || !tearing) afterCut(from, tearing ? written : from, to, tearing);
      else cpSync(from, to, { recursive: true });
    } else if (durable.has(name)) {
      const bytes = readFileSync(from);
      writeFileSync(to, tearing && existsSync(written) ? torn(bytes, readFileSync(written)) : bytes, { mode: 0o600 });
    } else if (Math.random() < 0.5 && statSync(written).isFile()) {
      // A name that no fsync of the folder covered, with whatever of its content got through.
      writeFileSync(to, torn(Buffer.alloc(0), readFileSync(written)), { mode: 0o600 });
    }
  }
}

export async function run(cycles = usual, report = () => {}) {
  // The model is worth something only if it finds what is acknowledged too early.
  await assert.rejects(
    cutRepeatedly(3, ["--durability", "interval"], () => {}),
    /lost|40[14]/,
  );
  return cutRepeatedly(cycles, [], report);
}

async function cutRepeatedly(cycles, options, report) {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-cut-"));
  const shim = new Shim(folder, { shadow: true });
  const server = await Server.start({
    folder,
    options: ["--no-rate-limits", ...options],
    environment: { ...shim.environment, JWT_EXPIRE_MINUTES: "600" },
  });
  try {
    const writers = [];
    for (let i = 0; i < 8; i += 1) writers.push(new Writer(await Client.register(server, `writer${i}`), `writer${i}`));
    const proof = new Proof(writers);
    let [tornStarts, before, idle] = [0, 0, 0];
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const writing = writers.map((writer) => writer.write().catch((end) => end));
      await pause(30 + Math.random() * 250);
      await server.stop("SIGKILL");
      for (const end of await Promise.all(writing)) if (!isLoss(end)) throw end;
      const tearing = cycle % 2 === 0;
      const cut = join(folder, "cut");
      afterCut(join(shim.shadow, "tree"), shim.data, cut, tearing);
      rmSync(shim.data, { recursive: true });
      cpSync(cut, shim.data, { recursive: true });
      rmSync(cut, { recursive: true });
      const check = spawnSync(binary, ["check", shim.data], { encoding: "utf8" });
      assert.ok(check.status <= 1, `check found damage after a power cut: ${check.stdout}`);
      tornStarts += check.status;
      await server.restart("SIGKILL");
      await (cycle % 50 === 0 || cycle === cycles
        ? proof.everything(writers[0].client)
        : proof.newest(writers[0].client));
      const acknowledged = total(writers);
      idle = acknowledged === before ? idle + 1 : 0;
      assert.ok(idle < 4, "nothing is acknowledged any more");
      before = acknowledged;
      report(cycle, acknowledged);
    }
    assert.equal(await server.stop(), 0);
    assert.equal(spawnSync(binary, ["check", shim.data]).status, 0, "check is not clean at the end");
    return `${cycles} power cuts: ${before} acknowledged messages, none lost, none doubled; ${tornStarts} starts had something to cut off`;
  } finally {
    await server.dispose();
  }
}
