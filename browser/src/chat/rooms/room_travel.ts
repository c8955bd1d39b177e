import type { Rooms } from "../../contract.ts";
import { announce, toast } from "../../shared/announce.ts";
import type { Api } from "../../shared/api.ts";
import { error_text } from "../../shared/error_text.ts";
import type { Socket } from "../../shared/socket.ts";
import type { Event_, Person, Room } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import type { Composer } from "../writing/composer.ts";
import type { Conversation } from "../messages/conversation.ts";
import type { RoomList } from "./room_list.ts";
import type { Shell } from "../shell.ts";

/// From room to room without leaving the page, and rooms that come and go.

export interface TravelParts {
  api: Api;
  socket: Socket;
  shell: Shell;
  rooms: RoomList;
  talk: Conversation;
  composer: Composer;
  joined(ack: Event_): void;
  /// The room that `talk` names now is open: everything beside the messages turns to it.
  arrived(room: Room): void;
  /// What is known of the open room changed.
  changed(): void;
  show_title(): void;
}

export class RoomTravel {
  constructor(private readonly parts: TravelParts) {
    addEventListener("popstate", () => {
      const name = decodeURIComponent(/^\/chat\/([^/]+)/.exec(location.pathname)?.[1] ?? "");
      if (name !== "" && name !== parts.talk.room.name) void this.open(name, false);
    });
  }

  /// Turns to another room without leaving the page; a failure falls back on the link.
  async open(name: string, push: boolean): Promise<void> {
    const { rooms, shell, talk, composer, socket } = this.parts;
    const room = rooms.find(name);
    shell.close();
    if (room === undefined) return location.assign(`/chat/${encodeURIComponent(name)}`);
    rooms.set_current(room.name);
    if (room.name === talk.room.name) {
      talk.stay();
      composer.hold(false);
      return composer.focus();
    }
    // What is typed while the room loads must not go to the one before.
    composer.hold(true);
    try {
      if (!(await talk.open(room))) return;
    } catch {
      return location.assign(`/chat/${encodeURIComponent(room.name)}`);
    }
    if (push) history.pushState(null, "", `/chat/${encodeURIComponent(room.name)}`);
    composer.hold(false);
    this.parts.arrived(room);
    socket.send("join", { room: room.name, after: talk.last_seq }).then(
      (ack) => this.parts.joined(ack),
      () => {},
    );
    announce(word("rooms.opened", room.title));
    if (!matchMedia("(pointer: coarse)").matches) composer.focus();
  }

  async open_direct(person: Person): Promise<void> {
    await this.enter(() => this.parts.api.call<Room>("POST", "/direct", { username: person.username }));
  }

  async join(room: Room): Promise<void> {
    await this.enter(() => this.parts.api.call<Room>("POST", `/rooms/${encodeURIComponent(room.name)}/join`));
  }

  /// Somebody opened a direct room with this person: followed from now on; what was said meanwhile is unread.
  added(room: Room): void {
    if (this.parts.rooms.find(room.name) !== undefined) return;
    this.parts.rooms.put(room);
    this.follow(room);
  }

  changed(room: Room): void {
    const { rooms, talk } = this.parts;
    rooms.put(room);
    if (!talk.is_here(room.name)) return;
    Object.assign(talk.room, room);
    this.parts.changed();
  }

  gone(name: string): void {
    const { rooms, talk } = this.parts;
    rooms.remove(name);
    if (talk.is_here(name) && rooms.rooms[0]) void this.open(rooms.rooms[0].name, true);
  }

  /// Rooms that one is not in: asked for when the page has come to rest, because nobody waits for them.
  async load_others(): Promise<void> {
    try {
      const answer = await this.parts.api.get<Rooms>("/rooms");
      this.parts.rooms.offer(answer.rooms.filter((room) => room.joined === false && room.kind === "public"));
    } catch {
      // The list of one's own rooms is what matters.
    }
  }

  private async enter(ask: () => Promise<Room>): Promise<void> {
    try {
      const room = await ask();
      this.parts.rooms.put(room);
      await this.open(room.name, true);
    } catch (error) {
      toast(error_text(error));
    }
  }

  private follow(room: Room): void {
    const { socket, rooms, talk } = this.parts;
    const known_to = room.last_seq;
    socket.send("join", { room: room.name }).then(
      (ack) => {
        rooms.heard_online(room.name, Number(ack.online));
        const listed = rooms.find(room.name);
        const last_seq = Number(ack.last_seq ?? 0);
        const is_news = listed?.last_seq === known_to && last_seq > known_to;
        if (listed === undefined || talk.is_here(room.name) || !is_news) return;
        rooms.put({ ...listed, last_seq, unread: listed.unread + last_seq - known_to });
        this.parts.show_title();
      },
      () => {},
    );
  }
}
