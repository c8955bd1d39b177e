import { ChatPage } from "../chat/chat_page.ts";
import { LivePage } from "../live/live_page.ts";
import type { LiveBoot } from "../live/shapes.ts";
import { read_json } from "../shared/dom.ts";
import type { Boot } from "../shared/types.ts";

const boot = read_json<Boot & { live: LiveBoot }>("boot");
const chat = new ChatPage(boot);
if (boot.live.view === "") new LivePage(chat, boot.live);
