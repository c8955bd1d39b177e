import { el, icon } from "../../shared/dom.ts";
import { face } from "../../shared/face.ts";
import { count_text } from "../../shared/numbers.ts";
import type { Room } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// How rooms are shown, in the list at the side and in the switcher.

export interface LinkFacts {
  is_current: boolean;
  is_mentioned: boolean;
  has_draft: boolean;
  /// Of the other one in a conversation of two.
  online: boolean;
  avatar_url: string | null;
}

export function room_link(room: Room, facts: LinkFacts): HTMLElement {
  const path = room.kind === "live" ? "live" : "chat";
  const link = el(
    "a",
    { class: "room-link", href: `/${path}/${encodeURIComponent(room.name)}`, "data-room": room.name },
    room_sign(room, facts),
    el("bdi", { class: "room-title" }, room.title || room.name),
  );
  if (facts.is_current) link.setAttribute("aria-current", "page");
  if (facts.has_draft)
    link.append(
      el("span", { class: "drafted", title: word("rooms.draft") }, icon("pencil", "small"), sr(word("rooms.draft"))),
    );
  if (room.unread > 0) link.append(unread_mark(room, facts.is_mentioned));
  return link;
}

export function unread_mark(room: Room, is_mentioned: boolean): HTMLElement {
  const told = is_mentioned ? word("rooms.mentioned") : word("rooms.unread");
  return el("span", { class: is_mentioned ? "unread mentioned" : "unread" }, count_text(room.unread), sr(` ${told}`));
}

export function room_sign(room: Room, facts: Pick<LinkFacts, "online" | "avatar_url">): Element {
  if (room.kind !== "direct")
    return icon(room.kind === "private" ? "lock" : room.kind === "live" ? "radio" : "hash", "small");
  if (room.peer === undefined) return icon("message-circle", "small");
  const person = { id: "", username: room.peer, display_name: room.title, avatar_url: facts.avatar_url };
  const dot = el("i", { class: facts.online ? "dot on" : "dot" });
  return el("span", { class: "person-face" }, face(person, "tiny"), dot);
}

function sr(text: string): HTMLElement {
  return el("span", { class: "sr" }, text);
}
