// People with browsers: set-up, sign-up, chatting, losing the network, being banned.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
let browser, server, teacher, pupil;

before(async () => {
  browser = await launch();
  server = await Server.start({ isSetUp: false });
});
after(async () => {
  await browser.close();
  await server.dispose();
});

const row = (person, text) => person.page.locator("#messages li.msg", { hasText: text });

async function say(person, text) {
  await person.page.fill("#compose", text);
  await person.page.click("#send");
}

async function signUp(person, username, { path = "/signup" } = {}) {
  await person.page.goto(server.url + path);
  await person.page.fill("[name=username]", username);
  await person.page.fill("[name=password]", password);
  if (await person.page.locator("[name=display_name]").count()) await person.page.fill("[name=display_name]", username);
  await person.page.click("main button.primary, form button.primary");
  await person.page.waitForURL(/\/chat/);
}

test("the printed link leads a new owner to the first message", async () => {
  teacher = await visitor(browser, server);
  const { page } = teacher;
  await page.goto(await server.setupLink());
  await page.fill("[name=display_name]", "Ms Khan");
  await page.fill("[name=username]", "teacher");
  await page.fill("[name=password]", password);
  await page.check("[name=purpose][value=community]");
  await page.click("button.primary");
  await page.waitForURL(/\/chat/);
  await page.waitForSelector("#compose:focus");
  await page.keyboard.type("Salaam everybody");
  await page.keyboard.press("Enter");
  await row(teacher, "Salaam everybody").waitFor();
  assert.equal(await page.inputValue("#compose"), "");
});

test("a pupil on a phone signs up, and both see each other’s messages and the online count", async () => {
  pupil = await visitor(browser, server, phone);
  await signUp(pupil, "ali");
  await pupil.page.waitForSelector("#compose");
  await row(pupil, "Salaam everybody").waitFor();
  await say(pupil, "Salaam, here is Ali");
  await row(teacher, "Salaam, here is Ali").waitFor();
  await say(teacher, "Welcome Ali");
  await row(pupil, "Welcome Ali").waitFor();
  await teacher.page.waitForFunction(() => document.querySelector("#online-count").textContent.trim() === "2");
});

test("typing shows on the other side", async () => {
  await pupil.page.locator("#compose").pressSequentially("thinking");
  await teacher.page.waitForFunction(() => document.querySelector("#typing").textContent.trim().length > 0);
  await pupil.page.fill("#compose", "");
});

test("text is text, whatever it looks like, and links are safe", async () => {
  await say(teacher, '<img src=x onerror="document.title=1"> **bold** https://example.org/a?b=c');
  const message = row(pupil, "<img src=x");
  await message.waitFor();
  assert.equal(await message.locator("img[src=x]").count(), 0);
  assert.equal(await message.locator("strong, b").first().innerText(), "bold");
  const link = message.locator(".text a");
  assert.equal(await link.getAttribute("href"), "https://example.org/a?b=c");
  assert.match(await link.getAttribute("rel"), /noopener/);
});

test("a reload shows the same messages, before any script has run too", async () => {
  await pupil.page.reload();
  await row(pupil, "Welcome Ali").waitFor();
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await pupil.context.storageState(),
  });
  const page = await plain.newPage();
  await page.goto(`${server.url}/chat`);
  assert.match(await page.innerText("#messages"), /Welcome Ali/);
  await plain.close();
});

test("what is written while the server is away arrives once when it is back", async () => {
  await server.stop("SIGKILL");
  await pupil.page.locator("#status:not([hidden])").waitFor();
  await say(pupil, "written in the dark");
  await row(pupil, "written in the dark").waitFor();
  await server.restart("SIGKILL");
  await row(teacher, "written in the dark").waitFor();
  await pupil.page.locator("#status[hidden]").waitFor({ state: "attached" });
  await pupil.page.reload();
  await row(pupil, "written in the dark").waitFor();
  for (const person of [teacher, pupil]) assert.equal(await row(person, "written in the dark").count(), 1);
});

test("what was missed while away appears once and in order", async () => {
  await pupil.context.setOffline(true);
  const client = await Client.register(server, "narrator");
  for (let i = 1; i <= 5; i += 1)
    await client.request("POST", "/api/v1/rooms/lobby/messages", { text: `chapter ${i}` });
  await pupil.context.setOffline(false);
  await row(pupil, "chapter 5").waitFor();
  const texts = (await pupil.page.locator("#messages li.msg .text").allInnerTexts()).filter((text) =>
    text.startsWith("chapter"),
  );
  assert.deepEqual(
    texts,
    [1, 2, 3, 4, 5].map((i) => `chapter ${i}`),
  );
});

test("editing, reacting and deleting reach the other page", async () => {
  await say(teacher, "first version");
  await row(pupil, "first version").waitFor();
  await row(teacher, "first version").locator(".tick, .time").first().waitFor();
  await teacher.page.focus("#compose");
  await teacher.page.keyboard.press("ArrowUp");
  await teacher.page.waitForFunction(() => document.querySelector("#compose").value === "first version");
  await say(teacher, "second version");
  await row(pupil, "second version").waitFor();
  assert.equal(await row(pupil, "first version").count(), 0);
});

test("a deleted message is gone for the other at once, and undoing brings it back", async () => {
  await say(teacher, "said too early");
  await row(pupil, "said too early").waitFor();
  await row(teacher, "said too early").hover();
  await teacher.page.locator('[data-act="more"]:visible').click();
  await teacher.page.locator('[data-act="delete"]:visible').click();
  // The page still offers to undo it when the other one has lost it.
  const undo = teacher.page.locator("button:visible", { hasText: "Undo" });
  await undo.waitFor();
  await row(pupil, "said too early").waitFor({ state: "detached" });
  await undo.click();
  await row(pupil, "said too early").waitFor();
  await row(teacher, "said too early").waitFor();
});

test("a colon and a beginning offer emoji, and Enter takes one", async () => {
  const { page } = teacher;
  await page.focus("#compose");
  await page.keyboard.type("well done :part");
  await page.locator("#complete li", { hasText: ":partying:" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#compose").value === "well done 🥳 ");
  await page.fill("#compose", "");
});

test("older messages load while scrolling up, without losing the place", async () => {
  const writer = await Client.login(server, "teacher", password);
  const made = await writer.request("POST", "/api/v1/rooms", { name: "archive", title: "Archive" });
  assert.equal(made.status, 201);
  const fast = await writer.request("PATCH", "/api/v1/settings", { spam: { limit: 1000 } });
  assert.equal(fast.status, 200, JSON.stringify(fast.body));
  for (let i = 1; i <= 130; i += 1)
    assert.equal(
      (await writer.request("POST", "/api/v1/rooms/archive/messages", { text: `entry number ${i}.` })).status,
      201,
    );
  await writer.request("PATCH", "/api/v1/settings", { spam: { preset: "default" } });
  await teacher.page.goto(`${server.url}/chat/archive`);
  await row(teacher, "entry number 130.").waitFor();
  await teacher.page.waitForSelector("#composer:not([hidden], [inert])");
  while ((await row(teacher, "entry number 1.").count()) === 0) {
    await teacher.page.evaluate(() => {
      document.querySelector("#timeline").scrollTop = 0;
    });
    await teacher.page.waitForTimeout(50);
  }
  const seqs = await teacher.page
    .locator("#messages li.msg")
    .evaluateAll((rows) => rows.map((each) => Number(each.dataset.seq)));
  assert.deepEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
  );
  assert.equal(new Set(seqs).size, seqs.length);
  await teacher.page.goto(`${server.url}/chat/lobby`);
});

test("a public room is joined from the list, and its people are shown", async () => {
  const visiting = await visitor(browser, server);
  await signUp(visiting, "omar");
  const { page } = visiting;
  await page.click('#other-list a[data-room="archive"]');
  await page.waitForURL(/\/chat\/archive$/);
  await row(visiting, "entry number 130.").waitFor();
  await page.click("#open-people");
  await page.locator("#people-list", { hasText: "Ms Khan" }).waitFor();
  assert.deepEqual(visiting.complaints, []);
  await visiting.context.close();
});

test("Enter that ends a word of an input method does not send", async () => {
  await pupil.page.fill("#compose", "にほんご");
  // Safari tells the key after the composition has ended: only its code says whose key it is.
  await pupil.page.locator("#compose").dispatchEvent("keydown", { key: "Enter", keyCode: 229, isComposing: false });
  assert.equal(await pupil.page.inputValue("#compose"), "にほんご");
  await pupil.page.fill("#compose", "");
});

test("the first line keeps its indentation", async () => {
  await say(teacher, "\n\n    def f():\n        return 1\n");
  await row(pupil, "def f():").waitFor();
  const { body } = await (
    await Client.login(server, "teacher", password)
  ).request("GET", "/api/v1/rooms/lobby/messages?limit=1");
  assert.equal(body.messages[0].text, "    def f():\n        return 1");
  assert.match(await row(pupil, "def f():").locator(".text").textContent(), /^ {4}def/);
});

test("a mute is counted down by the server’s clock, whatever the browser’s shows", async () => {
  const owner = await Client.login(server, "teacher", password);
  const muted = await Client.register(server, "muted_one");
  await owner.request("POST", "/api/v1/mutes", { username: "muted_one", minutes: 10, reason: "Rule 2" });
  for (const hours of [1, -1]) {
    const person = await visitor(browser, server);
    await person.page.clock.install({ time: Date.now() + hours * 3_600_000 });
    await person.page.goto(`${server.url}/login`);
    await person.page.fill("[name=username]", "muted_one");
    await person.page.fill("[name=password]", password);
    await person.page.click("button.primary");
    await person.page.waitForURL(/\/chat/);
    await person.page.waitForSelector("#closed:not([hidden])");
    await person.page.waitForTimeout(1500);
    assert.match(await person.page.innerText("#closed-left"), /\b(9:\d\d|10:00)\b/, `${hours} h ahead`);
    await person.context.close();
  }
  assert.ok(muted);
});

test("no field is so small that a phone zooms into it", async () => {
  for (const [person, paths] of [
    [pupil, ["/chat/lobby", "/settings", "/login", "/signup"]],
    [teacher, ["/admin", "/moderation"]],
  ])
    for (const path of paths) {
      await person.page.goto(server.url + path);
      const small = await person.page.evaluate(() =>
        [...document.querySelectorAll("input, select, textarea")]
          .filter((field) => !/^(hidden|checkbox|radio|range|file)$/.test(field.type))
          .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
          .map((field) => field.id || field.name),
      );
      assert.deepEqual(small, [], path);
    }
  await teacher.page.goto(`${server.url}/chat/lobby`);
});

test("the theme is chosen once and stays", async () => {
  const { page } = teacher;
  const dark = () =>
    page.evaluate(
      () =>
        getComputedStyle(document.documentElement).colorScheme +
        getComputedStyle(document.documentElement).backgroundColor,
    );
  await page.emulateMedia({ colorScheme: "light" });
  const light = await dark();
  await page.emulateMedia({ colorScheme: "dark" });
  assert.notEqual(await dark(), light);
  await page.goto(`${server.url}/settings`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.check("[name=theme][value=dark]", { force: true });
  await page.click('form[action="/settings/appearance"] button.primary');
  await page.waitForLoadState();
  await page.goto(`${server.url}/chat/lobby`);
  assert.notEqual(await dark(), light);
  assert.ok(await page.evaluate(() => Object.values(localStorage).some((value) => /dark/.test(value))));
});

test("a picture becomes the avatar on both pages", async () => {
  const { page } = pupil;
  await page.goto(`${server.url}/settings`);
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 200, height: 120 } });
  const chooser = page.waitForEvent("filechooser");
  await page.click("#avatar-choose");
  await (await chooser).setFiles({ name: "me.png", mimeType: "image/png", buffer: picture });
  const stored = page.waitForResponse((response) => response.url().endsWith("/me/avatar") && response.ok());
  await page.click("#crop-save");
  await stored;
  await page.goto(`${server.url}/chat/lobby`);
  await say(pupil, "look at me");
  await row(teacher, "look at me").locator("img.avatar, .msg-avatar img").first().waitFor({ state: "attached" });
});

test("several files chosen at once are sent one after the other, in order", async () => {
  const { page } = teacher;
  await page.goto(`${server.url}/chat/lobby`);
  let [under_way, most] = [0, 0];
  const is_file = (request) => request.method() === "POST" && request.url().endsWith("/files");
  page.on("request", (request) => {
    if (is_file(request)) most = Math.max(most, (under_way += 1));
  });
  // An answer comes before the page acts on it; that the request is over is told later.
  page.on("response", (response) => {
    if (is_file(response.request())) under_way -= 1;
  });
  const names = Array.from({ length: 5 }, (_, i) => `lesson-${i + 1}.txt`);
  await page.setInputFiles(
    "#file",
    names.map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`The text of ${name}`) })),
  );
  await page.click("#send");
  for (const name of names) await row(teacher, name).waitFor();
  const shown = await page.locator("#messages li.msg", { hasText: "lesson-" }).allTextContents();
  assert.deepEqual(
    shown.map((text) => text.match(/lesson-\d\.txt/)[0]),
    names,
  );
  assert.equal(most, 1);
});

test("nothing sticks out on a phone", async () => {
  for (const path of ["/chat/lobby", "/settings", "/login", "/signup"]) {
    await pupil.page.goto(server.url + path);
    const overflow = await pupil.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0, path);
  }
});

test("the first visit of the chat page costs at most 64 KB, and no other host", async () => {
  const fresh = await visitor(browser, server, desktop);
  await fresh.context.addCookies(await teacher.context.cookies());
  const devtools = await fresh.context.newCDPSession(fresh.page);
  await devtools.send("Network.enable");
  let bytes = 0;
  devtools.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  await fresh.page.goto(`${server.url}/chat/archive`, { waitUntil: "load" });
  await fresh.page.waitForSelector("#composer:not([hidden], [inert])");
  assert.ok(bytes > 5_000 && bytes <= 64 * 1024, `${bytes} bytes`);
  assert.deepEqual(fresh.complaints, []);
  await fresh.context.close();
});

test("a flood counts down in the send button, loses nothing and signs nobody out", async () => {
  const flooder = await visitor(browser, server);
  await signUp(flooder, "flooder");
  const { page } = flooder;
  await page.waitForSelector("#composer:not([hidden], [inert])");
  for (let i = 1; i <= 9; i += 1) {
    await say(flooder, `again and again ${i}`);
    if (i < 9) await row(teacher, `again and again ${i}`).waitFor();
  }
  await page.waitForSelector("#send-wait:not([hidden])");
  const left = Number(await page.innerText("#send-wait"));
  assert.ok(left > 30 && left <= 61, String(left)); // clocks are compared by the second
  assert.match(await page.innerText("#send-hint"), /send again/);
  // What is written meanwhile stays in the field, and nothing stands in the way of reading.
  await page.fill("#compose", "one more thing");
  await page.press("#compose", "Enter");
  assert.equal(await page.inputValue("#compose"), "one more thing");
  assert.equal(await page.locator("#wall[open], #session[open], #closed:visible").count(), 0);
  await say(teacher, "Slowly, please");
  await row(flooder, "Slowly, please").waitFor();
  await page.reload();
  await page.waitForSelector("#send-wait:not([hidden])");
  assert.equal(await page.inputValue("#compose"), "one more thing");
  assert.equal(await row(flooder, "again and again 9").count(), 1);
  // Let write again by people, the message that waited goes out at once.
  const owner = await Client.login(server, "teacher", password);
  assert.ok((await owner.request("DELETE", "/api/v1/bans/flooder")).status < 300);
  await row(teacher, "again and again 9").waitFor();
  await page.waitForSelector("#send-hint", { state: "hidden" });
  assert.equal(await row(flooder, "again and again 9").count(), 1);
  assert.deepEqual(flooder.complaints, []);
  await flooder.context.close();
});

test("a ban by people is a page that says until when and why", async () => {
  const rude = await visitor(browser, server);
  await signUp(rude, "rude");
  await rude.page.waitForSelector("#composer:not([hidden], [inert])");
  const owner = await Client.login(server, "teacher", password);
  await owner.request("POST", "/api/v1/bans", { username: "rude", minutes: 5, reason: "Rule 2" });
  const wall = rude.page.locator("#wall[open]");
  await wall.waitFor();
  assert.match(await wall.innerText(), /Rule 2/);
  assert.match(await wall.innerText(), /\b[45]:\d\d left/);
  await rude.page.goto(`${server.url}/chat`);
  assert.match(await rude.page.innerText("body"), /Rule 2|sign in/i);
  await rude.context.close();
});

for (const [lang, name] of [
  ["ur", "اردو"],
  ["fa", "فارسی"],
])
  test(`${lang} is chosen by its own name, reads from right to left and brings its letters`, async () => {
    const reader = await visitor(browser, server);
    const fonts = [];
    reader.page.on("request", (request) => request.resourceType() === "font" && fonts.push(request.url()));
    await reader.page.goto(`${server.url}/login`);
    await reader.page.evaluate(() => document.fonts.ready);
    assert.deepEqual(fonts, [], "a page in English loads no face");
    await reader.page.click(`text=${name}`);
    await reader.page.waitForSelector(`html[lang=${lang}][dir=rtl]`);
    assert.match(await reader.page.innerText("main, body"), /[\u0600-\u06ff]/);
    assert.equal(
      await reader.page.evaluate(() => document.fonts.load("16px Vazirmatn", "س").then((all) => all.length)),
      1,
    );
    assert.equal(new Set(fonts).size, 1);
    assert.deepEqual(reader.complaints, []);
    await reader.context.close();
  });

test("no page logged an error, broke the policy or asked another host", () => {
  assert.deepEqual([...teacher.complaints, ...pupil.complaints], []);
});
