import type { Members } from "../contract.ts";
import { start_bell } from "../shared/bell.ts";
import { digits } from "../shared/numbers.ts";
import { is_staff } from "../shared/roles.ts";
import { copy_text } from "../shared/clipboard.ts";
import { Actions } from "./messages/actions.ts";
import { Appeals } from "../shared/appeals.ts";
import { Api } from "../shared/api.ts";
import { start_check } from "./writing/text_check.ts";
import { Closing } from "./closing.ts";
import { Composer } from "./writing/composer.ts";
import { Connection } from "./connection.ts";
import { ConnectionDetails } from "./connection_details.ts";
import { Conversation } from "./messages/conversation.ts";
import { open_dialog, start_dialogs } from "../shared/dialogs.ts";
import { by } from "../shared/dom.ts";
import { toggle_emoji, with_extras } from "./extras.ts";
import { Events } from "./events.ts";
import { start_files } from "./writing/files.ts";
import { Invites } from "./rooms/invites.ts";
import { start_keys } from "./keys.ts";
import type { NewRoom } from "./rooms/new_room.ts";
import { OwnNotes } from "./messages/message_notes.ts";
import { Pending } from "./writing/pending.ts";
import { People } from "./people/people.ts";
import { CardDoor } from "./people/card_door.ts";
import { RoomHead } from "./rooms/room_head.ts";
import { RoomMenu } from "./rooms/room_menu.ts";
import { RoomList } from "./rooms/room_list.ts";
import { RoomTravel } from "./rooms/room_travel.ts";
import { start_session_dialog } from "./session_dialog.ts";
import { Shell } from "./shell.ts";
import { browser_surroundings, Socket } from "../shared/socket.ts";
import { browser_ways } from "../shared/ways.ts";
import { StatusBar } from "../shared/status_bar.ts";
import type { Switcher } from "./rooms/switcher.ts";
import { start_theme } from "../shared/theme.ts";
import { Tray } from "./writing/tray.ts";
import { Typing } from "./typing.ts";
import type { Boot, Event_, Message, Person, Room } from "../shared/types.ts";
import { server_now, set_server_time } from "../shared/time.ts";

/// When the page has come to rest, what nobody waits for is asked for.
const at_rest_ms = 1500;

/// The chat page: makes its parts and connects them with the socket's events.
export class ChatPage {
  readonly me: Boot["user"];
  readonly api: Api;
  readonly socket: Socket;
  private readonly shell: Shell;
  private readonly people: People;
  private readonly rooms: RoomList;
  readonly talk: Conversation;
  private readonly typing: Typing;
  private readonly tray: Tray;
  private readonly composer: Composer;
  private readonly closing: Closing;
  private readonly appeals: Appeals;
  private readonly pending: Pending;
  private readonly actions: Actions;
  private readonly status: StatusBar;
  private readonly details: ConnectionDetails;
  private readonly head: RoomHead;
  private readonly travel: RoomTravel;
  private switcher: Switcher | null = null;
  private readonly card: CardDoor;
  private new_room: NewRoom | null = null;
  private show_search: ((text?: string) => void) | null = null;
  private readonly room_menu: RoomMenu;
  private readonly invites: Invites;
  private readonly own: OwnNotes;
  private readonly events: Events;
  /// The room whose people are known.
  private people_of = "";

  constructor(private readonly boot: Boot) {
    set_server_time(boot.time);
    this.me = boot.user;
    this.api = new Api(this.boot.csrf);
    const ways = browser_ways();
    this.socket = new Socket(browser_surroundings(ways));
    this.details = new ConnectionDetails(this.socket, ways);
    this.shell = new Shell((pane) => this.pane_opened(pane));
    this.people = new People(this.me.username, (person) => this.card.open(person));
    this.rooms = new RoomList(this.boot.rooms, {
      open: (name) => void this.travel.open(name, true),
      join: (room) => void this.travel.join(room),
      has_draft: (name) => this.composer.has_draft_in(name),
    });
    this.talk = new Conversation(
      this.boot.room,
      this.me.username,
      this.api,
      this.socket,
      (name) => this.people.role_of(name),
      (name) => {
        this.rooms.clear_unread(name);
        this.head.show_title();
      },
    );
    this.typing = new Typing((name) => {
      if (this.people.find(name) === undefined) void this.know_people();
      return this.people.name_of(name);
    });
    this.tray = new Tray({
      api: this.api,
      most_bytes: this.boot.limits?.file ?? 0,
      room: () => this.talk.room.name,
      changed: () => this.composer.files_changed(),
      give_back: (text) => this.composer.give_back(text),
      posted: (message) => this.events.message(message),
    });
    this.composer = new Composer(this.me.id || this.me.username, this.boot.limits?.text ?? 4000, {
      send: (text, reply_to) => this.pending.send(text, reply_to),
      edit: (message, text) => this.edit(message, text),
      typing: (on) => this.socket.tell("typing", { room: this.talk.room.name, on }),
      edit_last: () => this.actions.edit_last(),
      has_files: () => this.tray.is_waiting,
      send_files: (text) => this.tray.send(text),
      people: (start) => {
        void this.know_people();
        return this.people.matching(start, 6);
      },
    });
    this.appeals = new Appeals(this.api);
    this.closing = new Closing(this.me, this.talk, this.composer, this.socket);
    this.pending = new Pending(this.me, this.talk, this.composer, this.socket, this.appeals, (code, error) =>
      this.closing.close(code, error.event),
    );
    this.card = new CardDoor({
      me: this.me,
      api: this.api,
      known: (name) => this.people.find(name),
      mention: (person) => this.composer.insert(`@${person.username} `),
      message: (person) => void this.travel.open_direct(person),
      leaves_room: () => (this.talk.room.kind === "live" ? this.talk.room.name : null),
    });
    this.actions = new Actions(this.me, this.api, this.talk, this.composer, this.card, (name) =>
      this.people.find(name),
    );
    this.status = new StatusBar(
      () => this.socket.now(),
      () => this.pending.outbox.entries.length,
    );
    this.head = new RoomHead(this.talk, this.rooms);
    this.travel = new RoomTravel({
      api: this.api,
      socket: this.socket,
      shell: this.shell,
      rooms: this.rooms,
      talk: this.talk,
      composer: this.composer,
      joined: (ack) => this.joined(ack),
      arrived: (room) => this.arrived(room),
      changed: () => {
        this.head.show();
        this.closing.follow_lock();
      },
      show_title: () => this.head.show_title(),
    });
    start_theme();
    start_bell();
    start_dialogs();
    start_session_dialog(this.api, () => (this.socket.state === "stopped" ? this.socket.start() : this.socket.now()));
    this.invites = new Invites(this.api, () => this.talk.room);
    this.room_menu = new RoomMenu({
      api: this.api,
      may_manage: () => this.may_manage(),
      may_invite: () => this.may_manage(),
      search: () => this.open_search(),
      room: () => this.talk.room,
      invite: () => void this.invites.open(),
      changed: (room) => this.travel.changed(room),
      gone: (name) => this.travel.gone(name),
    });
    start_files(this.tray);
    this.start_extras();
    start_keys({
      rooms: this.rooms,
      composer: this.composer,
      timeline: this.talk.timeline,
      open_room: (name) => void this.travel.open(name, true),
      open_switcher: () => this.open_switcher(),
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
      show_title: () => this.head.show_title(),
      close_composer: (code, event) => this.closing.close(code, event),
      wall: (kind, event) => this.closing.wall(kind, event),
      load_people: () => void this.load_people(),
      room_added: (room) => this.travel.added(room),
      room_changed: (room) => this.travel.changed(room),
      room_gone: (name) => this.travel.gone(name),
    });
    this.start_page();
    new Connection({
      api: this.api,
      socket: this.socket,
      status: this.status,
      changed: () => this.details.changed(),
      lost: () => {
        this.pending.outbox.pause();
        this.typing.clear();
      },
      banned: (body) => this.closing.wall("banned", body),
    });
    this.socket.start();
  }

  private open_switcher(): void {
    // At once, so that what is typed while the rest loads stands in its field.
    by<HTMLInputElement>("switcher-text").value = "";
    open_dialog("switcher");
    with_extras(({ Switcher }) => {
      this.switcher ??= new Switcher({
        rooms: this.rooms,
        me: this.me.username,
        everybody: () => this.everybody(),
        open_room: (name) => void this.travel.open(name, true),
        join: (room) => void this.travel.join(room),
        message: (person) => void this.travel.open_direct(person),
        search: (text) => this.open_search(text),
      });
      this.switcher.open();
    });
  }

  private open_search(text = ""): void {
    with_extras(({ start_search }) => {
      this.show_search ??= start_search(this.api, {
        room: () => this.talk.room,
        title_of: (room) => this.rooms.find(room)?.title ?? room,
        go_to: (room, seq) => void this.go_to(room, seq).catch(() => {}),
      });
      this.show_search(text);
    });
  }

  /// New rooms, search, pictures and spoken messages: each loads what it needs with the first click.
  private start_extras(): void {
    const list = by("messages");
    list.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a.picture-link");
      if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      with_extras(({ Viewer }) => Viewer.open(list, link));
    });
    const making = by("new-room");
    making.hidden = this.boot.may_make_rooms !== true;
    making.addEventListener("click", () =>
      with_extras(({ NewRoom }) => {
        this.new_room ??= new NewRoom(this.api, (room) => {
          this.rooms.put({ ...room, can_manage: true });
          void this.travel.open(room.name, true);
        });
        this.new_room.open();
      }),
    );
    const search = by("open-search");
    search.hidden = false;
    search.addEventListener("click", () => this.open_search());
    by("speak").addEventListener("click", () =>
      with_extras(({ Voice }) => Voice.start((file) => this.tray.add([file]))),
    );
  }

  private may_manage(): boolean {
    return this.talk.room.kind !== "direct" && (is_staff(this.me) || this.talk.room.can_manage === true);
  }

  private start_page(): void {
    this.rooms.set_current(this.talk.room.name);
    if (this.talk.room.can_manage) this.rooms.put({ ...this.talk.room });
    this.talk.adopt(this.boot.last_seq ?? 0);
    this.own.reviewed(this.boot.reviews ?? {});
    this.composer.turn_to(this.talk.room.name);
    this.pending.turn_to_room();
    if (this.boot.ban?.until) this.composer.hold_sending(new Date(this.boot.ban.until).getTime() - server_now());
    if (this.boot.mute) this.closing.close("muted", { type: "muted", ...this.boot.mute });
    else this.closing.follow_lock();
    if (this.people.is_shown) void this.know_people();
    setTimeout(() => void this.travel.load_others(), at_rest_ms);
    // Roles of those who write, and names after "@".
    setTimeout(() => void this.know_people(), 2 * at_rest_ms);
    if (is_staff(this.me)) setTimeout(() => void this.count_cases(), at_rest_ms);
    start_check(this.api, this.composer.field, () => this.talk.room.name);
    by("closed-appeal").addEventListener("click", () => this.appeals.open_for_sanction());
    if (!matchMedia("(pointer: coarse)").matches) this.composer.focus();

    by("show-keys").hidden = false;
    by("show-keys").addEventListener("click", () => by<HTMLDialogElement>("keys").showModal());
    by("open-emoji").addEventListener("click", () =>
      toggle_emoji(by("open-emoji"), (emoji) => this.composer.insert(emoji)),
    );
    document.addEventListener("click", (event) => {
      const target = event.target as Element;
      const copied = target.closest<HTMLElement>("[data-copy]")?.dataset.copy;
      const starter = target.closest<HTMLElement>("[data-starter]")?.dataset.starter;
      if (copied !== undefined) copy_text(copied);
      if (starter !== undefined) this.composer.insert(starter);
    });
    addEventListener("hashchange", () => this.go_to_hash());
    this.go_to_hash();
    this.head.show();
  }

  private async go_to(room: string, seq: number): Promise<void> {
    if (!this.talk.is_here(room)) await this.travel.open(room, true);
    await this.talk.go_to(seq);
  }

  /// A link to one message: /chat/lobby#m-12
  private go_to_hash(): void {
    const wanted = Number(/^#m-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    if (wanted > 0) void this.talk.go_to(wanted).catch(() => {});
  }

  private pane_opened(pane: "rooms" | "people"): void {
    if (pane === "rooms") return this.rooms.shown();
    this.people.shown();
    void this.know_people();
  }

  private joined(ack: Event_): void {
    this.rooms.heard_online(this.talk.room.name, Number(ack.online));
    if (typeof ack.online === "number") by("online-count").textContent = digits(ack.online);
    if (typeof ack.last_seq === "number" && ack.last_seq > this.talk.last_seq) void this.talk.catch_up();
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

  private arrived(room: Room): void {
    this.typing.clear();
    this.composer.turn_to(room.name);
    this.tray.show();
    this.pending.turn_to_room();
    this.closing.follow_lock();
    this.head.show();
    this.room_menu.refresh();
    this.invites.turn_to(room.name);
    void this.load_people();
    this.own.look_back();
  }

  private edit(message: Message, text: string): void {
    const { api, appeals, composer, talk } = this;
    with_extras(
      ({ send_edit }) => void send_edit({ api, appeals, composer, timeline: talk.timeline }, message, text),
      () => composer.give_back(text),
    );
  }

  private async know_people(): Promise<void> {
    if (this.people_of !== this.talk.room.name) await this.load_people();
  }

  private async load_people(): Promise<void> {
    const room = this.talk.room.name;
    this.people_of = room;
    try {
      const { members } = await this.api.get<Members>(`/rooms/${encodeURIComponent(room)}/members`);
      if (room !== this.talk.room.name) return;
      this.people.replace(members);
      by("online-count").textContent = digits(this.people.online_count);
    } catch {
      // The list stays as it is; the next look asks again.
      this.people_of = "";
    }
  }

  /// Everybody is in the lobby.
  private async everybody(): Promise<Person[]> {
    try {
      return (await this.api.get<Members>("/rooms/lobby/members")).members;
    } catch {
      return this.people.everybody;
    }
  }
}
