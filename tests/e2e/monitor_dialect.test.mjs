// Clients that watch streams: their namespaces and events, and who hears what.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer, transports } from "./support/socketio.mjs";

const key = "a key of programs";
let server, keeper, omar, sara, visitor, stream;

const connect = (client, namespace = "/", options = {}) =>
  Peer.connect(server, client.token, { namespace, ...options });
const has = (peer, event) => peer.heard(event).length > 0;
/** Waits for an answer, which comes behind everything that was on its way. */
async function settle(peer) {
  peer.emit("get_unread_notifications");
  await peer.next("unread_notifications");
}

const service = (method, path, body) => request(server, method, path, body, { Authorization: `Bearer ${key}` });

before(async () => {
  server = await Server.start({ options: ["--no-rate-limits", "--service-key", key] });
  keeper = await Client.login(server, "keeper");
  for (const name of ["omar", "sara"]) {
    const made = await keeper.request("POST", "/api/agents", { username: name, password: "correct horse battery" });
    assert.equal(made.status, 201);
  }
  omar = await Client.login(server, "omar");
  sara = await Client.login(server, "sara");
  visitor = await Client.register(server, "visitor");
  const agents = (await keeper.request("GET", "/api/agents")).body;
  const made = await keeper.request("POST", "/api/streams", {
    room_url: "https://example.org/live.m3u8",
    platform: "elsewhere",
    streamer_username: "rehana",
    agent_id: agents.find((each) => each.username === "omar").id,
  });
  assert.equal(made.status, 201);
  stream = made.body;
  await keeper.request("POST", "/api/keywords", { keyword: "knife" });
});
after(() => server.dispose());

for (const [name, list] of Object.entries(transports))
  test(`by ${name} an agent hears of their stream, another agent and a member don't`, async () => {
    const options = { transports: list };
    const agent = await connect(omar, "/notifications", options);
    const other = await connect(sara, "/notifications", options);
    const member = await connect(visitor, "/notifications", options);
    const staff = await connect(keeper, "/", { ...options, query: { dialect: "monitor" } });
    await service("POST", `/api/v1/streams/${stream.id}/state`, { state: "offline" });
    await service("POST", `/api/v1/streams/${stream.id}/state`, { state: "monitoring" });
    for (const peer of [agent, staff]) {
      assert.deepEqual(await peer.next("stream_status", (it) => it.status === "monitoring"), {
        stream_id: stream.id,
        status: "monitoring",
      });
      const update = await peer.next("stream_update");
      assert.deepEqual([update.id, update.action, update.streamer_username], [stream.id, "status_update", "rehana"]);
    }
    const said = await service("POST", `/api/v1/streams/${stream.id}/chat`, {
      lines: [{ username: `ali-${name}`, text: `${name}: who sells a kn1fe` }],
    });
    assert.equal(said.body.detections.length, 1);
    for (const peer of [agent, staff]) {
      const told = await peer.next("notification", (it) => it.details.username === `ali-${name}`);
      assert.equal(told.event_type, "chat_keyword_detection");
      assert.deepEqual(told.details.keyword, ["knife"]);
      assert.equal(told.streamer, "rehana");
      assert.equal(told.assigned_agent, "omar");
      assert.equal(told.read, false);
    }
    for (const peer of [other, member]) {
      await settle(peer);
      assert.ok(!has(peer, "notification") && !has(peer, "stream_status"));
    }
    for (const peer of [agent, other, member, staff]) peer.close();
  });

test("rooms are one's own, and what one may not see is not there", async () => {
  const agent = await connect(omar);
  const ids = Object.fromEntries(
    (await keeper.request("GET", "/api/agents")).body.map((each) => [each.username, each.id]),
  );
  for (const room of [`user_${ids.omar}`, "role_agent", `stream_${stream.id}`]) {
    agent.emit("join", { room });
    assert.deepEqual(await agent.next("room_joined"), { room });
    agent.emit("leave", { room });
    assert.deepEqual(await agent.next("room_left"), { room });
  }
  for (const room of [`user_${ids.sara}`, "role_admin", "stream_nowhere", "lobby"]) {
    agent.emit("join", { room });
    assert.equal((await agent.next("error")).code, "unknown_room");
  }
  agent.emit("subscribe_to_stream", { stream_id: stream.id });
  assert.equal((await agent.next("subscription_success")).stream_id, stream.id);
  agent.close();
  const other = await connect(sara);
  other.emit("subscribe_to_stream", { stream_id: stream.id });
  assert.equal((await other.next("error")).code, "not_found");
  other.close();
});

test("direct messages, typing and presence go through /messages", async () => {
  // Who hasn't been here yet comes at once; who left a moment ago hasn't gone yet.
  const [bilal, ayesha] = [await Client.register(server, "bilal"), await Client.register(server, "ayesha")];
  const first = await connect(bilal, "/messages");
  const second = await connect(ayesha, "/messages");
  await first.next("user_status", (it) => it.username === "ayesha" && it.online);
  first.emit("typing", { receiver_username: "ayesha", typing: true });
  assert.deepEqual(await second.next("typing"), { sender_username: "bilal", typing: true });
  const acknowledged = await first.ask("message", {
    receiver_username: "ayesha",
    message: "look at this",
  });
  assert.equal(acknowledged.ok, true);
  for (const peer of [first, second]) {
    const message = await peer.next("message");
    assert.equal(message.message, "look at this");
    assert.deepEqual([message.sender_username, message.receiver_username], ["bilal", "ayesha"]);
    assert.equal(message.is_system, false);
  }
  // What is refused is said in the namespace that asked.
  first.emit("message", { receiver_username: "nobody", message: "hello" });
  assert.equal((await first.next("error")).code, "not_found");
  first.close();
  second.close();
});

test("an event that a program pushes reaches whom it is for", async () => {
  const agent = await connect(omar, "/notifications");
  const other = await connect(sara, "/notifications");
  const push = (event, data, name_space) =>
    service("POST", "/api/forward-socketio", { event, data, namespace: name_space });
  assert.equal(
    (await push("notification", { id: "7", room_url: stream.room_url }, "/notifications")).body.status,
    "success",
  );
  assert.equal((await agent.next("notification", (it) => it.id === "7")).room_url, stream.room_url);
  await settle(other);
  assert.ok(!has(other, "notification"));
  const reader = await connect(sara, "/messages");
  await push("message", { id: "8", receiver_username: "sara", message: "from a program" }, "/messages");
  assert.equal((await reader.next("message", (it) => it.id === "8")).message, "from a program");
  for (const peer of [agent, other, reader]) peer.close();
});

test("reading, forwarding and deleting are told to whom they concern", async () => {
  const agent = await connect(omar, "/notifications");
  const other = await connect(sara, "/notifications");
  const { notifications } = (await omar.request("GET", "/api/notifications")).body;
  const { id } = notifications.find((each) => each.event_type === "chat_keyword_detection");
  await omar.request("PUT", `/api/notifications/${id}/read`, {});
  assert.deepEqual(await agent.next("notification_update"), { id, type: "read" });
  const { body: agents } = await keeper.request("GET", "/api/agents");
  const to = agents.find((each) => each.username === "sara").id;
  assert.equal((await keeper.request("POST", `/api/notifications/${id}/forward`, { agent_id: to })).status, 200);
  assert.deepEqual(await other.next("notification_update"), { id, type: "forwarded" });
  await omar.request("DELETE", `/api/notifications/${id}`);
  assert.deepEqual(await agent.next("notification_update", (it) => it.type === "deleted"), { id, type: "deleted" });
  assert.equal((await sara.request("GET", `/api/notifications/${id}`)).status, 200);
  agent.close();
  other.close();
});

test("an agent whose assignment ended hears nothing more", async () => {
  const agent = await connect(omar, "/notifications");
  const { assignments } = (await keeper.request("GET", `/api/assignments?stream_id=${stream.id}`)).body;
  for (const each of assignments) await keeper.request("DELETE", `/api/assignments/${each.id}`);
  await agent.next("notification", (it) => it.event_type === "stream_unassigned");
  await service("POST", `/api/v1/streams/${stream.id}/state`, { state: "offline" });
  await settle(agent);
  assert.ok(!has(agent, "stream_status"));
  agent.close();
});
