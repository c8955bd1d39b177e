import { backoff } from "../shared/socket.ts";
import { CodecPlayer } from "./codec_player.ts";
import type { Player } from "./player.ts";
import { media_address, type Quality } from "./shapes.ts";
import { SourcePlayer } from "./source_player.ts";
import { read_webm, type Head } from "./webm.ts";

/// Watches a live room: the media socket, the player for what it brings, and coming back after a loss.

/// Closed with one of these, there is nothing to come back to.
const final_codes = [4001, 4003, 4004];

export interface WatcherEvents {
  /// Something is about to be shown.
  begins(player: Player, has_picture: boolean): void;
  cannot_play(): void;
  lost(): void;
  full(): void;
  quality(quality: Quality, is_own_wish: boolean): void;
}

export class Watcher {
  private socket: WebSocket | null = null;
  private player: Player | null = null;
  private context: AudioContext | null = null;
  /// WebCodecs failed here once: it is not tried again.
  private has_failed = false;
  private attempt = 0;
  private timer = 0;
  private is_stopped = true;
  quality: Quality = "high";

  constructor(
    private readonly room: string,
    private readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly wants_codecs: boolean,
    private readonly events: WatcherEvents,
  ) {}

  start(): void {
    if (!this.is_stopped) return;
    this.is_stopped = false;
    this.connect();
  }

  stop(): void {
    this.is_stopped = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
    this.reset();
  }

  /// A new broadcast counts its time anew.
  reset(): void {
    this.player?.stop();
    this.player = null;
  }

  wish(quality: Quality): void {
    this.change(quality);
    this.events.quality(quality, true);
  }

  heart(count: number): void {
    this.tell({ type: "heart", count });
  }

  private change(quality: Quality): void {
    this.quality = quality;
    this.tell({ type: "quality", quality });
  }

  private tell(command: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(command));
  }

  private connect(): void {
    const socket = new WebSocket(media_address(this.room, { quality: this.quality }));
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.attempt = 0;
      if (typeof event.data === "string") this.told(JSON.parse(event.data) as Record<string, unknown>);
      else this.take(new Uint8Array(event.data as ArrayBuffer));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.reset();
      if (this.is_stopped || final_codes.includes(event.code)) return;
      if (event.code === 1013 && event.reason === "overloaded") this.events.full();
      else this.events.lost();
      this.timer = window.setTimeout(() => this.connect(), backoff(this.attempt++, Math.random()));
    };
  }

  private told(event: Record<string, unknown>): void {
    // What comes next has a head of its own.
    if (event.type === "quality") this.reset();
    if (event.type !== "behind" || event.offer === "" || event.offer === this.quality) return;
    this.change(event.offer as Quality);
    this.events.quality(this.quality, false);
  }

  private take(bytes: Uint8Array): void {
    if (this.player === null) {
      const { head } = read_webm(bytes);
      // Without a head it is the rest of what was before.
      if (head === null) return;
      this.player = this.make_player(head);
      if (this.player === null) return this.events.cannot_play();
      this.events.begins(this.player, head.video !== null);
    }
    this.player.append(bytes);
  }

  private make_player(head: Head): Player | null {
    const takes_codecs = this.wants_codecs && !this.has_failed && CodecPlayer.can_play(head);
    if (!takes_codecs && !SourcePlayer.can_play(head)) return null;
    this.canvas.hidden = true;
    this.video.hidden = takes_codecs;
    if (takes_codecs) this.context ??= new AudioContext({ latencyHint: "interactive" });
    const player = takes_codecs
      ? new CodecPlayer(this.canvas, head, this.context!)
      : new SourcePlayer(this.video, head);
    player.on_fault = () => {
      if (this.player !== player) return;
      this.has_failed ||= takes_codecs;
      this.reset();
      this.socket?.close();
    };
    return player;
  }
}
