/// The shapes of the server's contract, as far as the pages use them.

export type Role = "owner" | "admin" | "moderator" | "member" | "guest";

export interface Person {
  id: string;
  username: string;
  display_name: string;
  avatar_url?: string | null;
  role?: Role;
  online?: boolean;
}

export interface Room {
  id: string;
  name: string;
  title: string;
  topic?: string;
  kind: "public" | "private" | "direct" | "live";
  /// The other one's user name in a direct room; its title is their display name.
  peer?: string;
  last_seq: number;
  unread: number;
  member_count?: number;
  can_manage?: boolean;
  settings?: { slow_mode_s?: number; locked?: boolean };
  /// In the list of all rooms: whether one is in it.
  joined?: boolean;
}

export interface Verdict {
  action?: "allow" | "warn" | "flag" | "block";
  severity?: string;
  reasons?: string[];
  matches?: { term: string }[];
  /// Only for the author and the moderators.
  case_id?: string;
}

export interface Attachment {
  url: string;
  name: string;
  type: string;
}

export interface Message {
  id: string;
  room: string;
  seq: number;
  sender: Person | null;
  text: string;
  sent_at: string;
  edited_at?: string | null;
  deleted?: boolean;
  by_staff?: boolean;
  reply_to?: string | number | null;
  reactions?: Record<string, string[]>;
  client_id?: string;
  moderation?: Verdict;
  attachments?: Attachment[];
  /// What one's own removed message said.
  own_text?: string | undefined;
}

/// A text of one's own that came to the moderators' attention.
export interface OwnRecord {
  case_id: string;
  at: string;
  occasion?: string;
  room: { name: string; title: string } | null;
  message_id?: string | null;
  text: string;
  action: string;
  reasons: string[];
  severity: string;
  status: "open" | "decided";
  decision: { action: string; at: string; note?: string; until?: string | null } | null;
  appeal: { text: string; at: string } | null;
  can_appeal: boolean;
}

export interface OwnStanding {
  violations_24h: number;
  flagged_or_blocked: number;
  max_allowed: number;
  can_chat: boolean;
  warning?: string | null;
  records: OwnRecord[];
}

export interface Page {
  messages: Message[];
  has_more: boolean;
}

export interface Boot {
  user: Person;
  room: Room;
  rooms: Room[];
  people?: Person[];
  csrf: string;
  lang: string;
  version: string;
  /// The server's clock when it made the page.
  time?: string;
  last_seq?: number;
  first_unread?: number | null;
  mute?: { until?: string | null; reason?: string; automatic?: boolean } | null;
  /// Why messages of one's own are under review, by their ids.
  reviews?: Record<string, Verdict>;
  limits?: { text?: number; file?: number };
}

/// One frame from the server.
export interface Event_ {
  type: string;
  [field: string]: unknown;
}
