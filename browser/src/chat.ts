import { Actions, copy_text } from "./actions.ts";
import { announce, toast } from "./announce.ts";
import { Appeals } from "./appeal.ts";
import { Api, ApiError } from "./api.ts";
import { start_check } from "./check.ts";
import { Composer } from "./composer.ts";
import { Conversation } from "./conversation.ts";
import { start_dialogs } from "./dialogs.ts";
import { by, el, icon, read_json } from "./dom.ts";
import { close_emoji, open_emoji } from "./emoji.ts";
import { Events } from "./events.ts";
import { start_files } from "./files.ts";
import { start_keys } from "./keys.ts";
import { blocked_text, note } from "./notes.ts";
import { OwnNotes } from "./own_notes.ts";
import { is_staff, Pending } from "./pending.ts";
import { People } from "./people.ts";
import { RoomMenu } from "./room_menu.ts";
import { RoomList } from "./rooms.ts";
import { start_search } from "./search.ts";
import { show_wall, start_session_dialog } from "./session.ts";
import { Shell } from "./shell.ts";
import { Socket } from "./socket.ts";
import { start_invites, start_new_room, start_person_sheet } from "./staff.ts";
import { StatusBar } from "./status.ts";
import { start_theme } from "./theme.ts";
import { Typing } from "./typing.ts";
import type { Boot, Event_, Message, Person, Room, Verdict } from "./types.ts";
import { word } from "./words.ts";

/// The chat page: makes its parts and connects them with the socket's events.

const boot = read_json<Boot>("boot");
const me = boot.user;
const api = new Api(boot.csrf);
const socket = new Socket({
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`) as never,
  later: (run, milliseconds) => window.setTimeout(run, milliseconds),
  cancel: (timer) => clearTimeout(timer),
  random: Math.random,
});
const shell = new Shell();
const people = new People(me.username, (person) => open_person(person));
const rooms = new RoomList(boot.rooms, (name) => void open_room(name, true), (room) => void join_room(room));
const talk = new Conversation(boot.room, me.username, api, socket, (name) => people.role_of(name), (name) => {
  rooms.clear_unread(name);
  show_title();
});
const typing = new Typing((name) => people.name_of(name));
const composer = new Composer(me.id || me.username, boot.limits?.text ?? 4000, {
  send: (text, reply_to) => pending.send(text, reply_to),
  edit: (message, text) => void edit(message, text),
  typing: (on) => socket.tell("typing", { room: talk.room.name, on }),
  edit_last: () => actions.edit_last(),
  people: (start) => people.matching(start, 6),
});
const appeals = new Appeals(api);
const pending = new Pending(me, talk, composer, socket, appeals, (code, error) => close_composer(code, error.event));
const actions = new Actions(me, api, talk, composer);
const status = new StatusBar(() => socket.now(), () => pending.outbox.entries.length);
const open_person = start_person_sheet(me, api, {
  mention: (person) => composer.insert(`@${person.username} `),
  message: (person) => void open_direct(person),
});
const open_search = start_search(api, () => talk.room.name, (seq) => void talk.go_to(seq).catch(() => {}));

start_theme();
start_dialogs();
start_session_dialog(api, () => socket.now());
const may_manage = (): boolean => talk.room.kind !== "direct" && (is_staff(me) || talk.room.can_manage === true);
const room_menu = new RoomMenu({
  api, may_manage, may_invite: may_manage, search: open_search,
  room: () => talk.room,
  invite: start_invites(api, () => talk.room),
  changed: (room) => on_room_changed(room),
  gone: (name) => on_room_gone(name),
});
start_files({
  api,
  most_bytes: boot.limits?.file ?? 0,
  room: () => talk.room.name,
  take_text: () => composer.take(),
  give_back: (text) => composer.give_back(text),
  posted: (message) => events.message(message),
});
start_new_room(api, me.role !== "guest", (room) => {
  rooms.put({ ...room, can_manage: true });
  void open_room(room.name, true);
});
start_keys({ rooms, composer, timeline: talk.timeline, open_room: (name) => void open_room(name, true), open_search, close_drawers: () => shell.close() });
const own = new OwnNotes(me.username, api, appeals, talk, actions);
const events = new Events({
  me, version: boot.version, socket, rooms, talk, people, typing, composer, pending, actions, status, own,
  joined, show_title, close_composer, wall,
  load_people: () => void load_people(),
  room_added: on_room_added,
  room_changed: on_room_changed,
  room_gone: on_room_gone,
});
start_page();
socket.on_state = on_state;
socket.start();

function start_page(): void {
  people.replace(boot.people ?? []);
  rooms.set_current(talk.room.name);
  if (talk.room.can_manage) rooms.put({ ...talk.room });
  talk.adopt(boot.last_seq ?? 0);
  own.reviewed(boot.reviews ?? {});
  composer.turn_to(talk.room.name);
  pending.turn_to_room();
  if (boot.mute) close_composer("muted", { type: "muted", ...boot.mute });
  else if (talk.room.settings?.locked) close_locked();
  if (boot.people === undefined) void load_people();
  setTimeout(() => void load_others(), 1500);
  if (is_staff(me)) setTimeout(() => void count_cases(), 1000);
  start_check(api, composer.field, () => talk.room.name);
  by("closed-appeal").addEventListener("click", () => void appeals.open_newest());
  if (!matchMedia("(pointer: coarse)").matches) composer.focus();

  by("show-keys").hidden = false;
  by("show-keys").addEventListener("click", () => by<HTMLDialogElement>("keys").showModal());
  by("open-emoji").addEventListener("click", () => {
    if (!close_emoji()) open_emoji(by("open-emoji"), (emoji) => composer.insert(emoji));
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const copied = target.closest<HTMLElement>("[data-copy]")?.dataset.copy;
    const starter = target.closest<HTMLElement>("[data-starter]")?.dataset.starter;
    if (copied !== undefined) copy_text(copied);
    if (starter !== undefined) composer.insert(starter);
  });
  addEventListener("popstate", () => {
    const name = decodeURIComponent(/^\/chat\/([^/]+)/.exec(location.pathname)?.[1] ?? "");
    if (name !== "" && name !== talk.room.name) void open_room(name, false);
  });
  addEventListener("online", () => socket.now());
  addEventListener("offline", () => status.lost(socket.attempt));
  document.addEventListener("visibilitychange", () => document.hidden || socket.now());
  addEventListener("hashchange", go_to_hash);
  go_to_hash();
  show_title();
}

/// A link to one message: /chat/lobby#m-12
function go_to_hash(): void {
  const wanted = Number(/^#m-(\d+)$/.exec(location.hash)?.[1] ?? 0);
  if (wanted > 0) void talk.go_to(wanted).catch(() => {});
}

function on_state(): void {
  if (socket.state === "ready") {
    status.ready();
  } else {
    pending.outbox.pause();
    typing.clear();
    if (socket.state === "waiting") status.lost(socket.attempt);
  }
  // A refused handshake does not say why; asking for oneself does: 401 opens the sign-in dialog.
  if (socket.state === "waiting" && socket.attempt === 2) {
    api.get("/me").catch((error: unknown) => {
      if (error instanceof ApiError && error.code === "banned") wall("banned", error.body);
    });
  }
}

function joined(ack: Event_): void {
  if (typeof ack.online === "number") by("online-count").textContent = String(ack.online);
  if (typeof ack.last_seq === "number" && ack.last_seq > talk.last_seq) void talk.catch_up();
}

/// Somebody opened a direct room with this person: followed from now on; what was said meanwhile is unread.
function on_room_added(room: Room): void {
  if (rooms.find(room.name) !== undefined) return;
  rooms.put(room);
  follow(room);
}

function follow(room: Room): void {
  const known_to = room.last_seq;
  socket.send("join", { room: room.name }).then((ack) => {
    const listed = rooms.find(room.name);
    const last_seq = Number(ack.last_seq ?? 0);
    if (listed === undefined || talk.is_here(room.name) || listed.last_seq !== known_to || last_seq <= known_to) return;
    rooms.put({ ...listed, last_seq, unread: listed.unread + last_seq - known_to });
    show_title();
  }, () => {});
}

async function open_direct(person: Person): Promise<void> {
  try {
    const room = await api.call<Room>("POST", "/direct", { username: person.username });
    rooms.put(room);
    await open_room(room.name, true);
  } catch (error) {
    toast(error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable"));
  }
}

function on_room_changed(room: Room): void {
  rooms.put(room);
  if (!talk.is_here(room.name)) return;
  Object.assign(talk.room, room);
  show_head();
  if (room.settings?.locked) close_locked();
  else composer.open("locked");
}

function on_room_gone(name: string): void {
  rooms.remove(name);
  if (talk.is_here(name) && rooms.rooms[0]) void open_room(rooms.rooms[0].name, true);
}

async function join_room(room: Room): Promise<void> {
  try {
    rooms.put(await api.call<Room>("POST", `/rooms/${encodeURIComponent(room.name)}/join`));
    await open_room(room.name, true);
  } catch (error) {
    toast(error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable"));
  }
}

/// Rooms that one is not in: asked for when the page has come to rest, because nobody waits for them.
async function load_others(): Promise<void> {
  try {
    const answer = await api.get<{ rooms: Room[] }>("/rooms");
    rooms.offer(answer.rooms.filter((room) => room.joined === false && room.kind === "public"));
  } catch {
    // The list of one's own rooms is what matters.
  }
}

/// Moderators see how many cases wait; later the socket tells.
async function count_cases(): Promise<void> {
  try {
    const page = await api.get<{ open: number }>("/moderation/cases?limit=1");
    events.show_open(page.open);
  } catch {
    // The link works without a number.
  }
}

/// Turns to another room without leaving the page; a failure falls back on the link.
async function open_room(name: string, push: boolean): Promise<void> {
  const room = rooms.find(name);
  shell.close();
  if (room === undefined) return location.assign(`/chat/${encodeURIComponent(name)}`);
  rooms.set_current(room.name);
  if (room.name === talk.room.name) {
    talk.stay();
    composer.hold(false);
    return composer.focus();
  }
  // What is typed while the room loads must not go to the one before.
  composer.hold(true);
  try {
    if (!(await talk.open(room))) return;
  } catch {
    return location.assign(`/chat/${encodeURIComponent(room.name)}`);
  }
  if (push) history.pushState(null, "", `/chat/${encodeURIComponent(room.name)}`);
  typing.clear();
  composer.hold(false);
  composer.open("locked");
  composer.turn_to(room.name);
  pending.turn_to_room();
  show_head();
  room_menu.refresh();
  // The card beside the people invites to the room that the page was loaded for.
  const card = document.getElementById("invite-card");
  if (card !== null) card.hidden = room.name !== boot.room.name;
  if (room.settings?.locked) close_locked();
  socket.send("join", { room: room.name, after: talk.last_seq }).then(joined, () => {});
  void load_people();
  own.look_back();
  announce(word("rooms.opened", room.title));
  if (!matchMedia("(pointer: coarse)").matches) composer.focus();
}

async function load_people(): Promise<void> {
  const room = talk.room.name;
  try {
    const answer = await api.get<{ members?: Person[]; users?: Person[]; online?: number } | Person[]>(`/rooms/${encodeURIComponent(room)}/members`);
    if (room !== talk.room.name) return;
    const list = Array.isArray(answer) ? answer : (answer.members ?? answer.users ?? []);
    people.replace(list);
    by("online-count").textContent = String(people.online_count);
  } catch {
    // The list stays as it is; the next room or reload brings it.
  }
}

function show_head(): void {
  const { title, topic, settings } = talk.room;
  by("room-title").textContent = title;
  by("room-topic").textContent = topic ?? "";
  by("room-topic").hidden = !topic;
  const chips: HTMLElement[] = [];
  if (settings?.slow_mode_s) chips.push(el("span", { class: "chip" }, icon("timer", "small"), word("chat.slow", settings.slow_mode_s)));
  if (settings?.locked) chips.push(el("span", { class: "chip" }, icon("lock", "small"), word("chat.locked")));
  by("chips").replaceChildren(...chips);
  show_title();
}

const instance_name = document.title.split(" · ").pop() ?? "";

function show_title(): void {
  const unread = rooms.rooms.reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread > 0 ? `(${unread < 100 ? unread : "99+"}) ` : ""}${talk.room.title} · ${instance_name}`;
}

function close_composer(code: string, event: Event_): void {
  const until = typeof event.until === "string" ? new Date(event.until) : null;
  const kind = code === "room_locked" ? "locked" : code === "banned" ? "banned" : "muted";
  if (kind === "locked" && is_staff(me)) return;
  composer.close({ kind, reason: String(event.reason ?? ""), until, automatic: event.automatic === true && until === null });
}

function close_locked(): void {
  if (!composer.is_closed && !is_staff(me) && talk.room.can_manage !== true) composer.close({ kind: "locked", reason: "", until: null });
}

function wall(kind: "banned" | "kicked", event: Record<string, unknown>): void {
  socket.stop();
  show_wall(kind, String(event.reason ?? ""), typeof event.until === "string" ? event.until : null);
}

async function edit(message: Message, text: string): Promise<void> {
  try {
    const fresh = await api.call<Message>("PATCH", `/messages/${encodeURIComponent(message.id)}`, { text });
    if (fresh.id === message.id) talk.timeline.update(fresh);
  } catch (error) {
    const why = error instanceof ApiError ? error : null;
    const blocked = why?.code === "message_blocked";
    note("danger", word(blocked ? "blocked.title" : "edit.failed"),
      blocked ? blocked_text((why!.body.moderation ?? {}) as Verdict) : why?.message || word("error.unreachable"),
      [
        { label: word("message.edit"), run: () => { composer.edit(message); composer.field.value = text; } },
        ...(blocked && why!.body.case_id ? [{ label: word("appeal.open"), run: () => appeals.open(String(why!.body.case_id)) }] : []),
      ]);
  }
}
