// Live rooms at their limits, without a browser: many who come at once, one who doesn't read, a disk that is full,
// one who vanishes, one who comes when all places are taken.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { head, slice, sliceMs } from "./support/webm.mjs";

let server, staff, ali;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  staff = await Client.login(server, "keeper");
  ali = await Client.register(server, "ali");
  for (const name of ["crowd", "slow", "again"])
    assert.equal((await staff.request("POST", "/api/v1/rooms", { name, kind: "live" })).status, 201);
});
after(() => server.dispose());

/** Publishes made-up slices until it is stopped; `feed` sends one at once. */
async function publish(to, token, room, bits) {
  const socket = new WebSocket(`${to.url.replace(/^http/, "ws")}/ws/live/${room}?role=publish`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await new Promise((resolve, reject) => {
    socket.on("message", (data) => String(data).includes('"ready"') && resolve());
    socket.once("error", reject);
  });
  let time = 0;
  const send = (bytes) => socket.send(Buffer.concat([Buffer.from([0]), bytes]));
  send(head);
  const feed = () => {
    send(slice(time, bits));
    time += sliceMs;
  };
  const timer = setInterval(feed, sliceMs);
  return {
    socket,
    sent: () => time,
    stop: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}

/** A viewer who counts what comes. */
function watch(to, token, room, options = {}) {
  const socket = new WebSocket(`${to.url.replace(/^http/, "ws")}/ws/live/${room}`, {
    headers: { authorization: `Bearer ${token}` },
    ...options,
  });
  const viewer = { socket, pieces: 0, bytes: 0, texts: [] };
  const waiting = [];
  socket.on("message", (data, is_binary) => {
    if (is_binary) {
      viewer.pieces += 1;
      viewer.bytes += data.length;
    } else viewer.texts.push(JSON.parse(String(data)));
    for (const wake of waiting.splice(0)) wake();
  });
  socket.on("error", () => {});
  viewer.closed = new Promise((resolve) => socket.once("close", (code) => resolve(code)));
  viewer.until = async (fits) => {
    while (!fits(viewer)) await new Promise((wake) => waiting.push(wake));
  };
  return viewer;
}

test("five hundred viewers who come at once all see, and the chat goes on beside them", async () => {
  const host = await publish(server, staff.token, "crowd", 150_000);
  const viewers = Array.from({ length: 500 }, (_, index) =>
    watch(server, ali.token, "crowd", { localAddress: `127.0.1.${1 + (index % 200)}` }),
  );
  await Promise.all(viewers.map((each) => each.until(({ pieces }) => pieces >= 3)));
  const said = await ali.request("POST", "/api/v1/rooms/crowd/join");
  assert.ok(said.status < 300);
  const posted = await ali.request("POST", "/api/v1/rooms/crowd/messages", { text: "So many of us" });
  assert.equal(posted.status, 201);
  const { body } = await staff.request("GET", "/api/v1/live/crowd");
  // One person however many sockets they have.
  assert.equal(body.viewers, 1);
  assert.equal(body.state, "live");
  assert.equal(viewers.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length, 500);
  for (const { socket } of viewers) socket.close();
  await Promise.all(viewers.map(({ closed }) => closed));
  host.stop();
});

test("whoever doesn't read is left behind alone, told so, and goes on with a key frame", async () => {
  const host = await publish(server, staff.token, "slow", 7_000_000);
  const quick = watch(server, ali.token, "slow");
  const slow = watch(server, staff.token, "slow");
  await Promise.all([quick, slow].map((each) => each.until(({ pieces }) => pieces >= 1)));
  slow.socket.pause();
  // More than what two kernels keep between them.
  await quick.until(({ bytes }) => bytes > 14_000_000);
  assert.deepEqual(
    quick.texts.filter(({ type }) => type === "behind"),
    [],
  );
  slow.socket.resume();
  await slow.until(({ texts }) => texts.some(({ type }) => type === "behind"));
  const before = slow.pieces;
  await slow.until(({ pieces }) => pieces > before + 5);
  assert.ok(slow.bytes < quick.bytes);
  for (const { socket } of [quick, slow]) socket.close();
  host.stop();
});

test("a viewer who vanishes is no viewer any more", async () => {
  const host = await publish(server, staff.token, "again", 150_000);
  const viewer = watch(server, ali.token, "again");
  await viewer.until(({ pieces }) => pieces >= 1);
  const count = async () => (await staff.request("GET", "/api/v1/live/again")).body.viewers;
  assert.equal(await count(), 1);
  viewer.socket.terminate();
  while ((await count()) !== 0);
  host.stop();
});

test("a disk without room ends the recording and says why; the broadcast goes on", async () => {
  const full = await Server.start({ options: ["--upload-reserve", String(2 ** 52)] });
  try {
    const keeper = await Client.login(full, "keeper");
    await keeper.request("POST", "/api/v1/rooms", { name: "show", kind: "live" });
    await keeper.request("PATCH", "/api/v1/live/show", { records: true });
    const host = await publish(full, keeper.token, "show", 150_000);
    const viewer = watch(full, keeper.token, "show");
    const stage = async () => (await keeper.request("GET", "/api/v1/live/show")).body;
    while ((await stage()).recording_fault === "");
    const seen = viewer.pieces;
    await viewer.until(({ pieces }) => pieces > seen + 3);
    const now = await stage();
    assert.equal(now.state, "live");
    assert.equal(now.recording, false);
    host.stop();
    viewer.socket.close();
  } finally {
    await full.dispose();
  }
});
