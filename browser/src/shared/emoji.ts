import { by, el } from "./dom.ts";

/// A small panel of emoji, opened beside whatever asked for it.

export const quick = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

const all = (
  "👍 ❤️ 😂 🎉 😮 🙏 😀 😊 😍 🤔 😅 😉 😎 😢 😭 😡 🥳 😴 🤗 🙄 😇 🤩 😐 🤒 " +
  "👋 👏 🙌 💪 🤝 ✌️ 👌 👎 🤞 ✋ 🫶 👀 🔥 ✨ ⭐ 💯 ✅ ❌ ❓ ❗ 💡 📚 ✏️ 🏆 ☕ 🍕 🍎 🎂 ⚽ 🏏 🎮 🎵 🌙 ☀️ 🌧️ 🌹 🚀 🏠 💻 📷"
).split(" ");

/// What each is called after a colon, in the same order.
const names = (
  "thumbsup heart joy tada open_mouth pray grinning smile heart_eyes thinking sweat_smile wink sunglasses cry sob rage " +
  "partying sleeping hug eye_roll innocent star_struck neutral sick wave clap raised_hands muscle handshake victory " +
  "ok_hand thumbsdown crossed_fingers hand heart_hands eyes fire sparkles star 100 check cross question exclamation " +
  "bulb books pencil trophy coffee pizza apple cake football cricket game music moon sun rain rose rocket house laptop camera"
).split(" ");

/// Emoji whose name begins with `start`, then those that have it further in.
export function emoji_named(start: string, most: number): { emoji: string; name: string }[] {
  const found = names.map((name, index) => ({ name, emoji: all[index]! })).filter((each) => each.name.includes(start));
  return found.sort((a, b) => Number(b.name.startsWith(start)) - Number(a.name.startsWith(start))).slice(0, most);
}

const panel = (): HTMLElement => by("emoji-panel");
let chosen: (emoji: string) => void = () => {};
let opener: HTMLElement | null = null;

export function open_emoji(beside: HTMLElement, choose: (emoji: string) => void): void {
  const box = panel();
  if (box.childElementCount === 0) fill(box);
  chosen = choose;
  opener = beside;
  beside.setAttribute("aria-expanded", "true");
  box.hidden = false;
  place(box, beside);
  (box.firstElementChild as HTMLElement).focus();
}

export function close_emoji(): boolean {
  const box = panel();
  if (box.hidden) return false;
  box.hidden = true;
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
  return true;
}

function fill(box: HTMLElement): void {
  box.append(...all.map((emoji) => el("button", { type: "button" }, emoji)));
  box.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    if (button === null) return;
    close_emoji();
    chosen(button.textContent!);
  });
  box.addEventListener("keydown", (event) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -8, ArrowDown: 8 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const sideways = document.documentElement.dir === "rtl" && Math.abs(step) === 1 ? -step : step;
    const index = [...box.children].indexOf(document.activeElement!);
    (box.children[index + sideways] as HTMLElement | undefined)?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!box.hidden && !box.contains(event.target as Node) && event.target !== opener) box.hidden = true;
  });
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
