import { word } from "../shared/words.ts";

/// Cameras, microphones and the screen, and why there are none.

export type Fault = "denied" | "missing" | "busy" | "insecure" | "cannot_record";

export function fault_of(error: unknown): Fault {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      return "busy";
  }
}

/// What stands in the way before anybody is asked; null for nothing.
export function obstacle(): Fault | null {
  if (!window.isSecureContext || navigator.mediaDevices?.getUserMedia === undefined) return "insecure";
  if (recording_type() === null) return "cannot_record";
  return null;
}

/// The type that this browser records and the server takes.
export function recording_type(): string | null {
  if (globalThis.MediaRecorder === undefined) return null;
  return (
    ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus"].find((each) => MediaRecorder.isTypeSupported(each)) ??
    null
  );
}

export const no_camera = "none";

/// "" for a device means any.
export async function open_devices(camera: string, microphone: string): Promise<MediaStream> {
  const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true };
  if (microphone !== "") audio.deviceId = { exact: microphone };
  if (camera === no_camera) return navigator.mediaDevices.getUserMedia({ audio });
  const video: MediaTrackConstraints = {
    width: { ideal: 640 },
    height: { ideal: 480 },
    frameRate: { ideal: 30, max: 30 },
    ...(camera === "" ? { facingMode: "user" } : { deviceId: { exact: camera } }),
  };
  return navigator.mediaDevices.getUserMedia({ audio, video });
}

/// The screen with the microphone beside it, where there is one.
export async function open_screen(microphone: string): Promise<MediaStream> {
  const screen = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: 15 }, width: { max: 1280 }, height: { max: 720 } },
    audio: false,
  });
  try {
    for (const track of (await open_devices(no_camera, microphone)).getTracks()) screen.addTrack(track);
  } catch {
    // A screen without a voice is better than none.
  }
  return screen;
}

export async function fill_devices(cameras: HTMLSelectElement, microphones: HTMLSelectElement): Promise<void> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const fill = (select: HTMLSelectElement, kind: MediaDeviceKind, key: string): void => {
    const chosen = select.value;
    const found = all.filter((each) => each.kind === kind);
    select.replaceChildren(
      ...found.map((each, index) => new Option(each.label || word(key, index + 1), each.deviceId)),
    );
    if (kind === "videoinput") select.append(new Option(word("live.no_camera"), no_camera));
    if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
  };
  fill(cameras, "videoinput", "live.camera_n");
  fill(microphones, "audioinput", "live.microphone_n");
}

export function stop_stream(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
