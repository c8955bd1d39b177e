import type { Verdict } from "./types.ts";
import { word } from "./words.ts";

/// "harassment, threat", in the person's language.
export function reasons_text(verdict: Verdict): string {
  const reasons = verdict.reasons ?? [];
  return reasons.length === 0
    ? word("reason.other")
    : reasons.map((reason) => word(`reason.${reason}`)).join(word("list.comma"));
}
