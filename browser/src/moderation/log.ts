import { error_text } from "../shared/error_text.ts";
import type { Api } from "../shared/api.ts";
import { by, el } from "../shared/dom.ts";
import { isolated } from "../shared/numbers.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { stamp_text } from "./ages.ts";
import { cut } from "../shared/text.ts";

/// The moderation log: newest first, more on demand.

/// A verdict, or by `kind` a decision, an appeal or a report.
interface Line {
  at: string;
  kind?: string;
  username?: string;
  room?: string | { title?: string; name?: string } | null;
  text?: string;
  note?: string;
  reason?: string;
  action?: string;
  severity?: string;
  reasons?: string[];
  by?: string;
}

interface LogPage {
  lines: Line[];
  has_more: boolean;
  next: string | null;
}

export class LogTab {
  private next: string | null = null;

  constructor(
    private readonly api: Api,
    private readonly masks: (severity: string) => boolean,
  ) {
    by("log-more").addEventListener("click", () => void this.load(true));
  }

  async load(further = false): Promise<void> {
    const state = by("log-state");
    state.textContent = word("search.looking");
    try {
      const page = await this.api.get<LogPage>(
        `/moderation/log?limit=100${further && this.next !== null ? `&before=${encodeURIComponent(this.next)}` : ""}`,
      );
      const lines = page.lines;
      const rows = lines.map((line) => this.row(line));
      if (further) by("log-rows").append(...rows);
      else by("log-rows").replaceChildren(...rows);
      this.next = page.has_more ? (page.next ?? null) : null;
      by("log-more").hidden = this.next === null;
      state.textContent = by("log-rows").childElementCount === 0 ? word("mod.log_empty") : "";
    } catch (error) {
      state.textContent = error_text(error);
    }
  }

  private row(line: Line): HTMLElement {
    const room = typeof line.room === "string" ? line.room : (line.room?.title ?? line.room?.name ?? "");
    const reasons = line.reasons ?? (line.reason === undefined ? [] : [line.reason]);
    const masked = this.masks(line.severity ?? "");
    return el(
      "tr",
      {},
      el("td", {}, el("time", { datetime: line.at }, stamp_text(line.at))),
      el("td", {}, el("bdi", {}, line.username ?? "")),
      el("td", {}, el("bdi", {}, room)),
      el("td", {}, what_of(line)),
      el("td", {}, reasons.map(reason_word).join(word("list.comma"))),
      el("td", {}, el("bdi", {}, masked ? word("mod.masked") : cut(line.text ?? line.note ?? "", 200))),
    );
  }
}

function what_of(line: Line): string {
  const by_whom = line.by ? ` ${isolated(line.by)}` : "";
  if (line.kind === "decision") return word(`done.${line.action}`) + by_whom;
  if (line.kind === "appeal") return word("kind.appealed");
  if (line.kind === "report") return word("kind.reported") + by_whom;
  return line.action === undefined ? "" : word(`verdict.${line.action}`);
}
