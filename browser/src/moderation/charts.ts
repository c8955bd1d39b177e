import { error_text } from "../shared/error_text.ts";
import type { Api } from "../shared/api.ts";
import { by } from "../shared/dom.ts";
import { digits, isolated, share_text } from "../shared/numbers.ts";
import { clock_text } from "../shared/time.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { span_text, stamp_text } from "./ages.ts";
import { ChartCards, type Chart } from "./chart_cards.ts";
import type { ModerationAnalytics } from "../contract.ts";

/// The charts of all that was judged.

export class ChartsTab {
  private readonly box = by("charts");
  private readonly button = by<HTMLButtonElement>("chart-pause");
  private readonly cards = new ChartCards(this.box);
  private paused = false;
  private hovered = false;
  private shown = false;

  constructor(private readonly api: Api) {
    this.button.addEventListener("click", () => {
      this.paused = !this.paused;
      this.button.setAttribute("aria-pressed", String(this.paused));
      if (!this.paused) void this.load();
    });
    for (const id of ["chart-hours", "chart-room"]) by(id).addEventListener("change", () => void this.load());
    this.box.addEventListener("pointerenter", () => (this.hovered = true));
    this.box.addEventListener("pointerleave", () => (this.hovered = false));
  }

  async open(): Promise<void> {
    this.shown = true;
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
      await this.cards.show(charts_of(figures));
    } catch (error) {
      by("chart-state").textContent = error_text(error);
    }
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
      said: (row) => isolated(digits(`${row[1]} / ${row[2]}`)),
    },
    {
      id: "people",
      title: word("chart.people"),
      rows: [
        [word("mod.who"), word("mod.blocked"), word("mod.flagged"), word("mod.warned")],
        ...figures.people.map((each) => [each.username, each.blocked, each.flagged, each.warned]),
      ],
      tones: ["block", "flag", "warn"],
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
      tones: [],
      said: (row) => digits(row[1]!),
    },
  ];
}
