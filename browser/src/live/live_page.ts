import type { ChatPage } from "../chat/chat_page.ts";
import { announce, toast } from "../shared/announce.ts";
import { by, is_composing, memory } from "../shared/dom.ts";
import { digits } from "../shared/numbers.ts";
import { localise, server_now, whole_text } from "../shared/time.ts";
import { cut } from "../shared/text.ts";
import type { Event_, Room } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import { Broadcaster, type BroadcastEnd } from "./broadcaster.ts";
import { Gifts } from "./gifts.ts";
import { HostBar } from "./host_bar.ts";
import type { Player } from "./player.ts";
import { Preview } from "./preview.ts";
import { Replay } from "./replay.ts";
import type { Gift, LiveBoot, Quality, Stage } from "./shapes.ts";
import { Watcher } from "./watcher.ts";

/// The stage beside the chat: what is on, and for those who lead it, going live.
export class LivePage {
  private readonly stage_box = by("stage");
  private readonly picture = by<HTMLVideoElement>("picture");
  private readonly watcher: Watcher;
  private readonly gifts: Gifts;
  private readonly host_bar: HostBar | null = null;
  private readonly preview: Preview | null = null;
  private broadcaster: Broadcaster | null = null;
  private player: Player | null = null;
  private is_shown = false;
  private is_muted = memory.get("soyuz.live.muted") === "1";
  private volume = 1;

  constructor(
    private readonly chat: ChatPage,
    private readonly boot: LiveBoot,
    private stage = boot.stage,
  ) {
    const { socket, api } = chat;
    const room = this.stage.room;
    const wants_codecs = new URLSearchParams(location.search).get("player") !== "source";
    this.watcher = new Watcher(room, this.picture, by("canvas"), wants_codecs, {
      begins: (player, has_picture) => this.begins(player, has_picture),
      cannot_play: () => this.curtain(word("live.cannot_play")),
      lost: () => this.curtain(word("live.lost")),
      full: () => this.curtain(word("live.full")),
      quality: (quality, is_own_wish) => this.show_quality(quality, is_own_wish),
    });
    this.gifts = new Gifts(api, room, (count) => this.watcher.heart(count));
    if (boot.may_lead) {
      this.host_bar = new HostBar(api, room, this.stage, (stage) => this.turn_to(stage));
      this.preview = new Preview(api, room, (stream) => this.go_live(stream));
      by("go-live").addEventListener("click", () => this.preview!.show());
      if (this.is_mine() && this.is_on()) void this.preview.resume();
      else this.preview.forget();
    }
    // Only where there is a recording.
    if (document.getElementById("replay") !== null) new Replay(api, room, () => chat.talk.room.last_seq);
    const here = (event: Event_): boolean => event.room === room;
    socket.on("live", (event) => {
      const told = event.stage as Stage;
      if (told.room === room) this.turn_to(told);
    });
    socket.on("hearts", (event) => here(event) && this.gifts.hearts(Number(event.count), Number(event.total)));
    socket.on("gift", (event) => here(event) && this.gifts.gift(event as unknown as Gift));
    socket.on("room_changed", (event) => {
      const changed = event.room as Room;
      if (changed.name === room) this.host_bar?.room_changed(changed.settings.locked === true);
    });
    socket.on("moderation_alert", (event) => here(event) && this.show_flagged(event));
    socket.on("hello", () => void this.ask());
    socket.on("banned", () => this.leave());
    socket.on("kicked", (event) => (event.room === undefined || here(event)) && this.leave());
    this.start_controls();
    localise(this.stage_box);
    this.turn_to(this.stage);
    this.watcher.start();
    window.setInterval(() => this.show_uptime(), 1000);
    addEventListener("pagehide", () => this.broadcaster?.leave());
  }

  private async ask(): Promise<void> {
    try {
      this.turn_to(await this.chat.api.get<Stage>(`/live/${encodeURIComponent(this.stage.room)}`));
    } catch {
      // The next event tells.
    }
  }

  private turn_to(stage: Stage): void {
    const before = this.stage;
    this.stage = stage;
    this.stage_box.dataset.state = stage.state;
    by("viewers").textContent = digits(stage.viewers);
    by("hearts").textContent = digits(stage.hearts);
    by("live-sign").hidden = stage.state !== "live";
    by("recording-sign").hidden = !stage.recording;
    by("blank-sign").hidden = !stage.blanked;
    by("mute-sign").hidden = !stage.muted;
    by("delay-sign").hidden = !stage.delay_s;
    by("delay-sign").textContent = word("live.delayed", stage.delay_s ?? 0);
    by("stage-host").textContent = stage.host?.display_name ?? "";
    if (stage.recording_fault && !before.recording_fault && this.boot.may_lead) toast(word("live.recording_fault"));
    // Each broadcast counts its time from its own begin.
    if (stage.started_at !== before.started_at) {
      this.watcher.reset();
      this.is_shown = false;
    }
    if (stage.state === "ended" || stage.state === "waiting") {
      this.watcher.reset();
      this.is_shown = false;
    }
    this.show_state();
    this.show_uptime();
    this.host_bar?.show(stage);
    this.show_go_live();
    if (stage.state !== before.state) announce(word(`live.state_${stage.state}`));
  }

  private show_state(): void {
    const { state, ended_why, starts_at } = this.stage;
    if (this.broadcaster !== null) return this.curtain(null);
    if (state === "live") return this.curtain(this.is_shown ? null : word("live.connecting"));
    let more = "";
    if (state === "ended" && ["cut", "lost", "moderator"].includes(ended_why ?? ""))
      more = word(`live.ended_${ended_why}`);
    if (state === "waiting" && starts_at) more = word("live.starts", whole_text(new Date(starts_at)));
    this.curtain(word(`live.state_${state}`), more);
  }

  private curtain(title: string | null, more = ""): void {
    by("curtain").hidden = title === null;
    if (title === null) return;
    by("curtain-title").textContent = title;
    by("curtain-text").textContent = more;
  }

  private begins(player: Player, has_picture: boolean): void {
    this.player = player;
    this.picture.classList.remove("mirrored");
    this.stage_box.classList.toggle("sound-alone", !has_picture);
    player.on_shown = () => {
      this.is_shown = true;
      this.show_state();
    };
    player.on_silenced = () => (by("unmute").hidden = false);
    player.set_sound(this.volume, this.is_muted);
    this.show_sound();
  }

  private show_uptime(): void {
    const { state, started_at } = this.stage;
    const is_on = state === "live" || state === "interrupted";
    by("uptime").hidden = !is_on || !started_at;
    if (!is_on || !started_at) return;
    const seconds = Math.max(0, Math.floor((server_now() - new Date(started_at).getTime()) / 1000));
    const two = (number: number): string => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    by("uptime").textContent =
      `${hours > 0 ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }

  // Going live.

  private show_go_live(): void {
    const button = document.getElementById("go-live");
    if (button === null) return;
    button.hidden = this.broadcaster !== null || (this.is_on() && !this.is_mine());
    button.querySelector("span")!.textContent = word(this.is_on() ? "live.go_on" : "live.go");
  }

  private is_on(): boolean {
    return this.stage.state === "live" || this.stage.state === "interrupted";
  }

  private is_mine(): boolean {
    return this.stage.host?.username === this.chat.me.username;
  }

  private go_live(stream: MediaStream): void {
    // One's own picture is shown as it is, not as it comes back.
    this.watcher.stop();
    this.player = null;
    by("canvas").hidden = true;
    const { picture } = this;
    picture.hidden = false;
    picture.srcObject = stream;
    picture.muted = true;
    picture.classList.toggle("mirrored", stream.getVideoTracks()[0]?.getSettings().facingMode !== undefined);
    picture.play().catch(() => {});
    this.stage_box.classList.toggle("sound-alone", stream.getVideoTracks().length === 0);
    by("unmute").hidden = true;
    this.broadcaster = new Broadcaster(this.stage.room, stream, {
      live: () => this.host_bar!.note(word("live.you_are_live")),
      reconnecting: () => this.host_bar!.note(word("live.reconnecting")),
      over: (why, detail) => this.over(why, detail),
    });
    // Whoever stops sharing the screen in the browser's own bar has ended the picture.
    stream.getVideoTracks()[0]?.addEventListener("ended", () => this.broadcaster?.end());
    this.show_state();
    this.show_go_live();
  }

  private over(why: BroadcastEnd, detail: string): void {
    this.broadcaster = null;
    this.preview!.forget();
    this.picture.srcObject = null;
    this.is_shown = false;
    const reason: Partial<Record<BroadcastEnd, string>> = {
      refused: "live.refused",
      taken: "live.taken",
      too_much: "live.too_much",
      lost: "live.ended_lost",
    };
    const key = detail === "replaced" ? "live.replaced" : detail === "cut" ? "live.ended_cut" : reason[why];
    this.host_bar!.note(key === undefined ? "" : word(key));
    this.show_state();
    this.show_go_live();
    this.watcher.start();
  }

  /// For moderators alone: they hear of what was flagged or blocked.
  private show_flagged(event: Event_): void {
    const box = document.getElementById("flagged-box");
    if (box === null) return;
    box.hidden = false;
    const link = by<HTMLAnchorElement>("last-flagged");
    link.textContent = `${String(event.username)}: ${cut(String(event.text), 120)}`;
    link.href =
      event.case_id === undefined
        ? "/moderation#live"
        : `/moderation#case-${encodeURIComponent(String(event.case_id))}`;
  }

  private leave(): void {
    this.broadcaster?.leave();
    this.preview?.forget();
    this.watcher.stop();
  }

  // The player's own controls.

  private start_controls(): void {
    by("screen-controls").hidden = false;
    by("unmute").addEventListener("click", () => this.set_muted(false));
    by("toggle-sound").addEventListener("click", () => this.set_muted(!this.is_muted));
    const volume = by<HTMLInputElement>("volume");
    volume.addEventListener("input", () => {
      this.volume = Number(volume.value) / 100;
      this.set_muted(this.volume === 0);
    });
    by<HTMLSelectElement>("quality").addEventListener("change", (event) =>
      this.watcher.wish((event.target as HTMLSelectElement).value as Quality),
    );
    by("full-screen").addEventListener("click", () => this.full_screen());
    document.addEventListener("fullscreenchange", () =>
      document.body.classList.toggle("full-screen", document.fullscreenElement !== null),
    );
    document.addEventListener("keydown", (event) => this.key(event));
  }

  private key(event: KeyboardEvent): void {
    if (is_composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target as Element;
    if (target.closest("input, textarea, select, dialog, [contenteditable]") !== null) return;
    const key = event.key.toLowerCase();
    if (key === "m") this.set_muted(!this.is_muted);
    else if (key === "f") this.full_screen();
    else if (key === "c" && document.fullscreenElement !== null) document.body.classList.toggle("chat-hidden");
    else return;
    event.preventDefault();
  }

  private set_muted(on: boolean): void {
    if (this.broadcaster !== null) return;
    this.is_muted = on;
    memory.set("soyuz.live.muted", on ? "1" : "");
    by("unmute").hidden = true;
    this.player?.set_sound(this.volume, on);
    this.show_sound();
  }

  private show_sound(): void {
    by("toggle-sound").setAttribute("aria-pressed", String(!this.is_muted));
  }

  private show_quality(quality: Quality, is_own_wish: boolean): void {
    by<HTMLSelectElement>("quality").value = quality;
    this.is_shown = false;
    if (!is_own_wish) toast(word("live.behind"));
  }

  private full_screen(): void {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else
      void by("shell")
        .requestFullscreen?.()
        .catch(() => {});
  }
}
