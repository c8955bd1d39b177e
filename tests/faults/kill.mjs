// Kills the server under load, again and again, and checks after each start that every acknowledged message is there
// exactly once and in order, and that a retry after the crash gives the first result.
// usage: node kill.mjs [CYCLES]; SOYUZ_BINARY names the binary.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { binary, Server } from '../e2e/support/server.mjs';
import { Client } from '../e2e/support/client.mjs';

class Writer {
  constructor(client, name) {
    Object.assign(this, { client, name, next: 1, pending: undefined, acknowledged: [] });
  }

  /** Posts one after the other until the socket dies; what was not acknowledged then is sent again later. */
  async write() {
    const socket = await this.client.connect();
    for (;;) {
      this.pending ??= { text: `${this.name} says number ${this.next}`, client_id: `${this.name}-${this.next}` };
      const answer = await socket.ask({ type: 'message', room: 'lobby', ...this.pending });
      if (answer.type !== 'ack') throw new Error(`refused: ${JSON.stringify(answer)}`);
      this.acknowledged.push({ ...this.pending, id: answer.id, seq: answer.seq });
      this.pending = undefined;
      this.next += 1;
    }
  }
}

async function history(client) {
  const all = [];
  for (let after = 0; ; after = all.at(-1).seq) {
    const { status, body } = await client.request('GET', `/api/v1/rooms/lobby/messages?after=${after}&limit=200`);
    if (status !== 200) throw new Error(`history: ${status} ${JSON.stringify(body)}`);
    all.push(...body.messages);
    if (!body.has_more) return all;
  }
}

function verify(messages, writers) {
  const found = new Map();
  messages.forEach((message, index) => {
    if (message.seq !== index + 1) throw new Error(`a gap: ${message.seq} stands in place ${index + 1}`);
    const [writer, number] = message.client_id.split('-');
    if (message.text !== `${writer} says number ${number}`) throw new Error(`altered: ${JSON.stringify(message)}`);
    if (found.has(message.client_id)) throw new Error(`doubled: ${message.client_id}`);
    found.set(message.client_id, message.seq);
  });
  for (const writer of writers) {
    let last = 0;
    for (const { client_id, seq } of writer.acknowledged) {
      if (found.get(client_id) !== seq) throw new Error(`lost: ${client_id}, acknowledged as ${seq}`);
      if (seq <= last) throw new Error(`out of order: ${client_id}`);
      last = seq;
    }
  }
}

/** Runs the cycles; returns how many messages were acknowledged and how many of them a retry had to settle. */
export async function killRepeatedly(cycles, { writers: count = 8, report = () => {} } = {}) {
  const server = await Server.start({ options: ['--no-rate-limits'], environment: { JWT_EXPIRE_MINUTES: '600' } });
  try {
    const writers = [];
    for (let i = 0; i < count; i += 1) {
      const client = await Client.register(server, `writer${i}`);
      writers.push(new Writer(client, `writer${i}`));
    }
    let retried = 0;
    let before = 0;
    let idle = 0;
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const writing = writers.map((writer) => writer.write().catch((end) => end));
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 350));
      await server.stop('SIGKILL');
      for (const end of await Promise.all(writing))
        if (!/closed|ECONN|hang up/.test(end.message)) throw end;
      retried += writers.filter((writer) => writer.pending).length;
      const check = spawnSync(binary, ['check', join(server.folder, 'data')], { encoding: 'utf8' });
      if (check.status > 1) throw new Error(`check found damage after a kill: ${check.stdout}`);
      await server.restart('SIGKILL');
      verify(await history(writers[0].client), writers);
      const total = writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
      if (total === before) idle += 1;
      before = total;
      if (idle > 3) throw new Error('nothing is acknowledged any more');
      report(cycle, total);
    }
    const code = await server.stop();
    if (code !== 0) throw new Error(`SIGTERM ended with ${code}`);
    const check = spawnSync(binary, ['check', join(server.folder, 'data')], { encoding: 'utf8' });
    if (check.status !== 0) throw new Error(`check is not clean at the end: ${check.stdout}`);
    return { acknowledged: writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0), retried };
  } finally {
    await server.dispose();
  }
}

if (process.argv[1]?.endsWith('kill.mjs')) {
  const cycles = Number(process.argv[2] ?? 100);
  const { acknowledged, retried } = await killRepeatedly(cycles, {
    report: (cycle, total) => cycle % 10 === 0 && console.log(`${cycle} kills, ${total} acknowledged`),
  });
  console.log(`${cycles} kills: ${acknowledged} acknowledged messages, none lost, none doubled, all in order; ` +
    `${retried} settled by a retry; check clean`);
}
