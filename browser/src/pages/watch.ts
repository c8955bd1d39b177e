import { Api } from "../shared/api.ts";
import { read_json } from "../shared/dom.ts";
import { start_plain_page } from "../shared/plain_page.ts";
import { browser_surroundings, Socket } from "../shared/socket.ts";
import { start_forms } from "../watch/forms.ts";
import { enable, refresh_soon } from "../watch/fresh.ts";

/// The pages of watched streams: forms that call the API, and parts that follow what happens.

const refresh_ms = 15_000;

start_plain_page();
const api = new Api(read_json<{ csrf: string }>("boot").csrf);
start_forms(document, api, refresh_soon);
enable(document);

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-filter]"))
  form.addEventListener("change", () => form.requestSubmit());

const socket = new Socket(browser_surroundings());
for (const event of ["stream", "notification", "notification_update"])
  socket.on(event, () => {
    refresh_soon();
    document.dispatchEvent(new Event("soyuz:notification"));
  });
socket.start();
// Pictures are new without anybody saying so.
setInterval(() => {
  if (document.visibilityState === "visible") refresh_soon();
}, refresh_ms);
