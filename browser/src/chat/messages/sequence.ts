/// Puts messages that arrive in any order, and more than once, into the order of their numbers without a gap.

export interface Numbered {
  seq: number;
}

export class Sequence<T extends Numbered> {
  private early = new Map<number, T>();

  /// `last`: everything up to this number is known already.
  constructor(public last: number) {}

  /// Those of `messages` that are new and now follow without a gap, ascending. What comes after a gap is kept until
  /// the gap is filled.
  take(messages: readonly T[]): T[] {
    for (const message of messages) if (message.seq > this.last) this.early.set(message.seq, message);
    const ready: T[] = [];
    for (let next = this.early.get(this.last + 1); next !== undefined; next = this.early.get(this.last + 1)) {
      this.early.delete(next.seq);
      this.last = next.seq;
      ready.push(next);
    }
    return ready;
  }

  /// Whether something after `last` is missing.
  get has_gap(): boolean {
    return this.early.size > 0;
  }

  /// Starts anew after `last`, for a page that was fetched whole.
  restart(last: number): void {
    this.last = last;
    for (const seq of [...this.early.keys()]) if (seq <= last) this.early.delete(seq);
  }
}
