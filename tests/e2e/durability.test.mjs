import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { killRepeatedly } from "../faults/kill.mjs";
import { Client, request } from "./support/client.mjs";
import { binary, Server } from "./support/server.mjs";

test("six kills under load lose, double and reorder no acknowledged message", async () => {
  const { acknowledged } = await killRepeatedly(6);
  assert.ok(acknowledged > 50, String(acknowledged));
});

test("no acknowledgement leaves before the fsync of its record", async () => {
  const server = await Server.start({ options: ["--no-rate-limits"] });
  const sara = await Client.register(server, "sara");
  const socket = await sara.connect();
  const trace = join(server.folder, "trace");
  const strace = spawn(
    "strace",
    [
      "-f",
      "-qq",
      "-s",
      "400",
      "-e",
      "trace=fdatasync,fsync,write,writev,pwrite64,send,sendto,sendmsg",
      "-o",
      trace,
      "-p",
      String(server.process.pid),
    ],
    { stdio: "ignore" },
  );
  while (!existsSync(trace)) await new Promise((resolve) => setTimeout(resolve, 50));
  // strace has attached once a request shows in its file.
  while (!readFileSync(trace, "utf8").includes("HTTP/1.1")) await request(server, "GET", "/healthz");
  for (let i = 0; i < 5; i += 1)
    assert.equal((await socket.ask({ type: "message", room: "lobby", text: `traced ${i}` })).type, "ack");
  strace.kill("SIGINT");
  await new Promise((resolve) => strace.once("exit", resolve));
  const lines = readFileSync(trace, "utf8").split("\n");
  for (let i = 0; i < 5; i += 1) {
    const written = lines.findIndex((line) => line.includes(`traced ${i}`));
    const acknowledged = lines.findIndex(
      (line, index) => index > written && /"?ack/.test(line) && /send|write/.test(line),
    );
    assert.ok(written >= 0 && acknowledged > written, `message ${i}: ${written} ${acknowledged}`);
    const between = lines.slice(written, acknowledged);
    assert.ok(
      between.some((line) => /f(data)?sync/.test(line) && / = 0$/.test(line)),
      between.join("\n"),
    );
  }
  await server.dispose();
});

test("a full disk makes the server read-only, and space makes it whole again", async () => {
  // A limit on the size of files is how a disk fills up for one process alone: writes beyond it fail.
  const server = await Server.start({ options: ["--no-rate-limits"] });
  const sara = await Client.register(server, "sara");
  const limit = (bytes) => {
    const done = spawnSync("prlimit", [`--fsize=${bytes}`, "--pid", String(server.process.pid)], { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  };
  const post = (text) => sara.request("POST", "/api/v1/rooms/lobby/messages", { text });
  assert.equal((await post("before")).status, 201);
  limit("1:unlimited");
  const refused = await post("while full");
  assert.equal(refused.status, 503, JSON.stringify(refused.body));
  assert.equal(refused.body.error, "read_only");
  assert.equal((await request(server, "GET", "/healthz")).status, 503);
  assert.equal((await sara.request("GET", "/api/v1/rooms/lobby/messages")).body.messages.length, 1);
  limit("unlimited:unlimited");
  while ((await request(server, "GET", "/healthz")).status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await post("after")).status, 201);
  await server.restart("SIGKILL");
  const texts = (await sara.request("GET", "/api/v1/rooms/lobby/messages")).body.messages.map(({ text }) => text);
  assert.deepEqual(texts, ["before", "after"]);
  assert.equal(await server.stop(), 0);
  assert.equal(spawnSync(binary, ["check", join(server.folder, "data")]).status, 0);
  await server.dispose();
});
