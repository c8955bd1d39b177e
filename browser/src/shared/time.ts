import { digits } from "./numbers.ts";

/// Times in the person's own zone and language.
const language = document.documentElement.lang || "en";
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
const long = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", hourCycle: "h23" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short", hourCycle: "h23" });
const dated = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const dated_year = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

export const clock_text = (at: Date): string => clock.format(at);
const begins_with_year = (format: Intl.DateTimeFormat): boolean => format.formatToParts(0)[0]?.type === "year";
/// Persian says "جمعه ۶ آذر", but its whole format turns the order round where the weekday is asked for.
const is_turned = begins_with_year(whole) && !begins_with_year(long);
export const whole_text = (at: Date): string =>
  is_turned ? `${weekday.format(at)} ${long.format(at)}` : whole.format(at);

let server_is_ahead_ms = 0;

/// What the server's clock shows at this moment: countdowns follow it, however wrong the person's own clock is.
export function set_server_time(at: unknown): void {
  const time = typeof at === "string" ? Date.parse(at) : NaN;
  if (!Number.isNaN(time)) server_is_ahead_ms = time - Date.now();
}

export function server_now(): number {
  return Date.now() + server_is_ahead_ms;
}

/// The local day as a key that compares equal within one day.
export function day_key(at: Date): string {
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
}

export function day_text(at: Date): string {
  const now = new Date();
  const midnight = (day: Date): number => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days === 0 || days === -1) {
    const text = relative.format(days, "day");
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
  return at.getFullYear() === now.getFullYear() ? dated.format(at) : dated_year.format(at);
}

/// "4:05" or "1:04:05"
export function left_text(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return digits(hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`);
}

/// Writes every <time data-local> of the page in the person's own zone.
export function localise(root: ParentNode): void {
  for (const node of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const at = new Date(node.dateTime);
    if (!Number.isNaN(at.getTime())) node.textContent = whole_text(at);
  }
}
