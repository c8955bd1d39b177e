import { toast } from "../../shared/announce.ts";
import type { Api } from "../../shared/api.ts";
import { by, el } from "../../shared/dom.ts";
import { error_text } from "../../shared/error_text.ts";
import { face } from "../../shared/face.ts";
import type { Person } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// Those who were put out of a room, in its settings: each can be let in again.
export class PutOut {
  private readonly box = by("room-put-out");
  private readonly list = by("put-out-list");

  constructor(private readonly api: Api) {}

  async show(room_path: string): Promise<void> {
    this.box.hidden = true;
    try {
      const { put_out = [] } = await this.api.get<{ put_out?: Person[] }>(`${room_path}/members`);
      this.list.replaceChildren(...put_out.map((person) => this.row(room_path, person)));
      this.box.hidden = put_out.length === 0;
    } catch {
      // The settings are of use without the list.
    }
  }

  private row(room_path: string, person: Person): HTMLElement {
    const button = el("button", { type: "button", class: "button quiet" }, word("room.let_in"));
    const row = el(
      "li",
      { class: "person-card" },
      face(person),
      el("span", { class: "name", dir: "auto" }, person.display_name),
      button,
    );
    button.addEventListener("click", () => void this.let_in(room_path, person, row));
    return row;
  }

  private async let_in(room_path: string, person: Person, row: HTMLElement): Promise<void> {
    try {
      await this.api.call("PUT", `${room_path}/members/${encodeURIComponent(person.username)}`);
      row.remove();
      this.box.hidden = this.list.childElementCount === 0;
      toast(word("room.let_in_done", person.display_name));
    } catch (error) {
      toast(error_text(error));
    }
  }
}
