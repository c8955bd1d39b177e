/// Two short notes when something can't wait. Browsers let a page sound once it has been touched.
export class Alarm {
  private context: AudioContext | null = null;
  private last_at = 0;

  constructor() {
    const begin = (): void => {
      this.context ??= new AudioContext();
      void this.context.resume();
    };
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, begin, { once: true });
  }

  sound(): void {
    if (this.context === null || Date.now() - this.last_at < 3000) return;
    this.last_at = Date.now();
    this.note(this.context, 880, 0);
    this.note(this.context, 1174, 0.18);
  }

  private note(context: AudioContext, pitch: number, after: number): void {
    const from = context.currentTime + after;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, from);
    loudness.gain.exponentialRampToValueAtTime(0.25, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.16);
    tone.connect(loudness).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.17);
  }
}
