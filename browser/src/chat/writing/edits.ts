import { ApiError, type Api } from "../../shared/api.ts";
import type { Appeals } from "../../shared/appeals.ts";
import type { Message, Verdict } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import type { Composer } from "./composer.ts";
import { blocked_text, note } from "./composer_notes.ts";
import type { Timeline } from "../messages/timeline.ts";

/// Sends an edited text; where the server says no, the author gets it back with the reason.
export async function send_edit(
  parts: { api: Api; appeals: Appeals; composer: Composer; timeline: Timeline },
  message: Message,
  text: string,
): Promise<void> {
  const { api, appeals, composer, timeline } = parts;
  try {
    const fresh = await api.call<Message>("PATCH", `/messages/${encodeURIComponent(message.id)}`, { text });
    if (fresh.id === message.id) timeline.update(fresh);
  } catch (error) {
    const why = error instanceof ApiError ? error : null;
    const blocked = why?.code === "message_blocked";
    const case_id = blocked ? String(why!.body.case_id ?? "") : "";
    const edit_again = {
      label: word("message.edit"),
      run: () => {
        composer.edit(message);
        composer.field.value = text;
      },
    };
    note(
      "danger",
      word(blocked ? "blocked.title" : "edit.failed"),
      blocked ? blocked_text((why!.body.moderation ?? {}) as Verdict) : why?.message || word("error.unreachable"),
      case_id === "" ? [edit_again] : [edit_again, { label: word("appeal.open"), run: () => appeals.open(case_id) }],
    );
  }
}
