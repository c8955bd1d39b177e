import { error_text } from "../shared/error_text.ts";
import { is_staff, outranks } from "../shared/roles.ts";
import { toast } from "../shared/announce.ts";
import type { Api } from "../shared/api.ts";
import { form_error, open_dialog } from "../shared/dialogs.ts";
import { by, el } from "../shared/dom.ts";
import { face } from "../shared/face.ts";
import type { Person, Room } from "../shared/types.ts";
import { word } from "../shared/words.ts";

/// The dialogs about people and rooms: a person's card with its sanctions, and new rooms.

export interface PersonParts {
  mention(person: Person): void;
  /// Opens the direct room with the person.
  message(person: Person): void;
  /// The room that people are sent out of; none: out of everything.
  leaves_room(): string | null;
}

type Sanction = "mute" | "kick" | "ban";
const paths: Record<Sanction, string> = { mute: "/mutes", kick: "/kick", ban: "/bans" };

export function start_person_sheet(me: Person, api: Api, parts: PersonParts): (person: Person) => void {
  const sheet = by<HTMLDialogElement>("person-sheet");
  const form = by<HTMLFormElement>("sanction");
  const actions = by("person-actions");
  let shown: Person | null = null;
  let kind: Sanction = "mute";

  actions.addEventListener("click", (event) => {
    const what = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset.do;
    if (what === undefined || shown === null) return;
    if (what === "mention" || what === "message") {
      sheet.close();
      parts[what](shown);
      return;
    }
    kind = what === "ban" || what === "kick" ? what : "mute";
    actions.hidden = true;
    form.hidden = false;
    by<HTMLOptionElement>("sanction-forever").hidden = kind !== "ban";
    by("sanction-submit").textContent = word(`people.${kind}`);
    by("sanction-minutes").focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void apply();
  });

  async function apply(): Promise<void> {
    if (shown === null) return;
    const minutes = by<HTMLSelectElement>("sanction-minutes").value;
    const body: Record<string, unknown> = {
      username: shown.username,
      reason: by<HTMLInputElement>("sanction-reason").value.trim(),
    };
    if (minutes !== "") body.minutes = Number(minutes);
    const room = kind === "kick" ? parts.leaves_room() : null;
    if (room !== null) body.room = room;
    try {
      await api.call("POST", paths[kind], body);
      sheet.close();
      toast(word(`people.${kind}_done`, shown.display_name));
    } catch (error) {
      form_error(form, error_text(error));
    }
  }

  return (person) => {
    shown = person;
    form.reset();
    form_error(form, "");
    form.hidden = true;
    actions.hidden = false;
    by("person-face").replaceChildren(face(person));
    by("person-title").textContent = person.display_name || person.username;
    by("person-about").replaceChildren(
      el("bdi", { dir: "ltr" }, `@${person.username}`),
      ` · ${word(`role.${person.role ?? "member"}`)}`,
    );
    const may = is_staff(me) && outranks(me, person);
    for (const button of actions.querySelectorAll<HTMLElement>("[data-staff]")) button.hidden = !may;
    actions.querySelector<HTMLElement>('[data-do="message"]')!.hidden = person.username === me.username;
    open_dialog("person-sheet");
  };
}

export function start_new_room(api: Api, may: boolean, created: (room: Room) => void): void {
  const button = by("new-room");
  const form = by<HTMLFormElement>("new-room-form");
  button.hidden = !may;
  button.addEventListener("click", () => {
    form.reset();
    form_error(form, "");
    open_dialog("room-form");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void create();
  });

  async function create(): Promise<void> {
    const data = new FormData(form);
    const title = String(data.get("title")).trim();
    const body = {
      name: address_of(title),
      title,
      topic: String(data.get("topic")).trim(),
      kind: data.has("private") ? "private" : "public",
    };
    try {
      const answer = await api.call<Room>("POST", "/rooms", body);
      by<HTMLDialogElement>("room-form").close();
      created(answer);
    } catch (error) {
      form_error(form, error_text(error));
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
