import { clock_text } from "../shared/time.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import type { Pulse, PulseEntry, PulseMinute } from "../contract.ts";
import type { Chart } from "./chart_cards.ts";
import { filled, is_message, percent, rolling, rolling_share, seconds_of } from "./live_figures.ts";

/// The charts of a live room.

/// The rolling share after each of the messages.
function rolling_points(entries: PulseEntry[], threshold: number): { at: string; share: number }[] {
  const messages = entries.filter(is_message);
  return messages.map((each, index) => ({
    at: each.at,
    share: percent(rolling_share(messages.slice(0, index + 1), threshold) ?? 0),
  }));
}

export function pulse_charts(pulse: Pulse, threshold: number): Chart[] {
  const minutes = filled(pulse.minutes);
  const at = minutes.map((each) => seconds_of(each.at));
  const when = (each: { at: string }): string => clock_text(new Date(each.at));
  const share = (each: PulseMinute): number => (each.messages === 0 ? 0 : percent(each.toxic / each.messages));
  const points = rolling_points(pulse.entries, threshold);
  const line = (id: string, tone: string, unit: string, value: (each: PulseMinute) => number): Chart => {
    const name = word(`live_chart.${id}`);
    return {
      id: `live-${id}`,
      title: name,
      rows: [[word("mod.when"), name], ...minutes.map((each) => [when(each), value(each)])],
      series: { at, unit, stacked: false, lines: [{ name, tone, values: minutes.map(value) }] },
    };
  };
  return [
    line("viewers", "warn", "", (each) => each.viewers),
    {
      id: "live-volume",
      title: word("live_chart.volume"),
      rows: [
        [word("mod.when"), word("live_chart.sent"), word("live_chart.toxic"), word("mod.blocked")],
        ...minutes.map((each) => [when(each), each.messages, each.toxic, each.blocked]),
      ],
      series: {
        at,
        unit: "",
        stacked: true,
        lines: [
          { name: word("live_chart.toxic"), tone: "block", values: minutes.map((each) => each.toxic) },
          { name: word("live_chart.clean"), tone: "warn", values: minutes.map((each) => each.messages - each.toxic) },
        ],
      },
    },
    line("share", "flag", "%", share),
    {
      id: "live-rolling",
      title: word("live_chart.rolling", rolling),
      rows: [
        [word("mod.when"), "%"],
        ...points.map((each) => [new Date(each.at).toLocaleTimeString(undefined, { hourCycle: "h23" }), each.share]),
      ],
      series: {
        at: points.map((each) => seconds_of(each.at)),
        unit: "%",
        stacked: false,
        lines: [{ name: word("chart.share"), tone: "block", values: points.map((each) => each.share) }],
      },
    },
    line("gifts", "flag", "", (each) => each.gifts),
    {
      id: "live-categories",
      title: word("chart.categories"),
      rows: [
        [word("mod.category"), word("mod.count")],
        ...Object.entries(pulse.categories)
          .sort(([, one], [, other]) => other - one)
          .map(([name, count]) => [reason_word(name), count]),
      ],
    },
    {
      id: "live-givers",
      title: word("live.top_givers"),
      rows: [
        [word("mod.who"), word("live_chart.gifts")],
        ...pulse.givers.map((each) => [each.display_name || each.username, each.amount]),
      ],
      tones: ["warn"],
    },
  ];
}
