import type { Api } from "../shared/api.ts";
import { open_dialog } from "../shared/dialogs.ts";
import { by, el } from "../shared/dom.ts";
import { clock_text } from "../shared/time.ts";
import { ReplayChat, type Line } from "./replay_chat.ts";

/// A recording, with the chat beside it as it was.

const most_lines = 200;

export class Replay {
  private readonly dialog = by<HTMLDialogElement>("replay");
  private readonly picture = by<HTMLVideoElement>("replay-picture");
  private readonly list = by("replay-chat");
  private chat: ReplayChat | null = null;
  private shown = "";

  constructor(
    private readonly api: Api,
    private readonly room: string,
    private readonly last_seq: () => number,
  ) {
    document.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-recording]");
      if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(link);
    });
    for (const name of ["timeupdate", "seeked", "loadedmetadata"])
      this.picture.addEventListener(name, () => void this.follow());
    this.dialog.addEventListener("close", () => this.close());
  }

  private open(link: HTMLAnchorElement): void {
    const begin = new Date(link.querySelector("time")!.dateTime).getTime();
    const path = `/rooms/${encodeURIComponent(this.room)}/messages`;
    this.chat = new ReplayChat(begin, this.last_seq(), (after, limit) =>
      this.api.get(`${path}?after=${after}&limit=${limit}`),
    );
    by("replay-title").textContent = link.textContent;
    this.shown = "";
    this.list.replaceChildren();
    this.picture.src = link.href;
    open_dialog("replay");
    this.picture.play().catch(() => {});
  }

  private close(): void {
    this.chat = null;
    this.picture.pause();
    this.picture.removeAttribute("src");
    this.picture.load();
  }

  private async follow(): Promise<void> {
    const { chat } = this;
    if (chat === null) return;
    let lines: Line[];
    try {
      lines = (await chat.until(this.picture.currentTime * 1000)).slice(-most_lines);
    } catch {
      return; // The next moment asks again.
    }
    const now = lines.map((line) => line.seq).join(" ");
    if (chat !== this.chat || now === this.shown) return;
    this.shown = now;
    this.list.replaceChildren(...lines.map((line) => this.row(line)));
    this.list.scrollTop = this.list.scrollHeight;
  }

  private row(line: Line): HTMLElement {
    return el(
      "li",
      {},
      el("time", { datetime: line.sent_at }, clock_text(new Date(line.sent_at))),
      el("b", { dir: "auto" }, line.sender?.display_name || line.sender?.username || ""),
      el("span", { dir: "auto" }, line.text),
    );
  }
}
