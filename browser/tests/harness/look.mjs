// Takes a picture of pages in light and dark, on a phone and a desktop, and runs axe on each:
// node look.mjs ADDRESS OUT_DIR [page…]. Exits 1 when axe or the console finds something.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [address, out, ...wanted] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = {
  login: "/login", login_error: '/login?extra={"error":"That name and password do not belong together."}',
  signup: '/signup?extra={"errors":{"username":"This name is taken."},"values":{"username":"sara"},"invite":"abcd"}',
  setup: "/setup", join: "/join", banned: "/banned", error: "/error", chat: "/chat", empty: '/chat?extra={"empty":true}', chat_ur: "/chat?lang=ur",
  login_ur: "/login?lang=ur", settings: "/settings", settings_ur: "/settings?lang=ur", admin: "/admin", admin_ur: "/admin?lang=ur",
  moderation: "/moderation", moderation_ur: "/moderation?lang=ur", mod_empty: "/moderation",
};
/// Dialogs and panels of the chat page: what opens them.
const opened = {
  report: () => document.getElementById("report").showModal(),
  invite: () => document.getElementById("open-invite").click(),
  room_form: () => document.getElementById("new-room").click(),
  room_settings: () => document.querySelector('[data-room-do="settings"]').click(),
  search: () => document.getElementById("open-search").click(),
  person: () => document.querySelector("#people-list .person").click(),
  session: () => document.getElementById("session").showModal(),
  keys: () => document.getElementById("show-keys").click(),
  emoji: () => document.getElementById("open-emoji").click(),
  people: () => document.getElementById("open-people").click(),
  me: () => document.querySelector("#me-menu summary").click(),
  sheet: () => document.querySelector('.msg:not(.own)').dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "touch" })),
};
for (const tab of ["appeals", "log", "charts", "words", "people"]) pages[`mod_${tab}`] = `/moderation?lang=${tab.length % 2 ? "en" : "ur"}#${tab}`;
/// The moderators' page in its states, and what the author of a stopped message sees.
Object.assign(opened, {
  case: () => document.querySelector(".queue-row").click(),
  case_shown: () => { document.querySelector(".queue-row").click(); document.getElementById("reveal").click(); document.getElementById("more-acts").click(); },
  case_mute: () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "t", bubbles: true })),
  mod_keys: () => document.getElementById("mod-keys").showModal(),
  mod_preferences: () => document.getElementById("open-preferences").click(),
  chart_table: () => document.querySelectorAll('[data-do="table"]').forEach((each) => each.click()),
  blocked: "/block you fool", warned: "/warn that was bad", flagged: "/flag me", cared: "/help", removed: "/gone now", granted: "/granted", lost: "/lost",
  appeal: () => document.getElementById("appeal").showModal(),
});
for (const name of Object.keys(opened)) pages[`open_${name}`] = /^(case|mod_)/.test(name) ? `/moderation?lang=${name.length % 2 ? "en" : "ur"}` : name === "chart_table" ? "/moderation#charts" : `/chat?lang=${name.length % 2 ? "en" : "ur"}`;
const screens = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
});
let found = 0;
for (const [name, path] of Object.entries(pages).filter(([name]) => wanted.length === 0 || wanted.includes(name))) {
  for (const [screen, viewport] of Object.entries(screens)) {
    for (const theme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport, colorScheme: theme, hasTouch: screen === "phone", bypassCSP: false });
      const page = await context.newPage();
      const complain = (text) => { found++; console.log(`${name} ${screen} ${theme}: ${text}`); };
      page.on("console", (message) => message.type() === "error" && complain(message.text()));
      page.on("pageerror", (error) => complain(String(error)));
      await page.goto(address + path);
      await page.waitForTimeout(500);
      if (name.startsWith("open_")) {
        const open = opened[name.slice(5)];
        if (typeof open === "string") {
          await page.fill("#compose", open);
          await page.click("#send");
        } else await page.evaluate(open);
        await page.waitForTimeout(800);
      }
      await page.screenshot({ path: `${out}/${name}-${screen}-${theme}.png` });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) complain(`wider than the screen by ${wide} px`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      for (const each of violations) complain(`${each.id}: ${each.help}\n   ${each.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary.replace(/\s+/g, " ").slice(0, 200)}`).join("\n   ")}`);
      await context.close();
    }
  }
}
await browser.close();
console.log(found === 0 ? "nothing found" : `${found} found`);
process.exit(found === 0 ? 0 : 1);
