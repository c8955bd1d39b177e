import type * as contract from "../contract.ts";

/// What the pages call the contract's shapes (src/contract.ts is made from src/contract/openapi.json), and what a page
/// knows beyond them.

export type Role = contract.User["role"];
export type Person = contract.Person & Partial<Pick<contract.User, "role" | "online">>;
export type Room = contract.Room;
export type Attachment = contract.Attachment;
export type OwnRecord = contract.OwnRecord;
export type OwnStanding = contract.OwnModeration;

/// A verdict as far as somebody is told of it.
export type Verdict = Partial<contract.Moderation>;

/// A message as a row shows it: one of the contract's, one on its way, or one read from the page that the server wrote.
export type Message = Pick<
  contract.Message,
  "id" | "room" | "seq" | "text" | "sent_at" | "deleted" | "by_staff" | "reactions" | "client_id"
> & {
  sender: Person | null;
  edited_at?: string | null;
  /// The number of a message in the room, or, until the server has answered, its id.
  reply_to?: string | number | null;
  attachments?: Attachment[];
  mentions?: string[];
  moderation?: Verdict;
  /// What one's own removed message said.
  own_text?: string | undefined;
};

export interface Page {
  messages: Message[];
  has_more: boolean;
}

export interface Boot {
  user: Person;
  room: Room;
  /// With the time of the newest message; of a conversation of two the other one's picture, and whether they are here.
  rooms: (Room & { last_at?: string; avatar_url?: string | null; online?: boolean })[];
  may_make_rooms?: boolean;
  csrf: string;
  lang: string;
  version: string;
  /// The server's clock when it made the page.
  time?: string;
  last_seq?: number;
  first_unread?: number | null;
  /// By the spam window alone: whom people banned has no page.
  ban?: { until?: string | null } | null;
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
