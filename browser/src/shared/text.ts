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

/// What is sent of a text as it was typed: without blank lines before it and blanks behind it. The first line keeps
/// its indentation.
export function without_blank_ends(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
}
