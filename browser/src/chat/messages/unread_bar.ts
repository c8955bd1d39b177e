import { by } from "../../shared/dom.ts";
import { clock_text, day_key, day_text } from "../../shared/time.ts";
import { word } from "../../shared/words.ts";

/// Above the list while it stands at messages that were missed: how many, since when, and the two ways on.
export class UnreadBar {
  private readonly bar = by("unread-bar");
  private readonly text = by("unread-text");

  constructor(jump: () => void, mark_read: () => void) {
    by("unread-jump").addEventListener("click", jump);
    by("unread-read").addEventListener("click", mark_read);
  }

  show(count: number, since: Date): void {
    this.text.textContent = word(count === 1 ? "unread.one" : "unread.many", count, since_text(since));
    this.bar.hidden = false;
  }

  hide(): void {
    this.bar.hidden = true;
  }
}

function since_text(at: Date): string {
  const today = day_key(at) === day_key(new Date());
  return today ? clock_text(at) : `${day_text(at)}, ${clock_text(at)}`;
}
