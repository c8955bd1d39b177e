import { toast } from "../shared/announce.ts";
import { ApiError, type Api } from "../shared/api.ts";
import { by } from "../shared/dom.ts";
import { blocked_text, note } from "./composer_notes.ts";
import type { Message, Verdict } from "../shared/types.ts";
import { word } from "../shared/words.ts";

/// Files: chosen, pasted or dropped, sent with what stands in the composer.

export interface FileParts {
  api: Api;
  most_bytes: number;
  room(): string;
  take_text(): string;
  give_back(text: string): void;
  posted(message: Message): void;
}

export function start_files(parts: FileParts): void {
  const input = by<HTMLInputElement>("file");
  const button = by("attach");
  const form = by("composer");
  if (parts.most_bytes <= 0) return;
  button.hidden = false;
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    send_all(input.files ?? []);
    input.value = "";
  });
  by("compose").addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    send_all(files);
  });
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  for (const type of ["dragleave", "drop"]) form.addEventListener(type, () => form.classList.remove("dropping"));
  form.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    send_all(files);
  });

  // One after the other, in the order in which they were chosen: the server works on two of a person at a time.
  let last: Promise<void> = Promise.resolve();
  function send_all(files: Iterable<File>): void {
    const room = parts.room();
    for (const file of [...files]) last = last.then(() => send(file, room));
  }

  async function send(file: File, room: string): Promise<void> {
    if (file.size > parts.most_bytes) {
      note("danger", word("file.too_large"), word("file.most", Math.floor(parts.most_bytes / 1048576)));
      return;
    }
    const text = parts.take_text();
    const body = new FormData();
    body.append("file", file, file.name);
    body.append("text", text);
    const done = toast(word("file.sending", file.name), undefined, 600_000);
    try {
      parts.posted(await parts.api.call<Message>("POST", `/rooms/${encodeURIComponent(room)}/files`, body));
    } catch (error) {
      parts.give_back(text);
      const why = error instanceof ApiError ? error : null;
      const blocked = why?.code === "message_blocked";
      const reason = blocked
        ? blocked_text((why!.body.moderation ?? {}) as Verdict)
        : why?.message || word("error.unreachable");
      note("danger", word(blocked ? "blocked.title" : "file.failed"), reason, [
        { label: word("message.try_again"), run: () => send_all([file]) },
      ]);
    } finally {
      done();
    }
  }
}
