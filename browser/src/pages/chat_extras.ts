/// What the chat page loads when it is first wanted.
export { open_emoji } from "../shared/emoji_panel.ts";
export { PersonCard } from "../chat/people/person_card.ts";
export { start_search } from "../chat/search.ts";
export { send_edit } from "../chat/writing/edits.ts";
export { NewRoom } from "../chat/rooms/new_room.ts";
export { PutOut } from "../chat/rooms/put_out.ts";
export { Switcher } from "../chat/rooms/switcher.ts";
export { Viewer } from "../chat/messages/viewer.ts";
export { Voice } from "../chat/writing/voice.ts";
