import type { Api } from "../shared/api.ts";
import { form_error, open_dialog } from "../shared/dialogs.ts";
import { by, el } from "../shared/dom.ts";
import { left_text, server_now, whole_text } from "../shared/time.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";

/// The session has ended: signing in again inside a dialog over the page, so that drafts and the place stay.
export function start_session_dialog(api: Api, back: () => void): void {
  const dialog = by<HTMLDialogElement>("session");
  const form = by<HTMLFormElement>("session-form");
  api.on_signed_out = () => {
    if (!by<HTMLDialogElement>("wall").open) open_dialog("session");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void sign_in();
  });

  async function sign_in(): Promise<void> {
    form_error(form, "");
    const data = new FormData(form);
    try {
      // The page's own form route, because it sets the cookie.
      await api.renew();
      const body = new URLSearchParams({
        username: String(data.get("username")),
        password: String(data.get("password")),
        csrf_token: api.csrf,
        next: "/healthz",
      });
      await fetch("/login", { method: "POST", body, credentials: "same-origin", redirect: "manual" });
      await api.renew();
      const answer = await fetch("/api/v1/me", { credentials: "same-origin" });
      if (!answer.ok) return form_error(form, word(answer.status === 401 ? "session.wrong" : "error.unreachable"));
      form.reset();
      dialog.close();
      back();
    } catch {
      form_error(form, word("error.unreachable"));
    }
  }
}

/// The end of the way: banned, or sent out of the room.
export function show_wall(kind: "banned" | "kicked", reason: string, until: string | null): void {
  by("wall-title").textContent = word(`${kind}.title`);
  by("wall-text").textContent = word(`${kind}.text`);
  by("wall-reason").textContent = reason === "" ? word("banned.no_reason") : reason_word(reason);
  by("wall-appeal").hidden = kind !== "banned";
  const end = until === null ? null : new Date(until);
  by("wall-until").replaceChildren(
    end === null
      ? word(kind === "banned" ? "banned.forever" : "kicked.now")
      : el("time", { datetime: until! }, whole_text(end)),
  );
  if (end !== null) count_down(end);
  document.querySelectorAll<HTMLDialogElement>("dialog[open]").forEach((dialog) => dialog.close());
  open_dialog("wall");
}

/// The door opens by itself when the time is over.
function count_down(end: Date): void {
  const left = el("span", { class: "muted", role: "timer" });
  by("wall-until").append(" · ", left);
  const show = (): void => {
    const rest = end.getTime() - server_now();
    left.textContent = word("muted.left", left_text(rest));
    if (rest > 0) return;
    clearInterval(timer);
    // A ban has ended the session: one signs in over the page, where everything still stands.
    by<HTMLDialogElement>("wall").close();
    open_dialog("session");
  };
  const timer = window.setInterval(show, 1000);
  show();
}
