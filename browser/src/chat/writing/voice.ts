import { toast } from "../../shared/announce.ts";
import { by } from "../../shared/dom.ts";
import { left_text } from "../../shared/time.ts";
import { word } from "../../shared/words.ts";

/// Spoken messages of up to two minutes: recorded, then put into the tray like any other file.

const longest_ms = 120_000;
const types = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export class Voice {
  private readonly button = by<HTMLButtonElement>("speak");
  private readonly bar = by("speaking");
  private readonly clock = by("speaking-time");
  private recorder: MediaRecorder | null = null;
  private is_kept = false;
  private began = 0;
  private timer = 0;

  private static one: Voice | null = null;

  /// Begins a recording; `done` gets the file when it was kept.
  static start(done: (file: File) => void): void {
    Voice.one ??= new Voice(done);
    void Voice.one.start();
  }

  private constructor(private readonly done: (file: File) => void) {
    by("speaking-stop").addEventListener("click", () => this.stop(true));
    by("speaking-cancel").addEventListener("click", () => this.stop(false));
  }

  private async start(): Promise<void> {
    if (this.recorder !== null) return;
    const type = "MediaRecorder" in window ? types.find((each) => MediaRecorder.isTypeSupported(each)) : undefined;
    // Browsers give no microphone to a page that anybody on the way could have changed.
    if (navigator.mediaDevices === undefined || type === undefined)
      return void toast(word("voice.insecure"), undefined, 8000);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.record(stream, type);
    } catch {
      toast(word("voice.refused"), undefined, 8000);
    }
  }

  private record(stream: MediaStream, type: string): void {
    const pieces: Blob[] = [];
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 });
    this.recorder = recorder;
    this.began = Date.now();
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(this.timer);
      this.bar.hidden = true;
      this.recorder = null;
      const plain = type.split(";")[0]!;
      const name = `${word("voice.name", left_text(this.length()).replace(":", "-"))}.${ending_of(plain)}`;
      if (this.is_kept) this.done(new File(pieces, name, { type: plain }));
      else this.button.focus();
    });
    recorder.start(1000);
    this.bar.hidden = false;
    by("speaking-stop").focus();
    this.show();
    this.timer = window.setInterval(() => this.show(), 250);
  }

  private length(): number {
    return Math.min(longest_ms, Date.now() - this.began);
  }

  private show(): void {
    this.clock.textContent = `${left_text(this.length())} / ${left_text(longest_ms)}`;
    if (this.length() >= longest_ms) this.stop(true);
  }

  private stop(keep: boolean): void {
    this.is_kept = keep;
    if (this.recorder?.state === "recording") this.recorder.stop();
  }
}

function ending_of(type: string): string {
  return type === "audio/webm" ? "webm" : type === "audio/ogg" ? "ogg" : "m4a";
}
