import type { Api } from "../shared/api.ts";
import { by, tab_memory } from "../shared/dom.ts";
import { word } from "../shared/words.ts";
import { fault_of, fill_devices, no_camera, obstacle, open_devices, open_screen, stop_stream } from "./devices.ts";

/// What a host sees before anybody else does: the picture, the loudness, a choice of devices.

export class Preview {
  private readonly dialog = by<HTMLDialogElement>("preview");
  private readonly picture = by<HTMLVideoElement>("preview-picture");
  private readonly camera = by<HTMLSelectElement>("camera");
  private readonly microphone = by<HTMLSelectElement>("microphone");
  private readonly start_button = by<HTMLButtonElement>("start-live");
  private stream: MediaStream | null = null;
  private sound: AudioContext | null = null;
  private meter_timer = 0;
  private is_screen = false;

  constructor(
    private readonly api: Api,
    private readonly room: string,
    private readonly go_live: (stream: MediaStream) => void,
  ) {
    this.camera.addEventListener("change", () => void this.open());
    this.microphone.addEventListener("change", () => void this.open());
    this.start_button.addEventListener("click", () => void this.start());
    const share = by<HTMLButtonElement>("share-screen");
    share.hidden = typeof navigator.mediaDevices?.getDisplayMedia !== "function";
    share.addEventListener("click", () => void this.open(true));
    this.dialog.addEventListener("close", () => this.close());
  }

  /// Takes up a broadcast that this tab left without an end, with the same devices and without asking; not a screen,
  /// which a browser gives to a click alone.
  async resume(): Promise<void> {
    const kept = tab_memory.get(this.key());
    if (kept === null || obstacle() !== null) return;
    const { camera, microphone } = JSON.parse(kept) as { camera: string; microphone: string };
    try {
      this.go_live(await this.open_what_there_is(camera, microphone));
    } catch {
      // The button to go on is there.
    }
  }

  /// The broadcast is over: there is nothing to take up.
  forget(): void {
    tab_memory.set(this.key(), "");
  }

  private key(): string {
    return `soyuz.live.${this.room}`;
  }

  show(): void {
    this.dialog.showModal();
    void this.open();
  }

  private async open(is_screen = false): Promise<void> {
    this.release();
    this.is_screen = is_screen;
    this.start_button.disabled = true;
    const hindrance = obstacle();
    if (hindrance !== null) return this.show_fault(hindrance);
    this.show_fault(null);
    try {
      const stream = is_screen
        ? await open_screen(this.microphone.value)
        : await this.open_what_there_is(this.camera.value, this.microphone.value);
      // Closed while the browser asked.
      if (!this.dialog.open) return stop_stream(stream);
      this.stream = stream;
    } catch (error) {
      return this.show_fault(fault_of(error));
    }
    const has_picture = this.stream.getVideoTracks().length > 0;
    this.picture.srcObject = this.stream;
    this.picture.classList.toggle("mirrored", !is_screen);
    this.picture.hidden = !has_picture;
    by("preview-none").hidden = has_picture;
    this.picture.play().catch(() => {});
    await fill_devices(this.camera, this.microphone);
    if (!has_picture) this.camera.value = no_camera;
    this.measure();
    this.start_button.disabled = false;
    this.start_button.focus();
  }

  /// Where there is a microphone but no camera, sound alone is live too.
  private async open_what_there_is(camera: string, microphone: string): Promise<MediaStream> {
    try {
      return await open_devices(camera, microphone);
    } catch (error) {
      if (camera !== "" || fault_of(error) !== "missing") throw error;
      return open_devices(no_camera, microphone);
    }
  }

  private measure(): void {
    if (this.stream === null || this.stream.getAudioTracks().length === 0) return;
    this.sound = new AudioContext();
    const analyser = this.sound.createAnalyser();
    this.sound.createMediaStreamSource(this.stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const bar = by("meter");
    this.meter_timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      const percent = Math.round(Math.min(1, peak * 1.5) * 100);
      bar.style.width = `${percent}%`;
      bar.parentElement!.setAttribute("aria-valuenow", String(percent));
    }, 100);
  }

  private async start(): Promise<void> {
    const stream = this.stream;
    if (stream === null) return;
    const records = by<HTMLInputElement>("preview-records").checked;
    try {
      await this.api.call("PATCH", `/live/${encodeURIComponent(this.room)}`, { records });
    } catch {
      // Going live matters more; the options show what is so.
    }
    this.stream = null;
    this.dialog.close();
    const devices = { camera: this.camera.value, microphone: this.microphone.value };
    tab_memory.set(this.key(), this.is_screen ? "" : JSON.stringify(devices));
    this.go_live(stream);
  }

  private show_fault(fault: string | null): void {
    const note = by("preview-fault");
    note.hidden = fault === null;
    if (fault === null) return;
    note.textContent = word(`live.${fault}`);
    note.dataset.fault = fault;
  }

  private release(): void {
    clearInterval(this.meter_timer);
    void this.sound?.close();
    this.sound = null;
    stop_stream(this.stream);
    this.stream = null;
    this.picture.srcObject = null;
  }

  private close(): void {
    this.release();
  }
}
