import assert from "node:assert/strict";
import { test } from "node:test";
import { complete } from "../src/chat/messages/complete_message.ts";

const sender = { id: "u", username: "ali", display_name: "Ali" };
const lean = { id: "m", room: "lobby", seq: 1, sender, text: "hi", sent_at: "2026-11-21T12:00:00.000Z" };

test("complete: what an event leaves out is empty or the default", () => {
  const message = complete(lean);
  assert.deepEqual([message.reactions, message.attachments, message.moderation], [{}, [], { action: "allow" }]);
  assert.deepEqual(
    [message.deleted, message.by_staff, message.edited_at, message.reply_to],
    [false, false, null, null],
  );
});

test("complete: what an event says stays, and takes away what a row had", () => {
  const told = {
    edited_at: "2026-11-21T12:01:00.000Z",
    reactions: { "👍": ["sara"] },
    moderation: { action: "flag" as const },
  };
  const message = complete({ ...lean, ...told });
  assert.deepEqual({ ...message, ...told }, message);
  const row = { ...lean, ...told, own_text: "before" };
  assert.deepEqual({ ...row, ...complete(lean) }, complete(lean));
});

test("complete: who has no display name of their own goes by the user name", () => {
  assert.equal(complete(lean).sender?.display_name, "Ali");
  const { display_name: _, ...unnamed } = sender;
  assert.equal(complete({ ...lean, sender: unnamed }).sender?.display_name, "ali");
});
