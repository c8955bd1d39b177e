/// What the chat page loads when it is first wanted.
export { open_emoji } from "../shared/emoji_panel.ts";
export { PersonCard } from "../chat/person_card.ts";
export { Switcher } from "../chat/switcher.ts";
export { Viewer } from "../chat/viewer.ts";
export { Voice } from "../chat/voice.ts";
