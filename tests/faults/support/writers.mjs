// People who write without pause, and the proof that nothing of what was acknowledged to them is lost.

export class Writer {
  constructor(client, name) {
    Object.assign(this, { client, name, next: 1, pending: undefined, acknowledged: [] });
  }

  /** Posts one after the other until the socket dies; what was not acknowledged then is sent again later. */
  async write() {
    const socket = await this.client.connect();
    for (;;) {
      this.pending ??= { text: `${this.name} says number ${this.next}`, client_id: `${this.name}-${this.next}` };
      const answer = await socket.ask({ type: "message", room: "lobby", ...this.pending });
      if (answer.type !== "ack") throw Object.assign(new Error(`refused: ${JSON.stringify(answer)}`), { answer });
      this.acknowledged.push({ ...this.pending, id: answer.id, seq: answer.seq });
      this.pending = undefined;
      this.next += 1;
    }
  }
}

/** Ends of `write` that a server that went away explains. */
export const isLoss = (end) => /closed|ECONN|hang up|fetch failed/.test(end.message);

export async function history(client, room = "lobby", from = 0) {
  const all = [];
  for (let after = from; ; after = all.at(-1).seq) {
    const { status, body } = await client.request("GET", `/api/v1/rooms/${room}/messages?after=${after}&limit=200`);
    if (status !== 200) throw new Error(`history: ${status} ${JSON.stringify(body)}`);
    all.push(...body.messages);
    if (!body.has_more || all.length === 0) return all;
  }
}

/**
 * Checks that each acknowledged message is there once, unaltered, at its place and in its writer's order. `newest` reads
 * only what came since the last look, so that a thousand looks stay quick; `everything` begins anew.
 */
export class Proof {
  constructor(writers) {
    this.writers = writers;
    this.#begin();
  }

  #begin() {
    Object.assign(this, {
      place: 0,
      found: new Map(),
      checked: this.writers.map(() => 0),
      last: this.writers.map(() => 0),
    });
  }

  everything(client) {
    this.#begin();
    return this.newest(client);
  }

  async newest(client) {
    for (const message of await history(client, "lobby", this.place)) {
      this.place += 1;
      if (message.seq !== this.place) throw new Error(`a gap: ${message.seq} stands in place ${this.place}`);
      const [writer, number] = message.client_id.split("-");
      if (message.text !== `${writer} says number ${number}`) throw new Error(`altered: ${JSON.stringify(message)}`);
      if (this.found.has(message.client_id)) throw new Error(`doubled: ${message.client_id}`);
      this.found.set(message.client_id, message.seq);
    }
    this.writers.forEach((writer, index) => {
      for (; this.checked[index] < writer.acknowledged.length; this.checked[index] += 1) {
        const { client_id, seq } = writer.acknowledged[this.checked[index]];
        if (this.found.get(client_id) !== seq) throw new Error(`lost: ${client_id}, acknowledged as ${seq}`);
        if (seq <= this.last[index]) throw new Error(`out of order: ${client_id}`);
        this.last[index] = seq;
      }
    });
  }
}

export const total = (writers) => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a condition of the system under test, never for time alone. */
export async function until(what, condition, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(50);
  }
}
