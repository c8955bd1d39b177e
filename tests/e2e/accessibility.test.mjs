// axe-core on every page: light and dark, phone and desktop, left to right and right to left.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser, server, invite, post, setup;

before(async () => {
  browser = await launch();
  setup = await Server.start({ isSetUp: false });
  server = await Server.start({
    environment: {
      DEFAULT_ADMIN_USERNAME: "teacher",
      DEFAULT_ADMIN_PASSWORD: "correct horse battery",
      MAX_BULLYING_COUNT: "1000",
    },
  });
  const teacher = await Client.login(server, "teacher");
  const pupil = await Client.register(server, "pupil");
  for (const [client, text] of [
    [teacher, "Welcome"],
    [pupil, "Salaam, see https://example.org"],
    [pupil, "> quoted\n**bold** and `code`"],
    [teacher, "سلام"],
  ])
    await client.request("POST", "/api/v1/rooms/lobby/messages", { text });
  await teacher.request("POST", "/api/v1/rooms", { name: "empty-room", title: "Empty room" });
  await teacher.request("POST", "/api/v1/rooms", { name: "stage", title: "Stage", kind: "live" });
  await teacher.request("POST", "/api/v1/rooms/stage/messages", { text: "Welcome to the stage" });
  const said = await pupil.request("POST", "/api/v1/rooms/lobby/messages", { text: "Chup kar bewakoof" });
  const refused = await pupil.request("POST", "/api/v1/rooms/lobby/messages", { text: "You're a fucking idiot" });
  await pupil.request("POST", "/api/v1/appeals", { case_id: refused.body.case_id, text: "I was quoting." });
  await teacher.request("POST", "/api/v1/reports", { message_id: said.body.id, reason: "harassment", note: "Look" });
  post = (await teacher.request("POST", "/api/v1/posts", { text: "Our trip was **great**" })).body.seq;
  await pupil.request("POST", `/api/v1/posts/${post}/comments`, { text: "Chup kar bewakoof" });
  invite = (await teacher.request("POST", "/api/v1/rooms/empty-room/invites", {})).body.code;
});
after(async () => {
  await browser.close();
  await server.dispose();
  await setup.dispose();
});

async function violations(page) {
  // Through the debugger's own world: the page's policy forbids scripts that are not the page's.
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

for (const [size, viewport] of Object.entries({ phone, desktop }))
  for (const colorScheme of ["light", "dark"])
    for (const lang of ["en", colorScheme === "light" ? "ur" : "fa"])
      test(`axe finds nothing on ${size}, ${colorScheme}, ${lang}`, async () => {
        const guest = await visitor(browser, server, { ...viewport, colorScheme });
        const teacher = await visitor(browser, server, { ...viewport, colorScheme });
        const author = await visitor(browser, server, { ...viewport, colorScheme });
        for (const { context } of [guest, teacher, author])
          await context.addCookies([{ name: "soyuz_lang", value: lang, url: server.url }]);
        for (const [{ page }, name] of [
          [teacher, "teacher"],
          [author, "pupil"],
        ]) {
          await page.goto(`${server.url}/login`);
          await page.fill("[name=username]", name);
          await page.fill("[name=password]", "correct horse battery");
          await page.click("button.primary");
          await page.waitForURL(/\/chat/);
        }
        const found = {};
        const look = async (name, page) => {
          const list = await violations(page);
          if (list.length) found[name] = list;
        };
        await guest.page.goto(await setup.setupLink());
        await look("setup", guest.page);
        for (const path of ["/login", "/signup", `/join/${invite}`, "/no-such-page"]) {
          await guest.page.goto(server.url + path);
          await look(path, guest.page);
        }
        for (const path of [
          "/chat/lobby",
          "/chat/empty-room",
          "/live",
          "/live/stage",
          "/live/stage/chat",
          "/posts",
          `/posts/${post}`,
          "/settings",
          "/admin",
          "/docs",
          `/join/${invite}`,
        ]) {
          await teacher.page.goto(server.url + path);
          if (path.startsWith("/chat")) await teacher.page.waitForSelector("#composer:not([hidden], [inert])");
          await look(path, teacher.page);
        }
        for (const [tab, ready] of Object.entries({
          queue: "#queue .queue-row",
          appeals: "#queue .queue-row",
          log: "#log-rows tr",
          charts: "#chart-verdicts canvas",
          live: "#live-entries li",
          words: "#rules-form:not([inert])",
          people: "#people-rows tr",
        })) {
          await teacher.page.goto(`${server.url}/moderation#${tab}`);
          await teacher.page.reload();
          await teacher.page.waitForSelector(ready);
          if (tab === "queue") {
            await teacher.page.click(".queue-row");
            await teacher.page.waitForSelector("#person-box .person-card");
            await teacher.page.click("#reveal");
          }
          await look(`/moderation#${tab}`, teacher.page);
        }
        const { page } = author;
        await page.waitForSelector("#composer:not([hidden], [inert])");
        await page.waitForSelector(".told .msg-state");
        await page.fill("#compose", "You're a fucking idiot");
        await page.waitForSelector("#check-hint:not([hidden])");
        await look("check hint and review", page);
        await page.click("#send");
        await page.locator("#notes .note button").nth(1).click();
        // A dialog that is still fading in has less contrast than it will have.
        await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));
        await look("blocked and appeal", page);
        await page.goto(`${server.url}/settings`);
        await page.waitForSelector("#record-list li");
        await look("own record", page);
        assert.deepEqual(found, {});
        await author.context.close();
        await guest.context.close();
        await teacher.context.close();
      });
