import type { Verdict } from "./types.ts";
import { isolated } from "./numbers.ts";
import { has_word, word } from "./words.ts";

/// A category, or what somebody gave as the reason of a report, in the person's language. A code that has no words is
/// never shown.
export function reason_word(reason: string): string {
  if (has_word(`reason.${reason}`)) return word(`reason.${reason}`);
  return /^[a-z]+(_[a-z]+)*$/.test(reason) ? word("reason.other") : reason;
}

/// What was found: words as they were written, and rules by their names.
export function terms_text(matches: Verdict["matches"]): string {
  const terms = new Set((matches ?? []).map(({ term }) => (has_word(`rule.${term}`) ? word(`rule.${term}`) : term)));
  return [...terms].map(isolated).join(" · ");
}

/// "harassment, threat", in the person's language.
export function reasons_text(verdict: Verdict): string {
  const reasons = verdict.reasons ?? [];
  return reasons.length === 0 ? word("reason.other") : reasons.map(reason_word).join(word("list.comma"));
}
