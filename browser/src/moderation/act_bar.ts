import { by } from "../shared/dom.ts";
import { word } from "../shared/words.ts";
import type { Order } from "./decisions.ts";
import type { Case } from "../contract.ts";
import type { Act } from "./shapes.ts";

/// What is offered where somebody may need help.
const helps = new Set(["approve", "remove", "grant", "reject"]);

/// The actions, always in the same places; what makes no sense for a case is not there.
export class ActBar {
  private readonly list = by("act-list");
  private readonly field = by<HTMLTextAreaElement>("decision-note");
  private readonly box = by<HTMLInputElement>("alike");
  private shown = "";

  constructor(
    private readonly decide: (order: Order) => void,
    undo: () => void,
    talk: () => void,
  ) {
    this.list.addEventListener("click", (event) => this.click(event.target as Element));
    by("undo").addEventListener("click", undo);
    by("talk").addEventListener("click", talk);
  }

  get note(): string {
    return this.field.value.trim();
  }

  get alike(): boolean {
    return this.box.checked;
  }

  turn_to(each: Case, may_act: boolean, alike: number): void {
    this.list.classList.toggle("appealed", each.appeal !== null);
    for (const button of this.list.querySelectorAll<HTMLElement>("[data-decide]")) {
      const appeal = button.classList.contains("appeal-only") && each.appeal === null;
      const punishes = each.asks_for_help && !helps.has(button.dataset.decide!);
      button.hidden = appeal || punishes || !may_act;
    }
    this.button("approve").querySelector("span")!.textContent = word(
      each.asks_for_help ? "mod.looked_after" : "mod.approve",
    );
    by("talk").hidden = !each.asks_for_help || !may_act;
    by("acts-above").hidden = may_act;
    by("more-acts").hidden = !may_act;
    if (this.shown !== each.id) {
      this.arm(null);
      this.box.checked = false;
    }
    this.shown = each.id;
    by("alike-line").hidden = alike === 0;
    by("alike-line").querySelector("span")!.textContent = word("mod.alike", alike);
  }

  offers(action: Act): boolean {
    return !this.button(action).hidden;
  }

  /// Shows the lengths to choose from, or hides them.
  arm(what: "mute" | "ban" | null): void {
    for (const group of this.list.querySelectorAll<HTMLElement>("[data-lengths]")) {
      const open = group.dataset.lengths === what && this.offers(what);
      group.hidden = !open;
      this.button(group.dataset.lengths as Act).setAttribute("aria-expanded", String(open));
    }
  }

  can_undo(can: boolean): void {
    by<HTMLButtonElement>("undo").disabled = !can;
  }

  focus_note(): void {
    this.field.focus();
  }

  reset(): void {
    this.field.value = "";
    this.box.checked = false;
    this.open_more(false);
  }

  private button(action: Act): HTMLElement {
    return this.list.querySelector<HTMLElement>(`[data-decide="${action}"]`)!;
  }

  private open_more(open: boolean): void {
    by("acts").classList.toggle("open", open);
    by("more-acts").setAttribute("aria-expanded", String(open));
  }

  private click(target: Element): void {
    const length = target.closest<HTMLElement>("[data-minutes]");
    const action = target.closest<HTMLElement>("[data-decide]")?.dataset.decide as Act | undefined;
    if (target.closest("#more-acts") !== null) {
      this.open_more(!by("acts").classList.contains("open"));
    } else if (length !== null) {
      const what = length.closest<HTMLElement>("[data-lengths]")!.dataset.lengths as Act;
      this.decide({ action: what, minutes: Number(length.dataset.minutes) });
    } else if (action === "mute" || action === "ban") {
      const open = this.button(action).getAttribute("aria-expanded") === "true";
      this.arm(open ? null : action);
      if (!open) this.list.querySelector<HTMLElement>(`[data-lengths="${action}"] button`)!.focus();
    } else if (action !== undefined) {
      this.decide({ action });
    }
  }
}
