import { type Api, ApiError } from "../shared/api.ts";
import { word } from "../shared/words.ts";
import { minutes_of } from "./minutes.ts";

/// Buttons and forms that call the API: `data-api` names method and path, `data-body` a fixed body, `data-ask` a
/// question before, `data-then` what follows: "open" what was made, "saved" a word, "code" what links an account, an address to go to, or nothing.

export function start_forms(root: ParentNode, api: Api, changed: () => void): void {
  root.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.api === undefined) return;
    event.preventDefault();
    void send(form, api, body_of(form), changed);
  });
  root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-api]");
    if (button === null) return;
    if (button.dataset.ask !== undefined && !confirm(button.dataset.ask)) return;
    const body = button.dataset.body === undefined ? undefined : (JSON.parse(button.dataset.body) as unknown);
    void send(button, api, body, changed);
  });
}

/// What the fields say: numbers, lists, times and switches as such, a secret only where one was written.
export function body_of(form: HTMLFormElement): Record<string, unknown> {
  let body: Record<string, unknown> = {};
  for (const field of form.querySelectorAll<HTMLInputElement>("[name]")) {
    const value = field.value.trim();
    if (field.dataset.type === "number") body[field.name] = Number(value);
    else if (field.dataset.type === "flag") body[field.name] = field.checked;
    else if (field.dataset.type === "minutes") body[field.name] = minutes_of(value);
    else if (field.dataset.type === "zone") body[field.name] = -new Date().getTimezoneOffset();
    else if (field.dataset.type === "list") body[field.name] = value.split(/[\s,]+/).filter((each) => each !== "");
    else if (field.dataset.type !== "secret" || value !== "") body[field.name] = value;
  }
  for (const name of (form.dataset.within ?? "").split(".").reverse()) if (name !== "") body = { [name]: body };
  return body;
}

async function send(from: HTMLElement, api: Api, body: unknown, changed: () => void): Promise<void> {
  const [method, path] = from.dataset.api!.split(" ") as [string, string];
  const around = from.closest("form") ?? from.parentElement!;
  const fault = around.querySelector<HTMLElement>(".error");
  const saved = around.querySelector<HTMLElement>(".saved");
  for (const each of [fault, saved]) if (each !== null) each.hidden = true;
  const buttons = from instanceof HTMLButtonElement ? [from] : [...from.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    const made = await api.call<{ id?: string; code?: string }>(method, path, body);
    const then = from.dataset.then ?? "";
    if (then === "open" && made.id !== undefined) return location.assign(`/streams/${encodeURIComponent(made.id)}`);
    if (then.startsWith("/")) return location.assign(then);
    if ((then === "saved" || then === "code") && saved !== null) {
      saved.textContent = then === "code" ? `/link ${made.code ?? ""}` : word("settings.saved");
      saved.hidden = false;
    } else if (from instanceof HTMLFormElement) from.reset();
    changed();
  } catch (error) {
    const text = said(error);
    if (fault !== null) {
      fault.textContent = text;
      fault.hidden = false;
    } else alert(text);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function said(error: unknown): string {
  if (!(error instanceof ApiError) || error.message === "") return word("error.unreachable");
  const fields = (error.body.fields ?? {}) as Record<string, string>;
  return Object.values(fields)[0] ?? error.message;
}
