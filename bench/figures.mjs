// Medians and spreads, and the table and plot that docs/performance.md shows.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./servers.mjs";

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The median of a member over several rounds, with its least and greatest value. */
export function middle(rounds, key) {
  const values = rounds.map((round) => round[key]);
  return { value: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

const results = join(build, "bench", "results.json");

/** Everything measured so far with this build folder: `{title: {columns, rows, bars}}`. */
export const measured = () => (existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {});

/** Remembers a table and prints it. `bars` (`[{server, number, label}]`) are what the plot shows of it. */
export function record(title, columns, rows, bars = []) {
  mkdirSync(dirname(results), { recursive: true });
  writeFileSync(results, JSON.stringify({ ...measured(), [title]: { columns, rows, bars } }, null, 1));
  console.log(`\n${table(title, { columns, rows })}`);
}

/** For figures that stand alone: `{figure, value, goal}`. */
export function recordFigures(title, figures) {
  record(
    title,
    ["figure", "measured", "goal"],
    figures.map(({ figure, value, goal = "" }) => [figure, value, goal]),
  );
}

export function table(title, { columns, rows }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [`### ${title}`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
