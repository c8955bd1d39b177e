import { by, el } from "../../shared/dom.ts";
import { emoji_named } from "../../shared/emoji.ts";
import { face } from "../../shared/face.ts";
import type { Person } from "../../shared/types.ts";

/// What may stand in place of what has been begun in the field: a person's name after "@", an emoji after ":".

interface Hit {
  text: string;
  shown: (Node | string)[];
}

const most_hits = 6;

export class Completion {
  private readonly list = by<HTMLUListElement>("complete");
  private hits: Hit[] = [];
  private hit = 0;

  /// `changed` runs when a hit has been put in.
  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly people: (start: string) => Person[],
    private readonly changed: () => void,
  ) {
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("click", (event) => {
      const index = [...this.list.children].indexOf((event.target as Element).closest("li")!);
      if (index >= 0) this.accept(index);
    });
  }

  get is_open(): boolean {
    return !this.list.hidden;
  }

  /// What fits what stands before the caret: people after "@", emoji after ":".
  suggest(): void {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const person = /(?:^|[\s(])@([\p{L}\p{N}_.-]{0,30})$/u.exec(before)?.[1];
    const emoji = /(?:^|[\s(]):([a-z0-9_]{2,30})$/.exec(before)?.[1];
    const focused = document.activeElement === this.field;
    this.hits = !focused
      ? []
      : person !== undefined
        ? this.people_hits(person)
        : emoji !== undefined
          ? emoji_hits(emoji)
          : [];
    this.hit = 0;
    this.list.hidden = this.hits.length === 0;
    this.list.replaceChildren(
      ...this.hits.map((hit, index) => {
        const item = el("li", { role: "option", id: `hit-${index}`, "aria-selected": String(index === 0) });
        item.append(...hit.shown);
        return item;
      }),
    );
    this.mark_hit();
  }

  private people_hits(start: string): Hit[] {
    const people = this.people(start);
    // A name that is whole already needs no help, and Enter must send.
    if (people.length === 1 && people[0]!.username === start) return [];
    return people.map((person) => ({
      text: `@${person.username} `,
      shown: [
        face(person),
        el("bdi", {}, person.display_name),
        el("span", { class: "muted", dir: "ltr" }, `@${person.username}`),
      ],
    }));
  }

  private mark_hit(): void {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.hit)));
    if (this.list.hidden) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `hit-${this.hit}`);
  }

  /// True where the key was meant for the list.
  key(event: KeyboardEvent): boolean {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.hit = (this.hit + (event.key === "ArrowDown" ? 1 : -1) + this.hits.length) % this.hits.length;
      this.mark_hit();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.accept(this.hit);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  private accept(index: number): void {
    const hit = this.hits[index];
    if (hit === undefined) return;
    const at = this.field.selectionStart;
    const before = this.field.value.slice(0, at).replace(/[@:][^@:]*$/, hit.text);
    this.field.value = before + this.field.value.slice(at);
    this.close();
    this.field.focus();
    this.field.setSelectionRange(before.length, before.length);
    this.changed();
    this.close();
  }

  close(): void {
    this.list.hidden = true;
    this.mark_hit();
  }
}

function emoji_hits(start: string): Hit[] {
  return emoji_named(start, most_hits).map(({ emoji, name }) => ({
    text: `${emoji} `,
    shown: [emoji, el("span", { class: "muted", dir: "ltr" }, `:${name}:`)],
  }));
}
