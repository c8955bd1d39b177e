// One conversation: our own socket, a messenger, a client of channels and one of the room hear each other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer } from "./support/socketio.mjs";

let server;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
});
after(() => server.dispose());

test("in the room that everybody is in", async () => {
  const [native, channels, room] = await Promise.all(
    ["native", "channels", "room"].map((name) => Client.register(server, `${name}-user`)),
  );
  const socket = await native.connect();
  await socket.ask({ type: "join", room: "lobby" });
  const channel = await Peer.connect(server, channels.token, { transports: ["polling"] });
  await channel.ask("join_channel", { channel_id: "lobby" });
  const one = await Peer.connect(server, room.token, { transports: ["polling", "websocket"] });
  await one.ask("join", { username: "room-user" });

  const everybody_hears = async (text, author) => {
    const ours = (await socket.next("message", ({ message }) => message.text === text)).message;
    const theirs = await channel.next("message_received", ({ content }) => content === text);
    const line = await one.next("message", ({ msg }) => msg === text);
    assert.deepEqual([ours.sender.username, theirs.author, line.sender_username], [author, author, author]);
    assert.deepEqual([theirs.id, line.id], [ours.id, ours.id]);
    return ours;
  };
  await socket.ask({ type: "message", room: "lobby", text: "from our socket" });
  await everybody_hears("from our socket", "native-user");
  channel.emit("new_message", { channel_id: "lobby", content: "from channels" });
  await everybody_hears("from channels", "channels-user");
  one.emit("message", { msg: "from the room" });
  const last = await everybody_hears("from the room", "room-user");
  await native.request("POST", "/api/v1/rooms/lobby/messages", { text: "by HTTP" });
  const posted = await everybody_hears("by HTTP", "native-user");
  assert.equal(posted.seq, last.seq + 1);

  const history = await native.request("GET", "/api/v1/rooms/lobby/messages?limit=4");
  assert.deepEqual(
    history.body.messages.map(({ text }) => text),
    ["from our socket", "from channels", "from the room", "by HTTP"],
  );
  await socket.ask({ type: "delete", id: posted.id });
  assert.equal((await channel.next("message_deleted")).message_id, posted.id);
  for (const peer of [channel, one]) peer.close();
  await socket.close();
});

test("between two people", async () => {
  const native = await Client.register(server, "native-friend");
  const friend = await Client.register(server, "messenger-friend");
  const third = await Client.register(server, "channels-friend");
  const socket = await native.connect();
  const messenger = await Peer.connect(server, friend.token, { query: { username: "messenger-friend" } });
  const channels = await Peer.connect(server, third.token);

  messenger.emit("send_message", { receiver: "native-friend", message: "hello from a messenger" });
  const { room } = await socket.next("room_added");
  assert.equal((await messenger.next("message_sent")).status, "delivered");
  await socket.ask({ type: "join", room: room.name, after: 0 });
  assert.equal((await socket.next("message")).message.text, "hello from a messenger");
  await socket.ask({ type: "message", room: room.name, text: "hello back" });
  assert.deepEqual(await messenger.next("receive_message").then(({ sender, message }) => [sender, message]), [
    "native-friend",
    "hello back",
  ]);
  messenger.emit("typing", { receiver: "native-friend", is_typing: true });
  assert.equal((await socket.next("typing")).username, "messenger-friend");

  channels.emit("send_direct_message", { receiver_id: friend.user.id, content: "hello from channels" });
  assert.equal((await messenger.next("receive_message")).message, "hello from channels");
  messenger.emit("send_message", { receiver: "channels-friend", message: "to channels" });
  await channels.next("receive_direct_message", ({ content }) => content === "hello from channels");
  assert.equal((await channels.next("receive_direct_message")).content, "to channels");
  for (const peer of [messenger, channels]) peer.close();
  await socket.close();
});

test("a hundred clients of all dialects, over all transports", async () => {
  const users = await Promise.all(
    Array.from({ length: 100 }, (_, i) => Client.register(server, `pupil-${i}`, "correct horse battery")),
  );
  const lists = [["polling"], ["websocket"], ["polling", "websocket"]];
  const peers = await Promise.all(
    users.map((user, i) => Peer.connect(server, user.token, { transports: lists[i % 3] })),
  );
  await Promise.all(
    peers.map((peer, i) =>
      i % 2 ? peer.ask("join_channel", { channel_id: "lobby" }) : peer.ask("join", { username: `pupil-${i}` }),
    ),
  );
  const heard = peers.map((peer, i) =>
    i % 2
      ? peer.next("message_received", ({ content }) => content === "good morning")
      : peer.next("message", ({ msg }) => msg === "good morning"),
  );
  peers[0].emit("message", { msg: "good morning" });
  const ids = new Set((await Promise.all(heard)).map(({ id }) => id));
  assert.equal(ids.size, 1);
  for (const peer of peers) peer.close();
});
