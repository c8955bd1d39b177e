import type { Room } from "../shared/types.ts";

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

/// What wants to be read first, those that name one before the rest; then rooms, then conversations of two. Empty
/// sections are left out.
export function in_sections(
  rooms: readonly Room[],
  of: (room: Room) => { is_wanted: boolean; is_mentioned: boolean },
): Section[] {
  const sorted = [...rooms].sort(natural);
  const wanted = sorted.filter((room) => of(room).is_wanted);
  const calm = sorted.filter((room) => !of(room).is_wanted);
  wanted.sort((one, other) => Number(of(other).is_mentioned) - Number(of(one).is_mentioned));
  return [
    { title: "rooms.wanted", rooms: wanted },
    { title: "rooms.title", rooms: calm.filter((room) => room.kind !== "direct") },
    { title: "rooms.direct", rooms: calm.filter((room) => room.kind === "direct") },
  ].filter((section) => section.rooms.length > 0);
}

export function count_text(count: number): string {
  return count < 100 ? String(count) : "99+";
}
