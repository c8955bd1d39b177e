import { count_text } from "../../shared/numbers.ts";
import { search_key } from "../../shared/text.ts";
import { by, el } from "../../shared/dom.ts";
import type { Room } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import { room_link, type LinkFacts } from "./room_links.ts";
import { in_sections, type ListedRoom } from "./room_order.ts";

/// The list of rooms: sections, unread numbers, the filter, and which one is open.

export interface RoomListEvents {
  open(name: string): void;
  join(room: Room): void;
  has_draft(name: string): boolean;
}

export type BootRoom = Room & { avatar_url?: string | null; online?: boolean };

interface Peer {
  avatar_url: string | null;
  online: boolean;
}

export class RoomList {
  private readonly list = by("room-list");
  private readonly nav = this.list.closest<HTMLElement>("nav")!;
  private readonly filter = by<HTMLInputElement>("room-filter");
  private readonly mentioned = new Set<string>();
  private readonly peers = new Map<string, Peer>();
  private current = "";
  /// A room opened from among the unread ones stays there until another is opened: nothing moves under the hand.
  private stays = "";
  private others: Room[] = [];
  private timer = 0;
  private is_stale = false;

  constructor(
    public rooms: ListedRoom[],
    private readonly events: RoomListEvents,
  ) {
    for (const room of rooms as BootRoom[])
      if (room.peer !== undefined)
        this.peers.set(room.peer, { avatar_url: room.avatar_url ?? null, online: room.online === true });
    this.nav.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-room]");
      if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      const name = link.dataset.room!;
      const other = this.others.find((each) => each.name === name);
      if (other !== undefined && by("other-list").contains(link)) this.events.join(other);
      else this.events.open(name);
    });
    this.filter.addEventListener("input", () => this.apply_filter());
    this.filter.addEventListener("keydown", (event) => this.filter_key(event));
  }

  /// Public rooms that one could join.
  offer(rooms: Room[]): void {
    this.others = rooms;
    this.render();
  }

  get joinable(): readonly Room[] {
    return this.others.filter((room) => this.find(room.name) === undefined);
  }

  find(name_or_id: unknown): ListedRoom | undefined {
    return this.rooms.find((room) => room.name === name_or_id || room.id === name_or_id);
  }

  /// All rooms as the server knows them after a reconnection.
  replace(rooms: Room[]): void {
    const known = new Map(this.rooms.map((room) => [room.id, room.last_at]));
    this.rooms = rooms.map((room) => ({ last_at: known.get(room.id) ?? "", ...room }));
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
    const room = this.find(name);
    this.stays = room !== undefined && room.unread > 0 && name !== this.current ? name : "";
    this.current = name;
    this.render();
    this.show_current();
  }

  /// Something was said in it.
  stir(room: ListedRoom, at: string): void {
    room.last_at = at;
    if (document.documentElement.dataset.rooms === "recent") this.render_soon();
  }

  count_unread(room: Room, mentions_me: boolean): void {
    room.unread++;
    if (mentions_me) this.mentioned.add(room.name);
    this.render_soon();
  }

  /// One of the unread messages was deleted.
  uncount_unread(room: Room): void {
    room.unread--;
    this.render_soon();
  }

  clear_unread(name: string): void {
    const room = this.find(name);
    if (room === undefined) return;
    room.read_seq = room.last_seq;
    if (room.unread === 0 && !this.mentioned.has(room.name)) return;
    room.unread = 0;
    this.mentioned.delete(room.name);
    this.render();
  }

  /// A direct room in which both are here says that the other one is.
  heard_online(name_or_id: unknown, count: number): void {
    const room = this.find(name_or_id);
    if (room?.peer === undefined || Number.isNaN(count)) return;
    const peer = this.peers.get(room.peer) ?? { avatar_url: null, online: false };
    if (peer.online === count > 1 && this.peers.has(room.peer)) return;
    this.peers.set(room.peer, { ...peer, online: count > 1 });
    this.render_soon();
  }

  picture(username: string): string | null {
    return this.peers.get(username)?.avatar_url ?? null;
  }

  /// What was begun in a room, or sent: its mark.
  draft_changed(): void {
    this.render_soon();
  }

  /// The room `steps` further down the list; only those with unread messages when asked.
  neighbour(steps: number, unread_only: boolean): Room | undefined {
    const shown = this.sections().flatMap((section) => section.rooms);
    const count = shown.length;
    const from = shown.findIndex((each) => each.name === this.current);
    for (let step = 1; step <= count; step++) {
      const room = shown[(from + step * steps + count * step) % count];
      if (room && room.name !== this.current && (!unread_only || room.unread > 0)) return room;
    }
    return undefined;
  }

  facts(room: Room): LinkFacts {
    const peer = room.peer === undefined ? undefined : this.peers.get(room.peer);
    return {
      is_current: room.name === this.current,
      is_mentioned: this.mentioned.has(room.name),
      has_draft: room.name !== this.current && this.events.has_draft(room.name),
      online: peer?.online === true,
      avatar_url: peer?.avatar_url ?? null,
    };
  }

  /// The pane with the list has come into view.
  shown(): void {
    if (this.is_stale) this.render();
    this.show_current();
  }

  private sections(): ReturnType<typeof in_sections> {
    const of = (room: Room): { is_wanted: boolean; is_mentioned: boolean } => ({
      is_wanted: room.unread > 0 || room.name === this.stays,
      is_mentioned: this.mentioned.has(room.name),
    });
    return in_sections(this.rooms, of, document.documentElement.dataset.rooms === "recent");
  }

  /// A flood elsewhere is one change of the list, not a thousand.
  private render_soon(): void {
    this.timer ||= window.setTimeout(() => this.render(), 150);
  }

  private render(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.show_elsewhere();
    // Nobody sees the list of a closed drawer.
    this.is_stale = this.nav.checkVisibility?.({ visibilityProperty: true }) === false;
    if (this.is_stale) return;
    const focused = document.activeElement?.closest<HTMLElement>("a[data-room]")?.dataset.room;
    const top = this.nav.scrollTop;
    const link = (room: Room): HTMLElement => el("li", {}, room_link(room, this.facts(room)));
    this.list.replaceChildren(
      ...this.sections().map(({ title, rooms }) =>
        el("section", {}, el("h2", { class: "list-head" }, word(title)), el("ul", {}, ...rooms.map(link))),
      ),
    );
    const others = this.joinable;
    by("other-list").replaceChildren(...others.map(link));
    by("other-rooms").hidden = others.length === 0;
    this.nav.scrollTop = top;
    if (focused !== undefined) this.nav.querySelector<HTMLElement>(`a[data-room="${CSS.escape(focused)}"]`)?.focus();
    this.apply_filter();
  }

  private show_current(): void {
    const link = this.list.querySelector<HTMLElement>("a[aria-current]");
    if (link === null || link.offsetHeight === 0) return;
    const [top, bottom] = [link.offsetTop, link.offsetTop + link.offsetHeight];
    if (top >= this.nav.scrollTop && bottom <= this.nav.scrollTop + this.nav.clientHeight) return;
    this.nav.scrollTop = top - this.nav.clientHeight / 2;
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
    for (const list of this.nav.querySelectorAll("ul")) {
      let here = 0;
      for (const item of list.children) {
        const hit = search_key(item.textContent ?? "").includes(wanted);
        (item as HTMLElement).hidden = !hit;
        if (hit) here++;
      }
      shown += here;
      const head = list.previousElementSibling as HTMLElement | null;
      if (head !== null) head.hidden = here === 0;
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
      this.events.open(first.dataset.room!);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      first?.focus();
    }
  }
}
