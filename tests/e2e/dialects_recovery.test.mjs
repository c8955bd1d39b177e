// Clients of /socket.io/ whose connection breaks off, over each transport, and across a restart.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer, transports } from "./support/socketio.mjs";

let server, ayesha, bilal;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  ayesha = await Client.register(server, "ayesha");
  bilal = await Client.register(server, "bilal");
});
after(() => server.dispose());

const again = { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 50 };
const connected = (peer) => new Promise((resolve) => peer.socket.once("connect", resolve));

/** Cuts the connection without a word, and keeps the client from coming back until `meanwhile` is done. */
async function break_off(peer, meanwhile) {
  const { io } = peer.socket;
  io.reconnection(false);
  const gone = new Promise((resolve) => peer.socket.once("disconnect", resolve));
  const engine = io.engine;
  if (engine.transport.ws) engine.transport.ws.close();
  else engine.onClose("transport error");
  await gone;
  await meanwhile();
  const back = connected(peer);
  io.reconnection(true);
  peer.socket.connect();
  await back;
}

for (const name of ["websocket", "upgrade"]) {
  const list = transports[name];
  test(`by ${name}: what was missed comes once, in its order, and nothing needs to be joined again`, async () => {
    const peer = await Peer.connect(server, ayesha.token, { transports: list, ...again });
    const writer = await Peer.connect(server, bilal.token);
    while (name === "upgrade" && peer.socket.io.engine.transport.name !== "websocket")
      await new Promise((resolve) => setTimeout(resolve, 10));
    await peer.ask("join_channel", { channel_id: "lobby" });
    await writer.ask("new_message", { channel_id: "lobby", content: "before" });
    await peer.next("message_received", ({ content }) => content === "before");
    await break_off(peer, async () => {
      for (const content of ["one", "two"]) await writer.ask("new_message", { channel_id: "lobby", content });
      await writer.ask("send_direct_message", { receiver_id: ayesha.user.id, content: "three" });
    });
    assert.equal(peer.socket.recovered, true);
    await writer.ask("new_message", { channel_id: "lobby", content: "after" });
    assert.equal((await peer.next("receive_direct_message")).content, "three");
    for (const content of ["one", "two", "after"]) assert.equal((await peer.next("message_received")).content, content);
    assert.deepEqual(peer.heard("message_received"), []);
    for (const each of [peer, writer]) each.close();
  });
}

test("nobody takes up another’s connection, nor what they may no longer follow", async () => {
  const keeper = await Client.login(server, "keeper");
  const peer = await Peer.connect(server, bilal.token, again);
  const room = { name: "closed", title: "Closed", kind: "public" };
  assert.equal((await keeper.request("POST", "/api/v1/rooms", room)).status, 201);
  await peer.ask("join_channel", { channel_id: "closed" });
  await keeper.request("POST", "/api/v1/rooms/closed/messages", { text: "seen" });
  await peer.next("message_received");
  await break_off(peer, async () => {
    assert.ok((await keeper.request("DELETE", "/api/v1/rooms/closed/members/bilal")).status < 300);
    await keeper.request("POST", "/api/v1/rooms/closed/messages", { text: "not seen" });
  });
  assert.equal(peer.socket.recovered, true);
  assert.deepEqual(await peer.ask("heartbeat", {}), { ok: true });
  assert.deepEqual(peer.heard("message_received"), []);
  assert.equal((await peer.ask("typing", { channel_id: "closed" })).code, "not_a_member");
  const { _pid: pid, _lastOffset: offset } = peer.socket;
  await break_off(peer, async () => {
    const thief = await new Peer(server, { auth: { token: ayesha.token, pid, offset } }).connected;
    assert.equal((await thief.ask("typing", { channel_id: "lobby" })).code, "not_a_member");
    thief.close();
  });
  assert.equal(peer.socket.recovered, true);
  peer.close();
});

for (const [name, list] of Object.entries(transports)) {
  test(`by ${name}: a client comes back by itself after a restart, and nothing acknowledged is lost`, async () => {
    const peer = await Peer.connect(server, ayesha.token, { transports: list, ...again });
    await peer.ask("join_channel", { channel_id: "lobby" });
    const { id } = await peer.ask("new_message", { channel_id: "lobby", content: `kept by ${name}` });
    const back = connected(peer);
    assert.equal(await server.restart(), 0);
    await back;
    assert.equal(peer.socket.recovered, false);
    const history = await ayesha.request("GET", "/api/v1/rooms/lobby/messages?limit=5");
    assert.ok(history.body.messages.some((message) => message.id === id));
    assert.equal((await peer.ask("join_channel", { channel_id: "lobby" })).ok, true);
    await peer.ask("new_message", { channel_id: "lobby", content: "and on" });
    await peer.next("message_received", ({ content }) => content === "and on");
    peer.close();
  });
}
