import { error_text } from "../../shared/error_text.ts";
import { copy_text } from "../../shared/clipboard.ts";
import { toast } from "../../shared/announce.ts";
import type { Api } from "../../shared/api.ts";
import type { Composer } from "../writing/composer.ts";
import type { Conversation } from "./conversation.ts";
import { open_dialog } from "../../shared/dialogs.ts";
import { by, el } from "../../shared/dom.ts";
import { quick } from "../../shared/emoji.ts";
import { toggle_emoji } from "../extras.ts";
import type { CardDoor } from "../people/card_door.ts";
import { fill_reactions, label_row } from "./message_row.ts";
import type { Message, Person } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// What one can do with a message: by the bar that follows the pointer and the focus, by the sheet on touch, by keys.

export type Act =
  "react" | "reply" | "more" | "edit" | "copy" | "link" | "quote" | "person" | "mute" | "report" | "delete";

const undo_ms = 9000;
const usual_mute_minutes = 10;

export class Actions {
  private readonly bar = by("toolbar");
  private readonly sheet = by<HTMLDialogElement>("message-sheet");
  private picked: Message | null = null;
  private selected = "";

  constructor(
    private readonly me: Person,
    private readonly api: Api,
    private readonly talk: Conversation,
    private readonly composer: Composer,
    private readonly card: CardDoor,
    private readonly find_person: (username: string) => Person | undefined,
  ) {
    const list = by("messages");
    list.addEventListener(
      "pointerover",
      (event) => event.pointerType === "mouse" && this.hover(event.target as Element),
    );
    list.addEventListener("focusin", (event) => {
      this.hover(event.target as Element);
      if (event.target instanceof HTMLElement) label_row(event.target);
    });
    list.addEventListener("click", (event) => this.click(event));
    list.addEventListener("keydown", (event) => this.key(event));
    this.watch_long_press(list);
    this.bar.addEventListener("click", (event) => this.bar_click(event));
    this.sheet.addEventListener("click", (event) => this.sheet_click(event));
    by<HTMLFormElement>("report-form").addEventListener("submit", () => void this.send_report());
    by("message-sheet")
      .querySelector("[data-emoji-row]")!
      .prepend(...quick.map((emoji) => el("button", { type: "button", "data-emoji": emoji }, emoji)));
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
    const mention = target.closest<HTMLElement>(".mention");
    if (message === undefined) return;
    if (target.closest(".msg-avatar, .msg-name") !== null && message.sender !== null) {
      this.card.open(message.sender);
    } else if (mention !== null) {
      const named = this.find_person(mention.textContent!.slice(1).toLowerCase());
      if (named !== undefined) this.card.open(named);
    } else if (reaction !== null) {
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
    const reason = target.closest<HTMLElement>("[data-report]")?.dataset.report;
    const message = this.picked;
    if (message === null || (act ?? emoji ?? reason) === undefined) return;
    this.sheet.close();
    if (emoji !== undefined) this.react(message, emoji);
    else if (reason !== undefined) void this.report(message, reason, "");
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
    if (act === "mute") return this.card.may_act_on(message.sender);
    if (act === "edit") return mine;
    if (act === "report") return !mine;
    return act !== "delete" || mine || staff;
  }

  run(act: Act, message: Message, from: HTMLElement): void {
    if (act === "reply") this.composer.reply(message);
    else if (act === "quote") this.quote(message);
    else if (act === "edit") this.composer.edit(message);
    else if (act === "react") toggle_emoji(from.closest("button") ?? from, (emoji) => this.react(message, emoji));
    else if (act === "copy") this.copy(message.text);
    else if (act === "link")
      this.copy(`${location.origin}/chat/${encodeURIComponent(this.talk.room.name)}#m-${message.seq}`);
    else if (act === "person") this.card.open(message.sender!);
    else if (act === "mute") this.card.mute_for(usual_mute_minutes, message.sender!);
    else if (act === "report") this.open_report(message);
    else if (act === "delete") void this.remove(message);
    else this.open_sheet(message);
  }

  private open_sheet(message: Message): void {
    this.picked = message;
    const selection = getSelection();
    const node = this.talk.timeline.node_of(message.id);
    // The sheet takes the focus, and with it the selection.
    this.selected = selection !== null && node?.contains(selection.anchorNode) ? selection.toString().trim() : "";
    for (const button of this.sheet.querySelectorAll<HTMLElement>("[data-act]")) {
      button.hidden = !this.may(button.dataset.act as Act, message);
    }
    by("sheet-report").hidden = !this.may("report", message);
    const name = message.sender?.display_name || message.sender?.username || "";
    by("sheet-person").textContent = name;
    by("sheet-mute").textContent = word("message.mute", name, usual_mute_minutes);
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
      timer = window.setTimeout(() => {
        this.open_sheet(message);
        this.wait_for_next_press();
      }, 450);
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

  /// The click that ends a long press is meant for nothing: it lands on what has just opened.
  private wait_for_next_press(): void {
    const ignore = (event: Event): void => {
      event.stopImmediatePropagation();
      event.preventDefault();
    };
    this.sheet.addEventListener("click", ignore, { capture: true });
    document.addEventListener("pointerdown", () => this.sheet.removeEventListener("click", ignore, { capture: true }), {
      capture: true,
      once: true,
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

  /// What is selected in the message, or all of it, as a quotation in the field.
  private quote(message: Message): void {
    const lines = (this.selected || message.text).split("\n").map((line) => `> ${line}`);
    const before = this.composer.has_draft ? "\n" : "";
    this.composer.insert(`${before}${lines.join("\n")}\n`);
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
    await this.report(message, String(reason), by<HTMLTextAreaElement>("report-note").value.trim());
  }

  private async report(message: Message, reason: string, note: string): Promise<void> {
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
