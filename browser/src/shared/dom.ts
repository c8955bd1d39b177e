/// Building and finding elements. Nothing here takes HTML.

export function by<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element #${id}`);
  return found as unknown as T;
}

type Child = Node | string | null | undefined | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const child of children) if (child) made.append(child);
  return made;
}

const svg = "http://www.w3.org/2000/svg";

/// An icon of the sprite, whose address every page names in its first <use>.
export function icon(name: string, more = ""): SVGElement {
  const sprite = document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";
  const made = document.createElementNS(svg, "svg");
  made.setAttribute("class", `icon ${more}`);
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  made.append(use);
  return made;
}

/// The slots of a cloned row by their data-f name.
export function slot(root: ParentNode, name: string): HTMLElement {
  return root.querySelector(`[data-f="${name}"]`) as HTMLElement;
}

/// Whether the key belongs to an input method that still composes a word; Safari says so by its key code alone.
export function is_composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

export function read_json<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent || "{}") as T;
}

/// Storage that may be full or forbidden: pages work without it.
const memory_in = (
  storage: () => Storage,
): { get(key: string): string | null; set(key: string, value: string): void } => ({
  get(key) {
    try {
      return storage().getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === "") storage().removeItem(key);
      else storage().setItem(key, value);
    } catch {
      // Nothing is lost but the convenience.
    }
  },
});
export const memory = memory_in(() => localStorage);
/// Of this tab alone, over reloads.
export const tab_memory = memory_in(() => sessionStorage);
