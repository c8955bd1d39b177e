// The wall clock jumps forwards and back: sanctions, sessions, limits and timers keep to what they promised.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, request } from "../e2e/support/client.mjs";
import { Server } from "../e2e/support/server.mjs";
import { Shim } from "./support/shim.mjs";
import { history, pause, until } from "./support/writers.mjs";

export const usual = 1;
export const quick = 1;

const hour = 3600;

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-clock-"));
  const shim = new Shim(folder);
  const server = await Server.start({
    folder,
    options: ["--cleanup-interval", "1"],
    environment: {
      ...shim.environment,
      DEFAULT_ADMIN_USERNAME: "owner",
      DEFAULT_ADMIN_PASSWORD: "correct horse battery",
      JWT_EXPIRE_MINUTES: "600",
    },
  });
  try {
    const owner = await Client.login(server, "owner");
    const [sara, omar] = [await Client.register(server, "sara"), await Client.register(server, "omar")];
    const ban = await owner.request("POST", "/api/v1/bans", { username: "omar", minutes: 60, reason: "test" });
    assert.ok(ban.status < 300, JSON.stringify(ban.body));
    const signIn = async (name) =>
      (await request(server, "POST", "/api/v1/login", { username: name, password: "correct horse battery" })).status;
    const post = async (client, text) =>
      (await client.request("POST", "/api/v1/rooms/lobby/messages", { text })).status;
    const socket = await sara.connect();
    assert.equal(await post(sara, "before any jump"), 201);

    // Back by a day: a ban doesn't end early, an open session and socket stay, messages keep their order.
    shim.set("clock_offset_s", -24 * hour);
    assert.equal(await signIn("omar"), 403, "a ban ended because the clock went back");
    assert.equal((await sara.request("GET", "/api/v1/me")).status, 200, "a session ended because the clock went back");
    await pause(1200);
    assert.equal(await post(sara, "after going back"), 201);
    assert.equal((await socket.ask({ type: "ping" })).type, "ack");
    assert.equal((await request(server, "GET", "/healthz")).status, 200);

    // Forwards by two hours from the true time: the ban is over, the token of ten hours is not.
    shim.set("clock_offset_s", 2 * hour);
    assert.equal(await signIn("omar"), 200, "a ban of an hour did not end after two");
    assert.equal((await sara.request("GET", "/api/v1/me")).status, 200, "a token of ten hours ended after two");
    await pause(1200);
    assert.equal(await post(sara, "after going forwards"), 201);

    // Far forwards: the token is over; a new sign-in works, and the limit of tries still holds.
    shim.set("clock_offset_s", 24 * 366 * hour);
    assert.equal((await sara.request("GET", "/api/v1/me")).status, 401, "a token lasts for more than its time");
    await Promise.race([
      socket.closed,
      until("the socket of a session that is over closes", () => socket.socket.readyState === 3),
    ]);
    const later = await Client.login(server, "sara");
    assert.equal(await post(later, "a year later"), 201);

    // And back to the truth: a limit on rates must not lock people out for the time that never was.
    shim.set("clock_offset_s", 0);
    await pause(1200);
    const now = await Client.login(server, "sara");
    assert.equal(await post(now, "in the present again"), 201);
    await server.restart();
    const texts = (await history(now)).filter(({ sender }) => sender?.username === "sara").map(({ text }) => text);
    assert.deepEqual(texts, [
      "before any jump",
      "after going back",
      "after going forwards",
      "a year later",
      "in the present again",
    ]);
    assert.equal(await server.stop(), 0);
    return "a day back, two hours and a year forwards, and to the present again: bans, tokens, limits and order held";
  } finally {
    await server.dispose();
  }
}
