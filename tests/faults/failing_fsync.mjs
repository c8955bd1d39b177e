// The disk refuses writes (EIO, quota), finds too late that it has no space (ENOSPC from fsync), and fails to keep what
// it took (EIO from fsync).
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, request } from "../e2e/support/client.mjs";
import { Server } from "../e2e/support/server.mjs";
import { errno, Shim } from "./support/shim.mjs";
import { isLoss, pause, Proof, until, Writer } from "./support/writers.mjs";

export const usual = 5;
export const quick = 1;

const health = async (server) => (await request(server, "GET", "/healthz")).status;

/** Lets writers write until each was refused by the failing disk. */
async function writeUntilRefused(writers, fail) {
  const writing = writers.map((writer) => writer.write().catch((end) => end));
  await pause(200);
  fail();
  for (const end of await Promise.all(writing)) {
    if (!end.answer) {
      if (!isLoss(end)) throw end;
      continue;
    }
    assert.ok(["read_only", "internal"].includes(end.answer.code), `refused as ${JSON.stringify(end.answer)}`);
  }
}

export async function run(count = usual) {
  for (let cycle = 0; cycle < count; cycle += 1) {
    const folder = mkdtempSync(join(tmpdir(), "soyuz-fsync-"));
    const shim = new Shim(folder);
    const server = await Server.start({
      folder,
      options: ["--no-rate-limits"],
      environment: { ...shim.environment, JWT_EXPIRE_MINUTES: "600" },
    });
    try {
      const writers = [];
      for (let i = 0; i < 4; i += 1)
        writers.push(new Writer(await Client.register(server, `writer${i}`), `writer${i}`));
      const [client] = writers.map((writer) => writer.client);
      const proof = new Proof(writers);

      // Writes that fail, and a lack of space that only fsync tells of: refused, and taken again once the disk takes them.
      for (const [what, error] of [
        ["write_error", errno.EIO],
        ["write_error", errno.EDQUOT],
        ["sync_error", errno.ENOSPC],
      ]) {
        await writeUntilRefused(writers, () => shim.set(what, error));
        assert.equal(await health(server), 503);
        const refused = await client.request("POST", "/api/v1/rooms/lobby/messages", { text: "refused" });
        assert.equal(refused.status, 503);
        assert.equal(refused.body.error, "read_only");
        assert.equal((await client.request("GET", "/api/v1/rooms/lobby/messages")).status, 200, "reading goes on");
        shim.set(what, 0);
        await until("writes are taken again", async () => (await health(server)) === 200);
      }

      // An fsync that failed: never again, however well the disk speaks of itself afterwards.
      await writeUntilRefused(writers, () => shim.set("sync_error", errno.EIO));
      await until("fsync was tried", () => shim.get("failed_syncs") > 0);
      shim.set("sync_error", 0);
      for (let i = 0; i < 15; i += 1) {
        const answer = await client.request("POST", "/api/v1/rooms/lobby/messages", { text: `never ${i}` });
        assert.equal(answer.status, 503, `acknowledged after a failed fsync: ${JSON.stringify(answer.body)}`);
        assert.equal(await health(server), 503);
        await pause(100);
      }
      const { messages } = (await client.request("GET", "/api/v1/rooms/lobby/messages")).body;
      assert.ok(
        messages.every(({ text }) => /^writer\d says number/.test(text)),
        "a refused message shows",
      );
      await server.restart();
      assert.equal(await health(server), 200);
      await proof.everything(client);
      const answer = await client.request("POST", "/api/v1/rooms/lobby/messages", { text: "after the restart" });
      assert.equal(answer.status, 201);
    } finally {
      await server.dispose();
    }
  }
  return `${count} times: refused with 503 while writes failed, taken again after; after a failed fsync never before the restart`;
}
