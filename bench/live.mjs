// What a broadcast costs: a publisher of 1.1 Mbit/s, 200 viewers and more, the chat beside it; the same through the
// simplest relay on `ws`. usage: ./dev bench live [VIEWERS…]
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import WebSocket from "ws";
import { recordFigures } from "./figures.mjs";
import { start } from "./servers.mjs";
import { head, slice, sliceMs } from "../tests/e2e/support/webm.mjs";

const layers = { high: 1_100_000, low: 150_000 };
const secondsEach = Number(process.env.SECONDS_EACH ?? 10);

function publish(socket, bits, prefix) {
  let time = 0;
  const send = (bytes) => socket.send(Buffer.concat([prefix, bytes]));
  send(head);
  const timer = setInterval(() => {
    send(slice(time, bits));
    time += sliceMs;
  }, sliceMs);
  return () => clearInterval(timer);
}

/** A viewer who only counts what comes. */
const view = (port, path, token, from) =>
  new Promise((resolve, reject) => {
    const viewer = { bytes: 0 };
    const socket = connect({ port, host: "127.0.0.1", localAddress: from }, () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
          `${token ? `Authorization: Bearer ${token}\r\n` : ""}\r\n`,
      );
    });
    socket.once("data", (data) => {
      if (!String(data).startsWith("HTTP/1.1 101")) return reject(new Error(String(data).split("\r\n")[0]));
      resolve(viewer);
    });
    socket.on("data", (data) => (viewer.bytes += data.length));
    socket.on("error", reject);
    viewer.end = () => socket.destroy();
  });

const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const megabytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

const api = async (port, method, path, token, body) => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

const open = (url, token) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });

/** The median time from a post to its event at another socket, in ms. */
async function chatLatency(port, token, count) {
  const [from, to] = await Promise.all([
    open(`ws://127.0.0.1:${port}/ws`, token),
    open(`ws://127.0.0.1:${port}/ws`, token),
  ]);
  for (const each of [from, to]) each.send('{"type":"join","room":"stage"}');
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const began = process.hrtime.bigint();
    const heard = new Promise((resolve) => {
      const listen = (data) => {
        if (!String(data).includes(`"measure ${i}"`)) return;
        to.off("message", listen);
        resolve();
      };
      to.on("message", listen);
    });
    from.send(JSON.stringify({ type: "message", room: "stage", text: `measure ${i}` }));
    await heard;
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
    await new Promise((go) => setTimeout(go, 20));
  }
  from.close();
  to.close();
  return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}

async function measureOne(server, path, token, count, bits, publisher, prefix) {
  const viewers = [];
  for (let i = 0; i < count; i += 1) viewers.push(await view(server.port, path, token, `127.0.1.${1 + (i % 200)}`));
  const stop = publish(publisher, bits, prefix);
  await new Promise((go) => setTimeout(go, 2000));
  const before = { cpu: cpuSeconds(server.pid), memory: megabytes(server.pid) };
  for (const viewer of viewers) viewer.bytes = 0;
  const latency = token ? await chatLatency(server.port, token, 100) : 0;
  await new Promise((go) => setTimeout(go, Math.max(0, secondsEach * 1000 - 100 * 25)));
  const cpu = (100 * (cpuSeconds(server.pid) - before.cpu)) / secondsEach;
  const least = Math.min(...viewers.map((viewer) => viewer.bytes));
  const memory = megabytes(server.pid);
  stop();
  for (const viewer of viewers) viewer.end();
  return { cpu, latency, memory, growth: memory - before.memory, megabits: (least * 8) / secondsEach / 1e6 };
}

export async function measureLive(...wanted) {
  const cases =
    wanted.length > 0
      ? wanted.map((count) => ["high", Number(count)])
      : [
          ["high", 200],
          ["low", 500],
          ["low", 1000],
        ];
  const figures = [];
  for (const [layer, count] of cases) {
    const server = await start("soyuz");
    const { access_token: token } = await api(server.port, "POST", "/login", "", {
      username: "keeper",
      password: "correct horse battery",
    });
    await api(server.port, "POST", "/rooms", token, { name: "stage", kind: "live" });
    const alone = await chatLatency(server.port, token, 100);
    const publisher = await open(`ws://127.0.0.1:${server.port}/ws/live/stage?role=publish`, token);
    const ours = await measureOne(server, "/ws/live/stage", token, count, layers[layer], publisher, Buffer.from([0]));
    publisher.close();
    await server.stop();

    const relay = await start("ws");
    const sender = await open(`ws://127.0.0.1:${relay.port}/`);
    const theirs = await measureOne(relay, "/", "", count, layers[layer], sender, Buffer.alloc(0));
    sender.close();
    await relay.stop();
    figures.push(
      {
        figure: `${count} viewers of ${layers[layer] / 1e6} Mbit/s: core, memory (growth), least a viewer got`,
        value: `${ours.cpu.toFixed(1)} %, ${ours.memory.toFixed(0)} MB (${ours.growth.toFixed(1)}), ${ours.megabits.toFixed(2)} Mbit/s`,
      },
      {
        figure: `the same through the relay on ws`,
        value: `${theirs.cpu.toFixed(1)} %, ${theirs.memory.toFixed(0)} MB`,
      },
      {
        figure: `chat beside ${count} viewers, median (alone)`,
        value: `${ours.latency.toFixed(2)} ms (${alone.toFixed(2)})`,
      },
    );
  }
  recordFigures("Live rooms", figures);
}
