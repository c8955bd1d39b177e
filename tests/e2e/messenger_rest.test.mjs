// The REST half of a messenger's and a channels' client, with their own field names and statuses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
let server, keeper;

before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  keeper = await Client.login(server, "keeper");
  await keeper.request("PATCH", "/api/v1/settings", { registration: "open" });
});
after(() => server.dispose());

const bearer = (token) => ({ authorization: `Bearer ${token}` });

async function signUp(username) {
  const { status, body } = await request(server, "POST", "/api/register", {
    username,
    password,
    email: `${username}@example.org`,
  });
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(typeof body.msg, "string");
  const signedIn = await request(server, "POST", "/api/login", { email: `${username}@example.org`, password });
  assert.equal(signedIn.status, 200);
  return {
    ...signedIn.body,
    call: (method, path, data) => request(server, method, path, data, bearer(signedIn.body.access_token)),
  };
}

test("tokens rotate, survive a restart, and a stolen one ends them all", async () => {
  const sara = await signUp("sara");
  assert.deepEqual([sara.username, sara.email, sara.role], ["sara", "sara@example.org", "member"]);
  assert.equal((await request(server, "POST", "/api/login", { username: "sara", password: "wrong" })).status, 401);
  const second = await request(server, "POST", "/api/refresh", undefined, bearer(sara.refresh_token));
  assert.equal(second.status, 200);
  await server.restart();
  const third = await request(server, "POST", "/api/refresh", undefined, bearer(second.body.refresh_token));
  assert.equal(third.status, 200);
  assert.equal(
    (await request(server, "GET", "/api/chat/can-chat", undefined, bearer(third.body.access_token))).status,
    200,
  );
  const stolen = await request(server, "POST", "/api/refresh", undefined, bearer(sara.refresh_token));
  assert.equal(stolen.status, 401);
  assert.equal(typeof stolen.body.msg, "string");
  for (const token of [second.body.access_token, third.body.access_token])
    assert.equal((await request(server, "GET", "/api/chat/can-chat", undefined, bearer(token))).status, 401);
  assert.equal(
    (await request(server, "POST", "/api/refresh", undefined, bearer(third.body.refresh_token))).status,
    401,
  );
});

test("a picture is uploaded, posted and commented on; a stranger sees it with the post alone", async () => {
  const [ali, zoya] = [await signUp("ali"), await signUp("zoya")];
  const form = new FormData();
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
    "base64",
  );
  form.set("file", new Blob([png], { type: "image/png" }), "cat.png");
  const sent = await fetch(server.url + "/api/upload-image", {
    method: "POST",
    headers: bearer(ali.access_token),
    body: form,
  });
  assert.equal(sent.status, 201);
  const { url } = await sent.json();
  const look = (who) => fetch(server.url + url, { headers: bearer(who.access_token) }).then(({ status }) => status);
  assert.deepEqual([await look(ali), await look(zoya)], [200, 404]);
  const post = await ali.call("POST", "/api/post", { content: "our cat", url });
  assert.equal(post.status, 201);
  assert.deepEqual([await look(ali), await look(zoya)], [200, 200]);
  const said = await zoya.call("POST", `/api/comment/${post.body.id}`, { content: "lovely" });
  assert.deepEqual([said.status, said.body.isCyberbullying], [200, false]);
  const hurt = await zoya.call("POST", `/api/comment/${post.body.id}`, { content: "You're a fucking idiot" });
  assert.deepEqual([hurt.status, hurt.body.isCyberbullying, hurt.body.published], [200, true, false]);
  await server.restart();
  const comments = await ali.call("GET", `/api/comments/${post.body.id}`);
  assert.deepEqual(
    comments.body.map(({ content, username, is_bullying }) => [content, username, is_bullying]),
    [["lovely", "zoya", false]],
  );
  const own = await ali.call("GET", "/api/post");
  assert.deepEqual(
    own.body.map(({ content, url: at }) => [content, at]),
    [["our cat", url]],
  );
  // It waits for the moderators, as a comment.
  const { body } = await keeper.request("GET", "/api/v1/moderation/cases?author=zoya");
  assert.equal(body.cases[0].occasion, "comment");
  assert.equal(
    (await keeper.request("POST", `/api/v1/moderation/cases/${body.cases[0].id}/decision`, { action: "approve" }))
      .status,
    200,
  );
  assert.equal((await ali.call("GET", `/api/comments/${post.body.id}`)).body.length, 2);
  assert.equal((await zoya.call("GET", "/api/v1/search?q=cat")).body.messages.length, 1);
});

test("the fifth flagged message or comment is the last that goes out, on every way in", async () => {
  const [omar, hina] = [await signUp("omar"), await signUp("hina")];
  const room = (await omar.call("POST", "/api/v1/direct", { username: "hina" })).body.name;
  const hurt = "You're a fucking idiot";
  const post = (await hina.call("POST", "/api/post", { content: "my day" })).body.id;
  for (let i = 1; i <= 3; i += 1) {
    const sent = await omar.call("POST", `/api/v1/rooms/${room}/messages`, { text: hurt });
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
    assert.equal(sent.body.moderation.action, "flag");
  }
  const blocked = await omar.call("POST", `/api/v1/rooms/${room}/messages`, { text: "I will kill you tonight" });
  assert.equal(blocked.status, 403);
  const before = (await omar.call("GET", "/api/chat/can-chat")).body;
  assert.deepEqual([before.can_chat, before.bullying_count], [true, 4]);
  assert.equal((await omar.call("POST", `/api/comment/${post}`, { content: hurt })).status, 200);
  const after_it = (await omar.call("GET", "/api/chat/can-chat")).body;
  assert.deepEqual(
    [after_it.can_chat, after_it.is_blocked, after_it.bullying_count, after_it.breakdown],
    [false, true, 5, { bullying_comments: 1, bullying_messages: 4 }],
  );
  for (const [path, body] of [
    [`/api/v1/rooms/${room}/messages`, { text: "sorry" }],
    ["/api/messages", { channel_id: "lobby", content: "sorry" }],
    [`/api/comment/${post}`, { content: "sorry" }],
    ["/api/post", { content: "sorry" }],
  ])
    assert.equal((await omar.call("POST", path, body)).status, 403, path);
  const seen = (await hina.call("GET", "/api/chat/messages/omar")).body;
  assert.equal(seen.total, 3);
  assert.ok(seen.messages.every((message) => message.is_bullying && message.bullying_probability >= 0.6));
  assert.equal((await hina.call("GET", "/api/chat/bullying-report")).body.received_bullying_count, 3);
  const listed = (await keeper.request("GET", "/api/users/bullying")).body;
  assert.ok(listed.users.some((user) => user.username === "omar" && user.is_blocked));
  assert.equal((await omar.call("GET", "/api/users/bullying")).status, 403);
});

test("the four sentences of the channels, and what is clean", async () => {
  const amna = await signUp("amna");
  const check = async (text) => (await amna.call("POST", "/api/agents/moderation/check", { text })).body.moderation;
  for (const [text, action, severity] of [
    ["Hello world", "allow", "none"],
    ["This is damn good", "warn", "low"],
    ["You're a fucking idiot", "block", "high"],
    ["Chup kar bewakoof", "flag", "medium"],
    ["I hate Mondays", "allow", "none"],
    ["she killed it at the show", "allow", "none"],
  ]) {
    const verdict = await check(text);
    assert.deepEqual([text, verdict.action, verdict.severity], [text, action, severity]);
  }
  const posted = await amna.call("POST", "/api/messages", { channel_id: "lobby", content: "Hello world" });
  assert.equal(posted.status, 201);
  assert.equal(posted.body.moderation.action, "allow");
  const blocked = await amna.call("POST", "/api/messages/send", {
    channel_id: "lobby",
    content: "You're a fucking idiot",
  });
  assert.equal(blocked.status, 403);
  assert.equal(typeof blocked.body.error, "string");
  assert.equal(blocked.body.moderation.blocked, true);
});

test("both sides of a conversation hear how far the other has come", async () => {
  const [nida, bilal] = [await Client.register(server, "nida"), await Client.register(server, "bilal")];
  const room = (await nida.request("POST", "/api/v1/direct", { username: "bilal" })).body.name;
  const socket = await nida.connect();
  await socket.ask({ type: "join", room });
  await nida.request("POST", `/api/v1/rooms/${room}/messages`, { text: "are you there?" });
  const marks = async () =>
    Object.fromEntries(
      (await nida.request("GET", `/api/v1/rooms/${room}/marks`)).body.marks.map((mark) => [
        mark.username,
        [mark.delivered_seq, mark.read_seq],
      ]),
    );
  assert.deepEqual((await marks()).bilal, [0, 0]);
  const other = await bilal.connect();
  assert.equal((await socket.next("delivered", (event) => event.username === "bilal")).seq, 1);
  await nida.request("POST", `/api/v1/rooms/${room}/messages`, { text: "hello?" });
  assert.equal((await socket.next("delivered", (event) => event.username === "bilal")).seq, 2);
  await bilal.request("POST", `/api/v1/rooms/${room}/read`, { seq: 2 });
  await socket.next("read", (event) => event.username === "bilal" && event.seq === 2);
  await other.close();
  await server.restart();
  assert.deepEqual((await marks()).bilal, [2, 2]);
});
