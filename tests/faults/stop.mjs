// Asks the server to stop: under load, while it starts, and with requests under way.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { Client, request } from "../e2e/support/client.mjs";
import { binary, Server } from "../e2e/support/server.mjs";
import { pause, total, Writer } from "./support/writers.mjs";

export const usual = 20;
export const quick = 2;

const isClosed = (end) => /closed with 1001|ECONN|hang up|fetch failed|closed with 1006/.test(end.message);

async function underLoad(server, writers) {
  const sockets = await Promise.all(writers.map((writer) => writer.client.connect()));
  const writing = writers.map((writer) => writer.write().catch((end) => end));
  await pause(100 + Math.random() * 300);
  // A request whose body is on its way when the server is told to stop gets its answer.
  const body = JSON.stringify({ text: "half a request", client_id: `late-${Math.random().toString(36).slice(2)}` });
  const late = connect(server.port, "127.0.0.1");
  late.on("error", () => {});
  let answer = "";
  late.on("data", (chunk) => {
    answer += chunk;
  });
  const gone = new Promise((resolve) => late.once("close", resolve));
  late.write(
    `POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer ${writers[0].client.token}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  );
  await pause(50);

  const begin = Date.now();
  const stopping = server.stop();
  const closes = Promise.all(sockets.map((socket) => socket.closed));
  // The first close says that the server has heard of it.
  await sockets[0].closed;
  late.write(body.slice(10));
  const refused = await request(server, "GET", "/healthz").then(
    ({ status }) => status,
    () => "refused",
  );
  assert.ok(["refused", 503].includes(refused), `a new connection got ${refused}`);
  assert.equal(await stopping, 0);
  const seconds = (Date.now() - begin) / 1000;
  assert.ok(seconds < 5, `stopping took ${seconds} s`);
  for (const { code } of await closes) assert.equal(code, 1001);
  for (const end of await Promise.all(writing)) if (!isClosed(end)) throw end;
  await gone;
  assert.match(answer, /^HTTP\/1\.1 (201|503) /, `a request under way got ${JSON.stringify(answer)}`);
  assert.equal(
    spawnSync(binary, ["check", join(server.folder, "data")]).status,
    0,
    "check is not clean after an orderly stop",
  );
  await server.restart("SIGKILL");
  const { messages } = (await writers[0].client.request("GET", "/api/v1/rooms/lobby/messages?limit=5")).body;
  assert.ok(messages.length > 0);
  if (answer.startsWith("HTTP/1.1 201")) {
    const { id } = JSON.parse(answer.split("\r\n\r\n")[1]);
    assert.equal(
      (await writers[0].client.request("DELETE", `/api/v1/messages/${id}`)).status < 300,
      true,
      "an acknowledged message is gone",
    );
  }
  return seconds;
}

/** SIGTERM at any moment of a start: ends in time, and the folder is as good as before. */
async function whileStarting(folder) {
  const child = spawn(binary, ["serve", "--port", "0", "--data", join(folder, "data"), "--log-level", "warn"], {
    stdio: "ignore",
  });
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  await pause(Math.random() * 150);
  const begin = Date.now();
  child.kill("SIGTERM");
  const end = await exited;
  // Before the first line of the program the system ends it, which hurts as little.
  assert.ok(end === 0 || end === "SIGTERM", `ended with ${end}`);
  assert.ok(Date.now() - begin < 5000);
  assert.equal(spawnSync(binary, ["check", join(folder, "data")]).status, 0);
}

export async function run(count = usual) {
  const server = await Server.start({ options: ["--no-rate-limits"], environment: { JWT_EXPIRE_MINUTES: "600" } });
  try {
    const writers = [];
    for (let i = 0; i < 8; i += 1) writers.push(new Writer(await Client.register(server, `writer${i}`), `writer${i}`));
    let longest = 0;
    for (let cycle = 0; cycle < count; cycle += 1) longest = Math.max(longest, await underLoad(server, writers));
    const found = new Set();
    for (let after = 0, more = true; more;) {
      const { body } = await writers[0].client.request("GET", `/api/v1/rooms/lobby/messages?after=${after}&limit=200`);
      for (const message of body.messages) found.add(`${message.client_id} ${message.seq}`);
      after = body.messages.at(-1)?.seq ?? after;
      more = body.has_more;
    }
    for (const writer of writers)
      for (const { client_id, seq } of writer.acknowledged)
        assert.ok(found.has(`${client_id} ${seq}`), `lost: ${client_id}`);
    assert.equal(await server.stop(), 0);
    for (let cycle = 0; cycle < 3 * count; cycle += 1) await whileStarting(server.folder);
    return (
      `${count} stops under load, each within ${longest.toFixed(1)} s with 0 and 1001, ${total(writers)} acknowledged messages there; ` +
      `${3 * count} stops while starting`
    );
  } finally {
    await server.dispose();
  }
}
