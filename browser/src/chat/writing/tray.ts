import { ApiError, type Api } from "../../shared/api.ts";
import { by, el, icon } from "../../shared/dom.ts";
import type { Message, Verdict } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import { kind_of, size_text } from "../messages/attachments.ts";
import { blocked_text, note } from "./composer_notes.ts";
import { new_id } from "./outbox.ts";

/// The tray above the composer: files that wait to be sent with what is written, and those on their way.

export interface TrayParts {
  api: Api;
  most_bytes: number;
  room(): string;
  /// What stands in the tray of the open room has changed.
  changed(): void;
  give_back(text: string): void;
  posted(message: Message): void;
}

interface Item {
  readonly id: string;
  readonly room: string;
  readonly file: File;
  readonly node: HTMLElement;
  readonly preview: string;
  caption: string;
  sending: AbortController | null;
}

const most_files = 10;

export class Tray {
  private readonly list = by("tray");
  private items: Item[] = [];
  /// One after the other, in the order in which they were chosen: the room reads them in that order.
  private line: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TrayParts) {}

  get takes_files(): boolean {
    return this.parts.most_bytes > 0;
  }

  /// Whether something of the open room waits to be sent.
  get is_waiting(): boolean {
    return this.here().some((item) => item.sending === null);
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      if (file.size > this.parts.most_bytes) {
        note("danger", word("file.too_large"), word("file.most", Math.floor(this.parts.most_bytes / 1048576)));
      } else if (this.here().length >= most_files) {
        note("warn", word("tray.full", most_files), "");
        break;
      } else {
        this.put(file);
      }
    }
    this.show();
    this.list
      .querySelector<HTMLElement>("li:last-child input, li:last-child button")
      ?.scrollIntoView({ block: "nearest" });
  }

  /// Sends what waits in the open room; `text` goes with the first.
  send(text: string): void {
    this.here()
      .filter((item) => item.sending === null)
      .forEach((item, index) => this.send_item(item, index === 0 ? text : ""));
  }

  /// Another room is open: its own files.
  show(): void {
    const here = this.here();
    this.list.replaceChildren(...here.map((item) => item.node));
    this.list.hidden = here.length === 0;
    this.parts.changed();
  }

  private here(): Item[] {
    const room = this.parts.room();
    return this.items.filter((item) => item.room === room);
  }

  private put(file: File): void {
    const is_picture = kind_of(file.type) === "picture";
    const preview = is_picture ? URL.createObjectURL(file) : "";
    const node = el("li", { class: "tray-item" });
    const item: Item = { id: new_id(), room: this.parts.room(), file, node, preview, caption: "", sending: null };
    const sign = is_picture
      ? el("img", { src: preview, alt: "", width: "48", height: "48" })
      : el("span", { class: "file-sign" }, icon("file-text"));
    const about = el(
      "div",
      { class: "tray-about" },
      el("span", { class: "tray-name" }, el("bdi", {}, file.name), el("small", { dir: "ltr" }, size_text(file.size))),
    );
    if (is_picture)
      about.append(
        el("input", {
          class: "tray-alt",
          type: "text",
          dir: "auto",
          maxlength: "500",
          autocomplete: "off",
          placeholder: word("tray.alt"),
          "aria-label": word("tray.alt"),
        }),
      );
    about.append(
      el("progress", { max: "1", value: "0", hidden: "", "aria-label": word("tray.progress") }),
      el("p", { class: "tray-fault", role: "status", hidden: "" }),
    );
    const retry = el("button", { type: "button", class: "button small", hidden: "" }, word("message.try_again"));
    retry.addEventListener("click", () => this.send_item(item, item.caption));
    const remove = el(
      "button",
      { type: "button", class: "icon-button", title: word("tray.remove") },
      icon("x"),
      el("span", { class: "sr" }, word("tray.remove")),
    );
    remove.addEventListener("click", () => this.give_up(item));
    node.append(sign, about, retry, remove);
    this.items.push(item);
  }

  private send_item(item: Item, caption: string): void {
    item.caption = caption;
    item.sending = new AbortController();
    this.dress(item, 0, "");
    this.parts.changed();
    this.line = this.line.then(() => this.deliver(item));
  }

  private async deliver(item: Item): Promise<void> {
    if (item.sending === null || item.sending.signal.aborted) return;
    const body = new FormData();
    body.append("file", item.file, item.file.name);
    body.append("text", item.caption);
    body.append("alt", item.node.querySelector<HTMLInputElement>(".tray-alt")?.value.trim() ?? "");
    body.append("client_id", item.id);
    const path = `/rooms/${encodeURIComponent(item.room)}/files`;
    try {
      const progress = (share: number): void => this.dress(item, share, "");
      this.parts.posted(await this.parts.api.upload<Message>(path, body, progress, item.sending.signal));
      this.forget(item);
    } catch (error) {
      this.failed(item, error instanceof ApiError ? error : null);
    }
  }

  private failed(item: Item, error: ApiError | null): void {
    item.sending = null;
    if (error?.code === "aborted" || !this.items.includes(item)) return;
    if (error?.code === "message_blocked") {
      // The words were the matter, or the file's name: the author has them back.
      this.parts.give_back(item.caption);
      item.caption = "";
      note("danger", word("blocked.title"), blocked_text((error.body.moderation ?? {}) as Verdict));
    }
    this.dress(item, null, error?.message || word("error.unreachable"));
    this.parts.changed();
  }

  private dress(item: Item, share: number | null, fault: string): void {
    const bar = item.node.querySelector("progress")!;
    const line = item.node.querySelector<HTMLElement>(".tray-fault")!;
    bar.hidden = share === null;
    bar.value = share ?? 0;
    line.hidden = fault === "";
    line.textContent = fault;
    item.node.querySelector<HTMLElement>(".button")!.hidden = fault === "";
    item.node.classList.toggle("failed", fault !== "");
  }

  private give_up(item: Item): void {
    item.sending?.abort();
    this.parts.give_back(item.caption);
    this.forget(item);
  }

  private forget(item: Item): void {
    this.items = this.items.filter((each) => each !== item);
    if (item.preview !== "") URL.revokeObjectURL(item.preview);
    this.show();
  }
}
