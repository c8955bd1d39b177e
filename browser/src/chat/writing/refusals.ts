import type { Appeals } from "../../shared/appeals.ts";
import { reasons_text } from "../../shared/verdict_text.ts";
import type { Verdict } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import type { Composer } from "./composer.ts";
import { blocked_text, note } from "./composer_notes.ts";

/// Texts that were not sent: each stands in the field again with the reason above it, for as long as it stands there,
/// over a reload too.

interface Refusal {
  room: string;
  text: string;
  verdict: Verdict;
}

const shelf = "soyuz.refused";

export class Refusals {
  private kept: Refusal | null = read();
  private close: () => void = () => {};

  constructor(
    private readonly composer: Composer,
    private readonly appeals: Appeals,
  ) {
    composer.field.addEventListener("input", () => composer.has_draft || this.forget());
  }

  show(refusal: Refusal): void {
    this.close();
    this.keep(refusal);
    const { text, verdict } = refusal;
    const drop = (): void => {
      this.forget();
      this.composer.drop(text);
    };
    const appeal = { label: word("appeal.open"), run: () => this.appeals.open(verdict.case_id ?? "", drop) };
    this.close = note(
      "danger",
      word("blocked.title"),
      blocked_text(verdict),
      [
        { label: word("message.edit"), run: () => this.composer.focus() },
        ...(verdict.case_id ? [appeal] : []),
        { label: word("message.discard"), run: drop },
      ],
      "",
      word("blocked.said", reasons_text(verdict)),
    );
  }

  /// Another room is open, or the page is new: what was refused here and still stands in the field is told again.
  turn_to(room: string): void {
    const kept = this.kept;
    this.close();
    if (kept?.room === room && this.composer.field.value.startsWith(kept.text)) this.show(kept);
  }

  /// The text is gone, or sent in other words.
  forget(): void {
    this.close();
    this.keep(null);
  }

  private keep(refusal: Refusal | null): void {
    this.kept = refusal;
    try {
      if (refusal === null) sessionStorage.removeItem(shelf);
      else sessionStorage.setItem(shelf, JSON.stringify(refusal));
    } catch {
      // The note is there as long as the page.
    }
  }
}

function read(): Refusal | null {
  try {
    return JSON.parse(sessionStorage.getItem(shelf) ?? "null") as Refusal | null;
  } catch {
    return null;
  }
}
