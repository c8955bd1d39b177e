// Makes docs/pictures/chat.png on a real, empty server started with --no-rate-limits, and with a second FILE
// docs/pictures/moderation.png: node tests/e2e/picture.mjs SETUP_LINK FILE [FILE]. A class talks; the page is taken in light and
// in dark, and Chromium sets the two side by side.
import { writeFileSync } from "node:fs";
import { launch } from "./support/browser.mjs";

const [setup_link, file, moderation_file] = process.argv.slice(2);
const address = new URL(setup_link).origin;
const browser = await launch();
const password = "correct horse battery";

async function enter(path, username, display_name) {
  const page = await (await browser.newContext({ viewport: { width: 1240, height: 890 } })).newPage();
  page.setDefaultTimeout(10000);
  await page.goto(path);
  await page.fill("#f-display_name", display_name);
  await page.fill("#f-username", username);
  await page.fill("#f-password", password);
  if (path === setup_link) {
    await page.fill("#f-instance_name", "Class 9B");
    await page.check('input[value="community"]', { force: true });
  }
  await page.click("button.primary");
  await page.waitForURL("**/chat/lobby");
  await page.waitForSelector("#composer:not([hidden], [inert])");
  return page;
}
/// A call of the API as the person whose page it is.
const call = (page, method, path, body = {}) =>
  page.evaluate(
    async ([verb, where, sent]) => {
      const headers = {
        "X-CSRF-Token": JSON.parse(document.getElementById("boot").textContent).csrf,
        "Content-Type": "application/json",
      };
      const answer = await fetch("/api/v1" + where, { method: verb, headers, body: JSON.stringify(sent) });
      if (!answer.ok) throw new Error(`${verb} ${where}: ${answer.status} ${await answer.text()}`);
      return answer.json().catch(() => ({}));
    },
    [method, path, body],
  );
const say = (page, text, room = "physics", reply_to = undefined) =>
  call(page, "POST", `/rooms/${room}/messages`, { text, reply_to });
const react = (page, message, emoji) =>
  call(page, "PUT", `/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`);

const teacher = await enter(setup_link, "ms_khan", "Ms Khan");
const ali = await enter(address + "/signup", "ali_raza", "Ali Raza");
const sana = await enter(address + "/signup", "sana", "ثناء احمد");
const bilal = await enter(address + "/signup", "bilal", "Bilal");
const hina = await enter(address + "/signup", "hina", "Hina Yusuf");

await call(teacher, "POST", "/rooms", {
  name: "physics",
  title: "Physics 9B",
  topic: "Forces and motion · test on Thursday",
  kind: "public",
});
await call(teacher, "POST", "/rooms", { name: "staff", title: "Teachers", kind: "private" });
for (const page of [ali, sana, bilal, hina]) await call(page, "POST", "/rooms/physics/join");

await say(teacher, "Assalam-o-alaikum, everybody! Today: *why does a heavy stone not fall faster?*");
await say(sana, "وعلیکم السلام میڈم! کیا ہوا کی وجہ سے فرق نہیں پڑتا؟");
const table = await say(
  bilal,
  "I timed it from the balcony, same height:\n```\nstone   0.78 s\nball    0.79 s\nfeather 3.10 s\n```",
);
for (const page of [teacher, ali, sana]) await react(page, table, "👏");
await react(hina, table, "🪶");
await say(teacher, "**Well measured.** So what is different about the feather, @ali_raza?", "physics", table.id);
const answer = await say(ali, "Air resistance! It is light, so the air slows it much more.");
for (const page of [teacher, bilal]) await react(page, answer, "👍");
const yes = await say(sana, "جی ہاں، چاند پر ہوا نہیں، وہاں دونوں ایک ساتھ گریں گے۔");
for (const page of [teacher, ali, hina]) await react(page, yes, "❤️");
await say(teacher, "Exactly. Homework: show that `t = √(2h/g)` has no mass in it.");

await call(teacher, "POST", "/rooms/physics/invites");
await teacher.goto(address + "/chat/physics");
await teacher.waitForSelector("#composer:not([hidden], [inert])");
const direct = await call(hina, "POST", "/direct", { username: "ms_khan" });
await say(hina, "Miss, may I hand it in on Friday?", direct.name);
await say(ali, "Who has the notes of Tuesday?", "lobby");
await say(bilal, "I do, one minute", "lobby");
await teacher.reload();
await teacher.waitForSelector("#composer:not([hidden], [inert])");
if (!(await teacher.locator("#people").isVisible())) await teacher.click("#open-people");
await teacher.waitForFunction(() => document.querySelector("#people .qr")?.naturalWidth > 0);

const shots = [];
for (const colorScheme of ["light", "dark"]) {
  await teacher.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await teacher.waitForTimeout(1200);
  shots.push(`data:image/png;base64,${(await teacher.screenshot()).toString("base64")}`);
}
const board = await (await browser.newContext({ viewport: { width: 1640, height: 600 } })).newPage();
await board.setContent(
  `<style>body{margin:0}main{display:flex;gap:16px;padding:12px;width:1616px;background:#cfdbd9}img{width:800px;border-radius:10px;display:block}</style><main>${shots.map((each) => `<img src="${each}">`).join("")}</main>`,
);
await board.waitForFunction(() => [...document.images].every((each) => each.complete && each.naturalWidth > 0));
writeFileSync(file, await board.locator("main").screenshot());
/// Unkind words, a report and an appeal: what moderators see of it.
if (moderation_file !== undefined) {
  await say(bilal, "you are such a stupid idiot, give the book back");
  await say(ali, "call me at 0300 1234567 after school", "lobby");
  await say(hina, "shut up bilal", "physics");
  await say(bilal, "you suck", "physics");
  const unkind = await say(ali, "Nobody wants to sit next to you", "physics");
  await call(sana, "POST", "/reports", {
    message_id: unkind.id,
    reason: "harassment",
    note: "He says this to Bilal every day.",
  });
  const stopped = (
    await bilal.evaluate(async () => (await (await fetch("/api/v1/me/moderation")).json()).records)
  ).find((each) => each.can_appeal);
  await call(bilal, "POST", "/appeals", { case_id: stopped.case_id, text: "We were joking, ask Hina." });
  await teacher.emulateMedia({ colorScheme: "light" });
  await teacher.goto(`${address}/moderation`);
  await teacher.waitForSelector("#person-box .person-card");
  await teacher.locator(".queue-row", { hasText: "Appeal" }).first().click();
  await teacher.waitForTimeout(900);
  await teacher.screenshot({ path: moderation_file });
}
await browser.close();
