import type { Composer } from "./writing/composer.ts";
import { open_dialog } from "../shared/dialogs.ts";
import { by } from "../shared/dom.ts";
import { close_emoji } from "./extras.ts";
import type { RoomList } from "./rooms/room_list.ts";
import type { Timeline } from "./messages/timeline.ts";

/// Keys that work anywhere on the chat page; the list of them is the dialog "keys".

export interface KeyParts {
  rooms: RoomList;
  composer: Composer;
  timeline: Timeline;
  open_room(name: string): void;
  open_switcher(): void;
  open_search(): void;
  close_drawers(): boolean;
}

const sections = ["room-filter", "timeline", "compose", "open-people"];

export function start_keys(parts: KeyParts): void {
  let searched_at = 0;
  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    const done = (): void => event.preventDefault();
    if (control && event.key.toLowerCase() === "k") {
      done();
      parts.open_switcher();
    } else if (control && event.key.toLowerCase() === "f" && Date.now() - searched_at < 3000) {
      // The second press within three seconds: the browser's own search has been tried first.
      done();
      parts.open_search();
    } else if (control && event.key.toLowerCase() === "f") {
      searched_at = Date.now();
    } else if (control && event.key === "/") {
      done();
      open_dialog("keys");
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      done();
      const room = parts.rooms.neighbour(event.key === "ArrowUp" ? -1 : 1, event.shiftKey);
      if (room !== undefined) parts.open_room(room.name);
    } else if (event.key === "F6") {
      done();
      next_section(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      escape(parts);
    } else if (event.key === "End" && document.activeElement !== parts.composer.field) {
      void parts.timeline.to_latest();
    } else if (types_text(event) && nothing_focused()) {
      parts.composer.focus();
    }
  });
  by("timeline").addEventListener("keydown", (event) => {
    if (event.target !== parts.timeline.box || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    parts.timeline.step(null, 0)?.focus();
  });
}

function next_section(step: number): void {
  const shown = sections.map((id) => by(id)).filter((node) => node.offsetParent !== null);
  const here = shown.findIndex((node) => node === document.activeElement || node.contains(document.activeElement));
  shown[(here + step + shown.length) % shown.length]?.focus();
}

function escape(parts: KeyParts): void {
  if (document.querySelector("dialog[open]") !== null) return;
  if (close_emoji() || parts.composer.cancel() || parts.close_drawers()) return;
  void parts.timeline.to_latest();
  parts.composer.focus();
}

function types_text(event: KeyboardEvent): boolean {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ";
}

function nothing_focused(): boolean {
  return document.activeElement === document.body && document.querySelector("dialog[open]") === null;
}
