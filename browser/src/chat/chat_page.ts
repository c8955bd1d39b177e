import { start_bell } from "../shared/bell.ts";
import { error_text } from "../shared/error_text.ts";
import type { Members, Rooms } from "../contract.ts";
import { is_staff } from "../shared/roles.ts";
import { copy_text } from "../shared/clipboard.ts";
import { Actions } from "./actions.ts";
import { announce, toast } from "../shared/announce.ts";
import { Appeals } from "../shared/appeals.ts";
import { Api, ApiError } from "../shared/api.ts";
import { start_check } from "./text_check.ts";
import { Composer } from "./composer.ts";
import { Conversation } from "./conversation.ts";
import { start_dialogs } from "../shared/dialogs.ts";
import { by, el, icon } from "../shared/dom.ts";
import { close_emoji, open_emoji } from "../shared/emoji.ts";
import { Events } from "./events.ts";
import { start_files } from "./files.ts";
import { Invites } from "./invites.ts";
import { start_keys } from "./keys.ts";
import { blocked_text, note } from "./composer_notes.ts";
import { OwnNotes } from "./message_notes.ts";
import { Pending } from "./pending.ts";
import { People } from "./people.ts";
import { RoomMenu } from "./room_menu.ts";
import { RoomList } from "./room_list.ts";
import { start_search } from "./search.ts";
import { show_wall, start_session_dialog } from "./session_dialog.ts";
import { Shell } from "./shell.ts";
import { browser_surroundings, Socket } from "../shared/socket.ts";
import { browser_ways } from "../shared/ways.ts";
import { ConnectionDetails } from "./connection_details.ts";
import { start_new_room, start_person_sheet } from "./staff_dialogs.ts";
import { StatusBar } from "../shared/status_bar.ts";
import { start_theme } from "../shared/theme.ts";
import { Typing } from "./typing.ts";
import type { Boot, Event_, Message, Person, Room, Verdict } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import { server_now, set_server_time } from "../shared/time.ts";

/// A connection that the network took along says nothing: it is made anew.
const answer_within_ms = 1000;

/// The chat page: makes its parts and connects them with the socket's events.
export class ChatPage {
  readonly me: Boot["user"];
  readonly api: Api;
  readonly socket: Socket;
  private readonly shell: Shell;
  private readonly people: People;
  private readonly rooms: RoomList;
  private readonly talk: Conversation;
  private readonly typing: Typing;
  private readonly composer: Composer;
  private readonly appeals: Appeals;
  private readonly pending: Pending;
  private readonly actions: Actions;
  private readonly status: StatusBar;
  private readonly details: ConnectionDetails;
  private readonly open_person: ReturnType<typeof start_person_sheet>;
  private readonly open_search: ReturnType<typeof start_search>;
  private readonly room_menu: RoomMenu;
  private readonly invites: Invites;
  private readonly own: OwnNotes;
  private readonly events: Events;
  private readonly instance_name = document.querySelector(".brand bdi")?.textContent ?? "";

  constructor(private readonly boot: Boot) {
    set_server_time(boot.time);
    this.me = boot.user;
    this.api = new Api(this.boot.csrf);
    const ways = browser_ways();
    this.socket = new Socket(browser_surroundings(ways));
    this.details = new ConnectionDetails(this.socket, ways);
    this.shell = new Shell();
    this.people = new People(this.me.username, (person) => this.open_person(person));
    this.rooms = new RoomList(
      this.boot.rooms,
      (name) => void this.open_room(name, true),
      (room) => void this.join_room(room),
    );
    this.talk = new Conversation(
      this.boot.room,
      this.me.username,
      this.api,
      this.socket,
      (name) => this.people.role_of(name),
      (name) => {
        this.rooms.clear_unread(name);
        this.show_title();
      },
    );
    this.typing = new Typing((name) => this.people.name_of(name));
    this.composer = new Composer(this.me.id || this.me.username, this.boot.limits?.text ?? 4000, {
      send: (text, reply_to) => this.pending.send(text, reply_to),
      edit: (message, text) => void this.edit(message, text),
      typing: (on) => this.socket.tell("typing", { room: this.talk.room.name, on }),
      edit_last: () => this.actions.edit_last(),
      people: (start) => this.people.matching(start, 6),
    });
    this.appeals = new Appeals(this.api);
    this.pending = new Pending(this.me, this.talk, this.composer, this.socket, this.appeals, (code, error) =>
      this.close_composer(code, error.event),
    );
    this.actions = new Actions(this.me, this.api, this.talk, this.composer);
    this.status = new StatusBar(
      () => this.socket.now(),
      () => this.pending.outbox.entries.length,
    );
    this.open_person = start_person_sheet(this.me, this.api, {
      mention: (person) => this.composer.insert(`@${person.username} `),
      message: (person) => void this.open_direct(person),
      leaves_room: () => (this.talk.room.kind === "live" ? this.talk.room.name : null),
    });
    this.open_search = start_search(this.api, {
      room: () => this.talk.room,
      title_of: (room) => this.rooms.find(room)?.title ?? room,
      go_to: (room, seq) => void this.go_to(room, seq).catch(() => {}),
    });

    start_theme();
    start_bell();
    start_dialogs();
    start_session_dialog(this.api, () => this.socket.now());
    this.invites = new Invites(this.api, () => this.talk.room);
    this.room_menu = new RoomMenu({
      api: this.api,
      may_manage: () => this.may_manage(),
      may_invite: () => this.may_manage(),
      search: () => this.open_search(),
      room: () => this.talk.room,
      invite: () => void this.invites.open(),
      changed: (room) => this.on_room_changed(room),
      gone: (name) => this.on_room_gone(name),
    });
    start_files({
      api: this.api,
      most_bytes: this.boot.limits?.file ?? 0,
      room: () => this.talk.room.name,
      take_text: () => this.composer.take(),
      give_back: (text) => this.composer.give_back(text),
      posted: (message) => this.events.message(message),
    });
    start_new_room(this.api, this.me.role !== "guest", (room) => {
      this.rooms.put({ ...room, can_manage: true });
      void this.open_room(room.name, true);
    });
    start_keys({
      rooms: this.rooms,
      composer: this.composer,
      timeline: this.talk.timeline,
      open_room: (name) => void this.open_room(name, true),
      open_search: () => this.open_search(),
      close_drawers: () => this.shell.close(),
    });
    this.own = new OwnNotes(this.me.username, this.api, this.appeals, this.talk, this.actions);
    this.events = new Events({
      me: this.me,
      version: this.boot.version,
      socket: this.socket,
      rooms: this.rooms,
      talk: this.talk,
      people: this.people,
      typing: this.typing,
      composer: this.composer,
      pending: this.pending,
      actions: this.actions,
      status: this.status,
      own: this.own,
      joined: (ack) => this.joined(ack),
      show_title: () => this.show_title(),
      close_composer: (code, event) => this.close_composer(code, event),
      wall: (kind, event) => this.wall(kind, event),
      load_people: () => void this.load_people(),
      room_added: (room) => this.on_room_added(room),
      room_changed: (room) => this.on_room_changed(room),
      room_gone: (name) => this.on_room_gone(name),
    });
    this.start_page();
    this.socket.on_state = () => this.on_state();
    this.socket.start();
  }

  private may_manage(): boolean {
    return this.talk.room.kind !== "direct" && (is_staff(this.me) || this.talk.room.can_manage === true);
  }

  private start_page(): void {
    this.people.replace(this.boot.people ?? []);
    this.rooms.set_current(this.talk.room.name);
    if (this.talk.room.can_manage) this.rooms.put({ ...this.talk.room });
    this.talk.adopt(this.boot.last_seq ?? 0);
    this.own.reviewed(this.boot.reviews ?? {});
    this.composer.turn_to(this.talk.room.name);
    this.pending.turn_to_room();
    if (this.boot.ban?.until) this.composer.hold_sending(new Date(this.boot.ban.until).getTime() - server_now());
    if (this.boot.mute) this.close_composer("muted", { type: "muted", ...this.boot.mute });
    else if (this.talk.room.settings?.locked) this.close_locked();
    if (this.boot.people === undefined) void this.load_people();
    setTimeout(() => void this.load_others(), 1500);
    if (is_staff(this.me)) setTimeout(() => void this.count_cases(), 1000);
    start_check(this.api, this.composer.field, () => this.talk.room.name);
    by("closed-appeal").addEventListener("click", () => void this.appeals.open_newest());
    if (!matchMedia("(pointer: coarse)").matches) this.composer.focus();

    by("show-keys").hidden = false;
    by("show-keys").addEventListener("click", () => by<HTMLDialogElement>("keys").showModal());
    by("open-emoji").addEventListener("click", () => {
      if (!close_emoji()) open_emoji(by("open-emoji"), (emoji) => this.composer.insert(emoji));
    });
    document.addEventListener("click", (event) => {
      const target = event.target as Element;
      const copied = target.closest<HTMLElement>("[data-copy]")?.dataset.copy;
      const starter = target.closest<HTMLElement>("[data-starter]")?.dataset.starter;
      if (copied !== undefined) copy_text(copied);
      if (starter !== undefined) this.composer.insert(starter);
    });
    addEventListener("popstate", () => {
      const name = decodeURIComponent(/^\/chat\/([^/]+)/.exec(location.pathname)?.[1] ?? "");
      if (name !== "" && name !== this.talk.room.name) void this.open_room(name, false);
    });
    // What the browser says of the network is a hint: the connection itself is asked.
    addEventListener("online", () => this.hinted(true));
    addEventListener("offline", () => this.hinted(false));
    document.addEventListener("visibilitychange", () => document.hidden || this.socket.now());
    addEventListener("hashchange", () => this.go_to_hash());
    this.go_to_hash();
    this.show_title();
  }

  private async go_to(room: string, seq: number): Promise<void> {
    if (!this.talk.is_here(room)) await this.open_room(room, true);
    await this.talk.go_to(seq);
  }

  /// A link to one message: /chat/lobby#m-12
  private go_to_hash(): void {
    const wanted = Number(/^#m-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    if (wanted > 0) void this.talk.go_to(wanted).catch(() => {});
  }

  private on_state(): void {
    this.details.changed();
    if (this.socket.state === "ready") {
      this.status.ready();
    } else {
      this.pending.outbox.pause();
      this.typing.clear();
      if (this.socket.state === "waiting") this.status.lost(this.socket.attempt);
    }
    // A refused handshake does not say why; asking for oneself does: 401 opens the sign-in dialog.
    if (this.socket.state === "waiting" && this.socket.attempt === 2) {
      this.api.get("/me").catch((error: unknown) => {
        if (error instanceof ApiError && error.code === "banned") this.wall("banned", error.body);
      });
    }
  }

  private hinted(is_online: boolean): void {
    if (this.socket.state !== "ready") return this.socket.now();
    if (!is_online) this.status.lost(this.socket.attempt);
    const silence = window.setTimeout(() => is_online && this.socket.again(), answer_within_ms);
    this.socket.send("ping").then(
      () => {
        clearTimeout(silence);
        this.status.ready();
      },
      () => clearTimeout(silence),
    );
  }

  private joined(ack: Event_): void {
    if (typeof ack.online === "number") by("online-count").textContent = String(ack.online);
    if (typeof ack.last_seq === "number" && ack.last_seq > this.talk.last_seq) void this.talk.catch_up();
  }

  /// Somebody opened a direct room with this person: followed from now on; what was said meanwhile is unread.
  private on_room_added(room: Room): void {
    if (this.rooms.find(room.name) !== undefined) return;
    this.rooms.put(room);
    this.follow(room);
  }

  private follow(room: Room): void {
    const known_to = room.last_seq;
    this.socket.send("join", { room: room.name }).then(
      (ack) => {
        const listed = this.rooms.find(room.name);
        const last_seq = Number(ack.last_seq ?? 0);
        if (
          listed === undefined ||
          this.talk.is_here(room.name) ||
          listed.last_seq !== known_to ||
          last_seq <= known_to
        )
          return;
        this.rooms.put({ ...listed, last_seq, unread: listed.unread + last_seq - known_to });
        this.show_title();
      },
      () => {},
    );
  }

  private async open_direct(person: Person): Promise<void> {
    try {
      const room = await this.api.call<Room>("POST", "/direct", { username: person.username });
      this.rooms.put(room);
      await this.open_room(room.name, true);
    } catch (error) {
      toast(error_text(error));
    }
  }

  private on_room_changed(room: Room): void {
    this.rooms.put(room);
    if (!this.talk.is_here(room.name)) return;
    Object.assign(this.talk.room, room);
    this.show_head();
    if (room.settings?.locked) this.close_locked();
    else this.composer.open("locked");
  }

  private on_room_gone(name: string): void {
    this.rooms.remove(name);
    if (this.talk.is_here(name) && this.rooms.rooms[0]) void this.open_room(this.rooms.rooms[0].name, true);
  }

  private async join_room(room: Room): Promise<void> {
    try {
      this.rooms.put(await this.api.call<Room>("POST", `/rooms/${encodeURIComponent(room.name)}/join`));
      await this.open_room(room.name, true);
    } catch (error) {
      toast(error_text(error));
    }
  }

  /// Rooms that one is not in: asked for when the page has come to rest, because nobody waits for them.
  private async load_others(): Promise<void> {
    try {
      const answer = await this.api.get<Rooms>("/rooms");
      this.rooms.offer(answer.rooms.filter((room) => room.joined === false && room.kind === "public"));
    } catch {
      // The list of one's own rooms is what matters.
    }
  }

  /// Moderators see how many cases wait; later the socket tells.
  private async count_cases(): Promise<void> {
    try {
      const page = await this.api.get<{ open: number }>("/moderation/cases?limit=1");
      this.events.show_open(page.open);
    } catch {
      // The link works without a number.
    }
  }

  /// Turns to another room without leaving the page; a failure falls back on the link.
  private async open_room(name: string, push: boolean): Promise<void> {
    const room = this.rooms.find(name);
    this.shell.close();
    if (room === undefined) return location.assign(`/chat/${encodeURIComponent(name)}`);
    this.rooms.set_current(room.name);
    if (room.name === this.talk.room.name) {
      this.talk.stay();
      this.composer.hold(false);
      return this.composer.focus();
    }
    // What is typed while the room loads must not go to the one before.
    this.composer.hold(true);
    try {
      if (!(await this.talk.open(room))) return;
    } catch {
      return location.assign(`/chat/${encodeURIComponent(room.name)}`);
    }
    if (push) history.pushState(null, "", `/chat/${encodeURIComponent(room.name)}`);
    this.typing.clear();
    this.composer.hold(false);
    this.composer.open("locked");
    this.composer.turn_to(room.name);
    this.pending.turn_to_room();
    this.show_head();
    this.room_menu.refresh();
    this.invites.turn_to(room.name);
    if (room.settings?.locked) this.close_locked();
    this.socket.send("join", { room: room.name, after: this.talk.last_seq }).then(
      (ack) => this.joined(ack),
      () => {},
    );
    void this.load_people();
    this.own.look_back();
    announce(word("rooms.opened", room.title));
    if (!matchMedia("(pointer: coarse)").matches) this.composer.focus();
  }

  private async load_people(): Promise<void> {
    const room = this.talk.room.name;
    try {
      const { members } = await this.api.get<Members>(`/rooms/${encodeURIComponent(room)}/members`);
      if (room !== this.talk.room.name) return;
      this.people.replace(members);
      by("online-count").textContent = String(this.people.online_count);
    } catch {
      // The list stays as it is; the next room or reload brings it.
    }
  }

  private show_head(): void {
    const { title, topic, settings } = this.talk.room;
    by("room-title").textContent = title;
    by("room-topic").textContent = topic ?? "";
    by("room-topic").hidden = !topic;
    const chips: HTMLElement[] = [];
    if (settings?.slow_mode_s)
      chips.push(el("span", { class: "chip" }, icon("timer", "small"), word("chat.slow", settings.slow_mode_s)));
    if (settings?.locked) chips.push(el("span", { class: "chip" }, icon("lock", "small"), word("chat.locked")));
    by("chips").replaceChildren(...chips);
    this.show_title();
  }

  private show_title(): void {
    const unread = this.rooms.rooms.reduce((sum, room) => sum + room.unread, 0);
    document.title = `${unread > 0 ? `(${unread < 100 ? unread : "99+"}) ` : ""}${this.talk.room.title} · ${this.instance_name}`;
  }

  private close_composer(code: string, event: Event_): void {
    const until = typeof event.until === "string" ? new Date(event.until) : null;
    const kind = code === "room_locked" ? "locked" : code === "banned" ? "banned" : "muted";
    if (kind === "locked" && is_staff(this.me)) return;
    this.composer.close({
      kind,
      reason: String(event.reason ?? ""),
      until,
      automatic: event.automatic === true && until === null,
    });
  }

  private close_locked(): void {
    if (!this.composer.is_closed && !is_staff(this.me) && this.talk.room.can_manage !== true)
      this.composer.close({ kind: "locked", reason: "", until: null });
  }

  private wall(kind: "banned" | "kicked", event: Record<string, unknown>): void {
    this.socket.stop();
    show_wall(kind, String(event.reason ?? ""), typeof event.until === "string" ? event.until : null);
  }

  private async edit(message: Message, text: string): Promise<void> {
    try {
      const fresh = await this.api.call<Message>("PATCH", `/messages/${encodeURIComponent(message.id)}`, { text });
      if (fresh.id === message.id) this.talk.timeline.update(fresh);
    } catch (error) {
      const why = error instanceof ApiError ? error : null;
      const blocked = why?.code === "message_blocked";
      note(
        "danger",
        word(blocked ? "blocked.title" : "edit.failed"),
        blocked ? blocked_text((why!.body.moderation ?? {}) as Verdict) : why?.message || word("error.unreachable"),
        [
          {
            label: word("message.edit"),
            run: () => {
              this.composer.edit(message);
              this.composer.field.value = text;
            },
          },
          ...(blocked && why!.body.case_id
            ? [{ label: word("appeal.open"), run: () => this.appeals.open(String(why!.body.case_id)) }]
            : []),
        ],
      );
    }
  }
}
