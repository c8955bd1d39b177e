// The chat page as people use it: where it opens, its list of rooms, people's cards, files, notes and refusals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { fake_devices } from "./support/camera.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
let browser, server, keeper, teacher, ali, pupil;

before(async () => {
  browser = await launch(fake_devices);
  server = await Server.start({
    options: ["--no-rate-limits"],
    environment: { MAX_BULLYING_COUNT: "1000" },
  });
  keeper = await Client.login(server, "keeper");
  await keeper.request("PATCH", "/api/v1/me", { display_name: "Ms Khan" });
  ali = await Client.register(server, "ali");
  await ali.request("PATCH", "/api/v1/me", { display_name: "Ali Raza" });
});
after(async () => {
  await browser.close();
  await server.dispose();
});

const row = (person, text) => person.page.locator("#messages li.msg", { hasText: text });
const say = (client, text, room = "lobby") => client.request("POST", `/api/v1/rooms/${room}/messages`, { text });

async function enter(username, options = desktop, path = "/chat/lobby") {
  const person = await visitor(browser, server, options);
  await person.page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const places = entry.sources.map(({ node, previousRect, currentRect }) =>
          [node?.id || node?.className || node?.nodeName, previousRect.y, currentRect.y].join(" "),
        );
        if (!entry.hadRecentInput) window.shifts.push([entry.value, ...places].join(", "));
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await person.page.goto(`${server.url}/login?next=${encodeURIComponent(path)}`);
  await person.page.fill("[name=username]", username);
  await person.page.fill("[name=password]", password);
  await person.page.click("button.primary");
  await person.page.waitForSelector("#composer:not([inert])", { state: "attached" });
  return person;
}

async function send(person, text) {
  await person.page.fill("#compose", text);
  await person.page.click("#send");
}

/** The page tells how far was read a moment after it was seen. */
async function until_read(client, room) {
  for (;;) {
    const { body } = await client.request("GET", "/api/v1/rooms");
    if (body.rooms.find((each) => each.name === room).unread === 0) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

const leave = async (person) => {
  assert.deepEqual(person.complaints, []);
  await person.context.close();
};

test("the page opens at the first unread message, however many there are, and says so", async () => {
  await say(keeper, "the last that was read");
  const reader = await enter("ali");
  await row(reader, "the last that was read").waitFor();
  await until_read(ali, "lobby");
  await reader.page.goto("about:blank");
  for (let i = 1; i <= 130; i += 1) await say(keeper, `missed ${i}.`);
  await reader.page.goto(`${server.url}/chat/lobby`);
  await reader.page.locator("#unread-bar:not([hidden])").waitFor();
  assert.match(await reader.page.innerText("#unread-text"), /^130 new since \d\d:\d\d$/);
  const line = reader.page.locator("#messages .new-line");
  await line.waitFor();
  assert.equal(
    await line.evaluate((node) => node.nextElementSibling.querySelector(".text").innerText.trim()),
    "missed 1.",
  );
  assert.ok(
    await line.evaluate((node) => {
      const box = node.closest(".timeline").getBoundingClientRect();
      const at = node.getBoundingClientRect();
      return at.top >= box.top && at.bottom <= box.bottom;
    }),
  );
  assert.deepEqual(await reader.page.evaluate(() => window.shifts), []);
  await reader.page.click("#unread-jump");
  await row(reader, "missed 130.").waitFor();
  await reader.page.locator("#unread-bar[hidden]").waitFor({ state: "attached" });
  await until_read(ali, "lobby");
  await leave(reader);
});

test("another room opens at its first unread message too, and can be marked as read", async () => {
  await keeper.request("POST", "/api/v1/rooms", { name: "maths", title: "Maths" });
  await ali.request("POST", "/api/v1/rooms/maths/join");
  await say(keeper, "seen", "maths");
  const { body } = await ali.request("GET", "/api/v1/rooms/maths/messages");
  await ali.request("POST", "/api/v1/rooms/maths/read", { seq: body.messages.at(-1).seq });
  for (let i = 1; i <= 120; i += 1) await say(keeper, `sum ${i}.`, "maths");
  const reader = await enter("ali");
  const link = reader.page.locator('#room-list a[data-room="maths"]');
  assert.equal(await link.evaluate((node) => node.closest("section").querySelector("h2").textContent), "New");
  await link.click();
  await row(reader, "sum 1.").waitFor();
  assert.match(await reader.page.innerText("#unread-text"), /^120 new since/);
  await reader.page.click("#unread-read");
  await reader.page.locator("#unread-bar[hidden]").waitFor({ state: "attached" });
  await reader.page.locator('#room-list a[data-room="maths"] .unread').waitFor({ state: "detached" });
  await until_read(ali, "maths");
  await leave(reader);
});

test("rooms stand in sections and in the order in which people count, and a draft is marked", async () => {
  for (const number of [10, 2, 1]) {
    await keeper.request("POST", "/api/v1/rooms", { name: `group-${number}`, title: `Group ${number}` });
    await ali.request("POST", `/api/v1/rooms/group-${number}/join`);
  }
  await Client.register(server, "omar");
  await ali.request("POST", "/api/v1/direct", { username: "omar" });
  const person = await enter("ali");
  const titles = () =>
    person.page.$$eval("#room-list section", (sections) =>
      sections.map((each) => [
        each.querySelector("h2").textContent,
        ...[...each.querySelectorAll(".room-title")].map((title) => title.textContent),
      ]),
    );
  const expected = [
    ["Rooms", "Lobby", "Group 1", "Group 2", "Group 10", "Maths"],
    ["Direct messages", "omar"],
  ];
  assert.deepEqual(await titles(), expected);
  await person.page.fill("#compose", "begun here");
  await person.page.click('#room-list a[data-room="group-2"]');
  await person.page.locator('#room-list a[data-room="lobby"] .drafted').waitFor();
  await say(keeper, "@ali please read this", "group-10");
  const named = person.page.locator('#room-list a[data-room="group-10"] .unread.mentioned');
  await named.waitFor();
  assert.equal((await titles())[0][0], "New");
  await person.page.click('#room-list a[data-room="lobby"]');
  await person.page.waitForFunction(() => document.querySelector("#compose").value === "begun here");
  await person.page.fill("#compose", "");
  await leave(person);
});

test("Ctrl+K finds rooms and people, and leads to the search for words", async () => {
  const person = await enter("keeper");
  const { page } = person;
  await page.keyboard.press("Control+k");
  await page.keyboard.type("group 1");
  assert.deepEqual(await page.locator("#switcher-list .room-title").allInnerTexts(), [
    "Group 1",
    "Group 10",
    "Search messages for “group 1”",
  ]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chat\/group-10$/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("omar");
  await page.locator("#switcher-list li", { hasText: "@omar" }).click();
  await page.locator("#room-title", { hasText: "omar" }).waitFor();
  await leave(person);
});

test("staff mute from a name in two taps with the usual reason, and take it back", async () => {
  teacher = await enter("keeper", phone);
  pupil = await enter("ali");
  await send(pupil, "look at me");
  await row(teacher, "look at me").waitFor();
  await row(teacher, "look at me").locator(".bubble").click();
  await teacher.page.locator(".msg:not(.own) .msg-name:visible").last().click();
  await teacher.page.locator('#person-sheet [data-quick="mute"][data-minutes="10"]').click();
  await pupil.page.locator("#closed:not([hidden])").waitFor();
  assert.match(await pupil.page.innerText("#closed-text"), /rules/);
  await pupil.page.locator("#closed-appeal:visible").waitFor();
  await teacher.page.locator(".toast button", { hasText: "Undo" }).click();
  await pupil.page.locator("#composer:not([hidden], [inert])").waitFor();
});

test("a message is reported in two taps: the sheet, and the reason", async () => {
  await send(teacher, "something to report");
  await row(pupil, "something to report").hover();
  await pupil.page.locator('[data-act="more"]:visible').click();
  await pupil.page.locator('#message-sheet [data-report="spam"]').click();
  await pupil.page.locator(".toast", { hasText: /./ }).first().waitFor();
  const { body } = await keeper.request("GET", "/api/v1/reports");
  assert.equal(body.reports[0].reason, "spam");
  assert.equal(body.reports[0].text, "something to report");
});

test("several files wait in the tray with a caption and an alternative text, and pictures open in the viewer", async () => {
  const { page } = pupil;
  const picture = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [720, 480];
    canvas.getContext("2d").fillRect(0, 0, 720, 480);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const png = { name: "sky.png", mimeType: "image/png", buffer: Buffer.from(picture) };
  await page.setInputFiles("#file", [png, { ...png, name: "sea.png" }]);
  await page.setInputFiles("#file", [{ name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("milk") }]);
  assert.equal(await page.locator("#tray .tray-item").count(), 3);
  await page.locator("#tray .tray-alt").first().fill("A dark sky");
  await page.locator("#tray .tray-item").nth(1).locator(".icon-button").click();
  assert.equal(await page.locator("#tray .tray-item").count(), 2);
  await send(pupil, "from the trip");
  const shown = row(teacher, "from the trip").locator("img[alt='A dark sky']");
  await shown.waitFor();
  // Its place is known before it has come.
  assert.deepEqual(await shown.evaluate((image) => [image.getAttribute("width"), image.getAttribute("height")]), [
    "360",
    "240",
  ]);
  await row(teacher, "list.txt").locator(".file-tile", { hasText: "TXT · 4 B" }).waitFor();
  await page.locator("#tray[hidden]").waitFor({ state: "attached" });
  await shown.click();
  await teacher.page.locator("#viewer[open]").waitFor();
  assert.equal(await teacher.page.innerText("#viewer-text"), "A dark sky");
  await teacher.page.keyboard.press("Escape");
  await teacher.page.locator("#viewer:not([open])").waitFor({ state: "attached" });
  await teacher.page.reload();
  await row(teacher, "from the trip").locator("img[width='360'][alt='A dark sky']").waitFor();
});

test("a file that the server refuses stays in the tray until it is sent again or taken out", async () => {
  const { page } = pupil;
  await page.route("**/files", (route) => route.abort());
  await page.setInputFiles("#file", [{ name: "again.txt", mimeType: "text/plain", buffer: Buffer.from("once more") }]);
  await page.click("#send");
  await page.locator("#tray .tray-item.failed").waitFor();
  await page.unroute("**/files");
  await page.locator("#tray .tray-item .button").click();
  await row(teacher, "again.txt").waitFor();
  await page.locator("#tray[hidden]").waitFor({ state: "attached" });
});

test("a spoken message is recorded, waits in the tray, and is played by the others", async () => {
  const { page } = pupil;
  await pupil.context.grantPermissions(["microphone"], { origin: server.url });
  await page.click("#speak");
  await page.locator("#speaking:not([hidden])").waitFor();
  await page.waitForFunction(() => document.querySelector("#speaking-time").textContent.startsWith("0:02"));
  await page.click("#speaking-stop");
  await page.locator("#tray .tray-item", { hasText: "Spoken" }).waitFor();
  await page.click("#send");
  const player = row(teacher, "Spoken").locator("audio");
  await player.waitFor();
  await player.evaluate(
    (audio) =>
      audio.readyState > 0 ||
      new Promise((done, fail) => Object.assign(audio, { onloadedmetadata: done, onerror: fail })),
  );
});

test("emoji alone are large, live and after a reload", async () => {
  await send(pupil, "🎉👍🏽");
  const big = teacher.page.locator("#messages .text.big");
  await big.waitFor();
  await teacher.page.reload();
  await big.waitFor();
});

test("whoever is named sees it in the row", async () => {
  await send(teacher, "@ali, well done");
  await pupil.page.locator("#messages .msg.called", { hasText: "well done" }).waitFor();
  await pupil.page.reload();
  await pupil.page.locator("#messages .msg.called .mention.named", { hasText: "@ali" }).waitFor();
});

test("one note stands at a time, and a refusal stays with its text over a reload", async () => {
  const { page } = pupil;
  const awful = "I will kill you, you worthless piece of shit";
  await send(pupil, awful);
  await page.locator("#notes .note:visible").waitFor();
  await page.reload();
  await page.locator("#notes .note:visible").waitFor();
  assert.equal(await page.inputValue("#compose"), awful);
  await page.locator("#notes .note:visible button", { hasText: "Discard" }).click();
  assert.equal(await page.inputValue("#compose"), "");
  assert.equal(await page.locator("#notes .note").count(), 0);
});

test("messages can be flat and close together, from the first byte of the next page", async () => {
  const { page } = pupil;
  await page.goto(`${server.url}/settings`);
  await page.check('[name="style"][value="flat"]', { force: true });
  await page.check('[name="density"][value="compact"]', { force: true });
  await page.goto(`${server.url}/chat/lobby`);
  const plain = await pupil.context.request.get(`${server.url}/chat/lobby`);
  assert.match(await plain.text(), /<html[^>]* data-density="compact" data-style="flat"/);
  await page.goto(`${server.url}/settings`);
  await page.check('[name="style"][value=""]', { force: true });
  await page.check('[name="density"][value=""]', { force: true });
  await page.goto(`${server.url}/chat/lobby`);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.style), undefined);
});

test("the wall of a ban counts down, opens by itself, and what was begun still stands there", async () => {
  const { page } = pupil;
  await page.fill("#compose", "I was about to say");
  const until = new Date(Date.now() + 8000).toISOString();
  await keeper.request("POST", "/api/v1/bans", { username: "ali", reason: "Enough for today", until });
  await page.locator("#wall[open]").waitFor();
  assert.equal(await page.innerText("#wall-reason"), "Enough for today");
  await page.locator("#wall-appeal:visible").waitFor();
  await page.locator("#session[open]").waitFor({ timeout: 60_000 });
  await page.fill("#session-form [name=password]", password);
  await page.click("#session-form button.primary");
  await page.locator("#session:not([open])").waitFor({ state: "attached" });
  assert.equal(await page.inputValue("#compose"), "I was about to say");
  await page.click("#send");
  await row(teacher, "I was about to say").waitFor();
  await leave(pupil);
  await leave(teacher);
});

test("a banned person reads why on the page that they come to, and asks for another look once", async () => {
  await keeper.request("POST", "/api/v1/bans", { username: "omar", reason: "Enough for today" });
  const person = await visitor(browser, server, phone);
  const { page } = person;
  for (const [words, answer] of [
    ["please let me back", "Sent."],
    ["once more", "already"],
  ]) {
    await page.goto(`${server.url}/login`);
    await page.fill("[name=username]", "omar");
    await page.fill("[name=password]", password);
    await page.click("button.primary");
    await page.locator("text=Enough for today").waitFor();
    await page.fill("#appeal-text", words);
    await page.click("form button.primary");
    await page.locator(`text=${answer}`).waitFor();
  }
  const { body } = await keeper.request("GET", "/api/v1/moderation/cases?status=open");
  assert.ok(body.cases.some((each) => JSON.stringify(each.reports).includes("please let me back")));
  await person.context.close();
});

test("every emoji is found by its name, with the skin tone that was chosen", async () => {
  const person = await enter("keeper");
  const { page } = person;
  await page.click("#open-emoji");
  await page.locator("#emoji-panel h3", { hasText: "Flags" }).waitFor({ state: "attached" });
  await page.click("#emoji-panel [data-tone='🏽']");
  await page.fill("#emoji-panel input", "waving hand");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#compose"), "👋🏽");
  await page.click("#open-emoji");
  assert.equal(await page.locator("#emoji-panel section").first().locator("button").first().innerText(), "👋🏽");
  await page.keyboard.press("Escape");
  await leave(person);
});
