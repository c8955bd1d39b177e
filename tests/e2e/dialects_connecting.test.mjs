// Who may connect to /socket.io/, over each transport: proofs of identity, origins, limits, sanctions.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";
import { Peer, transports } from "./support/socketio.mjs";

const foreign = "https://class.example";
let server, keeper, ayesha, bilal, cookie;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits", "--cors-origin", foreign] });
  keeper = await Client.login(server, "keeper");
  ayesha = await Client.register(server, "ayesha");
  bilal = await Client.register(server, "bilal");
  const login = await request(server, "POST", "/auth/simple_login", {
    username: "ayesha",
    password: "correct horse battery",
  });
  cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .find((pair) => pair.startsWith("soyuz_session"));
});
after(() => server.dispose());

for (const [name, list] of Object.entries(transports)) {
  describe(`by ${name}`, () => {
    const proofs = {
      "auth.token": () => ({ auth: { token: ayesha.token } }),
      "the query’s token": () => ({ query: { token: ayesha.token } }),
      "an Authorization header": () => ({ extraHeaders: { authorization: `Bearer ${ayesha.token}` } }),
      "the session’s cookie": () => ({ extraHeaders: { cookie } }),
    };
    for (const [proof, options] of Object.entries(proofs)) {
      test(`${proof} says who speaks`, async () => {
        const peer = await new Peer(server, { transports: list, ...options() }).connected;
        assert.deepEqual(await peer.ask("heartbeat", {}), { ok: true });
        peer.emit("join", { username: "ayesha" });
        assert.equal((await peer.next("message", (it) => it.is_system)).is_system, true);
        peer.close();
      });
    }

    test("without one, or with a bad one, nobody connects", async () => {
      for (const options of [
        {},
        { auth: { token: "none" } },
        { auth: { token: 7 } },
        { auth: { token: "none" }, extraHeaders: { cookie } },
        { query: { token: "none" }, extraHeaders: { cookie } },
      ]) {
        const error = await Peer.refusal(server, { transports: list, ...options });
        assert.equal(error.message, "Sign in first.");
        assert.equal(error.data.code, "not_signed_in");
      }
    });

    test("a user name in the query must be one’s own", async () => {
      const options = { transports: list, auth: { token: ayesha.token } };
      const error = await Peer.refusal(server, { ...options, query: { username: "bilal" } });
      assert.equal(error.data.code, "forbidden");
      const peer = await new Peer(server, { ...options, query: { username: "AYESHA" } }).connected;
      peer.close();
    });

    test("what isn’t known, or claims another sender, is refused", async () => {
      const peer = await Peer.connect(server, ayesha.token, { transports: list });
      const cases = [
        ["no_such_event", {}, "bad_request"],
        ["new_message", { content: "to nowhere" }, "bad_request"],
        ["new_message", { channel_id: "nowhere", content: "hello" }, "unknown_room"],
        ["join_channel", { channel_id: "nowhere" }, "unknown_room"],
        ["typing", { channel_id: "lobby", is_typing: true }, "not_a_member"],
        ["send_message", { receiver: "bilal", message: "hello", sender: "keeper" }, "forbidden"],
        ["send_message", { receiver: "nobody", message: "hello" }, "not_found"],
        ["send_message", { receiver: "bilal", message: 7 }, "bad_request"],
        ["join", { username: "bilal" }, "forbidden"],
        ["new_message", { channel_id: "lobby", message: { content: "hi", sender: "bilal" } }, "forbidden"],
        ["mark_as_read", { message_ids: "all" }, "bad_request"],
      ];
      for (const [event, data, code] of cases) {
        const answer = await peer.ask(event, data);
        assert.equal(answer.ok, false, event);
        assert.equal(answer.code, code, `${event} ${JSON.stringify(data)}`);
        const error = await peer.next("error");
        assert.equal(error.code, code);
        assert.equal(typeof error.message, "string");
        assert.equal(error.error, error.message);
      }
      peer.close();
    });

    test("a session that ends takes its connections along", async () => {
      const user = await Client.register(server, `leaving-${name}`);
      const peer = await Peer.connect(server, user.token, { transports: list });
      assert.ok((await user.request("POST", "/api/v1/logout")).status < 300);
      await peer.disconnected;
      assert.equal((await Peer.refusal(server, { auth: { token: user.token } })).data.code, "not_signed_in");
    });

    test("a ban says until when and why, and closes", async () => {
      const user = await Client.register(server, `banned-${name}`);
      const peer = await Peer.connect(server, user.token, { transports: list });
      const ban = { username: `banned-${name}`, minutes: 10, reason: "flooding" };
      assert.ok((await keeper.request("POST", "/api/v1/bans", ban)).status < 300);
      const news = await peer.next("banned");
      assert.equal(news.reason, "flooding");
      assert.ok(news.until);
      assert.equal(await peer.disconnected, "io server disconnect");
      const { code } = (await Peer.refusal(server, { auth: { token: user.token } })).data;
      assert.ok(["banned", "not_signed_in"].includes(code), code);
    });
  });
}

describe("origins", () => {
  const poll = (headers, query = "") => fetch(`${server.url}/socket.io/?EIO=4&transport=polling${query}`, { headers });

  test("pages of another site are refused, those that were let in read the answers", async () => {
    assert.equal((await poll({ origin: "https://other.example" })).status, 403);
    const own = await poll({ origin: server.url });
    assert.equal(own.status, 200);
    assert.equal(own.headers.get("access-control-allow-origin"), null);
    const let_in = await poll({ origin: foreign });
    assert.equal(let_in.status, 200);
    assert.equal(let_in.headers.get("access-control-allow-origin"), foreign);
    assert.equal(let_in.headers.get("access-control-allow-credentials"), null);
    assert.match(let_in.headers.get("vary"), /Origin/);
    const refused = await poll({ origin: foreign }, "&sid=none");
    assert.equal(refused.headers.get("access-control-allow-origin"), foreign);
    const preflight = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
      method: "OPTIONS",
      headers: { origin: foreign, "access-control-request-method": "POST" },
    });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get("access-control-allow-methods"), /POST/);
    assert.match(preflight.headers.get("access-control-allow-headers"), /Authorization/);
  });

  test("the cookie counts for no page but our own", async () => {
    for (const list of Object.values(transports)) {
      const headers = { cookie, origin: foreign };
      const error = await Peer.refusal(server, { transports: list, extraHeaders: headers });
      assert.equal(error.data.code, "not_signed_in");
      const peer = await new Peer(server, {
        transports: list,
        extraHeaders: headers,
        auth: { token: bilal.token },
      }).connected;
      peer.close();
    }
  });
});

describe("limits", () => {
  let limited, user;
  before(async () => {
    limited = await Server.start();
    user = await Client.register(limited, "busy");
  });
  after(() => limited.dispose());

  test("one account opens so many connections, whatever the transport, native ones among them", async () => {
    const native = await user.connect();
    const lists = Object.values(transports);
    const peers = [];
    for (let i = 0; i < 19; i++)
      peers.push(await Peer.connect(limited, user.token, { transports: lists[i % lists.length] }));
    const error = await Peer.refusal(limited, { auth: { token: user.token }, transports: ["polling"] });
    assert.equal(error.data.code, "rate_limited");
    for (const peer of peers) peer.close();
    await native.close();
  });

  test("too many events are refused", async () => {
    const peer = await Peer.connect(limited, (await Client.register(limited, "hasty")).token);
    for (let i = 0; i < 150; i++) peer.emit("heartbeat");
    assert.equal((await peer.next("error")).code, "rate_limited");
    peer.close();
  });

  test("a flood of messages ends in the same ban as on our own socket", async () => {
    const peer = await Peer.connect(limited, (await Client.register(limited, "flood")).token);
    for (let i = 0; i < 12; i++) peer.emit("new_message", { channel_id: "lobby", content: `line ${i}` });
    const news = await peer.next("banned");
    assert.equal(news.automatic, true);
    assert.ok(news.until);
    peer.close();
  });
});
