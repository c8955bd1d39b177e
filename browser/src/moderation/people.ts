import { error_text } from "../shared/error_text.ts";
import { toast } from "../shared/announce.ts";
import type { Api } from "../shared/api.ts";
import { by, el } from "../shared/dom.ts";
import { digits, isolated } from "../shared/numbers.ts";
import { word } from "../shared/words.ts";
import { stamp_text } from "./ages.ts";
import type { ModerationAnalytics } from "../contract.ts";

/// Whose messages were stopped, and who is muted or banned now; both can be lifted here.

interface Held {
  username: string;
  display_name?: string;
  until: string | null;
  reason: string;
}

interface Row {
  username: string;
  name: string;
  flagged: number;
  blocked: number;
  warned: number;
  mute?: Held;
  ban?: Held;
}

export class PeopleTab {
  constructor(
    private readonly api: Api,
    private readonly cases_of: (username: string) => void,
  ) {
    by("people-rows").addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-username]");
      if (button === null) return;
      if (button.dataset.lift === undefined) this.cases_of(button.dataset.username!);
      else void this.lift(button.dataset.lift, button.dataset.username!);
    });
  }

  async load(): Promise<void> {
    const state = by("people-state");
    state.textContent = word("search.looking");
    try {
      const [figures, bans, mutes] = await Promise.all([
        // Lifting must be possible even where the figures are not to be had.
        this.api.get<ModerationAnalytics>("/moderation/analytics?hours=168").catch(() => null),
        this.api.get<{ bans: Held[] }>("/bans"),
        this.api.get<{ mutes: Held[] }>("/mutes"),
      ]);
      const rows = merge(figures?.people ?? [], bans.bans ?? [], mutes.mutes ?? []);
      by("people-rows").replaceChildren(...rows.map(row));
      state.textContent = rows.length === 0 ? word("mod.people_none") : "";
    } catch (error) {
      state.textContent = error_text(error);
    }
  }

  private async lift(kind: string, username: string): Promise<void> {
    try {
      await this.api.call("DELETE", `/${kind}/${encodeURIComponent(username)}`);
      toast(word("mod.lifted", username));
      await this.load();
    } catch (error) {
      toast(error_text(error));
    }
  }
}

function merge(people: ModerationAnalytics["people"], bans: Held[], mutes: Held[]): Row[] {
  const rows = new Map<string, Row>();
  const find = (username: string, name = ""): Row => {
    const row = rows.get(username) ?? { username, name: name || username, flagged: 0, blocked: 0, warned: 0 };
    rows.set(username, row);
    return row;
  };
  for (const each of people)
    Object.assign(find(each.username), {
      flagged: each.flagged,
      blocked: each.blocked,
      warned: each.warned,
    });
  for (const each of mutes) find(each.username).mute = each;
  for (const each of bans) find(each.username).ban = each;
  return [...rows.values()];
}

function row(each: Row): HTMLElement {
  const held = (what: Held | undefined, key: "mod.banned" | "mod.muted"): string =>
    what === undefined ? "" : what.until ? word(`${key}_until`, stamp_text(what.until)) : word(key);
  const state = [held(each.ban, "mod.banned"), held(each.mute, "mod.muted")].filter((text) => text !== "");
  const reasons = [each.ban?.reason, each.mute?.reason].filter((text) => text);
  const lift = (kind: string, key: string): HTMLElement =>
    el(
      "button",
      { type: "button", class: "button small", "data-username": each.username, "data-lift": kind },
      word(key),
    );
  return el(
    "tr",
    {},
    el("td", {}, el("bdi", {}, each.name), " ", el("bdi", { class: "muted", dir: "ltr" }, `@${each.username}`)),
    ...(["flagged", "blocked", "warned"] as const).map((name) =>
      el("td", { class: "number", "data-label": word(`mod.${name}`) }, digits(each[name])),
    ),
    el(
      "td",
      {},
      state.join(" · "),
      reasons.length === 0 ? null : " ",
      reasons.length === 0
        ? null
        : el("small", { class: "muted", dir: "auto" }, reasons.map((text) => isolated(text!)).join(" · ")),
    ),
    el(
      "td",
      {},
      el(
        "span",
        { class: "actions" },
        el("button", { type: "button", class: "button small", "data-username": each.username }, word("mod.cases")),
        each.mute && lift("mutes", "mod.unmute"),
        each.ban && lift("bans", "mod.unban"),
      ),
    ),
  );
}
