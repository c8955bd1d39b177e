import { PollingWire } from "./polling.ts";
import type { Wire } from "./socket.ts";

/// How the page is connected: by WebSocket where one can be opened, else by long polling.

export type Way = "websocket" | "polling";

export interface Means {
  websocket(): Wire;
  polling(): Wire;
  later(run: () => void, milliseconds: number): number;
  cancel(timer: number): void;
}

const probe_after_ms = 5_000;
const probe_again_ms = 300_000;
const probe_lasts_ms = 15_000;

/// Opens one way after the other until something is heard on one, and stays with it. While the page polls, it tries a
/// WebSocket now and then: where one opens, the page comes back by it.
export class Ways {
  way: Way = "websocket";
  private failed = false;

  constructor(private readonly means: Means) {}

  open(): Wire {
    if (this.failed) this.way = this.way === "websocket" ? "polling" : "websocket";
    this.failed = true;
    return this.way === "websocket" ? this.watched(this.means.websocket()) : this.watched(this.means.polling());
  }

  /// The wire, with an eye on whether anything is heard on it.
  private watched(wire: Wire): Wire {
    const polls = this.way === "polling";
    const heard = (): void => {
      if (!this.failed) return;
      this.failed = false;
      if (polls) this.probe_later(wire, probe_after_ms);
    };
    return watching(wire, heard);
  }

  private probe_later(polling: Wire, milliseconds: number): void {
    this.means.later(() => {
      if (polling.readyState !== 1) return;
      const probe = this.means.websocket();
      const timer = this.means.later(() => probe.close(1000), probe_lasts_ms);
      probe.onmessage = () => {
        probe.onclose = null;
        this.means.cancel(timer);
        probe.close(1000);
        this.way = "websocket";
        polling.close();
      };
      probe.onclose = () => {
        this.means.cancel(timer);
        this.probe_later(polling, probe_again_ms);
      };
    }, milliseconds);
  }
}

/// `wire`, which calls `heard` before it hands on what is heard.
function watching(wire: Wire, heard: () => void): Wire {
  const outer: Wire = {
    get readyState() {
      return wire.readyState;
    },
    send: (text) => wire.send(text),
    close: (code) => wire.close(code),
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
  } as Wire;
  wire.onopen = () => outer.onopen?.();
  wire.onmessage = (event) => {
    heard();
    outer.onmessage?.(event);
  };
  wire.onclose = (event) => outer.onclose?.(event);
  wire.onerror = () => outer.onerror?.();
  return outer;
}

/// The page's own: /ws of this server, else /ws/poll.
export function browser_ways(): Ways {
  return new Ways({
    websocket: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`) as never,
    polling: () => new PollingWire(),
    later: (run, milliseconds) => window.setTimeout(run, milliseconds),
    cancel: (timer) => clearTimeout(timer),
  });
}
