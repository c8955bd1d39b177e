// Prometheus' text format, version 0.0.4, read strictly: what this takes, a scraper takes.

const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*/;

function readLabels(text) {
  const labels = {};
  let rest = text;
  while (rest !== "") {
    const label = rest.match(labelName)?.[0];
    if (!label || rest[label.length] !== "=" || rest[label.length + 1] !== '"') throw new Error(`labels: ${text}`);
    const value = rest.slice(label.length + 2).match(/^((?:[^"\\\n]|\\["\\n])*)"/);
    if (!value) throw new Error(`label value: ${text}`);
    if (label in labels) throw new Error(`a label twice: ${text}`);
    labels[label] = value[1].replaceAll("\\n", "\n").replaceAll('\\"', '"').replaceAll("\\\\", "\\");
    rest = rest.slice(label.length + 2 + value[0].length).replace(/^,/, "");
  }
  return labels;
}

function checkHistogram(family, samples) {
  const buckets = samples.filter((sample) => sample.name === `${family}_bucket`);
  const bounds = buckets.map(({ labels }) => (labels.le === "+Inf" ? Infinity : Number(labels.le)));
  if (bounds.some(Number.isNaN) || bounds.at(-1) !== Infinity) throw new Error(`${family}: bounds ${bounds}`);
  buckets.forEach(({ value }, i) => {
    if (i > 0 && (bounds[i] <= bounds[i - 1] || value < buckets[i - 1].value))
      throw new Error(`${family}: bucket ${i}`);
  });
  const single = (suffix) => samples.find((sample) => sample.name === family + suffix)?.value;
  if (single("_count") !== buckets.at(-1).value) throw new Error(`${family}: _count is not the last bucket`);
  if (single("_sum") === undefined) throw new Error(`${family}: no _sum`);
}

/** Families by name: {kind, help, samples:[{name, labels, value}]}. Throws where the text breaks the format. */
export function parseExposition(text) {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map();
  let open;
  const seen = new Set();
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = line.match(/^# (HELP|TYPE) (\S+) (.+)$/);
    if (comment) {
      const [, word, family, rest] = comment;
      if (word === "HELP") {
        if (families.has(family)) throw new Error(`a family twice: ${family}`);
        open = { name: family, help: rest, samples: [] };
        families.set(family, open);
      } else {
        if (open?.name !== family || open.kind) throw new Error(`TYPE at a wrong place: ${line}`);
        if (!["counter", "gauge", "histogram", "summary", "untyped"].includes(rest))
          throw new Error(`no such type: ${line}`);
        open.kind = rest;
      }
      continue;
    }
    const found = line.match(name)?.[0];
    const sample = found && line.slice(found.length).match(/^(?:\{(.*)\})? (\S+)$/);
    if (!sample) throw new Error(`no sample: ${line}`);
    const value = sample[2] === "+Inf" ? Infinity : Number(sample[2]);
    if (Number.isNaN(value)) throw new Error(`no number: ${line}`);
    const suffix = open?.kind === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    if (!suffix.some((end) => found === open?.name + end)) throw new Error(`outside of its family: ${line}`);
    if (open.kind === "counter" && value < 0) throw new Error(`a counter below zero: ${line}`);
    const key = `${found}{${sample[1] ?? ""}}`;
    if (seen.has(key)) throw new Error(`a sample twice: ${line}`);
    seen.add(key);
    open.samples.push({ name: found, labels: readLabels(sample[1] ?? ""), value });
  }
  for (const [family, { kind, samples }] of families) {
    if (!kind || samples.length === 0) throw new Error(`${family}: no type or no sample`);
    if (kind === "histogram") checkHistogram(family, samples);
    if (kind === "counter" && !family.endsWith("_total"))
      throw new Error(`${family}: a counter's name ends with _total`);
  }
  return families;
}

/** The value of one sample. */
export function value(families, family, labels = {}) {
  const found = families
    .get(family)
    ?.samples.find((sample) => Object.entries(labels).every(([key, text]) => sample.labels[key] === text));
  if (!found) throw new Error(`no sample ${family} ${JSON.stringify(labels)}`);
  return found.value;
}
