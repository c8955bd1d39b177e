import { word } from "../shared/words.ts";
import { server_now } from "../shared/time.ts";

/// "just now", "4 min", "2 h", "3 d"
export function age_text(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return word("mod.just_now");
  if (minutes < 60) return word("mod.minutes", minutes);
  if (minutes < 60 * 48) return word("mod.hours", Math.floor(minutes / 60));
  return word("mod.days", Math.floor(minutes / 1440));
}

export const age_of = (at: string): string => age_text(server_now() - new Date(at).getTime());

const stamp = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
  dateStyle: "medium",
  timeStyle: "short",
  hourCycle: "h23",
});

/// "21 Nov 2026, 11:24"
export const stamp_text = (at: string): string => stamp.format(new Date(at));

/// "12 s", "3 min"
export function span_text(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  return seconds < 90 ? word("mod.seconds", Math.round(seconds)) : age_text(seconds * 1000);
}
