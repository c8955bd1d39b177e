// The events of clients of channels.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer, transports } from "./support/socketio.mjs";

let server, keeper, ayesha, bilal, room;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  keeper = await Client.login(server, "keeper");
  ayesha = await Client.register(server, "ayesha");
  bilal = await Client.register(server, "bilal");
  const made = await keeper.request("POST", "/api/v1/rooms", { name: "physics", title: "Physics", kind: "public" });
  assert.equal(made.status, 201);
  room = made.body;
});
after(() => server.dispose());

for (const [name, list] of Object.entries(transports)) {
  test(`a channel by ${name}: joining, typing, messages, leaving`, async () => {
    const first = await Peer.connect(server, ayesha.token, { transports: list });
    const second = await Peer.connect(server, bilal.token, { transports: list, query: { dialect: "channels" } });
    first.emit("join_channel", { channel_id: "physics" });
    const own = await first.next("status");
    assert.deepEqual([own.username, own.type, own.channel_id], ["ayesha", "join", "physics"]);
    // The other one names the channel by its id, and hears it called so.
    second.emit("join_channel", { channel_id: room.id });
    const joined = await first.next("status");
    assert.deepEqual([joined.username, joined.type, joined.channel_id], ["bilal", "join", "physics"]);
    assert.equal((await second.next("status")).channel_id, room.id);

    first.emit("typing", { channel_id: "physics", is_typing: true });
    assert.deepEqual(await second.next("user_typing"), { username: "ayesha", channel_id: room.id, is_typing: true });

    first.emit("new_message", { channel_id: "physics", message: { id: "temp-1", content: "good morning, everybody" } });
    for (const [peer, channel_id] of [
      [first, "physics"],
      [second, room.id],
    ]) {
      const message = await peer.next("message_received");
      assert.equal(message.author, "ayesha");
      assert.equal(message.channel_id, channel_id);
      assert.equal(message.content, "good morning, everybody");
      assert.equal(message.client_id, "temp-1");
      assert.notEqual(message.id, "temp-1");
      assert.ok(!Number.isNaN(Date.parse(message.created_at)));
      assert.deepEqual(Object.keys(message.moderation).sort(), [
        "action",
        "confidence",
        "reasons",
        "score",
        "severity",
      ]);
      assert.equal(message.moderation.action, "allow");
    }
    await second.next("user_typing", (it) => !it.is_typing);
    // An id of the client's own is given back and no more: with it again, it is another message.
    second.emit("new_message", { channel_id: room.id, message: { id: "temp-1", content: "one" } });
    second.emit("new_message", { channel_id: room.id, message: { id: "temp-1", content: "two" } });
    assert.equal((await first.next("message_received")).content, "one");
    assert.equal((await first.next("message_received")).content, "two");

    second.emit("leave_channel", { channel_id: room.id });
    const left = await first.next("status");
    assert.deepEqual([left.username, left.type], ["bilal", "leave"]);
    first.emit("heartbeat");
    assert.ok((await first.next("heartbeat_ack")).timestamp);
    for (const peer of [first, second]) peer.close();
    await Promise.all([first.disconnected, second.disconnected]);
  });
}

test("verdicts: the author is warned or told, moderators are alerted from the moment they connect", async () => {
  const moderator = await Peer.connect(server, keeper.token);
  const author = await Peer.connect(server, ayesha.token);
  const reader = await Peer.connect(server, bilal.token);
  for (const peer of [author, reader])
    assert.equal((await peer.ask("join_channel", { channel_id: "physics" })).ok, true);

  author.emit("new_message", { channel_id: "physics", content: "This is damn good" });
  const warned = await reader.next("message_received");
  assert.equal(warned.moderation.action, "warn");
  const warning = await author.next("moderation_warning");
  assert.equal(warning.message_id, warned.id);
  assert.ok(warning.warning && warning.reasons.length > 0);

  author.emit("new_message", { channel_id: "physics", content: "Chup kar bewakoof" });
  const flagged = await reader.next("message_received");
  assert.equal(flagged.moderation.action, "flag");
  const alert = await moderator.next("moderation_alert");
  assert.deepEqual(
    [alert.message_id, alert.username, alert.user_id, alert.channel_id, alert.action],
    [flagged.id, "ayesha", ayesha.user.id, "physics", "flagged"],
  );

  const insult = `You're a fucking idiot. ${"The weather is fine today. ".repeat(5)}`;
  author.emit("new_message", { channel_id: "physics", content: insult, client_id: "mine" });
  const blocked = await author.next("message_blocked");
  assert.equal(blocked.appeal_available, true);
  assert.equal(blocked.severity, "high");
  assert.ok(blocked.message_id && blocked.reason);
  const second = await moderator.next("moderation_alert");
  assert.deepEqual([second.action, second.message_id], ["blocked", blocked.message_id]);
  assert.equal(second.content, insult.slice(0, 100));
  assert.deepEqual(reader.heard("message_received"), []);
  assert.deepEqual(reader.heard("moderation_alert"), []);
  for (const peer of [moderator, author, reader]) peer.close();
});

test("direct messages, judged too", async () => {
  const first = await Peer.connect(server, ayesha.token);
  const second = await Peer.connect(server, bilal.token);
  first.emit("join_dm", { user_id: bilal.user.id });
  first.emit("typing_dm", { user_id: bilal.user.id });
  assert.equal((await second.next("user_typing_dm")).username, "ayesha");
  first.emit("send_direct_message", { receiver_id: bilal.user.id, content: "between us" });
  for (const peer of [first, second]) {
    const message = await peer.next("receive_direct_message");
    assert.deepEqual(
      [message.sender_id, message.receiver_id, message.content],
      [ayesha.user.id, bilal.user.id, "between us"],
    );
  }
  first.emit("send_direct_message", { receiver_id: bilal.user.id, content: "I will kill you and your family" });
  assert.deepEqual((await first.next("message_blocked")).reasons, ["threats"]);
  first.emit("leave_dm", { user_id: bilal.user.id });
  first.emit("send_direct_message", { receiver_id: bilal.user.id, content: "later" });
  assert.equal((await second.next("receive_direct_message")).content, "later");
  for (const peer of [first, second]) peer.close();
});

test("nobody hears a private channel that they are not in", async () => {
  const made = await keeper.request("POST", "/api/v1/rooms", { name: "staff", title: "Staff", kind: "private" });
  assert.equal(made.status, 201);
  const stranger = await Peer.connect(server, ayesha.token);
  for (const channel_id of ["staff", made.body.id]) {
    assert.equal((await stranger.ask("join_channel", { channel_id })).code, "unknown_room");
    assert.equal((await stranger.ask("new_message", { channel_id, content: "hello" })).code, "unknown_room");
  }
  stranger.close();
});

test("who is put out of a room hears no more of it, and stays connected", async () => {
  const peer = await Peer.connect(server, bilal.token);
  await peer.ask("join_channel", { channel_id: "physics" });
  assert.ok((await keeper.request("DELETE", "/api/v1/rooms/physics/members/bilal")).status < 300);
  await peer.next("kicked");
  assert.equal((await peer.ask("typing", { channel_id: "physics", is_typing: true })).code, "not_a_member");
  peer.close();
});

test("who comes and goes", async () => {
  const peer = await Peer.connect(server, ayesha.token);
  // Nobody was here as Hina a moment ago: who comes back at once has not been away.
  const hina = await Client.register(server, "hina");
  const other = await Peer.connect(server, hina.token);
  assert.deepEqual(await peer.next("user_status", (it) => it.username === "hina" && it.status === "online"), {
    username: "hina",
    status: "online",
  });
  other.close();
  await peer.next("user_status", (it) => it.username === "hina" && it.status === "offline");
  peer.close();
});
