import { error_text } from "../../shared/error_text.ts";
import { toast } from "../../shared/announce.ts";
import type { Api } from "../../shared/api.ts";
import { form_error, open_dialog } from "../../shared/dialogs.ts";
import { by } from "../../shared/dom.ts";
import type { Room } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import { with_extras } from "../extras.ts";
import type { PutOut } from "./put_out.ts";

/// What one can do with the room that is open: its settings for those who run it, leaving it for the others.

export interface RoomMenuParts {
  api: Api;
  room(): Room;
  may_manage(): boolean;
  may_invite(): boolean;
  search(): void;
  invite(): void;
  changed(room: Room): void;
  gone(name: string): void;
}

export class RoomMenu {
  private readonly menu = by<HTMLDetailsElement>("room-menu");
  private readonly form = by<HTMLFormElement>("room-settings-form");
  private readonly deletion = by<HTMLFormElement>("room-delete-form");

  private put_out: PutOut | null = null;

  constructor(private readonly parts: RoomMenuParts) {
    this.menu.addEventListener("click", (event) => {
      const what = (event.target as Element).closest<HTMLElement>("[data-room-do]")?.dataset.roomDo;
      if (what === undefined) return;
      this.menu.open = false;
      if (what === "search") parts.search();
      else if (what === "invite") parts.invite();
      else if (what === "settings") this.open_settings();
      else void this.leave();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    this.deletion.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.remove();
    });
    this.refresh();
  }

  /// Another room is open: what may be done with it.
  refresh(): void {
    const { name, kind } = this.parts.room();
    const shown: Record<string, boolean> = {
      search: true,
      invite: this.parts.may_invite(),
      settings: this.parts.may_manage(),
      leave: name !== "lobby" && kind !== "direct",
    };
    for (const button of this.menu.querySelectorAll<HTMLElement>("[data-room-do]"))
      button.hidden = !shown[button.dataset.roomDo!];
    by("open-invite").hidden = !shown.invite;
    // On a phone the menu holds what the head has no room for.
    this.menu.classList.toggle("bare", !shown.settings && !shown.leave);
  }

  private open_settings(): void {
    const room = this.parts.room();
    const field = (name: string): HTMLInputElement => this.form.elements.namedItem(name) as HTMLInputElement;
    const slow = String(room.settings?.slow_mode_s ?? 0);
    field("title").value = room.title;
    field("topic").value = room.topic ?? "";
    const choice = by<HTMLSelectElement>("rs-slow");
    if (![...choice.options].some((each) => each.value === slow)) choice.add(new Option(word("chat.slow", slow), slow));
    choice.value = slow;
    field("locked").checked = room.settings?.locked === true;
    form_error(this.form, "");
    form_error(this.deletion, "");
    this.deletion.reset();
    by<HTMLDetailsElement>("room-delete").open = false;
    by("room-delete").hidden = room.name === "lobby";
    by("rd-wanted").textContent = room.name;
    with_extras(({ PutOut }) => void (this.put_out ??= new PutOut(this.parts.api)).show(this.path()));
    open_dialog("room-settings");
  }

  private async save(): Promise<void> {
    const data = new FormData(this.form);
    const settings = { slow_mode_s: Number(data.get("slow_mode_s")), locked: data.has("locked") };
    const body = { title: String(data.get("title")).trim(), topic: String(data.get("topic")).trim(), settings };
    try {
      const fresh = await this.parts.api.call<Room>("PATCH", this.path(), body);
      by<HTMLDialogElement>("room-settings").close();
      this.parts.changed(fresh);
      toast(word("settings.saved"));
    } catch (error) {
      form_error(this.form, error_text(error));
    }
  }

  private async remove(): Promise<void> {
    const { name } = this.parts.room();
    if (by<HTMLInputElement>("rd-name").value.trim() !== name)
      return form_error(this.deletion, word("room.wrong_name"));
    try {
      await this.parts.api.call("DELETE", this.path());
      by<HTMLDialogElement>("room-settings").close();
      this.parts.gone(name);
    } catch (error) {
      form_error(this.deletion, error_text(error));
    }
  }

  private async leave(): Promise<void> {
    const { name } = this.parts.room();
    try {
      await this.parts.api.call("POST", `${this.path()}/leave`);
      this.parts.gone(name);
    } catch (error) {
      toast(error_text(error));
    }
  }

  private path(): string {
    return `/rooms/${encodeURIComponent(this.parts.room().name)}`;
  }
}
