import { complete, type LiveMessage } from "./messages/complete_message.ts";
import { count_text } from "../shared/numbers.ts";
import { is_staff } from "../shared/roles.ts";
import { reasons_text } from "../shared/verdict_text.ts";
import type { Actions } from "./messages/actions.ts";
import { toast } from "../shared/announce.ts";
import type { Composer } from "./writing/composer.ts";
import type { Conversation } from "./messages/conversation.ts";
import { el } from "../shared/dom.ts";
import type { Pending } from "./writing/pending.ts";
import type { OwnNotes } from "./messages/message_notes.ts";
import type { People } from "./people/people.ts";
import type { RoomList } from "./rooms/room_list.ts";
import type { Socket } from "../shared/socket.ts";
import type { StatusBar } from "../shared/status_bar.ts";
import type { Typing } from "./typing.ts";
import type { Event_, Message, Person, Room, Verdict } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import { server_now, set_server_time } from "../shared/time.ts";

/// What each event of the socket does to the page.

export interface EventParts {
  me: Person;
  version: string;
  socket: Socket;
  rooms: RoomList;
  talk: Conversation;
  people: People;
  typing: Typing;
  composer: Composer;
  pending: Pending;
  actions: Actions;
  status: StatusBar;
  own: OwnNotes;
  joined(ack: Event_): void;
  show_title(): void;
  load_people(): void;
  room_added(room: Room): void;
  room_changed(room: Room): void;
  room_gone(name: string): void;
  close_composer(code: string, event: Event_): void;
  wall(kind: "banned" | "kicked", event: Event_): void;
}

export class Events {
  private greeted = false;
  private alerted_at = 0;
  private ask_timer = 0;

  constructor(private readonly parts: EventParts) {
    const { socket, talk, people, typing, composer, me } = parts;
    const here = (event: Event_): boolean => talk.is_here(event.room);
    socket.on("hello", (event) => this.hello(event));
    socket.on("message", (event) => this.message(complete(event.message as LiveMessage)));
    socket.on("message_edited", (event) => this.edited(complete(event.message as LiveMessage)));
    socket.on("message_deleted", (event) => {
      if (here(event)) this.deleted(event);
      const room = parts.rooms.find(event.room);
      if (room && room.unread > 0 && Number(event.seq) > room.last_seq - room.unread) parts.rooms.uncount_unread(room);
      parts.show_title();
    });
    socket.on("reaction", (event) => here(event) && this.reaction(event));
    socket.on("typing", (event) => {
      if (here(event) && event.username !== me.username) typing.set(String(event.username), event.on === true);
    });
    socket.on("presence", (event) => {
      parts.rooms.heard_online(event.room, Number(event.online));
      if (here(event)) this.presence(event);
    });
    for (const kind of ["delivered", "read"] as const)
      socket.on(kind, (event) => here(event) && talk.marked(kind, String(event.username), Number(event.seq)));
    socket.on("read", (event) => event.username === me.username && this.read(event));
    socket.on("resync", (event) => here(event) && void talk.catch_up());
    socket.on("system", (event) => this.system(event, here(event)));
    socket.on("moderation_warning", (event) => parts.own.warned(event));
    socket.on("moderation_decision", (event) => this.decision(event));
    socket.on("moderation_case", (event) => this.show_open(Number(event.open)));
    socket.on("moderation_alert", (event) => this.alert(event));
    socket.on("muted", (event) => parts.close_composer("muted", event));
    socket.on("unmuted", () => composer.open("muted"));
    socket.on("banned", (event) => {
      if (event.automatic !== true) return parts.wall("banned", event);
      composer.hold_sending(new Date(String(event.until)).getTime() - server_now());
    });
    socket.on("unbanned", () => {
      composer.hold_sending(0);
      parts.pending.outbox.hurry();
    });
    socket.on("kicked", (event) => this.kicked(event));
    socket.on("room_added", (event) => parts.room_added(event.room as Room));
    socket.on("room_changed", (event) => parts.room_changed(event.room as Room));
    socket.on("room_removed", (event) => parts.room_gone(String(event.room)));
    socket.on("user_changed", (event) => people.put(event.user as Person));
  }

  /// How many cases wait for a moderator.
  show_open(open: number): void {
    const mark = document.getElementById("open-cases");
    if (mark === null || Number.isNaN(open)) return;
    mark.hidden = open === 0;
    mark.replaceChildren(count_text(open), el("span", { class: "sr" }, ` ${word("mod.waiting")}`));
  }

  message(message: Message): void {
    const { talk, typing, pending, rooms, me } = this.parts;
    const mine = message.sender?.username === me.username;
    const here = talk.is_here(message.room);
    if (message.sender) typing.set(message.sender.username, false);
    if (mine && (message.moderation?.reasons ?? []).includes("self_harm")) this.parts.own.care();
    pending.arrived(message);
    const room = rooms.find(message.room);
    if (room && message.seq > room.last_seq) {
      room.last_seq = message.seq;
      rooms.stir(room, message.sent_at);
    }
    if (here) talk.receive(message);
    const unseen = !here || document.hidden || !talk.timeline.at_end;
    if (room && unseen && !mine) rooms.count_unread(room, (message.mentions ?? []).includes(me.username));
    this.parts.show_title();
  }

  /// A new connection: follow all rooms; the open one from where its history ends.
  private hello(event: Event_): void {
    const { socket, rooms, talk, pending, status, version } = this.parts;
    if (Array.isArray(event.rooms)) rooms.replace(event.rooms as Room[]);
    socket.send("join", { room: talk.room.name, after: talk.last_seq }).then(
      (ack) => this.parts.joined(ack),
      () => {},
    );
    for (const room of rooms.rooms.slice(0, 100)) {
      if (room.name === talk.room.name) continue;
      socket.send("join", { room: room.name }).then(
        (ack) => rooms.heard_online(room.name, Number(ack.online)),
        () => {},
      );
    }
    if (this.greeted) {
      void talk.catch_up();
      talk.refresh().catch(() => {});
    }
    this.greeted = true;
    pending.outbox.resume();
    const server = event.server as { version?: string; time?: string } | undefined;
    set_server_time(server?.time);
    if (server?.version && version && server.version !== version) status.new_version(() => location.reload());
  }

  private presence(event: Event_): void {
    const unknown = this.parts.people.presence(Number(event.online), names(event.joined), names(event.left));
    // A class that comes in together is asked for once.
    if (unknown)
      this.ask_timer ||= window.setTimeout(
        () => {
          this.ask_timer = 0;
          this.parts.load_people();
        },
        500 + 1500 * Math.random(),
      );
  }

  private edited(message: Message): void {
    const { talk } = this.parts;
    if (!talk.is_here(message.room)) return;
    talk.flush();
    talk.timeline.update(message);
  }

  private deleted(event: Event_): void {
    const { talk } = this.parts;
    talk.flush();
    const message = talk.timeline.find(String(event.id));
    if (message === undefined) return;
    const mine = message.sender?.username === this.parts.me.username;
    const own_text = mine && event.by_staff === true ? { own_text: message.text } : {};
    talk.timeline.update({
      ...message,
      ...own_text,
      deleted: true,
      by_staff: event.by_staff === true,
      text: "",
      reactions: {},
    });
  }

  private reaction(event: Event_): void {
    this.parts.talk.flush();
    this.parts.actions.apply_reaction(String(event.id), String(event.emoji), String(event.username), event.on === true);
  }

  /// A word from the server; where somebody may be in need it stays until it is closed.
  private system(event: Event_, here: boolean): void {
    if (event.key === "help.self_harm") this.parts.own.care();
    else if (event.room === undefined || event.room === null || here) toast(String(event.text), undefined, 8000);
  }

  /// Read on another device or page of the same person.
  private read(event: Event_): void {
    const { rooms } = this.parts;
    const room = rooms.find(event.room);
    if (room && Number(event.seq) >= room.last_seq) rooms.clear_unread(room.name);
    this.parts.show_title();
  }

  private kicked(event: Event_): void {
    const { rooms, talk, wall } = this.parts;
    if (event.room === undefined) return wall("kicked", event);
    rooms.remove(String(event.room));
    if (talk.is_here(event.room)) wall("kicked", event);
  }

  /// A moderator decided about something of one's own; what was restored comes with it.
  private decision(event: Event_): void {
    const { talk, own } = this.parts;
    const message = event.message === undefined ? undefined : complete(event.message as LiveMessage);
    if (message !== undefined && talk.is_here(message.room)) {
      talk.flush();
      if (talk.timeline.find(message.id) === undefined) talk.receive(message);
      else talk.timeline.update(message);
    }
    own.decided(event);
  }

  /// Staff hear that something was held back or marked; not more often than every five seconds.
  private alert(event: Event_): void {
    if (!is_staff(this.parts.me) || Date.now() - this.alerted_at < 5000) return;
    this.alerted_at = Date.now();
    const room = this.parts.rooms.find(event.room);
    const key = event.action === "block" ? "alert.blocked" : "alert.flagged";
    const look = {
      label: word("alert.look"),
      run: () =>
        location.assign(`/moderation${event.case_id ? `#case-${encodeURIComponent(String(event.case_id))}` : ""}`),
    };
    toast(
      word(key, String(event.username), room?.title || room?.name || "", reasons_text(event as Verdict)),
      look,
      8000,
    );
  }
}

function names(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
