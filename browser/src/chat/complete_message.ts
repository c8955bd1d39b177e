import type { Message } from "../shared/types.ts";

/// A message of an event with everything that events leave out where it is empty or the default: without it, a row
/// that changes would keep what its message no longer has.
export function complete(message: Message): Message {
  const defaults = { deleted: false, by_staff: false, edited_at: null, reply_to: null, reactions: {}, attachments: [] };
  return { ...defaults, moderation: { action: "allow" }, ...message, own_text: undefined };
}
