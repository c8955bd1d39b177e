import { type Api, ApiError } from "../shared/api.ts";
import { open_dialog } from "../shared/dialogs.ts";
import { by, el } from "../shared/dom.ts";
import { error_text } from "../shared/error_text.ts";
import { isolated } from "../shared/numbers.ts";
import { whole_text } from "../shared/time.ts";
import type { Message, Room } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import { excerpt, type Mark } from "./excerpt.ts";

interface Found {
  messages: Message[];
  marks: Mark[][];
  next?: string;
  complete: boolean;
}

interface Parts {
  room(): Room;
  title_of(room: string): string;
  go_to(room: string, seq: number): void;
}

/// Search in the room that is open, or in all that one may read.
export function start_search(api: Api, parts: Parts): (text?: string) => void {
  const form = by<HTMLFormElement>("search-form");
  const field = by<HTMLInputElement>("search-text");
  const where = by<HTMLSelectElement>("search-where");
  const order = by<HTMLSelectElement>("search-order");
  const list = by("search-list");
  const state = by("search-state");
  const more = by("search-more");
  let next = "";
  let asked = 0;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look("");
  });
  for (const choice of [where, order]) choice.addEventListener("change", () => void look(""));
  more.addEventListener("click", () => void look(next));
  list.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a");
    if (link?.dataset.room === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    by<HTMLDialogElement>("search").close();
    parts.go_to(link.dataset.room, Number(link.dataset.seq));
  });

  async function look(page: string): Promise<void> {
    const wanted = field.value.trim();
    if (wanted === "") return;
    const turn = ++asked;
    state.textContent = word("search.looking");
    const query = new URLSearchParams({
      q: wanted,
      limit: "30",
      order: order.value,
      zone: String(-new Date().getTimezoneOffset()),
    });
    if (where.value === "room") query.set("room", parts.room().name);
    if (page !== "") query.set("page", page);
    try {
      const found = await api.get<Found>(`/search?${query}`);
      if (turn === asked) show(found, page !== "");
    } catch (error) {
      if (turn !== asked) return;
      const fields = error instanceof ApiError ? (error.body.fields as Record<string, string> | undefined) : undefined;
      state.textContent = fields?.q ?? error_text(error);
    }
  }

  function show(found: Found, goes_on: boolean): void {
    const rows = found.messages.map((message, place) => row(message, found.marks[place] ?? []));
    const first = rows[0];
    if (goes_on) list.append(...rows);
    else list.replaceChildren(...rows);
    next = found.next ?? "";
    more.hidden = next === "";
    const count = list.childElementCount;
    const told = count === 0 ? word("search.none") : word(next === "" ? "search.found" : "search.found_more", count);
    state.textContent = found.complete ? told : `${told} ${word("search.incomplete")}`;
    if (goes_on) first?.querySelector("a")?.focus();
  }

  function row(message: Message, marks: Mark[]): HTMLElement {
    const about = el("small", {}, el("bdi", {}, message.sender?.display_name ?? ""));
    if (where.value === "all") about.append(" · ", el("bdi", {}, parts.title_of(message.room)));
    about.append(` · ${isolated(whole_text(new Date(message.sent_at)))}`);
    const text = el("p", { dir: "auto" });
    for (const { said, is_marked } of excerpt(message.text, marks))
      text.append(is_marked ? el("mark", {}, said) : said);
    for (const file of message.attachments ?? []) text.append(" ", el("span", { class: "muted" }, file.name));
    const href = `/chat/${encodeURIComponent(message.room)}#m-${message.seq}`;
    const link = el("a", { href, "data-room": message.room, "data-seq": String(message.seq) }, about, text);
    return el("li", {}, link);
  }

  const open = (text = ""): void => {
    open_dialog("search");
    if (text !== "") {
      field.value = text;
      void look("");
    }
    field.focus();
    field.select();
  };
  return open;
}
