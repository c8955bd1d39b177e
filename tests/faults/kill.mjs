// Kills the server under load, again and again, and checks after each start that every acknowledged message is there
// exactly once and in order, and that a retry after the crash gives the first result.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { binary, Server } from "../e2e/support/server.mjs";
import { Client } from "../e2e/support/client.mjs";
import { isLoss, pause, Proof, total, Writer } from "./support/writers.mjs";

export const usual = 100;

/** Runs the cycles; returns how many messages were acknowledged and how many of them a retry had to settle. */
export async function killRepeatedly(cycles, { writers: count = 8, report = () => {} } = {}) {
  const server = await Server.start({ options: ["--no-rate-limits"], environment: { JWT_EXPIRE_MINUTES: "600" } });
  try {
    const writers = [];
    for (let i = 0; i < count; i += 1) {
      const client = await Client.register(server, `writer${i}`);
      writers.push(new Writer(client, `writer${i}`));
    }
    const proof = new Proof(writers);
    let retried = 0;
    let before = 0;
    let idle = 0;
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const writing = writers.map((writer) => writer.write().catch((end) => end));
      await pause(50 + Math.random() * 350);
      await server.stop("SIGKILL");
      for (const end of await Promise.all(writing)) if (!isLoss(end)) throw end;
      retried += writers.filter((writer) => writer.pending).length;
      const check = spawnSync(binary, ["check", join(server.folder, "data")], { encoding: "utf8" });
      if (check.status > 1) throw new Error(`check found damage after a kill: ${check.stdout}`);
      await server.restart("SIGKILL");
      await (cycle % 50 === 0 || cycle === cycles
        ? proof.everything(writers[0].client)
        : proof.newest(writers[0].client));
      const acknowledged = total(writers);
      if (acknowledged === before) idle += 1;
      before = acknowledged;
      if (idle > 3) throw new Error("nothing is acknowledged any more");
      report(cycle, acknowledged);
    }
    const code = await server.stop();
    if (code !== 0) throw new Error(`SIGTERM ended with ${code}`);
    const check = spawnSync(binary, ["check", join(server.folder, "data")], { encoding: "utf8" });
    if (check.status !== 0) throw new Error(`check is not clean at the end: ${check.stdout}`);
    return { acknowledged: total(writers), retried };
  } finally {
    await server.dispose();
  }
}

export async function run(cycles = usual, report = () => {}) {
  const { acknowledged, retried } = await killRepeatedly(cycles, { report });
  return (
    `${cycles} kills: ${acknowledged} acknowledged messages, none lost, none doubled, all in order; ` +
    `${retried} settled by a retry; check clean`
  );
}
