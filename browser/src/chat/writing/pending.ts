import { is_staff } from "../../shared/roles.ts";
import { toast } from "../../shared/announce.ts";
import type { Appeals } from "../../shared/appeals.ts";
import type { Composer } from "./composer.ts";
import type { Conversation } from "../messages/conversation.ts";
import { Refusals } from "./refusals.ts";
import { el, slot } from "../../shared/dom.ts";
import { new_id, Outbox, type Delivery, type Entry } from "./outbox.ts";
import { make_row, set_tick } from "../messages/message_row.ts";
import { CommandError, type Socket } from "../../shared/socket.ts";
import type { Message, Person, Verdict } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// The rows of messages on their way, and what happens when the server says no.

const still_sending_ms = 5000;

export class Pending {
  readonly outbox: Outbox;
  private rows = new Map<string, HTMLElement>();
  private readonly refusals: Refusals;

  constructor(
    private readonly me: Person,
    private readonly talk: Conversation,
    private readonly composer: Composer,
    private readonly socket: Socket,
    appeals: Appeals,
    private readonly closed: (code: string, error: CommandError) => void,
  ) {
    this.refusals = new Refusals(composer, appeals);
    this.outbox = new Outbox({
      shelf: shelf(),
      owner: me.id || me.username,
      deliver: (entry) => this.deliver(entry),
      changed: (entry, gone) => this.changed(entry, gone),
      later: (run, milliseconds) => window.setTimeout(run, milliseconds),
      new_id,
      now: () => Date.now(),
    });
  }

  send(text: string, reply_to: Message | null): void {
    this.refusals.forget();
    this.talk.timeline.forget_unread();
    if (this.talk.timeline.is_window_of_past) void this.talk.timeline.to_latest();
    this.outbox.add(this.talk.room.name, text, reply_to?.id);
    if (this.socket.state === "waiting") this.socket.now();
  }

  /// Shows what waits for the room that has just been opened.
  turn_to_room(): void {
    this.rows.clear();
    for (const entry of this.outbox.entries) this.changed(entry, false);
    this.refusals.turn_to(this.talk.room.name);
  }

  /// A message has come back from the server: its waiting row has done its duty.
  arrived(message: Message): void {
    if (message.client_id && message.sender?.username === this.me.username) this.outbox.remove(message.client_id);
  }

  private async deliver(entry: Entry): Promise<Delivery> {
    const { room, text, client_id, reply_to } = entry;
    try {
      const ack = await this.socket.send("message", {
        room,
        text,
        client_id,
        ...(reply_to === undefined ? {} : { reply_to }),
      });
      this.acknowledged(entry, ack as unknown as { id: string; seq: number; moderation?: Verdict; sent_at?: string });
      return { kind: "sent" };
    } catch (error) {
      return this.refused(entry, error instanceof CommandError ? error : new CommandError("lost", ""));
    }
  }

  /// The room's own event usually comes first; where it does not, the row stands on what the acknowledgement says.
  private acknowledged(entry: Entry, ack: { id: string; seq: number; moderation?: Verdict; sent_at?: string }): void {
    const message: Message = {
      id: ack.id,
      room: entry.room,
      seq: ack.seq,
      sender: this.me,
      text: entry.text,
      client_id: entry.client_id,
      sent_at: ack.sent_at ?? new Date().toISOString(),
      ...(entry.reply_to === undefined ? {} : { reply_to: entry.reply_to }),
      ...(ack.moderation === undefined ? {} : { moderation: ack.moderation }),
    };
    const slow = this.talk.room.settings?.slow_mode_s ?? 0;
    if (slow > 0 && entry.room === this.talk.room.name && !is_staff(this.me)) this.composer.wait(slow * 1000);
    this.outbox.remove(entry.client_id);
    if (this.talk.is_here(entry.room)) this.talk.receive(message);
  }

  private refused(entry: Entry, error: CommandError): Delivery {
    const wait = Number(error.event.retry_after ?? 0) * 1000;
    switch (error.code) {
      case "lost":
        return { kind: "lost" };
      case "slow_mode":
      case "rate_limited":
      case "overloaded": {
        const wait_ms = Math.max(500, wait || 2000);
        if (error.code === "slow_mode" && this.talk.is_here(entry.room)) this.composer.wait(wait_ms);
        return { kind: "later", wait_ms };
      }
      case "message_blocked":
        this.blocked(entry, {
          ...((error.event.moderation ?? error.event) as Verdict),
          case_id: String(error.event.case_id ?? ""),
        });
        return { kind: "handed_back" };
      case "banned":
        if (error.event.automatic === true) {
          // Kept, and sent once the count is down.
          const wait_ms = Math.max(500, wait);
          this.composer.hold_sending(wait_ms);
          return { kind: "later", wait_ms };
        }
      // falls through
      case "muted":
      case "room_locked":
        this.closed(error.code, error);
        return { kind: "refused", why: error.message };
      default:
        return { kind: "refused", why: error.message || word("error.unreachable") };
    }
  }

  /// The text goes back to where it was written, with the reason above it.
  private blocked(entry: Entry, verdict: Verdict): void {
    if (!this.talk.is_here(entry.room)) {
      toast(word("blocked.title"));
      return;
    }
    this.composer.give_back(entry.text);
    this.refusals.show({ room: entry.room, text: entry.text, verdict });
  }

  private changed(entry: Entry, gone: boolean): void {
    const known = this.rows.get(entry.client_id);
    if (gone || !this.talk.is_here(entry.room)) {
      if (known) this.talk.timeline.remove_pending(known);
      this.rows.delete(entry.client_id);
      return;
    }
    const node = known ?? this.make(entry);
    node.classList.toggle("failed", entry.state === "failed");
    set_tick(node, entry.state === "failed" ? "" : "sending");
    this.show_state(node, entry);
  }

  private make(entry: Entry): HTMLElement {
    const message: Message = {
      id: entry.client_id,
      room: entry.room,
      seq: 0,
      sender: this.me,
      text: entry.text,
      sent_at: new Date(entry.at).toISOString(),
      ...(entry.reply_to === undefined ? {} : { reply_to: entry.reply_to }),
    };
    const node = make_row(message, this.talk.timeline.context());
    this.rows.set(entry.client_id, node);
    this.talk.timeline.add_pending(node);
    window.setTimeout(() => this.show_state(node, this.outbox.find(entry.client_id) ?? entry), still_sending_ms);
    return node;
  }

  private show_state(node: HTMLElement, entry: Entry): void {
    const line = slot(node, "state");
    const old = Date.now() - entry.at >= still_sending_ms;
    line.hidden = entry.state !== "failed" && !old;
    if (entry.state !== "failed") {
      line.textContent = old ? word(this.socket.state === "ready" ? "message.still_sending" : "message.waits") : "";
      return;
    }
    const button = (label: string, run: () => void): HTMLElement => {
      const made = el("button", { type: "button" }, word(label));
      made.addEventListener("click", run);
      return made;
    };
    line.replaceChildren(
      el("span", {}, `${word("message.failed")} ${entry.why ?? ""}`),
      button("message.try_again", () => this.outbox.retry(entry.client_id)),
      button("message.edit", () => {
        this.outbox.remove(entry.client_id);
        this.composer.give_back(entry.text);
        this.composer.focus();
      }),
      button("message.discard", () => this.outbox.remove(entry.client_id)),
    );
  }
}

/// Local storage, or the page's own memory where the browser forbids it.
function shelf(): Storage {
  try {
    localStorage.setItem("soyuz.try", "1");
    localStorage.removeItem("soyuz.try");
    return localStorage;
  } catch {
    return sessionless();
  }
}

function sessionless(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
