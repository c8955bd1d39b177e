/// What Markdown is read into: known elements and text, and nothing else.

export type Tag =
  "p" | "br" | "strong" | "em" | "del" | "code" | "pre" | "blockquote" | "ul" | "ol" | "li" | "a" | "span";

export interface Element_ {
  tag: Tag;
  attributes?: Record<string, string>;
  children: Tree;
}

export type Tree = (string | Element_)[];

export function anchor(target: string, children: Tree): Element_ {
  return { tag: "a", attributes: { href: target, rel: "noopener noreferrer nofollow", target: "_blank" }, children };
}

export function element(tag: Tag, children: Tree): Element_ {
  return { tag, children };
}

const blocks = new Set<Tag>(["p", "pre", "blockquote", "ul", "ol", "li"]);

/// The words of a tree, without its marks.
export function flat(tree: Tree): string {
  return tree
    .map((item) =>
      typeof item === "string"
        ? item
        : item.tag === "br"
          ? " "
          : flat(item.children) + (blocks.has(item.tag) ? " " : ""),
    )
    .join("");
}
