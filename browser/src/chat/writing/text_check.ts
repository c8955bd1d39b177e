import { ApiError, type Api } from "../../shared/api.ts";
import { by, memory } from "../../shared/dom.ts";
import { check_setting } from "../../shared/preferences.ts";
import { reasons_text } from "../../shared/verdict_text.ts";
import type { Verdict } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// A quiet word before sending: after a pause the text is judged, privately and without a record, and what it may read
/// as stands below the field. Off in the settings.

const pause_ms = 600;
const least = 3;

export function start_check(api: Api, field: HTMLTextAreaElement, room: () => string): void {
  const line = by("check-hint");
  let timer = 0;
  let asked = 0;
  let rest_until = 0;

  const show = (text: string): void => {
    line.hidden = text === "";
    if (line.textContent !== text) line.textContent = text;
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    asked++;
    if (field.value.trim().length < least) show("");
    if (memory.get(check_setting) === "off") return show("");
    timer = window.setTimeout(() => void look(), pause_ms);
  });
  // Sent or given back: what was said belongs to another text.
  field.form?.addEventListener("submit", () => show(""));

  async function look(): Promise<void> {
    const text = field.value.trim();
    if (text.length < least || Date.now() < rest_until) return;
    const mine = ++asked;
    try {
      const verdict = await api.call<Verdict>("POST", "/moderation/check", { text, room: room() });
      if (mine !== asked) return;
      const help = (verdict.reasons ?? []).includes("self_harm");
      show(
        verdict.action === undefined || verdict.action === "allow" || help
          ? ""
          : word("check.hint", reasons_text(verdict)),
      );
    } catch (error) {
      // A convenience: where the server is busy or doesn't know it, nothing is said for a while.
      rest_until = Date.now() + (error instanceof ApiError && error.retry_after_ms > 0 ? error.retry_after_ms : 30_000);
      show("");
    }
  }
}
