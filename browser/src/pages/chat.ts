import { ChatPage } from "../chat/chat_page.ts";
import { read_json } from "../shared/dom.ts";
import type { Boot } from "../shared/types.ts";

new ChatPage(read_json<Boot>("boot"));
