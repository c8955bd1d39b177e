// What the disk has to do with: acknowledged posts, long histories, starting; and single requests.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, recordFigures } from "./figures.mjs";
import { build, clientCore, start } from "./servers.mjs";

const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = process.env.SECONDS_EACH ?? "8";

const residentMegabytes = (pid) =>
  Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const run = (program, words, core = clientCore) =>
  execFileSync("taskset", ["-c", core, join(build, "bench", program), ...words.map(String)], { encoding: "utf8" });
const number = (text, pattern) => Number(text.match(pattern)?.[1] ?? NaN);

async function postsOnce(words) {
  const server = await start("soyuz");
  try {
    const text = run("bench_posts", ["--port", server.port, "--pid", server.pid, "--seconds", seconds, ...words]);
    return {
      rate: number(text, /\((\d+) a second/),
      p50: number(text, /p50 ([\d.]+)/),
      p99: number(text, /p99 ([\d.]+)/),
      cpu: number(text, /([\d.]+) us a post/),
    };
  } finally {
    await server.stop();
  }
}

/** Acknowledged, so fsynced, posts: many under way, one each, and the delay at a quiet rate. */
export async function measurePosts() {
  const workloads = [
    ["acknowledged posts a second, 8 senders with 64 in flight", ["--senders", 8, "--in-flight", 64], "≥ 100,000"],
    ["the same, 64 senders with one in flight", ["--senders", 64, "--in-flight", 1], "≥ 30,000"],
    ["send to acknowledgement at 100 messages a second, p50 / p99", ["--senders", 8, "--rate", 100], "≤ 0.5 / 3 ms"],
  ];
  const taken = workloads.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, [, words]] of workloads.entries()) taken[index].push(await postsOnce(words));
  const of = (index, key) => median(taken[index].map((each) => each[key]));
  recordFigures(
    "Acknowledged posts, fsync on",
    workloads.map(([figure, , goal], index) => ({
      figure,
      goal,
      value:
        index < 2
          ? `${Math.round(of(index, "rate"))}; ${of(index, "cpu")} µs of server CPU each`
          : `${of(index, "p50")} / ${of(index, "p99")} ms`,
    })),
  );
}

/** Folders of a million messages: how they open and how pages are read; and memory after 500,000 more. */
export async function measureHistory() {
  const figures = [];
  for (const rooms of [1, 100]) {
    const folder = mkdtempSync(join(tmpdir(), "soyuz-bench-"));
    try {
      run("bench_history", ["fill", join(folder, "data"), 1000000, rooms]);
      const times = [];
      const resident = [];
      for (let round = 0; round < rounds; round += 1) {
        const server = await start("soyuz", { folder });
        times.push(server.startMs);
        resident.push(residentMegabytes(server.pid));
        await server.stop();
      }
      figures.push({
        figure: `start with 1,000,000 messages in ${rooms} room${rooms > 1 ? "s" : ""}: time to ready, resident`,
        value: `${Math.round(median(times))} ms, ${Math.round(median(resident))} MB`,
        goal: "≤ 1 s, ≤ 150 MB",
      });
      if (rooms > 1) continue;
      const text = run("bench_history", ["pages", join(folder, "data"), 5000]);
      const page = text.match(/wall ms: p50 ([\d.]+), p99 ([\d.]+)/);
      figures.push({
        figure: "a page of 50 anywhere among them, p50 / p99",
        value: `${page[1]} / ${page[2]} ms`,
        goal: "p99 ≤ 2 ms",
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const server = await start("soyuz");
  const before = residentMegabytes(server.pid);
  run("bench_posts", [
    "--port",
    server.port,
    "--pid",
    server.pid,
    "--senders",
    8,
    "--in-flight",
    64,
    "--messages",
    500000,
    "--seconds",
    120,
  ]);
  figures.push({
    figure: "resident before and after 500,000 posts",
    value: `${Math.round(before)} → ${Math.round(residentMegabytes(server.pid))} MB`,
  });
  await server.stop();
  recordFigures("A long history", figures);
}

/** Requests in memory, without a socket; the binary; an empty start. */
export async function measureRequests() {
  const text = run("bench_web", [2]);
  const rate = (name) =>
    Math.round(
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(name))
          .match(/ ([\d.]+) \/s/)[1],
      ),
    );
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    const server = await start("soyuz");
    times.push(server.startMs);
    await server.stop();
  }
  const stripped = join(tmpdir(), `soyuz-stripped-${process.pid}`);
  execFileSync("strip", ["-o", stripped, join(build, "soyuz")]);
  const megabytes = (statSync(stripped).size / 1e6).toFixed(1);
  rmSync(stripped);
  recordFigures("Requests, per second of one core", [
    { figure: "GET /api/v1/me with a token", value: rate("GET /api/v1/me, bearer"), goal: "≥ 40,000" },
    { figure: "the same with a cookie", value: rate("GET /api/v1/me, cookie"), goal: "≥ 40,000" },
    { figure: "50 messages as JSON", value: rate("GET 50 messages") },
    { figure: "the chat page with 50 messages", value: rate("GET /chat/lobby, 50"), goal: "≥ 5,000" },
    { figure: "the same, compressed", value: rate("GET /chat/lobby, gzip") },
    { figure: "start on an empty folder", value: `${Math.round(median(times))} ms`, goal: "≤ 100 ms" },
    { figure: "release binary, stripped, everything embedded", value: `${megabytes} MB`, goal: "≤ 25 MB" },
  ]);
}
