// Ten thousand connections come at once, talk, go at once, and two thousand of them come back after a restart: all
// within four seconds, with everything that was said.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { Client, request } from "../e2e/support/client.mjs";
import { Server } from "../e2e/support/server.mjs";
import { Skipped } from "./support/skipped.mjs";
import { history, until } from "./support/writers.mjs";

export const usual = 10_000;
export const quick = 1_000;

const header = (token) =>
  `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${token}\r\n\r\n`;

/** A socket that only waits for its hello: thousands of these must not cost the test more than the server. */
function visitor(server, token, from) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: "127.0.0.1", localAddress: from });
    let text = "";
    const read = (chunk) => {
      text += chunk.toString("latin1");
      if (!text.includes('"hello"')) return;
      socket.off("data", read);
      socket.resume();
      resolve(socket);
    };
    socket.on("data", read);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`closed: ${text.slice(0, 100)}`)));
    socket.write(header(token));
  });
}

/** Port numbers of one address don't suffice for many crowds after each other. */
const address = (i) => `127.0.0.${2 + (i % 8)}`;

async function crowd(server, tokens, count) {
  const begin = Date.now();
  const come = Array.from({ length: count }, (_, i) => visitor(server, tokens[i % tokens.length], address(i)));
  const sockets = await Promise.all(come);
  sockets.forEach((socket) => socket.on("error", () => {}));
  return { sockets, seconds: (Date.now() - begin) / 1000 };
}

export async function run(count = usual) {
  const limit = Number(process.report?.getReport().userLimits?.open_files?.hard ?? Infinity);
  if (limit < count + 200) throw new Skipped(`only ${limit} files may be open here, and ${count + 200} are needed`);
  const server = await Server.start({
    options: ["--no-rate-limits", "--max-connections", String(count + 500)],
    environment: { JWT_EXPIRE_MINUTES: "600" },
  });
  try {
    const clients = [];
    for (let i = 0; i < 20; i += 1) clients.push(await Client.register(server, `visitor${i}`));
    const tokens = clients.map(({ token }) => token);
    const socket = await clients[0].connect();
    const post = async (text) => assert.equal((await socket.ask({ type: "message", room: "lobby", text })).type, "ack");
    const connections = async () => (await request(server, "GET", "/healthz")).body.connections;

    const first = await crowd(server, tokens, count);
    for (let i = 0; i < 20; i += 1) await post(`before ${i}`);
    first.sockets.forEach((each) => each.destroy());
    await until("all have gone", async () => (await connections()) <= 5);

    const back = Math.min(2000, count);
    const second = await crowd(server, tokens, back);
    for (let i = 0; i < 20; i += 1) await post(`between ${i}`);
    // A restart takes everybody's socket; they all come back at the same moment.
    await server.restart();
    const third = await crowd(server, tokens, back);
    assert.ok(third.seconds <= 4, `${back} came back within ${third.seconds} s instead of 4`);
    const said = (await history(clients[1])).map(({ text }) => text);
    assert.deepEqual(
      said,
      ["before", "between"].flatMap((when) => Array.from({ length: 20 }, (_, i) => `${when} ${i}`)),
    );
    assert.ok((await connections()) >= back);
    third.sockets.forEach((each) => each.destroy());
    second.sockets.forEach((each) => each.destroy());
    await until("all have gone", async () => (await connections()) <= 5);
    assert.equal(await server.stop(), 0);
    return `${count} came within ${first.seconds.toFixed(1)} s and went at once; ${back} were back ${third.seconds.toFixed(2)} s after a restart, history complete`;
  } finally {
    await server.dispose();
  }
}
