import { el } from "./dom.ts";
import { first_character } from "./text.ts";
import type { Person } from "./types.ts";

/// A person's picture, or initials on a colour that the name decides; the same rule as the server's.

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s_.-]+/u)
    .filter((part) => part !== "");
  const first = first_character(words[0] ?? "");
  const text = words.length > 1 ? first + first_character(words.at(-1)!) : first;
  return text.toUpperCase() || "?";
}

/// FNV-1a over the user name's UTF-8 bytes, modulo the number of colours.
export function hue(username: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(username.toLowerCase())) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % 12;
}

export function face(person: Person, more = ""): HTMLElement {
  if (person.avatar_url) {
    return el("img", {
      class: `avatar ${more}`,
      src: person.avatar_url,
      alt: "",
      width: "36",
      height: "36",
      loading: "lazy",
    });
  }
  const text = initials(person.display_name || person.username);
  return el("span", { class: `avatar hue-${hue(person.username)} ${more}`, "aria-hidden": "true" }, text);
}
