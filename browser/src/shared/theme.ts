import { memory } from "./dom.ts";

/// Light, dark, or "" for what the system says. The cookie lets the server write data-theme into the first byte of
/// the next page, so that nothing flashes; local storage carries it to other tabs.
export type Theme = "" | "light" | "dark";
const looks = ["text", "density", "style", "announce", "rooms"] as const;
export type Look = (typeof looks)[number];

export function current_theme(): Theme {
  return (document.documentElement.dataset.theme as Theme | undefined) ?? "";
}

export function choose_theme(theme: Theme): void {
  apply(theme);
  memory.set("soyuz_theme", theme);
  remember("soyuz_theme", theme);
}

/// One of the choices that the page's first element bears: the size of text, density, style, which messages are read
/// out, the order of rooms. "" is the usual one.
export function choose_look(name: Look, value: string): void {
  if (value === "") delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  memory.set(`soyuz_${name}`, value);
  remember(`soyuz_${name}`, value);
}

function apply(theme: Theme): void {
  if (theme === "") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function remember(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value === "" ? 0 : 31_536_000;
  document.cookie = `${name}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

export function start_theme(): void {
  for (const look of looks) {
    const chosen = memory.get(`soyuz_${look}`);
    if (chosen && !document.documentElement.dataset[look]) choose_look(look, chosen);
  }
  addEventListener("storage", (event) => {
    if (event.key === "soyuz_theme") apply((event.newValue ?? "") as Theme);
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const system_dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const dark = current_theme() === "dark" || (current_theme() === "" && system_dark);
      choose_theme(dark ? "light" : "dark");
    });
  }
}
