// Moderation with browsers on both sides: what an author is told, and how moderators decide with single keys.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
// Verdicts on these are fixed by the contract of the engine.
const blocked = "You're a fucking idiot";
const flagged = "Chup kar bewakoof";
const warned = "this is damn hard";
let browser, server, teacher, mona, ali, pupil;

before(async () => {
  browser = await launch();
  server = await Server.start({
    environment: { DEFAULT_ADMIN_USERNAME: "teacher", DEFAULT_ADMIN_PASSWORD: password },
    options: ["--no-rate-limits"],
  });
  const owner = await Client.login(server, "teacher");
  for (const name of ["mona", "ali", "sara"]) await Client.register(server, name);
  assert.equal((await owner.request("PATCH", "/api/v1/users/mona", { role: "moderator" })).status, 200);
  [teacher, mona, ali, pupil] = await Promise.all([
    signIn("teacher", desktop),
    signIn("mona", desktop),
    signIn("ali", phone),
    signIn("sara", desktop),
  ]);
  await teacher.page.goto(`${server.url}/moderation`);
  await teacher.page.locator("#all-clear:not([hidden])").waitFor();
});
after(async () => {
  await browser.close();
  await server.dispose();
});

async function signIn(name, options) {
  const person = await visitor(browser, server, options);
  await person.page.goto(`${server.url}/login`);
  await person.page.fill("[name=username]", name);
  await person.page.fill("[name=password]", password);
  await person.page.click("button.primary");
  await person.page.waitForURL(/\/chat/);
  await person.page.waitForSelector("#composer:not([hidden], [inert])");
  return person;
}

const row = (person, text) => person.page.locator("#messages li.msg", { hasText: text });
const cases = (person) => person.page.locator("#queue > li");
const title = (person) => person.page.locator("#case-title");

async function say(person, text) {
  await person.page.fill("#compose", text);
  await person.page.click("#send");
}

test("a blocked message stays with its author, who appeals in one step", async () => {
  const { page } = ali;
  await say(ali, blocked);
  const note = page.locator("#notes .note");
  await note.waitFor();
  assert.equal(await page.inputValue("#compose"), blocked);
  assert.match(await note.innerText(), /wasn't sent[\s\S]*insult or harassment[\s\S]*Words:/);
  assert.deepEqual(await note.getByRole("button").allInnerTexts(), ["Edit", "Appeal", "Discard"]);
  await note.getByRole("button", { name: "Appeal" }).click();
  await page.fill("#appeal-text", "I was quoting the book.");
  await page.click("#appeal-form button.primary");
  await page.locator(".toast", { hasText: "Sent." }).waitFor();
  assert.equal(await page.inputValue("#compose"), "");
  assert.equal(await row(pupil, blocked).count(), 0);
});

test("the case comes to the open desk by itself, blurred, with the appeal, the context and the person", async () => {
  const { page } = teacher;
  await cases(teacher).first().waitFor();
  await page.locator("#case-appeal:not([hidden])", { hasText: "I was quoting the book." }).waitFor();
  assert.match(await title(teacher).innerText(), /Appeal/);
  assert.equal(await page.locator("#subject-text").getAttribute("inert"), "");
  await page.keyboard.press("v");
  assert.equal(await page.locator("#subject-text").innerText(), blocked);
  assert.equal((await page.locator("#subject-text mark").allInnerTexts()).join(" ").includes("idiot"), true);
  await page.locator("#person-box", { hasText: "@ali" }).waitFor();
  assert.match(await page.locator("#verdict").innerText(), /Score[\s\S]*%/);
});

test("one key grants the appeal, and the message appears to its author and to all", async () => {
  await teacher.page.keyboard.press("g");
  await row(ali, blocked).waitFor();
  await row(pupil, blocked).waitFor();
  await ali.page.locator("#notes .note", { hasText: "Your appeal was granted" }).waitFor();
  await teacher.page.waitForFunction(() =>
    /Appeal granted\. 0 left\./.test(document.querySelector("#announce").textContent),
  );
  await teacher.page.locator("#all-clear:not([hidden])").waitFor();
});

test("a warning stands below the message, for its author alone", async () => {
  await say(ali, warned);
  const state = row(ali, warned).locator(".msg-state");
  await state.getByRole("button", { name: "Why?" }).click();
  await state.locator(".why", { hasText: "Within 24 hours" }).waitFor();
  await row(pupil, warned).waitFor();
  assert.equal(await row(pupil, warned).locator(".msg-state").isVisible(), false);
});

test("a flagged message is under review, its author sees why, and a key removes it", async () => {
  await say(ali, flagged);
  const mine = row(ali, flagged);
  await mine.locator(".msg-state", { hasText: "under review" }).waitFor();
  assert.equal(await mine.getByRole("button", { name: "Appeal" }).count(), 1);
  await row(pupil, flagged).locator(".mark", { hasText: "Under review" }).waitFor();
  assert.equal(await row(pupil, flagged).locator(".msg-state").isVisible(), false);
  await title(teacher).filter({ hasText: "Flagged" }).waitFor();
  await teacher.page.locator("#person-box", { hasText: "@ali" }).waitFor();
  await teacher.page.keyboard.press("h");
  await row(pupil, flagged).waitFor({ state: "detached" });
  const gone = row(ali, "Removed by a moderator");
  await gone.locator(".msg-state", { hasText: `You wrote: ${flagged}` }).waitFor();
  await ali.page.locator("#notes .note", { hasText: "A moderator removed your message" }).waitFor();
});

test("U takes the decision back, and the author’s own words survive a reload once it is removed again", async () => {
  await teacher.page.keyboard.press("u");
  await row(pupil, flagged).waitFor();
  await title(teacher).filter({ hasText: "Flagged" }).waitFor();
  await teacher.page.keyboard.press("h");
  await row(pupil, flagged).waitFor({ state: "detached" });
  await ali.page.reload();
  await row(ali, "Removed by a moderator").locator(".msg-state", { hasText: flagged }).waitFor();
});

test("what a flagged message is under review for survives a reload", async () => {
  await say(pupil, "you are so stupid");
  await row(pupil, "you are so stupid").locator(".msg-state", { hasText: "under review" }).waitFor();
  await pupil.page.reload();
  const state = row(pupil, "you are so stupid").locator(".msg-state");
  await state.filter({ hasText: "insult or harassment" }).waitFor();
  assert.equal(await state.getByRole("button", { name: "Appeal" }).count(), 1);
});

test("a second moderator sees the claim, and a decision that comes too late is told", async () => {
  await title(teacher).filter({ hasText: "Flagged" }).waitFor();
  await teacher.page.keyboard.press("k");
  await mona.page.goto(`${server.url}/moderation`);
  await cases(mona).first().waitFor();
  await mona.page.locator(".claimed-mark:not([hidden])", { hasText: "teacher is looking at this" }).waitFor();
  await mona.page.keyboard.press("a");
  await mona.page.locator(".toast", { hasText: "teacher is looking at this" }).waitFor();
  await cases(mona).first().waitFor();
  await teacher.page.keyboard.press("w");
  await cases(mona).first().waitFor({ state: "detached" });
  await pupil.page.locator("#notes .note", { hasText: "take care" }).waitFor();
  // An open desk would look at the next cases, too.
  await mona.page.goto(`${server.url}/settings`);
});

test("T and a digit mute: the card counts down, and lifting it opens the composer without a reload", async () => {
  await say(pupil, "you suck");
  await title(teacher).filter({ hasText: "Flagged" }).waitFor();
  await teacher.page.locator("#person-box", { hasText: "@sara" }).waitFor();
  await teacher.page.keyboard.press("t");
  await teacher.page.locator("[data-lengths=mute]:not([hidden])").waitFor();
  await teacher.page.keyboard.press("1");
  await pupil.page.locator("#closed:not([hidden])").waitFor();
  assert.match(await pupil.page.innerText("#closed-left"), /[45]:\d\d/);
  await teacher.page.click("a[data-tab=people]");
  await teacher.page
    .locator("#people-rows tr", { hasText: "@sara" })
    .getByRole("button", { name: "Let write again" })
    .click();
  await pupil.page.waitForSelector("#composer:not([hidden], [inert])");
});

test("a report opens a case", async () => {
  await say(ali, "a sentence like any other");
  await row(pupil, "a sentence like any other").hover();
  await row(pupil, "a sentence like any other").locator("[data-act=more]").click();
  await pupil.page.click("#message-sheet [data-act=report]");
  await pupil.page.check("[name=reason][value=harassment]");
  await pupil.page.click("#report-form button.primary");
  await teacher.page.click("a[data-tab=queue]");
  await title(teacher).filter({ hasText: "Reported" }).waitFor();
  await teacher.page.locator("#reports:not([hidden])", { hasText: "insult or harassment" }).waitFor();
  await teacher.page.keyboard.press("a");
  await teacher.page.locator("#all-clear:not([hidden])").waitFor();
});

test("keys type where something is written, and do nothing when they are switched off", async () => {
  const { page } = teacher;
  await say(ali, "shut up");
  await title(teacher).filter({ hasText: "Flagged" }).waitFor();
  await page.keyboard.press("n");
  await page.keyboard.type("ah, a note");
  assert.equal(await page.inputValue("#decision-note"), "ah, a note");
  await page.keyboard.press("Escape");
  await page.click("#open-preferences");
  await page.uncheck("#preferences [name=keys]");
  await page.keyboard.press("Escape");
  await page.keyboard.press("x");
  assert.match(await title(teacher).innerText(), /Flagged/);
  await page.evaluate(() => localStorage.removeItem("soyuz.mod.keys"));
  await page.keyboard.press("x");
  await ali.page.locator("#notes .note", { hasText: "ah, a note" }).waitFor();
  await page.locator("#all-clear:not([hidden])").waitFor();
});

test("a quiet hint before sending, which can be switched off in the settings", async () => {
  const { page } = ali;
  await page.fill("#compose", "call me at 0300 1234567");
  await page.locator("#check-hint", { hasText: "private information" }).waitFor();
  await page.fill("#compose", "");
  await page.goto(`${server.url}/settings`);
  await page.uncheck("#check-setting");
  await page.goto(`${server.url}/chat/lobby`);
  await page.waitForSelector("#composer:not([hidden], [inert])");
  let asked = 0;
  page.on("request", (request) => {
    asked += request.url().endsWith("/moderation/check") ? 1 : 0;
  });
  await page.fill("#compose", "call me at 0300 1234567");
  await page.waitForTimeout(900);
  assert.equal(asked, 0);
  await page.fill("#compose", "");
});

test("the settings show one’s own record with what was decided", async () => {
  await ali.page.goto(`${server.url}/settings`);
  const list = ali.page.locator("#record-list");
  await list.locator("li", { hasText: flagged }).waitFor();
  assert.match(await list.locator("li", { hasText: flagged }).innerText(), /A moderator removed your message/);
  assert.match(await list.locator("li", { hasText: blocked }).innerText(), /Your appeal was granted/);
  assert.match(await ali.page.innerText("#record-sum"), /Within 24 hours/);
});

test("words and rules of a room are kept, and judge the next message", async () => {
  const { page } = teacher;
  await page.click("a[data-tab=words]");
  await page.waitForSelector("#rules-form:not([inert])");
  await page.selectOption("#words-room", "lobby");
  await page.waitForSelector("#rules-form:not([inert])");
  await page.click("#add-word");
  await page.fill("#watch-list [name=word]", "xylophone");
  await page.selectOption("#watch-list [name=word_action]", "block");
  await page.check("#rules-form [name=shown][value=author]", { force: true });
  await page.click("#rules-form > button.primary");
  await page.locator(".toast", { hasText: "Saved." }).waitFor();
  await say(pupil, "my xylophone is blue");
  await pupil.page.locator("#notes .note", { hasText: "wasn't sent" }).waitFor();
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#watch-list [name=word]")?.value === "xylophone");
});

test("a cry for help offers help, and no page shows a code", async () => {
  const { page } = teacher;
  await page.click("a[data-tab=queue]");
  await ali.page.goto(`${server.url}/chat/lobby`);
  await ali.page.waitForSelector("#composer:not([hidden], [inert])");
  await say(ali, "I want to kill myself");
  const help = cases(teacher).filter({ hasText: "May need help" });
  await help.getByRole("button").click();
  await title(teacher).filter({ hasText: "May need help" }).waitFor();
  await page.locator("#person-box", { hasText: "@ali" }).waitFor();
  await page.locator("[data-decide=approve]", { hasText: "Looked after" }).waitFor();
  assert.deepEqual(
    await page
      .locator("#act-list > button:visible")
      .evaluateAll((list) => list.map((each) => each.dataset.decide ?? each.id)),
    ["talk", "approve", "remove"],
  );
  for (const key of ["w", "t", "1", "b", "3", "x"]) await page.keyboard.press(key);
  assert.match(await title(teacher).innerText(), /May need help/);
  const codes = /self_harm|hate_speech|personal_info|repeat_offender|not_a_violation|ur-Latn/;
  for (const tab of ["queue", "log", "charts", "people", "words"]) {
    await page.click(`a[data-tab=${tab}]`);
    await page.locator(`[data-panel=${tab}]:not([hidden])`).waitFor();
    if (tab === "log") await page.locator("#log-rows tr", { hasText: "self-harm" }).first().waitFor();
    assert.doesNotMatch(await page.innerText("#main"), codes, tab);
  }
  assert.doesNotMatch(await ali.page.innerText("body"), codes);
  await page.click("a[data-tab=queue]");
  await help.getByRole("button").click();
  await page.keyboard.press("a");
  await help.waitFor({ state: "detached" });
});

test("a threat stands before what is older, says what it is, and is read before it is let out", async () => {
  const { page } = teacher;
  await say(ali, flagged);
  await cases(teacher).first().waitFor();
  const writer = await Client.login(server, "sara");
  await writer.request("POST", "/api/v1/rooms/lobby/messages", { text: "I will kill you tomorrow after school" });
  const threat = cases(teacher).filter({ hasText: "threat" });
  await threat.waitFor();
  assert.match(await cases(teacher).first().locator(".kind").innerText(), /threat/i);
  assert.equal(await threat.locator(".queue-text.blurred").count(), 1);
  await threat.getByRole("button").click();
  await page.locator("#subject.masked").waitFor();
  await page.locator("#person-box", { hasText: "@sara" }).waitFor();
  await page.keyboard.press("a");
  await page.locator(".toast", { hasText: "Read the text first" }).waitFor();
  await page.locator("#subject:not(.masked)").waitFor();
  await page.keyboard.press("h");
  await threat.waitFor({ state: "detached" });
});

test("the log is narrowed by kind and words, and exported as it is shown", async () => {
  const { page } = teacher;
  await page.click("a[data-tab=log]");
  await page.locator("#log-rows tr", { hasText: "threat" }).first().waitFor();
  await page.selectOption("#log-filters [name=kind]", "appeal");
  assert.ok((await page.locator("#log-rows tr").allInnerTexts()).every((line) => /appeal/i.test(line)));
  await page.selectOption("#log-filters [name=kind]", "");
  await page.fill("#log-filters [name=words]", "after school");
  assert.ok((await page.locator("#log-rows tr").count()) >= 1);
  assert.match(await page.innerText("#log-rows tr"), /sara[\s\S]*Lobby/);
  const download = page.waitForEvent("download");
  await page.click("#log-export");
  assert.equal((await download).suggestedFilename(), "moderation-log.csv");
  await page.fill("#log-filters [name=words]", "");
  await page.click("a[data-tab=queue]");
});

test("charts, log and people come up, each chart as a table too", async () => {
  const { page } = teacher;
  await page.click("a[data-tab=charts]");
  await page.locator("#chart-verdicts .plot canvas").waitFor();
  // The server is minutes old: all that it has seen belongs to the present hour, the last on the right.
  await page.waitForFunction(() => {
    const canvas = document.querySelector("#chart-verdicts canvas");
    const pixels = (context, x, width, height) => [
      ...new Uint32Array(context.getImageData(x, 0, width, height).data.buffer),
    ];
    const paint = document.createElement("canvas").getContext("2d");
    const tones = ["warn", "flag", "block"].map((tone) => {
      paint.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--tone-${tone}`).trim();
      paint.fillRect(0, 0, 1, 1);
      return pixels(paint, 0, 1, 1)[0];
    });
    const right = Math.floor(canvas.width * 0.9);
    const seen = pixels(canvas.getContext("2d"), right, canvas.width - right, canvas.height);
    return seen.some((pixel) => tones.includes(pixel));
  });
  await page.locator("#chart-verdicts [data-do=table]").click();
  assert.ok((await page.locator("#chart-verdicts tbody tr").count()) > 0);
  assert.match(await page.innerText("#chart-categories"), /insult or harassment/);
  const download = page.waitForEvent("download");
  await page.locator("#chart-people [data-do=csv]").click();
  assert.equal((await download).suggestedFilename(), "people.csv");
  await page.click("a[data-tab=log]");
  await page.locator("#log-rows tr", { hasText: "ali" }).first().waitFor();
  const training = await page.request.get(`${server.url}/api/v1/moderation/training.csv`);
  assert.match(await training.text(), /text,label/);
});

test("on a phone a case opens over the queue, and a thumb decides", async () => {
  const hand = await visitor(browser, server, phone);
  await hand.context.addCookies(await teacher.context.cookies());
  const writer = await Client.login(server, "ali");
  await writer.request("POST", "/api/v1/rooms/lobby/messages", { text: "you suck at this" });
  await hand.page.goto(`${server.url}/moderation`);
  await cases(hand).filter({ hasText: "you suck at this" }).locator("button").tap();
  await hand.page.locator("#subject-text", { hasText: "you suck at this" }).waitFor();
  assert.equal(await hand.page.locator("#queue").isVisible(), false);
  const overflow = await hand.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(overflow, 0);
  await hand.page.locator("[data-decide=remove]").tap();
  await cases(hand).filter({ hasText: "you suck at this" }).waitFor({ state: "detached" });
  assert.deepEqual(hand.complaints, []);
  await hand.context.close();
});

test("members have no moderators’ page, and nobody’s page complained or asked another host", async () => {
  const answer = await pupil.page.goto(`${server.url}/moderation`);
  assert.equal(answer.status(), 403);
  for (const person of [teacher, mona, ali, pupil]) assert.deepEqual(person.complaints, []);
});
