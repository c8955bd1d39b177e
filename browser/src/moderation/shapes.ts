import type { Message, Person, Verdict } from "../shared/types.ts";

/// What the moderators' part of the API speaks of.

export type Kind = "flagged" | "blocked" | "reported" | "alert";
export type Act = "approve" | "remove" | "warn" | "mute" | "ban" | "grant" | "reject" | "not_a_violation";

export interface Match {
  term: string;
  category: string;
  /// In code points, the end not included.
  start: number;
  end: number;
}

export interface FullVerdict extends Verdict {
  score?: number;
  probability?: number;
  matches?: Match[];
  language?: string;
}

/// A person, or only their user name.
export type Who = string | Partial<Person> | null | undefined;

export interface Decision {
  action: Act | "expired";
  by: Who;
  at: string;
  note?: string;
  minutes?: number | null;
  undo_until?: string | null;
}

export interface Case {
  id: string;
  kind: Kind;
  status: "open" | "decided";
  occasion: string;
  room: { id: string; name: string; title: string } | null;
  message_id: string | null;
  seq: number | null;
  text: string;
  count: number;
  author: Person;
  created_at: string;
  updated_at: string;
  verdict: FullVerdict | null;
  reports: { by: Who; reason: string; note?: string; at: string }[];
  appeal: { text: string; at: string } | null;
  claim: { by: Who; until: string } | null;
  decision: Decision | null;
  decisions?: Decision[];
  stale?: boolean;
}

export interface Suspect {
  user: Person;
  violations_24h: number;
  flagged_or_blocked: number;
  can_chat: boolean;
  muted_until?: string | null;
  banned_until?: string | null;
  banned?: boolean;
  muted?: boolean;
  history: Case[];
}

export interface CaseView {
  case: Case;
  context: Message[];
  person: Suspect;
}

export interface CasePage {
  cases: Case[];
  open: number;
  oldest_at: string | null;
  has_more: boolean;
  next?: string | null;
}

export interface Bucket {
  at: string;
  allow: number;
  warn: number;
  flag: number;
  block: number;
}

export interface Analytics {
  hours: number;
  verdicts: Bucket[];
  categories: Record<string, number>;
  rooms: { name: string; title: string; messages: number; toxic: number }[];
  people: { username: string; display_name?: string; flagged: number; blocked: number; warned: number }[];
  toxic_share: number;
  time_to_decision: { median_s: number | null; p90_s: number | null; decided: number };
  precision: { confirmed: number; overturned: number; value: number | null };
  waiting: number;
  oldest_at: string | null;
  appeals: number;
  online: number;
}

export function name_of(who: Who): string {
  if (typeof who === "string") return who;
  return who?.display_name || who?.username || "";
}

export function username_of(who: Who): string {
  return typeof who === "string" ? who : (who?.username ?? "");
}
