import { by, el } from "./dom.ts";

/// What a screen reader says, and short notes at the bottom of the page.

let queue: (() => string)[] = [];
let timer = 0;

const most_spoken = 3;

/// Speaks politely; what comes within half a second is said together, and a flood is cut to its last three.
export function announce(text: string): void {
  announce_later(() => text);
}

/// The same of a text that is made when it is said.
export function announce_later(text: () => string): void {
  queue.push(text);
  timer ||= window.setTimeout(() => {
    by("announce").textContent = queue
      .slice(-most_spoken)
      .map((each) => each())
      .join(". ");
    queue = [];
    timer = 0;
  }, 500);
}

export function toast(text: string, action?: { label: string; run: () => void }, milliseconds = 4000): () => void {
  const note = el("div", { class: "toast" }, el("span", {}, text));
  const close = (): void => note.remove();
  const end = window.setTimeout(close, milliseconds);
  if (action) {
    const button = el("button", { type: "button" }, action.label);
    button.addEventListener("click", () => {
      clearTimeout(end);
      close();
      action.run();
    });
    note.append(button);
  }
  by("toasts").append(note);
  return close;
}
