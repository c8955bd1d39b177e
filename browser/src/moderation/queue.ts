import type { Case } from "../contract.ts";

/// The open cases in the order in which they are to be looked at. Knows nothing of the page.

export interface Filter {
  kind: string;
  category: string;
  room: string;
  author: string;
  appealed: boolean;
}

export const no_filter: Filter = { kind: "", category: "", room: "", author: "", appealed: false };

export function fits(each: Case, filter: Filter): boolean {
  return (
    (filter.kind === "" || each.kind === filter.kind) &&
    (filter.category === "" ||
      (each.verdict?.reasons ?? []).includes(filter.category) ||
      each.reports.some((report) => report.reason === filter.category)) &&
    (filter.room === "" || each.room?.name === filter.room) &&
    (filter.author === "" || each.author.username.toLowerCase() === filter.author.toLowerCase()) &&
    (!filter.appealed || each.appeal !== null)
  );
}

const ranks: Record<string, number> = { none: 1, low: 1, medium: 2, high: 3 };

export function severity_of(each: Case): string {
  return each.kind === "alert" ? "high" : (each.verdict?.severity ?? "low");
}

/// What can't wait: somebody may need help, or is threatened.
export function is_pressing(each: Case): boolean {
  return each.asks_for_help || (each.verdict?.reasons ?? []).includes("threat");
}

/// How pressing a case is: severity times age; before all others what can't wait, then those who asked for another
/// look. The server orders by the same.
export function urgency(each: Case, now: number): number {
  const minutes = Math.max(0, now - new Date(each.created_at).getTime()) / 60_000;
  const severity = each.kind === "alert" ? 8 : (ranks[severity_of(each)] ?? 1) + (each.reports.length > 2 ? 1 : 0);
  const first = each.asks_for_help ? 3e9 : is_pressing(each) ? 2e9 : each.appeal === null ? 0 : 1e9;
  return severity * (1 + minutes) + first;
}

export class Queue {
  cases: Case[] = [];
  filter: Filter = { ...no_filter };
  /// Of all open cases, whatever the filter.
  open = 0;

  find(id: string): Case | undefined {
    return this.cases.find((each) => each.id === id);
  }

  replace(cases: Case[], open: number): void {
    this.cases = [...cases];
    this.open = open;
  }

  append(cases: Case[]): void {
    for (const each of cases) if (this.find(each.id) === undefined) this.cases.push(each);
  }

  /// A case that opened or changed: in its place; what is decided or fits no more goes. True when it is new here.
  take(fresh: Case, now: number): boolean {
    const at = this.cases.findIndex((each) => each.id === fresh.id);
    const belongs = fresh.status === "open" && fits(fresh, this.filter);
    if (at >= 0 && belongs) {
      const is_newly_appealed = fresh.appeal !== null && this.cases[at]!.appeal === null;
      this.cases[at] = fresh;
      // What stands in the list stays where it is, so that nothing moves under the hand; an appeal is worth moving.
      if (!is_newly_appealed) return false;
      this.cases.splice(at, 1);
    } else if (at >= 0) {
      this.cases.splice(at, 1);
      return false;
    } else if (!belongs) {
      return false;
    }
    const mine = urgency(fresh, now);
    const place = this.cases.findIndex((each) => urgency(each, now) < mine);
    this.cases.splice(place < 0 ? this.cases.length : place, 0, fresh);
    return at < 0;
  }

  remove(id: string): void {
    this.cases = this.cases.filter((each) => each.id !== id);
  }

  /// The case to look at once `id` is done: the next that nobody else looks at, else the one before.
  after(id: string, me: string, now: number): Case | undefined {
    const at = this.cases.findIndex((each) => each.id === id);
    const rest = [...this.cases.slice(at + 1), ...this.cases.slice(0, Math.max(0, at)).reverse()];
    return rest.find((each) => !claimed_by_other(each, me, now)) ?? rest[0];
  }

  step(id: string | null, by: number): Case | undefined {
    const at = this.cases.findIndex((each) => each.id === id);
    if (at < 0) return this.cases[0];
    return this.cases[Math.max(0, Math.min(this.cases.length - 1, at + by))];
  }

  /// Other open cases of the same person, or of the same text; where somebody may need help each is looked at by itself.
  alike(to: Case): Case[] {
    if (to.asks_for_help) return [];
    const is_alike = (each: Case): boolean => each.author.id === to.author.id || each.text === to.text;
    return this.cases.filter((each) => each.id !== to.id && !each.asks_for_help && is_alike(each));
  }
}

export function claimed_by_other(each: Case, me: string, now: number): boolean {
  return each.claim !== null && each.claim.by !== me && new Date(each.claim.until).getTime() > now;
}
