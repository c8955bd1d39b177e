// RFC 6455 and RFC 7692, case by case against the real binary: bytes in, frames out. The groups follow those of the
// Autobahn suite.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { deflateRawSync, inflateRawSync, constants } from "node:zlib";
import { Client } from "./support/client.mjs";
import {
  binary,
  close,
  cut,
  fragments,
  frame,
  handshake,
  key,
  more,
  opcodes,
  Peer,
  ping,
  pong,
  text,
} from "./support/frames.mjs";
import { Server } from "./support/server.mjs";

let server, token;
before(async () => {
  server = await Server.start({ options: ["--test-endpoints", "--no-rate-limits"] });
  token = (await Client.register(server, "sara")).token;
});
after(() => server.dispose());

const T = (payload) => ({ opcode: opcodes.text, payload: Buffer.from(payload) });
const B = (payload) => ({ opcode: opcodes.binary, payload: Buffer.from(payload) });
const P = (payload = "") => ({ opcode: opcodes.pong, payload: Buffer.from(payload) });
const bytes = (...values) => Buffer.from(values);
const hex = (digits) => Buffer.from(digits.replaceAll(" ", ""), "hex");
/** Bytes that can't be compressed, the same in every run. */
const most = new Uint32Array(4 << 20);
for (let i = 0, state = 1; i < most.length; i += 1) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  most[i] = state;
}
const noise = (size) => Buffer.from(most.buffer, 0, size);
const tail = bytes(0, 0, 0xff, 0xff);
const shown = ({ opcode, payload }) => {
  const cutShort =
    payload.length > 60
      ? `${payload.subarray(0, 60).toString("hex")}… ${createHash("sha1").update(payload).digest("hex")}`
      : payload.toString("hex");
  return `${opcode} ${payload.length} ${cutShort}`;
};

/**
 * Sends and compares what comes. `expect`: frames, and last the code that the server closes with; without one the
 * connection has to be sound afterwards: it is closed in order.
 */
async function play(send, expect, options = {}) {
  const peer = await Peer.open(server, options);
  try {
    assert.match(peer.head, /^HTTP\/1\.1 101 /);
    peer.send(send);
    const ends = typeof expect.at(-1) === "number" || expect.at(-1) === null;
    if (!ends) peer.send(close(1000));
    for (const wanted of ends ? expect : [...expect, 1000]) {
      let got = await peer.next();
      assert.ok(got, `the connection ended before ${typeof wanted === "number" ? wanted : wanted && shown(wanted)}`);
      assert.ok(got.fin, "the server does not fragment");
      if (got.rsv === 4) {
        assert.ok(got.opcode <= 2 && /permessage-deflate/.test(peer.head), "RSV1 was not agreed on");
        got = {
          ...got,
          rsv: 0,
          payload: inflateRawSync(Buffer.concat([got.payload, tail]), { finishFlush: constants.Z_SYNC_FLUSH }),
        };
      }
      assert.equal(got.rsv, 0);
      if (typeof wanted !== "number" && wanted !== null) {
        assert.equal(shown(got), shown(wanted));
        continue;
      }
      assert.equal(got.opcode, opcodes.close, shown(got));
      assert.equal(got.payload.length ? got.payload.readUInt16BE(0) : null, wanted);
    }
    assert.equal(await peer.next(), null);
  } finally {
    peer.destroy();
  }
}

function table(name, rows, options) {
  describe(name, () => {
    for (const [title, send, expect, more_ = {}] of rows)
      test(title, () => play(send, expect, { ...options, ...more_ }));
  });
}

table("1 framing", [
  ...[0, 1, 2, 125, 126, 127, 128, 65534, 65535, 65536, 65537].flatMap((size) => {
    const letters = "*".repeat(size);
    return [
      [`1.1 text of ${size} bytes`, text(letters), [T(letters)]],
      [`1.2 binary of ${size} bytes`, binary(noise(size)), [B(noise(size))]],
    ];
  }),
  ["1.1.8 text of 65536 bytes in writes of 997", cut(text("*".repeat(65536)), 997), [T("*".repeat(65536))]],
  ["1.2.8 binary of 65536 bytes in writes of 997", cut(binary(noise(65536)), 997), [B(noise(65536))]],
  [
    "a byte a write",
    cut(Buffer.concat([text("one"), ping("two"), binary("three")]), 1),
    [T("one"), P("two"), B("three")],
  ],
  [
    "many messages in one write",
    Buffer.concat(Array.from({ length: 200 }, (_, i) => text(`${i}`))),
    Array.from({ length: 200 }, (_, i) => T(`${i}`)),
  ],
  ["NUL and other control characters are text", text("\0\x01\x7f"), [T("\0\x01\x7f")]],
  ...[
    [0, 0, 0, 0],
    [255, 255, 255, 255],
    [0, 0, 0, 1],
    [1, 2, 3, 4],
  ].map((mask) => [
    `a mask of ${mask}`,
    [text("Hello, mask", { mask }), binary(noise(300), { mask })],
    [T("Hello, mask"), B(noise(300))],
  ]),
]);

table("5.2 lengths", [
  ...[0, 1, 124, 125].map((size) => [
    `${size} bytes with a length of 16 bits`,
    binary(noise(size), { form: 16 }),
    [1002],
  ]),
  ...[0, 125, 126, 65535].map((size) => [
    `${size} bytes with a length of 64 bits`,
    binary(noise(size), { form: 64 }),
    [1002],
  ]),
  ["a ping with a length of 16 bits", ping("x", { form: 16 }), [1002]],
  ["a close with a length of 64 bits", close(1000, "", { form: 64 }), [1002]],
  ["the highest bit of the length", binary("", { form: 64, says: 1n << 63n }), [1002]],
  ["all bits of the length", binary("", { form: 64, says: (1n << 64n) - 1n }), [1002]],
  ["a terabyte is refused by its announcement", binary("", { form: 64, says: 1n << 40n }), [1009]],
  ["the highest length that there is", text("", { form: 64, says: (1n << 63n) - 1n }), [1009]],
]);

table("5.3 masking", [
  ["text without a mask", text("x", { mask: null }), [1002]],
  ["an empty text without a mask", text("", { mask: null }), [1002]],
  ["binary without a mask", binary(noise(300), { mask: null }), [1002]],
  ["a ping without a mask", ping("", { mask: null }), [1002]],
  ["a close without a mask", close(1000, "", { mask: null }), [1002]],
  ["a continuation without a mask", [text("a", { fin: false }), more("b", { mask: null })], [1002]],
  ["the second byte tells already", text("", { mask: null }).subarray(0, 2), [1002]],
]);

table("2 pings and pongs", [
  ["2.1 an empty ping", ping(), [P()]],
  ["2.2 a ping with text", ping("Hello, world!"), [P("Hello, world!")]],
  ["2.3 a ping with bytes that are no text", ping(hex("00 ff fe fd fc fb 00 ff")), [P(hex("00 ff fe fd fc fb 00 ff"))]],
  ["2.4 a ping of 125 bytes", ping(noise(125)), [P(noise(125))]],
  ["2.5 a ping of 126 bytes", ping(noise(126)), [1002]],
  ["2.6 a ping of 125 bytes, a byte a write", cut(ping(noise(125)), 1), [P(noise(125))]],
  ["2.7 an empty pong that nobody asked for", pong(), []],
  ["2.8 a pong with bytes that nobody asked for", pong("unsolicited"), []],
  ["2.9 a pong that nobody asked for, then a ping", [pong("unsolicited"), ping("ping")], [P("ping")]],
  [
    "2.10 ten pings",
    Array.from({ length: 10 }, (_, i) => ping(`payload-${i}`)),
    Array.from({ length: 10 }, (_, i) => P(`payload-${i}`)),
  ],
  [
    "2.11 ten pings, a byte a write",
    cut(Buffer.concat(Array.from({ length: 10 }, (_, i) => ping(`payload-${i}`))), 1),
    Array.from({ length: 10 }, (_, i) => P(`payload-${i}`)),
  ],
  ["a pong of 126 bytes", pong(noise(126)), [1002]],
  ["a ping that says 65536 bytes", ping("", { form: 64, says: 65536 }), [1002]],
  ...[2, 64, 124].map((size) => [`a ping of ${size} bytes`, ping(noise(size)), [P(noise(size))]]),
]);

table(
  "3 reserved bits",
  [1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => [
    [`RSV ${rsv} on text`, text("small", { rsv }), [1002]],
    [`RSV ${rsv} on the second text`, [text("small"), text("small", { rsv }), ping()], [T("small"), 1002]],
    [`RSV ${rsv} on binary, a byte a write`, cut(binary(noise(8), { rsv }), 1), [1002]],
    [`RSV ${rsv} on a ping`, ping("x", { rsv }), [1002]],
    [`RSV ${rsv} on a pong`, pong("x", { rsv }), [1002]],
    [`RSV ${rsv} on a close`, close(1000, "", { rsv }), [1002]],
    [`RSV ${rsv} on a continuation`, [text("a", { fin: false }), more("b", { rsv })], [1002]],
  ]),
);

table(
  "4 reserved opcodes",
  [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
    [`opcode ${opcode} without a payload`, frame(opcode), [1002]],
    [`opcode ${opcode} with a payload`, frame(opcode, "reserved opcode payload"), [1002]],
    [`opcode ${opcode} behind a text`, [text("Hello"), frame(opcode, "x"), ping()], [T("Hello"), 1002]],
    [`opcode ${opcode} within a message`, [text("Hel", { fin: false }), frame(opcode), more("lo")], [1002]],
  ]),
);

const open = { fin: false };
table("5 fragmentation", [
  ["5.1 a ping in two fragments", [ping("frag", open), more("ment")], [1002]],
  ["5.2 a pong in two fragments", [pong("frag", open), more("ment")], [1002]],
  ["a close in two fragments", [close(1000, "", open), more("")], [1002]],
  ["5.3 a text in two fragments", fragments(opcodes.text, ["fragment1", "fragment2"]), [T("fragment1fragment2")]],
  [
    "5.5 the same, a byte a write",
    cut(Buffer.concat(fragments(opcodes.text, ["fragment1", "fragment2"])), 1),
    [T("fragment1fragment2")],
  ],
  [
    "5.6 a ping between two fragments",
    [text("fragment1", open), ping("ping"), more("fragment2")],
    [P("ping"), T("fragment1fragment2")],
  ],
  [
    "5.8 the same, a byte a write",
    cut(Buffer.concat([text("fragment1", open), ping("ping"), more("fragment2")]), 1),
    [P("ping"), T("fragment1fragment2")],
  ],
  ["a pong between two fragments", [text("a", open), pong("x"), more("b")], [T("ab")]],
  ["a close between two fragments", [text("a", open), close(1001), more("b")], [1001]],
  ["5.9 a last continuation of nothing, then text", [more("not"), text("Hello")], [1002]],
  ["5.11 the same, a byte a write", cut(Buffer.concat([more("not"), text("Hello")]), 1), [1002]],
  ["5.12 a continuation of nothing, not the last", [more("not", open), text("Hello")], [1002]],
  [
    "5.15 two fragments, then a continuation",
    [...fragments(opcodes.text, ["a", "b"]), more("c", open), text("d")],
    [T("ab"), 1002],
  ],
  ["5.16 a continuation first, and a text that begins", [more("a", open), text("b", open), more("c")], [1002]],
  ["5.18 a text within a text", [text("fragment1", open), text("fragment2")], [1002]],
  ["a binary within a text", [text("fragment1", open), binary("fragment2")], [1002]],
  ["a text that begins within a text", [text("fragment1", open), text("fragment2", open)], [1002]],
  [
    "5.19 five fragments with pings between",
    [text("1", open), more("2", open), ping("a"), more("3", open), more("4", open), ping("b"), more("5")],
    [P("a"), P("b"), T("12345")],
  ],
  ["all fragments empty", fragments(opcodes.text, ["", "", ""]), [T("")]],
  ["6.1.2 empty fragments before and behind", fragments(opcodes.text, ["", "middle", ""]), [T("middle")]],
  [
    "a binary of fragments of all sizes",
    fragments(opcodes.binary, [noise(1), noise(125), noise(126), noise(65535), noise(65536)]),
    [B(Buffer.concat([noise(1), noise(125), noise(126), noise(65535), noise(65536)]))],
  ],
  ["a thousand fragments of a byte", fragments(opcodes.text, Array(1000).fill("x")), [T("x".repeat(1000))]],
  [
    "a thousand fragments with a ping behind each",
    fragments(opcodes.text, Array(1000).fill("x")).flatMap((each, i) => (i < 999 ? [each, ping(`${i}`)] : [each])),
    [...Array.from({ length: 999 }, (_, i) => P(`${i}`)), T("x".repeat(1000))],
  ],
  [
    "two fragmented messages in a row",
    [...fragments(opcodes.text, ["a", "b"]), ...fragments(opcodes.binary, ["c", "d"])],
    [T("ab"), B("cd")],
  ],
]);

const valid = {
  Greek: "ce ba e1 bd b9 cf 83 ce bc ce b5",
  "first of two bytes": "c2 80",
  "last of two bytes": "df bf",
  "first of three bytes": "e0 a0 80",
  "last of three bytes": "ef bf bf",
  "first of four bytes": "f0 90 80 80",
  "last there is": "f4 8f bf bf",
  "last of one byte": "7f",
  "before the surrogates": "ed 9f bf",
  "behind the surrogates": "ee 80 80",
  "the replacement character": "ef bf bd",
  "a byte order mark": "ef bb bf 41",
  "a non-character": "ef bf be",
  "a non-character beyond": "f0 9f bf be",
  "an emoji": "f0 9f 8e 89",
  Arabic: "d8 b3 d9 84 d8 a7 d9 85",
};
const invalid = {
  "a continuation byte": "80",
  "the last continuation byte": "bf",
  "two continuation bytes": "80 bf",
  "six continuation bytes": "80 bf 80 bf 80 bf",
  "every lead of two alone": "c2 20",
  "a lead of three alone": "e0 20",
  "a lead of four alone": "f0 20",
  "a lead of five": "f8 88 80 80 80",
  "a lead of six": "fc 84 80 80 80 80",
  "a two cut short": "c3",
  "a three cut short": "e1 bd",
  "a four cut short": "f0 9f 8e",
  "a three cut in the middle": "e1 bd 41",
  "a four cut in the middle": "f0 9f 41",
  FE: "fe",
  FF: "ff",
  "FE FE FF FF": "fe fe ff ff",
  "overlong slash of two": "c0 af",
  "overlong slash of three": "e0 80 af",
  "overlong slash of four": "f0 80 80 af",
  "overlong NUL": "c0 80",
  "overlong C1": "c1 bf",
  "overlong of three": "e0 9f bf",
  "overlong of four": "f0 8f bf bf",
  "overlong slash of five": "f8 80 80 80 af",
  "the first surrogate": "ed a0 80",
  "the last high surrogate": "ed af bf",
  "the first low surrogate": "ed b0 80",
  "the last surrogate": "ed bf bf",
  "a pair of surrogates": "ed a0 80 ed b0 80",
  "beyond the last": "f4 90 80 80",
  F5: "f5 80 80 80",
  F7: "f7 bf bf bf",
  "a surrogate behind Greek": "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64",
  "Latin-1": "4a fc 72 67 65 6e",
};
table(
  "6 UTF-8, valid",
  Object.entries(valid).flatMap(([name, digits]) => [
    [`${name}, whole`, text(hex(digits)), [T(hex(digits))]],
    [`${name}, a byte a fragment`, fragments(opcodes.text, cut(hex(digits), 1)), [T(hex(digits))]],
  ]),
);
table(
  "6 UTF-8, invalid",
  Object.entries(invalid).flatMap(([name, digits]) => [
    [`${name}, whole`, text(hex(digits)), [1007]],
    [
      `${name}, a byte a fragment, behind text`,
      [text("ok"), ...fragments(opcodes.text, cut(hex(digits), 1))],
      [T("ok"), 1007],
    ],
    [`${name} is binary`, binary(hex(digits)), [B(hex(digits))]],
  ]),
);
const bad = hex("ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90");
table("6.4 UTF-8 fails at the first byte that makes it impossible", [
  ["6.4.1 in a fragment, while the message goes on", text(bad, open), [1007]],
  ["6.4.2 a fragment later", [text(bad.subarray(0, 12), open), more(bad.subarray(12), open)], [1007]],
  ["6.4.3 in a frame that is still coming", text(bad, { says: 100 }), [1007]],
  ["6.4.4 the same, a byte a write", cut(text(bad, { says: 100 }), 1), [1007]],
  ["in the first byte of a frame of 60,000", text(bytes(0xff), { says: 60000 }), [1007]],
  ["in a later fragment that is still coming", [text("ok", open), more(bytes(0xc0), { says: 1000 })], [1007]],
  [
    "a character cut by fragments is waited for",
    [text(hex("f0 9f"), open), ping("x"), more(hex("8e 89"))],
    [P("x"), T("🎉")],
  ],
  ["a character that the last fragment leaves open", [text(hex("f0 9f"), open), more("")], [1007]],
]);

table("7 closing", [
  ["7.1.1 in order", [text("Hello"), close(1000)], [T("Hello"), 1000]],
  ["7.1.2 twice", [close(1000), close(1001)], [1000]],
  ["7.1.3 a ping behind it", [close(1000), ping("x")], [1000]],
  ["7.1.4 a text behind it", [close(1000), text("x")], [1000]],
  ["7.1.5 within a fragmented message", [text("fragment1", open), close(1000), more("fragment2")], [1000]],
  [
    "7.1.6 behind 256 KiB",
    [text("*".repeat(262144)), text("Hello"), close(1000), ping("x")],
    [T("*".repeat(262144)), T("Hello"), 1000],
  ],
  ["nonsense behind it", [close(1000), Buffer.alloc(1000, 0xff)], [1000]],
  ["7.3.1 without a code", close(), [null]],
  ["7.3.2 with a payload of one byte", frame(opcodes.close, "x"), [1002]],
  ["7.3.3 with a code alone", close(1000), [1000]],
  ["7.3.4 with a reason", close(1000, "Hello World!"), [1000]],
  ["7.3.5 with a reason of 123 bytes", close(1000, "*".repeat(123)), [1000]],
  ["7.3.6 with a reason of 124 bytes", close(1000, "*".repeat(124)), [1002]],
  ["7.5.1 with a reason that is no UTF-8", close(1000, bad), [1007]],
  ["with a reason whose last character is cut", close(1000, hex("41 e2 82")), [1007]],
  ["with a reason in Arabic", close(1000, "سلام"), [1000]],
  ["a byte a write", cut(close(1000, "slowly"), 1), [1000]],
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code) => [
    `7.7 with ${code}`,
    close(code),
    [code],
  ]),
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32768, 65535].map((code) => [
    `7.9 with ${code}, which nobody may send`,
    close(code),
    [1002],
  ]),
]);

const MiB = 1 << 20;
table("9 limits", [
  ...[
    [65536, "text"],
    [262144, "binary"],
    [MiB, "text"],
    [4 * MiB, "binary"],
    [16 * MiB, "text"],
  ].map(([size, kind]) => [
    `9.1 ${kind} of ${size} bytes`,
    frame(opcodes[kind], Buffer.alloc(size, 42)),
    [{ opcode: opcodes[kind], payload: Buffer.alloc(size, 42) }],
  ]),
  ...[64, 256, 1024, 4096, 65536].map((size) => [
    `9.3 4 MiB of binary in fragments of ${size}`,
    fragments(opcodes.binary, cut(Buffer.alloc(4 * MiB, 42), size)),
    [B(Buffer.alloc(4 * MiB, 42))],
  ]),
  ...[64, 512, 2048].map((size) => [
    `9.5 1 MiB of text in writes of ${size}`,
    cut(text("*".repeat(MiB)), size),
    [T("*".repeat(MiB))],
  ]),
  ...[0, 16, 1024, 65536].map((size) => [
    `9.7 500 messages of ${size} bytes`,
    Array(500).fill(binary(noise(size))),
    Array(500).fill(B(noise(size))),
  ]),
  ["16 MiB and a byte, by its announcement", binary("", { form: 64, says: 16 * MiB + 1 }), [1009]],
  ["16 MiB and a byte, in two fragments", [binary(Buffer.alloc(16 * MiB), open), more("", { says: 1 })], [1009]],
  ["70,000 fragments", fragments(opcodes.binary, Array(70000).fill("x")), [B("x".repeat(70000))]],
  ["70,001 fragments", fragments(opcodes.binary, Array(70001).fill("x")), [1008]],
  [
    "10.1 65536 bytes of text in fragments of 1300",
    fragments(opcodes.text, cut("*".repeat(65536), 1300)),
    [T("*".repeat(65536))],
  ],
]);

const deflated = (payload, options = {}) =>
  deflateRawSync(Buffer.from(payload), { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(0, -4);
const envelope = (size) =>
  JSON.stringify({ type: "message", text: "the river runs past the old mill ".repeat(size / 20 + 2) }).slice(0, size);
const rsv1 = { rsv: 4 };
const hello = hex("f2 48 cd c9 c9 07 00");
// A block of zeros that ends in a flush can stand behind itself as often as one likes.
const bomb = Buffer.concat(
  Array(1024).fill(deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_SYNC_FLUSH })),
);
const offer = (parameters = "") => ({ headers: [`Sec-WebSocket-Extensions: permessage-deflate${parameters}`] });

for (const [name, options] of [
  ["12 messages with compression", offer("; client_max_window_bits")],
  ["13 with a window of 9 bits", offer("; server_max_window_bits=9; client_max_window_bits=9")],
  [
    "13 with a window of 12 bits, no context",
    offer("; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"),
  ],
])
  table(
    name,
    [
      ...[16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072].flatMap((size) => [
        [`12.1 JSON of ${size} bytes`, text(deflated(envelope(size)), rsv1), [T(envelope(size))]],
        [`12.2 noise of ${size} bytes`, binary(deflated(noise(size)), rsv1), [B(noise(size))]],
      ]),
      [
        "12.3 a hundred messages, every other one compressed",
        Array.from({ length: 100 }, (_, i) => (i % 2 ? text(deflated(envelope(500)), rsv1) : text(envelope(500)))),
        Array(100).fill(T(envelope(500))),
      ],
      [
        "12.4 fragments of 64 bytes",
        fragments(opcodes.text, cut(deflated(envelope(16384)), 64), rsv1),
        [T(envelope(16384))],
      ],
      ["12.5 a byte a write", cut(text(deflated(envelope(600)), rsv1), 1), [T(envelope(600))]],
    ],
    options,
  );

table(
  "RFC 7692, 7.2",
  [
    ["7.2.3.1 one block", text(hello, rsv1), [T("Hello")]],
    [
      "7.2.3.1 in two fragments",
      fragments(opcodes.text, [hello.subarray(0, 3), hello.subarray(3)], rsv1),
      [T("Hello")],
    ],
    ["7.2.3.2 nothing is remembered", [text(hello, rsv1), text(hex("f2 00 11 00 00"), rsv1)], [T("Hello"), 1007]],
    ["7.2.3.3 a block without compression", text(hex("00 05 00 fa ff 48 65 6c 6c 6f 00"), rsv1), [T("Hello")]],
    ["7.2.3.4 a final block", text(hex("f3 48 cd c9 c9 07 00 00"), rsv1), [T("Hello")]],
    ["7.2.3.5 two blocks", text(hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), rsv1), [T("Hello")]],
    ["7.2.3.6 an empty message", text(bytes(0), rsv1), [T("")]],
    ["an empty message of no byte", text("", rsv1), [T("")]],
    ["an empty first fragment", fragments(opcodes.text, ["", hello], rsv1), [T("Hello")]],
    ["an empty last fragment", fragments(opcodes.text, [hello, ""], rsv1), [T("Hello")]],
    [
      "a ping and a pong between fragments",
      [text(hello.subarray(0, 2), { fin: false, rsv: 4 }), ping("a"), pong("b"), more(hello.subarray(2))],
      [P("a"), T("Hello")],
    ],
    [
      "a close between fragments",
      [text(hello.subarray(0, 2), { fin: false, rsv: 4 }), close(1000), more(hello.subarray(2))],
      [1000],
    ],
    [
      "uncompressed beside it",
      [text("plain"), text(hello, rsv1), binary("plain")],
      [T("plain"), T("Hello"), B("plain")],
    ],
    ["level 0", binary(deflated(noise(70000), { level: 0 }), rsv1), [B(noise(70000))]],
    ["level 9, the least memory", text(deflated(envelope(5000), { level: 9, memLevel: 1 }), rsv1), [T(envelope(5000))]],
    ["fixed codes", text(deflated(envelope(5000), { strategy: constants.Z_FIXED }), rsv1), [T(envelope(5000))]],
    [
      "a distance of 32 KiB",
      binary(deflated(Buffer.concat([noise(32700), noise(32700)])), rsv1),
      [B(Buffer.concat([noise(32700), noise(32700)]))],
    ],
    ["16 MiB that were 16 KiB on the way", binary(deflated(Buffer.alloc(16 * MiB)), rsv1), [B(Buffer.alloc(16 * MiB))]],
    ["16 MiB that can’t be compressed", binary(deflated(noise(16 * MiB), { level: 0 }), rsv1), [B(noise(16 * MiB))]],
    [
      "RSV1 on a continuation",
      [text(hello.subarray(0, 2), { fin: false, rsv: 4 }), more(hello.subarray(2), rsv1)],
      [1002],
    ],
    ["RSV1 on a continuation of a plain message", [text("a", open), more(hello, rsv1)], [1002]],
    ["RSV1 on a ping", ping("x", rsv1), [1002]],
    ["RSV1 on a pong", pong("x", rsv1), [1002]],
    ["RSV1 on a close", close(1000, "", rsv1), [1002]],
    ...[1, 2, 3, 5, 6, 7].map((rsv) => [`RSV ${rsv} beside compression`, text(hello, { rsv }), [1002]]),
    ["a reserved kind of block", text(bytes(0x06, 0x00), rsv1), [1007]],
    ["a final block with nothing behind it", text(hex("f3 48 cd c9 c9 07 00"), rsv1), [1007]],
    ["a message cut short", text(hello.subarray(0, 4), rsv1), [1007]],
    ["a block whose length doesn’t check", text(hex("00 05 00 fa fe 48 65 6c 6c 6f 00"), rsv1), [1007]],
    ["noise", binary(noise(1000), rsv1), [1007]],
    ["plain text that says it is compressed", text("plain", rsv1), [1007]],
    ["text that is no UTF-8 once inflated", text(deflated(bad), rsv1), [1007]],
    ["text that ends within a character", text(deflated(hex("41 f0 9f 8e")), rsv1), [1007]],
    ["the same in fragments", fragments(opcodes.text, cut(deflated(hex("41 f0 9f 8e")), 1), rsv1), [1007]],
    ["binary that is no UTF-8", binary(deflated(bad), rsv1), [B(bad)]],
    ["a bomb of 1 GiB within 1 MiB", binary(bomb, rsv1), [1009]],
    ["17 MiB of zeros", binary(deflated(Buffer.alloc(17 * MiB)), rsv1), [1009]],
    ["a compressed frame beyond the limit, by its announcement", binary("", { rsv: 4, says: 17 * MiB }), [1009]],
  ],
  offer(),
);

const plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
describe("RFC 7692, 7.1 negotiation", () => {
  for (const [offered, answer] of [
    ["permessage-deflate", plain],
    ["permessage-deflate; client_max_window_bits", plain],
    ["permessage-deflate; client_max_window_bits=9", plain],
    ["permessage-deflate; server_no_context_takeover; client_no_context_takeover", plain],
    ["permessage-deflate; server_max_window_bits=10", `${plain}; server_max_window_bits=10`],
    ['permessage-deflate; server_max_window_bits="15"', `${plain}; server_max_window_bits=15`],
    ["permessage-deflate; server_max_window_bits=16, permessage-deflate", plain],
    ["permessage-bzip2, permessage-deflate", plain],
    ["x-webkit-deflate-frame", null],
    ["permessage-deflate; server_max_window_bits", null],
    ["permessage-deflate; server_max_window_bits=7", null],
    ["permessage-deflate; server_max_window_bits=010", null],
    ["permessage-deflate; client_max_window_bits=16", null],
    ["permessage-deflate; server_no_context_takeover=1", null],
    ["permessage-deflate; client_no_context_takeover; client_no_context_takeover", null],
    ["permessage-deflate; mystery", null],
  ])
    test(`${offered} gets ${answer ?? "nothing"}`, async () => {
      const peer = await Peer.open(server, { headers: [`Sec-WebSocket-Extensions: ${offered}`] });
      assert.match(peer.head, /^HTTP\/1\.1 101 /);
      assert.equal(peer.head.match(/^Sec-WebSocket-Extensions: (.*)\r$/m)?.[1] ?? null, answer);
      if (!answer) peer.send(text(hello, rsv1));
      else peer.send(close(1000));
      assert.equal((await peer.next()).payload.readUInt16BE(0), answer ? 1000 : 1002);
      peer.destroy();
    });
});

describe("4 the opening handshake", () => {
  const good = handshake();
  const without = (name) => good.replace(new RegExp(`^${name}:.*\r\n`, "m"), "");
  const having = (name, value) =>
    good.replace(new RegExp(`^${name}:.*$`, "m"), `${name}: ${value}`.replaceAll("\r", ""));
  const beside = (line) => good.replace("\r\n\r\n", `\r\n${line}\r\n\r\n`);
  for (const [title, request, status, header] of [
    ["as it should be", good, 101, `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`],
    [
      "names of headers in any case",
      good.toLowerCase().replace("get", "GET").replace("http/1.1", "HTTP/1.1").replace(key.toLowerCase(), key),
      101,
    ],
    ["Upgrade: WebSocket", having("Upgrade", "WebSocket"), 101],
    ["Upgrade among others", having("Upgrade", "h2c, websocket"), 101],
    ["Connection among others", having("Connection", "keep-alive, upgrade"), 101],
    [
      "Connection on two lines",
      good.replace("Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade"),
      101,
    ],
    [
      "another key",
      having("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEA=="),
      101,
      "Sec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY=",
    ],
    ["a protocol that isn’t spoken is passed over", beside("Sec-WebSocket-Protocol: chat, superchat"), 101],
    ["a query", having("Host", "localhost").replace("/ws/echo", "/ws/echo?a=b"), 101],
    ["version 8", having("Sec-WebSocket-Version", "8"), 426, "Sec-WebSocket-Version: 13"],
    ["version 0", having("Sec-WebSocket-Version", "0"), 426, "Sec-WebSocket-Version: 13"],
    ["version 14", having("Sec-WebSocket-Version", "14"), 426, "Sec-WebSocket-Version: 13"],
    ["version 13x", having("Sec-WebSocket-Version", "13x"), 426, "Sec-WebSocket-Version: 13"],
    ["version 013", having("Sec-WebSocket-Version", "013"), 426, "Sec-WebSocket-Version: 13"],
    ["no version", without("Sec-WebSocket-Version"), 426, "Sec-WebSocket-Version: 13"],
    ["two versions", beside("Sec-WebSocket-Version: 13"), 400],
    ["no key", without("Sec-WebSocket-Key"), 400],
    ["two keys", beside(`Sec-WebSocket-Key: ${key}`), 400],
    ["a key of 15 bytes", having("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j"), 400],
    ["a key of 17 bytes", having("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE="), 400],
    ["a key without padding", having("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"), 400],
    ["a key that is no base64", having("Sec-WebSocket-Key", "dGhl*HNhbXBsZSBub25jZQ=="), 400],
    ["an empty key", having("Sec-WebSocket-Key", ""), 400],
    ["no Upgrade", without("Upgrade"), 426, "Upgrade: websocket"],
    ["no Connection", without("Connection"), 426, "Upgrade: websocket"],
    ["Upgrade: h2c", having("Upgrade", "h2c"), 426, "Upgrade: websocket"],
    ["Connection: close", having("Connection", "close"), 426, "Upgrade: websocket"],
    ["no Host", without("Host"), 400],
    ["HTTP/1.0", good.replace("HTTP/1.1", "HTTP/1.0"), 400],
    ["HTTP/2.0", good.replace("HTTP/1.1", "HTTP/2.0"), 505],
    ["POST", good.replace("GET", "POST"), 400],
    ["HEAD", good.replace("GET", "HEAD"), 400],
    ["a body", beside("Content-Length: 5") + "Hello", 400],
    ["a path where no socket is", good.replace("/ws/echo", "/nowhere"), 404],
    ["a page’s path", good.replace("/ws/echo", "/login"), 404],
    ["a malformed extension", beside("Sec-WebSocket-Extensions: permessage-deflate; ; x"), 400],
    [
      "a malformed second extension",
      beside("Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Extensions: a=b"),
      400,
    ],
    ["the native socket without a session", good.replace("/ws/echo", "/ws"), 401],
    [
      "the native socket from another origin",
      () =>
        good
          .replace("/ws/echo", "/ws")
          .replace("\r\n\r\n", `\r\nAuthorization: Bearer ${token}\r\nOrigin: http://evil.example\r\n\r\n`),
      403,
    ],
    [
      "the native socket with a session",
      () => good.replace("/ws/echo", "/ws").replace("\r\n\r\n", `\r\nAuthorization: Bearer ${token}\r\n\r\n`),
      101,
    ],
  ])
    test(title, async () => {
      const peer = new Peer(server);
      peer.send(typeof request === "function" ? request() : request);
      const head = await peer.readHead();
      peer.destroy();
      assert.equal(Number(head.slice(9, 12)), status, head);
      if (header) assert.ok(head.toLowerCase().includes(`\r\n${header.toLowerCase()}\r\n`), head);
      if (status === 101) {
        assert.match(head, /\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n/);
        assert.doesNotMatch(head, /Sec-WebSocket-(Protocol|Extensions)/);
      }
    });

  test("frames right behind the handshake are kept", async () => {
    const peer = new Peer(server);
    peer.send(Buffer.concat([Buffer.from(good), text("early"), ping("early")]));
    assert.match(await peer.readHead(), / 101 /);
    assert.equal(shown(await peer.next()), shown(T("early")));
    assert.equal(shown(await peer.next()), shown(P("early")));
    peer.destroy();
  });

  test("the handshake may come a byte at a time", async () => {
    const peer = new Peer(server);
    peer.send(cut(good, 1));
    assert.match(await peer.readHead(), / 101 /);
    peer.destroy();
  });
});

describe("the native socket’s own limits", () => {
  const member = (headers = []) => ({ path: "/ws", headers: [`Authorization: Bearer ${token}`, ...headers] });
  const compressing = () => member(["Sec-WebSocket-Extensions: permessage-deflate"]);
  for (const [title, options, send, code] of [
    ["64 KiB and a byte", member, text("x".repeat(65537)), 1009],
    ["64 KiB and a byte, by its announcement", member, text("", { form: 64, says: 65537 }), 1009],
    ["64 KiB and a byte in fragments", member, fragments(opcodes.text, cut("x".repeat(65537), 1000)), 1009],
    ["1,025 fragments", member, fragments(opcodes.text, Array(1025).fill("x")), 1008],
    ["1,025 empty fragments", member, fragments(opcodes.text, Array(1025).fill("")), 1008],
    ["64 KiB and a byte, inflated", compressing, text(deflated("x".repeat(65537)), rsv1), 1009],
    ["a bomb a thousand times its size", compressing, text(deflated("x".repeat(32 * MiB)), rsv1), 1009],
    ["a compressed frame beyond the limit", compressing, binary(noise(66000), rsv1), 1009],
    ["text that is no UTF-8", member, text(bad), 1007],
    ["nonsense that says it is compressed", compressing, text('{"type":"ping"}', rsv1), 1007],
  ])
    test(`${title} closes with ${code}`, async () => {
      const peer = await Peer.open(server, options());
      peer.send(send);
      let last = await peer.next();
      while (last && last.opcode !== opcodes.close) last = await peer.next();
      assert.equal(last?.payload.readUInt16BE(0), code);
      peer.destroy();
    });

  test("a compressed command is run, and a large answer comes compressed", async () => {
    const peer = await Peer.open(server, compressing());
    const read = async () => {
      const { rsv, payload } = await peer.next();
      return {
        rsv,
        json: JSON.parse(
          rsv ? inflateRawSync(Buffer.concat([payload, tail]), { finishFlush: constants.Z_SYNC_FLUSH }) : payload,
        ),
      };
    };
    const until = async (fits) => {
      for (;;) {
        const event = await read();
        if (fits(event.json)) return event;
      }
    };
    await until((event) => event.type === "hello");
    peer.send(text(deflated(JSON.stringify({ type: "join", room: "lobby", ref: 1 })), rsv1));
    await until((event) => event.ref === 1);
    for (const [said, rsv] of [
      ["the river runs past the old mill ".repeat(60).trim(), 4],
      ["short", 0],
    ]) {
      peer.send(text(deflated(JSON.stringify({ type: "message", room: "lobby", text: said })), rsv1));
      const event = await until(({ type }) => type === "message");
      assert.equal(event.json.message.text, said);
      assert.equal(event.rsv, rsv);
    }
    peer.destroy();
  });
});
