import { isolated } from "../shared/numbers.ts";
import { reasons_text } from "../shared/verdict_text.ts";
import { check_setting } from "../shared/preferences.ts";
import { Appeals } from "../shared/appeals.ts";
import { Api } from "../shared/api.ts";
import { start_dialogs } from "../shared/dialogs.ts";
import { by, el, memory } from "../shared/dom.ts";
import { whole_text } from "../shared/time.ts";
import type { OwnRecord, OwnStanding } from "../shared/types.ts";
import { word } from "../shared/words.ts";

/// One's own moderation record in the settings: what was stopped or warned of, why, and how an appeal stands.
export function start_record(): void {
  const api = new Api(document.querySelector<HTMLInputElement>('input[name="csrf_token"]')!.value);
  const appeals = new Appeals(api);
  const check = by<HTMLInputElement>("check-setting");
  start_dialogs();
  by("check-line").hidden = false;
  check.checked = memory.get(check_setting) !== "off";
  check.addEventListener("change", () => memory.set(check_setting, check.checked ? "" : "off"));
  by("record-list").addEventListener("click", (event) => {
    const id = (event.target as Element).closest<HTMLElement>("[data-appeal]")?.dataset.appeal;
    if (id !== undefined) appeals.open(id, () => void load());
  });
  void load();

  async function load(): Promise<void> {
    try {
      const standing = await api.get<OwnStanding>("/me/moderation");
      by("record-sum").textContent = summary(standing);
      by("record-list").replaceChildren(...standing.records.map(row));
    } catch {
      by("record-sum").textContent = word("error.unreachable");
    }
  }
}

function summary(standing: OwnStanding): string {
  if (standing.records.length === 0) return word("record.none");
  const count = word("warned.count", standing.violations_24h, standing.flagged_or_blocked, standing.max_allowed);
  if (standing.can_chat) return count;
  const end = standing.muted_until === null ? "" : ` ${whole_text(new Date(standing.muted_until))}`;
  return `${count} ${word("muted.automatic")}${end}`;
}

function row(record: OwnRecord): HTMLElement {
  const about = [
    record.room?.title ?? "",
    whole_text(new Date(record.at)),
    reasons_text({ reasons: record.reasons }),
  ].filter((text) => text !== "");
  const item = el(
    "li",
    {},
    el(
      "div",
      { class: "grow" },
      el("p", { dir: "auto" }, record.text),
      el("small", {}, about.map(isolated).join(" · ")),
      el("small", {}, state_of(record)),
    ),
    el(
      "span",
      { class: `badge was-${record.action}` },
      word(record.action in { warn: 0, flag: 0, block: 0 } ? `record.${record.action}` : "record.reported"),
    ),
  );
  if (record.can_appeal)
    item.append(
      el("button", { type: "button", class: "button small", "data-appeal": record.case_id }, word("appeal.open")),
    );
  return item;
}

function state_of(record: OwnRecord): string {
  if (record.status === "open") return word(record.appeal === null ? "record.open" : "record.appealed");
  if (record.decision === null) return "";
  const said = record.decision.note ? ` ${word("decided.note", record.decision.note)}` : "";
  return word(`decided.${record.decision.action}`) + said;
}
