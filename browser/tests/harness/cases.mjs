// The moderators' part of the stand-in server: a dozen cases that can be decided, claimed and taken back.
const people = {
  hamza: { id: "u-hamza", username: "hamza", display_name: "Hamza", avatar_url: "" },
  zoya: { id: "u-zoya", username: "zoya.m", display_name: "Zoya Mirza", avatar_url: "" },
  tom: { id: "u-tom", username: "tom", display_name: "Tom Weber", avatar_url: "" },
};
const room = { id: "r1", name: "lobby", title: "Lobby" };
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const made = [];
function add(kind, author, text, verdict, minutes, more = {}) {
  const id = `c${made.length + 1}`;
  const blocked = kind === "blocked";
  made.push({
    id, kind, status: "open", occasion: "message", room, message_id: blocked ? null : `lobby-${made.length + 2}`, seq: blocked ? null : made.length + 2, text, count: 1,
    author: people[author], created_at: ago(minutes), updated_at: ago(minutes), verdict, versions: { lexicon: "l1", model: "m1" }, reports: [], appeal: null, claim: null,
    decision: null, decisions: [], stale: false, ...more,
  });
}
const insult = { action: "block", severity: "high", score: 0.96, probability: 0.99, reasons: ["harassment", "profanity"], matches: [{ term: "idiot", category: "harassment", start: 11, end: 16 }], language: "en" };
const mild = { action: "flag", severity: "medium", score: 0.68, probability: 0.61, reasons: ["profanity"], matches: [{ term: "damn", category: "profanity", start: 5, end: 9 }], language: "en" };
add("blocked", "hamza", "You are an idiot and everybody here knows it", insult, 4, { appeal: { text: "I was quoting the book we read today.", at: ago(1) } });
add("flagged", "zoya", "This damn homework again 😤", mild, 12);
add("blocked", "hamza", "you total idiot, go away", { ...insult, matches: [{ term: "idiot", category: "harassment", start: 10, end: 15 }] }, 7, { count: 3 });
add("reported", "tom", "Nobody wants to sit next to you", null, 25, { reports: [{ by: "zoya.m", reason: "harassment", note: "He keeps saying this to Ali.", at: ago(20) }, { by: "ali_k", reason: "harassment", note: "", at: ago(18) }] });
add("alert", "zoya", "I can't do this any more, I just want it to end", { action: "flag", severity: "high", score: 0.7, probability: 0.4, reasons: ["self_harm"], matches: [], language: "en" }, 2);
add("flagged", "tom", "call me at 0300 1234567 after school", { action: "flag", severity: "medium", score: 0.66, probability: 0.02, reasons: ["personal_info"], matches: [{ term: "0300 1234567", category: "personal_info", start: 11, end: 23 }], language: "en" }, 40, { stale: true });
add("flagged", "hamza", "تو پاگل ہے کیا", { action: "flag", severity: "medium", score: 0.63, probability: 0.7, reasons: ["harassment"], matches: [{ term: "پاگل", category: "harassment", start: 3, end: 7 }], language: "ur" }, 33, { claim: { by: "ayesha", until: ago(-2) } });

const message = (seq, sender, text) => ({ id: `lobby-${seq}`, room: "lobby", seq, sender, text, sent_at: ago(30 - seq), reactions: {} });
const open = () => made.filter((each) => each.status === "open");

export function moderation(method, path, url, body, tell) {
  const one = /^\/cases\/([^/]+)(?:\/(\w+))?$/.exec(path);
  const said = (each) => (tell({ type: "moderation_case", case: each, open: open().length }), each);
  if (path === "/cases") {
    const want = (name) => url.searchParams.get(name) ?? "";
    const cases = made.filter((each) => each.status === (want("status") || "open") && (!want("kind") || each.kind === want("kind")) && (!want("author") || each.author.username === want("author")) && (!want("appealed") || each.appeal));
    return { cases: url.searchParams.get("room") === "nothing" ? [] : cases, open: open().length, oldest_at: ago(40), has_more: false, next: null };
  }
  if (one) {
    const each = made.find((other) => other.id === one[1]);
    if (one[2] === "claim") return Object.assign(each, { claim: method === "POST" ? { by: "sara", until: ago(-2) } : null });
    if (one[2] === "decision") return said(Object.assign(each, { status: "decided", decision: { action: body.action, by: "sara", at: ago(0), note: body.note ?? "", minutes: body.minutes ?? null, undo_until: ago(-10 / 60) } }));
    if (one[2] === "undo") return said(Object.assign(each, { status: "open", decision: null }));
    const other = people[each.author.username === "tom" ? "zoya" : "tom"];
    const context = each.seq === null ? [1, 2, 3].map((n) => message(n, n % 2 ? other : each.author, `What was said before, line ${n}`)) : [-2, -1, 1, 2].map((n) => message(each.seq + n, n % 2 ? other : each.author, `A line ${n < 0 ? "before" : "after"} it`));
    const history = made.filter((past) => past.author === each.author);
    return { case: each, context, person: { user: { ...each.author, role: "member", online: true }, violations_24h: 2, flagged_or_blocked: 4, can_chat: each.author !== people.hamza, muted_until: each.author === people.hamza ? ago(-55) : null, banned_until: null, history } };
  }
  if (path === "/analytics") {
    const hours = Number(url.searchParams.get("hours") ?? 24);
    const verdicts = Array.from({ length: 24 }, (_, n) => ({ at: ago(((23 - n) * hours * 60) / 24), allow: 40 + ((n * 13) % 30), warn: (n * 7) % 5, flag: (n * 5) % 4, block: (n * 3) % 3 }));
    return {
      hours, verdicts, categories: { harassment: 18, profanity: 12, personal_info: 5, spam: 3, self_harm: 1 },
      rooms: [{ name: "lobby", title: "Lobby", messages: 840, toxic: 22 }, { name: "physics", title: "Physics 9B", messages: 310, toxic: 4 }, { name: "urdu", title: "اردو ادب", messages: 120, toxic: 2 }],
      people: [{ username: "hamza", flagged: 5, blocked: 4, warned: 3 }, { username: "tom", flagged: 2, blocked: 0, warned: 4 }, { username: "zoya.m", flagged: 1, blocked: 0, warned: 0 }],
      toxic_share: 0.022, time_to_decision: { median_s: 41, p90_s: 220, decided: 31 }, precision: { confirmed: 27, overturned: 4, value: 0.87 },
      waiting: open().length, oldest_at: ago(40), appeals: open().filter((each) => each.appeal).length, online: 29,
    };
  }
  if (path === "/log") return { lines: made.map((each) => ({ at: each.created_at, kind: "message", username: each.author.username, room: each.room.name, text: each.text, ...each.verdict })), has_more: false };
  if (path === "/check") return body.text.includes("idiot") ? insult : { action: "allow", reasons: [] };
  return {};
}

/// What the author sees of it.
export function own_record() {
  const records = made.slice(0, 4).map((each, n) => ({
    case_id: each.id, at: each.created_at, occasion: "message", room, message_id: each.message_id, text: each.text, action: each.verdict?.action ?? "reported", reasons: each.verdict?.reasons ?? ["harassment"],
    severity: each.verdict?.severity ?? "low", status: n === 2 ? "decided" : "open", decision: n === 2 ? { action: "remove", at: ago(1), note: "Please be kind." } : null, appeal: each.appeal, can_appeal: n > 0,
  }));
  return { violations_24h: 2, flagged_or_blocked: 4, max_allowed: 5, can_chat: true, warning: null, records };
}
