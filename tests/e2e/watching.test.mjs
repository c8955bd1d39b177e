// Watched streams in the browser: from a stream that is added to what was found in it, looked after and decided.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const key = "a key of programs";
const password = "correct horse battery";
const bearer = { authorization: `Bearer ${key}` };
let browser, server, keeper;

before(async () => {
  browser = await launch();
  server = await Server.start({ options: ["--no-rate-limits", "--service-key", key] });
  keeper = await Client.login(server, "keeper");
  await keeper.request("POST", "/api/v1/rooms", { name: "stage", title: "Stage", kind: "live" });
});
after(async () => {
  await browser.close();
  await server.dispose();
});

async function sign_in(name, options = desktop, lang = "en") {
  const person = await visitor(browser, server, options);
  await person.context.addCookies([{ name: "soyuz_lang", value: lang, url: server.url }]);
  await person.page.goto(`${server.url}/login?next=/streams`);
  await person.page.fill("[name=username]", name);
  await person.page.fill("[name=password]", password);
  await person.page.click("button.primary");
  await person.page.waitForURL(/\/streams/);
  return person;
}

test("a stream is added, watched, something is found, and its agent looks after it", async () => {
  const admin = await sign_in("keeper");
  const { page } = admin;
  // Live rooms are there by themselves.
  await page.locator(".watch-card", { hasText: "keeper" }).waitFor();
  await page.goto(`${server.url}/streams/settings`);
  await page.fill("#keyword", "knife");
  await page.press("#keyword", "Enter");
  await page.locator(".watch-chips li", { hasText: "knife" }).waitFor();
  await page.fill("#agent-name", "omar");
  await page.fill("#agent-password", password);
  await page.press("#agent-password", "Enter");
  await page.locator("tbody th", { hasText: "omar" }).waitFor();

  await page.goto(`${server.url}/streams`);
  await page.click(".watch-add summary");
  await page.fill("#new-platform", "elsewhere");
  await page.fill("#new-streamer", "rehana");
  await page.press("#new-streamer", "Enter");
  await page.waitForURL(/\/streams\/[a-z0-9]+$/);
  const id = page.url().split("/").at(-1);
  await page.locator("#assigned li", { hasText: "omar" }).waitFor();
  await page.click("button[data-api$='/start']");
  await page.locator("button[data-api$='/stop']").waitFor();

  const agent = await sign_in("omar", phone);
  await agent.page.locator(".watch-card", { hasText: "rehana" }).waitFor();
  assert.equal(await agent.page.locator(".watch-card").count(), 1);
  await request(server, "POST", `/api/v1/streams/${id}/state`, { state: "monitoring" }, bearer);
  const said = { lines: [{ username: "ali", text: "who sells a kn1fe" }] };
  assert.equal((await request(server, "POST", `/api/v1/streams/${id}/chat`, said, bearer)).body.detections.length, 1);
  // The page follows by itself, and so does the bell.
  await agent.page.locator("#notification-list li", { hasText: "who sells a kn1fe" }).waitFor();
  await agent.page.locator("[data-bell-count]:not([hidden])").waitFor();
  await agent.page.click("button[data-api$='/acknowledge']");
  await agent.page.locator("#notification-list li", { hasText: "omar looks after it" }).waitFor();
  await page.locator("#found li", { hasText: "omar looks after it" }).waitFor();

  await page.goto(`${server.url}/moderation`);
  await page.locator("#queue .queue-row", { hasText: "who sells a kn1fe" }).click();
  await page.locator("#case:not([hidden])", { hasText: "who sells a kn1fe" }).waitFor();
  await page.keyboard.press("h");
  await page.goto(`${server.url}/streams/${id}`);
  await page.locator("#found li", { hasText: "Upheld" }).waitFor();
  await admin.context.close();
  await agent.context.close();
});

for (const [size, options] of Object.entries({ phone, desktop }))
  for (const colorScheme of ["light", "dark"])
    for (const lang of ["en", "ur"])
      test(`axe finds nothing on the pages of streams on ${size}, ${colorScheme}, ${lang}`, async () => {
        const person = await sign_in("keeper", { ...options, colorScheme }, lang);
        const { streams } = (await keeper.request("GET", "/api/v1/streams")).body;
        const found = {};
        for (const path of [
          "/streams",
          "/streams/settings",
          ...streams.map((each) => `/streams/${encodeURIComponent(each.id)}`),
        ]) {
          await person.page.goto(server.url + path);
          await person.page.waitForSelector("[data-watch]");
          for (const each of await person.page.locator("details").all())
            await each.evaluate((it) => (it.open = it.matches(".watch-add") || it.open));
          await person.page.evaluate(axe);
          const { violations } = await person.page.evaluate(() => globalThis.axe.run());
          if (violations.length > 0)
            found[path] = violations.map(
              (it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`,
            );
          const width = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (width > 0) found[`${path} is too wide`] = width;
          if (process.env.SOYUZ_PICTURES)
            await person.page.screenshot({
              path: `${process.env.SOYUZ_PICTURES}/${path.replaceAll("/", "_")}-${size}-${colorScheme}-${lang}.png`,
              fullPage: true,
            });
        }
        assert.deepEqual(found, {});
        await person.context.close();
      });
