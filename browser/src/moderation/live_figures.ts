import type { Pulse, PulseEntry, PulseMinute } from "../contract.ts";

/// What the figures of a live room say: shares, rates, filters. No page is needed for them.

/// As many messages as the rolling share looks back over.
export const rolling = 60;
const kept_entries = 150;
const kept_minutes = 120;

export interface Filter {
  name: string;
  toxicity: "" | "toxic" | "blocked";
}

export const is_message = (entry: PulseEntry): boolean => entry.type === "message";

export const is_toxic = (entry: PulseEntry, threshold: number): boolean =>
  is_message(entry) && (entry.action === "block" || (entry.score ?? 0) >= threshold);

/// What was known, with the news of a second put in.
export function merged(known: Pulse, news: Pulse): Pulse {
  const newest = known.entries.at(-1)?.number ?? 0;
  // Counted anew: what was before is gone.
  const is_anew = news.newest < newest;
  const entries = [
    ...(is_anew ? [] : known.entries),
    ...news.entries.filter((each) => is_anew || each.number > newest),
  ];
  const begin = news.minutes[0]?.at;
  const before = begin === undefined ? known.minutes : known.minutes.filter((each) => each.at < begin);
  return { ...news, entries: entries.slice(-kept_entries), minutes: [...before, ...news.minutes].slice(-kept_minutes) };
}

/// The share of toxic ones among the newest messages, from 0 to 1; null where there are none.
export function rolling_share(entries: PulseEntry[], threshold: number): number | null {
  const messages = entries.filter(is_message).slice(-rolling);
  if (messages.length === 0) return null;
  return messages.filter((each) => is_toxic(each, threshold)).length / messages.length;
}

/// How many of the newest messages a threshold would mark, and of how many.
export function marked(entries: PulseEntry[], threshold: number): { count: number; all: number } {
  const messages = entries.filter(is_message).slice(-rolling);
  return { count: messages.filter((each) => is_toxic(each, threshold)).length, all: messages.length };
}

export function fits(entry: PulseEntry, filter: Filter, threshold: number): boolean {
  if (filter.name !== "" && !entry.username.toLowerCase().includes(filter.name.toLowerCase())) return false;
  if (filter.toxicity === "toxic") return is_toxic(entry, threshold);
  if (filter.toxicity === "blocked") return entry.action === "block";
  return true;
}

export const percent = (value: number): number => Math.round(value * 1000) / 10;
export const seconds_of = (at: string): number => new Date(at).getTime() / 1000;

/// Every minute from the first to the last, quiet ones too.
export function filled(minutes: PulseMinute[]): PulseMinute[] {
  const found = new Map(minutes.map((each) => [seconds_of(each.at), each]));
  const first = minutes[0];
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) return [];
  const all: PulseMinute[] = [];
  for (let at = seconds_of(first.at); at <= seconds_of(last.at); at += 60)
    all.push(
      found.get(at) ?? {
        at: new Date(at * 1000).toISOString(),
        messages: 0,
        toxic: 0,
        blocked: 0,
        gifts: 0,
        viewers: 0,
      },
    );
  return all;
}
