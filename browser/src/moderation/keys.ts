import type { Act } from "./shapes.ts";

/// What the keys of the queue mean. T and B wait for a digit, so that no decision takes more than two keys.

export type Command =
  | { kind: "decide"; action: Act; minutes?: number }
  | { kind: "arm"; what: "mute" | "ban" }
  | { kind: "disarm" }
  | { kind: "move"; by: number }
  | { kind: "undo" | "reveal" | "note" | "open" | "help" };

/// Minutes; 0: for good.
export const lengths = { mute: [5, 60, 1440], ban: [1440, 10080, 0] } as const;

const plain: Record<string, Command> = {
  j: { kind: "move", by: 1 },
  k: { kind: "move", by: -1 },
  a: { kind: "decide", action: "approve" },
  h: { kind: "decide", action: "remove" },
  w: { kind: "decide", action: "warn" },
  g: { kind: "decide", action: "grant" },
  r: { kind: "decide", action: "reject" },
  x: { kind: "decide", action: "not_a_violation" },
  u: { kind: "undo" },
  v: { kind: "reveal" },
  n: { kind: "note" },
  o: { kind: "open" },
  "?": { kind: "help" },
};

export class Keys {
  armed: "mute" | "ban" | null = null;

  press(key: string): Command | null {
    const pressed = key.length === 1 ? key.toLowerCase() : key;
    const armed = this.armed;
    this.armed = null;
    if (armed !== null && /^[1-3]$/.test(pressed)) {
      return { kind: "decide", action: armed, minutes: lengths[armed][Number(pressed) - 1]! };
    }
    if (pressed === "t" || pressed === "b") {
      this.armed = pressed === "t" ? "mute" : "ban";
      return { kind: "arm", what: this.armed };
    }
    if (pressed === "Escape") return armed === null ? null : { kind: "disarm" };
    return plain[pressed] ?? (armed === null ? null : { kind: "disarm" });
  }
}
