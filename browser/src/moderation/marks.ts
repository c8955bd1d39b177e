import type { Match } from "../contract.ts";

/// A text cut where matches begin and end. Positions count code points, as the server does; a position outside of the
/// text is cut to it, and where matches overlap the first category stands.

export interface Segment {
  text: string;
  category: string;
}

export function segments(text: string, matches: readonly Pick<Match, "category" | "start" | "end">[]): Segment[] {
  const points = [...text];
  const category: string[] = points.map(() => "");
  for (const match of matches) {
    const end = Math.min(points.length, match.end);
    for (let at = Math.max(0, match.start); at < end; at++) category[at] ||= match.category;
  }
  const found: Segment[] = [];
  points.forEach((point, at) => {
    const last = found[found.length - 1];
    if (last !== undefined && last.category === category[at]) last.text += point;
    else found.push({ text: point, category: category[at]! });
  });
  return found;
}
