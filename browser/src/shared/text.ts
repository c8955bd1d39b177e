/// Texts by what people call a character, and as people type them.

const characters = typeof Intl.Segmenter === "undefined" ? null : new Intl.Segmenter();

/// At most `most` UTF-16 units from the beginning, cut between two characters and not within one: neither within a
/// flag, a family or a letter with its marks. A character longer than that is cut between code points.
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = characters?.segment(text.slice(0, 2 * most)).containing(most)?.index ?? 0;
  if (end > 0) return text.slice(0, end);
  const within = /[\uD800-\uDBFF]/.test(text[most - 1]!) && /[\uDC00-\uDFFF]/.test(text[most]!);
  return text.slice(0, within ? most - 1 : most);
}

/// The first character; "" where there is none.
export function first_character(text: string): string {
  if (characters === null) return text === "" ? "" : String.fromCodePoint(text.codePointAt(0)!);
  return characters.segment(text)[Symbol.iterator]().next().value?.segment ?? "";
}

/// What a search compares, as the server's `search_key`: without regard to case, compatibility forms, the dot of İ and
/// invisible characters.
export function search_key(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC")
    .replace(/i\u0307/g, "i")
    .replace(/ς/g, "σ");
}

/// What is sent of a text as it was typed: without what came along with a paste, blank lines before it and blanks behind
/// it; empty where nothing of it can be seen. The first line keeps its indentation.
export function as_sent(text: string): string {
  const sent = tidied(text)
    .replace(/^(?:[^\S\n]*\n)+/, "")
    .trimEnd();
  return shows_something(sent) ? sent : "";
}

const unseen =
  /[\s\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffc\u{13430}-\u{1343f}\u{1d159}]/gu;

/// Is there anything to see? The server's rule (base/visible_text).
export function shows_something(text: string): boolean {
  return text.replace(unseen, "") !== "";
}

const line_end = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
/// A string that BEL or ST ends on its line, a control sequence, another escape sequence (ECMA-48).
const terminal =
  /\u001b[\]PX^_][^\n\v\f\r\u0007\u001b\u0085\u009c\u2028\u2029]*(?:[\u0007\u009c]|\u001b\\)|(?:\u001b\[|\u009b(?=[0-9]))[0-?]*[ -/]*[@-~]|\u001b(?![[\]PX^_])[ -/]*[0-~]/g;
const dropped = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/// Without what came along with a paste: sequences of terminals, control characters and what turns the writing
/// direction; every line end becomes LF. The server's rule (base/visible_text).
export function tidied(text: string): string {
  return text.replace(terminal, "").replace(line_end, "\n").replace(dropped, "");
}
