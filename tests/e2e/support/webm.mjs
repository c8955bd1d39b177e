// WebM as a browser's recorder writes it, without any camera: for what is about bytes and not about pictures.

export const sliceMs = 80;

const size = (bytes) => Buffer.from([0x10 | (bytes >> 24), (bytes >> 16) & 255, (bytes >> 8) & 255, bytes & 255]);
const element = (id, ...content) => {
  const all = Buffer.concat(content.map((each) => Buffer.from(each)));
  return Buffer.concat([Buffer.from(id, "hex"), size(all.length), all]);
};

/** What a browser's recorder writes ahead of its first cluster: one picture, one sound. */
export const head = Buffer.concat([
  element("1a45dfa3", element("4282", Buffer.from("webm"))),
  Buffer.from("1853806701ffffffffffffff", "hex"),
  element("1549a966", element("2ad7b1", [0x0f, 0x42, 0x40])),
  element(
    "1654ae6b",
    element(
      "ae",
      element("d7", [1]),
      element("83", [1]),
      element("86", Buffer.from("V_VP8")),
      element("e0", element("b0", [2, 128]), element("ba", [1, 224])),
    ),
    element(
      "ae",
      element("d7", [2]),
      element("83", [2]),
      element("86", Buffer.from("A_OPUS")),
      element("e1", element("b5", [0x47, 0x3b, 0x80, 0]), element("9f", [1])),
    ),
  ),
]);

/** A slice at `time`: three frames of a picture, one of sound; a key frame each second. */
export function slice(time, bits) {
  const bytes = Math.round((bits * sliceMs) / 8000);
  const frame = (track, at, key, length) =>
    element("a3", [0x80 | track, at >> 8, at & 255, key ? 0x80 : 0], Buffer.alloc(length, 0xab));
  const stamp = Buffer.alloc(4);
  stamp.writeUInt32BE(time);
  return element(
    "1f43b675",
    element("e7", stamp),
    frame(1, 0, time % 1000 < sliceMs, bytes * 0.4),
    element("a3", [0x82, 0, 0, 0x80], [0xf8], Buffer.alloc(480, 0xcd)),
    frame(1, 33, false, bytes * 0.3),
    frame(1, 66, false, bytes * 0.25),
  );
}
