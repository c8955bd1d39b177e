import type { Room } from "../../shared/types.ts";

/// In which order rooms stand; the server has the same rules (src/web/pages/room_sections.cpp).

export interface Section {
  /// The catalogue's key of its head.
  title: string;
  rooms: Room[];
}

const collator = new Intl.Collator(globalThis.document?.documentElement.lang || "en", { numeric: true });

/// "Group 2" before "Group 10"; the lobby before all.
export function natural(one: Room, other: Room): number {
  if ((one.name === "lobby") !== (other.name === "lobby")) return one.name === "lobby" ? -1 : 1;
  return collator.compare(one.title || one.name, other.title || other.name);
}

/// A room as the list knows it: with the time of its newest message, where that is known.
export type ListedRoom = Room & { last_at?: string };

function recent(one: ListedRoom, other: ListedRoom): number {
  const [a, b] = [one.last_at ?? "", other.last_at ?? ""];
  return a === b ? natural(one, other) : a < b ? 1 : -1;
}

/// What wants to be read first, those that name one before the rest; then rooms, then conversations of two. Empty
/// sections are left out.
export function in_sections(
  rooms: readonly ListedRoom[],
  of: (room: Room) => { is_wanted: boolean; is_mentioned: boolean },
  by_time = false,
): Section[] {
  const sorted = [...rooms].sort(by_time ? recent : natural);
  const wanted = sorted.filter((room) => of(room).is_wanted);
  const calm = sorted.filter((room) => !of(room).is_wanted);
  wanted.sort((one, other) => Number(of(other).is_mentioned) - Number(of(one).is_mentioned));
  return [
    { title: "rooms.wanted", rooms: wanted },
    { title: "rooms.title", rooms: calm.filter((room) => room.kind !== "direct") },
    { title: "rooms.direct", rooms: calm.filter((room) => room.kind === "direct") },
  ].filter((section) => section.rooms.length > 0);
}
