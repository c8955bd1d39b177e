import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

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
  chat: { scripts: ["src/pages/chat.ts", "src/pages/chat_extras.ts"], listed: ["script_words"] },
  moderation: {
    scripts: ["src/pages/moderation.ts", "src/pages/moderation_charts.ts"],
    listed: ["moderation_script_words"],
  },
  live: { scripts: ["src/pages/live.ts", "src/pages/chat_extras.ts"], listed: ["script_words", "live_script_words"] },
  settings: { scripts: ["src/pages/settings.ts"], listed: ["settings_script_words"] },
};
/// Every language that there is: a file each.
const catalogues = new Map(
  readdirSync("catalogue").map((name) => {
    assert.match(name, /^[a-z]{2,3}\.json$/);
    const sentences = JSON.parse(readFileSync(`catalogue/${name}`, "utf8")) as Record<string, string>;
    return [name.slice(0, -5), sentences] as const;
  }),
);
const english = catalogues.get("en")!;

const holes = (text: string): string[] => (text.match(/\{\d\}/g) ?? []).sort();
const keys = (texts: string[], pattern: RegExp): Set<string> =>
  new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)));

/// What holds no words.
const unspoken = new Set(["language.script", "language.digits", "list.comma", "message.said"]);

/// All sources that name sentences.
function sources(): string {
  const folders = [
    ["../templates", ".html"],
    ["src", ".ts"],
    ["../src", ".cpp"],
  ] as const;
  const files = folders.flatMap(([folder, ending]) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(ending) && name !== "contract.ts")
      .map((name) => readFileSync(join(folder, name), "utf8")),
  );
  return files.join("\n");
}

test("catalogue: every sentence of English is used somewhere", () => {
  const text = sources();
  const named = keys([text], /["'`]([a-z_]+(?:\.[a-z_0-9]+)?)["'`]/g);
  // Beginnings that a template or script completes at run time: their ends are words of the sources.
  const beginnings = [...keys([text], /["'`]([a-z_]+\.[a-z_]*)(?:["'] [~+]|["']\}|\$\{)/g)];
  const words = new Set(text.match(/[a-z][a-z_0-9]*|[0-9]+/g));
  const is_made = (key: string): boolean =>
    beginnings.some((each) => key.startsWith(each) && words.has(key.slice(each.length).replace(/_hint$/, "")));
  assert.deepEqual(
    Object.keys(english).filter((key) => !named.has(key) && !is_made(key)),
    [],
  );
});

for (const [language, sentences] of catalogues) {
  test(`catalogue: ${language} has every sentence of English, no stale one, and the same places to fill`, () => {
    const has = Object.keys(sentences);
    assert.deepEqual(
      Object.keys(english).filter((key) => !(key in sentences)),
      [],
      "missing",
    );
    assert.deepEqual(
      has.filter((key) => !(key in english)),
      [],
      "stale",
    );
    assert.deepEqual(has, [...has].sort(), "sorted by key");
    for (const [key, text] of Object.entries(sentences)) {
      assert.deepEqual(holes(text), holes(english[key]!), key);
      assert.notEqual(text.trim(), "", key);
    }
  });

  test(`catalogue: ${language} is written in its own script and digits`, () => {
    const { "language.script": script, "language.digits": digits } = sentences;
    const letters = new RegExp(`\\p{Script=${script}}`, "u");
    assert.match(sentences["language.name"]!, letters);
    const tens = new Intl.NumberFormat(language, { useGrouping: false, minimumIntegerDigits: 10 });
    assert.equal(digits, tens.format(123456789));
    for (const [key, text] of Object.entries(sentences)) {
      if (unspoken.has(key)) continue;
      assert.match(text, letters, key);
      // What is read from left to right in every language stands between LRI and PDI.
      const own = text.replace(/\u2066[^\u2069]*\u2069/g, "");
      assert.doesNotMatch(own, /[\u2066-\u2069]/, key);
      if (digits !== english["language.digits"]) assert.doesNotMatch(own.replace(/\{\d\}/g, ""), /[0-9]/, key);
    }
  });

  test(`catalogue: ${language} keeps telephone numbers in one piece`, () => {
    if (sentences["language.script"] === "Latn") return;
    for (const [key, text] of Object.entries(sentences))
      assert.doesNotMatch(text.replace(/\u2066[^\u2069]*\u2069/g, ""), /\p{Nd} \p{Nd}/u, key);
  });
}

test("catalogue: every sentence that a template names is there", () => {
  const used = keys(templates, /\bt\('([a-z_.]+[a-z_])'\s*[,)]/g);
  assert.ok(used.size > 150);
  for (const key of used) assert.ok(key in english, key);
});

test("catalogue: families of sentences whose end is chosen at run time are whole", () => {
  const acts = ["approve", "remove", "warn", "mute", "ban", "grant", "reject", "not_a_violation"];
  const families: Record<string, string[]> = {
    role: ["owner", "admin", "moderator", "agent", "member", "guest"],
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
    kind: ["flagged", "blocked", "reported", "alert", "detection", "appealed"],
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
    event: [
      "object_detection",
      "audio_detection",
      "chat_keyword_detection",
      "chat_sentiment_detection",
      "stream_status_update",
      "stream_created",
      "stream_deleted",
      "stream_assigned",
      "stream_unassigned",
      "assignment_updated",
      "system_alert",
    ],
    streams: [
      ...["offline", "online", "monitoring", "failed"].map((each) => `state_${each}`),
      ...["low", "normal", "high", "urgent"].map((each) => `priority_${each}`),
      ...["object", "audio", "keyword", "sentiment"].map((each) => `found_${each}`),
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
