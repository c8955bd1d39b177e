// Uses the chat page in a browser against serve.mjs: node try.mjs ADDRESS [OUT_DIR]. Says what failed; exits 1 then.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [address, out] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
});
const errors = [];
async function open(viewport, hasTouch = false) {
  const context = await browser.newContext({ viewport, hasTouch, isMobile: hasTouch });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(address + "/chat/lobby");
  await page.waitForFunction(() => document.querySelector("#composer:not([hidden])"));
  return page;
}
const rows = (page) => page.locator("#messages .msg");
const last = (page) => rows(page).last();
const say = async (page, text) => {
  await page.fill("#compose", text);
  await page.press("#compose", "Enter");
};
const bottom = (page) => page.evaluate(() => { const box = document.getElementById("timeline"); return box.scrollHeight - box.scrollTop - box.clientHeight; });
let failed = 0;
async function check(name, run) {
  try {
    await run();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${String(error.message).split("\n").slice(0, 6).join("\n     ")}`);
    if (out) await page.screenshot({ path: `${out}/failed-${failed}.png` });
  }
}
const shot = (name) => out && page.screenshot({ path: `${out}/${name}.png` });

let page = await open({ width: 1280, height: 800 });
await check("a message is sent, shown once, as text", async () => {
  await say(page, "Hello <b>there</b> **bold** @ali_k");
  await page.locator("#messages .msg[data-seq]", { hasText: "Hello <b>there</b>" }).waitFor();
  assert.equal(await page.locator("#messages .msg", { hasText: "Hello <b>there</b>" }).count(), 1);
  assert.equal(await last(page).locator("strong").textContent(), "bold");
  assert.equal(await page.inputValue("#compose"), "");
  assert.ok((await bottom(page)) < 2);
});
await check("a blocked message returns to the composer with the reason", async () => {
  await say(page, "you /block fool");
  await page.locator(".note", { hasText: "insult" }).waitFor();
  assert.equal(await page.inputValue("#compose"), "you /block fool");
  await shot("state-blocked");
  await page.locator(".note button").last().click();
  await page.fill("#compose", "");
});
await check("a refused message stays, after a reload too, and can be discarded", async () => {
  await say(page, "/fail this");
  await page.locator(".msg.failed").waitFor();
  await page.reload();
  await page.locator(".msg.failed").waitFor();
  await shot("state-failed");
  await page.locator(".msg.failed button", { hasText: "Discard" }).click();
  assert.equal(await page.locator(".msg.failed").count(), 0);
});
await check("a warning stands below the message", async () => {
  await say(page, "/warn hm");
  await page.locator(".msg.warned .msg-state", { hasText: "swear" }).waitFor();
  await shot("state-warned");
});
await check("a gap is filled in order", async () => {
  await say(page, "/gap now");
  await page.locator(".msg[data-seq]", { hasText: "/gap now" }).waitFor();
  const seqs = await page.$$eval("#messages .msg[data-seq]", (nodes) => nodes.map((node) => Number(node.dataset.seq)));
  assert.deepEqual(seqs, seqs.map((_, index) => seqs[0] + index));
});
await check("a lost connection comes back and the message arrives once", async () => {
  await say(page, "/typing then");
  await page.locator("#typing", { hasText: "Ali" }).waitFor();
  await page.evaluate(() => { window.old = document.querySelectorAll(".msg").length; });
  await say(page, "/drop me");
  await page.waitForTimeout(300);
  assert.equal(await page.locator(".msg.sending", { hasText: "/drop me" }).count(), 1);
  await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("outbox")).forEach((key) => {
    const entry = JSON.parse(localStorage[key]);
    localStorage[key] = JSON.stringify({ ...entry, text: "came back" });
  }));
  await page.reload();
  await page.locator(".msg[data-seq]", { hasText: "came back" }).waitFor();
  assert.equal(await page.locator(".msg", { hasText: "came back" }).count(), 1);
});
await check("edit, react, reply, delete and undo", async () => {
  await say(page, "first version");
  const row = page.locator(".msg[data-seq]", { hasText: "first version" });
  await row.waitFor();
  await page.press("#compose", "ArrowUp");
  assert.equal(await page.inputValue("#compose"), "first version");
  await page.fill("#compose", "second version");
  await page.press("#compose", "Enter");
  await page.locator(".msg[data-seq] .text", { hasText: "second version" }).waitFor();
  const edited = page.locator(`#${await row.or(page.locator(".msg[data-seq]", { hasText: "second version" })).getAttribute("id")}`);
  assert.ok(await edited.locator('[data-f="edited"]').isVisible());
  await edited.hover();
  await edited.locator('[data-act="react"]').click();
  await shot("state-emoji");
  await page.locator("#emoji-panel button").first().click();
  await edited.locator(".reaction.mine").waitFor();
  await edited.focus();
  await page.keyboard.press("r");
  await page.locator("#context", { hasText: "Replying to" }).waitFor();
  await say(page, "an answer");
  await page.locator(".msg[data-seq] .quote:not([hidden])", { hasText: "second version" }).last().waitFor();
  await edited.hover();
  await edited.locator('[data-act="more"]').click();
  await shot("state-menu");
  await page.locator('#message-sheet [data-act="delete"]').click();
  assert.equal(await edited.isVisible(), false);
  await page.locator(".toast button").click();
  assert.equal(await edited.isVisible(), true);
});
await check("@ offers people", async () => {
  await page.locator("#compose").click();
  await page.keyboard.type("@al");
  await page.locator("#complete li", { hasText: "Ali" }).waitFor();
  await shot("state-mention");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#compose"), "@ali_k ");
  await page.fill("#compose", "");
});
await check("another room opens without a reload, keeps drafts, pages back with the anchor kept", async () => {
  await page.fill("#compose", "a draft");
  await page.evaluate(() => { window.same = true; });
  await page.click('a[data-room="physics"]');
  await page.locator(".msg", { hasText: "Line 400 of" }).waitFor();
  assert.equal(await page.inputValue("#compose"), "");
  assert.equal(await page.evaluate(() => window.same && location.pathname), "/chat/physics");
  for (let turn = 0; turn < 12; turn++) {
    await page.evaluate(() => { document.getElementById("timeline").scrollTop = 650; });
    await page.waitForTimeout(50);
    const before = await page.evaluate(() => {
      const box = document.getElementById("timeline");
      box.scrollTop = 500;
      const row = [...document.querySelectorAll(".msg")].find((each) => each.offsetTop + each.offsetHeight > box.scrollTop);
      return { seq: row.dataset.seq, at: row.offsetTop - box.scrollTop };
    });
    await page.waitForTimeout(250);
    const after = await page.evaluate((seq) => { const row = document.querySelector(`.msg[data-seq="${seq}"]`); return row ? row.offsetTop - document.getElementById("timeline").scrollTop : null; }, before.seq);
    assert.ok(after !== null && Math.abs(after - before.at) <= 2, `row ${before.seq} moved from ${before.at} to ${after}`);
  }
  assert.ok((await rows(page).count()) <= 300);
  assert.ok(await page.locator(".msg", { hasText: "Line 1 of" }).count());
  await page.click("#jump");
  await page.locator(".msg", { hasText: "Line 400 of" }).waitFor();
  assert.ok((await bottom(page)) < 2);
  await page.goBack();
  await page.locator(".msg", { hasText: "an answer" }).waitFor();
  assert.equal(await page.inputValue("#compose"), "a draft");
  await page.fill("#compose", "");
});
await check("unread numbers count elsewhere, with a mark for a mention", async () => {
  await say(page, "/else");
  await page.locator('a[data-room="urdu"] .unread.mentioned').waitFor();
});
await check("a flood keeps the list bounded and in order", async () => {
  await say(page, "/flood");
  await page.locator(".msg", { hasText: "Flood 999" }).waitFor({ timeout: 20000 });
  await page.waitForTimeout(500);
  assert.ok((await rows(page).count()) <= 300);
  const seqs = await page.$$eval("#messages .msg[data-seq]", (nodes) => nodes.map((node) => Number(node.dataset.seq)));
  assert.deepEqual(seqs, seqs.map((_, index) => seqs[0] + index));
  assert.ok((await bottom(page)) < 2);
});
await check("what is being read does not move while messages come", async () => {
  await page.evaluate(() => { document.getElementById("timeline").scrollTop -= 1500; });
  await page.waitForTimeout(400);
  const place = () => page.evaluate(() => document.getElementById("timeline").scrollTop);
  const before = await place();
  await page.evaluate(() => fetch("/api/v1/say?text=behind"));
  await page.waitForTimeout(300);
  assert.equal(await place(), before);
  assert.ok(await page.locator("#jump").isVisible());
  await shot("state-jump");
});
await check("20,000 messages: the list stays bounded, memory too, and the last one is shown", async () => {
  await page.click("#jump");
  for (let turn = 0; turn < 20; turn++) {
    await say(page, `/flood ${turn}`);
    await page.waitForTimeout(300);
  }
  await page.locator(".msg", { hasText: "/flood 19" }).waitFor({ state: "attached", timeout: 60000 }).catch(() => {});
  await page.waitForFunction(() => [...document.querySelectorAll(".msg")].pop()?.textContent.includes("Flood 999"), undefined, { timeout: 60000 });
  const state = await page.evaluate(() => ({ rows: document.querySelectorAll(".msg").length, heap: performance.memory?.usedJSHeapSize ?? 0 }));
  assert.ok(state.rows <= 300, `${state.rows} rows`);
  assert.ok(state.heap < 60e6, `${state.heap} bytes`);
  const frames = await page.evaluate(() => new Promise((done) => {
    const box = document.getElementById("timeline");
    let count = 0;
    const began = performance.now();
    const step = () => {
      box.scrollTop -= 40;
      if (++count < 60) requestAnimationFrame(step);
      else done(60000 / (performance.now() - began));
    };
    requestAnimationFrame(step);
  }));
  console.log(`     ${Math.round(frames)} frames a second while scrolling, ${Math.round(state.heap / 1e6)} MB heap`);
});
await check("keys: room switcher, next room, list of keys, sections", async () => {
  await page.keyboard.press("Control+k");
  assert.equal(await page.evaluate(() => document.activeElement.id), "room-filter");
  await page.keyboard.type("phys");
  await page.keyboard.press("Enter");
  await page.locator(".msg", { hasText: "Line 400 of" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "compose");
  await page.keyboard.press("Alt+ArrowUp");
  await page.waitForFunction(() => location.pathname === "/chat/lobby");
  await page.keyboard.press("Control+/");
  await page.locator("#keys[open]").waitFor();
  await shot("state-keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F6");
  const first = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("F6");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), first);
});
await check("search finds and goes there", async () => {
  await page.click('a[data-room="physics"]');
  await page.locator(".msg", { hasText: "Line 400 of" }).waitFor();
  await page.click("#open-search");
  await page.fill("#search-text", "Line 123 ");
  await page.press("#search-text", "Enter");
  await page.locator("#search-list a").first().click();
  await page.locator("#m-123.target").waitFor();
});
await check("muted: a card with the time left", async () => {
  await page.click('a[data-room="lobby"]');
  await page.waitForTimeout(300);
  await say(page, "/mute");
  await page.locator("#closed:not([hidden])", { hasText: "1:0" }).waitFor();
  await shot("state-muted");
});
await page.context().close();

page = await open({ width: 360, height: 740 }, true);
await check("phone: rooms as a page, back to the room", async () => {
  await page.tap("#open-rooms");
  await page.waitForTimeout(300);
  await shot("phone-rooms");
  await page.tap('a[data-room="physics"]');
  await page.locator(".msg", { hasText: "Line 400 of" }).waitFor();
  await page.tap("#open-people");
  await page.waitForTimeout(300);
  await shot("phone-people");
  await page.tap("#close-people");
});
await check("phone: a long press opens the sheet", async () => {
  await page.evaluate(() => {
    const row = document.querySelector(".msg:last-child");
    row.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "touch" }));
  });
  await page.locator("#message-sheet[open]").waitFor();
  await shot("phone-sheet");
});
await page.context().close();
await browser.close();
if (errors.length > 0) console.log("console:\n" + errors.join("\n"));
process.exit(failed + errors.length === 0 ? 0 : 1);
