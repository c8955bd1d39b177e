import { error_text } from "../shared/error_text.ts";
import type { Api } from "../shared/api.ts";
import { by, el } from "../shared/dom.ts";
import { isolated } from "../shared/numbers.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { stamp_text } from "./ages.ts";
import { csv } from "./csv.ts";
import { cut, search_key } from "../shared/text.ts";

/// The moderation log: newest first, more on demand.

/// A verdict, or by `kind` a decision, an appeal or a report.
interface Line {
  at: string;
  kind?: string;
  username?: string;
  display_name?: string;
  room_title?: string;
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
  private readonly form = by<HTMLFormElement>("log-filters");
  private next: string | null = null;
  private lines: Line[] = [];

  constructor(
    private readonly api: Api,
    private readonly masks: (severity: string) => boolean,
  ) {
    by("log-more").addEventListener("click", () => void this.load(true));
    by("log-export").addEventListener("click", () => this.export());
    this.form.addEventListener("input", () => this.show());
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  async load(further = false): Promise<void> {
    const state = by("log-state");
    state.textContent = word("search.looking");
    try {
      const page = await this.api.get<LogPage>(
        `/moderation/log?limit=200${further && this.next !== null ? `&before=${encodeURIComponent(this.next)}` : ""}`,
      );
      this.lines = further ? [...this.lines, ...page.lines] : page.lines;
      this.next = page.has_more ? (page.next ?? null) : null;
      by("log-more").hidden = this.next === null;
      this.show();
    } catch (error) {
      state.textContent = error_text(error);
    }
  }

  /// Those of the lines that are here which the filters let through.
  private show(): void {
    const shown = this.fitting();
    by("log-rows").replaceChildren(...shown.map((line) => this.row(line)));
    const none = this.lines.length === 0 ? "mod.log_empty" : "mod.none_fit";
    by("log-state").textContent = shown.length === 0 ? word(none) : word("mod.log_count", shown.length);
  }

  private fitting(): Line[] {
    const data = new FormData(this.form);
    const kind = String(data.get("kind") ?? "");
    const words = search_key(String(data.get("words") ?? "").trim());
    return this.lines.filter(
      (line) =>
        (kind === "" || sort_of(line) === kind) &&
        (words === "" || search_key(cells_of(line).join(" ")).includes(words)),
    );
  }

  private row(line: Line): HTMLElement {
    const [who, room, what, why, text] = cells_of(line);
    const masked = this.masks(line.severity ?? "");
    return el(
      "tr",
      {},
      el("td", { class: "log-when" }, el("time", { datetime: line.at }, stamp_text(line.at))),
      el("td", {}, el("bdi", {}, who)),
      el("td", {}, el("bdi", {}, room)),
      el("td", {}, what),
      el("td", {}, why),
      el("td", {}, el("bdi", {}, masked ? word("mod.masked") : cut(text!, 200))),
    );
  }

  /// What is shown, as a table for other programs.
  private export(): void {
    const head = ["at", "who", "room", "what", "why", "text"];
    const rows = this.fitting().map((line) => [line.at, ...cells_of(line)]);
    const link = el("a", {
      href: URL.createObjectURL(new Blob([csv([head, ...rows])], { type: "text/csv" })),
      download: "moderation-log.csv",
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

/// A verdict's kind says what the text was; all other lines say what they are.
function sort_of(line: Line): string {
  return ["decision", "report", "appeal"].includes(line.kind ?? "") ? line.kind! : "verdict";
}

/// Who, where, what, why, and the text.
function cells_of(line: Line): [string, string, string, string, string] {
  const room = typeof line.room === "string" ? line.room : (line.room?.title ?? line.room?.name ?? "");
  const reasons = line.reasons ?? (line.reason === undefined ? [] : [line.reason]);
  return [
    line.display_name || line.username || "",
    line.room_title ?? room,
    what_of(line),
    reasons.map(reason_word).join(word("list.comma")),
    line.text ?? line.note ?? "",
  ];
}

function what_of(line: Line): string {
  const by_whom = line.by ? ` ${isolated(line.by)}` : "";
  if (line.kind === "decision") return word(`done.${line.action}`) + by_whom;
  if (line.kind === "appeal") return word("kind.appealed");
  if (line.kind === "report") return word("kind.reported") + by_whom;
  return line.action === undefined ? "" : word(`verdict.${line.action}`);
}
