// How much one member who uploads the worst pictures, searches and signs in, all in loops, slows pages down.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { recordFigures } from "./figures.mjs";
import { build, start } from "./servers.mjs";

const member = { username: "omar", password: "correct horse battery" };
const json = { "Content-Type": "application/json" };

/** The check sum of PNG's chunks, which Node's zlib has only since 20.15. */
function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function chunk(type, content) {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** What costs the most of what is taken: 4096 × 4096 pixels of 16 bits with transparency, in 130 KB. */
function worstPicture() {
  const side = 4096;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([16, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1A\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(side * (side * 8 + 1)), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Pages by somebody else, one after the other, as a browser asks for them: the median and the tail in ms. */
async function pageTimes(url, count) {
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const began = process.hrtime.bigint();
    await (await fetch(`${url}/login`)).text();
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(count / 2)], p99: times[Math.floor(count * 0.99)], most: times.at(-1) };
}

/** Keeps `act` going `at_once` times until stopped; counts the answers by status. */
function loop(at_once, act) {
  const statuses = {};
  let running = true;
  const loops = Array.from({ length: at_once }, async () => {
    while (running) {
      const response = await act();
      await response.arrayBuffer();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      // Who is refused asks again soon, but not a thousand times a second: that is another attack.
      if (response.status >= 400) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return async () => {
    running = false;
    await Promise.all(loops);
    return statuses;
  };
}

const told = (statuses) =>
  Object.entries(statuses)
    .map(([status, count]) => `${count} × ${status}`)
    .join(", ");

/** A class behind one address: all are in work two at a time, and nobody is sent away. */
async function classSignsIn(url) {
  const pupils = Array.from({ length: 25 }, (_, i) => ({ ...member, username: `pupil${i}` }));
  const send = (path, pupil) =>
    fetch(`${url}/api/v1/${path}`, { method: "POST", headers: json, body: JSON.stringify(pupil) });
  for (const pupil of pupils) await send("register", pupil);
  const begun = performance.now();
  const answers = await Promise.all(pupils.map((pupil) => send("login", pupil)));
  const all = performance.now() - begun;
  const refused = answers.filter(({ status }) => status !== 200).length;
  return {
    figure: `${pupils.length} sign-ins at once from one address, ${refused} of them refused: until the last is in`,
    value: `${all.toFixed(0)} ms`,
  };
}

export async function measureExpensive(requests = 1000) {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-bench-"));
  try {
    execFileSync(join(build, "bench", "bench_history"), ["fill", join(folder, "data"), "100000", "1"]);
    const server = await start("soyuz", { folder, limited: true, cores: "0,1" });
    const url = `http://127.0.0.1:${server.port}`;
    const registered = await fetch(`${url}/api/v1/register`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(member),
    });
    const authorized = { Authorization: `Bearer ${(await registered.json()).access_token}` };
    const picture = new Blob([worstPicture()], { type: "image/png" });
    const form = () => {
      const fields = new FormData();
      fields.set("avatar", picture, "worst.png");
      return fields;
    };
    const attacks = {
      pictures: () => fetch(`${url}/api/v1/me/avatar`, { method: "PUT", headers: authorized, body: form() }),
      searches: () => fetch(`${url}/api/v1/search?q=nowhere-to-be-found`, { headers: authorized }),
      "sign-ins": () => fetch(`${url}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(member) }),
    };
    await pageTimes(url, 200);
    const alone = await pageTimes(url, requests);
    const value = ({ p50, p99, most }) => `${p50.toFixed(2)} / ${p99.toFixed(2)} / ${most.toFixed(2)} ms`;
    const figures = [{ figure: "sign-in page p50 / p99 / longest, alone", value: value(alone) }];
    const beside = async (name, acts) => {
      const stops = acts.map((act) => loop(10, act));
      const times = await pageTimes(url, requests);
      const statuses = await Promise.all(stops.map((stop) => stop()));
      figures.push({
        figure: `beside ${name} in 10 loops each (${statuses.map(told).join("; ")})`,
        value: value(times),
      });
    };
    for (const [name, act] of Object.entries(attacks)) await beside(name, [act]);
    await beside("all three", Object.values(attacks));
    figures.push(await classSignsIn(url));
    await server.stop();
    recordFigures("Pages beside one member's expensive requests", figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
