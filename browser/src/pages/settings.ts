import { Cropper } from "../settings/cropper.ts";
import { by, el } from "../shared/dom.ts";
import { start_plain_page } from "../shared/plain_page.ts";
import { start_record } from "../settings/moderation_record.ts";
import { choose_look, choose_theme, type Look, type Theme } from "../shared/theme.ts";

/// The settings page: appearance shows at once, and the picture is cut to a square before it is sent.

const largest_bytes = 5 * 1024 * 1024;

start_plain_page();
start_appearance();
start_picture();
start_record();
for (const details of document.querySelectorAll("details[open]")) details.scrollIntoView({ block: "center" });

function start_appearance(): void {
  const announce = document.documentElement.dataset.announce ?? "";
  const choice = document.querySelector<HTMLInputElement>(`[name="announce"][value="${CSS.escape(announce)}"]`);
  if (choice !== null) choice.checked = true;
  by("appearance").addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.name === "theme") choose_theme(field.value as Theme);
    else if (field.name !== "lang") choose_look(field.name as Look, field.value);
    else by<HTMLFormElement>("appearance").requestSubmit();
  });
}

function start_picture(): void {
  const choose = by<HTMLButtonElement>("avatar-choose");
  const box = by("crop-box");
  const error = by("crop-error");
  const cropper = new Cropper(by("crop"), by<HTMLInputElement>("crop-zoom"));
  const input = el("input", { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif" });
  by("avatar-plain").remove();
  choose.hidden = false;

  const say = (what: "failed" | "wrong" | ""): void => {
    error.hidden = what === "";
    error.textContent = what === "" ? "" : (error.dataset[what] ?? "");
  };
  const close = (): void => {
    box.hidden = true;
    input.value = "";
    choose.focus();
  };
  choose.addEventListener("click", () => input.click());
  by("crop-cancel").addEventListener("click", close);
  input.addEventListener("change", () => void show());
  by("crop-save").addEventListener("click", () => void save());

  async function show(): Promise<void> {
    const file = input.files?.[0];
    if (file === undefined) return;
    box.hidden = false;
    say("");
    const good = file.size <= largest_bytes * 4 && (await cropper.load(file));
    if (!good) say("wrong");
    by<HTMLButtonElement>("crop-save").disabled = !good;
    by("crop").focus();
  }

  async function save(): Promise<void> {
    const body = new FormData();
    body.append("avatar", await cropper.square(), "avatar.jpg");
    const token = document.querySelector<HTMLInputElement>('input[name="csrf_token"]')!.value;
    try {
      const answer = await fetch("/api/v1/me/avatar", {
        method: "PUT",
        body,
        headers: { "X-CSRF-Token": token },
        credentials: "same-origin",
      });
      if (!answer.ok)
        return say(answer.status === 415 || answer.status === 413 || answer.status === 422 ? "wrong" : "failed");
      const { avatar_url } = (await answer.json()) as { avatar_url: string };
      by("avatar-now").replaceChildren(
        el("img", { class: "avatar large", src: avatar_url, alt: "", width: "72", height: "72" }),
      );
      by("avatar-remove").hidden = false;
      close();
    } catch {
      say("failed");
    }
  }
}
