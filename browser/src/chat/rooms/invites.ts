import type { Invite } from "../../contract.ts";
import { toast } from "../../shared/announce.ts";
import type { Api } from "../../shared/api.ts";
import { copy_text } from "../../shared/clipboard.ts";
import { open_dialog } from "../../shared/dialogs.ts";
import { by, memory } from "../../shared/dom.ts";
import { error_text } from "../../shared/error_text.ts";
import { start_reach } from "../../shared/reach.ts";
import type { Room } from "../../shared/types.ts";

/// The invitation of the open room: its dialog, the card beside the people, and the card that greets who has just set
/// the place up.

const welcome_key = "soyuz.welcome";

export class Invites {
  /// The page comes with the invitation of the room that it was loaded for.
  private made_for: string;
  private readonly loaded_for: string;
  private readonly welcome = document.getElementById("welcome");

  constructor(
    private readonly api: Api,
    private readonly room: () => Room,
  ) {
    this.loaded_for = room().name;
    this.made_for = by("invite-url").textContent === "" ? "" : this.loaded_for;
    by("open-invite").addEventListener("click", () => void this.open());
    by("invite-copy").addEventListener("click", () => copy_text(by("invite-url").textContent ?? ""));
    start_reach(api, (reach) => this.moved(reach.url));
    if (memory.get(welcome_key) === "closed") this.dismiss();
    document.getElementById("welcome-close")?.addEventListener("click", () => {
      memory.set(welcome_key, "closed");
      this.dismiss();
    });
    const make_room = document.getElementById("welcome-room");
    if (make_room !== null) make_room.hidden = false;
    make_room?.addEventListener("click", () => by("new-room").click());
  }

  async open(): Promise<void> {
    open_dialog("invite");
    const { name } = this.room();
    if (this.made_for === name) return;
    try {
      const invite = await this.api.call<Invite>("POST", `/rooms/${encodeURIComponent(name)}/invites`, {});
      this.made_for = name;
      by("invite-url").textContent = invite.url;
      by("invite-code").textContent = invite.code;
      const picture = by<HTMLImageElement>("invite-qr");
      picture.hidden = false;
      picture.src = invite.qr_svg_url;
    } catch (error) {
      by<HTMLDialogElement>("invite").close();
      toast(error_text(error));
    }
  }

  /// The cards invite to the room that the page was loaded for.
  turn_to(name: string): void {
    const card = document.getElementById("invite-card");
    if (card !== null) card.hidden = name !== this.loaded_for;
    if (this.welcome !== null) this.welcome.hidden = name !== this.loaded_for;
  }

  private dismiss(): void {
    this.welcome?.remove();
  }

  /// Links begin with another address from now on.
  private moved(url: string): void {
    for (const line of document.querySelectorAll<HTMLElement>("[data-invite-url]")) {
      const path = /\/join\/.*$/.exec(line.textContent ?? "")?.[0];
      if (path === undefined) continue;
      line.textContent = url + path;
      const copy = line.parentElement!.querySelector<HTMLElement>("[data-copy]");
      if (copy !== null) copy.dataset.copy = url + path;
    }
    for (const picture of document.querySelectorAll<HTMLImageElement>("[data-invite-qr]"))
      if (picture.getAttribute("src")) picture.src = `${picture.getAttribute("src")!.split("?")[0]}?at=${Date.now()}`;
  }
}
