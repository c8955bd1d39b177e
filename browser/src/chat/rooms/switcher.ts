import { open_dialog } from "../../shared/dialogs.ts";
import { by, el, icon } from "../../shared/dom.ts";
import { face } from "../../shared/face.ts";
import { search_key } from "../../shared/text.ts";
import type { Person, Room } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import { room_sign, unread_mark } from "./room_links.ts";
import { natural } from "./room_order.ts";
import type { RoomList } from "./room_list.ts";

/// Ctrl+K: one field that finds rooms, people and messages.

export interface SwitcherParts {
  rooms: RoomList;
  me: string;
  /// Everybody of the place, asked for when first wanted.
  everybody(): Promise<Person[]>;
  open_room(name: string): void;
  join(room: Room): void;
  message(person: Person): void;
  search(text: string): void;
}

interface Choice {
  shown: (Node | string)[];
  run(): void;
}

const most_rooms = 8;
const most_people = 8;

export class Switcher {
  private readonly dialog = by<HTMLDialogElement>("switcher");
  private readonly field = by<HTMLInputElement>("switcher-text");
  private readonly list = by("switcher-list");
  private people: Person[] = [];
  private choices: Choice[] = [];
  private chosen = 0;

  constructor(private readonly parts: SwitcherParts) {
    this.field.addEventListener("input", () => this.show());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      const index = [...this.list.children].indexOf((event.target as Element).closest("li")!);
      if (index >= 0) this.take(index);
    });
  }

  open(): void {
    if (!this.dialog.open) {
      this.field.value = "";
      open_dialog("switcher");
    }
    this.field.focus();
    this.show();
    if (this.people.length === 0)
      void this.parts.everybody().then((people) => {
        this.people = people.filter((each) => each.username !== this.parts.me);
        if (this.dialog.open) this.show();
      });
  }

  private show(): void {
    const wanted = search_key(this.field.value.trim());
    this.choices = [...this.room_choices(wanted), ...this.people_choices(wanted)];
    if (wanted !== "") this.choices.push(this.search_choice());
    this.chosen = 0;
    this.list.replaceChildren(
      ...this.choices.map((choice, index) => el("li", { role: "option", id: `switch-${index}` }, ...choice.shown)),
    );
    this.mark();
  }

  private room_choices(wanted: string): Choice[] {
    const { rooms } = this.parts;
    const own = rooms.rooms.filter((room) => fits([room.title, room.name], wanted));
    // Without a word: what waits to be read.
    own.sort((one, other) => Number(other.unread > 0) - Number(one.unread > 0) || natural(one, other));
    const others = wanted === "" ? [] : rooms.joinable.filter((room) => fits([room.title, room.name], wanted));
    return [...own, ...[...others].sort(natural)].slice(0, most_rooms).map((room) => {
      const facts = rooms.facts(room);
      const shown: (Node | string)[] = [
        room_sign(room, facts),
        el("bdi", { class: "room-title" }, room.title || room.name),
      ];
      if (room.unread > 0) shown.push(unread_mark(room, facts.is_mentioned));
      const is_own = rooms.find(room.name) !== undefined;
      return { shown, run: () => (is_own ? this.parts.open_room(room.name) : this.parts.join(room)) };
    });
  }

  private people_choices(wanted: string): Choice[] {
    if (wanted === "") return [];
    // Whom one talks with already stands among the rooms.
    const known = new Set(this.parts.rooms.rooms.map((room) => room.peer));
    return this.people
      .filter((person) => !known.has(person.username) && fits([person.display_name, person.username], wanted))
      .slice(0, most_people)
      .map((person) => ({
        shown: [
          face(person, "tiny"),
          el("bdi", { class: "room-title" }, person.display_name),
          el("span", { class: "muted", dir: "ltr" }, `@${person.username}`),
        ],
        run: () => this.parts.message(person),
      }));
  }

  private search_choice(): Choice {
    const text = this.field.value.trim();
    return {
      shown: [icon("search", "small"), el("span", { class: "room-title" }, word("switcher.search", text))],
      run: () => this.parts.search(text),
    };
  }

  private key(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && this.choices.length > 0) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.choices.length) % this.choices.length;
      this.mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.take(this.chosen);
    }
  }

  private mark(): void {
    [...this.list.children].forEach((item, index) => {
      item.setAttribute("aria-selected", String(index === this.chosen));
      if (index === this.chosen) item.scrollIntoView({ block: "nearest" });
    });
    if (this.choices.length > 0) this.field.setAttribute("aria-activedescendant", `switch-${this.chosen}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  private take(index: number): void {
    const choice = this.choices[index];
    if (choice === undefined) return;
    this.dialog.close();
    choice.run();
  }
}

function fits(names: string[], wanted: string): boolean {
  return names.some((name) => {
    const key = search_key(name);
    return key.startsWith(wanted) || key.includes(` ${wanted}`) || (wanted.length > 1 && key.includes(wanted));
  });
}
