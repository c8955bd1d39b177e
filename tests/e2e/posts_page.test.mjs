// The page of posts, in a browser: with and without scripts, for its author, for others and for moderators.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
const pictures = process.env.SOYUZ_SCREENSHOTS;
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
let browser, server, teacher;

before(async () => {
  browser = await launch();
  server = await Server.start({ options: ["--no-rate-limits"] });
  teacher = await Client.login(server, "keeper");
  await teacher.request("PATCH", "/api/v1/settings", { registration: "open" });
});
after(async () => {
  await browser.close();
  await server.dispose();
});

async function signIn(username, options = desktop) {
  const person = await visitor(browser, server, options);
  await person.page.goto(server.url + "/login?next=/posts");
  await person.page.fill("[name=username]", username);
  await person.page.fill("[name=password]", password);
  await person.page.click("button.primary");
  await person.page.waitForURL(/\/(posts|chat)/);
  await person.page.goto(server.url + "/posts");
  return person;
}

async function shoot(person, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await person.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

test("somebody posts with a picture, another comments, and what may hurt is veiled for others", async () => {
  await Client.register(server, "sara");
  await Client.register(server, "omar");
  const sara = await signIn("sara");
  await sara.page.fill("#post-text", "Our **cat** today");
  await sara.page.setInputFiles("#post-picture", { name: "cat.png", mimeType: "image/png", buffer: png });
  await sara.page.click(".post-composer button.primary");
  await sara.page.waitForSelector("article.post img.picture, article.post .post-picture img");
  assert.equal(await sara.page.locator("article.post strong").textContent(), "cat");

  const omar = await signIn("omar", { ...phone, colorScheme: "dark" });
  await omar.page.click("article.post .post-foot a");
  await omar.page.waitForURL(/\/posts\/\d+/);
  await omar.page.fill("#comment-text", "Chup kar bewakoof");
  await omar.page.click(".comment-form button.primary");
  await omar.page.waitForSelector("article.comment");
  assert.equal(await omar.page.locator("article.comment details.veil").count(), 0);
  await shoot(omar, "post-phone-dark");

  await sara.page.goto(omar.page.url().replace(/#.*/, ""));
  const veil = sara.page.locator("article.comment details.veil");
  assert.equal(await veil.getByText("Chup kar").isVisible(), false);
  await veil.locator("summary").click();
  assert.equal(await veil.getByText("Chup kar").isVisible(), true);
  await shoot(sara, "post-desktop-light");

  // What is blocked stays in the form, with why.
  await omar.page.goto(server.url + "/posts");
  await omar.page.fill("#post-text", "You're a fucking idiot");
  await omar.page.click(".post-composer button.primary");
  await omar.page.waitForSelector(".post-composer .alert.error");
  assert.equal(await omar.page.inputValue("#post-text"), "You're a fucking idiot");
  await shoot(omar, "posts-blocked-phone-dark");
  assert.deepEqual(omar.complaints, []);
  assert.deepEqual(sara.complaints, []);
});

test("a comment is reported and deleted, also without scripts", async () => {
  const sara = await signIn("sara", { ...desktop, javaScriptEnabled: false });
  await sara.page.click("article.post .post-foot a");
  const comment = sara.page.locator("article.comment").first();
  await comment.locator(".post-menu summary").click();
  await comment.locator("select").selectOption("harassment");
  await shoot(sara, "post-menu-desktop");
  await comment.locator(".post-report button").click();
  await sara.page.waitForSelector(".alert.good");
  const { body } = await teacher.request("GET", "/api/v1/moderation/cases?author=omar");
  assert.ok(body.cases.some((each) => each.reports.length === 1 && each.room.kind === "board"));

  const omar = await signIn("omar");
  await omar.page.click("article.post .post-foot a");
  await omar.page.locator("article.comment .post-menu summary").first().click();
  await omar.page.locator("article.comment .menu-list button").first().click();
  await omar.page.waitForSelector(".alert.good");
  assert.equal(await omar.page.locator("article.comment").count(), 0);
  // The post is not his to delete.
  await omar.page.locator("article.post .post-menu summary").click();
  assert.equal(await omar.page.locator('article.post form[action$="/delete"]').count(), 0);
});

test("between two people a flagged message opens on request, and ticks tell how far it came", async () => {
  const [sara, omar] = [await signIn("sara"), await signIn("omar", phone)];
  const api = await Client.login(server, "sara");
  const room = (await api.request("POST", "/api/v1/direct", { username: "omar" })).body.name;
  await sara.page.goto(`${server.url}/chat/${room}`);
  await sara.page.fill("#compose", "Chup kar bewakoof");
  await sara.page.click("#send");
  await omar.page.goto(`${server.url}/chat/${room}`);
  const veil = omar.page.locator("li.msg details.veil");
  await veil.waitFor();
  assert.equal(await veil.getByText("bewakoof").isVisible(), false);
  await veil.locator("summary").click();
  assert.equal(await veil.getByText("bewakoof").isVisible(), true);
  await sara.page.locator("li.msg .tick.read").waitFor();
  await sara.page.fill("#compose", "Chup kar!! bewakoof!!");
  await sara.page.click("#send");
  await omar.page.locator("li.msg details.veil").nth(1).waitFor();
  await shoot(omar, "direct-veil-phone");
  assert.deepEqual(omar.complaints, []);
});
