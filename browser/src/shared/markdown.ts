/// A safe subset of Markdown: text in, a tree of known elements out. No HTML is ever parsed, and nothing that is
/// not in this file can appear in the tree. The server has the same rules in C++; tests/markdown-cases.json is the
/// judge of both. docs/markdown.md states the rules in words.

export type Tag =
  "p" | "br" | "strong" | "em" | "del" | "code" | "pre" | "blockquote" | "ul" | "ol" | "li" | "a" | "span";

export interface Element_ {
  tag: Tag;
  attributes?: Record<string, string>;
  children: Tree;
}

export type Tree = (string | Element_)[];

const fence_open = /^``` *[A-Za-z0-9_+#.-]* *$/;
const fence_close = /^``` *$/;
const bullet = /^[-*] +(?=[^ \t])/;
const numbered = /^(\d{1,3})[.)] +(?=[^ \t])/;
const blank = /^[ \t]*$/;
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const url_end = /[\u0000-\u0020<>"`\\\u007f]/;
const url_trailing = ".,:;!?'*_~۔،؟";

export function parse(text: string): Tree {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const out: Tree = [];
  for (let at = 0; at < lines.length;) {
    at = block(lines, at, out);
  }
  return out;
}

/// Reads one block from `lines[at]` on; returns the line after it.
function block(lines: string[], at: number, out: Tree): number {
  const line = lines[at]!;
  if (blank.test(line)) return at + 1;

  const fence_end = fence_at(lines, at);
  if (fence_end > 0) {
    const code = lines.slice(at + 1, fence_end).join("\n");
    out.push(element("pre", [element("code", code === "" ? [] : [code])]));
    return fence_end + 1;
  }
  if (line.startsWith(">")) return run(lines, at, out, "blockquote", (each) => each.startsWith(">"), quoted);
  if (bullet.test(line)) return list(lines, at, out, "ul", bullet);
  if (numbered.test(line)) return list(lines, at, out, "ol", numbered);

  let end = at + 1;
  while (end < lines.length && !starts_block(lines, end)) end++;
  out.push(element("p", joined(lines.slice(at, end))));
  return end;
}

/// The line of the closing fence for an opening one at `at`, or 0.
function fence_at(lines: string[], at: number): number {
  if (!fence_open.test(lines[at]!)) return 0;
  for (let end = at + 1; end < lines.length; end++) {
    if (fence_close.test(lines[end]!)) return end;
  }
  return 0;
}

function starts_block(lines: string[], at: number): boolean {
  const line = lines[at]!;
  return (
    blank.test(line) || line.startsWith(">") || bullet.test(line) || numbered.test(line) || fence_at(lines, at) > 0
  );
}

function quoted(line: string): string {
  return line.replace(/^> ?/, "");
}

function run(
  lines: string[],
  at: number,
  out: Tree,
  tag: Tag,
  belongs: (line: string) => boolean,
  content: (line: string) => string,
): number {
  let end = at + 1;
  while (end < lines.length && belongs(lines[end]!)) end++;
  out.push(element(tag, joined(lines.slice(at, end).map(content))));
  return end;
}

function list(lines: string[], at: number, out: Tree, tag: "ul" | "ol", marker: RegExp): number {
  const first = Number(marker.exec(lines[at]!)![1] ?? 1);
  const items: Tree = [];
  let end = at;
  for (; end < lines.length && marker.test(lines[end]!); end++) {
    items.push(element("li", inline(lines[end]!.replace(marker, ""))));
  }
  const made = element(tag, items);
  if (tag === "ol" && first !== 1) made.attributes = { start: String(first) };
  out.push(made);
  return end;
}

function joined(lines: string[]): Tree {
  const out: Tree = [];
  lines.forEach((line, index) => {
    if (index > 0) out.push(element("br", []));
    out.push(...inline(line));
  });
  return out;
}

/// One line: emphasis, code, links, mentions. Nothing inside a line reaches over its end.
export function inline(line: string): Tree {
  return new Line(line, true).read();
}

class Line {
  private out: Tree = [];
  private plain = "";
  /// Delimiters known to have no closer further on, so that a line of unmatched stars is read in linear time.
  private unclosed = new Set<string>();
  /// Code spans, from start to end, found before all else: nothing inside them is read as anything but code.
  private readonly spans: Map<number, number>;

  constructor(
    private readonly text: string,
    private readonly links: boolean,
  ) {
    this.spans = code_spans(text);
  }

  read(): Tree {
    for (let at = 0; at < this.text.length;) at = this.step(at);
    this.flush();
    return this.out;
  }

  private step(at: number): number {
    const char = this.text[at]!;
    let next = 0;
    if (char === "\\") next = this.escape(at);
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

  private escape(at: number): number {
    const next = this.text[at + 1];
    if (next === undefined || !punctuation.includes(next)) return 0;
    this.plain += next;
    return at + 2;
  }

  private code(at: number): number {
    const end = this.spans.get(at);
    const ticks = run_length(this.text, at);
    if (end === undefined) {
      this.plain += "`".repeat(ticks);
      return at + ticks;
    }
    let code = this.text.slice(at + ticks, end - ticks);
    if (code.length > 2 && code.startsWith(" ") && code.endsWith(" ") && !blank.test(code)) code = code.slice(1, -1);
    this.push(element("code", [code]));
    return end;
  }

  private emphasis(at: number, char: string): number {
    const length = run_length(this.text, at);
    const size = char === "*" && length === 3 ? 2 : length;
    const tag = emphasis_tag(char, size);
    const literal = (): number => {
      this.plain += this.text.slice(at, at + length);
      return at + length;
    };
    const after = this.text[at + length];
    if (tag === null) return literal();
    if (after === undefined || is_space(after) || is_alphanumeric(this.text[at - 1])) return literal();
    const close = this.closer(at + length, char, size);
    if (close === 0) return literal();
    const inner = this.text.slice(at + size, close);
    this.push(element(tag, new Line(inner, this.links).read()));
    return close + size;
  }

  /// Where the closing delimiter of `size` times `char` starts, looking from `from` on; 0 when there is none.
  private closer(from: number, char: string, size: number): number {
    const key = char + size;
    if (this.unclosed.has(key)) return 0;
    for (let at = from; at < this.text.length;) {
      const here = this.text[at]!;
      if (here === "\\") {
        at += 2;
      } else if (here === "`") {
        at = this.spans.get(at) ?? at + run_length(this.text, at);
      } else if (here === char) {
        const length = run_length(this.text, at);
        const fits = length === size || (char === "*" && length === 3);
        if (fits && !is_space(this.text[at - 1]!) && !is_alphanumeric(this.text[at + length]))
          return at + length - size;
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
    if (middle === 0 || this.text[middle + 1] !== "(") return 0;
    const label = this.text.slice(at + 1, middle);
    const end = closing_parenthesis(this.text, middle + 2);
    if (end === 0 || blank.test(label)) return 0;
    const target = this.text.slice(middle + 2, end);
    if (!is_safe_target(target)) return 0;
    // A label that looks like an address could name another place than the one it leads to.
    if (label.includes("://") || /www\./i.test(label)) return 0;
    this.push(anchor(target, new Line(label, false).read()));
    return end + 1;
  }

  /// The position of the "]" that ends a label starting at `from`; labels hold no "[".
  private bracket(from: number): number {
    if (this.unclosed.has("[")) return 0;
    for (let at = from; at < this.text.length; at++) {
      const char = this.text[at]!;
      if (char === "\\") at++;
      else if (char === "`") at = (this.spans.get(at) ?? at + run_length(this.text, at)) - 1;
      else if (char === "]") return at;
      else if (char === "[") return 0;
    }
    this.unclosed.add("[");
    return 0;
  }

  private autolink(at: number): number {
    const scheme = /^https?:\/\//i.exec(this.text.slice(at, at + 8))?.[0];
    if (scheme === undefined || is_alphanumeric(this.text[at - 1])) return 0;
    const end = address_end(this.text, at + scheme.length);
    const first = this.text.slice(at + scheme.length, end)[0];
    if (first === undefined || !(is_alphanumeric(first) || first >= "\u0080" || first === "[")) return 0;
    const url = this.text.slice(at, end);
    this.push(anchor(url, [url]));
    return end;
  }

  private mention(at: number): number {
    if (is_alphanumeric(this.text[at - 1])) return 0;
    let end = at + 1;
    while (/[A-Za-z0-9_.-]/.test(this.text[end] ?? "")) end++;
    while (".-".includes(this.text[end - 1]!)) end--;
    if (end - at < 4 || end - at > 51) return 0;
    this.push({ tag: "span", attributes: { class: "mention" }, children: [this.text.slice(at, end)] });
    return end;
  }
}

function emphasis_tag(char: string, size: number): Tag | null {
  if (char === "~") return size === 2 ? "del" : null;
  if (size === 1) return "em";
  return char === "*" && size === 2 ? "strong" : null;
}

/// Where code spans start and end: a run of backticks up to the next run of the same length.
function code_spans(text: string): Map<number, number> {
  const spans = new Map<number, number>();
  const unclosed = new Set<number>();
  for (let at = 0; at < text.length;) {
    if (text[at] === "\\") {
      at += 2;
      continue;
    }
    if (text[at] !== "`") {
      at++;
      continue;
    }
    const ticks = run_length(text, at);
    const end = unclosed.has(ticks) ? 0 : run_of(text, at + ticks, ticks);
    if (end === 0) unclosed.add(ticks);
    else spans.set(at, end);
    at = end || at + ticks;
  }
  return spans;
}

/// The end of the first run of exactly `ticks` backticks from `from` on, or 0.
function run_of(text: string, from: number, ticks: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] !== "`") continue;
    const length = run_length(text, at);
    if (length === ticks) return at + length;
    at += length - 1;
  }
  return 0;
}

/// The ")" that ends a target starting at `from`; pairs of parentheses may stand inside, spaces may not.
function closing_parenthesis(text: string, from: number): number {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (url_end.test(char)) return 0;
    if (char === "(") open++;
    else if (char === ")" && open-- === 0) return at;
  }
  return 0;
}

function is_safe_target(target: string): boolean {
  return /^https?:\/\/([A-Za-z0-9[]|[^\u0000-\u007f])/i.test(target) || /^mailto:[^@]+@[^@]+$/i.test(target);
}

/// The end of an address whose scheme ends at `from`: up to a space, a quote, an angle bracket, a backslash or a
/// closing bracket that it did not open; without the punctuation that ends a sentence.
function address_end(text: string, from: number): number {
  const open: Record<string, number> = { "(": 0, "[": 0 };
  let end = from;
  for (; end < text.length && !url_end.test(text[end]!); end++) {
    const char = text[end]!;
    if (char === "(" || char === "[") open[char]!++;
    else if (char === ")" && open["("]!-- === 0) break;
    else if (char === "]" && open["["]!-- === 0) break;
  }
  while (end > from && url_trailing.includes(text[end - 1]!)) end--;
  return end;
}

function run_length(text: string, at: number): number {
  let end = at + 1;
  while (text[end] === text[at]) end++;
  return end - at;
}

function is_space(char: string): boolean {
  return char === " " || char === "\t";
}

function is_alphanumeric(char: string | undefined): boolean {
  return char !== undefined && /^[A-Za-z0-9]$/.test(char);
}

function anchor(target: string, children: Tree): Element_ {
  return { tag: "a", attributes: { href: target, rel: "noopener noreferrer nofollow", target: "_blank" }, children };
}

function element(tag: Tag, children: Tree): Element_ {
  return { tag, children };
}

/// The words without the marks, on one line: for quotations and for a screen reader.
export function plain(text: string): string {
  const flat = (tree: Tree): string =>
    tree
      .map((item) =>
        typeof item === "string"
          ? item
          : item.tag === "br"
            ? " "
            : flat(item.children) + (blocks.has(item.tag) ? " " : ""),
      )
      .join("");
  return flat(parse(text)).replace(/\s+/g, " ").trim();
}

const blocks = new Set<Tag>(["p", "pre", "blockquote", "ul", "ol", "li"]);

/// The tree as DOM nodes, built with createElement and text nodes only.
export function render(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  append(fragment, parse(text));
  return fragment;
}

function append(parent: Node, tree: Tree): void {
  for (const item of tree) {
    if (typeof item === "string") {
      parent.appendChild(document.createTextNode(item));
      continue;
    }
    const made = document.createElement(item.tag);
    for (const [name, value] of Object.entries(item.attributes ?? {})) made.setAttribute(name, value);
    append(made, item.children);
    parent.appendChild(made);
  }
}
