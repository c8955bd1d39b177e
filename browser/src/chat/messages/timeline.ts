import { by, el } from "../../shared/dom.ts";
import {
  fill_row,
  fill_time,
  make_code_reachable,
  make_row,
  mark_call,
  read_row,
  seq_of,
  set_tick,
  tidy_quote,
  type RowContext,
  type Tick,
} from "./message_row.ts";
import { day_key, day_text } from "../../shared/time.ts";
import type { Message } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// The list of messages: a window of rows on the room's history. Rows are added at either end and dropped at the
/// other, so that memory stays bounded however long the page is open; what is being read never moves.

const most_rows = 240;
const spare_rows = 60;
const group_ms = 5 * 60_000;
const near_px = 120;

interface Row {
  message: Message;
  node: HTMLElement;
  day: HTMLElement | null;
}

export interface TimelineEvents {
  older(before: number): Promise<void>;
  newer(after: number): Promise<void>;
  /// Back to the newest messages, though they are not in the window.
  latest(): Promise<void>;
  /// The newest message has been in view.
  seen(seq: number): void;
}

export class Timeline {
  readonly box = by("timeline");
  private readonly list = by<HTMLOListElement>("messages");
  private readonly older_mark = by("older");
  private readonly start_card = by("start");
  private readonly jump = by<HTMLButtonElement>("jump");
  private rows: Row[] = [];
  private pending: HTMLElement[] = [];
  private has_older = false;
  private has_newer = false;
  private stuck = true;
  private busy = false;
  private unread_line: HTMLElement | null = null;
  private below = 0;
  private sealed = false;
  private is_direct = false;
  private marks = { delivered: 0, read: 0 };

  constructor(
    private readonly me: string,
    private readonly role_of: RowContext["role_of"],
    private readonly events: TimelineEvents,
  ) {
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.jump.addEventListener("click", () => void this.to_latest());
    const resized = new ResizeObserver(() => this.stuck && this.to_bottom());
    resized.observe(this.box);
    resized.observe(this.list);
    document.addEventListener("visibilitychange", () => this.report_seen());
  }

  get last_seq(): number {
    return this.rows[this.rows.length - 1]?.message.seq ?? 0;
  }

  get at_end(): boolean {
    return this.stuck && !this.has_newer;
  }

  get is_window_of_past(): boolean {
    return this.has_newer;
  }

  /// The message below the line that parts what was read from what was not.
  get first_unread(): Message | undefined {
    const next = this.unread_line?.nextElementSibling ?? null;
    return next === null ? undefined : this.message_of(next);
  }

  get messages(): Message[] {
    return this.rows.map((row) => row.message);
  }

  find(id: string): Message | undefined {
    return this.row(id)?.message;
  }

  find_seq(seq: number): Message | undefined {
    return this.rows.find((row) => row.message.seq === seq)?.message;
  }

  node_of(id: string): HTMLElement | undefined {
    return this.row(id)?.node;
  }

  message_of(node: Element): Message | undefined {
    const row = node.closest<HTMLElement>(".msg");
    return row === null ? undefined : this.rows.find((each) => each.node === row)?.message;
  }

  /// Takes over the rows that came with the page; `newest` is the room's last number.
  adopt(room: string, newest: number): void {
    const nodes = [...this.list.querySelectorAll<HTMLElement>("li.msg")];
    this.unread_line = document.getElementById("unread-line");
    for (const day of this.list.querySelectorAll(".day")) day.remove();
    this.rows = nodes.map((node) => ({ message: read_row(node, room), node, day: null }));
    for (const row of this.rows) {
      fill_time(row.node, row.message);
      make_code_reachable(row.node);
      tidy_quote(row.node);
      if (row.message.sender?.username !== this.me) mark_call(row.node, this.me);
      if (row.message.sender?.username === this.me && !row.message.deleted)
        set_tick(row.node, this.reached(row.message.seq));
    }
    this.has_older = !this.older_mark.hidden;
    this.has_newer = this.rows.length > 0 && this.last_seq < newest;
    this.stuck = !this.has_newer;
    this.dress(0, this.rows.length);
    this.settle();
    this.start_view();
  }

  /// Shows another page of history instead of what was there.
  reset(messages: Message[], has_older: boolean, has_newer: boolean, first_unread = 0): void {
    this.rows = [];
    this.pending = [];
    this.list.replaceChildren();
    this.unread_line = null;
    this.below = 0;
    this.has_newer = has_newer;
    this.sealed = false;
    this.insert(0, messages);
    this.set_older(has_older);
    this.stuck = !has_newer;
    if (first_unread > 0) this.mark_unread(first_unread);
    this.settle();
    this.start_view();
  }

  /// A fresh page begins at what is unread, or at its end.
  private start_view(): void {
    if (this.unread_line !== null) this.unread_line.scrollIntoView({ block: "center" });
    else this.to_bottom();
    this.scrolled();
  }

  /// New messages at the end. While the window shows the past they are only counted.
  append(messages: Message[]): void {
    if (messages.length === 0) return;
    const mine = messages.some((each) => each.sender?.username === this.me);
    if (this.has_newer) {
      this.below += messages.length;
      this.show_jump();
      return;
    }
    const follow = this.stuck;
    if (!mine && (document.hidden || !follow) && (this.unread_line === null || this.sealed)) {
      this.insert(this.rows.length, messages);
      this.mark_unread(messages[0]!.seq);
    } else {
      this.insert(this.rows.length, messages);
    }
    if (follow) this.drop_oldest();
    else if (this.rows.length > 2 * most_rows) this.drop_newest();
    if (!follow) this.below += messages.filter((each) => each.sender?.username !== this.me).length;
    this.settle();
    if (follow) this.to_bottom();
    this.scrolled();
  }

  /// An older page before the first row.
  prepend(messages: Message[], has_older: boolean): void {
    this.keep(() => {
      this.insert(0, messages);
      this.set_older(has_older);
    });
    if (this.rows.length > most_rows + spare_rows) this.drop_newest();
    this.settle();
  }

  /// A newer page after the last row, while the window shows the past.
  extend(messages: Message[], has_newer: boolean): void {
    this.keep(() => this.insert(this.rows.length, messages));
    this.has_newer = has_newer;
    this.keep(() => this.drop_oldest());
    this.settle();
    this.scrolled();
  }

  /// A message that changed: edited, deleted, reacted to.
  update(message: Message): void {
    const row = this.row(message.id) ?? this.rows.find((each) => each.message.seq === message.seq);
    if (row === undefined) return;
    row.message = { ...row.message, ...message };
    this.keep(() => fill_row(row.node, row.message, this.context()));
    if (this.stuck) this.to_bottom();
  }

  /// Rows of messages on their way stay after all others.
  add_pending(node: HTMLElement): void {
    this.pending.push(node);
    this.list.append(node);
    this.settle();
    this.stuck = true;
    this.to_bottom();
  }

  remove_pending(node: HTMLElement): void {
    this.pending = this.pending.filter((each) => each !== node);
    node.remove();
  }

  context(): RowContext {
    return {
      me: this.me,
      role_of: this.role_of,
      answered: (message) => this.find_answered(message),
      is_direct: this.is_direct,
      reached: (seq) => this.reached(seq),
    };
  }

  /// Whether this is a conversation of two; how far the other has come is not known yet.
  set_direct(is_direct: boolean): void {
    this.is_direct = is_direct;
    this.marks = { delivered: 0, read: 0 };
  }

  /// The other was reached, or has read, up to `seq`.
  move_mark(kind: "delivered" | "read", seq: number): void {
    if (!this.is_direct || !(seq > this.marks[kind])) return;
    this.marks[kind] = seq;
    for (const { node, message } of this.rows)
      if (message.sender?.username === this.me && message.seq > 0 && !message.deleted)
        set_tick(node, this.reached(message.seq));
  }

  private reached(seq: number): Tick {
    if (seq <= this.marks.read) return "read";
    return seq <= this.marks.delivered ? "delivered" : "sent";
  }

  /// Whether the row of `seq` is in the window; if so it is shown and flashes once.
  show(seq: number): boolean {
    const row = this.rows.find((each) => each.message.seq === seq);
    if (row === undefined) return false;
    this.stuck = false;
    row.node.scrollIntoView({ block: "center" });
    row.node.classList.add("target");
    setTimeout(() => row.node.classList.remove("target"), 1700);
    row.node.focus({ preventScroll: true });
    return true;
  }

  async to_latest(): Promise<void> {
    if (this.has_newer) await this.events.latest();
    this.stuck = true;
    this.to_bottom();
    this.scrolled();
  }

  /// The row before or after `node`, for the arrow keys.
  step(node: Element | null, by_rows: number): HTMLElement | undefined {
    const index = this.rows.findIndex((row) => row.node === node);
    return (index < 0 ? this.rows[this.rows.length - 1] : this.rows[index + by_rows])?.node;
  }

  /// Stays at the end when a row grew.
  follow(): void {
    if (this.stuck) this.to_bottom();
  }

  forget_unread(): void {
    this.unread_line?.remove();
    this.unread_line = null;
  }

  private row(id: string): Row | undefined {
    return this.rows.find((each) => each.message.id === id);
  }

  private find_answered(message: Message): Message | undefined {
    if (!message.reply_to) return undefined;
    return this.find(String(message.reply_to)) ?? this.find_seq(seq_of(message.reply_to));
  }

  private insert(at: number, messages: Message[]): void {
    const made = messages.map((message) => ({ message, node: document.createElement("li") as HTMLElement, day: null }));
    this.rows.splice(at, 0, ...made);
    // Rows are made after all are known, so that an answer finds what it answers within the same page.
    const context = this.context();
    for (const row of made) row.node = make_row(row.message, context);
    const next = this.rows[at + made.length];
    const anchor = next ? this.head_of(next) : (this.pending[0] ?? null);
    const block = document.createDocumentFragment();
    for (const row of made) block.append(row.node);
    this.list.insertBefore(block, anchor);
    this.dress(at, at + made.length + 1);
  }

  /// The first node that belongs to a row: its day, the unread line, or itself.
  private head_of(row: Row): HTMLElement {
    return row.day ?? row.node;
  }

  /// Grouping and day lines of rows from `from` up to `to`, each against the one before it.
  private dress(from: number, to: number): void {
    for (let index = from; index < Math.min(to, this.rows.length); index++) {
      const row = this.rows[index]!;
      const before = this.rows[index - 1];
      const at = new Date(row.message.sent_at);
      const new_day = before === undefined || day_key(new Date(before.message.sent_at)) !== day_key(at);
      if (new_day && row.day === null) {
        row.day = el("li", { class: "day" }, el("span", {}, day_text(at)));
        const line = this.unread_line;
        this.list.insertBefore(row.day, line?.nextElementSibling === row.node ? line : row.node);
      } else if (!new_day && row.day !== null) {
        row.day.remove();
        row.day = null;
      }
      const close = before !== undefined && at.getTime() - new Date(before.message.sent_at).getTime() < group_ms;
      const same = before?.message.sender?.username === row.message.sender?.username;
      row.node.classList.toggle("grouped", !new_day && close && same);
    }
  }

  private drop_oldest(): void {
    if (this.rows.length <= most_rows + spare_rows) return;
    for (const row of this.rows.splice(0, this.rows.length - most_rows)) this.take_out(row);
    this.set_older(true);
    this.dress(0, 1);
  }

  private drop_newest(): void {
    for (const row of this.rows.splice(most_rows)) this.take_out(row);
    this.has_newer = true;
    this.show_jump();
  }

  private take_out(row: Row): void {
    row.day?.remove();
    row.node.remove();
  }

  private set_older(has_older: boolean): void {
    this.has_older = has_older;
    this.older_mark.hidden = !has_older;
  }

  private mark_unread(seq: number): void {
    const row = this.rows.find((each) => each.message.seq >= seq);
    if (row === undefined) return;
    this.forget_unread();
    this.sealed = false;
    this.unread_line = el("li", { class: "new-line" }, el("span", {}, word("chat.new")));
    this.list.insertBefore(this.unread_line, row.node);
  }

  private settle(): void {
    this.start_card.hidden = this.rows.length + this.pending.length > 0 || this.has_older;
    // The server renders the list before the script decides how long it may be.
    this.box.classList.toggle("filled", this.rows.length > 0);
  }

  /// Runs `change` and puts the first row in view back to where it was.
  private keep(change: () => void): void {
    const top = this.box.scrollTop;
    const anchor = this.rows.find((row) => row.node.offsetTop + row.node.offsetHeight > top)?.node;
    const was = anchor?.offsetTop ?? 0;
    change();
    if (anchor?.isConnected) this.box.scrollTop = top + anchor.offsetTop - was;
  }

  private to_bottom(): void {
    this.box.scrollTop = this.box.scrollHeight;
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const left = scrollHeight - scrollTop - clientHeight;
    this.stuck = left < near_px;
    if (this.stuck && !this.has_newer) this.below = 0;
    this.show_jump();
    this.report_seen();
    if (this.busy) return;
    const first = this.rows[0]?.message.seq ?? 0;
    if (scrollTop < 600 && this.has_older && first > 1) void this.load(() => this.events.older(first));
    else if (left < 600 && this.has_newer) void this.load(() => this.events.newer(this.last_seq));
  }

  private async load(fetch_page: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.older_mark.classList.add("loading");
    try {
      await fetch_page();
    } catch {
      // The next scroll tries again.
    } finally {
      this.busy = false;
      this.older_mark.classList.remove("loading");
    }
  }

  private show_jump(): void {
    this.jump.hidden = this.stuck && !this.has_newer;
    const text =
      this.below > 0 ? word(this.below === 1 ? "chat.below_one" : "chat.below", this.below) : word("chat.latest");
    by("jump-text").textContent = text;
  }

  private report_seen(): void {
    if (document.hidden || !this.at_end || this.rows.length === 0) return;
    this.events.seen(this.last_seq);
    const line = this.unread_line;
    if (line !== null && !this.sealed) {
      this.sealed = true;
      setTimeout(() => line.classList.add("seen"), 3000);
    }
  }
}
