import { by, memory, is_composing } from "../../shared/dom.ts";
import { Completion } from "./completion.ts";
import { plain } from "../../shared/markdown.ts";
import { digits } from "../../shared/numbers.ts";
import { left_text, server_now } from "../../shared/time.ts";
import type { Message, Person } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import { reason_word } from "../../shared/verdict_text.ts";
import { cut, as_sent } from "../../shared/text.ts";

/// The field at the bottom: drafts per room, answering and editing, waiting in slow mode, and being closed to those
/// who may not write now.

export interface ComposerEvents {
  send(text: string, reply_to: Message | null): void;
  edit(message: Message, text: string): void;
  typing(on: boolean): void;
  edit_last(): void;
  people(start: string): Person[];
  /// Whether files wait to go with the text, and sending them with it.
  has_files(): boolean;
  send_files(text: string): void;
}

/// `automatic`: the right to chat went because of what was written, for a day or until a moderator gives it back.
type Closed = { kind: "muted" | "locked" | "banned"; reason: string; until: Date | null; automatic?: boolean };

const typing_every_ms = 3000;
const two_lines_px = 60;

export class Composer {
  readonly field = by<HTMLTextAreaElement>("compose");
  private readonly form = by<HTMLFormElement>("composer");
  private readonly count = by("compose-count");
  private readonly completion: Completion;
  private answering: Message | null = null;
  private editing: Message | null = null;
  private set_aside = "";
  private room = "";
  private typed_at = 0;
  private wait_until = 0;
  private wait_timer = 0;
  /// Until then nothing is sent at all.
  private held_until = 0;
  private closed_timer = 0;
  private closed: Closed["kind"] | null = null;

  constructor(
    private readonly owner: string,
    private readonly limit: number,
    private readonly events: ComposerEvents,
  ) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.completion = new Completion(
      this.field,
      (start) => events.people(start),
      () => this.changed(),
    );
    by("context-close").addEventListener("click", () => this.cancel());
    this.form.inert = false;
  }

  /// Another room: its own draft.
  turn_to(room: string): void {
    this.leave_mode();
    this.room = room;
    this.field.value = memory.get(this.draft_key()) ?? "";
    this.changed(false);
  }

  get is_closed(): boolean {
    return this.closed !== null;
  }

  get has_draft(): boolean {
    return this.field.value.trim() !== "";
  }

  /// Whether something was begun in a room and not sent.
  has_draft_in(room: string): boolean {
    return (memory.get(`soyuz.draft.${this.owner}.${room}`) ?? "").trim() !== "";
  }

  /// Takes no text for a moment.
  hold(held: boolean): void {
    this.form.inert = held;
  }

  focus(): void {
    if (!this.form.hidden) this.field.focus();
  }

  reply(message: Message): void {
    this.leave_mode();
    this.answering = message;
    this.show_context(word("composer.replying", message.sender?.display_name ?? ""), message.text);
    this.focus();
  }

  edit(message: Message): void {
    this.leave_mode();
    this.editing = message;
    this.set_aside = this.field.value;
    this.field.value = message.text;
    this.show_context(word("composer.editing"), message.text);
    this.changed(false);
    this.focus();
    this.field.setSelectionRange(message.text.length, message.text.length);
  }

  /// Leaves answering or editing; false when there was nothing to leave.
  cancel(): boolean {
    if (this.completion.is_open) {
      this.completion.close();
      return true;
    }
    if (this.answering === null && this.editing === null) return false;
    this.leave_mode();
    this.focus();
    return true;
  }

  /// Gives a text back to its author, without losing what has been written since.
  give_back(text: string): void {
    if (text === "") return;
    this.field.value = this.has_draft ? `${text}\n${this.field.value}` : text;
    this.changed(false);
  }

  /// Takes back what was given back, if it still stands there.
  drop(text: string): void {
    if (this.field.value.startsWith(text)) this.field.value = this.field.value.slice(text.length).replace(/^\n/, "");
    this.changed(false);
    this.focus();
  }

  insert(text: string): void {
    const { selectionStart, selectionEnd, value } = this.field;
    this.field.value = value.slice(0, selectionStart) + text + value.slice(selectionEnd);
    const at = selectionStart + text.length;
    this.focus();
    this.field.setSelectionRange(at, at);
    this.changed();
  }

  /// Slow mode: the button counts down; typing goes on.
  wait(milliseconds: number): void {
    this.wait_until = Math.max(this.held_until, Date.now() + milliseconds);
    clearInterval(this.wait_timer);
    const show = (): void => {
      const rest = this.wait_until - Date.now();
      const left = rest > 0 ? Math.max(1, Math.round(rest / 1000)) : 0;
      const ring = by("send-wait");
      ring.hidden = left <= 0;
      ring.textContent = left < 100 ? digits(left) : left_text(left * 1000);
      if (left > 0) return;
      clearInterval(this.wait_timer);
      this.hold_sending(0);
    };
    show();
    this.wait_timer = window.setInterval(show, 500);
  }

  /// Too much at once: the button counts down and sends nothing meanwhile; what is written stays. 0 ends it.
  hold_sending(milliseconds: number): void {
    const held = milliseconds > 0;
    const hint = by("send-hint");
    if (held && hint.hidden) hint.textContent = word("flood.text");
    hint.hidden = !held;
    by("send").setAttribute("aria-disabled", String(held));
    this.held_until = held ? Date.now() + milliseconds : 0;
    if (held) return this.wait(milliseconds);
    this.wait_until = 0;
    by("send-wait").hidden = true;
  }

  /// Replaces the field by a card that says why, until when, and what remains possible; it opens by itself.
  close(closed: Closed): void {
    this.closed = closed.kind;
    this.form.hidden = true;
    by("closed").hidden = false;
    by("closed-title").textContent = word(`${closed.kind}.title`);
    by("closed-text").textContent = closed.automatic
      ? word("muted.automatic")
      : closed.reason === ""
        ? word(`${closed.kind}.text`)
        : reason_word(closed.reason);
    by("closed-appeal").hidden = closed.kind === "locked";
    clearInterval(this.closed_timer);
    const left = by("closed-left");
    const show = (): void => {
      const rest = closed.until === null ? 0 : closed.until.getTime() - server_now();
      left.textContent = closed.until === null ? "" : word("muted.left", left_text(rest));
      if (closed.until !== null && rest <= 0) this.open();
    };
    left.hidden = closed.until === null;
    show();
    if (closed.until !== null) this.closed_timer = window.setInterval(show, 1000);
  }

  /// Opens the field again; with `kind` only if that is why it is closed: a mute outlasts a change of rooms.
  open(kind?: Closed["kind"]): void {
    if (kind !== undefined && this.closed !== null && this.closed !== kind) return;
    this.closed = null;
    clearInterval(this.closed_timer);
    by("closed").hidden = true;
    this.form.hidden = false;
  }

  private submit(): void {
    const text = as_sent(this.field.value);
    const { editing, answering } = this;
    const has_files = editing === null && this.events.has_files();
    if (this.length_of(text) > this.limit || this.held_until > Date.now() || (text === "" && !has_files)) return;
    if (editing !== null) {
      this.leave_mode();
      if (text !== editing.text) this.events.edit(editing, text);
      return;
    }
    this.leave_mode();
    this.field.value = "";
    this.changed(false);
    this.typed_at = 0;
    this.events.typing(false);
    if (has_files) this.events.send_files(text);
    else this.events.send(text, answering);
  }

  /// What waits to go with the text has changed.
  files_changed(): void {
    this.form.classList.toggle("empty", !this.has_draft && !this.events.has_files());
  }

  private leave_mode(): void {
    if (this.editing !== null) {
      this.field.value = this.set_aside;
      this.set_aside = "";
    }
    this.answering = null;
    this.editing = null;
    by("context").hidden = true;
    this.changed(false);
  }

  private show_context(title: string, text: string): void {
    by("context").hidden = false;
    by("context-title").textContent = title;
    by("context-text").textContent = cut(plain(text), 200);
  }

  private changed(tell = true): void {
    const text = this.field.value;
    this.grow();
    this.files_changed();
    this.show_count(text);
    if (this.editing === null && this.room !== "") memory.set(this.draft_key(), text);
    if (tell && text.trim() !== "" && this.editing === null && Date.now() - this.typed_at > typing_every_ms) {
      this.typed_at = Date.now();
      this.events.typing(true);
    }
    this.completion.suggest();
  }

  /// From the second line on the buttons stand below the text, until the field is empty again.
  private grow(): void {
    this.field.style.height = "auto";
    const { classList } = this.form;
    const is_tall = classList.contains("tall") || this.field.scrollHeight > two_lines_px;
    if (classList.toggle("tall", is_tall && this.field.value !== "")) this.field.style.height = "auto";
    this.field.style.height = `${Math.min(212, this.field.scrollHeight)}px`;
  }

  /// Code points, as the server counts.
  private length_of(text: string): number {
    return text.length > this.limit / 2 ? [...text].length : text.length;
  }

  private show_count(text: string): void {
    const length = this.length_of(as_sent(text));
    this.count.hidden = length < this.limit * 0.9;
    this.count.classList.toggle("over", length > this.limit);
    if (!this.count.hidden) this.count.textContent = word("composer.left", this.limit - length);
  }

  private draft_key(): string {
    return `soyuz.draft.${this.owner}.${this.room}`;
  }

  private key(event: KeyboardEvent): void {
    if (is_composing(event)) return;
    if (this.completion.is_open && this.completion.key(event)) return;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && !touch) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.field.value === "" && !event.altKey) {
      event.preventDefault();
      this.events.edit_last();
    }
  }
}
