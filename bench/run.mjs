// Measures Soyuz beside its peers. usage: node run.mjs [NAME [WORDS…]]; without a name everything, see README.md.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { measureHistory, measurePosts, measureRequests } from "./durable.mjs";
import { measureExpensive } from "./expensive.mjs";
import { measureFanOut, measureGrowth, measureIdle, measureLoops, measureSocketio } from "./fan_out.mjs";
import { measureLive } from "./live.mjs";
import { measureModeration } from "./moderation.mjs";
import { measureSlowClients } from "./slow_clients.mjs";
import { measureSearch } from "./search.mjs";
import { report } from "./report.mjs";
import { build } from "./servers.mjs";

const program = (path, words = []) => execFileSync(join(build, "bench", path), words, { stdio: "inherit" });

const measurements = {
  load: measureFanOut,
  socketio: measureSocketio,
  growth: measureGrowth,
  idle: measureIdle,
  loops: measureLoops,
  posts: measurePosts,
  history: measureHistory,
  requests: measureRequests,
  pages: measureSlowClients,
  slow: measureExpensive,
  search: measureSearch,
  live: measureLive,
  micro: (...words) => program("micro/bench_micro", words),
  moderation: measureModeration,
};

const [name, ...words] = process.argv.slice(2);
if (name === "report") report();
else {
  if (name !== undefined && !(name in measurements))
    throw new Error(`measurements: ${Object.keys(measurements).join(", ")}, report`);
  console.log(
    `${execFileSync(join(build, "soyuz"), ["version"], { encoding: "utf8" }).trim()}, ${execFileSync("nproc", { encoding: "utf8" }).trim()} cores`,
  );
  for (const [each, run] of Object.entries(measurements)) if (name === undefined || name === each) await run(...words);
}
