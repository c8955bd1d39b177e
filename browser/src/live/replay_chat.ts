import type { Message } from "../shared/types.ts";

/// The chat of a recording: what had been written by each moment of it.

const page = 200;
const ahead_ms = 30_000;

/// The part of a message that a replay needs.
export type Line = Pick<Message, "seq" | "sent_at" | "sender" | "text" | "deleted">;
/// Messages behind a place, in their order.
export type Ask = (after: number, limit: number) => Promise<{ messages: Line[]; has_more: boolean }>;

const time_of = (line: Line): number => new Date(line.sent_at).getTime();

/// The place before the first message that is as new as `time`: looks at one message for each halving.
export async function place_before(time: number, last: number, ask: Ask): Promise<number> {
  let [low, high] = [0, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = (await ask(middle, 1)).messages[0];
    if (line !== undefined && time_of(line) < time) low = line.seq;
    else high = middle;
  }
  return low;
}

export class ReplayChat {
  private lines: Line[] = [];
  private next: number | null = null;
  private is_done = false;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly begin: number,
    private readonly last: number,
    private readonly ask: Ask,
  ) {}

  /// What had been written `position` milliseconds after the beginning.
  async until(position: number): Promise<Line[]> {
    await this.load(position + ahead_ms);
    const end = this.begin + position;
    return this.lines.filter((line) => time_of(line) <= end && !line.deleted);
  }

  /// One load at a time: another that is asked for meanwhile waits for it.
  private async load(position: number): Promise<void> {
    while (this.loading !== null) await this.loading;
    if (this.is_done || this.reaches(position)) return;
    this.loading = this.fetch(position);
    try {
      await this.loading;
    } finally {
      this.loading = null;
    }
  }

  private reaches(position: number): boolean {
    const newest = this.lines.at(-1);
    return newest !== undefined && time_of(newest) > this.begin + position;
  }

  private async fetch(position: number): Promise<void> {
    this.next ??= await place_before(this.begin, this.last, this.ask);
    while (!this.is_done && !this.reaches(position)) {
      const { messages, has_more } = await this.ask(this.next, page);
      this.lines.push(...messages);
      this.next = messages.at(-1)?.seq ?? this.next;
      this.is_done = !has_more || messages.length === 0;
    }
  }
}
