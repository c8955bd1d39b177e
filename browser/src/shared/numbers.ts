/// Numbers as the page's language writes them, and values kept in one piece within a sentence.
const language = document.documentElement.lang || "en";
const right_to_left = document.documentElement.dir === "rtl";
const own_digits = [
  ...new Intl.NumberFormat(language, { useGrouping: false, minimumIntegerDigits: 10 }).format(123456789),
];
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

/// The digits 0 to 9 of `text` in the language's own.
export const digits = (text: string | number): string =>
  String(text).replace(/[0-9]/g, (digit) => own_digits[Number(digit)]!);

/// "85%" for 0.85
export const share_text = (part: number): string => share.format(part);

/// More than 99 unread messages are many.
export const count_text = (count: number): string => digits(count < 100 ? count : "99+");

/// `text` as it is filled into a sentence: between FSI and PDI (UAX #9) where it may run against the sentence's
/// direction.
export function isolated(text: string): string {
  const may_turn = right_to_left ? !/^\p{Nd}*$/u.test(text) : /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(text);
  return may_turn ? `\u2068${text}\u2069` : text;
}
