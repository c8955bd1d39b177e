// Searches over all that one may read: by the index, while it changes, and in the page.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { after, before, test } from "node:test";
import { desktop, launch, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
let server, sara, omar;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  [sara, omar] = await Promise.all(["sara", "omar"].map((name) => Client.register(server, name)));
});
after(() => server.dispose());

async function post(client, text, room = "lobby") {
  const { status, body } = await client.request("POST", `/api/v1/rooms/${room}/messages`, { text });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}
async function search(client, q, more = {}) {
  const { status, body } = await client.request("GET", `/api/v1/search?${new URLSearchParams({ q, ...more })}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
const texts = (found) => found.messages.map(({ text }) => text);

/** Searches until the index is there: right after the start the newest messages are looked through. */
async function indexed(client, q) {
  for (;;) {
    const found = await search(client, q);
    if (found.complete) return found;
    await later(50);
  }
}

test("words, phrases, beginnings, parts and spellings are found as soon as they are posted", async () => {
  await post(sara, "The quick brown fox");
  await post(omar, "mujhe nahin pata");
  await post(sara, "یہ كتاب ہے");
  await post(omar, "Das Café ist offen");
  for (const [q, expected] of [
    ["quick", "The quick brown fox"],
    ['"quick brown"', "The quick brown fox"],
    ["qui", "The quick brown fox"],
    ["row", "The quick brown fox"],
    ["nahi", "mujhe nahin pata"],
    ["کتاب", "یہ كتاب ہے"],
    ["cafe", "Das Café ist offen"],
  ])
    assert.deepEqual(texts(await search(omar, q)), [expected], q);
  for (const q of ['"brown quick"', "quick slow", "nothing"]) assert.deepEqual(texts(await search(omar, q)), [], q);
  const { marks, messages } = await search(sara, "café");
  assert.deepEqual(marks, [[[4, 8]]]);
  assert.equal(messages[0].text.slice(4, 8), "Café");
});

test("pages go on beyond thirty, and stand still while more is written", async () => {
  for (let i = 0; i < 70; ++i) await post(i % 2 ? sara : omar, `turtle ${i}`);
  const seen = [];
  let page = "";
  for (;;) {
    const found = await search(sara, "turtle", { limit: "30", ...(page && { page }) });
    seen.push(...texts(found));
    await post(omar, "turtle again");
    if (!found.has_more) break;
    page = found.next;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 70 }, (_, i) => `turtle ${69 - i}`),
  );
  const best = await search(sara, "turtle 1", { order: "best", limit: "1" });
  assert.deepEqual(texts(best), ["turtle 1"]);
  assert.match(
    texts(await search(sara, "turtle 1", { order: "best", limit: "1", page: best.next }))[0],
    /^turtle 1\d$/,
  );
});

test("people, rooms, days and things narrow a search, and what there is not is said", async () => {
  await sara.request("POST", "/api/v1/rooms", { name: "maths", title: "Maths group", kind: "public" });
  await post(sara, "zebra in maths https://example.org", "maths");
  await post(sara, "zebra in the lobby");
  await post(omar, "zebra of omar");
  for (const [q, expected] of [
    ["zebra from:sara", ["zebra in the lobby", "zebra in maths https://example.org"]],
    ["zebra from:me", ["zebra of omar"]],
    ["zebra in:maths", ["zebra in maths https://example.org"]],
    ['zebra in:"Maths group"', ["zebra in maths https://example.org"]],
    ["zebra has:link", ["zebra in maths https://example.org"]],
    ["zebra before:2020-01-01", []],
    ["zebra after:2020-01-01 from:omar", ["zebra of omar"]],
  ])
    assert.deepEqual(texts(await search(omar, q)), expected, q);
  for (const q of ["zebra from:nobody", "zebra in:nowhere"]) {
    const { status, body } = await omar.request("GET", `/api/v1/search?${new URLSearchParams({ q })}`);
    assert.equal(status, 422);
    assert.match(body.fields.q, /nobody|nowhere/);
  }
  assert.equal((await omar.request("GET", "/api/v1/search?q=zebra&page=x")).status, 422);
  assert.equal((await omar.request("GET", "/api/v1/search?q=zebra&order=odd")).status, 422);
});

test("edits, deletions and memberships count at once", async () => {
  const message = await post(sara, "giraffe one");
  await sara.request("PATCH", `/api/v1/messages/${message.id}`, { text: "giraffe two" });
  assert.deepEqual(texts(await search(omar, "giraffe")), ["giraffe two"]);
  assert.deepEqual(texts(await search(omar, '"giraffe one"')), []);
  await sara.request("DELETE", `/api/v1/messages/${message.id}`);
  assert.deepEqual(texts(await search(omar, "giraffe")), []);
  await sara.request("POST", "/api/v1/rooms", { name: "secret", title: "Secret", kind: "private" });
  await post(sara, "elephant", "secret");
  assert.deepEqual(texts(await search(omar, "elephant")), []);
  const { body } = await sara.request("POST", "/api/v1/rooms/secret/invites", {});
  await omar.request("POST", `/api/v1/join/${body.code}`);
  assert.deepEqual(texts(await search(omar, "elephant")), ["elephant"]);
  await omar.request("POST", "/api/v1/rooms/secret/leave");
  assert.deepEqual(texts(await search(omar, "elephant")), []);
});

test("a deleted text is gone from the index's file within seconds", async () => {
  const message = await post(sara, "unspeakablexyz");
  for (let i = 0; i < 20; ++i) await post(omar, `filler ${i}`);
  const files = () => readdirSync(join(server.folder, "data")).filter((name) => name.startsWith("search.db"));
  const holds = () =>
    files().some((name) => readFileSync(join(server.folder, "data", name)).includes("unspeakablexyz"));
  while (!holds()) await later(100);
  await sara.request("DELETE", `/api/v1/messages/${message.id}`);
  while (holds()) await later(100);
  for (const name of files()) assert.equal(statSync(join(server.folder, "data", name)).mode & 0o077, 0);
});

test("the index is there after a restart, after a crash, and where its file was taken away", async () => {
  const before = (await search(sara, "turtle", { limit: "200" })).messages.length;
  for (const how of ["SIGTERM", "SIGKILL", "without its file"]) {
    if (how === "without its file") {
      await server.stop();
      for (const name of readdirSync(join(server.folder, "data")))
        if (name.startsWith("search.db")) rmSync(join(server.folder, "data", name));
      await server.restart();
    } else {
      await server.restart(how);
    }
    const found = await indexed(sara, "turtle");
    assert.ok(found.messages.length > 0, how);
    assert.equal((await search(sara, "turtle", { limit: "200" })).messages.length, before, how);
    assert.deepEqual(texts(await search(sara, "giraffe")), [], how);
  }
});

test("in the page hits are marked, and lead to their place in another room", async () => {
  const browser = await launch();
  try {
    for (let i = 0; i < 90; ++i) await post(sara, i === 3 ? "a lonely penguin stands here" : `line ${i}`, "maths");
    const person = await visitor(browser, server, desktop);
    const { page } = person;
    await page.goto(server.url + "/login");
    await page.fill("[name=username]", "omar");
    await page.fill("[name=password]", password);
    await page.click("main button.primary, form button.primary");
    await page.waitForURL(/\/chat/);
    await omar.request("POST", "/api/v1/rooms/maths/join");
    await page.reload();
    await page.click("#open-search");
    await page.fill("#search-text", "peng");
    await page.press("#search-text", "Enter");
    await page.waitForFunction(() => document.querySelector("#search-state").textContent.includes("No message"));
    await page.selectOption("#search-where", "all");
    const hit = page.locator("#search-list a", { hasText: "lonely penguin" });
    await hit.waitFor();
    assert.equal(await hit.locator("mark").innerText(), "penguin");
    await hit.click();
    await page.waitForURL(/\/chat\/maths/);
    await page.locator("#messages li.msg", { hasText: "a lonely penguin stands here" }).waitFor();
    await page.click("#open-search");
    await page.fill("#search-text", "line");
    await page.press("#search-text", "Enter");
    await page.locator("#search-more").waitFor();
    await page.click("#search-more");
    await page.waitForFunction(() => document.querySelectorAll("#search-list li").length === 60);
    assert.deepEqual(person.complaints, []);
  } finally {
    await browser.close();
  }
});
