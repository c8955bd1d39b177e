// A data folder that may not be written, one that another server holds, and one that is no folder.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, Server } from "../e2e/support/server.mjs";
import { Client, request } from "../e2e/support/client.mjs";

export const usual = 1;
export const quick = 1;

// Root may write everywhere: the server runs as somebody else then.
const asNobody = process.getuid() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
const start = (data) => {
  const [program, ...before] = [...asNobody, binary];
  return spawnSync(program, [...before, "serve", "--port", "0", "--data", data], { encoding: "utf8", timeout: 10_000 });
};
const oneLine = (run, code, pattern) => {
  assert.equal(run.status, code, run.stderr);
  assert.equal(run.stderr.trim().split("\n").length, 1, run.stderr);
  assert.match(run.stderr, pattern);
};

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-readonly-"));
  chmodSync(folder, 0o755);
  const server = await Server.start({ options: ["--no-rate-limits"] });
  try {
    mkdirSync(join(folder, "closed"), { mode: 0o555 });
    oneLine(start(join(folder, "closed")), 73, /Permission denied/);
    oneLine(start(join(folder, "closed", "deeper")), 73, /Permission denied/);
    writeFileSync(join(folder, "file"), "");
    oneLine(start(join(folder, "file")), 73, /file/);

    const held = spawnSync(binary, ["serve", "--port", "0", "--data", join(server.folder, "data")], {
      encoding: "utf8",
    });
    oneLine(held, 73, new RegExp(`process ${server.process.pid}\\b`));
    assert.equal((await request(server, "GET", "/healthz")).status, 200, "the first server suffers from the second");
    await Client.register(server, "sara");
    // A server that was killed holds nothing.
    await server.restart("SIGKILL");
    return "a folder without rights, a file in its place and one that is held: 73 and one line each; the holder goes on";
  } finally {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
