// Starts Soyuz and its peers, each on a core of its own and in a folder that is thrown away.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const build = join(here, "..", "build", "release");

export const serverCore = "0";
export const clientCore = "1";

/** `dialect` is what the load generator speaks with it. */
export const servers = {
  soyuz: {
    dialect: "native",
    command: (folder, options, threads, limited) => [
      join(build, "soyuz"),
      "serve",
      "--port",
      "0",
      "--threads",
      String(threads),
      ...(limited ? [] : ["--no-rate-limits"]),
      "--test-endpoints",
      "--data",
      join(folder, "data"),
      "--uploads",
      join(folder, "uploads"),
      "--log-level",
      "warn",
      ...options,
    ],
  },
  bun: {
    dialect: "relay",
    command: () => [join(here, "node_modules/.bin/bun"), join(here, "peers/bun_relay.mjs"), "0"],
  },
  ws: { dialect: "relay", command: () => ["node", join(here, "peers/ws_relay.mjs"), "0"] },
  "socket.io": { dialect: "socketio", command: () => ["node", join(here, "peers/socketio_relay.mjs"), "0"] },
};

/**
 * A running server: `{name, dialect, pid, port, folder, startMs, stop}`. With `folder`, that one is used and kept;
 * `limited`: with its limits, as it ships.
 */
export async function start(name, { folder, options = [], threads = 1, cores = serverCore, limited = false } = {}) {
  const kept = folder !== undefined;
  const home = kept ? folder : mkdtempSync(join(tmpdir(), "soyuz-bench-"));
  const began = process.hrtime.bigint();
  const child = spawn("taskset", ["-c", cores, ...servers[name].command(home, options, threads, limited)], {
    stdio: ["ignore", "pipe", "inherit"],
    // Without an owner nobody can sign up.
    env: { ...process.env, DEFAULT_ADMIN_USERNAME: "keeper", DEFAULT_ADMIN_PASSWORD: "correct horse battery" },
  });
  const port = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = text.match(/listening on http:\/\/[^:]+:(\d+)/);
      if (found) resolve(found[1]);
    });
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  const startMs = Number(process.hrtime.bigint() - began) / 1e6;
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    await new Promise((resolve) =>
      child.exitCode !== null || child.signalCode !== null ? resolve() : child.once("exit", resolve),
    );
    if (!kept) rmSync(home, { recursive: true, force: true });
  };
  return { name, dialect: servers[name].dialect, pid: child.pid, port, folder: home, startMs, stop };
}

/** Runs a program of ours on the client's core; its last line is JSON. A failed check of its own is in the JSON. */
export function measure(program, words) {
  let output;
  try {
    output = execFileSync("taskset", ["-c", clientCore, join(build, "bench", program), ...words.map(String)], {
      encoding: "utf8",
    });
  } catch (failure) {
    if (failure.status !== 1 || !failure.stdout) throw failure;
    output = failure.stdout;
  }
  return JSON.parse(output.trim().split("\n").at(-1));
}
