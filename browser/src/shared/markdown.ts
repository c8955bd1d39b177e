/// A safe subset of Markdown: text in, a tree of known elements out. No HTML is ever parsed, and nothing that is
/// not in this file can appear in the tree. The server has the same rules in C++; tests/markdown-cases.json is the
/// judge of both. docs/markdown.md states the rules in words.

import { inline } from "./markdown_line.ts";
import { element, flat, type Element_, type Tag, type Tree } from "./markdown_tree.ts";

const fence_open = /^``` *[A-Za-z0-9_+#.-]* *$/;
const fence_close = /^``` *$/;
const bullet = /^[-*] +(?=[^ \t])/;
const numbered = /^(\d{1,3})[.)] +(?=[^ \t])/;
/// A quotation begins with ">", a blank and something: an emoticon is none.
const quote = /^>[ \t][ \t]*[^ \t]/;
const quote_goes_on = /^>(?:[ \t]|$)/;
const blank = /^[ \t]*$/;

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
    out.push(block_element("pre", [element("code", code === "" ? [] : [code])]));
    return fence_end + 1;
  }
  if (quote.test(line)) return quotation(lines, at, out);
  if (bullet.test(line)) return list(lines, at, out, "ul", bullet);
  if (numbered.test(line)) return list(lines, at, out, "ol", numbered);

  let end = at + 1;
  while (end < lines.length && !starts_block(lines, end)) end++;
  out.push(block_element("p", joined(lines.slice(at, end), block_escape)));
  return end;
}

/// A block finds its own direction.
function block_element(tag: Tag, children: Tree): Element_ {
  return { tag, attributes: { dir: "auto" }, children };
}

/// Where a backslash keeps a line from being a block of another kind, or -1.
function block_escape(line: string): number {
  const at = /^\d*/.exec(line)![0].length;
  if (line[at] !== "\\") return -1;
  const without = line.slice(0, at) + line.slice(at + 1);
  const is_block =
    at > 0 ? numbered.test(without) : bullet.test(without) || quote.test(without) || fence_open.test(without);
  return is_block ? at : -1;
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
  return blank.test(line) || quote.test(line) || bullet.test(line) || numbered.test(line) || fence_at(lines, at) > 0;
}

function quotation(lines: string[], at: number, out: Tree): number {
  let end = at + 1;
  while (end < lines.length && quote_goes_on.test(lines[end]!)) end++;
  const inside = lines.slice(at, end).map((line) => line.slice(2));
  out.push(
    block_element(
      "blockquote",
      joined(inside, () => -1),
    ),
  );
  return end;
}

function list(lines: string[], at: number, out: Tree, tag: "ul" | "ol", marker: RegExp): number {
  const number_of = (line: string): number => Number(marker.exec(line)![1] ?? 0);
  const first = number_of(lines[at]!);
  const items: Tree = [];
  let due = first;
  let end = at;
  for (; end < lines.length && marker.test(lines[end]!); end++) {
    const number = number_of(lines[end]!);
    const item = block_element("li", inline(lines[end]!.replace(marker, "")));
    if (number !== due) item.attributes!.value = String(number);
    due = tag === "ol" ? number + 1 : due;
    items.push(item);
  }
  const made = element(tag, items);
  if (tag === "ol" && first !== 1) made.attributes = { start: String(first) };
  out.push(made);
  return end;
}

function joined(lines: string[], escape_of: (line: string) => number): Tree {
  const out: Tree = [];
  lines.forEach((line, index) => {
    if (index > 0) out.push(element("br", []));
    out.push(...inline(line, escape_of(line)));
  });
  return out;
}

/// The words without the marks, on one line: for quotations and for a screen reader.
export function plain(text: string): string {
  return flat(parse(text)).replace(/\s+/g, " ").trim();
}

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
