import type { Player } from "./player.ts";
import { read_webm, type Frame, type Head } from "./webm.ts";

/// Plays a stream through WebCodecs: frames are decoded as they come and shown when their sound is heard, a tenth of a
/// second after they arrived. The sound's clock leads; without sound, the page's.

const goal = 0.12;
/// Farther ahead or behind the goal than this, time is set anew.
const most_ahead = 0.45;
const most_waiting_frames = 90;
const opus_rate = 48_000;

interface Shown {
  at: number;
  frame: VideoFrame;
}

export class CodecPlayer implements Player {
  private readonly ink: CanvasRenderingContext2D;
  private video: VideoDecoder | null = null;
  private audio: AudioDecoder | null = null;
  private context: AudioContext | null = null;
  private gain: GainNode | null = null;
  /// From the stream's time to the clock's, both in seconds; null until the first frame.
  private shift: number | null = null;
  private waiting: Shown[] = [];
  private needs_key = true;
  private is_over = false;
  private sounds = new Set<AudioBufferSourceNode>();
  private was_running = false;
  private has_shown = false;
  on_shown: () => void = () => {};
  on_fault: () => void = () => {};
  on_silenced: () => void = () => {};

  static can_play(head: Head): boolean {
    if (!window.isSecureContext) return false;
    if (head.video !== null && globalThis.VideoDecoder === undefined) return false;
    return head.audio === null || globalThis.AudioDecoder !== undefined;
  }

  /// `context`: where sound goes; suspended until the person has touched the page.
  constructor(
    private readonly canvas: HTMLCanvasElement,
    head: Head,
    context: AudioContext,
  ) {
    canvas.hidden = head.video === null;
    this.ink = canvas.getContext("2d", { alpha: false, desynchronized: true })!;
    const fault = (): void => this.on_fault();
    if (head.video !== null) {
      this.video = new VideoDecoder({ output: (frame) => this.decoded(frame), error: fault });
      this.video.configure({
        codec: head.video.codec === "V_VP9" ? "vp09.00.10.08" : "vp8",
        optimizeForLatency: true,
      });
    }
    if (head.audio !== null) {
      this.context = context;
      this.gain = context.createGain();
      this.gain.connect(context.destination);
      this.audio = new AudioDecoder({ output: (data) => this.heard(data), error: fault });
      this.audio.configure({
        codec: "opus",
        sampleRate: opus_rate,
        numberOfChannels: head.audio.channels,
        ...(head.audio.head.length > 0 ? { description: head.audio.head } : {}),
      });
    }
    this.draw();
  }

  set_sound(volume: number, is_muted: boolean): void {
    if (this.gain === null || this.context === null) return;
    this.gain.gain.value = is_muted ? 0 : volume;
    if (is_muted || this.context.state === "running") return;
    void this.context.resume();
    setTimeout(() => {
      if (!this.is_over && this.context?.state === "suspended") this.on_silenced();
    }, 300);
  }

  append(bytes: Uint8Array): void {
    const { head, frames } = read_webm(bytes);
    // After a gap the decoder goes on with a key frame, and time with what comes.
    if (head !== null) this.needs_key = true;
    // Of a second that comes at once, only the end is heard.
    const newest = frames[frames.length - 1]?.time ?? 0;
    for (const frame of frames) this.decode(frame, newest);
  }

  stop(): void {
    this.is_over = true;
    for (const { frame } of this.waiting) frame.close();
    this.waiting = [];
    for (const sound of this.sounds) sound.stop();
    for (const decoder of [this.video, this.audio]) if (decoder?.state === "configured") decoder.close();
    this.gain?.disconnect();
  }

  private get now(): number {
    const { context } = this;
    return context !== null && context.state === "running" ? context.currentTime : performance.now() / 1000;
  }

  private decode(frame: Frame, newest: number): void {
    const chunk = { timestamp: frame.time * 1000, data: frame.data };
    if (frame.is_video) {
      if (this.needs_key && !frame.is_key) return;
      this.needs_key = false;
      if (this.video?.state !== "configured") return;
      this.video.decode(new EncodedVideoChunk({ ...chunk, type: frame.is_key ? "key" : "delta" }));
    } else if (this.audio?.state === "configured" && newest - frame.time < 400) {
      this.audio.decode(new EncodedAudioChunk({ ...chunk, type: "key" }));
    }
    this.settle(newest / 1000);
  }

  /// The clock on which both are shown changes when sound begins or stops: time is set anew then.
  private settle(time: number): void {
    const is_running = this.context?.state === "running";
    const ahead = this.shift === null ? Infinity : time + this.shift - this.now;
    if (ahead >= 0 && ahead <= most_ahead && is_running === this.was_running) return;
    this.was_running = is_running === true;
    this.shift = this.now + goal - time;
  }

  private decoded(frame: VideoFrame): void {
    if (this.is_over) return frame.close();
    this.waiting.push({ at: frame.timestamp / 1e6, frame });
    while (this.waiting.length > most_waiting_frames) this.waiting.shift()!.frame.close();
  }

  private heard(data: AudioData): void {
    const { context, gain, shift } = this;
    if (this.is_over || context === null || gain === null || shift === null || context.state !== "running")
      return data.close();
    const buffer = context.createBuffer(data.numberOfChannels, data.numberOfFrames, data.sampleRate);
    for (let channel = 0; channel < data.numberOfChannels; channel++) {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: channel, format: "f32-planar" });
      buffer.copyToChannel(samples, channel);
    }
    const at = data.timestamp / 1e6 + shift;
    data.close();
    if (this.video === null) this.show_once();
    if (at < context.currentTime - 0.02) return;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(gain);
    source.onended = () => this.sounds.delete(source);
    this.sounds.add(source);
    source.start(at);
  }

  private show_once(): void {
    if (this.has_shown) return;
    this.has_shown = true;
    this.on_shown();
  }

  private draw(): void {
    if (this.is_over) return;
    requestAnimationFrame(() => this.draw());
    const due = this.now - (this.shift ?? 0);
    let newest: VideoFrame | null = null;
    while (this.waiting.length > 0 && this.waiting[0]!.at <= due) {
      newest?.close();
      newest = this.waiting.shift()!.frame;
    }
    if (newest === null) return;
    const { canvas } = this;
    if (canvas.width !== newest.displayWidth || canvas.height !== newest.displayHeight)
      [canvas.width, canvas.height] = [newest.displayWidth, newest.displayHeight];
    this.ink.drawImage(newest, 0, 0);
    newest.close();
    this.show_once();
  }
}
