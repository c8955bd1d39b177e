import { by, el } from "../../shared/dom.ts";
import { face } from "../../shared/face.ts";
import { digits } from "../../shared/numbers.ts";
import { search_key } from "../../shared/text.ts";
import type { Person, Role } from "../../shared/types.ts";
import { is_staff } from "../../shared/roles.ts";
import { word } from "../../shared/words.ts";

const filter_from = 20;
const most_rows = 300;
const collator = new Intl.Collator(document.documentElement.lang || "en", { numeric: true });

const name_of = (person: Person): string => person.display_name || person.username;
const names_of = (person: Person): string[] => [person.display_name, person.username];

/// Who is in the room, and who of them is here now.
export class People {
  private people = new Map<string, Person>();
  private readonly list = by<HTMLUListElement>("people-list");
  private readonly filter = by<HTMLInputElement>("people-filter");
  private timer = 0;
  private is_stale = true;

  constructor(
    private readonly me: string,
    open: (person: Person) => void,
  ) {
    this.list.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[data-username]");
      const person = row === null ? undefined : this.people.get(row.dataset.username!);
      if (person !== undefined) open(person);
    });
    this.filter.addEventListener("input", () => this.render());
  }

  role_of(username: string): Role | undefined {
    return this.people.get(username)?.role;
  }

  find(username: string): Person | undefined {
    return this.people.get(username);
  }

  /// Those whose name begins with `start`, online ones first.
  matching(start: string, most: number): Person[] {
    const wanted = search_key(start);
    const hits = this.sorted().filter((each) =>
      [each.username, each.display_name].some((name) => search_key(name).startsWith(wanted)),
    );
    return hits.slice(0, most);
  }

  get online_count(): number {
    return [...this.people.values()].filter((each) => each.online).length;
  }

  name_of(username: string): string {
    return this.people.get(username)?.display_name || username;
  }

  replace(people: Person[]): void {
    this.people = new Map(people.map((each) => [each.username, this.seen_here(each)]));
    this.later();
  }

  /// Whoever reads this page is here, though the list may have been made a moment before they came.
  private seen_here(person: Person): Person {
    return person.username === this.me ? { ...person, online: true } : person;
  }

  put(person: Person): void {
    this.people.set(person.username, this.seen_here({ ...this.people.get(person.username), ...person }));
    this.later();
  }

  /// True when somebody came whom the list does not know yet.
  presence(online: number, joined: string[], left: string[]): boolean {
    by("online-count").textContent = digits(online);
    for (const username of joined) {
      const person = this.people.get(username);
      if (person) this.put({ ...person, online: true });
    }
    for (const username of left) {
      const person = this.people.get(username);
      if (person) this.put({ ...person, online: false });
    }
    return joined.some((username) => !this.people.has(username));
  }

  /// Drawn at most twice a second: a class that arrives together is one change.
  private later(): void {
    if (this.timer !== 0) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.render();
    }, 400);
  }

  private sorted(): Person[] {
    const order = (person: Person): number => (person.online ? 0 : 2) + (is_staff(person) ? 0 : 1);
    return [...this.people.values()].sort((a, b) => order(a) - order(b) || collator.compare(name_of(a), name_of(b)));
  }

  /// The pane with the list has come into view.
  shown(): void {
    if (this.is_stale) this.render();
  }

  get is_shown(): boolean {
    return this.list.checkVisibility?.({ visibilityProperty: true }) !== false;
  }

  private render(): void {
    // Hundreds of rows that nobody sees are not made.
    this.is_stale = !this.is_shown;
    if (this.is_stale) return;
    const held = document.activeElement?.closest<HTMLElement>("[data-username]")?.dataset.username;
    this.filter.parentElement!.hidden = this.people.size < filter_from;
    const wanted = this.filter.parentElement!.hidden ? "" : search_key(this.filter.value.trim());
    const shown = this.sorted().filter((each) => names_of(each).some((name) => search_key(name).includes(wanted)));
    const group = (title: string, people: Person[]): HTMLElement[] =>
      people.length === 0
        ? []
        : [
            el("li", { class: "list-head" }, el("h3", {}, word(title, people.length))),
            ...people.slice(0, most_rows).map((person) => this.row(person)),
          ];
    this.list.replaceChildren(
      ...group(
        "people.here",
        shown.filter((each) => each.online),
      ),
      ...group(
        "people.not_here",
        shown.filter((each) => !each.online),
      ),
    );
    if (held !== undefined)
      this.list.querySelector<HTMLElement>(`[data-username="${CSS.escape(held)}"] button`)?.focus();
  }

  get everybody(): Person[] {
    return [...this.people.values()];
  }

  private row(person: Person): HTMLElement {
    const dot = el("i", { class: person.online ? "dot on" : "dot" });
    const name = el(
      "button",
      { type: "button", class: "person-name" },
      el("bdi", {}, person.display_name || person.username),
    );
    if (person.shares_name) name.append(" ", el("small", { class: "muted", dir: "ltr" }, `@${person.username}`));
    if (person.username === this.me) name.append(" ", el("span", { class: "muted" }, word("people.you")));
    name.append(el("span", { class: "sr" }, ` ${word(person.online ? "people.online" : "people.away")}`));
    const row = el("li", { class: person.online ? "person" : "person away", "data-username": person.username });
    row.append(el("span", { class: "person-face" }, face(person), dot), name);
    if (person.role && person.role !== "member" && person.role !== "guest")
      row.append(el("span", { class: "badge" }, word(`role.${person.role}`)));
    return row;
  }
}
