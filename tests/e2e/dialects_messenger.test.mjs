// The events of messengers: direct messages, receipts, typing, presence.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer, transports } from "./support/socketio.mjs";

let server;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
});
after(() => server.dispose());

const messenger = (user, list) =>
  Peer.connect(server, user.token, { query: { username: user.user.username }, transports: list });

for (const [name, list] of Object.entries(transports)) {
  test(`a conversation by ${name}`, async () => {
    const [ayesha, bilal] = [
      await Client.register(server, `ayesha-${name}`),
      await Client.register(server, `bilal-${name}`),
    ];
    const [her, him] = [ayesha.user.username, bilal.user.username];
    const first = await messenger(ayesha, list);
    await first.next("online_users", (it) => it.length === 1 && it[0] === her);
    await first.next("user_joined", (it) => it === her);

    first.emit("send_message", { sender: her, receiver: him, message: "are you there?", timestamp: "now" });
    const saved = await first.next("message_sent");
    assert.equal(saved.status, "saved");
    assert.equal(saved.is_bullying, false);

    const second = await messenger(bilal, list);
    await first.next("user_joined", (it) => it === him);
    assert.deepEqual((await first.next("online_users", (it) => it.length === 2)).sort(), [her, him].sort());

    first.emit("typing", { receiver: him, is_typing: true });
    const typing = await second.next("user_typing");
    assert.deepEqual([typing.sender, typing.is_typing], [her, true]);

    first.emit("send_message", { receiver: him, message: `good morning, number ${name.length}` });
    const sent = await first.next("message_sent");
    const received = await second.next("receive_message");
    assert.equal(sent.status, "delivered");
    const { timestamp, bullying_probability, ...rest } = received;
    assert.ok(!Number.isNaN(Date.parse(timestamp)));
    assert.ok(bullying_probability >= 0 && bullying_probability <= 1);
    assert.deepEqual(rest, {
      id: sent.id,
      sender: her,
      receiver: him,
      message: `good morning, number ${name.length}`,
      is_bullying: false,
    });

    second.emit("mark_as_read", { message_ids: [saved.id, sent.id, sent.id, "nonsense", 7] });
    assert.deepEqual(await second.next("messages_marked_read"), { count: 2 });
    second.emit("mark_as_read", { message_ids: [saved.id, sent.id] });
    assert.deepEqual(await second.next("messages_marked_read"), { count: 0 });
    first.emit("mark_as_read", { message_ids: [saved.id, sent.id] });
    assert.deepEqual(await first.next("messages_marked_read"), { count: 0 });

    first.emit("send_message", { sender: him, receiver: him, message: "as somebody else" });
    assert.equal((await first.next("error")).code, "forbidden");

    second.close();
    await first.next("user_left", (it) => it === him);
    assert.deepEqual(await first.next("online_users", (it) => it.length === 1), [her]);
    first.close();
    await first.disconnected;
  });
}

test("messages that come one upon another keep their order, the first ones too", async () => {
  const [one, two] = [await Client.register(server, "order-one"), await Client.register(server, "order-two")];
  const [first, second] = [await messenger(one), await messenger(two)];
  for (let i = 0; i < 20; i++) first.emit("send_message", { receiver: "order-two", message: `line ${i}` });
  for (let i = 0; i < 20; i++) assert.equal((await second.next("receive_message")).message, `line ${i}`);
  for (const peer of [first, second]) peer.close();
});
