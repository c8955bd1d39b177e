// A small disk fills up under load, and gets room again. Needs root, to mount a tmpfs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, request } from "../e2e/support/client.mjs";
import { binary, Server } from "../e2e/support/server.mjs";
import { Skipped } from "./support/skipped.mjs";
import { isLoss, Proof, total, until, Writer } from "./support/writers.mjs";

export const usual = 5;
export const quick = 1;

export async function run(count = usual) {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-full-"));
  const data = join(folder, "data");
  mkdirSync(data);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m,mode=700", "soyuz-faults", data], {
    encoding: "utf8",
  });
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    throw new Skipped(
      `a small disk can't be mounted here (root is needed): ${mounted.stderr?.trim() ?? mounted.error}`,
    );
  }
  let server;
  try {
    server = await Server.start({ folder, options: ["--no-rate-limits"], environment: { JWT_EXPIRE_MINUTES: "600" } });
    const writers = [];
    for (let i = 0; i < 4; i += 1) writers.push(new Writer(await Client.register(server, `writer${i}`), `writer${i}`));
    const [client] = writers.map((writer) => writer.client);
    const proof = new Proof(writers);
    const ballast = join(data, "ballast.tmp");
    const health = async () => (await request(server, "GET", "/healthz")).status;
    for (let cycle = 0; cycle < count; cycle += 1) {
      // Everything that is left but a few blocks: the writers fill the rest.
      const free = Number(spawnSync("df", ["--output=avail", "-B1", data], { encoding: "utf8" }).stdout.split("\n")[1]);
      const writing = writers.map((writer) => writer.write().catch((end) => end));
      writeFileSync(ballast, Buffer.alloc(Math.max(0, free - 256 * 1024)));
      for (const end of await Promise.all(writing)) {
        if (!end.answer) {
          if (!isLoss(end)) throw end;
          continue;
        }
        assert.equal(end.answer.code, "read_only", JSON.stringify(end.answer));
      }
      assert.equal(await health(), 503);
      assert.equal((await client.request("POST", "/api/v1/rooms/lobby/messages", { text: "no room" })).status, 503);
      await proof.newest(client);
      if (cycle % 2 === 1) {
        // A full disk doesn't keep a server from stopping in order, nor from starting again once there is room.
        assert.equal(await server.stop(), 0);
        rmSync(ballast);
        await server.restart("SIGKILL");
      } else {
        rmSync(ballast);
        await until("writes are taken again", async () => (await health()) === 200);
      }
      const settled = await Promise.all(
        writers.map(async (writer) => {
          const socket = await writer.client.connect();
          const answer = await socket.ask({ type: "message", room: "lobby", ...writer.pending });
          assert.equal(answer.type, "ack", JSON.stringify(answer));
          writer.acknowledged.push({ ...writer.pending, id: answer.id, seq: answer.seq });
          writer.pending = undefined;
          writer.next += 1;
          return socket.close();
        }),
      );
      assert.equal(settled.length, writers.length);
      await proof.everything(client);
    }
    assert.equal(await server.stop(), 0);
    assert.equal(spawnSync(binary, ["check", data]).status, 0, "check is not clean at the end");
    return `${count} times full and free again: ${total(writers)} acknowledged messages, none lost, none doubled; refused with 503 meanwhile`;
  } finally {
    if (server && server.process.exitCode === null && server.process.signalCode === null) await server.stop("SIGKILL");
    spawnSync("umount", [data]);
    rmSync(folder, { recursive: true, force: true });
  }
}
