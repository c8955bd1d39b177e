import { by, el, memory } from "./dom.ts";
import { common, with_tone } from "./emoji.ts";
import { search_key } from "./text.ts";
import { word } from "./words.ts";

/// The panel of emoji beside whatever asked for it: the last used, the common ones at once, and all of Unicode's once
/// they have been loaded; a field that finds them by name, and the skin tone that a person chose.

interface Emoji {
  emoji: string;
  name: string;
  has_tones: boolean;
}
interface Group {
  title: string;
  emoji: Emoji[];
}

const tones = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];
const recent_key = "soyuz.emoji.recent";
const tone_key = "soyuz.emoji.tone";
const most_recent = 16;
const columns = 8;

let groups: Group[] = [];
let chosen: (emoji: string) => void = () => {};
let opener: HTMLElement | null = null;

const panel = (): HTMLElement => by("emoji-panel");
const grid = (): HTMLElement => panel().querySelector<HTMLElement>(".emoji-grid")!;
const field = (): HTMLInputElement => panel().querySelector("input")!;

export function open_emoji(beside: HTMLElement, choose: (emoji: string) => void): void {
  const box = panel();
  if (box.childElementCount === 0) make(box);
  chosen = choose;
  opener = beside;
  beside.setAttribute("aria-expanded", "true");
  beside.dataset.emojiOpener = "";
  field().value = "";
  box.hidden = false;
  show();
  place(box, beside);
  // A finger wants the list; the keyboard would hide half of it.
  if (matchMedia("(pointer: coarse)").matches) grid().querySelector("button")?.focus();
  else field().focus();
  if (groups.length === 0) void load(box);
}

function close(with_focus = true): void {
  panel().hidden = true;
  opener?.setAttribute("aria-expanded", "false");
  opener?.removeAttribute("data-emoji-opener");
  if (with_focus) opener?.focus();
}

function make(box: HTMLElement): void {
  const search = el("input", {
    type: "text",
    class: "input",
    placeholder: word("emoji.search"),
    "aria-label": word("emoji.search"),
    autocomplete: "off",
    spellcheck: "false",
  });
  const tone_row = el("div", { class: "emoji-tones", role: "group", "aria-label": word("emoji.tone") });
  tone_row.append(...tones.map((tone) => el("button", { type: "button", "data-tone": tone }, `✋${tone}`)));
  box.append(search, el("div", { class: "emoji-grid", tabindex: "-1" }), tone_row);
  search.addEventListener("input", show);
  box.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    if (button === null) return;
    if (button.dataset.tone !== undefined) {
      memory.set(tone_key, button.dataset.tone);
      return show();
    }
    close();
    remember(button.textContent!);
    chosen(button.textContent!);
  });
  box.addEventListener("keydown", on_key);
  document.addEventListener("pointerdown", (event) => {
    if (!box.hidden && !box.contains(event.target as Node) && opener?.contains(event.target as Node) !== true)
      close(false);
  });
}

function on_key(event: KeyboardEvent): void {
  const buttons = [...grid().querySelectorAll("button")];
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const step = steps[event.key];
  const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (event.key === "Enter" && document.activeElement === field()) {
    event.preventDefault();
    buttons[0]?.click();
  } else if (step !== undefined && index < 0 && event.key === "ArrowDown") {
    event.preventDefault();
    buttons[0]?.focus();
  } else if (step !== undefined && index >= 0) {
    event.preventDefault();
    const sideways = document.documentElement.dir === "rtl" && Math.abs(step) === 1 ? -step : step;
    (index + sideways < 0 ? field() : buttons[index + sideways])?.focus();
  }
}

async function load(box: HTMLElement): Promise<void> {
  try {
    const module = (await import(box.dataset.script!)) as { default: string[][] };
    groups = module.default.map(([title, ...lines]) => ({
      title: title!,
      emoji: lines.map((line) => {
        const [emoji, name] = line.split("|") as [string, string];
        return { emoji, name: name.replace("*", ""), has_tones: name.endsWith("*") };
      }),
    }));
  } catch {
    // The common ones do until the next opening.
  }
  if (!box.hidden) show();
}

function show(): void {
  const wanted = search_key(field().value.trim());
  const tone = memory.get(tone_key) ?? "";
  const parts: Node[] = [];
  const part = (title: string, emoji: string[]): void => {
    if (emoji.length === 0) return;
    const cells = emoji.map((each) => el("button", { type: "button" }, each));
    parts.push(el("section", {}, el("h3", {}, word(`emoji.${title}`)), el("div", {}, ...cells)));
  };
  if (wanted === "") part("recent", recent());
  if (groups.length === 0) part("common", common);
  for (const group of groups) {
    const found = group.emoji.filter(({ name }) => wanted === "" || name.includes(wanted));
    part(
      group.title,
      found.map((each) => (each.has_tones ? with_tone(each.emoji, tone) : each.emoji)),
    );
  }
  if (parts.length === 0) parts.push(el("p", { class: "hint" }, word("emoji.none")));
  grid().replaceChildren(...parts);
  for (const button of panel().querySelectorAll<HTMLElement>("[data-tone]"))
    button.setAttribute("aria-pressed", String(button.dataset.tone === tone));
}

function recent(): string[] {
  return (memory.get(recent_key) ?? "").split(" ").filter((each) => each !== "");
}

function remember(emoji: string): void {
  memory.set(recent_key, [emoji, ...recent().filter((each) => each !== emoji)].slice(0, most_recent).join(" "));
}

function place(box: HTMLElement, beside: HTMLElement): void {
  const at = beside.getBoundingClientRect();
  const [width, height] = [box.offsetWidth, box.offsetHeight];
  const left = Math.max(8, Math.min(innerWidth - width - 8, at.left + at.width / 2 - width / 2));
  const above = at.top - height - 8;
  const top = above >= 8 ? above : Math.min(innerHeight - height - 8, at.bottom + 8);
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(8, top)}px`;
}
