import { count_text } from "../shared/numbers.ts";
import { search_key } from "../shared/text.ts";
import { by, el, icon } from "../shared/dom.ts";
import { face } from "../shared/face.ts";
import type { Room } from "../shared/types.ts";
import { word } from "../shared/words.ts";

/// The list of rooms: titles, unread numbers, the filter, and which one is open.
export class RoomList {
  private readonly list = by<HTMLUListElement>("room-list");
  private readonly filter = by<HTMLInputElement>("room-filter");
  private readonly mentioned = new Set<string>();
  private current = "";
  private others: Room[] = [];
  private timer = 0;

  constructor(
    public rooms: Room[],
    private readonly open: (name: string) => void,
    private readonly join: (room: Room) => void,
  ) {
    this.list.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-room]");
      if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      this.open(link.dataset.room!);
    });
    by("other-list").addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-room]");
      if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      const room = this.others.find((each) => each.name === link.dataset.room);
      if (room !== undefined) this.join(room);
    });
    this.filter.addEventListener("input", () => this.apply_filter());
    this.filter.addEventListener("keydown", (event) => this.filter_key(event));
  }

  /// Public rooms that one could join.
  offer(rooms: Room[]): void {
    this.others = rooms;
    this.render();
  }

  find(name: unknown): Room | undefined {
    return this.rooms.find((each) => each.name === name || each.id === name);
  }

  /// The server's list after a (re)connection; what is open keeps its place.
  replace(rooms: Room[]): void {
    const managed = new Set(this.rooms.filter((room) => room.can_manage).map((room) => room.name));
    this.rooms = rooms.map((room) => (managed.has(room.name) ? { ...room, can_manage: true } : room));
    this.render();
  }

  put(room: Room): void {
    const known = this.find(room.name);
    if (known) Object.assign(known, room);
    else this.rooms.push(room);
    this.render();
  }

  remove(name: string): void {
    this.rooms = this.rooms.filter((each) => each.name !== name && each.id !== name);
    this.render();
  }

  set_current(name: string): void {
    this.current = name;
    this.render();
  }

  count_unread(room: Room, mentions_me: boolean): void {
    room.unread++;
    if (mentions_me) this.mentioned.add(room.name);
    // A flood elsewhere is one change of the list, not a thousand.
    this.timer ||= window.setTimeout(() => this.render(), 150);
  }

  /// One of the unread messages was deleted.
  uncount_unread(room: Room): void {
    room.unread--;
    this.timer ||= window.setTimeout(() => this.render(), 150);
  }

  clear_unread(name: string): void {
    const room = this.find(name);
    if (room === undefined || (room.unread === 0 && !this.mentioned.has(room.name))) return;
    room.unread = 0;
    this.mentioned.delete(room.name);
    this.render();
  }

  /// The room `steps` further down the list; only those with unread messages when asked.
  neighbour(steps: number, unread_only: boolean): Room | undefined {
    const count = this.rooms.length;
    const from = this.rooms.findIndex((each) => each.name === this.current);
    for (let step = 1; step <= count; step++) {
      const room = this.rooms[(from + step * steps + count * step) % count];
      if (room && room.name !== this.current && (!unread_only || room.unread > 0)) return room;
    }
    return undefined;
  }

  focus_filter(): void {
    this.filter.focus();
    this.filter.select();
  }

  private render(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const focused = document.activeElement?.closest<HTMLElement>("a[data-room]")?.dataset.room;
    this.list.replaceChildren(...this.rooms.map((room) => el("li", {}, this.link(room))));
    const others = this.others.filter((room) => this.find(room.name) === undefined);
    by("other-list").replaceChildren(...others.map((room) => el("li", {}, this.link(room))));
    by("other-rooms").hidden = others.length === 0;
    if (focused !== undefined) this.list.querySelector<HTMLElement>(`a[data-room="${CSS.escape(focused)}"]`)?.focus();
    this.apply_filter();
    this.show_elsewhere();
  }

  private link(room: Room): HTMLElement {
    const sign =
      room.kind === "direct"
        ? peer_sign(room)
        : room.kind === "private"
          ? icon("lock", "small")
          : icon(room.kind === "live" ? "radio" : "hash", "small");
    const link = el(
      "a",
      { class: "room-link", href: `/chat/${encodeURIComponent(room.name)}`, "data-room": room.name },
      sign,
      el("bdi", { class: "room-title" }, room.title || room.name),
    );
    if (room.name === this.current) link.setAttribute("aria-current", "page");
    if (room.unread > 0) {
      const kind = this.mentioned.has(room.name) ? "unread mentioned" : "unread";
      link.append(
        el("span", { class: kind }, count_text(room.unread), el("span", { class: "sr" }, ` ${word("rooms.unread")}`)),
      );
    }
    return link;
  }

  private show_elsewhere(): void {
    const elsewhere = this.rooms.reduce((sum, room) => sum + (room.name === this.current ? 0 : room.unread), 0);
    const mark = by("elsewhere");
    mark.hidden = elsewhere === 0;
    mark.replaceChildren(count_text(elsewhere), el("span", { class: "sr" }, ` ${word("rooms.unread")}`));
  }

  private apply_filter(): void {
    const wanted = search_key(this.filter.value.trim());
    let shown = 0;
    for (const item of [...this.list.children, ...by("other-list").children]) {
      const hit = search_key(item.textContent ?? "").includes(wanted);
      (item as HTMLElement).hidden = !hit;
      if (hit) shown++;
    }
    by("no-rooms").hidden = shown > 0;
  }

  private filter_key(event: KeyboardEvent): void {
    const first = this.list.querySelector<HTMLAnchorElement>("li:not([hidden]) a");
    if (event.key === "Escape") {
      this.filter.value = "";
      this.apply_filter();
    } else if (event.key === "Enter" && first) {
      event.preventDefault();
      this.filter.value = "";
      this.open(first.dataset.room!);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      first?.focus();
    }
  }
}

/// A direct room bears the initials of the other one, in their colour.
function peer_sign(room: Room): Element {
  if (room.peer === undefined) return icon("message-circle", "small");
  return face({ id: "", username: room.peer, display_name: room.title }, "tiny");
}
