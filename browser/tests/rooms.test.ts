import assert from "node:assert/strict";
import { test } from "node:test";
import { in_sections } from "../src/chat/rooms/room_order.ts";
import type { Room } from "../src/shared/types.ts";

const room = (title: string, more: Partial<Room> = {}): Room => ({
  id: title,
  name: title.toLowerCase().replaceAll(" ", "-"),
  title,
  topic: "",
  kind: "public",
  member_count: 1,
  last_seq: 0,
  unread: 0,
  read_seq: 0,
  can_manage: false,
  settings: { slow_mode_s: 0, locked: false },
  ...more,
});

test("rooms: sections in order, what names one first, numbers as people count", () => {
  for (const [rooms, mentioned, expected] of [
    [[], [], []],
    [
      [room("Group 10"), room("Lobby"), room("Group 2"), room("algebra")],
      [],
      ["rooms.title: Lobby, algebra, Group 2, Group 10"],
    ],
    [
      [room("Lobby"), room("Maths", { unread: 3 }), room("Omar", { kind: "direct" }), room("Zoo", { unread: 1 })],
      ["zoo"],
      ["rooms.wanted: Zoo, Maths", "rooms.title: Lobby", "rooms.direct: Omar"],
    ],
  ] as [Room[], string[], string[]][]) {
    const sections = in_sections(rooms, (each) => ({
      is_wanted: each.unread > 0,
      is_mentioned: mentioned.includes(each.name),
    }));
    assert.deepEqual(
      sections.map(({ title, rooms: shown }) => `${title}: ${shown.map((each) => each.title).join(", ")}`),
      expected,
    );
  }
});

test("rooms: the one with the newest message first, where that is wished", () => {
  const rooms = [
    { ...room("Algebra"), last_at: "2026-11-01T08:00:00Z" },
    room("Empty"),
    { ...room("Zoo"), last_at: "2026-11-02T08:00:00Z" },
  ];
  const [section] = in_sections(rooms, () => ({ is_wanted: false, is_mentioned: false }), true);
  assert.deepEqual(
    section!.rooms.map((each) => each.title),
    ["Zoo", "Algebra", "Empty"],
  );
});
