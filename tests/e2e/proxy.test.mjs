// nginx from Debian in front, as a host would put it there.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client, Socket, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "soyuz-proxy-"));
let server, nginx, front;

const freePort = () =>
  new Promise((resolve) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });

before(async () => {
  server = await Server.start({ options: ["--trusted-proxy", "127.0.0.1/32", "--no-rate-limits"] });
  const port = await freePort();
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-keyout",
      join(folder, "key.pem"),
      "-out",
      join(folder, "cert.pem"),
    ],
    { stdio: "ignore" },
  );
  writeFileSync(
    join(folder, "nginx.conf"),
    `
daemon off; pid ${folder}/pid; error_log ${folder}/error.log; user root;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    client_max_body_size 12m;
    location / {
      proxy_pass http://127.0.0.1:${server.port}; proxy_http_version 1.1;
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
  }
}`,
  );
  nginx = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], { stdio: "inherit" });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  front = { url: `https://localhost:${port}`, port };
  for (;;) {
    try {
      await request(front, "GET", "/healthz");
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
after(async () => {
  nginx.kill();
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test("REST and WebSocket work through the proxy, and its https makes cookies secure", async () => {
  const sara = await Client.register(front, "sara");
  const socket = await sara.connect();
  await socket.ask({ type: "join", room: "lobby" });
  const answer = await socket.ask({ type: "message", room: "lobby", text: "through the proxy" });
  assert.equal(answer.type, "ack");
  assert.equal((await socket.next("message")).message.text, "through the proxy");
  await socket.close();
  const page = await fetch(`${front.url}/login`);
  assert.ok(page.headers.get("strict-transport-security"));
  for (const cookie of page.headers.getSetCookie()) assert.match(cookie, /Secure/i);
});

test("an origin of the public address opens a socket, a foreign one does not", async () => {
  const omar = await Client.register(front, "omar");
  const socket = await omar.connect({ headers: { origin: front.url } });
  await socket.close();
  await assert.rejects(omar.connect({ headers: { origin: "https://evil.example" } }));
});

test("a forwarded address is believed from the proxy alone", async () => {
  const strict = await Server.start({ options: ["--trusted-proxy", "127.0.0.1/32"] });
  const login = (address) =>
    request(
      strict,
      "POST",
      "/api/v1/login",
      { username: "nobody", password: "correct horse battery" },
      { "x-forwarded-for": address },
    );
  let limited = 0;
  for (let i = 0; i < 12; i += 1) if ((await login("203.0.113.7")).status === 429) limited += 1;
  assert.ok(limited >= 1);
  assert.equal((await login("203.0.113.8")).status, 401);
  await strict.dispose();
  const open = await Server.start();
  let untrusted = 0;
  for (let i = 0; i < 12; i += 1)
    if (
      (
        await request(
          open,
          "POST",
          "/api/v1/login",
          { username: "nobody", password: "correct horse battery" },
          { "x-forwarded-for": `203.0.113.${i}` },
        )
      ).status === 429
    )
      untrusted += 1;
  assert.ok(untrusted >= 1, "without trust every forwarded address counts for the socket’s own");
  await open.dispose();
});

test("behind a proxy sockets are limited by account and by the client's address", async () => {
  const strict = await Server.start({ options: ["--trusted-proxy", "127.0.0.1/32"] });
  const from = (address) => ({ headers: { "x-forwarded-for": address } });
  const open = async (client, address) => {
    const socket = new Socket(strict, client.token, from(address));
    await socket.opened;
    return socket;
  };
  // The server has yet to see that a socket is closed.
  const eventually = async (act) => {
    for (;;) {
      try {
        return await act();
      } catch {
        continue;
      }
    }
  };
  const people = [];
  for (let i = 0; i < 11; i += 1) {
    const { body } = await request(
      strict,
      "POST",
      "/api/v1/register",
      { username: `person${i}`, password: "correct horse battery" },
      { "x-forwarded-for": `198.51.100.${i + 1}` },
    );
    people.push(new Client(strict, body.access_token, body.user));
  }
  const [sara] = people;
  const sockets = [];
  for (let i = 0; i < 20; i += 1) sockets.push(await open(sara, `203.0.113.${i + 1}`));
  await assert.rejects(open(sara, "203.0.113.99"), /429/);
  await sockets.pop().close();
  sockets.push(await eventually(() => open(sara, "203.0.113.99")));

  for (const person of people.slice(1)) for (let i = 0; i < 20; i += 1) sockets.push(await open(person, "192.0.2.1"));
  await sockets.shift().close();
  await assert.rejects(open(sara, "192.0.2.1"), /429/);
  await eventually(() => open(sara, "192.0.2.2"));
  await strict.dispose();
});
