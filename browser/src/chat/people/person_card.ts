import { toast } from "../../shared/announce.ts";
import type { Api } from "../../shared/api.ts";
import { form_error, open_dialog } from "../../shared/dialogs.ts";
import { by, el } from "../../shared/dom.ts";
import { error_text } from "../../shared/error_text.ts";
import { face } from "../../shared/face.ts";
import { may_act_on } from "../../shared/roles.ts";
import { clock_text, whole_text } from "../../shared/time.ts";
import type { Person } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";

/// A person's card: who they are, the ways to reach them, and for staff what holds for them and what can be done, in one
/// tap with the usual reason.

export interface PersonParts {
  me: Person;
  api: Api;
  /// As the room knows them: with their role.
  known(username: string): Person | undefined;
  mention(person: Person): void;
  /// Opens the direct room with the person.
  message(person: Person): void;
  /// The room that people are sent out of; none: out of everything.
  leaves_room(): string | null;
}

type Kind = "mute" | "ban";
type Deed = Kind | "kick";
const paths: Record<Deed, string> = { mute: "/mutes", kick: "/kick", ban: "/bans" };
interface Held {
  username: string;
  until: string | null;
  reason: string;
}

const undo_ms = 9000;

export class PersonCard {
  private readonly sheet = by<HTMLDialogElement>("person-sheet");
  private readonly form = by<HTMLFormElement>("sanction");
  private readonly actions = by("person-actions");
  private readonly held = by("person-held");
  private shown: Person | null = null;
  private deed: Deed = "mute";

  constructor(private readonly parts: PersonParts) {
    this.actions.addEventListener("click", (event) => this.act(event.target as Element));
    this.held.addEventListener("click", (event) => {
      const lift = (event.target as Element).closest<HTMLElement>("[data-lift]")?.dataset.lift as Kind | undefined;
      if (lift !== undefined && this.shown !== null) void this.lift(lift, this.shown);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const minutes = by<HTMLSelectElement>("sanction-minutes").value;
      if (this.shown !== null)
        void this.impose(this.deed, this.shown, minutes, by<HTMLInputElement>("sanction-reason").value.trim());
    });
  }

  open(person: Person): void {
    const shown = { ...person, ...this.parts.known(person.username) };
    this.shown = shown;
    this.form.reset();
    form_error(this.form, "");
    this.form.hidden = true;
    this.actions.hidden = false;
    this.held.hidden = true;
    by("person-face").replaceChildren(face(shown));
    by("person-title").textContent = shown.display_name || shown.username;
    const here = shown.online === undefined ? "" : ` · ${word(shown.online ? "people.online" : "people.away")}`;
    by("person-about").replaceChildren(
      el("bdi", { dir: "ltr" }, `@${shown.username}`),
      ` · ${word(`role.${shown.role ?? "member"}`)}${here}`,
    );
    const staff = may_act_on(this.parts.me, shown);
    for (const part of this.actions.querySelectorAll<HTMLElement>("[data-staff]")) part.hidden = !staff;
    this.actions.querySelector<HTMLElement>('[data-do="message"]')!.hidden = shown.username === this.parts.me.username;
    by<HTMLAnchorElement>("person-history").href = `/moderation?author=${encodeURIComponent(shown.username)}`;
    open_dialog("person-sheet");
    if (staff) void this.show_held(shown);
  }

  /// At once, with the usual reason; it can be taken back for a while.
  async mute_for(minutes: number, person: Person): Promise<void> {
    await this.impose("mute", person, String(minutes), word("sanction.usual_reason"));
  }

  private act(target: Element): void {
    const what = target.closest<HTMLElement>("[data-do]")?.dataset.do;
    const quick = target.closest<HTMLElement>("[data-quick]")?.dataset;
    if (this.shown === null) return;
    if (quick !== undefined)
      return void this.impose(quick.quick as Kind, this.shown, quick.minutes!, word("sanction.usual_reason"));
    if (what === "mention" || what === "message") {
      this.sheet.close();
      return this.parts[what](this.shown);
    }
    if (what !== "mute" && what !== "kick" && what !== "ban") return;
    this.deed = what;
    this.actions.hidden = true;
    this.form.hidden = false;
    by<HTMLOptionElement>("sanction-forever").hidden = what !== "ban";
    by("sanction-submit").textContent = word(`people.${what}`);
    by("sanction-minutes").focus();
  }

  private async impose(deed: Deed, person: Person, minutes: string, reason: string): Promise<void> {
    const body: Record<string, unknown> = { username: person.username, reason };
    if (minutes !== "") body.minutes = Number(minutes);
    const room = deed === "kick" ? this.parts.leaves_room() : null;
    if (room !== null) body.room = room;
    try {
      await this.parts.api.call("POST", paths[deed], body);
    } catch (error) {
      if (!this.sheet.open) return void toast(error_text(error));
      this.form.hidden = false;
      this.actions.hidden = true;
      return form_error(this.form, error_text(error));
    }
    this.sheet.close();
    const told = word(`people.${deed}_done`, person.display_name || person.username);
    if (deed === "kick") toast(told);
    else toast(told, { label: word("undo"), run: () => void this.lift(deed, person) }, undo_ms);
  }

  private async lift(kind: Kind, person: Person): Promise<void> {
    try {
      await this.parts.api.call("DELETE", `/${kind}s/${encodeURIComponent(person.username)}`);
      this.sheet.close();
      toast(word("people.lifted", person.display_name || person.username));
    } catch (error) {
      toast(error_text(error));
    }
  }

  /// What holds for them already, so that nothing is done twice.
  private async show_held(person: Person): Promise<void> {
    const { api } = this.parts;
    const [mutes, bans] = await Promise.all([
      api.get<{ mutes: Held[] }>("/mutes").catch(() => ({ mutes: [] as Held[] })),
      api.get<{ bans: Held[] }>("/bans").catch(() => ({ bans: [] as Held[] })),
    ]);
    if (this.shown !== person) return;
    const lines = [
      ...mutes.mutes.map((each) => ({ ...each, kind: "mute" as Kind })),
      ...bans.bans.map((each) => ({ ...each, kind: "ban" as Kind })),
    ].filter((each) => each.username === person.username);
    this.held.hidden = lines.length === 0;
    this.held.replaceChildren(...lines.map(held_line));
  }
}

function held_line({ kind, until, reason }: Held & { kind: Kind }): HTMLElement {
  const button = el("button", { type: "button", class: "button small", "data-lift": kind }, word("people.lift"));
  const what = word(`people.${kind}_held`, until === null ? word("banned.forever") : until_text(new Date(until)));
  return el(
    "div",
    {},
    el("p", {}, el("b", {}, what), reason === "" ? "" : el("small", { dir: "auto" }, reason)),
    button,
  );
}

function until_text(at: Date): string {
  return at.toDateString() === new Date().toDateString() ? clock_text(at) : whole_text(at);
}
