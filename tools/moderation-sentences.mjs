#!/usr/bin/env node
// Writes the sentences of models/sentences as CSV for `soyuz train`, the same on every run:
//   node tools/moderation-sentences.mjs [all | train | dev] > sentences.csv
// `dev` is every sixth pattern, `train` the others: whoever wants to know how the model does on what it never saw
// trains with the one and measures on the other.
//
// A file holds settings (`language`, `label`, `concern`, `most`), lists (`name = one | two`) and patterns, one a line:
// {name} stands for an entry of a list. A pattern gives at most `most` sentences. `label` is 0 or 1; with a `concern`
// the sentences teach that head, too. `#` begins a comment.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../models/sentences");
const part = process.argv[2] ?? "all";
if (!["all", "train", "dev"].includes(part)) {
  console.error("usage: moderation-sentences.mjs [all | train | dev]");
  process.exit(64);
}

let state = 20231;
const below = (limit) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * limit);
};

// What fingers make of words.
const habits = [
  [/\bwant to\b/g, "wanna", 3],
  [/\bgoing to\b/g, "gonna", 3],
  [/\bI'm gonna\b/g, "ima", 8],
  [/\bdon't know\b/g, "dunno", 4],
  [/\bbecause\b/g, "cuz", 4],
  [/\byour\b/g, "ur", 7],
  [/\byou're\b/g, "ur", 7],
  [/\byou\b/g, "u", 7],
  [/\bplease\b/g, "pls", 4],
  [/\bpeople\b/g, "ppl", 6],
  [/\bright now\b/g, "rn", 3],
  [/\bpicture\b/g, "pic", 4],
  [/\bnahi\b/g, "nai", 5],
  [/\bbohat\b/g, "bht", 4],
  [/\bhoon\b/g, "hun", 4],
  [/\bhai\b/g, "he", 12],
];

/** As people type: mostly small letters, short forms, a full stop, a sign of the mood, or nothing. */
function typed(text) {
  let out = text;
  for (const [word, instead, seldom] of habits) if (below(seldom) === 0) out = out.replace(word, instead);
  if (below(2) === 0) out = out.toLowerCase();
  else if (below(2) === 0) out = out[0].toUpperCase() + out.slice(1);
  if (below(4) === 0) out = out.replaceAll(/['’]/g, "");
  if (below(12) === 0) out = out.replaceAll(",", "");
  if (/[.?!]$/.test(out)) return out;
  return out + ["", "", "", "", ".", "!", "...", " 🙂", " lol", "", ""][below(11)];
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

function* sentences(file) {
  const settings = { language: "en", label: "0", concern: "", most: 8 };
  const lists = {};
  let number = 0;
  for (const line of readFileSync(join(folder, file), "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const list = /^(\w+) = (.+)$/.exec(line);
    if (list && list[2].includes(" | ")) {
      lists[list[1]] = list[2].split(" | ");
      continue;
    }
    const setting = /^(language|label|concern|most) (\S+)$/.exec(line);
    if (setting) {
      settings[setting[1]] = setting[2];
      continue;
    }
    const isDev = number++ % 6 === 5;
    const seen = new Set();
    const slots = line.match(/\{\w+\}/g) ?? [];
    const ways = slots.reduce((product, slot) => product * (lists[slot.slice(1, -1)]?.length ?? 1), 1);
    const wanted = Math.min(Number(settings.most), slots.length === 0 ? Math.min(3, settings.most) : ways * 2);
    for (let attempt = 0; seen.size < wanted && attempt < wanted * 4; ++attempt) {
      const plain = line.replaceAll(/\{(\w+)\}/g, (slot, name) => {
        if (!lists[name]) throw new Error(`${file}: no list ${name} in "${line}"`);
        return lists[name][below(lists[name].length)];
      });
      seen.add(settings.most === "1" ? plain : typed(plain));
    }
    if (part !== "all" && isDev !== (part === "dev")) continue;
    for (const text of seen) yield { ...settings, text };
  }
}

console.log("text,label,source,place,lang,concern");
const once = new Set();
for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".txt")) continue;
  for (const each of sentences(file)) {
    const key = `${each.concern} ${each.text}`;
    if (once.has(key)) continue;
    once.add(key);
    console.log([quoted(each.text), each.label, basename(file, ".txt"), "own", each.language, each.concern].join(","));
  }
}
