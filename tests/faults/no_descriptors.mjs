// No file descriptors are left: the listener neither spins nor dies, and takes people again once there are some.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client, request } from "../e2e/support/client.mjs";
import { hold } from "../e2e/support/raw.mjs";
import { Server } from "../e2e/support/server.mjs";
import { until } from "./support/writers.mjs";

export const usual = 3;
export const quick = 1;

/** Processor time that the server has used, in seconds. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export async function run(count = usual) {
  const server = await Server.start({
    options: ["--no-rate-limits", "--threads", "1"],
    wrapper: ["prlimit", "--nofile=120:120"],
    environment: { JWT_EXPIRE_MINUTES: "600" },
  });
  try {
    const sara = await Client.register(server, "sara");
    const socket = await sara.connect();
    for (let cycle = 0; cycle < count; cycle += 1) {
      const held = await Promise.all(Array.from({ length: 200 }, () => hold(server).catch(() => undefined)));
      const before = cpu(server.process.pid);
      const begin = Date.now();
      // The one who is connected is served as before, the disk included: its files are open already.
      for (let i = 0; i < 20; i += 1) {
        assert.equal((await socket.ask({ type: "message", room: "lobby", text: `number ${cycle} ${i}` })).type, "ack");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const share = (cpu(server.process.pid) - before) / ((Date.now() - begin) / 1000);
      assert.ok(share < 0.5, `the server spins: ${(share * 100).toFixed(0)} % of a processor`);
      for (const each of held) each?.destroy();
      await until("new connections are taken again", async () => {
        try {
          return (await request(server, "GET", "/healthz")).status === 200;
        } catch {
          return false;
        }
      });
    }
    await socket.close();
    const { messages } = (await sara.request("GET", "/api/v1/rooms/lobby/messages?limit=200")).body;
    assert.equal(messages.length, 20 * count);
    assert.equal(await server.stop(), 0);
    return `${count} times: who was connected was served, the listener waited without spinning and took people again`;
  } finally {
    await server.dispose();
  }
}
