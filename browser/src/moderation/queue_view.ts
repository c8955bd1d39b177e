import { by, el, slot } from "../shared/dom.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { age_of } from "./ages.ts";
import { claimed_by_other, severity_of, type Queue } from "./queue.ts";
import type { Case } from "../contract.ts";
import { cut } from "../shared/text.ts";
import { server_now } from "../shared/time.ts";

/// What a case is about, in one word: what was found in the text, or what somebody reported.
export function what_of(each: Case): string {
  const found = each.verdict?.reasons?.[0] ?? each.reports[0]?.reason;
  return found === undefined ? word(`kind.${each.kind}`) : reason_word(found);
}

/// The list of cases. Rows are kept and moved, so that focus and the reading place stay.
export class QueueView {
  private readonly list = by<HTMLUListElement>("queue");
  private readonly template = by<HTMLTemplateElement>("queue-row");
  private rows = new Map<string, HTMLLIElement>();

  constructor(
    private readonly queue: Queue,
    private readonly me: string,
    private readonly masks: (each: Case) => boolean,
    private readonly is_waiting: (id: string) => boolean,
    open: (id: string) => void,
  ) {
    this.list.addEventListener("click", (event) => {
      const id = (event.target as Element).closest<HTMLElement>("li")?.dataset.id;
      if (id !== undefined) open(id);
    });
    setInterval(() => this.show_ages(), 20_000);
  }

  render(selected: string | null): void {
    const held = document.activeElement?.closest<HTMLElement>(".queue li")?.dataset.id;
    const kept = new Map<string, HTMLLIElement>();
    let place: Element | null = this.list.firstElementChild;
    for (const each of this.queue.cases) {
      const row = this.rows.get(each.id) ?? this.make(each.id);
      kept.set(each.id, row);
      this.fill(row, each, each.id === selected);
      if (row === place) place = place.nextElementSibling;
      else this.list.insertBefore(row, place);
    }
    for (const [id, row] of this.rows) if (!kept.has(id)) row.remove();
    this.rows = kept;
    // The row that had the focus is gone: the focus goes on with the work.
    if (held !== undefined && !kept.has(held)) this.focus(selected);
  }

  focus(id: string | null): void {
    const row = id === null ? undefined : this.rows.get(id);
    if (row === undefined) return this.list.focus();
    const button = row.querySelector("button")!;
    button.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  private make(id: string): HTMLLIElement {
    const row = this.template.content.firstElementChild!.cloneNode(true) as HTMLLIElement;
    row.dataset.id = id;
    return row;
  }

  private fill(row: HTMLLIElement, each: Case, selected: boolean): void {
    const severity = severity_of(each);
    const claimed = claimed_by_other(each, this.me, server_now());
    const button = row.querySelector("button")!;
    button.toggleAttribute("aria-current", selected);
    if (selected) button.setAttribute("aria-current", "true");
    row.className = `kind-${each.kind} ${severity}${claimed ? " claimed" : ""}${this.is_waiting(each.id) ? " waiting" : ""}`;
    slot(row, "kind").textContent = what_of(each);
    slot(row, "severity").textContent = word(each.appeal === null ? `kind.${each.kind}` : "kind.appealed");
    const masked = this.masks(each);
    const text = slot(row, "text");
    text.classList.toggle("blurred", masked);
    // What is blurred for the eyes is not read aloud either.
    text.replaceChildren(
      masked ? el("span", { class: "sr" }, word("mod.masked")) : "",
      el("span", masked ? { "aria-hidden": "true" } : {}, cut(each.text, 160)),
    );
    slot(row, "author").textContent = each.author.display_name || each.author.username;
    slot(row, "room").textContent = each.room?.title ?? "";
    const count = slot(row, "count");
    count.hidden = each.count < 2;
    count.textContent = word("mod.times", each.count);
    const claim = slot(row, "claim");
    claim.hidden = !claimed && !this.is_waiting(each.id);
    claim.textContent = this.is_waiting(each.id)
      ? word("mod.waits")
      : claimed
        ? word("mod.claimed_by", each.claim!.by)
        : "";
    const time = slot(row, "time") as HTMLTimeElement;
    time.dateTime = each.created_at;
    time.textContent = age_of(each.created_at);
  }

  private show_ages(): void {
    for (const time of this.list.querySelectorAll("time")) time.textContent = age_of(time.dateTime);
  }
}
