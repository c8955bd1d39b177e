import uPlot from "uplot";
import { digits, share_text } from "../shared/numbers.ts";

/// Draws over time with uPlot; loaded when the charts are opened. Colours come from the style sheet.

export interface Series {
  /// Seconds since 1970, ascending.
  at: number[];
  unit: string;
  stacked: boolean;
  lines: { name: string; tone: string; values: number[] }[];
}

export interface Drawing {
  update(series: Series): void;
  destroy(): void;
}

const height = 200;

/// Each line on top of those before it.
function stack(series: Series): number[][] {
  const sums = series.at.map(() => 0);
  return series.lines.map((line) =>
    line.values.map((value, index) => (sums[index]! += series.stacked ? value : 0) || value),
  );
}

/// The highest is drawn first, so that the lower ones lie before it.
function data_of(series: Series): uPlot.AlignedData {
  return [series.at, ...stack(series).reverse()] as uPlot.AlignedData;
}

export function draw(box: HTMLElement, series: Series): Drawing {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `12px ${style.getPropertyValue("font-family") || "system-ui"}`;
  const axis: uPlot.Axis = {
    stroke: colour("--muted"),
    font,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const bars = uPlot.paths.bars!({ size: [0.7, 28], align: 1 });
  const lines = [...series.lines].reverse().map((line): uPlot.Series => ({
    label: line.name,
    stroke: colour(`--tone-${line.tone}`),
    fill: series.stacked ? colour(`--tone-${line.tone}`) : colour(`--tone-${line.tone}`) + "33",
    width: series.stacked ? 0 : 2,
    points: { show: false },
    ...(series.stacked ? { paths: bars } : {}),
  }));
  const legend = document.createElement("ul");
  legend.className = "legend-list";
  for (const line of series.lines) {
    const item = document.createElement("li");
    const sign = document.createElement("i");
    sign.className = line.tone;
    item.append(sign, line.name);
    legend.append(item);
  }
  const place = document.createElement("div");
  place.className = "plot";
  place.setAttribute("aria-hidden", "true");
  box.append(place, legend);
  const language = document.documentElement.lang;
  const plot = new uPlot(
    {
      width: Math.max(240, place.clientWidth),
      height,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: !series.stacked } },
      scales: {
        // A bar stands to the right of its moment: without another step the present one has no place.
        x: { range: (plot, first, last) => [first, series.stacked ? last + step_of(plot.data[0]) : last] },
        y: { range: (_, __, most) => [0, Math.max(series.unit === "%" ? 5 : 4, Math.ceil(most * 1.1))] },
      },
      axes: [
        {
          ...axis,
          space: 64,
          size: 32,
          values: (_, ticks) => ticks.map((tick, index) => tick_text(tick, ticks[index - 1], language)),
        },
        {
          ...axis,
          size: 44,
          values: (_, ticks) =>
            ticks.map((tick) =>
              Number.isInteger(tick) ? (series.unit === "%" ? share_text(tick / 100) : digits(tick)) : "",
            ),
        },
      ],
      series: [{}, ...lines],
    },
    data_of(series),
    place,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(240, place.clientWidth), height }));
  resized.observe(box);
  return {
    update: (fresh) => plot.setData(data_of(fresh)),
    destroy: () => {
      resized.disconnect();
      plot.destroy();
      place.remove();
      legend.remove();
    },
  };
}

/// Seconds from one moment to the next.
function step_of(at: ArrayLike<number> | undefined): number {
  return at !== undefined && at.length > 1 ? at[1]! - at[0]! : 3600;
}

/// The clock; the date where a new day begins.
function tick_text(tick: number, before: number | undefined, language: string): string {
  const at = new Date(tick * 1000);
  const new_day = before === undefined ? false : new Date(before * 1000).getDate() !== at.getDate();
  return at.toLocaleString(
    language,
    new_day ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  );
}
