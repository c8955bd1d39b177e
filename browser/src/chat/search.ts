import type { Api } from "../shared/api.ts";
import { open_dialog } from "../shared/dialogs.ts";
import { by, el } from "../shared/dom.ts";
import { plain } from "../shared/markdown.ts";
import { isolated } from "../shared/numbers.ts";
import { whole_text } from "../shared/time.ts";
import type { Page } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import { cut } from "../shared/text.ts";

/// Search in the room that is open.
export function start_search(api: Api, room: () => string, go_to: (seq: number) => void): () => void {
  const form = by<HTMLFormElement>("search-form");
  const field = by<HTMLInputElement>("search-text");
  const list = by("search-list");
  const state = by("search-state");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look();
  });
  list.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a");
    if (link === null) return;
    event.preventDefault();
    by<HTMLDialogElement>("search").close();
    go_to(Number(link.hash.slice(3)));
  });

  async function look(): Promise<void> {
    const wanted = field.value.trim();
    if (wanted === "") return;
    state.textContent = word("search.looking");
    try {
      const query = new URLSearchParams({ q: wanted, room: room(), limit: "30" });
      const page = await api.get<Page>(`/search?${query}`);
      state.textContent = page.messages.length === 0 ? word("search.none") : word("search.found", page.messages.length);
      list.replaceChildren(
        ...page.messages.map((message) =>
          el(
            "li",
            {},
            el(
              "a",
              { href: `#m-${message.seq}` },
              el(
                "small",
                {},
                el("bdi", {}, message.sender?.display_name ?? ""),
                ` · ${isolated(whole_text(new Date(message.sent_at)))}`,
              ),
              el("p", { dir: "auto" }, cut(plain(message.text), 240)),
            ),
          ),
        ),
      );
    } catch {
      state.textContent = word("error.unreachable");
    }
  }

  const open = (): void => {
    open_dialog("search");
    field.focus();
    field.select();
  };
  const button = by("open-search");
  button.hidden = false;
  button.addEventListener("click", open);
  return open;
}
