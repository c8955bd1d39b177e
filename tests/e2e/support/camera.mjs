// A camera that shows the time as black and white squares, and how a viewer reads it back.

/** For launch(): devices that need nobody's leave, and sound that nobody has to ask for. */
export const fake_devices = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** In a host's page, before it loads: the picture of every camera is a clock; sound stays as it is. */
export function clock_camera() {
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await original(wish);
    if (!wish.video) return stream;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    // Without an alpha channel, which would double the stream.
    const ink = canvas.getContext("2d", { alpha: false });
    setInterval(() => {
      const now = Date.now() & 0xffff;
      ink.fillStyle = "#30a050";
      ink.fillRect(0, 0, 640, 480);
      for (let bit = 0; bit < 16; bit += 1) {
        ink.fillStyle = (now >> bit) & 1 ? "#fff" : "#000";
        ink.fillRect((bit % 8) * 80, 200 + Math.floor(bit / 8) * 80, 80, 80);
      }
    }, 50);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
    }
    // Few frames, so that two encoders and two browsers keep up on a busy machine.
    stream.addTrack(canvas.captureStream(10).getVideoTracks()[0]);
    return stream;
  };
}

/** In a viewer's page: what the picture shows now: its age in milliseconds, and whether it is black. */
export function read_clock() {
  const picture = document.getElementById("picture");
  const shown_on = document.getElementById("canvas");
  const source = shown_on.hidden ? picture : shown_on;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  ink.drawImage(source, 0, 0, 640, 480);
  const light = (x, y) => {
    const [red, green, blue] = ink.getImageData(x, y, 1, 1).data;
    return red + green + blue;
  };
  let shown = 0;
  for (let bit = 0; bit < 16; bit += 1)
    if (light((bit % 8) * 80 + 40, 240 + Math.floor(bit / 8) * 80) > 380) shown |= 1 << bit;
  const age = ((Date.now() & 0xffff) - shown + 0x10000) & 0xffff;
  const [red, green, blue] = ink.getImageData(320, 60, 1, 1).data;
  return {
    age,
    is_black: red + green + blue < 60,
    is_green: green > 100 && red < 110,
    width: source.videoWidth ?? source.width,
    is_canvas: source === shown_on,
  };
}
