import type { Player } from "./player.ts";
import { media_type, type Head } from "./webm.ts";

/// Plays a stream through Media Source Extensions, a quarter of a second behind what has arrived.

const goal = 0.25;
/// Farther behind, it plays a little faster; much farther, it jumps.
const slightly_behind = 0.5;
const far_behind = 1.5;
const kept = 20;

type SourceKind = typeof MediaSource;

/// MediaSource, or what iPhones have instead.
export function source_kind(): SourceKind | null {
  const managed = (globalThis as unknown as { ManagedMediaSource?: SourceKind }).ManagedMediaSource;
  return managed ?? globalThis.MediaSource ?? null;
}

export class SourcePlayer implements Player {
  private readonly source: MediaSource;
  private buffer: SourceBuffer | null = null;
  private readonly waiting: Uint8Array[] = [];
  private readonly url: string;
  private readonly timer: number;
  private is_over = false;
  on_shown: () => void = () => {};
  on_fault: () => void = () => {};
  on_silenced: () => void = () => {};

  static can_play(head: Head): boolean {
    return source_kind()?.isTypeSupported(media_type(head)) ?? false;
  }

  constructor(
    private readonly video: HTMLVideoElement,
    head: Head,
  ) {
    const kind = source_kind()!;
    this.source = new kind();
    this.url = URL.createObjectURL(this.source);
    video.disableRemotePlayback = true;
    video.src = this.url;
    video.hidden = false;
    video.addEventListener(head.video === null ? "playing" : "loadeddata", () => this.is_over || this.on_shown(), {
      once: true,
    });
    this.source.addEventListener("sourceopen", () => {
      if (this.is_over || this.buffer !== null) return;
      this.buffer = this.source.addSourceBuffer(media_type(head));
      this.buffer.addEventListener("updateend", () => this.updated());
      this.go_on();
    });
    this.timer = window.setInterval(() => this.keep_up(), 200);
  }

  append(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.go_on();
  }

  set_sound(volume: number, is_muted: boolean): void {
    this.video.volume = volume;
    this.video.muted = is_muted;
    this.play();
  }

  private play(): void {
    this.video.play().catch((error: unknown) => {
      // Sound that nobody asked for is not played by browsers: it begins without, and one tap brings it.
      if (this.is_over || this.video.muted || !(error instanceof DOMException) || error.name !== "NotAllowedError")
        return;
      this.video.muted = true;
      this.on_silenced();
      this.video.play().catch(() => {});
    });
  }

  stop(): void {
    this.is_over = true;
    clearInterval(this.timer);
    URL.revokeObjectURL(this.url);
    this.video.removeAttribute("src");
    this.video.load();
  }

  private go_on(): void {
    const buffer = this.buffer;
    if (this.is_over || buffer === null || buffer.updating || this.waiting.length === 0) return;
    const all = this.waiting.splice(0);
    const joined = new Uint8Array(all.reduce((sum, each) => sum + each.length, 0));
    let at = 0;
    for (const each of all) {
      joined.set(each, at);
      at += each.length;
    }
    try {
      buffer.appendBuffer(joined);
    } catch {
      // Full, or closed after a fault: whoever made the player makes another.
      this.on_fault();
    }
  }

  private updated(): void {
    if (this.is_over) return;
    this.keep_up();
    const buffer = this.buffer!;
    const start = buffer.buffered.length > 0 ? buffer.buffered.start(0) : 0;
    if (!buffer.updating && this.video.currentTime - start > 2 * kept) buffer.remove(0, this.video.currentTime - kept);
    this.go_on();
  }

  private keep_up(): void {
    const { video } = this;
    const ranges = video.buffered;
    if (this.is_over || ranges.length === 0) return;
    if (video.error !== null) return this.on_fault();
    const last = ranges.length - 1;
    const end = ranges.end(last);
    const behind = end - video.currentTime;
    // Before the newest range there is a gap, over which no player gets by itself.
    const is_outside = video.currentTime < ranges.start(last) && end - ranges.start(last) > goal;
    if (behind > far_behind || is_outside || behind < -goal)
      video.currentTime = Math.max(ranges.start(last), end - goal);
    video.playbackRate = behind > slightly_behind ? 1.08 : behind < goal / 3 ? 0.97 : 1;
    if (video.paused && !document.hidden) this.play();
  }
}
