import { search_key } from "../shared/text.ts";
import type { Invite } from "../contract.ts";
import { Api, ApiError } from "../shared/api.ts";
import { form_error, start_dialogs } from "../shared/dialogs.ts";
import { by, read_json } from "../shared/dom.ts";
import { start_plain_page } from "../shared/plain_page.ts";

/// The administration page: settings are saved without leaving it, people are changed in their rows.

const boot = read_json<{ csrf: string; saved: string; copied: string; failed: string }>("boot");
const api = new Api(boot.csrf);
const text_of = (error: unknown): string =>
  error instanceof ApiError && error.message !== "" ? error.message : boot.failed;

start_plain_page();
start_dialogs();
start_settings();
start_people();
start_sanctions();
start_invites();
start_copying();

function say(text: string): void {
  const place = by("saved");
  place.textContent = "";
  const line = document.createElement("p");
  line.className = "alert good";
  line.textContent = text;
  place.append(line);
  place.scrollIntoView({ block: "nearest" });
}

function start_settings(): void {
  const form = by<HTMLFormElement>("settings-form");
  const values = by<HTMLDetailsElement>("spam-values");
  form.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.name === "spam.preset") values.open = field.value === "custom";
    // A value of one's own is no preset any more.
    else if (field.name.startsWith("spam."))
      form.querySelector<HTMLInputElement>('input[value="custom"]')!.checked = true;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });

  async function save(): Promise<void> {
    for (const field of form.querySelectorAll<HTMLInputElement>("[name]")) mark(field, "");
    try {
      await api.call("PATCH", "/settings", patch_of(new FormData(form)));
      say(boot.saved);
    } catch (error) {
      const fields = error instanceof ApiError ? (error.body.fields as Record<string, string> | undefined) : undefined;
      for (const [name, reason] of Object.entries(fields ?? {})) {
        const field = form.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`);
        if (field !== null) mark(field, reason);
      }
      if (fields === undefined) say(text_of(error));
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    } finally {
      setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = false)));
    }
  }
}

function mark(field: HTMLInputElement, reason: string): void {
  const box = field.closest(".field");
  field.toggleAttribute("aria-invalid", false);
  box?.querySelector(".error")?.remove();
  box?.classList.toggle("has-error", reason !== "");
  if (reason === "" || box === null || box === undefined) return;
  field.setAttribute("aria-invalid", "true");
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = reason;
  box.append(line);
}

/// The form's fields in the shape of the settings: dots lead into objects, and a preset stands for its own values.
function patch_of(data: FormData): Record<string, unknown> {
  const patch: Record<string, unknown> = { members_create_rooms: data.has("members_create_rooms") };
  const spam: Record<string, unknown> = {};
  const preset = String(data.get("spam.preset"));
  for (const [name, value] of data) {
    const text = String(value).trim();
    if (name === "csrf_token" || name.startsWith("members_create_rooms")) continue;
    if (name === "spam.bans_s") spam.bans_s = text.split(",").map((each) => Number(each.trim()));
    else if (name === "spam.preset") spam.preset = text;
    else if (name.startsWith("spam.")) spam[name.slice(5)] = Number(text);
    else patch[name] = /^(name|purpose|registration|direct_policy)$/.test(name) ? text : Number(text);
  }
  patch.spam = preset === "custom" ? spam : { preset };
  return patch;
}

function start_people(): void {
  const rows = by("people-rows");
  const error_line = by("people-error");
  const dialog = by<HTMLDialogElement>("sanction-dialog");
  const form = by<HTMLFormElement>("sanction");
  const filter = by<HTMLInputElement>("people-filter");
  let kind = "mutes";
  let username = "";

  filter.hidden = false;
  filter.addEventListener("input", () => {
    const wanted = search_key(filter.value.trim());
    for (const row of rows.children) (row as HTMLElement).hidden = !search_key(row.textContent ?? "").includes(wanted);
  });
  rows.querySelectorAll<HTMLSelectElement>("[data-role]").forEach((select) => (select.disabled = false));
  rows.querySelectorAll<HTMLElement>("[data-sanction]").forEach((button) => (button.hidden = false));
  rows.addEventListener("change", (event) => {
    const select = event.target as HTMLSelectElement;
    const name = select.closest<HTMLElement>("[data-username]")!.dataset.username!;
    error_line.hidden = true;
    api.call("PATCH", `/users/${encodeURIComponent(name)}`, { role: select.value }).then(
      () => say(boot.saved),
      (error: unknown) => {
        error_line.textContent = text_of(error);
        error_line.hidden = false;
      },
    );
  });
  rows.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-sanction]");
    const row = button?.closest<HTMLElement>("[data-username]");
    if (!button || !row) return;
    kind = button.dataset.sanction!;
    username = row.dataset.username!;
    form.reset();
    form_error(form, "");
    const title = by("sanction-title");
    title.textContent = title.dataset[kind] ?? "";
    by("sanction-submit").textContent = title.textContent;
    by("sanction-who").textContent = row.dataset.name ?? username;
    dialog.showModal();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const minutes = by<HTMLSelectElement>("sanction-minutes").value;
    const body = {
      username,
      reason: by<HTMLInputElement>("sanction-reason").value.trim(),
      ...(minutes === "" ? {} : { minutes: Number(minutes) }),
    };
    api.call("POST", `/${kind}`, body).then(
      () => location.assign("/admin?saved=people"),
      (error: unknown) => {
        form.querySelectorAll("button").forEach((button) => (button.disabled = false));
        form_error(form, text_of(error));
      },
    );
  });
}

function start_sanctions(): void {
  for (const button of by("sanction-rows").querySelectorAll<HTMLElement>("[data-lift]")) {
    button.hidden = false;
    const row = button.closest<HTMLElement>("[data-username]")!;
    button.addEventListener("click", () => {
      api.call("DELETE", `/${row.dataset.kind}/${encodeURIComponent(row.dataset.username!)}`).then(
        () => {
          row.remove();
          say(boot.saved);
        },
        (error: unknown) => say(text_of(error)),
      );
    });
  }
}

function start_invites(): void {
  by("invite-new").hidden = false;
  by("make-invite").addEventListener("click", () => {
    api.call<Invite>("POST", "/rooms/lobby/invites", {}).then(
      (invite) => {
        by("invite-new").hidden = true;
        by("invite-made").hidden = false;
        by("invite-url").textContent = invite.url;
        by("invite-copy").dataset.copy = invite.url;
        const picture = by<HTMLImageElement>("invite-qr");
        picture.hidden = !invite.qr_svg_url;
        if (invite.qr_svg_url) picture.src = invite.qr_svg_url;
      },
      (error: unknown) => say(text_of(error)),
    );
  });
}

function start_copying(): void {
  // The clipboard is there on secure pages only; elsewhere the address can be marked by hand.
  const can_copy = navigator.clipboard !== undefined;
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    button.hidden = !can_copy;
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(button.dataset.copy ?? "").then(() => say(boot.copied));
    });
  }
}
