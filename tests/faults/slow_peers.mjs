// Peers that vanish without a word, that don't read, and that write a byte now and then: dropped in time, with little
// memory, and nobody else notices.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { Client, request } from "../e2e/support/client.mjs";
import { hold } from "../e2e/support/raw.mjs";
import { Server } from "../e2e/support/server.mjs";
import { pause, until } from "./support/writers.mjs";

export const usual = 3;
export const quick = 1;

const resident = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) * 1024;

/** A WebSocket on a plain socket, which answers nothing by itself. */
async function mute(server, token) {
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once("data", resolve));
  return { socket, closed };
}

export async function run(count = usual) {
  const server = await Server.start({
    options: ["--no-rate-limits", "--socket-timeout", "3"],
    environment: { JWT_EXPIRE_MINUTES: "600" },
  });
  try {
    const [sara, omar] = [await Client.register(server, "sara"), await Client.register(server, "omar")];
    const socket = await sara.connect();
    for (let cycle = 0; cycle < count; cycle += 1) {
      // Half-open: the peer never answers a ping.
      const silent = await Promise.all(Array.from({ length: 20 }, () => mute(server, omar.token)));
      const since = Date.now();
      silent.forEach(({ socket: each }) => each.resume());
      await Promise.all(silent.map(({ closed }) => closed));
      const seconds = (Date.now() - since) / 1000;
      assert.ok(seconds > 2 && seconds < 8, `silent sockets were dropped after ${seconds} s instead of 3`);

      // Slow readers: they take the handshake and nothing more, while a lot is said.
      const readers = await Promise.all(Array.from({ length: 20 }, () => mute(server, omar.token)));
      readers.forEach(({ socket: each }) => each.pause());
      const before = resident(server.process.pid);
      const words = "so much is said here that nobody can keep up with it ".repeat(60).slice(0, 3000);
      let slowest = 0;
      for (let i = 0; i < 200; i += 1) {
        const begin = Date.now();
        const answer = await socket.ask({ type: "message", room: "lobby", text: `${i} ${words}` });
        assert.equal(answer.type, "ack", JSON.stringify(answer));
        slowest = Math.max(slowest, Date.now() - begin);
      }
      const grown = resident(server.process.pid) - before;
      assert.ok(grown < 20 * 1.5 * 1024 * 1024 + 30 * 1024 * 1024, `20 slow readers cost ${grown} bytes`);
      readers.forEach(({ socket: each }) => each.destroy());

      // Slow writers: a byte of the head each 100 ms. Others are served meanwhile.
      const writers = await Promise.all(Array.from({ length: 50 }, () => hold(server, "GET / HTTP/1.1\r\nX-Slow: ")));
      for (let i = 0; i < 10; i += 1) {
        for (const each of writers) each.write("a");
        const begin = Date.now();
        assert.equal((await request(server, "GET", "/healthz")).status, 200);
        assert.ok(Date.now() - begin < 2000);
        await pause(100);
      }
      writers.forEach((each) => each.destroy());
    }
    await socket.close();
    await until("all have gone", async () => (await request(server, "GET", "/healthz")).body.connections <= 3);
    assert.equal(await server.stop(), 0);
    return `${count} times 20 silent sockets dropped in time, 20 slow readers with bounded memory, 50 slow writers beside quick answers`;
  } finally {
    await server.dispose();
  }
}
