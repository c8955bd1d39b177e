// Runs the workloads of docs/performance.md: Soyuz and its peers in one run, interleaved, server on one core and
// client on the other, medians of several rounds. usage: node run.mjs [load [WORKLOAD]|pages|moderation]
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureSlowClients } from './slow_clients.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const build = join(here, '..', 'build', 'release');
const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = process.env.SECONDS_EACH ?? '8';

const servers = {
  soyuz: (folder) => [join(build, 'soyuz'), 'serve', '--port', '0', '--threads', '1', '--no-rate-limits', '--test-endpoints',
    '--data', join(folder, 'data'), '--uploads', join(folder, 'uploads'), '--log-level', 'warn'],
  bun: () => [join(here, 'node_modules/.bin/bun'), join(here, 'peers/bun_relay.mjs'), '0'],
  ws: () => ['node', join(here, 'peers/ws_relay.mjs'), '0'],
};

const workloads = {
  'W1/16: 500 receivers, one sender, 16 in flight': ['--users', '500', '--in-flight', '16'],
  'W1/256: the same, 256 in flight': ['--users', '500', '--in-flight', '256'],
  'W2: 200 users post 500 messages a second': ['--users', '200', '--rate', '500'],
};

async function start(name) {
  const folder = mkdtempSync(join(tmpdir(), 'soyuz-bench-'));
  const child = spawn('taskset', ['-c', '0', ...servers[name](folder)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = text.match(/listening on http:\/\/[^:]+:(\d+)/);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode !== null ? resolve() : child.once('exit', resolve)));
    rmSync(folder, { recursive: true, force: true });
  };
  return { name, pid: child.pid, port, stop };
}

function load(server, words) {
  const { stdout, stderr, status } = spawnSync('taskset', ['-c', '1', join(build, 'bench/bench_load'), '--port', server.port, '--pid',
    String(server.pid), '--seconds', seconds, ...(server.name === 'soyuz' ? [] : ['--relay', 'yes']), ...words], { encoding: 'utf8' });
  if (status === 2) throw new Error(stderr);
  const number = (pattern) => Number(stdout.match(pattern)?.[1] ?? NaN);
  return {
    perSecond: number(/deliveries: \d+ \((\d+) a second/), perCpu: number(/server-CPU-second: (\d+)/), cpu: number(/server CPU: (\d+)/),
    p50: number(/p50 ([\d.]+)/), p99: number(/p99 ([\d.]+)/), missing: number(/missing: (-?\d+)/), disorder: number(/out of order: (\d+)/),
    idle: number(/resident bytes of each: (\d+)/), connects: number(/connects a second: (\d+)/),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values) => `${Math.min(...values)}–${Math.max(...values)}`;
const million = (value) => (value / 1e6).toFixed(2);

async function measureLoad(only) {
  for (const [title, words] of Object.entries(workloads)) {
    if (!title.startsWith(only)) continue;
    const results = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const name of Object.keys(servers)) {
        const server = await start(name);
        results[name].push(load(server, words));
        await server.stop();
      }
    console.log(`\n### ${title}\n\n| server | deliveries/s, M | per server-CPU-second, M (spread) | CPU % | p50 ms | p99 ms | missing | out of order |\n| --- | --- | --- | --- | --- | --- | --- | --- |`);
    for (const [name, list] of Object.entries(results)) {
      const of = (key) => median(list.map((each) => each[key]));
      console.log(`| ${name} | ${million(of('perSecond'))} | ${million(of('perCpu'))} (${spread(list.map((each) => million(each.perCpu)))}) | ` +
        `${of('cpu')} | ${of('p50')} | ${of('p99')} | ${Math.max(...list.map((each) => each.missing))} | ${Math.max(...list.map((each) => each.disorder || 0))} |`);
    }
  }
  if (!'idle'.startsWith(only)) return;
  const server = await start('soyuz');
  const { idle, connects } = load(server, ['--users', '50', '--idle', '10000']);
  await server.stop();
  console.log(`\n### 10,000 idle members in the lobby\n\nresident bytes of each: ${idle}; connects a second: ${connects}`);
}

async function measurePages() {
  const server = await start('soyuz');
  const { without, beside } = await measureSlowClients(server.port);
  await server.stop();
  console.log(`\n### The sign-in page beside 2,000 idle connections and 200 that send a byte a second\n\n` +
    `| | p50 ms | p99 ms |\n| --- | --- | --- |\n| without them | ${without.p50} | ${without.p99} |\n| beside them | ${beside.p50} | ${beside.p99} |`);
}

const name = process.argv[2] ?? 'all';
console.log(`machine: ${execFileSync('nproc', { encoding: 'utf8' }).trim()} cores, ${rounds} rounds of ${seconds} s; ${execFileSync(join(build, 'soyuz'), ['version'], { encoding: 'utf8' }).trim()}`);
if (name === 'all' || name === 'load') await measureLoad(process.argv[3] ?? '');
if (name === 'all' || name === 'pages') await measurePages();
if (name === 'moderation' || name === 'all') {
  const program = join(build, 'bench/moderation/bench_moderation');
  if (existsSync(program)) execFileSync(program, process.argv.slice(3), { stdio: 'inherit' });
}
