// Walks through the pages on a real, empty server with two people: node real.mjs SETUP_LINK [OUT_DIR].
// Says what failed and exits 1 then.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { crc32, deflateSync } from "node:zlib";
import { chromium } from "playwright-core";

const [setup_link, out] = process.argv.slice(2);
const address = new URL(setup_link).origin;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
});
const errors = [];
async function person(name, viewport = { width: 1280, height: 800 }) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && !/status of 4|INTERNET_DISCONNECTED/.test(message.text()) && errors.push(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => errors.push(`${name}: ${error}`));
  page.on("request", (request) => /^(http|ws)/.test(request.url()) && new URL(request.url()).host !== new URL(address).host && errors.push(`${name}: asks ${request.url()}`));
  page.setDefaultTimeout(8000);
  return page;
}
let failed = 0;
let pages = [];
async function check(name, run) {
  try {
    await run();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${String(error.message).split("\n").slice(0, 8).join("\n     ")}`);
    if (out) for (const [index, page] of pages.entries()) await page.screenshot({ path: `${out}/real-failed-${failed}-${index}.png` }).catch(() => {});
  }
}
async function axe_clean(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((each) => `${each.id} ${each.nodes[0].target}`), []);
}
/// A red square of 64 pixels.
function picture() {
  const part = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(Array.from({ length: 64 }, () => Buffer.concat([Buffer.from([0]), Buffer.alloc(192, Buffer.from([200, 40, 40]))])));
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), part("IHDR", head), part("IDAT", deflateSync(rows)), part("IEND", Buffer.alloc(0))]);
}
const say = async (page, text) => {
  await page.fill("#compose", text);
  await page.press("#compose", "Enter");
};
const hostile = `</script><script>document.title="x"</script><img src=x onerror=alert(1)>"'&amp;{{ 7 * 7 }}`;
const message = (page, text) => page.locator("#messages .msg[data-seq]", { has: page.locator(".text", { hasText: text }) });
const ready = (page) => page.waitForFunction(() => document.querySelector("#composer:not([hidden])"));

const owner = await person("owner");
const guest = await person("guest");
pages = [owner, guest];

await check("the set-up link makes the owner, who lands in the lobby with the composer focused", async () => {
  await owner.goto(setup_link);
  await axe_clean(owner);
  await owner.fill("#f-display_name", "Sara Khan");
  assert.equal(await owner.inputValue("#f-username"), "sara.khan");
  await owner.fill("#f-username", "sara");
  await owner.fill("#f-password", "correct horse battery");
  await owner.fill("#f-instance_name", "Class 9B");
  await owner.check('input[value="community"]', { force: true });
  await owner.click("button.primary");
  await owner.waitForURL("**/chat/lobby");
  await ready(owner);
  assert.equal(await owner.evaluate(() => document.activeElement.id), "compose");
  await axe_clean(owner);
});
await check("signing up shows what is wrong, then works", async () => {
  await guest.goto(address + "/signup");
  await guest.fill("#f-display_name", "علی");
  await guest.fill("#f-username", "SARA");
  await guest.fill("#f-password", "password123456");
  await guest.click("button.primary");
  await guest.locator(".error, .alert").first().waitFor();
  assert.equal(await guest.inputValue("#f-display_name"), "علی");
  await axe_clean(guest);
  await guest.fill("#f-username", "ali_k");
  await guest.fill("#f-password", "an uncommon secret 7");
  await guest.click("button.primary");
  await guest.waitForURL("**/chat/lobby");
  await ready(guest);
});
await check("messages reach the other at once, each one time, as text", async () => {
  await say(owner, "Salaam <b>all</b>, **welcome** `x < y` https://example.org/a?b=c");
  await message(guest, "Salaam").waitFor();
  assert.equal(await message(guest, "Salaam").locator("strong").textContent(), "welcome");
  assert.equal(await message(guest, "Salaam").locator("b").count(), 0);
  await say(guest, "وعلیکم السلام");
  await message(owner, "وعلیکم").waitFor();
  assert.equal(await message(owner, "Salaam").count(), 1);
  assert.equal(await message(guest, "وعلیکم").count(), 1);
});
await check("a page loaded afresh shows the same markup as the live one", async () => {
  const live = await message(guest, "Salaam").locator(".text").innerHTML();
  await guest.reload();
  await ready(guest);
  assert.equal(await message(guest, "Salaam").locator(".text").innerHTML(), live);
});
await check("who is here is counted, and typing is shown", async () => {
  await owner.waitForFunction(() => document.getElementById("online-count").textContent === "2");
  // Longer than the three seconds after which typing is told again: the socket may still be on its way.
  await guest.locator("#compose").pressSequentially("let me think about that for a while", { delay: 120 });
  await owner.locator("#typing", { hasText: "علی" }).waitFor();
  await guest.fill("#compose", "");
});
await check("reply, react, edit and delete are seen by the other", async () => {
  await message(guest, "Salaam").focus();
  await guest.keyboard.press("r");
  await say(guest, "to that I say yes");
  const answer = message(owner, "to that I say yes");
  await answer.locator(".quote", { hasText: "Salaam" }).waitFor();
  await answer.hover();
  await answer.locator('[data-act="react"]').click();
  await owner.locator("#emoji-panel button").first().click();
  await message(guest, "to that").locator(".reaction", { hasText: "1" }).waitFor();
  await guest.locator("#compose").press("ArrowUp");
  await guest.fill("#compose", "to that I say no");
  await guest.press("#compose", "Enter");
  await message(owner, "to that I say no").locator('[data-f="edited"]').waitFor();
  await say(guest, "gone soon");
  await message(owner, "gone soon").waitFor();
  await message(guest, "gone soon").focus();
  await guest.keyboard.press("Enter");
  await guest.locator('#message-sheet [data-act="delete"]').click();
  await guest.reload();
  await owner.locator(".msg.removed").last().waitFor();
});
await check("an insult is held back, and its author gets the text and the reason", async () => {
  await say(guest, "you are a stupid worthless idiot, kill yourself");
  await guest.locator(".note").waitFor();
  assert.match(await guest.inputValue("#compose"), /worthless/);
  if (out) await guest.screenshot({ path: `${out}/real-blocked.png` });
  await axe_clean(guest);
  await guest.fill("#compose", "");
  assert.equal(await message(owner, "worthless").count(), 0);
});
await check("a new room, seen and joined by the other; unread numbers; slow mode", async () => {
  await owner.click("#new-room");
  await owner.fill("#f-title", "Physics 9B");
  await owner.fill("#f-topic", hostile);
  await owner.click("#new-room-form .primary");
  await owner.waitForURL("**/chat/physics-9b");
  assert.equal(await owner.textContent("#room-topic"), hostile);
  await owner.reload();
  await ready(owner);
  assert.equal(await owner.textContent("#room-topic"), hostile);
  await guest.reload();
  await guest.click('#other-list a[data-room="physics-9b"]');
  await guest.waitForURL("**/chat/physics-9b");
  await guest.click('#room-list a[data-room="lobby"]');
  await guest.waitForURL("**/chat/lobby");
  await say(owner, "force is mass times acceleration, @ali_k");
  await guest.locator('a[data-room="physics-9b"] .unread.mentioned', { hasText: "1" }).waitFor();
  await guest.click('#room-list a[data-room="physics-9b"]');
  await message(guest, "force is mass").waitFor();
  await guest.waitForFunction(() => document.querySelector('a[data-room="physics-9b"] .unread') === null);
  await owner.click("#room-menu summary");
  await owner.click('[data-room-do="settings"]');
  await owner.selectOption("#rs-slow", "5");
  await owner.click("#room-settings-form .primary");
  await guest.locator("#chips", { hasText: "5" }).waitFor();
  await say(guest, "one");
  await say(guest, "two");
  await guest.locator("#send-wait:not([hidden])").waitFor();
  await message(owner, "two").waitFor({ timeout: 12000 });
  assert.equal(await message(guest, "two").count(), 1);
});
await check("a file is sent and seen", async () => {
  await owner.setInputFiles("#file", { name: "red.png", mimeType: "image/png", buffer: picture() });
  await guest.locator(".picture img").waitFor();
  await guest.reload();
  await guest.locator(".picture img").waitFor();
});
await check("a restart of the socket loses and doubles nothing", async () => {
  await guest.context().setOffline(true);
  await guest.evaluate(() => dispatchEvent(new Event("offline")));
  await say(guest, "written offline");
  await guest.locator(".msg.sending", { hasText: "written offline" }).waitFor();
  await guest.context().setOffline(false);
  await message(owner, "written offline").waitFor({ timeout: 30000 });
  await message(guest, "written offline").waitFor();
  assert.equal(await guest.locator(".msg", { hasText: "written offline" }).count(), 1);
  assert.equal(await message(owner, "written offline").count(), 1);
});
await check("search finds it", async () => {
  await owner.click("#open-search");
  await owner.fill("#search-text", "acceleration");
  await owner.press("#search-text", "Enter");
  await owner.locator("#search-list a", { hasText: "acceleration" }).click();
  await owner.locator(".msg.target").waitFor();
});
await check("an invitation has a link and a QR code", async () => {
  await owner.click("#open-invite");
  await owner.waitForFunction(() => document.getElementById("invite-url").textContent.includes("/join/"));
  await owner.waitForFunction(() => document.getElementById("invite-qr").naturalWidth > 0);
  const link = await owner.locator("#invite-url").textContent();
  if (out) await owner.screenshot({ path: `${out}/real-invite.png` });
  await owner.keyboard.press("Escape");
  const visitor = await person("visitor", { width: 360, height: 740 });
  await visitor.goto(link);
  await visitor.locator("a.primary").click();
  await visitor.fill("#f-username", "zoya");
  await visitor.fill("#f-password", "another secret 99");
  await visitor.click("button.primary");
  await visitor.waitForURL("**/chat/physics-9b");
  await ready(visitor);
  if (out) await visitor.screenshot({ path: `${out}/real-phone.png` });
  await axe_clean(visitor);
  await visitor.context().close();
});
await check("a direct message: by keyboard from the list of people, unread at the other's, answered", async () => {
  await owner.goto(address + "/chat/lobby");
  await ready(owner);
  await guest.goto(address + "/chat/lobby");
  await ready(guest);
  await guest.waitForFunction(() => document.getElementById("online-count").textContent === "2");
  await owner.click("#open-people");
  await owner.locator('#people-list [data-username="sara"] button').focus();
  await owner.keyboard.press("Enter");
  await owner.locator("#person-sheet[open]").waitFor();
  assert.equal(await owner.locator('[data-do="message"]').isVisible(), false);
  await owner.keyboard.press("Escape");
  await owner.locator('#people-list [data-username="ali_k"] button').focus();
  await owner.keyboard.press("Enter");
  await owner.locator("#person-sheet[open]").waitFor();
  if (out) await owner.screenshot({ path: `${out}/real-person.png` });
  await owner.locator('[data-do="message"]').focus();
  await owner.keyboard.press("Enter");
  await owner.waitForFunction(() => document.getElementById("room-title").textContent === "علی" && document.activeElement.id === "compose");
  await owner.keyboard.type("Just between us");
  await owner.keyboard.press("Enter");
  const link = guest.locator("#room-list a", { hasText: "Sara Khan" });
  await link.locator(".unread", { hasText: "1" }).waitFor();
  assert.equal(await link.locator(".avatar").count(), 1);
  assert.equal(await message(guest, "Just between us").count(), 0);
  await link.click();
  await message(guest, "Just between us").waitFor();
  await guest.waitForFunction(() => document.querySelector("#room-list .unread") === null);
  await say(guest, "I hear you");
  await message(owner, "I hear you").waitFor();
  assert.equal(await owner.locator("#open-invite").isVisible(), false);
  await axe_clean(owner);
  if (out) await owner.screenshot({ path: `${out}/real-direct.png` });
  // Whether the list stands open is remembered.
  await owner.click("#close-people");
});
await check("settings: name, picture, appearance, password", async () => {
  await guest.goto(address + "/settings");
  await axe_clean(guest);
  await guest.fill("#f-display_name", `"><script>alert(1)</script>{{ 7*7 }}`);
  await guest.click('form[action="/settings/profile"] .primary');
  await guest.locator(".alert.good").waitFor();
  assert.equal(await guest.inputValue("#f-display_name"), `"><script>alert(1)</script>{{ 7*7 }}`);
  await guest.goto(address + "/chat/lobby");
  await ready(guest);
  assert.equal(await guest.locator(".me-name bdi").textContent(), `"><script>alert(1)</script>{{ 7*7 }}`);
  await guest.goto(address + "/settings");
  await guest.fill("#f-display_name", "Ali Kazmi");
  await guest.click('form[action="/settings/profile"] .primary');
  await guest.locator(".alert.good").waitFor();
  const [chooser] = await Promise.all([guest.waitForEvent("filechooser"), guest.click("#avatar-choose")]);
  await chooser.setFiles({ name: "me.png", mimeType: "image/png", buffer: picture() });
  await guest.waitForTimeout(300);
  if (out) await guest.screenshot({ path: `${out}/real-crop.png` });
  await guest.click("#crop-save");
  await guest.locator("#avatar-now img").waitFor();
  await guest.check('input[name="theme"][value="dark"]', { force: true });
  assert.equal(await guest.evaluate(() => document.documentElement.dataset.theme), "dark");
  await guest.reload();
  assert.equal(await guest.evaluate(() => document.documentElement.dataset.theme), "dark");
  await guest.check('input[name="lang"][value="ur"]', { force: true });
  await guest.waitForFunction(() => document.documentElement.dir === "rtl");
  await axe_clean(guest);
  await guest.check('input[name="lang"][value="en"]', { force: true });
  await guest.waitForFunction(() => document.documentElement.dir === "ltr");
  await guest.fill("#f-current_password", "wrong wrong wrong");
  await guest.fill("#f-new_password", "a better secret 12");
  await guest.click('form[action="/settings/password"] .primary');
  await guest.locator(".error:visible, .alert.error:visible").first().waitFor();
  if (out) await guest.screenshot({ path: `${out}/real-password.png` });
});
await check("administration: settings are saved, wrong ones are named", async () => {
  await owner.goto(address + "/admin");
  await axe_clean(owner);
  if (out) await owner.screenshot({ path: `${out}/real-admin.png`, fullPage: true });
  await owner.fill("#f-name", "Class 9C");
  await owner.check('input[name="spam.preset"][value="strict"]', { force: true });
  await owner.locator("#settings-form button.primary").first().click();
  await owner.locator("#saved .alert.good").waitFor();
  await owner.reload();
  assert.equal(await owner.inputValue("#f-name"), "Class 9C");
  assert.ok(await owner.isChecked('input[name="spam.preset"][value="strict"]'));
  await owner.click("#spam-values summary");
  await owner.fill('[name="spam.limit"]', "9");
  await owner.locator("#settings-form button.primary").first().click();
  await owner.locator("#saved .alert.good").waitFor();
  await owner.reload();
  assert.ok(await owner.isChecked('input[name="spam.preset"][value="custom"]'));
  assert.equal(await owner.inputValue('[name="spam.limit"]'), "9");
});
await check("administration without a script: a preset, then a value of one's own", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await owner.context().storageState() });
  const page = await plain.newPage();
  const save = async () => {
    await page.locator("#settings-form button.primary").first().click();
    await page.waitForURL("**/admin?saved=settings");
  };
  const spam = async () => [await page.locator('[name="spam.preset"]:checked').getAttribute("value"), await page.inputValue('[name="spam.limit"]')];
  await page.goto(address + "/admin");
  await page.check('input[name="spam.preset"][value="strict"]', { force: true });
  await page.selectOption("#f-purpose", "friends");
  await save();
  assert.deepEqual(await spam(), ["strict", "3"]);
  assert.equal(await page.inputValue("#f-purpose"), "friends");
  await page.click("#spam-values summary");
  await page.fill('[name="spam.limit"]', "9");
  await save();
  assert.deepEqual(await spam(), ["custom", "9"]);
  await plain.close();
});
await check("roles, mutes and bans from the list of people", async () => {
  await guest.goto(address + "/chat/lobby");
  await ready(guest);
  await owner.selectOption("#role-zoya", "moderator");
  await owner.locator("#saved .alert.good").waitFor();
  await owner.goto(address + "/chat/lobby");
  await ready(owner);
  await owner.click("#open-people");
  await owner.locator("#people-list .person", { hasText: "Ali Kazmi" }).click();
  await owner.click('[data-do="mute"]');
  if (out) await owner.screenshot({ path: `${out}/real-mute.png` });
  await owner.fill("#sanction-reason", "Calm down, please");
  await owner.click("#sanction-submit");
  await guest.locator("#closed:not([hidden])", { hasText: "Calm down" }).waitFor();
  await guest.reload();
  await guest.locator("#closed:not([hidden])", { hasText: "Calm down" }).waitFor();
  await owner.locator("#people-list .person", { hasText: "Ali Kazmi" }).click();
  await owner.click('[data-do="ban"]');
  await owner.fill("#sanction-reason", "Enough");
  await owner.selectOption("#sanction-minutes", "60");
  await owner.click("#sanction-submit");
  await guest.locator("#wall[open]", { hasText: "Enough" }).waitFor();
  if (out) await guest.screenshot({ path: `${out}/real-wall.png` });
  await guest.goto(address + "/login");
  await guest.fill("#f-username", "ali_k");
  await guest.fill("#f-password", "an uncommon secret 7");
  await guest.click("button.primary");
  await guest.locator("h1", { hasText: "banned" }).waitFor();
  if (out) await guest.screenshot({ path: `${out}/real-banned.png` });
});
await check("an ended session is signed into again without leaving the page", async () => {
  await owner.fill("#compose", "half a thought");
  await owner.context().clearCookies({ name: "soyuz_session" });
  await owner.evaluate(() => document.getElementById("new-room").click());
  await owner.fill("#f-title", "Never made");
  await owner.click("#new-room-form .primary");
  await owner.locator("#session[open]").waitFor();
  await owner.fill("#session #f-password", "correct horse battery");
  await owner.click("#session .primary");
  await owner.waitForFunction(() => !document.getElementById("session").open);
  assert.equal(await owner.inputValue("#compose"), "half a thought");
});
await check("signing out", async () => {
  await owner.goto(address + "/settings");
  await owner.click('form[action="/logout"] button');
  await owner.waitForURL("**/login");
  await owner.goto(address + "/nothing-here");
  await axe_clean(owner);
});
await browser.close();
if (errors.length > 0) console.log("console:\n" + errors.join("\n"));
process.exit(failed + errors.length === 0 ? 0 : 1);
