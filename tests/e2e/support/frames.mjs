// WebSocket frames (RFC 6455, section 5) byte by byte, for what no WebSocket library sends.
import { connect } from "node:net";

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
export const key = "dGhlIHNhbXBsZSBub25jZQ==";

/**
 * One frame of a client. `rsv`: 0 to 7, RSV1 is 4. `form`: 7, 16 or 64 bits of length, whatever the length needs.
 * `says`: the length in the header where it isn't that of the payload. `mask`: four bytes, or null for none.
 */
export function frame(opcode, payload = "", { fin = true, rsv = 0, form, says, mask = [0x37, 0xfa, 0x21, 0x3d] } = {}) {
  const bytes = Buffer.from(payload);
  const length = BigInt(says ?? bytes.length);
  const bits = form ?? (length < 126n ? 7 : length < 65536n ? 16 : 64);
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127);
  if (bits === 16) head.writeUInt16BE(Number(length), 2);
  if (bits === 64) head.writeBigUInt64BE(length, 2);
  if (!mask) return Buffer.concat([head, bytes]);
  return Buffer.concat([head, Buffer.from(mask), bytes.map((byte, i) => byte ^ mask[i % 4])]);
}

export const text = (payload, options) => frame(opcodes.text, payload, options);
export const binary = (payload, options) => frame(opcodes.binary, payload, options);
export const more = (payload, options) => frame(opcodes.continuation, payload, options);
export const ping = (payload, options) => frame(opcodes.ping, payload, options);
export const pong = (payload, options) => frame(opcodes.pong, payload, options);
export const close = (code, reason = "", options) => {
  const bytes = Buffer.from(reason);
  return frame(
    opcodes.close,
    code === undefined ? bytes : Buffer.concat([Buffer.from([code >> 8, code & 255]), bytes]),
    options,
  );
};
/** A message in pieces. */
export const fragments = (opcode, pieces, options = {}) =>
  pieces.map((piece, i) =>
    frame(i === 0 ? opcode : 0, piece, {
      ...options,
      rsv: i === 0 ? (options.rsv ?? 0) : 0,
      fin: i === pieces.length - 1,
    }),
  );
export const cut = (bytes, size) => {
  const buffer = Buffer.from(bytes);
  return Array.from({ length: Math.max(1, Math.ceil(buffer.length / size)) }, (_, i) =>
    buffer.subarray(i * size, (i + 1) * size),
  );
};

export function handshake(path = "/ws/echo", headers = []) {
  return [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    ...headers,
    "",
    "",
  ].join("\r\n");
}

/** A raw client: `head` is the answer to its handshake, `next` the server's next frame, null once it has closed. */
export class Peer {
  #bytes = Buffer.alloc(0);
  #chunks = [];
  #size = 0;
  #ended = false;
  #wake = () => {};

  static async open(server, { path, headers, from } = {}) {
    const peer = new Peer(server, { from });
    peer.send(handshake(path, headers));
    peer.head = await peer.readHead();
    return peer;
  }

  constructor(server, { from, host = "127.0.0.1" } = {}) {
    this.socket = connect({ port: server.port, host, localAddress: from, noDelay: true });
    this.socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  get isOver() {
    return this.#ended;
  }

  send(...pieces) {
    for (const piece of pieces.flat(Infinity)) this.socket.write(piece);
  }

  /** Once the kernel has taken all that was sent, or the server has closed. */
  drained() {
    return new Promise((resolve) => {
      const done = () => {
        this.socket.off("close", done);
        resolve();
      };
      this.socket.once("close", done);
      this.socket.write("", done);
    });
  }

  async #have(count) {
    while (this.#size < count && !this.#ended)
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    this.#bytes = this.#chunks[0] ?? Buffer.alloc(0);
    return this.#bytes.length >= count;
  }

  #take(count) {
    const taken = this.#bytes.subarray(0, count);
    this.#chunks = [this.#bytes.subarray(count)];
    this.#size -= count;
    return taken;
  }

  async readHead() {
    for (let wanted = 1; ; wanted = this.#size + 1) {
      const enough = await this.#have(wanted);
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end >= 0) return this.#take(end + 4).toString("latin1");
      if (!enough) return this.#bytes.toString("latin1");
    }
  }

  async next() {
    if (!(await this.#have(2))) return null;
    const [first, second] = this.#bytes;
    if (second & 0x80) throw new Error("the server masked a frame");
    let head = 2;
    let length = second;
    if (second === 126) {
      if (!(await this.#have(4))) return null;
      length = this.#bytes.readUInt16BE(2);
      head = 4;
    } else if (second === 127) {
      if (!(await this.#have(10))) return null;
      length = Number(this.#bytes.readBigUInt64BE(2));
      head = 10;
    }
    if (!(await this.#have(head + length))) return null;
    const payload = Buffer.from(this.#take(head + length).subarray(head));
    return { fin: (first & 0x80) !== 0, rsv: (first >> 4) & 7, opcode: first & 15, payload };
  }

  destroy() {
    this.socket.destroy();
  }
}
