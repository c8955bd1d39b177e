import type { Verdict } from "./types.ts";
import { has_word, word } from "./words.ts";

/// A category, or what somebody gave as the reason of a report, in the person's language.
export function reason_word(reason: string): string {
  return has_word(`reason.${reason}`) ? word(`reason.${reason}`) : reason;
}

/// "harassment, threat", in the person's language.
export function reasons_text(verdict: Verdict): string {
  const reasons = verdict.reasons ?? [];
  return reasons.length === 0 ? word("reason.other") : reasons.map(reason_word).join(word("list.comma"));
}
