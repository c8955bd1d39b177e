/// A picture under a round window: moved by pointer or arrow keys, sized by a slider, given back as a square.

const side = 512;

export class Cropper {
  private readonly canvas: HTMLCanvasElement;
  private picture: ImageBitmap | HTMLImageElement | null = null;
  private zoom = 1;
  private x = 0;
  private y = 0;

  constructor(
    box: HTMLElement,
    private readonly slider: HTMLInputElement,
  ) {
    this.canvas = box.querySelector("canvas")!;
    slider.addEventListener("input", () => {
      this.zoom = Number(slider.value);
      this.draw();
    });
    box.addEventListener("pointerdown", (event) => box.setPointerCapture(event.pointerId));
    box.addEventListener("pointermove", (event) => {
      if (!box.hasPointerCapture(event.pointerId)) return;
      const scale = side / box.clientWidth;
      this.move(event.movementX * scale, event.movementY * scale);
    });
    box.addEventListener("keydown", (event) => {
      const steps: Record<string, [number, number]> = {
        ArrowLeft: [-16, 0],
        ArrowRight: [16, 0],
        ArrowUp: [0, -16],
        ArrowDown: [0, 16],
      };
      const step = steps[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.move(...step);
    });
  }

  /// False when the file is no picture that the browser can show.
  async load(file: File): Promise<boolean> {
    this.picture = await decode(file);
    this.zoom = 1;
    this.slider.value = "1";
    this.x = 0;
    this.y = 0;
    this.draw();
    return this.picture !== null;
  }

  square(): Promise<Blob> {
    return new Promise((resolve, reject) => {
      this.canvas.toBlob(
        (blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)),
        "image/jpeg",
        0.9,
      );
    });
  }

  private move(x: number, y: number): void {
    this.x += x;
    this.y += y;
    this.draw();
  }

  private draw(): void {
    const context = this.canvas.getContext("2d")!;
    context.clearRect(0, 0, side, side);
    if (this.picture === null) return;
    const { width, height } = this.picture;
    const scale = (side / Math.min(width, height)) * this.zoom;
    // The picture always fills the window.
    const spare_x = (width * scale - side) / 2;
    const spare_y = (height * scale - side) / 2;
    this.x = Math.max(-spare_x, Math.min(spare_x, this.x));
    this.y = Math.max(-spare_y, Math.min(spare_y, this.y));
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    context.drawImage(this.picture, this.x - spare_x, this.y - spare_y, width * scale, height * scale);
  }
}

async function decode(file: File): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(file);
  } catch {
    return null;
  }
}
