// Takes a picture of every page: phone and desktop, light and dark. usage: node screenshots.mjs FOLDER
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const folder = process.argv[2] ?? "build/screenshots";
mkdirSync(folder, { recursive: true });
const environment = {
  DEFAULT_ADMIN_USERNAME: "teacher",
  DEFAULT_ADMIN_PASSWORD: "correct horse battery",
  MAX_BULLYING_COUNT: "1000",
};
const [browser, server, empty] = await Promise.all([
  launch(),
  Server.start({ environment }),
  Server.start({ isSetUp: false }),
]);
const say = (client, text, more) => client.request("POST", "/api/v1/rooms/lobby/messages", { text, ...more });

const teacher = await Client.login(server, "teacher");
await teacher.request("PATCH", "/api/v1/me", { display_name: "Ms Khan" });
const [ali, sara] = [await Client.register(server, "ali"), await Client.register(server, "sara")];
await ali.request("PATCH", "/api/v1/me", { display_name: "Ali" });
await sara.request("PATCH", "/api/v1/me", { display_name: "سارہ" });
for (const [name, title, topic] of [
  ["homework", "Homework", "Questions and answers"],
  ["physics", "Physics 7b", ""],
  ["reading-club", "Reading club", ""],
])
  await teacher.request("POST", "/api/v1/rooms", { name, title, topic });
await say(teacher, "Good morning! Today we start with **chapter four**: the pendulum. https://example.org/pendulum");
await say(ali, "Salaam! Is the formula `T = 2π√(l/g)` in the test?");
const question = await say(ali, "And may we use a calculator?");
await say(sara, "مجھے بھی یہی پوچھنا تھا");
await say(teacher, "Yes to both, @ali. Bring your own calculator.", { reply_to: question.body.seq });
await sara.request("PUT", `/api/v1/messages/${question.body.id}/reactions/${encodeURIComponent("👍")}`);
await teacher.request("PUT", `/api/v1/messages/${question.body.id}/reactions/${encodeURIComponent("🎉")}`);
for (let i = 1; i <= 3; i += 1)
  await teacher.request("POST", "/api/v1/rooms/homework/messages", { text: `Exercise ${i} is due on Friday.` });
const invite = (await teacher.request("POST", "/api/v1/rooms/homework/invites", {})).body.code;
// Something for the moderators: a blocked message with an appeal, a flag, a report, a warning.
await say(ali, "Chup kar bewakoof");
const refused = await say(ali, "You're a fucking idiot");
await ali.request("POST", "/api/v1/appeals", { case_id: refused.body.case_id, text: "I was quoting the book." });
await say(ali, "this is damn hard");
await sara.request("POST", "/api/v1/reports", {
  message_id: question.body.id,
  reason: "other",
  note: "Again and again",
});
const post = await teacher.request("POST", "/api/v1/posts", { text: "Photos of our **trip** are in the library." });
await ali.request("POST", "/api/v1/posts", { text: "Who lends me a calculator for tomorrow?" });
await sara.request("POST", `/api/v1/posts/${post.body.seq}/comments`, { text: "شکریہ!" });
await ali.request("POST", `/api/v1/posts/${post.body.seq}/comments`, { text: "Chup kar bewakoof" });
const others = await Promise.all([ali, sara].map((client) => client.connect()));

for (const [size, viewport] of Object.entries({ phone, desktop }))
  for (const colorScheme of ["light", "dark"]) {
    const shoot = async ({ page }, name) => {
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
    };
    const guest = await visitor(browser, server, { ...viewport, colorScheme });
    await guest.page.goto(await empty.setupLink());
    await shoot(guest, "setup");
    for (const [name, path] of [
      ["login", "/login"],
      ["signup", "/signup"],
      ["join", `/join/${invite}`],
      ["missing", "/no-such-page"],
    ]) {
      await guest.page.goto(server.url + path);
      await shoot(guest, name);
    }
    const languages = { ur: "urdu", fa: "persian" };
    for (const [value, language] of Object.entries(languages)) {
      await guest.context.addCookies([{ name: "soyuz_lang", value, url: server.url }]);
      await guest.page.goto(`${server.url}/signup`);
      await shoot(guest, `signup-${language}`);
    }
    const person = await visitor(browser, server, { ...viewport, colorScheme });
    await person.page.goto(`${server.url}/login`);
    await person.page.fill("[name=username]", "sara");
    await person.page.fill("[name=password]", "correct horse battery");
    await person.page.click("button.primary");
    await person.page.waitForURL(/\/chat/);
    await person.page.waitForSelector("#composer:not([hidden], [inert])");
    await shoot(person, "chat");
    await person.page.click("#open-people");
    await shoot(person, "people");
    await person.page.goto(`${server.url}/settings`);
    await shoot(person, "settings");
    await person.page.goto(`${server.url}/posts`);
    await shoot(person, "posts");
    await person.page.goto(`${server.url}/posts/${post.body.seq}`);
    await shoot(person, "post");
    for (const [value, language] of Object.entries(languages)) {
      await person.context.addCookies([{ name: "soyuz_lang", value, url: server.url }]);
      await person.page.goto(`${server.url}/chat/lobby`);
      await person.page.waitForSelector("#composer:not([hidden], [inert])");
      await shoot(person, `chat-${language}`);
    }
    const owner = await visitor(browser, server, { ...viewport, colorScheme });
    await owner.page.goto(`${server.url}/login`);
    await owner.page.fill("[name=username]", "teacher");
    await owner.page.fill("[name=password]", "correct horse battery");
    await owner.page.click("button.primary");
    await owner.page.waitForURL(/\/chat/);
    await owner.page.goto(`${server.url}/admin`);
    await shoot(owner, "admin");
    for (const [tab, ready] of Object.entries({
      queue: "#queue .queue-row",
      charts: "#chart-verdicts canvas",
      words: "#rules-form:not([inert])",
      people: "#people-rows tr",
      log: "#log-rows tr",
    })) {
      await owner.page.goto(`${server.url}/moderation#${tab}`);
      await owner.page.reload();
      await owner.page.waitForSelector(ready);
      await shoot(owner, `moderation-${tab}`);
    }
    await owner.page.goto(`${server.url}/moderation`);
    await owner.page.click(".queue-row");
    await owner.page.waitForSelector("#person-box .person-card");
    await shoot(owner, "moderation-case");
    for (const [value, language] of Object.entries(languages)) {
      await owner.context.addCookies([{ name: "soyuz_lang", value, url: server.url }]);
      await owner.page.reload();
      await owner.page.waitForSelector(".queue-row");
      await shoot(owner, `moderation-${language}`);
    }
    const author = await visitor(browser, server, { ...viewport, colorScheme });
    await author.page.goto(`${server.url}/login`);
    await author.page.fill("[name=username]", "ali");
    await author.page.fill("[name=password]", "correct horse battery");
    await author.page.click("button.primary");
    await author.page.waitForURL(/\/chat/);
    await author.page.waitForSelector("#composer:not([hidden], [inert])");
    await author.page.fill("#compose", "You're a fucking idiot");
    await author.page.click("#send");
    await author.page.waitForSelector("#notes .note");
    await shoot(author, "blocked");
    await author.page.goto(`${server.url}/settings#record`);
    await author.page.waitForSelector("#record-list li");
    await shoot(author, "record");
    await author.context.close();
    for (const { context } of [guest, person, owner]) await context.close();
  }
const banned = await Client.register(server, "banned");
const person = await visitor(browser, server, phone);
await person.page.goto(`${server.url}/login`);
await person.page.fill("[name=username]", "banned");
await person.page.fill("[name=password]", "correct horse battery");
await person.page.click("button.primary");
await person.page.waitForURL(/\/chat/);
await teacher.request("POST", "/api/v1/bans", {
  username: banned.user.username,
  minutes: 10,
  reason: "Rule 2: be kind",
});
await person.page.waitForTimeout(1000);
await person.page.screenshot({ path: join(folder, "banned-phone-light.png") });
for (const socket of others) await socket.close();
await browser.close();
await server.dispose();
await empty.dispose();
console.log(`pictures are in ${folder}`);
