/// Where a text answers, in UTF-16 units: [begin, end].
export type Mark = [number, number];

export interface Piece {
  said: string;
  is_marked: boolean;
}

const most = 240;
const before_first = 60;

/// About 240 characters of a text around its first mark, in pieces that are marked or not.
export function excerpt(text: string, marks: Mark[]): Piece[] {
  const first = marks[0]?.[0] ?? 0;
  const from = first > before_first && text.length > most ? start_of_word(text, first - before_first) : 0;
  const to = text.length - from > most ? start_of_word(text, from + most) : text.length;
  const pieces: Piece[] = [];
  const add = (begin: number, end: number, is_marked: boolean): void => {
    if (end > begin) pieces.push({ said: text.slice(begin, end), is_marked });
  };
  if (from > 0) pieces.push({ said: "…", is_marked: false });
  let at = from;
  for (const [begin, end] of marks) {
    if (end <= at || begin >= to) continue;
    add(at, Math.max(at, begin), false);
    add(Math.max(at, begin), Math.min(end, to), true);
    at = Math.min(end, to);
  }
  add(at, to, false);
  if (to < text.length) pieces.push({ said: "…", is_marked: false });
  return pieces;
}

/// The nearest place at or before `at` that is not within a word, or `at` where the word is very long.
function start_of_word(text: string, at: number): number {
  for (let place = at; place > at - 24 && place > 0; --place) if (/\s/.test(text[place - 1]!)) return place;
  return /[\uDC00-\uDFFF]/.test(text[at] ?? "") ? at - 1 : at;
}
