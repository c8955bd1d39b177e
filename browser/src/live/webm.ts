/// Reads the WebM that the server writes for viewers: a head of tracks, then clusters of known size with simple blocks.

export interface Head {
  video: { codec: string; width: number; height: number } | null;
  audio: { rate: number; channels: number; head: Uint8Array } | null;
}

export interface Frame {
  is_video: boolean;
  is_key: boolean;
  /// Milliseconds since the broadcast's begin.
  time: number;
  data: Uint8Array;
}

const ebml = 0x1a45dfa3;
const segment = 0x18538067;
const info = 0x1549a966;
const tracks = 0x1654ae6b;
const cluster = 0x1f43b675;

interface Element_ {
  id: number;
  content: Uint8Array;
}

/// Elements in a row; a segment is entered, as its size is not known.
function* elements(bytes: Uint8Array): Generator<Element_> {
  let at = 0;
  while (at < bytes.length) {
    const id_length = Math.clz32(bytes[at]!) - 23;
    let id = 0;
    for (let i = 0; i < id_length; i++) id = id * 256 + bytes[at + i]!;
    at += id_length;
    const size_length = Math.clz32(bytes[at]!) - 23;
    let size = bytes[at]! & (0xff >> size_length);
    for (let i = 1; i < size_length; i++) size = size * 256 + bytes[at + i]!;
    at += size_length;
    if (id === segment) continue;
    yield { id, content: bytes.subarray(at, at + size) };
    at += size;
  }
}

function number_in(content: Uint8Array): number {
  return content.reduce((sum, byte) => sum * 256 + byte, 0);
}

function read_head(content: Uint8Array): Head {
  const head: Head = { video: null, audio: null };
  for (const entry of elements(content)) {
    let codec = "";
    let codec_private: Uint8Array = new Uint8Array();
    for (const { id, content: value } of elements(entry.content)) {
      if (id === 0x86) codec = new TextDecoder().decode(value);
      if (id === 0x63a2) codec_private = value;
      if (id === 0xe0) {
        const size = new Map([...elements(value)].map((each) => [each.id, number_in(each.content)]));
        head.video = { codec, width: size.get(0xb0) ?? 0, height: size.get(0xba) ?? 0 };
      }
      if (id === 0xe1) {
        const parts = new Map([...elements(value)].map((each) => [each.id, each.content]));
        const rate = parts.get(0xb5);
        head.audio = {
          rate: rate?.length === 8 ? new DataView(rate.buffer, rate.byteOffset, 8).getFloat64(0) : 48_000,
          channels: number_in(parts.get(0x9f) ?? new Uint8Array([1])),
          head: codec_private,
        };
      }
    }
    if (head.video !== null && head.video.codec === "") head.video.codec = codec;
  }
  return head;
}

function read_cluster(content: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  let since = 0;
  for (const { id, content: value } of elements(content)) {
    if (id === 0xe7) since = number_in(value);
    if (id !== 0xa3) continue;
    const relative = new DataView(value.buffer, value.byteOffset + 1, 2).getInt16(0);
    frames.push({
      is_video: value[0] === 0x81,
      is_key: (value[3]! & 0x80) !== 0,
      time: since + relative,
      data: value.subarray(4),
    });
  }
  return frames;
}

/// What one message of the media socket holds.
export function read_webm(bytes: Uint8Array): { head: Head | null; frames: Frame[] } {
  let head: Head | null = null;
  const frames: Frame[] = [];
  for (const { id, content } of elements(bytes)) {
    if (id === tracks) head = read_head(content);
    else if (id === cluster) frames.push(...read_cluster(content));
    else if (id !== ebml && id !== info) break;
  }
  return { head, frames };
}

/// The type by which a browser says whether it can play a head.
export function media_type(head: Head): string {
  const codecs = [];
  if (head.video !== null) codecs.push(head.video.codec === "V_VP9" ? "vp09.00.10.08" : "vp8");
  if (head.audio !== null) codecs.push("opus");
  return `${head.video === null ? "audio" : "video"}/webm;codecs="${codecs.join(",")}"`;
}
