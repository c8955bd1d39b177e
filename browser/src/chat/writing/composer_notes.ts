import { reasons_text, terms_text } from "../../shared/verdict_text.ts";
import type { Verdict } from "../../shared/types.ts";
import { announce } from "../../shared/announce.ts";
import { by, el } from "../../shared/dom.ts";
import { word } from "../../shared/words.ts";

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
  const close = (): void => {
    box.remove();
    show_newest();
  };
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
  by("notes").append(box);
  show_newest();
  announce(spoken || `${title}. ${text}`);
  return close;
}

const most_notes = 6;

/// One note at a time, the newest; the others are a tap away.
function show_newest(): void {
  const notes = by("notes");
  const boxes = [...notes.querySelectorAll<HTMLElement>(".note")];
  for (const box of boxes.splice(0, Math.max(0, boxes.length - most_notes))) box.remove();
  boxes.forEach((box, index) => (box.hidden = index < boxes.length - 1));
  notes.querySelector(".notes-more")?.remove();
  if (boxes.length < 2) return;
  const more = el("button", { type: "button", class: "notes-more" }, word("note.more", boxes.length - 1));
  more.addEventListener("click", () => {
    for (const box of boxes) box.hidden = false;
    more.remove();
  });
  notes.prepend(more);
}

export function blocked_text(verdict: Verdict): string {
  const words = terms_text(verdict.matches);
  const why = word("blocked.text", reasons_text(verdict));
  return words === "" ? why : `${why} ${word("blocked.words", words)}`;
}
