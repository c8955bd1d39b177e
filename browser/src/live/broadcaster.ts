import { media_address } from "./shapes.ts";
import { recording_type, stop_stream } from "./devices.ts";

/// Sends a camera's stream: a recorder for the good picture, one for the small one, and coming back after a loss.

const slice_ms = 80;
const key_frames_ms = 1000;
const layers = [
  { video: 800_000, audio: 48_000 },
  { video: 150_000, audio: 24_000 },
];
/// More waiting than this, the line is too slow for what is recorded: it begins anew with a key frame.
const most_waiting = 1_500_000;
const comes_back_for_ms = 60_000;
/// Two encoders on fewer cores than these make the good picture late.
const cores_for_two = 4;

/// Why there is nothing to come back to.
const reasons: Record<number, BroadcastEnd> = {
  4001: "refused",
  4003: "refused",
  4004: "refused",
  4403: "refused",
  4409: "taken",
  4410: "ended",
  4415: "refused",
  4429: "too_much",
};

export type BroadcastEnd = "ended" | "refused" | "taken" | "too_much" | "lost";

export interface BroadcasterEvents {
  live(): void;
  reconnecting(): void;
  over(why: BroadcastEnd, detail: string): void;
}

export class Broadcaster {
  private socket: WebSocket | null = null;
  private recorders: MediaRecorder[] = [];
  private small: MediaStream | null = null;
  private timer = 0;
  private lost_at = 0;
  private attempt = 0;
  private is_over = false;

  constructor(
    private readonly room: string,
    readonly stream: MediaStream,
    private readonly events: BroadcasterEvents,
  ) {
    this.connect();
  }

  /// Ends the broadcast for everybody.
  end(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "end" }));
  }

  /// Stops sending; the broadcast waits for a while.
  leave(): void {
    this.is_over = true;
    clearTimeout(this.timer);
    this.stop_recorders();
    this.socket?.close();
    stop_stream(this.small);
    stop_stream(this.stream);
  }

  private connect(): void {
    const socket = new WebSocket(media_address(this.room, { role: "publish" }));
    this.socket = socket;
    socket.onmessage = (event) => {
      if (this.socket !== socket || typeof event.data !== "string") return;
      if ((JSON.parse(event.data) as { type: string }).type !== "ready") return;
      this.lost_at = 0;
      this.attempt = 0;
      this.events.live();
      void this.record(socket);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket || this.is_over) return;
      this.stop_recorders();
      const why = reasons[event.code];
      if (why !== undefined) return this.finish(why, event.reason);
      this.lost_at ||= Date.now();
      if (Date.now() - this.lost_at > comes_back_for_ms) return this.finish("lost", "");
      this.events.reconnecting();
      this.timer = window.setTimeout(() => this.connect(), Math.min(3000, 300 * 2 ** this.attempt++));
    };
  }

  private finish(why: BroadcastEnd, detail: string): void {
    this.leave();
    this.events.over(why, detail);
  }

  private async record(socket: WebSocket): Promise<void> {
    this.start_recorder(socket, 0, this.stream);
    const camera = this.stream.getVideoTracks()[0];
    if (camera === undefined || (navigator.hardwareConcurrency ?? cores_for_two) < cores_for_two) return;
    if (this.small === null) {
      const track = camera.clone();
      try {
        await track.applyConstraints({ width: 320, height: 240, frameRate: 15 });
      } catch {
        // A screen can't always be made smaller; its small layer then only has fewer bits.
      }
      this.small = new MediaStream([track, ...this.stream.getAudioTracks()]);
    }
    if (this.socket === socket && socket.readyState === WebSocket.OPEN) this.start_recorder(socket, 1, this.small);
  }

  private start_recorder(socket: WebSocket, layer: number, stream: MediaStream): void {
    const bits = layers[layer]!;
    const recorder = new MediaRecorder(stream, {
      mimeType: recording_type()!,
      videoBitsPerSecond: bits.video,
      audioBitsPerSecond: bits.audio,
      videoKeyFrameIntervalDuration: key_frames_ms,
    } as MediaRecorderOptions);
    let sending = Promise.resolve();
    recorder.ondataavailable = ({ data }) => {
      if (data.size === 0) return;
      // Slices are read one after the other, so that they leave in their order.
      sending = sending.then(async () => {
        const bytes = new Uint8Array(1 + data.size);
        bytes[0] = layer;
        bytes.set(new Uint8Array(await data.arrayBuffer()), 1);
        if (this.socket === socket && socket.readyState === WebSocket.OPEN) socket.send(bytes);
      });
      if (socket.bufferedAmount > most_waiting) socket.close();
    };
    recorder.start(slice_ms);
    this.recorders.push(recorder);
  }

  private stop_recorders(): void {
    for (const recorder of this.recorders.splice(0)) {
      recorder.ondataavailable = null;
      if (recorder.state !== "inactive") recorder.stop();
    }
  }
}
