import { toast } from "../shared/announce.ts";
import { by } from "../shared/dom.ts";
import { word } from "../shared/words.ts";

type Extras = typeof import("../pages/chat_extras.ts");

let loading: Promise<Extras> | null = null;

/// Runs `use` with the parts of the page that few need at once; where they can't be had now, the next wish asks again.
export function with_extras(use: (extras: Extras) => void, failed?: () => void): void {
  loading ??= import(document.body.dataset.extras!) as Promise<Extras>;
  loading.then(use, () => {
    loading = null;
    toast(word("error.unreachable"));
    failed?.();
  });
}

/// Opens the panel of emoji beside `beside`, or closes it where it is open.
export function toggle_emoji(beside: HTMLElement, choose: (emoji: string) => void): void {
  if (!close_emoji()) with_extras((extras) => extras.open_emoji(beside, choose));
}

/// False where there is nothing to close.
export function close_emoji(): boolean {
  const panel = by("emoji-panel");
  if (panel.hidden) return false;
  panel.hidden = true;
  // What opened it is marked as expanded, and gets the focus back.
  const opener = document.querySelector<HTMLElement>("[data-emoji-opener]");
  opener?.setAttribute("aria-expanded", "false");
  opener?.removeAttribute("data-emoji-opener");
  opener?.focus();
  return true;
}
