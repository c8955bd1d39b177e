import type { Event_ } from "./types.ts";
import { browser_ways, type Ways } from "./ways.ts";

/// The native connection: commands with their answers, events by type, and coming back after a loss.

export interface Wire {
  readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
}

export interface Surroundings {
  open(): Wire;
  later(run: () => void, milliseconds: number): number;
  cancel(timer: number): void;
  random(): number;
}

/// The page's own: this server, by the way that works, and the window's timers.
export function browser_surroundings(ways: Ways = browser_ways()): Surroundings {
  return {
    open: () => ways.open(),
    later: (run, milliseconds) => window.setTimeout(run, milliseconds),
    cancel: (timer) => clearTimeout(timer),
    random: Math.random,
  };
}

export type State = "connecting" | "ready" | "waiting" | "stopped";

export class CommandError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly event: Event_ = { type: "error" },
  ) {
    super(message);
  }
}

/// How long to wait before the given attempt: steps of up to a second at first, so that a restart of the server is over
/// for its pages as soon as it is over; after some 15 s doubling up to 20 s. The second half of each is chance, so that
/// a whole class does not come back in the same instant.
export function backoff(attempt: number, random: number): number {
  const longest = Math.min(20_000, 1000 * 2 ** Math.max(0, Math.min(attempt - quick_attempts, 10)));
  return Math.round(longest / 2 + (longest / 2) * random);
}

const quick_attempts = 20;
const silence_ms = 30_000;
const answer_ms = 15_000;

export class Socket {
  state: State = "stopped";
  attempt = 0;
  /// The last close code, for those who want to know why.
  closed_with = 0;
  on_state: (state: State) => void = () => {};

  private wire: Wire | null = null;
  private next_ref = 1;
  private waiting = new Map<
    number,
    { resolve: (event: Event_) => void; reject: (error: CommandError) => void; timer: number }
  >();
  private listeners = new Map<string, ((event: Event_) => void)[]>();
  private retry = 0;
  private watch = 0;

  constructor(private readonly around: Surroundings) {}

  on(type: string, listener: (event: Event_) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  start(): void {
    if (this.state === "stopped" || this.state === "waiting") this.connect();
  }

  /// Tries at once instead of waiting for the back-off.
  now(): void {
    if (this.state === "waiting") this.connect();
    else if (this.state === "ready") this.probe();
  }

  /// Gives up a connection that doesn't answer, and makes another at once.
  again(): void {
    if (this.state === "stopped") return;
    this.around.cancel(this.retry);
    this.drop(4000);
    this.connect();
  }

  stop(): void {
    this.around.cancel(this.retry);
    this.change("stopped");
    this.drop(1000);
  }

  /// The answer to a command; rejects with the server's error, or `lost` when the connection went before it came.
  send(type: string, fields: Record<string, unknown> = {}): Promise<Event_> {
    if (this.state !== "ready" || this.wire === null) return Promise.reject(new CommandError("lost", ""));
    const ref = this.next_ref++;
    return new Promise((resolve, reject) => {
      // No answer within this time means that the connection is dead though nothing has said so.
      const timer = this.around.later(() => this.lost(), answer_ms);
      this.waiting.set(ref, { resolve, reject, timer });
      this.wire!.send(JSON.stringify({ type, ref, ...fields }));
    });
  }

  /// A command whose answer nobody waits for.
  tell(type: string, fields: Record<string, unknown> = {}): void {
    if (this.state === "ready") this.wire?.send(JSON.stringify({ type, ...fields }));
  }

  private connect(): void {
    this.around.cancel(this.retry);
    this.change("connecting");
    let wire: Wire;
    try {
      wire = this.around.open();
    } catch {
      this.come_back();
      return;
    }
    this.wire = wire;
    const opening = this.around.later(() => this.lost(), answer_ms);
    wire.onmessage = (event) => {
      if (this.wire !== wire) return;
      this.around.cancel(opening);
      this.hear(event.data);
    };
    wire.onclose = (event) => {
      this.around.cancel(opening);
      if (this.wire !== wire) return;
      this.closed_with = event.code;
      this.lost();
    };
    wire.onerror = () => {};
  }

  private hear(data: unknown): void {
    this.listen_for_silence();
    let event: Event_;
    try {
      event = JSON.parse(String(data)) as Event_;
    } catch {
      return;
    }
    if (event.type === "hello") {
      this.attempt = 0;
      this.change("ready");
    }
    if (typeof event.ref === "number") this.answer(event.ref, event);
    for (const listener of this.listeners.get(event.type) ?? []) listener(event);
  }

  private answer(ref: number, event: Event_): void {
    const asked = this.waiting.get(ref);
    if (asked === undefined) return;
    this.waiting.delete(ref);
    this.around.cancel(asked.timer);
    if (event.type === "error") asked.reject(new CommandError(String(event.code), String(event.message ?? ""), event));
    else asked.resolve(event);
  }

  private listen_for_silence(): void {
    this.around.cancel(this.watch);
    this.watch = this.around.later(() => this.probe(), silence_ms);
  }

  private probe(): void {
    this.send("ping").catch(() => {});
  }

  private lost(): void {
    this.drop(4000);
    if (this.state !== "stopped") this.come_back();
  }

  private drop(code: number): void {
    const wire = this.wire;
    this.wire = null;
    this.around.cancel(this.watch);
    if (wire !== null && wire.readyState < 2) wire.close(code);
    const asked = [...this.waiting.values()];
    this.waiting.clear();
    for (const each of asked) {
      this.around.cancel(each.timer);
      each.reject(new CommandError("lost", ""));
    }
  }

  private come_back(): void {
    const wait = backoff(this.attempt, this.around.random());
    this.attempt++;
    this.change("waiting");
    this.retry = this.around.later(() => this.connect(), wait);
  }

  private change(state: State): void {
    if (this.state === state) return;
    this.state = state;
    this.on_state(state);
  }
}
