import { el, icon } from "../shared/dom.ts";
import { digits } from "../shared/numbers.ts";
import { word } from "../shared/words.ts";
import { csv } from "./csv.ts";
import type { Drawing, Series } from "../pages/moderation_charts.ts";

/// Charts as cards, each one also as a table and as CSV. What draws lines comes only when somebody looks at them.

export interface Chart {
  id: string;
  title: string;
  /// The first row holds the heads.
  rows: (string | number)[][];
  /// Lines or stacked bars over time; without it the table's numbers are drawn as bars beside their names.
  series?: Series;
  /// How each bar is drawn, one tone for each column of numbers; none: numbers alone.
  tones?: string[];
  /// What stands beside a bar; else the sum of what is drawn.
  said?: (row: (string | number)[]) => string;
}

type Draw = (box: HTMLElement, series: Series) => Drawing;

const most_bars = 10;

export class ChartCards {
  private drawings = new Map<string, Drawing>();
  private as_table = new Set<string>();
  private charts: Chart[] = [];
  private draw: Draw | null = null;

  /// `box` names the script that draws.
  constructor(private readonly box: HTMLElement) {
    box.addEventListener("click", (event) => this.click(event.target as Element));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
  }

  async show(charts: Chart[]): Promise<void> {
    this.draw ??= ((await import(this.box.dataset.script!)) as { draw: Draw }).draw;
    this.charts = charts;
    this.render();
  }

  private render(): void {
    for (const chart of this.charts) {
      const card = this.box.querySelector<HTMLElement>(`[data-chart="${chart.id}"]`) ?? this.make(chart);
      card.querySelector("h3")!.textContent = chart.title;
      this.fill(card, chart);
    }
  }

  private make(chart: Chart): HTMLElement {
    const title = `${this.box.id}-${chart.id}`;
    const card = el(
      "section",
      { class: "card chart", id: `chart-${chart.id}`, "data-chart": chart.id, "aria-labelledby": title },
      el(
        "div",
        { class: "chart-head" },
        el("h3", { id: title }),
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
    if (what.dataset.do === "csv") return save_csv(`${chart.id}.csv`, chart.rows);
    const on = !this.as_table.delete(chart.id);
    if (on) this.as_table.add(chart.id);
    what.setAttribute("aria-pressed", String(on));
    this.fill(target.closest<HTMLElement>("[data-chart]")!, chart);
  }
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
  const rows = chart.rows.slice(1, most_bars + 1);
  const tones = chart.tones ?? ["flag"];
  const total = (row: (string | number)[]): number =>
    row.slice(1, tones.length + 1).reduce<number>((sum, value) => sum + Number(value), 0);
  const most = Math.max(1, ...rows.map(total));
  return el(
    "ul",
    { class: "bars" },
    ...rows.map((row) => {
      const drawn = tones.map((tone, index) => {
        const part = el("i", { class: tone });
        part.style.width = `${(Number(row[index + 1]) / most) * 100}%`;
        return part;
      });
      return el(
        "li",
        {},
        el("bdi", {}, String(row[0])),
        drawn.length === 0 ? null : el("span", { class: "bar", "aria-hidden": "true" }, ...drawn),
        el("b", {}, chart.said?.(row) ?? digits(total(row))),
      );
    }),
  );
}

/// Saves a table as a file of the person's.
export function save_csv(name: string, rows: (string | number)[][]): void {
  const address = URL.createObjectURL(new Blob(["\ufeff", csv(rows)], { type: "text/csv" }));
  const link = el("a", { href: address, download: name, hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
