import type { Message, Person } from "../../shared/types.ts";

/// A message as events bring it.
export type LiveMessage = Omit<Message, "sender"> & {
  sender: Omit<Person, "display_name"> & { display_name?: string };
};

/// A message of an event with everything that events leave out where it is empty or the default: without it, a row
/// that changes would keep what its message no longer has.
export function complete(message: LiveMessage): Message {
  const defaults = { deleted: false, by_staff: false, edited_at: null, reply_to: null, reactions: {}, attachments: [] };
  const sender = { display_name: message.sender.username, ...message.sender };
  return { ...defaults, moderation: { action: "allow" }, ...message, sender, own_text: undefined };
}
