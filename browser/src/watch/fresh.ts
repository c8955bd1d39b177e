import { localise } from "../shared/time.ts";

/// Parts of the page that the server knows better by now: they are fetched again and put in place of the old ones, unless
/// somebody is at work in them.

let pending = 0;

/// Soon: what happens in a row is fetched once.
export function refresh_soon(): void {
  clearTimeout(pending);
  pending = window.setTimeout(() => void refresh(), 300);
}

/// The page as the server makes it now; null where it can't be had. As a document of its own: nothing in it runs.
function fetch_page(): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.responseXML : null);
    request.onerror = () => resolve(null);
    request.open("GET", location.href);
    request.send();
  });
}

export async function refresh(): Promise<void> {
  const page = await fetch_page();
  if (page === null) return;
  for (const old of document.querySelectorAll<HTMLElement>("[data-fresh]")) {
    const fresh = page.getElementById(old.id);
    if (fresh === null || fresh.textContent === old.textContent) {
      renew_pictures(old);
      continue;
    }
    const focused = document.activeElement;
    const is_busy = focused !== null && old.contains(focused) && focused.matches("input, select, textarea");
    if (is_busy) continue;
    const place = focused === null ? "" : ((focused as HTMLElement).dataset.api ?? focused.getAttribute("href") ?? "");
    const held = old.contains(focused);
    old.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    enable(old);
    localise(old);
    // Who was there with the keyboard stays there.
    if (held && place !== "")
      old.querySelector<HTMLElement>(`[data-api="${CSS.escape(place)}"], [href="${CSS.escape(place)}"]`)?.focus();
  }
}

/// Buttons that need the script work from now on.
export function enable(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-api]")) button.disabled = false;
}

function renew_pictures(root: ParentNode): void {
  for (const picture of root.querySelectorAll<HTMLImageElement>(".watch-picture img, .watch-screen img"))
    picture.src = `${picture.src.split("?")[0]}?${Date.now()}`;
}
