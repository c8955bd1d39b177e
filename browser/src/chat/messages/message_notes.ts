import { reasons_text, terms_text } from "../../shared/verdict_text.ts";
import { announce } from "../../shared/announce.ts";
import type { Actions } from "./actions.ts";
import type { Api } from "../../shared/api.ts";
import type { Appeals } from "../../shared/appeals.ts";
import type { Conversation } from "./conversation.ts";
import { by, el, slot } from "../../shared/dom.ts";
import { note } from "../writing/composer_notes.ts";
import type { Event_, Message, OwnStanding, Verdict } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// What moderation says to the author alone, below their messages and above the composer.
export class OwnNotes {
  constructor(
    private readonly me: string,
    private readonly api: Api,
    private readonly appeals: Appeals,
    private readonly talk: Conversation,
    private readonly actions: Actions,
  ) {
    by("messages").addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-appeal]");
      if (button === null) return;
      const case_id = button.dataset.appeal!;
      if (case_id !== "") appeals.open(case_id, () => button.remove());
      else void this.appeal_removed(button);
    });
    setTimeout(() => this.look_back(), 1200);
  }

  /// What the page knew of one's own messages when it was made.
  reviewed(reviews: Record<string, Verdict>): void {
    for (const [id, moderation] of Object.entries(reviews)) {
      const message = this.talk.timeline.find(id);
      if (message !== undefined) this.talk.timeline.update({ ...message, moderation });
    }
  }

  /// Own words of the room that a moderator removed come back to their author's eyes.
  look_back(): void {
    const wanted = this.talk.timeline.messages.some(
      (each) => each.deleted && each.by_staff && each.own_text === undefined && each.sender?.username === this.me,
    );
    if (wanted) void this.recall();
  }

  /// The message went out with a warning, or under review: said below it, and the focus stays where it is.
  warned(event: Event_): void {
    const verdict = { ...((event.moderation ?? event) as Verdict), case_id: String(event.case_id ?? "") };
    const { timeline } = this.talk;
    this.talk.flush();
    const id = String(event.id);
    const message = this.talk.is_here(event.room) ? timeline.find(id) : undefined;
    if ((verdict.reasons ?? []).includes("self_harm")) return this.care();
    if (verdict.action === "flag") {
      if (message !== undefined) timeline.update({ ...message, moderation: verdict });
      announce(word("flagged.text", reasons_text(verdict)));
      return;
    }
    const node = timeline.node_of(id);
    const text = word("warned.text", reasons_text(verdict));
    if (message === undefined || node === undefined) return void note("warn", word("warned.title"), text);
    this.show_warning(node, message, verdict, text);
    announce(`${word("warned.title")} ${text}`);
    timeline.follow();
  }

  /// Somebody who may be in need gets words of help; once in a while is enough.
  care(): void {
    if (document.querySelector(".note.care") !== null) return;
    note("good", word("care.title"), word("care.text"));
    by("notes").lastElementChild?.classList.add("care");
  }

  decided(event: Event_): void {
    const action = String(event.action);
    const kind = ["approve", "grant", "not_a_violation"].includes(action) ? "good" : "warn";
    const said = String(event.note ?? "");
    note(kind, word(`decided.${action}`), said === "" ? "" : word("decided.note", said));
    const case_id = String(event.case_id ?? "");
    // What was under review is so no more.
    for (const message of this.talk.timeline.messages) {
      if (case_id === "" || message.moderation?.case_id !== case_id || event.message !== undefined || message.deleted)
        continue;
      if (kind === "good") this.talk.timeline.update({ ...message, moderation: { action: "allow" } });
    }
  }

  private show_warning(node: HTMLElement, message: Message, verdict: Verdict, text: string): void {
    const button = (label: string, run: (made: HTMLElement) => void): HTMLElement => {
      const made = el("button", { type: "button" }, word(label));
      made.addEventListener("click", () => run(made));
      return made;
    };
    const why = el("p", { class: "why", dir: "auto", hidden: "" }, word("warned.why"));
    const words = terms_text(verdict.matches);
    if (words !== "") why.append(` ${word("blocked.words", words)}`);
    const line = slot(node, "state");
    node.classList.add("warned");
    line.hidden = false;
    line.replaceChildren(
      el("span", {}, `${word("warned.title")} ${text}`),
      button("message.edit", (made) => this.actions.run("edit", this.talk.timeline.find(message.id) ?? message, made)),
      button("message.delete", (made) =>
        this.actions.run("delete", this.talk.timeline.find(message.id) ?? message, made),
      ),
      button("warned.open_why", (made) => {
        why.hidden = !why.hidden;
        made.setAttribute("aria-expanded", String(!why.hidden));
        void this.count(why);
        this.talk.timeline.follow();
      }),
      why,
    );
  }

  /// "2 of 3 within a day", once asked for.
  private async count(line: HTMLElement): Promise<void> {
    if (line.dataset.counted !== undefined) return;
    line.dataset.counted = "";
    try {
      const standing = await this.api.get<OwnStanding>("/me/moderation");
      line.append(
        ` ${word("warned.count", standing.violations_24h, standing.flagged_or_blocked, standing.max_allowed)}`,
      );
    } catch {
      // What stands there already is enough.
    }
  }

  private async recall(): Promise<void> {
    try {
      const { records } = await this.api.get<OwnStanding>("/me/moderation");
      for (const record of records) {
        const message = record.message_id ? this.talk.timeline.find(record.message_id) : undefined;
        if (message?.deleted !== true) continue;
        this.talk.timeline.update({
          ...message,
          own_text: record.text,
          moderation: { case_id: record.can_appeal ? record.case_id : "" },
        });
      }
    } catch {
      // The grey line says enough.
    }
  }

  private async appeal_removed(button: HTMLElement): Promise<void> {
    const message = this.talk.timeline.message_of(button);
    const { records } = await this.api
      .get<OwnStanding>("/me/moderation")
      .catch(() => ({ records: [] as OwnStanding["records"] }));
    const record = records.find(
      (each) => each.can_appeal && (each.message_id === message?.id || each.text === message?.own_text),
    );
    if (record === undefined) return void note("warn", word("appeal.none_left"), "");
    this.appeals.open(record.case_id, () => button.remove());
  }
}
