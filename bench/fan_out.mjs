// One room, many receivers: Soyuz beside its peers, interleaved.
import { middle, record, recordFigures } from "./figures.mjs";
import { clientCore, measure, serverCore, servers, start } from "./servers.mjs";

const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = process.env.SECONDS_EACH ?? "8";

const names = { soyuz: "Soyuz", bun: "Bun", ws: "ws", "socket.io": "Socket.IO" };
const million = (value) => `${(value / 1e6).toFixed(2)} M`;
const spread = ({ least, greatest }) => `${(least / 1e6).toFixed(2)}–${(greatest / 1e6).toFixed(2)}`;

const workloads = {
  "W1/16": {
    title: "500 receivers, one sender, 16 in flight",
    words: ["--users", 500, "--in-flight", 16],
    goal: "≥ 3.5 M, above Bun",
  },
  "W1/256": {
    title: "500 receivers, one sender, 256 in flight",
    words: ["--users", 500, "--in-flight", 256],
    goal: "≥ 12 M, above Bun",
  },
  W2: {
    title: "200 users post 500 messages a second",
    words: ["--users", 200, "--rate", 500],
    goal: "p50 ≤ 1.0, p99 ≤ 6 ms, ≤ 30 %",
  },
};

async function once(name, words, dialect = undefined) {
  const server = await start(name);
  try {
    return measure("bench_load", [
      "--port",
      server.port,
      "--pid",
      server.pid,
      "--dialect",
      dialect ?? server.dialect,
      "--seconds",
      seconds,
      ...words,
    ]);
  } finally {
    await server.stop();
  }
}

export async function measureFanOut(only = "") {
  for (const [workload, { title, words, goal }] of Object.entries(workloads)) {
    if (!workload.startsWith(only)) continue;
    const taken = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const name of Object.keys(servers)) taken[name].push(await once(name, words));
    const rows = [];
    const bars = [];
    for (const [name, list] of Object.entries(taken)) {
      const perCpu = middle(list, "deliveries_per_cpu_second");
      const of = (key) => middle(list, key).value;
      const lost = Math.max(...list.map((each) => each.missing + each.out_of_order + each.closed + each.errors));
      rows.push([
        names[name],
        million(of("deliveries_per_second")),
        `${million(perCpu.value)} (${spread(perCpu)})`,
        `${of("cpu_percent")} %`,
        of("p50_ms"),
        of("p99_ms"),
        of("p999_ms"),
        lost,
        name === "soyuz" ? goal : "",
      ]);
      bars.push({ server: names[name], number: perCpu.value, label: million(perCpu.value) });
    }
    record(
      `${workload}: ${title}`,
      [
        "server",
        "deliveries a second",
        "per server-CPU-second (spread)",
        "server CPU",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "missing, disordered, refused, closed",
        "goal",
      ],
      rows,
      bars,
    );
  }
}

/** The same rooms through our Socket.IO, beside the server that the protocol comes from. */
export async function measureSocketio(only = "") {
  const goals = {
    "W1/16": "≥ 10 times per server-CPU-second",
    "W1/256": "≥ 30 times per server-CPU-second",
    W2: "p99 at most a fifth",
  };
  const peers = { "Soyuz, channels": ["soyuz", "channels"], "Socket.IO": ["socket.io", undefined] };
  for (const [workload, { title, words }] of Object.entries(workloads)) {
    if (!workload.startsWith(only)) continue;
    const taken = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const [name, [server, dialect]] of Object.entries(peers))
        taken[name].push(await once(server, words, dialect));
    const per_cpu = ([name]) => middle(taken[name], "deliveries_per_cpu_second");
    const entries = Object.entries(taken);
    const times = per_cpu(entries[0]).value / per_cpu(entries[1]).value;
    record(
      `Socket.IO, ${workload}: ${title}`,
      [
        "server",
        "per server-CPU-second (spread)",
        "server CPU",
        "p50 ms",
        "p99 ms",
        "missing, refused, closed",
        "goal",
      ],
      entries.map(([name, list], index) => {
        const of = (key) => middle(list, key).value;
        const spent = per_cpu([name]);
        return [
          name,
          `${million(spent.value)} (${spread(spent)})${index === 0 ? `, ${times.toFixed(1)} times` : ""}`,
          `${of("cpu_percent")} %`,
          of("p50_ms"),
          of("p99_ms"),
          Math.max(...list.map((each) => each.missing + each.closed + each.errors)),
          index === 0 ? goals[workload] : "",
        ];
      }),
    );
  }
  if (only === "") await measureIdleSocketio();
}

async function measureIdleSocketio() {
  const server = await start("soyuz");
  const words = ["--port", server.port, "--pid", server.pid, "--users", 50, "--idle", 10000, "--dialect", "channels"];
  const { bytes_each } = measure("bench_load", words);
  await server.stop();
  recordFigures("Idle members by Socket.IO", [
    { figure: "resident bytes per idle connection, 10,000 of them", value: bytes_each, goal: "≤ 2,500" },
  ]);
}

/** What a delivery costs in rooms of 50, 500 and 5,000. */
export async function measureGrowth() {
  const sizes = [50, 500, 5000];
  const taken = Object.fromEntries(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const size of sizes)
      taken[size].push(await once("soyuz", ["--users", size, "--accounts", 50, "--in-flight", 16]));
  const perCpu = Object.fromEntries(sizes.map((size) => [size, middle(taken[size], "deliveries_per_cpu_second")]));
  record(
    "What a delivery costs as the room grows",
    ["in the room", "deliveries per server-CPU-second (spread)", "goal"],
    sizes.map((size) => [
      size,
      `${million(perCpu[size].value)} (${spread(perCpu[size])})`,
      size === 5000 ? "less than 25 % below 50" : "",
    ]),
  );
}

export async function measureIdle() {
  const server = await start("soyuz");
  const { bytes_each, connects_per_second, connects_per_cpu_second } = measure("bench_load", [
    "--port",
    server.port,
    "--pid",
    server.pid,
    "--users",
    50,
    "--idle",
    10000,
  ]);
  await server.stop();
  recordFigures("Idle members", [
    { figure: "resident bytes per idle connection, 10,000 of them", value: bytes_each, goal: "≤ 1,500" },
    {
      figure: "connects per second of server CPU (session checked, joined)",
      value: connects_per_cpu_second,
      goal: "≥ 15,000",
    },
    { figure: "connects a second, one client", value: connects_per_second },
  ]);
}

/** Two loops on two cores beside one on one, with a client that does nothing while the server sends. */
export async function measureLoops() {
  const taken = { 1: [], 2: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const threads of [1, 2]) {
      const server = await start("soyuz", {
        threads,
        cores: threads === 1 ? serverCore : `${serverCore},${clientCore}`,
      });
      taken[threads].push(measure("bench_bursts", [server.port, 3000]));
      await server.stop();
    }
  }
  const [one, two] = [1, 2].map((threads) => middle(taken[threads], "deliveries_per_second"));
  recordFigures("One loop and two: bursts of 100 messages to 3,000 receivers that read afterwards", [
    { figure: "deliveries a second, one loop on one core", value: million(one.value) },
    {
      figure: "two loops on two cores",
      value: `${million(two.value)}, ${(two.value / one.value).toFixed(2)} times`,
      goal: "≥ 1.7 times",
    },
  ]);
}
