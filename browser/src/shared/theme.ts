import { memory } from "./dom.ts";

/// Light, dark, or "" for what the system says. The cookie lets the server write data-theme into the first byte of
/// the next page, so that nothing flashes; local storage carries it to other tabs.
export type Theme = "" | "light" | "dark";

export function current_theme(): Theme {
  return (document.documentElement.dataset.theme as Theme | undefined) ?? "";
}

export function choose_theme(theme: Theme): void {
  apply(theme);
  memory.set("soyuz_theme", theme);
  remember("soyuz_theme", theme);
}

export function choose_text_size(size: string): void {
  if (size === "") delete document.documentElement.dataset.text;
  else document.documentElement.dataset.text = size;
  memory.set("soyuz_text", size);
  remember("soyuz_text", size);
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
  const size = memory.get("soyuz_text");
  if (size && !document.documentElement.dataset.text) choose_text_size(size);
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
