import { error_text } from "../../shared/error_text.ts";
import type { Api } from "../../shared/api.ts";
import { form_error, open_dialog } from "../../shared/dialogs.ts";
import { by } from "../../shared/dom.ts";
import type { Room } from "../../shared/types.ts";

/// The dialog that makes a room.
export class NewRoom {
  private readonly form = by<HTMLFormElement>("new-room-form");

  constructor(
    private readonly api: Api,
    private readonly created: (room: Room) => void,
  ) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.create();
    });
  }

  open(): void {
    this.form.reset();
    form_error(this.form, "");
    open_dialog("room-form");
  }

  private async create(): Promise<void> {
    const data = new FormData(this.form);
    const title = String(data.get("title")).trim();
    const body = {
      name: address_of(title),
      title,
      topic: String(data.get("topic")).trim(),
      kind: data.has("private") ? "private" : "public",
    };
    try {
      const answer = await this.api.call<Room>("POST", "/rooms", body);
      by<HTMLDialogElement>("room-form").close();
      this.created(answer);
    } catch (error) {
      form_error(this.form, error_text(error));
    }
  }
}

/// The room's address from its title; a title in another script gets one by chance.
export function address_of(title: string): string {
  const plain = title
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return plain.length >= 3 ? plain : `room-${Math.floor(Math.random() * 36 ** 5).toString(36)}`;
}
