import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import en from "../catalogue/en.json";
import ur from "../catalogue/ur.json";

/// The tests run from the folder of package.json.
const templates = readdirSync("../templates").filter((name) => name.endsWith(".html")).map((name) => readFileSync(`../templates/${name}`, "utf8"));
const scripts = readdirSync("src").map((name) => readFileSync(`src/${name}`, "utf8"));
const listed = readFileSync("../templates/script_words.html", "utf8");
const english: Record<string, string> = en;
const urdu: Record<string, string> = ur;

const holes = (text: string): string[] => (text.match(/\{\d\}/g) ?? []).sort();
const keys = (texts: string[], pattern: RegExp): Set<string> => new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)));

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
  const families: Record<string, string[]> = {
    role: ["owner", "admin", "moderator", "member", "guest"],
    reason: ["profanity", "hate_speech", "harassment", "threat", "sexual", "self_harm", "spam", "personal_info", "other"],
    purpose: ["friends", "class", "stream", "community", "friends_hint", "class_hint", "stream_hint", "community_hint"],
    registration: ["open", "invite", "closed"],
    preset: ["relaxed", "default", "strict", "custom"],
    muted: ["title", "text"], locked: ["title", "text"], banned: ["title", "text"], kicked: ["title", "text"],
  };
  for (const [family, ends] of Object.entries(families)) for (const end of ends) assert.ok(`${family}.${end}` in english, `${family}.${end}`);
});

test("catalogue: the chat page carries every sentence that its scripts name", () => {
  const used = keys(scripts, /\bword\([^()]*?"([a-z_.]+)"/g);
  assert.ok(used.size > 40);
  for (const key of [...used].filter((each) => each.includes("."))) assert.ok(listed.includes(`'${key}'`), key);
  for (const match of scripts.join("\n").matchAll(/\bword\([^)]*\? "([a-z_.]+)" : "([a-z_.]+)"/g)) {
    for (const key of match.slice(1)) assert.ok(listed.includes(`'${key}'`), key);
  }
});
