// The events of clients that know one public room.
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

for (const [name, list] of Object.entries(transports)) {
  test(`joining, talking and leaving by ${name}`, async () => {
    const first = await Peer.connect(server, ayesha.token, { transports: list });
    first.emit("join", { username: "ayesha" });
    assert.deepEqual(await first.next("online_users"), { count: 1 });
    await first.next("message", (it) => it.is_system && it.msg.includes("ayesha"));

    const second = await Peer.connect(server, bilal.token, { transports: list });
    second.emit("join", { username: "bilal" });
    const notice = await first.next("message", (it) => it.msg.includes("bilal"));
    assert.equal(notice.is_system, true);
    await first.next("online_users", (it) => it.count === 2);

    second.emit("message", { msg: `hello by ${name}` });
    for (const peer of [first, second]) {
      const { id, time, ...rest } = await peer.next("message", (it) => !it.is_system);
      assert.match(id, /-\d+$/);
      assert.ok(!Number.isNaN(Date.parse(time)));
      assert.deepEqual(rest, {
        sender_username: "bilal",
        sender_name: "bilal",
        profile_picture: null,
        msg: `hello by ${name}`,
        is_system: false,
      });
    }
    first.emit("typing", {});
    assert.deepEqual(await second.next("user_typing"), { username: "ayesha", is_typing: true });
    first.emit("typing", { is_typing: false });
    assert.deepEqual(await second.next("user_typing"), { username: "ayesha", is_typing: false });

    second.close();
    await first.next("message", (it) => it.is_system && it.msg.includes("left"));
    await first.next("online_users", (it) => it.count === 1);
    first.close();
    await first.disconnected;
  });
}

test("what is blocked reaches nobody, and its author learns why", async () => {
  const author = await Peer.connect(server, ayesha.token);
  const reader = await Peer.connect(server, bilal.token);
  for (const [peer, username] of [
    [author, "ayesha"],
    [reader, "bilal"],
  ])
    assert.deepEqual(await peer.ask("join", { username }), { ok: true });
  const answer = await author.ask("message", { msg: "You're a fucking idiot" });
  assert.equal(answer.code, "message_blocked");
  const error = await author.next("error");
  assert.equal(error.moderation.action, "block");
  author.emit("message", { msg: "sorry" });
  assert.equal((await reader.next("message", (it) => !it.is_system)).msg, "sorry");
  for (const peer of [author, reader]) peer.close();
});

test("the preset strict: so long between two messages, and a ban for the account that floods", async () => {
  const strict = await Server.start();
  const keeper = await Client.login(strict, "keeper");
  assert.equal((await keeper.request("PATCH", "/api/v1/settings", { spam: { preset: "strict" } })).status, 200);
  const hasty = await Peer.connect(strict, (await Client.register(strict, "hasty")).token);
  const calm = await Peer.connect(strict, (await Client.register(strict, "calm")).token);
  hasty.emit("join", { username: "hasty" });
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push((await hasty.ask("message", { msg: `line ${i}` })).code ?? "posted");
  assert.deepEqual(answers, ["posted", "rate_limited", "rate_limited", "banned"]);
  const { until, automatic } = await hasty.next("banned");
  const minutes = (Date.parse(until) - Date.now()) / 60000;
  assert.ok(minutes > 19 && minutes <= 20, `${minutes} minutes`);
  assert.equal(automatic, true);
  // The other one shares the address, as a class does.
  assert.equal((await calm.ask("message", { msg: "still here" })).ok, true);
  for (const peer of [hasty, calm]) peer.close();
  await strict.dispose();
});
