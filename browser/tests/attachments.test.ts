import assert from "node:assert/strict";
import { test } from "node:test";
import { ending_text, kind_of, shown_size, size_text } from "../src/chat/messages/attachments.ts";

test("attachments: sizes in steps of a thousand, endings as they are called", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9949, "9.9 kB"],
    [9950, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [12_345_678, "12 MB"],
  ] as const)
    assert.equal(size_text(bytes), text);
  for (const [name, text] of [
    ["notes.pdf", "PDF"],
    ["archive.tar.gz", "GZ"],
    ["README", ""],
    ["a.longer-ending", ""],
    ["سبق.docx", "DOCX"],
  ] as const)
    assert.equal(ending_text(name), text);
});

test("attachments: what a file is shown as, and how large", () => {
  assert.deepEqual(
    ["image/png", "image/avif", "video/mp4", "video/quicktime", "audio/webm", "text/plain; charset=utf-8"].map(kind_of),
    ["picture", "file", "film", "file", "sound", "file"],
  );
  assert.deepEqual(shown_size(100, 50), { width: 100, height: 50 });
  assert.deepEqual(shown_size(720, 480), { width: 360, height: 240 });
  assert.deepEqual(shown_size(500, 2000), { width: 80, height: 320 });
});
