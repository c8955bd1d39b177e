import { start_bell } from "./bell.ts";
import { start_theme } from "./theme.ts";
import { left_text, localise } from "./time.ts";

/// What every plain page has: the theme, times in the person's zone, passwords that can be shown, forms that are sent
/// once.
export function start_plain_page(): void {
  start_theme();
  start_bell();
  localise(document);
  count_down();
  for (const button of document.querySelectorAll<HTMLElement>("[data-reveal]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.reveal!) as HTMLInputElement;
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
      field.focus();
    });
  }
  suggest_username();
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", () =>
      setTimeout(() => form.querySelectorAll("button").forEach((each) => (each.disabled = true))),
    );
  }
  // A page that comes back from the browser's cache must be usable again.
  addEventListener("pageshow", () => document.querySelectorAll("button").forEach((each) => (each.disabled = false)));
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

/// A door that opens by itself: the time that is left, and the page anew at its end.
function count_down(): void {
  const left = document.querySelector<HTMLElement>("[data-opens]");
  if (left === null) return;
  const end = new Date(left.dataset.opens!).getTime();
  const show = (): void => {
    const rest = end - Date.now();
    left.textContent = `· ${left.dataset.words!.replace("{0}", left_text(rest))}`;
    if (rest > -1000) return;
    clearInterval(timer);
    location.reload();
  };
  const timer = window.setInterval(show, 1000);
  show();
}

/// While no user name has been written, it follows the name: "Sara Khan" suggests "sara.khan".
function suggest_username(): void {
  const name = document.querySelector<HTMLInputElement>('form [name="display_name"]');
  const username = document.querySelector<HTMLInputElement>('form input[name="username"]:not([type="hidden"])');
  if (name === null || username === null || username.value !== "") return;
  let own = false;
  username.addEventListener("input", () => (own = username.value !== ""));
  name.addEventListener("input", () => {
    if (own) return;
    const plain = name.value
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[\u0300-\u036f]/g, "");
    username.value = plain
      .replace(/[^a-z0-9]+/g, ".")
      .replace(/^\.+|\.+$/g, "")
      .slice(0, 50);
  });
}
