import type { Conversation } from "../messages/conversation.ts";
import { by, el, icon } from "../../shared/dom.ts";
import { face } from "../../shared/face.ts";
import type { RoomList } from "./room_list.ts";
import { count_text, isolated } from "../../shared/numbers.ts";
import { word } from "../../shared/words.ts";

/// The line above the messages, and the page's title: which room it is, and what holds in it.
export class RoomHead {
  private readonly instance_name = document.querySelector(".brand bdi")?.textContent ?? "";

  constructor(
    private readonly talk: Conversation,
    private readonly rooms: RoomList,
  ) {}

  show(): void {
    const { title, topic, settings, kind, peer } = this.talk.room;
    by("room-title").textContent = title;
    by("room-topic").textContent = topic ?? "";
    by("room-topic").hidden = !topic;
    const sign = by("room-face");
    sign.hidden = kind !== "direct" || peer === undefined;
    sign.replaceChildren(
      ...(sign.hidden
        ? []
        : [face({ id: "", username: peer!, display_name: title, avatar_url: this.rooms.picture(peer!) })]),
    );
    const chips: HTMLElement[] = [];
    if (settings?.slow_mode_s)
      chips.push(el("span", { class: "chip" }, icon("timer", "small"), word("chat.slow", settings.slow_mode_s)));
    if (settings?.locked) chips.push(el("span", { class: "chip" }, icon("lock", "small"), word("chat.locked")));
    by("chips").replaceChildren(...chips);
    by("start-text").textContent = word(kind === "direct" ? "empty.direct" : "empty.text", title);
    this.show_title();
  }

  show_title(): void {
    const unread = this.rooms.rooms.reduce((sum, room) => sum + room.unread, 0);
    const count = unread > 0 ? `(${count_text(unread)}) ` : "";
    document.title = `${count}${isolated(this.talk.room.title)} · ${isolated(this.instance_name)}`;
  }
}
