// Notifications that leave the server: mail to an SMTP server, Telegram to a stub of its bot API.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { connect, createServer as listen } from "node:net";
import { after, before, test } from "node:test";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const key = "a key of programs";
const token = "12345:secret-token";
let server, keeper, omar, stream, mail, bot;

const free_port = () =>
  new Promise((resolve) => {
    const probe = listen().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** aiosmtpd of Debian, printing what comes. */
async function start_mail() {
  const port = await free_port();
  const process = spawn("/usr/bin/python3", ["-u", "-m", "aiosmtpd", "-n", "-l", `127.0.0.1:${port}`]);
  const box = { port, process, output: "", waiting: [] };
  process.stdout.on("data", (chunk) => {
    box.output += chunk;
    for (const each of [...box.waiting]) each();
  });
  while (process.exitCode === null) {
    const is_up = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)));
      socket.once("error", () => resolve(false));
    });
    if (is_up) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  box.next = (what) =>
    new Promise((resolve) => {
      const look = () => {
        if (!what.test(box.output)) return;
        box.waiting = box.waiting.filter((each) => each !== look);
        resolve(box.output);
      };
      box.waiting.push(look);
      look();
    });
  return box;
}

/** A bot API: takes what is sent, and gives what people write. */
async function start_bot() {
  const api = { sent: [], updates: [], waiting: [], polls: [], paths: new Set() };
  api.http = createServer((asked, answer) => {
    let body = "";
    asked.on("data", (chunk) => (body += chunk));
    asked.on("end", () => {
      api.paths.add(asked.url);
      const give = (result) => answer.end(JSON.stringify({ ok: true, result }));
      const data = JSON.parse(body || "{}");
      if (asked.url === `/bot${token}/sendMessage`) {
        api.sent.push(data);
        for (const each of [...api.waiting]) each();
        return give({});
      }
      if (asked.url !== `/bot${token}/getUpdates`) {
        answer.statusCode = 404;
        return answer.end(JSON.stringify({ ok: false }));
      }
      const left = () => api.updates.filter((each) => each.update_id >= data.offset);
      if (left().length > 0) return give(left());
      api.polls.push(() => give(left()));
    });
  });
  await new Promise((resolve) => api.http.listen(0, "127.0.0.1", resolve));
  api.port = api.http.address().port;
  let id = 100;
  api.write = (text, chat = 777, type = "private") => {
    api.updates.push({ update_id: ++id, message: { text, chat: { id: chat, type } } });
    for (const each of api.polls.splice(0)) each();
  };
  api.next = (fits) =>
    new Promise((resolve) => {
      const look = () => {
        const at = api.sent.findIndex(fits);
        if (at < 0) return;
        api.waiting = api.waiting.filter((each) => each !== look);
        resolve(api.sent.splice(at, 1)[0]);
      };
      api.waiting.push(look);
      look();
    });
  return api;
}

before(async () => {
  [mail, bot] = await Promise.all([start_mail(), start_bot()]);
  server = await Server.start({ options: ["--no-rate-limits", "--service-key", key] });
  keeper = await Client.login(server, "keeper");
  await keeper.request("POST", "/api/v1/agents", {
    username: "omar",
    password: "correct horse battery",
    email: "omar@example.org",
  });
  omar = await Client.login(server, "omar");
  stream = (await keeper.request("POST", "/api/v1/streams", { platform: "elsewhere", streamer_username: "rehana" }))
    .body;
  await keeper.request("POST", "/api/v1/streams/keywords", { keyword: "knife" });
  const set = await keeper.request("PATCH", "/api/v1/streams/settings", {
    outward: {
      mail: { server: `smtp://127.0.0.1:${mail.port}`, from: "soyuz@example.org" },
      telegram: { base: `http://127.0.0.1:${bot.port}`, token },
    },
  });
  assert.equal(set.status, 200);
  assert.ok(!JSON.stringify(set.body).includes("secret-token"));
  await request(server, "POST", `/api/v1/streams/${stream.id}/state`, { state: "monitoring" }, bearer);
});
const bearer = { authorization: `Bearer ${key}` };
after(async () => {
  await server.dispose();
  mail.process.kill();
  bot.http.closeAllConnections();
  bot.http.close();
});

test("an account is linked by a code, and commands answer in its chat alone", async () => {
  bot.write("/list", 999);
  assert.match((await bot.next((it) => it.chat_id === "999")).text, /\/link/);
  const { code } = (await omar.request("POST", "/api/v1/notifications/ways/telegram-code")).body;
  bot.write(`/link ${code}`);
  assert.match((await bot.next((it) => it.chat_id === "777")).text, /linked/);
  assert.equal((await omar.request("GET", "/api/v1/notifications/ways")).body.linked, true);
  bot.write(`/link ${code}`, 998);
  assert.match((await bot.next((it) => it.chat_id === "998")).text, /not good any more/);
});

test("what is found reaches the agent in the page, by mail and by Telegram, without what was written", async () => {
  assert.equal((await omar.request("PATCH", "/api/v1/notifications/ways", { mail: true })).status, 200);
  const said = await request(
    server,
    "POST",
    `/api/v1/streams/${stream.id}/chat`,
    { lines: [{ username: "ali", text: "a secret knife here" }] },
    bearer,
  );
  assert.equal(said.body.detections.length, 1);
  const told = await bot.next((it) => it.chat_id === "777" && it.text.includes("chat keyword detection"));
  assert.ok(told.text.includes("rehana") && !told.text.includes("knife"));
  const output = await mail.next(/To: <omar@example.org>[\s\S]*Subject:[\s\S]*base64[\s\S]*END MESSAGE/);
  assert.match(output, /From: <soyuz@example.org>/);
  const { notifications } = (await omar.request("GET", "/api/v1/notifications")).body;
  const { id } = notifications.find((each) => each.event_type === "chat_keyword_detection");
  bot.write("/list");
  assert.ok((await bot.next((it) => it.text.includes(id))).text.length < 4096);
  bot.write(`/read ${id}`);
  await bot.next((it) => it.text === "It is marked as read.");
  assert.equal((await omar.request("GET", `/api/v1/notifications/${id}`)).body.read, true);
  bot.write(`/forward ${id} keeper`);
  await bot.next((it) => it.text === "It is forwarded.");
});

test("a trial is sent, or says why not", async () => {
  await keeper.request("PATCH", "/api/v1/me", { email: "keeper@example.org" });
  const sent = await keeper.request("POST", "/api/v1/streams/settings/test/mail");
  assert.equal(sent.status, 200);
  await mail.next(/To: <keeper@example.org>/);
  const unlinked = await keeper.request("POST", "/api/v1/streams/settings/test/telegram");
  assert.equal(unlinked.status, 404);
  assert.match(unlinked.body.message, /linked to no chat/);
});

test("no token and no password stands in what the server says", () => {
  assert.ok(!server.output.includes("secret-token"));
});
