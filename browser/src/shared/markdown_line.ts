import { address_end, closing_parenthesis, is_safe_target, names_another_address } from "./addresses.ts";
import { anchor, element, flat, type Element_, type Tag, type Tree } from "./markdown_tree.ts";

const blank = /^[ \t]*$/;
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// One line: emphasis, code, links, mentions. Nothing inside a line reaches over its end. `block_escape` is where a
/// backslash keeps it from being a block, or -1.
export function inline(line: string, block_escape = -1): Tree {
  const piece = undo_escapes(line, block_escape);
  return new Line(piece.text, piece.literal, true, null, 0).read();
}

/// Which places of a line are text, whatever they look like.
type Literal = readonly boolean[];

class Line {
  private out: Tree = [];
  private plain = "";
  /// Delimiters known to have no closer further on, so that a line of unmatched stars is read in linear time.
  private unclosed = new Set<string>();
  private unclosed_brackets = new Set<number>();
  /// Code spans, from start to end, found before all else: nothing inside them is read as anything but code.
  private readonly spans: Map<number, number>;

  /// `marks`, where given, is told which places are markup; the line's first is number `offset` there.
  constructor(
    private readonly text: string,
    private readonly literal: Literal,
    private readonly links: boolean,
    private readonly marks: boolean[] | null,
    private readonly offset: number,
  ) {
    this.spans = code_spans(text, literal, false);
  }

  read(): Tree {
    for (let at = 0; at < this.text.length;) at = this.step(at);
    this.flush();
    return this.out;
  }

  private step(at: number): number {
    const char = this.text[at]!;
    let next = 0;
    if (this.literal[at]) next = 0;
    else if (char === "`") next = this.code(at);
    else if (char === "*" || char === "_" || char === "~") next = this.emphasis(at, char);
    else if (char === "[" && this.links) next = this.link(at);
    else if ((char === "h" || char === "H") && this.links) next = this.autolink(at);
    else if (char === "@") next = this.mention(at);
    if (next > at) return next;
    this.plain += char;
    return at + 1;
  }

  private flush(): void {
    if (this.plain !== "") this.out.push(this.plain);
    this.plain = "";
  }

  private push(made: Element_): void {
    this.flush();
    this.out.push(made);
  }

  private mark(at: number, count: number): void {
    for (let each = at; each < at + count; each++) if (this.marks !== null) this.marks[this.offset + each] = true;
  }

  private inner(from: number, to: number, links: boolean, marks: boolean[] | null): Tree {
    const literal = this.literal.slice(from, to);
    return new Line(this.text.slice(from, to), literal, links, marks, this.offset + from).read();
  }

  private run(at: number): number {
    return run_length(this.text, this.literal, at);
  }

  private literally(at: number, length: number): number {
    this.plain += this.text.slice(at, at + length);
    return at + length;
  }

  private code(at: number): number {
    const end = this.spans.get(at);
    const ticks = this.run(at);
    if (end === undefined) return this.literally(at, ticks);
    let code = this.text.slice(at + ticks, end - ticks);
    if (code.length > 2 && code.startsWith(" ") && code.endsWith(" ") && !blank.test(code)) code = code.slice(1, -1);
    this.mark(at, ticks);
    this.mark(end - ticks, ticks);
    this.push(element("code", [code]));
    return end;
  }

  /// An underscore before a mark opens behind a blank or another mark only: arms and faces are made of them.
  private is_arm(at: number, behind: number, char: string): boolean {
    if (char !== "_" || at === 0 || !starts_with_mark.test(this.text.slice(behind, behind + 2))) return false;
    return !ends_with_mark_or_space.test(this.text.slice(Math.max(0, at - 2), at));
  }

  /// Delimiters within a word are text: for underscores of words of any script, for stars of ASCII's.
  private is_word_before(at: number, char: string): boolean {
    if (char !== "_") return is_alphanumeric(this.text[at - 1]);
    return ends_with_word.test(this.text.slice(Math.max(0, at - 2), at));
  }

  private is_word_at(at: number, char: string): boolean {
    if (char !== "_") return is_alphanumeric(this.text[at]);
    return starts_with_word.test(this.text.slice(at, at + 2));
  }

  private emphasis(at: number, char: string): number {
    const length = this.run(at);
    const size = char === "*" && length === 3 ? 2 : length;
    const tag = emphasis_tag(char, size);
    const after = this.text[at + length];
    if (tag === null) return this.literally(at, length);
    if (after === undefined || is_space(after) || this.is_word_before(at, char)) return this.literally(at, length);
    if (this.is_arm(at, at + length, char)) return this.literally(at, length);
    const close = this.closer(at + length, char, size);
    if (close === 0) return this.literally(at, length);
    // A face between two stars is a face.
    if (size === 1 && !words.test(this.text.slice(at + size, close))) return this.literally(at, length);
    this.mark(at, size);
    this.mark(close, size);
    this.push(element(tag, this.inner(at + size, close, this.links, this.marks)));
    return close + size;
  }

  /// Where the closing delimiter of `size` times `char` starts, looking from `from` on; 0 when there is none.
  private closer(from: number, char: string, size: number): number {
    const key = char + size;
    if (this.unclosed.has(key)) return 0;
    for (let at = from; at < this.text.length;) {
      const here = this.text[at]!;
      if (this.literal[at]) {
        at++;
      } else if (here === "`") {
        at = this.spans.get(at) ?? at + this.run(at);
      } else if (here === char) {
        const length = this.run(at);
        const fits = length === size || (char === "*" && length === 3);
        if (fits && !is_space(this.text[at - 1]!) && !this.is_word_at(at + length, char)) return at + length - size;
        at += length;
      } else {
        at++;
      }
    }
    this.unclosed.add(key);
    return 0;
  }

  private link(at: number): number {
    const middle = this.bracket(at + 1);
    if (middle === 0 || this.text[middle + 1] !== "(" || this.literal[middle + 1]) return 0;
    if (!/^(?:https?|mailto):/i.test(this.text.slice(middle + 2, middle + 10))) return 0;
    const label = this.text.slice(at + 1, middle);
    const end = closing_parenthesis(this.text, this.literal, middle + 2);
    if (end === 0 || blank.test(label)) return 0;
    const target = this.text.slice(middle + 2, end);
    if (!is_safe_target(target)) return 0;
    if (names_another_address(flat(this.inner(at + 1, middle, false, null)), target)) return 0;
    this.mark(at, 1);
    this.mark(middle, 2);
    this.mark(end, 1);
    this.push(anchor(target, this.inner(at + 1, middle, false, this.marks)));
    return end + 1;
  }

  /// The position of the "]" that ends a label starting at `from`; labels hold no "[".
  private bracket(from: number): number {
    if (this.unclosed.has("[")) return 0;
    for (let at = from; at < this.text.length; at++) {
      const char = this.text[at]!;
      if (this.literal[at]) continue;
      if (char === "`") at = (this.spans.get(at) ?? at + this.run(at)) - 1;
      else if (char === "]") return at;
      else if (char === "[") return 0;
    }
    this.unclosed.add("[");
    return 0;
  }

  private autolink(at: number): number {
    const scheme = /^https?:\/\//i.exec(this.text.slice(at, at + 8))?.[0];
    if (scheme === undefined || is_alphanumeric(this.text[at - 1])) return 0;
    const end = address_end(this.text, this.literal, at + scheme.length, this.unclosed_brackets);
    const first = this.text.slice(at + scheme.length, end)[0];
    if (first === undefined || !(is_alphanumeric(first) || first >= "\u0080" || first === "[")) return 0;
    const url = this.text.slice(at, end);
    this.push(anchor(url, [url]));
    return end;
  }

  private mention(at: number): number {
    if (is_alphanumeric(this.text[at - 1])) return 0;
    let end = at + 1;
    while (!this.literal[end] && /[A-Za-z0-9_.-]/.test(this.text[end] ?? "")) end++;
    while (".-".includes(this.text[end - 1]!)) end--;
    if (end - at < 4 || end - at > 51) return 0;
    this.mark(at, 1);
    this.push({ tag: "span", attributes: { class: "mention" }, children: [this.text.slice(at, end)] });
    return end;
  }
}

function emphasis_tag(char: string, size: number): Tag | null {
  if (char === "~") return size === 2 ? "del" : null;
  if (size === 1) return "em";
  return char === "*" && size === 2 ? "strong" : null;
}

const starts_with_mark = /^[\p{P}$+<=>^`|~]/u;
const ends_with_mark_or_space = /[\p{P}\p{White_Space}$+<=>^`|~]$/u;
const starts_with_word = /^[\p{L}\p{N}\p{M}]/u;
const ends_with_word = /[\p{L}\p{N}\p{M}]$/u;
/// Anything but marks and white space.
const words = /[^\p{P}\p{White_Space}$+<=>^`|~]/u;

/// Undoes a line's escapes. A backslash before ASCII punctuation goes only where the same line without any backslashes
/// would read that character as markup; elsewhere it is a part of a path, a face or a shrug, and stays. What stands
/// behind it is text either way.
function undo_escapes(line: string, block_escape: number): { text: string; literal: Literal } {
  if (!line.includes("\\")) return { text: line, literal: [] };
  const escapes: { at: number; backslashes: number; bare: number }[] = [];
  const spans = code_spans(line, [], true);
  let bare = "";
  for (let at = 0; at < line.length;) {
    const span = spans.get(at);
    if (span !== undefined) {
      bare += line.slice(at, span);
      at = span;
    } else if (line[at] !== "\\") {
      bare += line[at++];
    } else {
      const backslashes = run_length(line, [], at);
      const behind = line[at + backslashes];
      const is_escape = behind !== undefined && punctuation.includes(behind);
      if (is_escape) escapes.push({ at, backslashes, bare: bare.length });
      // The punctuation is passed too: a backtick behind backslashes starts no span.
      bare += is_escape ? behind : line.slice(at, at + backslashes);
      at += backslashes + (is_escape ? 1 : 0);
    }
  }
  const marks: boolean[] = [];
  new Line(bare, [], true, marks, 0).read();
  let text = "";
  const literal: boolean[] = [];
  const put = (more: string, is_literal: boolean): void => {
    text += more;
    for (let each = 0; each < more.length; each++) literal.push(is_literal);
  };
  let from = 0;
  for (const escape of escapes) {
    put(line.slice(from, escape.at), false);
    const protects = marks[escape.bare] === true || escape.at === block_escape;
    put("\\".repeat(protects ? Math.floor(escape.backslashes / 2) : escape.backslashes), true);
    from = escape.at + escape.backslashes + 1;
    put(line[from - 1]!, !protects || escape.backslashes % 2 === 1);
  }
  put(line.slice(from), false);
  return { text, literal };
}

/// Where code spans start and end: a run of backticks up to the next run of the same length. Where `has_escapes`, a
/// backslash hides the character behind it.
function code_spans(text: string, literal: Literal, has_escapes: boolean): Map<number, number> {
  const spans = new Map<number, number>();
  const unclosed = new Set<number>();
  for (let at = 0; at < text.length;) {
    if (text[at] === "\\" && has_escapes) {
      at += 2;
      continue;
    }
    if (text[at] !== "`" || literal[at]) {
      at++;
      continue;
    }
    const ticks = run_length(text, literal, at);
    const end = unclosed.has(ticks) ? 0 : run_of(text, literal, at + ticks, ticks);
    if (end === 0) unclosed.add(ticks);
    else spans.set(at, end);
    at = end || at + ticks;
  }
  return spans;
}

/// The end of the first run of exactly `ticks` backticks from `from` on, or 0.
function run_of(text: string, literal: Literal, from: number, ticks: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] !== "`" || literal[at]) continue;
    const length = run_length(text, literal, at);
    if (length === ticks) return at + length;
    at += length - 1;
  }
  return 0;
}

/// The length of the run of one character that starts at `at` and is all literal or all not.
function run_length(text: string, literal: Literal, at: number): number {
  let end = at + 1;
  while (text[end] === text[at] && Boolean(literal[end]) === Boolean(literal[at])) end++;
  return end - at;
}

function is_space(char: string): boolean {
  return char === " " || char === "\t";
}

function is_alphanumeric(char: string | undefined): boolean {
  return char !== undefined && /^[A-Za-z0-9]$/.test(char);
}
