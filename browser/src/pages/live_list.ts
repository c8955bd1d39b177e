import { Api, ApiError } from "../shared/api.ts";
import { by, read_json } from "../shared/dom.ts";
import { start_plain_page } from "../shared/plain_page.ts";
import type { Room } from "../shared/types.ts";
import { word } from "../shared/words.ts";

/// The list of live rooms, and the form that makes one.

start_plain_page();
const api = new Api(read_json<{ csrf: string }>("boot").csrf);
const form = document.getElementById("new-live") as HTMLFormElement | null;
if (form !== null) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void make(form);
  });
}

async function make(form: HTMLFormElement): Promise<void> {
  const fields = new FormData(form);
  const title = String(fields.get("title")).trim();
  const fault = by("new-live-fault");
  fault.hidden = true;
  try {
    const name = title
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40);
    const room = await api.call<Room>("POST", "/rooms", {
      name: name.length >= 2 ? name : `live-${Date.now().toString(36)}`,
      title,
      topic: String(fields.get("topic")).trim(),
      kind: "live",
    });
    const start = String(fields.get("start"));
    if (start !== "")
      await api.call("PATCH", `/live/${encodeURIComponent(room.name)}`, { starts_at: new Date(start).toISOString() });
    location.assign(`/live/${encodeURIComponent(room.name)}`);
  } catch (error) {
    fault.textContent = error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable");
    fault.hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
}
