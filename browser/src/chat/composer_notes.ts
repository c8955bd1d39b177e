import { reasons_text, terms_text } from "../shared/verdict_text.ts";
import type { Verdict } from "../shared/types.ts";
import { announce } from "../shared/announce.ts";
import { by, el } from "../shared/dom.ts";
import { word } from "../shared/words.ts";

/// Notes above the composer that only the author sees: what happened, why, and what one can do. `spoken` is what a
/// screen reader says where the note itself would be too much.

export interface NoteAction {
  label: string;
  run(): void;
}

export function note(
  kind: "danger" | "warn" | "good",
  title: string,
  text: string,
  actions: NoteAction[] = [],
  dismiss = "note.dismiss",
  spoken = "",
): () => void {
  const box = el("div", { class: kind === "danger" ? "note" : `note ${kind}` }, el("b", {}, title));
  if (text !== "") box.append(el("p", { dir: "auto" }, text));
  const close = (): void => box.remove();
  const row = el("div", { class: "actions" });
  for (const action of [...actions, ...(dismiss === "" ? [] : [{ label: word(dismiss), run: () => {} }])]) {
    const button = el("button", { type: "button", class: "button" }, action.label);
    button.addEventListener("click", () => {
      close();
      action.run();
    });
    row.append(button);
  }
  box.append(row);
  const notes = by("notes");
  notes.append(box);
  while (notes.childElementCount > 3) notes.firstElementChild!.remove();
  announce(spoken || `${title}. ${text}`);
  return close;
}

export function blocked_text(verdict: Verdict): string {
  const words = terms_text(verdict.matches);
  const why = word("blocked.text", reasons_text(verdict));
  return words === "" ? why : `${why} ${word("blocked.words", words)}`;
}
