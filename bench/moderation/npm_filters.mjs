// The word filters of npm on the same data as bench_moderation, for comparison.
//   cd bench/moderation && npm install && node npm_filters.mjs FOLDER
// FOLDER holds SET.dev.tsv files: text, label, source, lang, detail. A filter says yes or no, so its ROC-AUC is that of
// one point: (recall + 1 - false alarms) / 2.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: npm_filters.mjs FOLDER");
  process.exit(64);
}

async function filters() {
  const found = {};
  const tryLoad = async (name, load) => {
    try {
      found[name] = await load();
    } catch (error) {
      console.error(`${name} is not installed: ${error.message.split("\n")[0]}`);
    }
  };
  await tryLoad("obscenity", async () => {
    const { RegExpMatcher, englishDataset, englishRecommendedTransformers } = await import("obscenity");
    const matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });
    return (text) => matcher.hasMatch(text);
  });
  await tryLoad("bad-words", async () => {
    const { Filter } = await import("bad-words");
    const filter = new Filter();
    return (text) => filter.isProfane(text);
  });
  await tryLoad("@2toad/profanity", async () => {
    const { Profanity } = await import("@2toad/profanity");
    const filter = new Profanity();
    return (text) => filter.exists(text);
  });
  await tryLoad("allprofanity", async () => {
    const module = await import("allprofanity");
    const filter = module.default?.default ?? module.default ?? module;
    return (text) => filter.check(text);
  });
  return found;
}

const sets = {};
for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".dev.tsv")) continue;
  sets[file.slice(0, -".dev.tsv".length)] = readFileSync(join(folder, file), "utf8")
    .split("\n")
    .slice(1)
    .filter(Boolean)
    .map((line) => line.split("\t"));
}

for (const [name, isBad] of Object.entries(await filters())) {
  console.log(`\n${name}`);
  const times = [];
  for (const [set, rows] of Object.entries(sets)) {
    const count = { hit: 0, miss: 0, alarm: 0, pass: 0 };
    for (const [text, label] of rows) {
      const from = process.hrtime.bigint();
      const bad = isBad(text);
      if (text.length <= 200) times.push(Number(process.hrtime.bigint() - from) / 1000);
      count[label === "1" ? (bad ? "hit" : "miss") : bad ? "alarm" : "pass"]++;
    }
    const recall = count.hit / (count.hit + count.miss || 1);
    const alarms = count.alarm / (count.alarm + count.pass || 1);
    const f1 = (a, b, c) => (2 * a) / (2 * a + b + c || 1);
    const macro = (f1(count.hit, count.alarm, count.miss) + f1(count.pass, count.miss, count.alarm)) / 2;
    const both = count.hit + count.miss > 0 && count.alarm + count.pass > 0;
    console.log(
      `  ${set.padEnd(24)} ${both ? `ROC-AUC ${((recall + 1 - alarms) / 2).toFixed(3)} macro-F1 ${macro.toFixed(3)} recall ${recall.toFixed(3)} ` : ""}clean lines hit ${(alarms * 100).toFixed(2)} %`,
    );
  }
  times.sort((a, b) => a - b);
  console.log(
    `  lines of up to 200 characters: p50 ${times[times.length >> 1].toFixed(1)} us, p99 ${times[Math.floor(times.length * 0.99)].toFixed(1)} us`,
  );
}
