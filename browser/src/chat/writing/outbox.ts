/// Messages on their way. Each is written to storage before it is sent and taken out when the server has it, so that
/// a reload or a lost connection loses nothing; `client_id` makes sending it twice harmless. One after the other, in
/// the order they were written, so that the room reads them in that order.

export interface Entry {
  client_id: string;
  room: string;
  text: string;
  reply_to?: string;
  at: number;
  state: "queued" | "sending" | "failed";
  why?: string;
}

export type Delivery =
  | { kind: "sent" }
  | { kind: "lost" }
  | { kind: "later"; wait_ms: number }
  | { kind: "refused"; why: string }
  | { kind: "handed_back" };

export interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface OutboxParts {
  shelf: Shelf;
  owner: string;
  deliver(entry: Entry): Promise<Delivery>;
  changed(entry: Entry, gone: boolean): void;
  later(run: () => void, milliseconds: number): number;
  new_id(): string;
  now(): number;
}

export class Outbox {
  readonly entries: Entry[] = [];
  private open = false;
  private busy = false;
  /// The server asked for patience until then.
  private not_before = 0;
  private readonly prefix: string;

  constructor(private readonly parts: OutboxParts) {
    this.prefix = `soyuz.outbox.${parts.owner}.`;
    this.load();
  }

  add(room: string, text: string, reply_to?: string): Entry {
    const last = this.entries[this.entries.length - 1];
    // Strictly rising times keep the order over a reload, even within one millisecond.
    const at = Math.max(this.parts.now(), (last?.at ?? 0) + 1);
    const entry: Entry = { client_id: this.parts.new_id(), room, text, at, state: "queued" };
    if (reply_to !== undefined) entry.reply_to = reply_to;
    this.entries.push(entry);
    this.save(entry);
    this.parts.changed(entry, false);
    void this.flush();
    return entry;
  }

  /// The connection is there: send what waits.
  resume(): void {
    this.open = true;
    void this.flush();
  }

  /// What the server asked to wait for is over early.
  hurry(): void {
    this.not_before = 0;
    void this.flush();
  }

  pause(): void {
    this.open = false;
  }

  retry(client_id: string): void {
    const entry = this.find(client_id);
    if (entry?.state !== "failed") return;
    delete entry.why;
    this.mark(entry, "queued");
    void this.flush();
  }

  /// Takes an entry out: discarded by its author, or seen in the room.
  remove(client_id: string): Entry | undefined {
    const entry = this.find(client_id);
    if (entry === undefined) return undefined;
    this.entries.splice(this.entries.indexOf(entry), 1);
    try {
      this.parts.shelf.removeItem(this.prefix + client_id);
    } catch {
      // A shelf that can't be written now could not be written before either.
    }
    this.parts.changed(entry, true);
    return entry;
  }

  find(client_id: string): Entry | undefined {
    return this.entries.find((each) => each.client_id === client_id);
  }

  private async flush(): Promise<void> {
    if (this.busy || this.parts.now() < this.not_before) return;
    this.busy = true;
    try {
      for (let entry = this.next(); this.open && entry !== undefined; entry = this.next()) {
        if (!(await this.send(entry))) break;
      }
    } finally {
      this.busy = false;
    }
  }

  /// Whether to go on with the next one.
  private async send(entry: Entry): Promise<boolean> {
    this.mark(entry, "sending");
    const delivery = await this.parts.deliver(entry);
    if (this.find(entry.client_id) === undefined) return true;
    switch (delivery.kind) {
      case "sent":
      case "handed_back":
        this.remove(entry.client_id);
        return true;
      case "refused":
        entry.why = delivery.why;
        this.mark(entry, "failed");
        return true;
      case "later":
        this.mark(entry, "queued");
        this.not_before = this.parts.now() + delivery.wait_ms;
        this.parts.later(() => void this.flush(), delivery.wait_ms);
        return false;
      case "lost":
        // Whether the server has it is unknown: it is sent again with the same client_id.
        this.mark(entry, "queued");
        return false;
    }
  }

  private next(): Entry | undefined {
    return this.entries.find((each) => each.state === "queued");
  }

  private mark(entry: Entry, state: Entry["state"]): void {
    entry.state = state;
    this.save(entry);
    this.parts.changed(entry, false);
  }

  private save(entry: Entry): void {
    try {
      this.parts.shelf.setItem(this.prefix + entry.client_id, JSON.stringify(entry));
    } catch {
      // Full or forbidden: the entry lives as long as the page.
    }
  }

  private load(): void {
    const { shelf } = this.parts;
    for (let index = 0; index < shelf.length; index++) {
      const key = shelf.key(index);
      if (!key?.startsWith(this.prefix)) continue;
      const entry = read_entry(shelf.getItem(key));
      if (entry === null) continue;
      if (entry.state === "sending") entry.state = "queued";
      this.entries.push(entry);
    }
    this.entries.sort((a, b) => a.at - b.at);
  }
}

function read_entry(text: string | null): Entry | null {
  try {
    const entry = JSON.parse(text ?? "") as Entry;
    const whole =
      typeof entry.client_id === "string" && typeof entry.room === "string" && typeof entry.text === "string";
    return whole ? entry : null;
  } catch {
    return null;
  }
}

/// randomUUID exists only on secure pages; a classroom's address in the local network is not one.
export function new_id(): string {
  // Everybody in the room gets it back with the message: 64 bits in eleven letters are enough for a person's day.
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 11);
}
