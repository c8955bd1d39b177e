import { error_text } from "../shared/error_text.ts";
import { copy_text } from "../shared/clipboard.ts";
import { toast } from "../shared/announce.ts";
import type { Api } from "../shared/api.ts";
import type { Composer } from "./composer.ts";
import type { Conversation } from "./conversation.ts";
import { open_dialog } from "../shared/dialogs.ts";
import { by, el } from "../shared/dom.ts";
import { open_emoji, quick } from "../shared/emoji.ts";
import { fill_reactions } from "./message_row.ts";
import type { Message, Person } from "../shared/types.ts";
import { word } from "../shared/words.ts";

/// What one can do with a message: by the bar that follows the pointer and the focus, by the sheet on touch, by keys.

export type Act = "react" | "reply" | "more" | "edit" | "copy" | "link" | "report" | "delete";

const undo_ms = 9000;

export class Actions {
  private readonly bar = by("toolbar");
  private readonly sheet = by<HTMLDialogElement>("message-sheet");
  private picked: Message | null = null;

  constructor(
    private readonly me: Person,
    private readonly api: Api,
    private readonly talk: Conversation,
    private readonly composer: Composer,
  ) {
    const list = by("messages");
    list.addEventListener(
      "pointerover",
      (event) => event.pointerType === "mouse" && this.hover(event.target as Element),
    );
    list.addEventListener("focusin", (event) => this.hover(event.target as Element));
    list.addEventListener("click", (event) => this.click(event));
    list.addEventListener("keydown", (event) => this.key(event));
    this.watch_long_press(list);
    this.bar.addEventListener("click", (event) => this.bar_click(event));
    this.sheet.addEventListener("click", (event) => this.sheet_click(event));
    by<HTMLFormElement>("report-form").addEventListener("submit", () => void this.send_report());
    by("message-sheet")
      .querySelector("[data-emoji-row]")!
      .append(...quick.map((emoji) => el("button", { type: "button", "data-emoji": emoji }, emoji)));
  }

  edit_last(): void {
    const mine = this.talk.timeline.messages.filter(
      (each) => each.sender?.username === this.me.username && !each.deleted,
    );
    const last = mine[mine.length - 1];
    if (last !== undefined) this.composer.edit(last);
  }

  private hover(target: Element): void {
    const message = this.talk.timeline.message_of(target);
    const row = target.closest<HTMLElement>(".msg");
    if (this.bar.contains(target)) return;
    if (message === undefined || row === null || message.deleted || message.sender === null) {
      this.bar.hidden = true;
      return;
    }
    const bubble = row.querySelector(".bubble")!;
    if (this.bar.parentElement !== bubble) bubble.append(this.bar);
    this.bar.hidden = false;
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    const message = this.talk.timeline.message_of(target);
    const reaction = target.closest<HTMLElement>(".reaction");
    const quote = target.closest<HTMLAnchorElement>("a.quote, a.time");
    if (message === undefined) return;
    if (reaction !== null) {
      this.react(message, reaction.dataset.emoji!);
    } else if (quote !== null && quote.hash.startsWith("#m-")) {
      event.preventDefault();
      const seq = Number(quote.hash.slice(3));
      if (quote.classList.contains("time")) history.replaceState(null, "", `#m-${seq}`);
      void this.talk.go_to(seq).catch(() => {});
    }
  }

  private bar_click(event: MouseEvent): void {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act as Act | undefined;
    const message = this.talk.timeline.message_of(this.bar);
    if (act !== undefined && message !== undefined) this.run(act, message, event.target as HTMLElement);
  }

  private sheet_click(event: MouseEvent): void {
    const target = event.target as Element;
    const act = target.closest<HTMLElement>("[data-act]")?.dataset.act as Act | undefined;
    const emoji = target.closest<HTMLElement>("[data-emoji]")?.dataset.emoji;
    const message = this.picked;
    if (message === null || (act === undefined && emoji === undefined)) return;
    this.sheet.close();
    if (emoji !== undefined) this.react(message, emoji);
    else this.run(act!, message, this.composer.field);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = (event.target as Element).closest(".msg");
    const message = row === null ? undefined : this.talk.timeline.message_of(row);
    if (message === undefined || event.target !== row) return;
    const keys: Record<string, Act> = {
      r: "reply",
      e: "edit",
      "+": "react",
      l: "link",
      "!": "report",
      Enter: "more",
      c: "copy",
    };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      this.talk.timeline.step(row, event.key === "ArrowUp" ? -1 : 1)?.focus();
    } else if (act !== undefined && this.may(act, message)) {
      event.preventDefault();
      this.run(act, message, row as HTMLElement);
    }
  }

  private may(act: Act, message: Message): boolean {
    const mine = message.sender?.username === this.me.username;
    const staff = ["owner", "admin", "moderator"].includes(this.me.role ?? "") || this.talk.room.can_manage === true;
    if (message.deleted || message.sender === null) return false;
    if (act === "edit") return mine;
    if (act === "report") return !mine;
    return act !== "delete" || mine || staff;
  }

  run(act: Act, message: Message, from: HTMLElement): void {
    if (act === "reply") this.composer.reply(message);
    else if (act === "edit") this.composer.edit(message);
    else if (act === "react") open_emoji(from.closest("button") ?? from, (emoji) => this.react(message, emoji));
    else if (act === "copy") this.copy(message.text);
    else if (act === "link")
      this.copy(`${location.origin}/chat/${encodeURIComponent(this.talk.room.name)}#m-${message.seq}`);
    else if (act === "report") this.open_report(message);
    else if (act === "delete") void this.remove(message);
    else this.open_sheet(message);
  }

  private open_sheet(message: Message): void {
    this.picked = message;
    for (const button of this.sheet.querySelectorAll<HTMLElement>("[data-act]")) {
      button.hidden = !this.may(button.dataset.act as Act, message);
    }
    open_dialog("message-sheet");
  }

  private watch_long_press(list: HTMLElement): void {
    let timer = 0;
    const stop = (): void => clearTimeout(timer);
    list.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") return;
      const target = event.target as Element;
      const message = this.talk.timeline.message_of(target);
      if (message === undefined || message.deleted || message.sender === null || target.closest("button, a") !== null)
        return;
      timer = window.setTimeout(() => this.open_sheet(message), 450);
    });
    for (const type of ["pointerup", "pointercancel", "pointermove"] as const) {
      list.addEventListener(
        type,
        (event) => (type !== "pointermove" || Math.abs(event.movementY) + Math.abs(event.movementX) > 4) && stop(),
      );
    }
    list.addEventListener("contextmenu", (event) => {
      if (matchMedia("(pointer: coarse)").matches && (event.target as Element).closest(".msg") !== null)
        event.preventDefault();
    });
  }

  private react(message: Message, emoji: string): void {
    const known = this.talk.timeline.find(message.id) ?? message;
    const on = !(known.reactions?.[emoji] ?? []).includes(this.me.username);
    this.apply_reaction(message.id, emoji, this.me.username, on);
    const path = `/messages/${encodeURIComponent(message.id)}/reactions/${encodeURIComponent(emoji)}`;
    this.api.call(on ? "PUT" : "DELETE", path).catch((error: unknown) => {
      this.apply_reaction(message.id, emoji, this.me.username, !on);
      this.tell(error);
    });
  }

  /// From the server, or at once from one's own hand.
  apply_reaction(id: string, emoji: string, username: string, on: boolean): void {
    const message = this.talk.timeline.find(id);
    const node = this.talk.timeline.node_of(id);
    if (message === undefined || node === undefined) return;
    const names = (message.reactions?.[emoji] ?? []).filter((each) => each !== username);
    if (on) names.push(username);
    message.reactions = { ...message.reactions, [emoji]: names };
    fill_reactions(node, message, this.me.username, on ? emoji : "");
    this.talk.timeline.follow();
  }

  private copy(text: string): void {
    copy_text(text);
  }

  /// Gone for everybody at once; the server keeps it for as long as that can be undone.
  private async remove(message: Message): Promise<void> {
    const path = `/messages/${encodeURIComponent(message.id)}`;
    try {
      await this.api.call("DELETE", path);
    } catch (error) {
      return this.tell(error);
    }
    const undo = (): void => {
      this.api.call("POST", `${path}/restore`).catch((error: unknown) => this.tell(error));
    };
    toast(word("message.gone"), { label: word("undo"), run: undo }, undo_ms);
  }

  private open_report(message: Message): void {
    this.picked = message;
    by<HTMLFormElement>("report-form").reset();
    open_dialog("report");
  }

  private async send_report(): Promise<void> {
    const message = this.picked;
    const reason = new FormData(by<HTMLFormElement>("report-form")).get("reason");
    if (message === null || reason === null) return;
    const note = by<HTMLTextAreaElement>("report-note").value.trim();
    try {
      await this.api.call("POST", "/reports", { message_id: message.id, room: this.talk.room.name, reason, note });
      toast(word("report.sent"));
    } catch (error) {
      this.tell(error);
    }
  }

  private tell(error: unknown): void {
    toast(error_text(error));
  }
}
