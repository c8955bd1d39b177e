import { error_text } from "../shared/error_text.ts";
import type { Api } from "../shared/api.ts";
import { by, el, icon } from "../shared/dom.ts";
import { digits, isolated, share_text } from "../shared/numbers.ts";
import { clock_text } from "../shared/time.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { span_text, stamp_text } from "./ages.ts";
import { csv } from "./csv.ts";
import type { ModerationAnalytics } from "../contract.ts";
import type { Drawing, Series } from "../pages/moderation_charts.ts";

/// The charts: each one also as a table and as CSV. What draws lines comes only when somebody looks at them.

interface Chart {
  id: string;
  title: string;
  /// The first row holds the heads.
  rows: (string | number)[][];
  /// Lines or stacked bars over time; without it the table's numbers are drawn as bars beside their names.
  series?: Series;
}

type Draw = (box: HTMLElement, series: Series) => Drawing;

export class ChartsTab {
  private readonly box = by("charts");
  private readonly button = by<HTMLButtonElement>("chart-pause");
  private paused = false;
  private hovered = false;
  private shown = false;
  private drawings = new Map<string, Drawing>();
  private as_table = new Set<string>();
  private charts: Chart[] = [];
  private draw: Draw | null = null;

  constructor(private readonly api: Api) {
    this.button.addEventListener("click", () => {
      this.paused = !this.paused;
      this.button.setAttribute("aria-pressed", String(this.paused));
      if (!this.paused) void this.load();
    });
    for (const id of ["chart-hours", "chart-room"]) by(id).addEventListener("change", () => void this.load());
    this.box.addEventListener("pointerenter", () => (this.hovered = true));
    this.box.addEventListener("pointerleave", () => (this.hovered = false));
    this.box.addEventListener("click", (event) => this.click(event.target as Element));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
  }

  async open(): Promise<void> {
    this.shown = true;
    this.draw ??= ((await import(this.box.dataset.script!)) as { draw: Draw }).draw;
    await this.load();
  }

  close(): void {
    this.shown = false;
  }

  /// Something happened: drawn anew unless the person looks closely.
  stir(): void {
    if (this.shown && !this.paused && !this.hovered && !document.hidden) void this.load();
  }

  private async load(): Promise<void> {
    const hours = by<HTMLSelectElement>("chart-hours").value;
    const room = by<HTMLSelectElement>("chart-room").value;
    try {
      const figures = await this.api.get<ModerationAnalytics>(
        `/moderation/analytics?hours=${hours}${room === "" ? "" : `&room=${encodeURIComponent(room)}`}`,
      );
      by("chart-state").textContent = "";
      this.charts = charts_of(figures);
      this.render();
    } catch (error) {
      by("chart-state").textContent = error_text(error);
    }
  }

  private render(): void {
    for (const chart of this.charts) {
      const card = document.getElementById(`chart-${chart.id}`) ?? this.make(chart);
      card.querySelector("h3")!.textContent = chart.title;
      this.fill(card, chart);
    }
  }

  private make(chart: Chart): HTMLElement {
    const card = el(
      "section",
      {
        class: "card chart",
        id: `chart-${chart.id}`,
        "data-chart": chart.id,
        "aria-labelledby": `chart-title-${chart.id}`,
      },
      el(
        "div",
        { class: "chart-head" },
        el("h3", { id: `chart-title-${chart.id}` }),
        el(
          "button",
          { type: "button", class: "button small", "data-do": "table", "aria-pressed": "false" },
          icon("table-2", "small"),
          word("mod.table"),
        ),
        el("button", { type: "button", class: "button small", "data-do": "csv" }, icon("download", "small"), "CSV"),
      ),
      el("div", { class: "chart-body" }),
    );
    this.box.append(card);
    return card;
  }

  private fill(card: HTMLElement, chart: Chart): void {
    const body = card.querySelector<HTMLElement>(".chart-body")!;
    const table = this.as_table.has(chart.id);
    const known = this.drawings.get(chart.id);
    if (table || chart.series === undefined) {
      known?.destroy();
      this.drawings.delete(chart.id);
      body.replaceChildren(
        chart.rows.length < 2
          ? el("p", { class: "muted" }, word("mod.nothing_yet"))
          : table
            ? table_of(chart)
            : bars_of(chart),
      );
    } else if (known !== undefined) {
      known.update(chart.series);
    } else {
      body.replaceChildren();
      this.drawings.set(chart.id, this.draw!(body, chart.series));
    }
  }

  private repaint(): void {
    for (const drawing of this.drawings.values()) drawing.destroy();
    this.drawings.clear();
    if (this.draw !== null) this.render();
  }

  private click(target: Element): void {
    const what = target.closest<HTMLElement>("[data-do]");
    const id = target.closest<HTMLElement>("[data-chart]")?.dataset.chart;
    const chart = this.charts.find((each) => each.id === id);
    if (what === null || chart === undefined) return;
    if (what.dataset.do === "csv") return save(`${chart.id}.csv`, csv(chart.rows));
    const on = !this.as_table.delete(chart.id);
    if (on) this.as_table.add(chart.id);
    what.setAttribute("aria-pressed", String(on));
    this.fill(target.closest<HTMLElement>("[data-chart]")!, chart);
  }
}

const percent = (value: number): number => Math.round(value * 1000) / 10;

export function charts_of(figures: ModerationAnalytics): Chart[] {
  const buckets = figures.verdicts;
  const seconds = buckets.map((each) => new Date(each.at).getTime() / 1000);
  const toxic = buckets.map((each) => {
    const all = each.allow + each.warn + each.flag + each.block;
    return all === 0 ? 0 : percent((each.flag + each.block) / all);
  });
  const when = (at: string): string => (figures.hours <= 24 ? clock_text(new Date(at)) : stamp_text(at));
  const actions = ["warn", "flag", "block"] as const;
  const { time_to_decision: time, precision } = figures;
  return [
    {
      id: "verdicts",
      title: word("chart.verdicts"),
      rows: [
        [word("mod.when"), ...actions.map((each) => word(`verdict.${each}`))],
        ...buckets.map((each) => [when(each.at), each.warn, each.flag, each.block]),
      ],
      series: {
        at: seconds,
        unit: "",
        stacked: true,
        lines: actions.map((each) => ({
          name: word(`verdict.${each}`),
          tone: each,
          values: buckets.map((bucket) => bucket[each]),
        })),
      },
    },
    {
      id: "toxic",
      title: word("chart.toxic", share_text(figures.toxic_share)),
      rows: [[word("mod.when"), "%"], ...buckets.map((each, index) => [when(each.at), toxic[index]!])],
      series: {
        at: seconds,
        unit: "%",
        stacked: false,
        lines: [{ name: word("chart.share"), tone: "block", values: toxic }],
      },
    },
    {
      id: "categories",
      title: word("chart.categories"),
      rows: [
        [word("mod.category"), word("mod.count")],
        ...Object.entries(figures.categories)
          .sort(([, a], [, b]) => b - a)
          .map(([name, count]) => [reason_word(name), count]),
      ],
    },
    {
      id: "rooms",
      title: word("chart.rooms"),
      rows: [
        [word("mod.room"), word("chart.stopped"), word("chart.messages")],
        ...figures.rooms.map((each) => [each.title || each.name, each.toxic, each.messages]),
      ],
    },
    {
      id: "people",
      title: word("chart.people"),
      rows: [
        [word("mod.who"), word("mod.blocked"), word("mod.flagged"), word("mod.warned")],
        ...figures.people.map((each) => [each.username, each.blocked, each.flagged, each.warned]),
      ],
    },
    {
      id: "decisions",
      title: word("chart.decisions"),
      rows: [
        [word("chart.figure"), word("mod.count")],
        [word("chart.decided"), time.decided],
        [word("chart.median"), span_text(time.median_s)],
        [word("chart.p90"), span_text(time.p90_s)],
        [word("chart.confirmed"), precision.confirmed],
        [word("chart.overturned"), precision.overturned],
        [word("mod.precision"), precision.value === null ? "–" : share_text(precision.value)],
      ],
    },
  ];
}

function table_of(chart: Chart): HTMLElement {
  const [heads, ...rows] = chart.rows;
  const cell = (value: string | number): HTMLElement =>
    typeof value === "number" ? el("td", { class: "number" }, digits(value)) : el("td", {}, el("bdi", {}, value));
  return el(
    "div",
    { class: "table-box", tabindex: "0", role: "group", "aria-label": chart.title },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...heads!.map((head) => el("th", {}, String(head))))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell)))),
    ),
  );
}

/// Names with their numbers as bars; a list that reads well without the bars.
function bars_of(chart: Chart): HTMLElement {
  const rows = chart.rows.slice(1, 11);
  const total = (row: (string | number)[]): number =>
    row
      .slice(1, chart.id === "rooms" ? 2 : undefined)
      .reduce<number>((sum, value) => sum + (typeof value === "number" ? value : 0), 0);
  const most = Math.max(1, ...rows.map(total));
  const tones = chart.id === "people" ? ["block", "flag", "warn"] : ["flag"];
  return el(
    "ul",
    { class: "bars" },
    ...rows.map((row) => {
      const drawn =
        chart.id === "decisions"
          ? []
          : tones.map((tone, index) => {
              const part = el("i", { class: tone });
              part.style.width = `${(Number(row[index + 1]) / most) * 100}%`;
              return part;
            });
      const said =
        chart.id === "decisions"
          ? digits(row[1]!)
          : chart.id === "rooms"
            ? isolated(digits(`${row[1]} / ${row[2]}`))
            : digits(total(row));
      return el(
        "li",
        {},
        el("bdi", {}, String(row[0])),
        drawn.length === 0 ? null : el("span", { class: "bar", "aria-hidden": "true" }, ...drawn),
        el("b", {}, said),
      );
    }),
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  const link = el("a", { href: address, download: name, hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
