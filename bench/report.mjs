// Writes what was measured into docs/performance.md, between its two marks, and draws docs/pictures/fan_out.svg.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { measured, table } from "./figures.mjs";

const docs = join(dirname(fileURLToPath(import.meta.url)), "..", "docs");
const begin = "<!-- measured -->";
const end = "<!-- /measured -->";

const colours = { Soyuz: "#4f46e5", Bun: "#f59e0b", ws: "#10b981", "Socket.IO": "#64748b" };
/** Bars of deliveries per CPU-second: for each workload the servers below each other, each to its workload's scale. */
function plot(sections) {
  const label = 90,
    bar = 18,
    gap = 4,
    between = 30,
    width = 720;
  const parts = [];
  let y = 48;
  for (const [title, { bars }] of Object.entries(sections)) {
    if (bars.length === 0) continue;
    const most = Math.max(...bars.map(({ number }) => number));
    parts.push(`<text x="12" y="${y}" font-weight="bold">${title}</text>`);
    y += 10;
    for (const each of bars) {
      const length = Math.max(2, Math.round((each.number / most) * (width - label - 150)));
      parts.push(
        `<text x="${label}" y="${y + 13}" text-anchor="end">${each.server}</text>`,
        `<rect x="${label + 8}" y="${y}" width="${length}" height="${bar}" rx="3" fill="${colours[each.server]}"/>`,
        `<text x="${label + 14 + length}" y="${y + 13}">${each.label}</text>`,
      );
      y += bar + gap;
    }
    y += between;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="13" role="img" aria-label="Deliveries per second of server CPU">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="12" y="20" font-size="14">Deliveries per second of server CPU; the peers keep nothing and moderate nothing</text>
${parts.join("\n")}
</svg>
`;
}

export function report() {
  const sections = measured();
  const path = join(docs, "performance.md");
  const text = readFileSync(path, "utf8");
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`${path} lacks its marks`);
  const tables = Object.entries(sections)
    .map(([title, content]) => table(title, content))
    .join("\n\n");
  const about = `Measured on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model.trim()}).`;
  writeFileSync(
    path,
    `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${about}\n\n${tables}\n\n${text.slice(text.indexOf(end))}`,
  );
  writeFileSync(join(docs, "pictures", "fan_out.svg"), plot(sections));
  console.log("wrote docs/performance.md and docs/pictures/fan_out.svg");
}
