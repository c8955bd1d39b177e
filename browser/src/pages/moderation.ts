import { Api } from "../shared/api.ts";
import { open_dialog, start_dialogs } from "../shared/dialogs.ts";
import { by, read_json, is_composing } from "../shared/dom.ts";
import { ChartsTab } from "../moderation/charts.ts";
import { Desk } from "../moderation/desk.ts";
import { Keys, type Command } from "../moderation/keys.ts";
import { LiveTab } from "../moderation/live_tab.ts";
import { LogTab } from "../moderation/log.ts";
import { PeopleTab } from "../moderation/people.ts";
import { Preferences } from "../moderation/preferences.ts";
import { RulesTab } from "../moderation/rules.ts";
import type { Case, ModerationAnalytics } from "../contract.ts";
import { Strip } from "../moderation/strip.ts";
import { start_bell } from "../shared/bell.ts";
import { browser_surroundings, Socket } from "../shared/socket.ts";
import { StatusBar } from "../shared/status_bar.ts";
import { start_theme } from "../shared/theme.ts";
import type { Event_, Person } from "../shared/types.ts";
import { set_server_time } from "../shared/time.ts";

/// The moderators' page: makes its parts and connects them with the socket's events.

interface Boot {
  user: Person;
  csrf: string;
  version: string;
  rooms: { name: string; live: boolean }[];
}
const boot = read_json<Boot>("boot");
const api = new Api(boot.csrf);
const socket = new Socket(browser_surroundings());
const page_name = document.title;
const strip = new Strip();
const preferences = new Preferences(() => desk.repaint());
const is_live = (room: string): boolean => boot.rooms.some((each) => each.name === room && each.live);
const desk: Desk = new Desk(api, boot.user, preferences, is_live, (open) => {
  strip.waiting(open);
  document.title = open > 0 ? `(${open}) ${page_name}` : page_name;
});
const status = new StatusBar(
  () => socket.now(),
  () => desk.decisions.waiting_count,
);
const charts = new ChartsTab(api);
const masks = (severity: string): boolean => severity === "high" && preferences.blur !== "never";
const live = new LiveTab(api, socket, masks);
const log = new LogTab(api, masks);
const rules = new RulesTab(api);
const people = new PeopleTab(api, (username) => {
  history.pushState(null, "", "#queue");
  show_tab("queue", username);
});
const keys = new Keys();
let figures_timer = 0;
let asked_at = 0;

api.on_signed_out = () => location.assign("/login?next=/moderation");
start_theme();
start_bell();
start_dialogs();
by("filters-open").addEventListener("click", () => {
  const open = by("filters").classList.toggle("open");
  by("filters-open").setAttribute("aria-expanded", String(open));
});
by("open-keys").hidden = false;
by("open-keys").addEventListener("click", () => open_dialog("mod-keys"));
document.addEventListener("keydown", on_key);
addEventListener("hashchange", go_to_hash);
socket.on("hello", on_hello);
socket.on("moderation_case", (event) => {
  desk.take(event.case as Case, Number(event.open ?? desk.queue.open));
  ask_figures_soon();
});
socket.on_state = (state) => {
  document.body.toggleAttribute("data-offline", state === "waiting");
  if (state === "ready") status.ready();
  else if (state === "waiting") status.lost(socket.attempt);
};
socket.start();
go_to_hash();
void ask_figures();
setInterval(() => document.hidden || void ask_figures(), 30_000);

let greeted = false;
function on_hello(event: Event_): void {
  set_server_time((event.server as { time?: string } | undefined)?.time);
  // What was missed while away: the list anew, and the decisions that waited.
  if (greeted) void desk.decisions.flush().then(() => desk.load());
  greeted = true;
}

/// At most one question a second, however much happens.
function ask_figures_soon(): void {
  figures_timer ||= window.setTimeout(() => void ask_figures(), Math.max(200, asked_at + 1000 - Date.now()));
}

async function ask_figures(): Promise<void> {
  clearTimeout(figures_timer);
  figures_timer = 0;
  asked_at = Date.now();
  charts.stir();
  try {
    const now = await api.get<ModerationAnalytics>("/moderation/analytics?hours=24");
    strip.show(now);
    desk.show_day(now);
  } catch {
    // The next one brings it.
  }
}

function go_to_hash(): void {
  const linked = /^#case-(.+)$/.exec(location.hash)?.[1];
  // From a person's card: what waits of theirs.
  const author = new URLSearchParams(location.search).get("author");
  if (author !== null) {
    history.replaceState(null, "", "/moderation#queue");
    return show_tab("queue", author);
  }
  const tab = location.hash.slice(1);
  show_tab(linked === undefined && document.querySelector(`[data-tab="${CSS.escape(tab)}"]`) !== null ? tab : "queue");
  if (linked !== undefined) void desk.open_link(decodeURIComponent(linked));
}

function show_tab(tab: string, author?: string): void {
  const panel = tab === "appeals" ? "queue" : tab;
  for (const link of document.querySelectorAll<HTMLElement>("[data-tab]")) {
    if (link.dataset.tab !== tab) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "page");
    link.scrollIntoView({ block: "nearest", inline: "center" });
  }
  for (const section of document.querySelectorAll<HTMLElement>("[data-panel]"))
    section.hidden = section.dataset.panel !== panel;
  document.body.dataset.view = "list";
  charts.close();
  live.close();
  if (panel === "queue") desk.turn_to(tab === "appeals", author);
  else if (panel === "log") void log.load();
  else if (panel === "charts") void charts.open();
  else if (panel === "live") void live.open();
  else if (panel === "words") void rules.load();
  else void people.load();
}

/// Keys act on the queue alone: not while something is written, a dialog is open or another tab is shown.
function on_key(event: KeyboardEvent): void {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const busy =
    document.querySelector("dialog[open]") !== null ||
    by("main").querySelector<HTMLElement>('[data-panel="queue"]')!.hidden;
  if (event.key === "Escape" && target.id === "decision-note") return target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || is_composing(event) || busy || !preferences.single_keys) return;
  if (target.closest('input:not([type="checkbox"]), textarea, select') !== null) return;
  const command = keys.press(event.key);
  if (command === null) return;
  event.preventDefault();
  run(command);
}

function run(command: Command): void {
  desk.arm(command.kind === "arm" ? command.what : null);
  switch (command.kind) {
    case "decide":
      return desk.decide({
        action: command.action,
        ...(command.minutes === undefined ? {} : { minutes: command.minutes }),
      });
    case "move":
      return desk.move(command.by);
    case "undo":
      return void desk.decisions.undo();
    case "reveal":
      return desk.reveal();
    case "note":
      return desk.focus_note();
    case "open":
      return desk.open_room();
    case "help":
      return void open_dialog("mod-keys");
  }
}
