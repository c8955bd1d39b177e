import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import en from "../catalogue/en.json";
import ur from "../catalogue/ur.json";

/// The tests run from the folder of package.json.
const templates = readdirSync("../templates")
  .filter((name) => name.endsWith(".html"))
  .map((name) => readFileSync(`../templates/${name}`, "utf8"));
/// A page's script with all that it imports, directly or not.
function with_imports(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  found.set(file, readFileSync(file, "utf8"));
  for (const [, name] of found.get(file)!.matchAll(/(?:from|import) "(\.[^"]+)"/g))
    with_imports(normalize(join(dirname(file), name!)), found);
  return found;
}

/// What each page's scripts are made of, and the lists of sentences that it carries.
const pages: Record<string, { scripts: string[]; listed: string[] }> = {
  chat: { scripts: ["src/pages/chat.ts"], listed: ["script_words"] },
  moderation: {
    scripts: ["src/pages/moderation.ts", "src/pages/moderation_charts.ts"],
    listed: ["moderation_script_words"],
  },
  live: { scripts: ["src/pages/live.ts"], listed: ["script_words", "live_script_words"] },
  settings: { scripts: ["src/pages/settings.ts"], listed: ["settings_script_words"] },
};
const english: Record<string, string> = en;
const urdu: Record<string, string> = ur;

const holes = (text: string): string[] => (text.match(/\{\d\}/g) ?? []).sort();
const keys = (texts: string[], pattern: RegExp): Set<string> =>
  new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)));

test("catalogue: both languages have the same sentences with the same places to fill", () => {
  assert.deepEqual(Object.keys(urdu).sort(), Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    assert.deepEqual(holes(urdu[key]!), holes(text), key);
    assert.notEqual(text.trim(), "", key);
    assert.notEqual(urdu[key]!.trim(), "", key);
  }
});

test("catalogue: Urdu sentences are Urdu", () => {
  for (const [key, text] of Object.entries(urdu)) {
    if (key !== "message.said") assert.match(text, /[\u0600-\u06ff]/, key);
  }
});

test("catalogue: every sentence that a template names is there", () => {
  const used = keys(templates, /\bt\('([a-z_.]+[a-z_])'\s*[,)]/g);
  assert.ok(used.size > 150);
  for (const key of used) assert.ok(key in english, key);
});

test("catalogue: families of sentences whose end is chosen at run time are whole", () => {
  const acts = ["approve", "remove", "warn", "mute", "ban", "grant", "reject", "not_a_violation"];
  const families: Record<string, string[]> = {
    role: ["owner", "admin", "moderator", "member", "guest"],
    reason: [
      "profanity",
      "hate_speech",
      "harassment",
      "threat",
      "sexual",
      "self_harm",
      "spam",
      "personal_info",
      "repeat_offender",
      "other",
    ],
    rule: [
      "bank_account",
      "capitals",
      "email_address",
      "emoji_flood",
      "hidden_characters",
      "link_flood",
      "link_shortener",
      "mention_flood",
      "national_id",
      "near_repeat",
      "payment_card",
      "phone_number",
      "repeated_characters",
      "repeated_message",
      "repeated_words",
      "scam",
      "spam_model",
      "street_address",
    ],
    purpose: ["friends", "class", "stream", "community", "friends_hint", "class_hint", "stream_hint", "community_hint"],
    registration: ["open", "invite", "closed"],
    preset: ["relaxed", "default", "strict", "custom"],
    done: [...acts, "expired", "undo"],
    decided: [...acts, "expired", "undo"],
    mod_keys: [...acts, "move", "undo", "reveal", "note", "open", "help"],
    kind: ["flagged", "blocked", "reported", "alert", "appealed"],
    severity: ["none", "low", "medium", "high"],
    verdict: ["allow", "warn", "flag", "block"],
    occasion: ["message", "edit", "name", "topic", "reaction", "status", "file_name", "post", "comment"],
    record: ["warn", "flag", "block", "reported"],
    mod: [
      "banned",
      "banned_until",
      "muted",
      "muted_until",
      "score",
      "probability",
      ...["queue", "appeals", "log", "charts", "words", "people"].map((each) => `tab_${each}`),
    ],
    muted: ["title", "text"],
    locked: ["title", "text"],
    banned: ["title", "text"],
    kicked: ["title", "text"],
  };
  for (const [family, ends] of Object.entries(families))
    for (const end of ends) assert.ok(`${family}.${end}` in english, `${family}.${end}`);
});

for (const [page, { scripts, listed }] of Object.entries(pages)) {
  test(`catalogue: the ${page} page carries every sentence that its scripts name`, () => {
    const list = listed.map((name) => readFileSync(`../templates/${name}.html`, "utf8")).join("\n");
    const texts = scripts.flatMap((file) => [...with_imports(file).values()]);
    const used = keys(texts, /\bword\([^()]*?"([a-z_.]+)"/g);
    for (const match of texts.join("\n").matchAll(/\bword\([^)]*\? "([a-z_.]+)" : "([a-z_.]+)"/g))
      match.slice(1).forEach((key) => used.add(key));
    assert.ok(used.size > 8);
    for (const key of [...used].filter((each) => each.includes("."))) assert.ok(list.includes(`'${key}'`), key);
    for (const key of keys([list], /'([a-z_.0-9]+)'/g)) assert.ok(key in english, key);
  });
}
