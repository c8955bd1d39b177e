// The stock client in its versions, against the protocol's test endpoints and each dialect, over each transport.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { io as newest } from "socket.io-client";
import { io as older } from "socket.io-client-4.5.4";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer, transports } from "./support/socketio.mjs";

let server, bare, keeper;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  bare = await Server.start({ options: ["--test-endpoints"] });
  keeper = await Client.login(server, "keeper");
});
after(() => Promise.all([server.dispose(), bare.dispose()]));

for (const [version, io] of Object.entries({ 4.8: newest, "4.5.4": older })) {
  for (const [name, list] of Object.entries(transports)) {
    describe(`socket.io-client ${version} by ${name}`, () => {
      // People of their own: whoever has offended before is answered otherwise.
      const number = `${version}-${name}`.replaceAll(".", "-");
      const [author, friend] = [`ayesha-${number}`, `bilal-${number}`];
      let ayesha, bilal;
      before(async () => {
        [ayesha, bilal] = [await Client.register(server, author), await Client.register(server, friend)];
      });
      const connect = (user, options = {}) => Peer.connect(server, user.token, { io, transports: list, ...options });

      test("namespaces, acknowledgements and binary go there and back", async () => {
        for (const namespace of ["/", "/custom"]) {
          const peer = await new Peer(bare, { io, namespace, transports: list, auth: { token: "abc" } }).connected;
          assert.deepEqual(await peer.next("auth"), { token: "abc" });
          const bytes = Buffer.from([1, 2, 3, 255]);
          peer.emit("message", { text: "hé", bytes });
          const back = await peer.next("message-back");
          assert.deepEqual([back.text, [...new Uint8Array(back.bytes)]], ["hé", [1, 2, 3, 255]]);
          assert.deepEqual(await peer.ask("message-with-ack", [1, "2", false]), [1, "2", false]);
          peer.close();
        }
        const refused = await Peer.refusal(bare, { io, namespace: "/unknown", transports: list });
        assert.equal(refused.message, "Invalid namespace");
      });

      test("a client of channels posts, is warned, blocked and heard", async () => {
        const [writer, reader, staff] = [await connect(ayesha), await connect(bilal), await connect(keeper)];
        for (const each of [writer, reader]) await each.ask("join_channel", { channel_id: "lobby" });
        writer.emit("new_message", { channel_id: "lobby", content: `Hello world by ${name} ${version}` });
        const heard = await reader.next("message_received", ({ content }) => content.startsWith("Hello world"));
        assert.deepEqual([heard.author, heard.moderation.action], [author, "allow"]);
        writer.emit("new_message", { channel_id: "lobby", content: "This is damn good" });
        assert.ok((await writer.next("moderation_warning")).reasons.length > 0);
        writer.emit("new_message", { channel_id: "lobby", content: "You're a fucking idiot" });
        assert.equal((await writer.next("message_blocked")).appeal_available, true);
        assert.equal((await staff.next("moderation_alert")).action, "blocked");
        writer.emit("typing", { channel_id: "lobby", is_typing: true });
        assert.equal((await reader.next("user_typing")).username, author);
        for (const each of [writer, reader, staff]) each.close();
      });

      test("a messenger's message is delivered, and saved for whoever is away", async () => {
        const one = await connect(ayesha, { query: { username: author } });
        const two = await connect(bilal, { query: { username: friend } });
        one.emit("send_message", { sender: author, receiver: friend, message: `by ${name}` });
        const got = await two.next("receive_message");
        assert.deepEqual([got.sender, got.message, got.is_bullying], [author, `by ${name}`, false]);
        assert.deepEqual(await one.next("message_sent").then(({ id, status }) => [id, status]), [got.id, "delivered"]);
        two.emit("mark_as_read", { message_ids: [got.id] });
        assert.deepEqual(await two.next("messages_marked_read"), { count: 1 });
        one.emit("send_message", { receiver: "keeper", message: "for later" });
        assert.equal((await one.next("message_sent")).status, "saved");
        for (const each of [one, two]) each.close();
      });

      test("the one room's clients hear each other and the count", async () => {
        const [one, two] = [await connect(ayesha), await connect(bilal)];
        one.emit("join", { username: author });
        two.emit("join", { username: friend });
        await two.next("online_users", ({ count }) => count >= 2);
        one.emit("message", { msg: `in the room by ${name}` });
        for (const each of [one, two]) {
          const said = await each.next("message", ({ msg }) => msg === `in the room by ${name}`);
          assert.deepEqual([said.sender_username, said.is_system], [author, false]);
        }
        for (const each of [one, two]) each.close();
      });

      test("it comes back by itself when its connection breaks", async () => {
        const peer = await connect(ayesha, { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 50 });
        await peer.ask("join_channel", { channel_id: "lobby" });
        const back = new Promise((resolve) => peer.socket.once("connect", resolve));
        peer.socket.io.engine.close();
        await back;
        // What an older version doesn't know about recovery, it does without.
        assert.equal((await peer.ask("join_channel", { channel_id: "lobby" })).ok, true);
        peer.close();
      });
    });
  }
}
