import type { Marks } from "../../contract.ts";
import type { Api } from "../../shared/api.ts";
import { plain } from "../../shared/markdown.ts";
import { Sequence } from "./sequence.ts";
import { speak_message } from "./spoken_messages.ts";
import type { Socket } from "../../shared/socket.ts";
import { Timeline } from "./timeline.ts";
import { UnreadBar } from "./unread_bar.ts";
import type { Message, Page, Role, Room } from "../../shared/types.ts";
import { cut } from "../../shared/text.ts";

/// The room that is open: its history, kept whole over lost connections, and what of it has been read.

const page_size = 50;
/// More than this many missed messages: the newest page is shown instead, and the rest is a scroll away.
const most_caught_up = 200;
const most_waiting = 100;

export class Conversation {
  readonly timeline: Timeline;
  private sequence: Sequence<Message>;
  private catching_up = false;
  private read_seq = 0;
  private read_timer = 0;
  private fresh: Message[] = [];
  private wanted: Room | null = null;
  private readonly unread_bar: UnreadBar;

  constructor(
    public room: Room,
    private readonly me: string,
    private readonly api: Api,
    private readonly socket: Socket,
    role_of: (username: string) => Role | undefined,
    private readonly on_read: (room: string) => void,
  ) {
    this.timeline = new Timeline(me, role_of, {
      older: (before) => this.older(before),
      newer: (after) => this.newer(after),
      latest: () => this.load_latest(),
      seen: (seq) => this.seen(seq),
    });
    this.unread_bar = new UnreadBar(
      () => void this.timeline.to_latest(),
      () => this.mark_read(),
    );
    this.sequence = new Sequence(0);
  }

  /// Starts from the rows that came with the page.
  adopt(last_seq: number): void {
    // First of all: what is seen as the rows are taken over is read.
    this.read_seq = this.room.unread > 0 ? 0 : last_seq;
    this.timeline.set_direct(this.room.kind === "direct");
    this.timeline.adopt(this.room.name, last_seq);
    void this.load_marks();
    this.sequence = new Sequence(Math.max(this.timeline.last_seq, last_seq));
    this.show_unread();
  }

  get last_seq(): number {
    return this.sequence.last;
  }

  /// The other of a conversation of two was reached, or has read, up to `seq`.
  marked(kind: "delivered" | "read", username: string, seq: number): void {
    if (username !== this.me) this.timeline.move_mark(kind, seq);
  }

  private async load_marks(): Promise<void> {
    const room = this.room;
    if (room.kind !== "direct") return;
    const found = await this.api.get<Marks>(`/rooms/${encodeURIComponent(room.name)}/marks`).catch(() => null);
    if (this.room !== room) return;
    for (const mark of found?.marks ?? []) {
      this.marked("delivered", mark.username, mark.delivered_seq);
      this.marked("read", mark.username, mark.read_seq);
    }
  }

  /// Turns to another room once the page that it opens at is there: the one around the first unread message, or the
  /// newest. False when the person has gone elsewhere meanwhile.
  async open(room: Room): Promise<boolean> {
    this.wanted = room;
    const first_of = (page: Page): Message | undefined => page.messages.find((each) => this.is_unread(each, room));
    let far_behind = room.unread > 0 && room.last_seq - room.read_seq > page_size;
    let page = await this.fetch_page(far_behind ? `around=${room.read_seq + 1}` : "", room);
    // Where all of it is one's own or deleted, there is nothing to go back to.
    if (far_behind && first_of(page) === undefined) {
      far_behind = false;
      page = await this.fetch_page("", room);
    }
    if (this.wanted !== room) return false;
    this.wanted = null;
    this.fresh = [];
    this.room = room;
    this.unread_bar.hide();
    this.timeline.set_direct(room.kind === "direct");
    void this.load_marks();
    const last = page.messages[page.messages.length - 1]?.seq ?? 0;
    const newest = far_behind ? Math.max(room.last_seq, last) : last;
    const has_older = far_behind ? (page.messages[0]?.seq ?? 1) > 1 : page.has_more;
    const first = room.unread > 0 ? first_of(page) : undefined;
    this.sequence = new Sequence(newest);
    this.read_seq = first !== undefined ? first.seq - 1 : newest;
    this.timeline.reset(page.messages, has_older, last < newest, first?.seq ?? 0);
    this.show_unread();
    return true;
  }

  private is_unread(message: Message, room: Room): boolean {
    const mine = message.sender === null || message.sender.username === this.me;
    return message.seq > room.read_seq && !mine && message.deleted !== true;
  }

  /// Says what was missed, while its end is not in view.
  private show_unread(): void {
    const first = this.timeline.first_unread;
    if (first === undefined || first.seq <= this.read_seq || this.room.unread === 0) return;
    this.unread_bar.show(this.room.unread, new Date(first.sent_at));
  }

  private mark_read(): void {
    this.seen(Math.max(this.sequence.last, this.room.last_seq));
    this.timeline.forget_unread();
  }

  /// The person stays after all.
  stay(): void {
    this.wanted = null;
  }

  is_here(event_room: unknown): boolean {
    return event_room === this.room.name || event_room === this.room.id;
  }

  /// A message of this room, from whichever side.
  receive(message: Message): void {
    this.show_soon(this.sequence.take([message]));
    if (this.sequence.has_gap) void this.catch_up();
  }

  /// Fetches what is missing; called after a reconnection and whenever a number was skipped.
  async catch_up(): Promise<void> {
    if (this.catching_up) return;
    this.catching_up = true;
    const room = this.room;
    try {
      for (let taken = 0; room === this.room; taken += page_size) {
        if (taken >= most_caught_up) return await this.load_latest();
        const page = await this.fetch_page(`after=${this.sequence.last}`);
        if (room !== this.room) return;
        this.flush();
        this.show(this.sequence.take(page.messages));
        if (!page.has_more || page.messages.length === 0) break;
      }
    } catch {
      // The next message or reconnection tries again.
    } finally {
      this.catching_up = false;
    }
  }

  /// After a reconnection: edits, deletions and reactions that were missed.
  async refresh(): Promise<void> {
    const room = this.room;
    const page = await this.fetch_page("");
    if (room !== this.room) return;
    this.flush();
    for (const message of page.messages) {
      const known = this.timeline.find_seq(message.seq);
      if (known !== undefined && changed(known, message)) this.timeline.update(message);
    }
  }

  /// Shows the message `seq`, fetching its surroundings when it is not in the window.
  async go_to(seq: number): Promise<void> {
    if (this.timeline.show(seq)) return;
    const page = await this.fetch_page(`around=${seq}`);
    const last = page.messages[page.messages.length - 1]?.seq ?? 0;
    this.timeline.reset(page.messages, (page.messages[0]?.seq ?? 1) > 1, last < this.sequence.last);
    this.timeline.show(seq);
  }

  private fetch_page(where: string, room = this.room): Promise<Page> {
    const name = encodeURIComponent(room.name);
    return this.api.get<Page>(`/rooms/${name}/messages?limit=${page_size}${where === "" ? "" : "&" + where}`);
  }

  private async older(before: number): Promise<void> {
    const room = this.room;
    const page = await this.fetch_page(`before=${before}`);
    if (room === this.room) this.timeline.prepend(page.messages, page.has_more);
  }

  private async newer(after: number): Promise<void> {
    const room = this.room;
    const page = await this.fetch_page(`after=${after}`);
    if (room !== this.room) return;
    this.fresh = [];
    this.sequence.take(page.messages);
    this.timeline.extend(
      page.messages,
      page.has_more || (page.messages[page.messages.length - 1]?.seq ?? 0) < this.sequence.last,
    );
  }

  private async load_latest(): Promise<void> {
    const room = this.room;
    const page = await this.fetch_page("");
    if (room !== this.room) return;
    this.fresh = [];
    const last = page.messages[page.messages.length - 1]?.seq ?? 0;
    this.sequence.restart(Math.max(last, 0));
    this.timeline.reset(page.messages, page.has_more, false);
  }

  /// New messages are shown once a frame, however many came; in a page that nobody sees, four times a second.
  private show_soon(messages: Message[]): void {
    const idle = this.fresh.length === 0;
    this.fresh.push(...messages);
    if (this.fresh.length > most_waiting) this.flush();
    else if (idle && this.fresh.length > 0) {
      if (document.hidden) setTimeout(() => this.flush(), 250);
      else requestAnimationFrame(() => this.flush());
    }
  }

  /// Shows at once what waits for the next frame.
  flush(): void {
    if (this.fresh.length > 0) this.show(this.fresh.splice(0));
  }

  private show(messages: Message[]): void {
    this.timeline.append(messages);
    for (const message of messages) {
      if (message.sender === null || message.sender.username === this.me || message.deleted) continue;
      if (!this.is_read_out(message)) continue;
      speak_message(message.sender.display_name, cut(plain(message.text), 200));
    }
  }

  /// Which messages a screen reader says is everybody's own choice.
  private is_read_out(message: Message): boolean {
    const wish = document.documentElement.dataset.announce;
    if (wish === "mentions") return this.room.kind === "direct" || (message.mentions ?? []).includes(this.me);
    return wish !== "none";
  }

  private seen(seq: number): void {
    if (seq <= this.read_seq) return;
    this.read_seq = seq;
    this.unread_bar.hide();
    this.on_read(this.room.name);
    if (this.read_timer !== 0) return;
    this.read_timer = window.setTimeout(() => {
      this.read_timer = 0;
      this.socket.tell("read", { room: this.room.name, seq: this.read_seq });
    }, 800);
  }
}

function changed(known: Message, fresh: Message): boolean {
  const shape = (message: Message): string =>
    JSON.stringify([
      message.deleted ?? false,
      message.deleted ? "" : message.text,
      message.reactions ?? {},
      message.moderation?.action ?? "allow",
    ]);
  return shape(known) !== shape(fresh);
}
