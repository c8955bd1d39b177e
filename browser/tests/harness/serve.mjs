// A stand-in for the server, for looking at pages while developing: renders templates through render.py and speaks
// just enough of the API and of /ws to chat with oneself. Loopback only; prints its address.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { moderation, own_record } from "./cases.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = here + "../../dist/";
const types = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const pages = new Map();
function page(name, lang, theme, extra) {
  const key = [name, lang, theme, extra, readFileSync(dist + "manifest.json", "utf8")].join();
  if (!pages.has(key)) {
    const run = spawnSync("/usr/bin/python3", [here + "render.py", name, lang, theme], { input: extra });
    if (run.status !== 0) throw new Error(String(run.stderr));
    pages.set(key, run.stdout);
  }
  return pages.get(key);
}

const me = { id: "u-sara", username: "sara", display_name: "Sara Khan", avatar_url: "", role: "owner" };
const ali = { id: "u-ali", username: "ali_k", display_name: "Ali Kazmi", avatar_url: "", role: "member" };
const rooms = new Map();
function log(name) {
  if (!rooms.has(name)) rooms.set(name, []);
  return rooms.get(name);
}
function post(room, sender, text, client_id, reply_to) {
  const list = log(room);
  const known = client_id && list.find((each) => each.client_id === client_id);
  if (known) return known;
  const seq = list.length + 1;
  const message = { id: `${room}-${seq}`, room, seq, sender, text, sent_at: new Date().toISOString(), reactions: {}, mentions: [], attachments: [], moderation: { action: "allow" }, client_id, reply_to };
  list.push(message);
  tell({ type: "message", message });
  return message;
}
for (let n = 1; n <= 9; n++) log("lobby").push({ id: `lobby-${n}`, room: "lobby", seq: n, sender: me, text: `Old ${n}`, sent_at: "2026-11-20T09:00:00.000Z", reactions: {} });
for (let n = 1; n <= 400; n++) log("physics").push({ id: `physics-${n}`, room: "physics", seq: n, sender: n % 3 ? ali : me, text: `Line ${n} of a long story`, sent_at: new Date(Date.UTC(2026, 10, 20, 8, n)).toISOString(), reactions: {} });

const sockets = new Set();
const tell = (event) => sockets.forEach((socket) => socket.say(event));

function api(method, url, body) {
  if (url.pathname.startsWith("/api/v1/moderation")) return moderation(method, url.pathname.slice(18), url, body, tell);
  if (url.pathname === "/api/v1/me/moderation") return own_record();
  if (url.pathname === "/api/v1/bans") return { bans: [{ username: "tom", display_name: "Tom Weber", until: null, reason: "Repeated insults" }] };
  if (url.pathname === "/api/v1/mutes") return { mutes: [{ username: "hamza", display_name: "Hamza", until: new Date(Date.now() + 3_300_000).toISOString(), reason: "Insults" }] };
  if (url.pathname === "/api/v1/rooms/lobby") return { name: "lobby", settings: { moderation: { preset: "school", thresholds: null, categories_off: ["spam"], rules_off: ["capitals"], shown: "badge", watch_words: [{ text: "homew*", action: "flag", category: "harassment" }] } } };
  const history = /^\/api\/v1\/rooms\/([^/]+)\/messages$/.exec(url.pathname);
  if (history) {
    const list = log(decodeURIComponent(history[1]));
    const number = (name) => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : null);
    const [before, after, around, limit] = [number("before"), number("after"), number("around"), number("limit") ?? 50];
    if (after !== null) return { messages: list.slice(after, after + limit), has_more: list.length > after + limit };
    const end = before !== null ? before - 1 : around !== null ? Math.min(list.length, around + limit / 2) : list.length;
    return { messages: list.slice(Math.max(0, end - limit), end), has_more: end > limit };
  }
  const change = /^\/api\/v1\/messages\/([^/]+)$/.exec(url.pathname);
  if (change) {
    const message = [...rooms.values()].flat().find((each) => each.id === decodeURIComponent(change[1]));
    if (method === "PATCH") {
      Object.assign(message, { text: body.text, edited_at: new Date().toISOString() });
      tell({ type: "message_edited", message });
    } else if (method === "DELETE") {
      tell({ type: "message_deleted", room: message.room, id: message.id, seq: message.seq, by_staff: false });
    }
    return message;
  }
  const reaction = /^\/api\/v1\/messages\/([^/]+)\/reactions\/(.+)$/.exec(url.pathname);
  if (reaction) tell({ type: "reaction", room: "lobby", id: decodeURIComponent(reaction[1]), emoji: decodeURIComponent(reaction[2]), username: "sara", on: method === "PUT" });
  if (url.pathname.endsWith("/members")) return { members: [{ ...me, online: true }, { ...ali, online: true }] };
  if (url.pathname.endsWith("/invites")) return { code: "zz", url: "http://127.0.0.1/join/zz", qr_svg_url: "/qr.svg" };
  if (url.pathname.endsWith("/search")) return { messages: log("physics").filter((each) => each.text.includes(url.searchParams.get("q"))).slice(0, 30), has_more: false };
  if (url.pathname.endsWith("/say")) return post("lobby", ali, url.searchParams.get("text"));
  if (url.pathname.endsWith("/csrf")) return { csrf_token: "token" };
  return { ok: true, ...me };
}

const commands = {
  ping: () => ({}),
  join: (socket, { room, after }) => {
    if (after !== undefined) for (const message of log(room).slice(after)) socket.say({ type: "message", message });
    return { room, last_seq: log(room).length };
  },
  message: (socket, { room, text, client_id, reply_to }) => {
    if (text.includes("/block")) return { type: "error", code: "message_blocked", message: "Held back.", case_id: "c1", moderation: { action: "block", reasons: ["harassment"], matches: [{ term: "fool" }] } };
    if (text.includes("/slow")) return { type: "error", code: "slow_mode", message: "Slow mode.", retry_after: 5 };
    if (text.includes("/fail")) return { type: "error", code: "invalid_value", message: "The server refuses it." };
    if (text.includes("/mute")) tell({ type: "muted", until: new Date(Date.now() + 65000).toISOString(), reason: "Too many messages in a row." });
    if (text.includes("/drop")) return socket.end();
    if (text.includes("/gap")) log(room).push({ id: `${room}-${log(room).length + 1}`, room, seq: log(room).length + 1, sender: ali, text: "Filled from the gap", sent_at: new Date().toISOString(), reactions: {} });
    if (text.includes("/typing")) tell({ type: "typing", room, username: "ali_k", on: true });
    if (text.includes("/else")) post("urdu", ali, "Elsewhere @sara", undefined);
    const made = post(room, me, text, client_id, reply_to);
    if (text.includes("/warn")) socket.say({ type: "moderation_warning", room, id: made.id, seq: made.seq, reasons: ["profanity"], severity: "low" });
    if (text.includes("/flag")) socket.say({ type: "moderation_warning", room, id: made.id, seq: made.seq, case_id: "c2", moderation: { action: "flag", severity: "medium", reasons: ["harassment"] } });
    if (text.includes("/help")) socket.say({ type: "moderation_warning", room, id: made.id, seq: made.seq, moderation: { action: "flag", reasons: ["self_harm"] } });
    if (text.includes("/gone")) socket.say({ type: "message_deleted", room, id: made.id, seq: made.seq, by_staff: true });
    if (text.includes("/granted")) socket.say({ type: "moderation_decision", case_id: "c1", action: "grant", note: "You are right." });
    if (text.includes("/lost")) socket.say({ type: "muted", until: null, reason: "Too many", automatic: true });
    if (text.includes("/flood")) for (let n = 0; n < 1000; n++) post(room, ali, `Flood ${n}`, undefined);
    return { id: made.id, seq: made.seq };
  },
};

function frame(text) {
  const data = Buffer.from(text);
  const head = data.length < 126 ? Buffer.from([0x81, data.length]) : Buffer.from([0x81, 126, data.length >> 8, data.length & 255]);
  return Buffer.concat([head, data]);
}

/// Reads whole masked text frames under 64 KiB: enough for what a browser sends here.
function* frames(state) {
  for (;;) {
    const { bytes } = state;
    if (bytes.length < 6) return;
    const long = (bytes[1] & 127) === 126;
    const length = long ? bytes.readUInt16BE(2) : bytes[1] & 127;
    const start = long ? 8 : 6;
    if (bytes.length < start + length) return;
    const mask = bytes.subarray(start - 4, start);
    const data = Buffer.from(bytes.subarray(start, start + length).map((byte, index) => byte ^ mask[index % 4]));
    state.bytes = bytes.subarray(start + length);
    yield { opcode: bytes[0] & 15, text: data.toString() };
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  const send = (type, content) => response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": policy }).end(content);
  try {
    if (url.pathname.startsWith("/assets/")) return send(types[url.pathname.split(".").pop()], readFileSync(dist + url.pathname.slice(8)));
    if (url.pathname === "/qr.svg") return send("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h3v3H0zM5 0h3v3H5zM0 5h3v3H0zM4 4h2v2H4z"/></svg>');
    if (url.pathname.startsWith("/api/")) {
      let text = "";
      request.on("data", (part) => (text += part)).on("end", () => {
        let body = {};
        try { body = JSON.parse(text); } catch { /* a form or nothing */ }
        send("application/json", JSON.stringify(api(request.method, url, body)));
      });
      return;
    }
    const name = url.pathname.split("/")[1] || "chat";
    const get = (key, otherwise) => url.searchParams.get(key) ?? otherwise;
    return send("text/html; charset=utf-8", page(name, get("lang", "en"), get("theme", "system"), get("extra", "{}")));
  } catch (error) {
    response.writeHead(500, { "Content-Type": "text/plain" }).end(String(error.stack ?? error));
  }
});

server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const state = { bytes: Buffer.alloc(0) };
  socket.say = (event) => socket.writable && socket.write(frame(JSON.stringify(event)));
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  socket.on("data", (part) => {
    state.bytes = Buffer.concat([state.bytes, part]);
    for (const { opcode, text } of frames(state)) {
      if (opcode === 8) return socket.end();
      const { type, ref, ...fields } = JSON.parse(text);
      const answer = commands[type]?.(socket, fields) ?? {};
      if (ref !== undefined && !socket.destroyed) socket.say({ type: "ack", ref, ...answer, ...(answer.type ? { type: "error" } : {}) });
    }
  });
  socket.say({ type: "hello", user: me, server: { version: "0.1.0", time: new Date().toISOString() } });
});

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
