// The moments that decide a first lesson: before the set-up, the invite that works, a full school, the network that goes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { Client, request } from "./support/client.mjs";
import { binary, Server } from "./support/server.mjs";

const password = "correct horse battery";
/** An address of this machine that other devices would use; none in a container without a network. */
const networkAddress = Object.values(networkInterfaces())
  .flat()
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
const withoutNetwork = networkAddress ? false : "this machine is in no network";

let browser, server, teacher;

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

async function signIn(username, options, on = server) {
  const person = await visitor(browser, on, options);
  await person.page.goto(`${on.url}/login`);
  await person.page.fill("[name=username]", username);
  await person.page.fill("[name=password]", password);
  await person.page.click("form button.primary");
  await person.page.waitForURL(/\/chat/);
  await person.page.waitForSelector("#composer:not([hidden], [inert])");
  return person;
}

test("soyuz --help and soyuz serve --help show the options of serve in groups", () => {
  for (const words of [["--help"], ["serve", "--help"]]) {
    const { status, stdout } = spawnSync(binary, words, { encoding: "utf8" });
    assert.equal(status, 0);
    const groups = ["Network", "Data", "People", "Moderation", "Pages", "Console and figures", "Tests"];
    const places = groups.map((group) => stdout.search(new RegExp(`^\\[?${group}\\]?:`, "m")));
    assert.ok(
      places.every((place, i) => place > (places[i - 1] ?? 0)),
      `${words.join(" ")}: ${places}`,
    );
    const of = (group) => stdout.slice(places[groups.indexOf(group)], places[groups.indexOf(group) + 1]);
    for (const [group, options] of [
      ["Network", ["--host", "--port", "--tunnel", "--public-url"]],
      ["Data", ["--data", "--uploads", "--durability"]],
      ["People", ["--registration", "--admin-username"]],
      ["Moderation", ["--toxic-threshold", "--lexicons"]],
    ])
      for (const option of options) assert.ok(of(group).includes(option), `${group}: ${option}`);
  }
});

test("before the set-up the console and every page say what to do, and nobody can come in", async () => {
  const link = await server.setupLink();
  assert.match(server.output, /┌─+┐\n/);
  assert.match(server.output, /Open the set-up link in a browser/);
  assert.match(server.output, /Only this computer can open/);
  assert.match(server.output, /--host 0\.0\.0\.0/);
  assert.match(server.output, /Ctrl\+C stops the server/);
  const early = await visitor(browser, server);
  for (const language of ["en", "ur"]) {
    await early.context.addCookies([{ name: "soyuz_lang", value: language, url: server.url }]);
    for (const path of [
      "/",
      "/login",
      "/signup",
      "/setup",
      "/chat",
      "/chat/lobby",
      "/join/abc",
      "/settings",
      "/admin",
    ]) {
      await early.page.goto(server.url + path);
      assert.match(await early.page.innerText("main"), language === "en" ? /set-up link/ : /سیٹ اپ لنک/, path);
      assert.equal(await early.page.locator("input[type=password]").count(), 0, path);
    }
  }
  const stranger = { username: "stranger", password };
  assert.equal((await request(server, "POST", "/api/v1/register", stranger)).status, 403);
  assert.ok(link.startsWith(server.url));
  await early.context.close();
});

test("after Start the invite stands in the room, and says who can open it", async () => {
  teacher = await visitor(browser, server);
  const { page } = teacher;
  await page.goto(await server.setupLink());
  await page.fill("[name=display_name]", "Ms Khan");
  await page.fill("[name=username]", "teacher");
  await page.fill("[name=password]", password);
  await page.fill("[name=instance_name]", "Class 7b · Lahore");
  await page.check("[name=purpose][value=class]");
  await page.click("button.primary");
  await page.waitForURL(/\/chat/);
  const card = page.locator("#welcome");
  await card.waitFor();
  const link = await card.locator("[data-invite-url]").innerText();
  assert.equal(await card.locator(".welcome-code b").innerText(), link.split("/join/")[1]);
  assert.ok(link.startsWith(server.url));
  await page.waitForFunction(() => document.querySelector("#welcome img.qr").naturalWidth > 0);
  assert.match(await card.innerText(), /Only this computer can open this link so far/);
  assert.match(await page.title(), /^Lobby · Class 7b · Lahore$/);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await card.locator("[data-copy]").click();
  await page.locator(".toast", { hasText: /copied/i }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
});

test("one click opens the place to the network, without a restart", { skip: withoutNetwork }, async () => {
  const { page } = teacher;
  await assert.rejects(fetch(`http://${networkAddress}:${server.port}/healthz`));
  const before = await (await page.request.get(`${server.url}/admin/reach.svg`)).text();
  await page.locator("#welcome [data-way=network]").click();
  const note = page.locator("#welcome [data-reach=network]");
  await note.waitFor();
  assert.match(await note.innerText(), /same network/);
  const link = await page.locator("#welcome [data-invite-url]").innerText();
  assert.match(link, /^http:\/\/[\d.]+:\d+\/join\/\w+$/);
  assert.equal(new URL(link).port, String(server.port));
  assert.notEqual(await (await page.request.get(`${server.url}/admin/reach.svg`)).text(), before);
  await page.waitForFunction(() => /\?/.test(document.querySelector("#welcome img.qr").src));
  // The dialog and the server's console say the same.
  await page.click("#open-invite");
  assert.equal(await page.innerText("#invite-url"), link);
  await page.locator("#invite [data-reach=network]").waitFor();
  await page.keyboard.press("Escape");
  assert.ok(server.output.includes(`reachable at ${new URL(link).origin}`));

  // A pupil's phone comes by it.
  const there = { url: new URL(link).origin };
  const pupil = await visitor(browser, there, phone);
  await pupil.page.goto(link);
  await pupil.page.locator("main a.primary, main button.primary").first().click();
  await pupil.page.fill("[name=display_name]", "Ali");
  await pupil.page.fill("[name=username]", "ali");
  await pupil.page.fill("[name=password]", password);
  await pupil.page.click("form button.primary");
  await pupil.page.waitForURL(/\/chat/);
  await pupil.page.waitForSelector("#composer:not([hidden], [inert])");
  await say(pupil, "Salaam from the phone");
  await row(teacher, "Salaam from the phone").waitFor();
  // With somebody there the greeting has done its duty.
  await page.reload();
  await row(teacher, "Salaam from the phone").waitFor();
  assert.equal(await page.locator("#welcome").count(), 0);
  // Nobody but the owner opens anything.
  const client = await Client.login(server, "ali");
  assert.equal((await client.request("POST", "/api/v1/reach", { way: "network" })).status, 403);
  assert.deepEqual((await client.request("GET", "/api/v1/reach")).body.ways, []);
  assert.deepEqual([...pupil.complaints], []);
  await pupil.context.close();
});

test("where a tunnel's program is installed, one click shares the place online", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-tunnel-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // Stands in for cloudflared.
  writeFileSync(
    join(folder, "cloudflared"),
    '#!/bin/sh\necho "INF |  https://kind-green-river.trycloudflare.com  |" >&2\nexec sleep 60\n',
  );
  chmodSync(join(folder, "cloudflared"), 0o755);
  const shared = await Server.start({
    environment: {
      PATH: `${folder}:${process.env.PATH}`,
      DEFAULT_ADMIN_USERNAME: "teacher",
      DEFAULT_ADMIN_PASSWORD: password,
    },
  });
  t.after(() => shared.dispose());
  const owner = await signIn("teacher", desktop, shared);
  await owner.page.click("#open-invite");
  await owner.page.waitForFunction(() => document.querySelector("#invite-url").textContent !== "");
  await owner.page.locator("#invite [data-way=tunnel]").click();
  await owner.page.locator("#invite [data-reach=everybody]").waitFor();
  assert.match(await owner.page.innerText("#invite"), /from anywhere/);
  assert.match(
    await owner.page.innerText("#invite-url"),
    /^https:\/\/kind-green-river\.trycloudflare\.com\/join\/\w+$/,
  );
  // Who comes through it is known by its own address.
  const through = await fetch(`${shared.url}/login`, {
    headers: { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" },
  });
  assert.match(through.headers.getSetCookie().join(), /Secure/);
  await owner.page.goto(`${shared.url}/admin`);
  assert.match(await owner.page.innerText("#a-reach ~ .reach"), /kind-green-river/);
  assert.deepEqual(owner.complaints, []);
  await owner.context.close();
  assert.equal(await shared.stop(), 0);
});

test("no page ever scrolls away as a whole: 60 rooms, 300 people, every dialog", async (t) => {
  const school = await Server.start({
    environment: { DEFAULT_ADMIN_USERNAME: "teacher", DEFAULT_ADMIN_PASSWORD: password },
    options: ["--no-rate-limits"],
  });
  t.after(() => school.dispose());
  const owner = await Client.login(school, "teacher");
  const pupils = Array.from({ length: 300 }, (_, i) => `pupil${i + 1}`);
  const writer = await Client.register(school, pupils[0]);
  for (let at = 1; at < pupils.length; at += 2)
    await Promise.all(pupils.slice(at, at + 2).map((name) => Client.register(school, name)));
  for (let i = 1; i <= 60; i += 1) {
    const name = `group-${i}`;
    assert.equal((await owner.request("POST", "/api/v1/rooms", { name, title: `Group ${i}` })).status, 201);
    if (i % 3 !== 0) continue;
    await writer.request("POST", `/api/v1/rooms/${name}/join`);
    await writer.request("POST", `/api/v1/rooms/${name}/messages`, { text: `News of group ${i}` });
  }
  for (const device of [desktop, phone]) {
    const person = await signIn("teacher", device, school);
    const { page } = person;
    const stays = async (where) => {
      const moved = await page.evaluate(() => {
        const root = document.scrollingElement;
        for (const each of document.querySelectorAll("a, button, input, .sr, li")) each.scrollIntoView();
        root.scrollTop = 10_000;
        window.scrollTo(10_000, 10_000);
        document.body.scrollTop = 10_000;
        const shell = document.querySelector("#shell");
        return [root, document.body, shell].flatMap((each) => [each.scrollTop, each.scrollLeft]);
      });
      assert.deepEqual(moved, [0, 0, 0, 0, 0, 0], `${where}, ${device.viewport.width} px`);
      assert.equal(await page.evaluate(() => document.querySelector("#room").getBoundingClientRect().top), 0, where);
    };
    for (const room of ["lobby", "group-60", "group-31"]) {
      await page.goto(`${school.url}/chat/${room}`);
      await page.waitForSelector("#composer:not([hidden], [inert])");
      await stays(room);
    }
    await page.goto(`${school.url}/chat/lobby`);
    await page.click("#open-people");
    await page.waitForFunction(() => document.querySelectorAll("#people-list li").length >= 300);
    await stays("people");
    await page.click("#close-people");
    for (const id of await page.evaluate(() => [...document.querySelectorAll("dialog")].map((each) => each.id))) {
      await page.evaluate((name) => document.getElementById(name).showModal(), id);
      await stays(`dialog ${id}`);
      await page.evaluate((name) => document.getElementById(name).close(), id);
    }
    // Keyboards walk through the whole list of rooms.
    await page.evaluate(() => [...document.querySelectorAll("#room-list a")].at(-1).focus());
    await stays("the last room");
    assert.deepEqual(person.complaints, []);
    await person.context.close();
  }
});

test("“No network” comes when nothing answers, and ends when the network is back", async () => {
  const { page, context } = teacher;
  await page.goto(`${server.url}/chat/lobby`);
  await page.waitForSelector("#composer:not([hidden], [inert])");
  await say(teacher, "before the tunnel under the hill");
  await context.setOffline(true);
  await page.waitForTimeout(3500);
  await context.setOffline(false);
  await page.waitForFunction(() => {
    const bar = document.querySelector("#status");
    return bar.hidden || bar.classList.contains("good");
  });
  await page.waitForSelector("#status", { state: "hidden" });
  await say(teacher, "and after it");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#messages li.msg")].some(
      (each) => each.dataset.seq > 0 && /and after it/.test(each.textContent),
    ),
  );
  // A browser that thinks it is offline while the server answers says nothing untrue.
  await page.evaluate(() => {
    Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
    window.dispatchEvent(new Event("offline"));
  });
  await page.waitForTimeout(2500);
  assert.equal(await page.isVisible("#status"), false);
});

test("what was found is said in words, in every language, and sessions by their devices", async (t) => {
  const helper = await Server.start({
    environment: { DEFAULT_ADMIN_USERNAME: "teacher", DEFAULT_ADMIN_PASSWORD: password },
    options: ["--no-rate-limits"],
  });
  t.after(() => helper.dispose());
  await Client.register(helper, "sara");
  for (const [language, words] of [
    ["en", /private information/],
    ["ur", /[\u0600-\u06ff]/],
    ["fa", /اطلاعات خصوصی/],
  ]) {
    const sara = await signIn("sara", phone, helper);
    await sara.context.addCookies([{ name: "soyuz_lang", value: language, url: helper.url }]);
    await sara.page.goto(`${helper.url}/chat/lobby`);
    await sara.page.waitForSelector("#composer:not([hidden], [inert])");
    for (const text of ["call me at 0300 1234567 tonight", "I want to kill myself"]) await say(sara, text);
    // The first person's language has left its own two messages above.
    await row(sara, "kill myself").last().waitFor();
    await sara.page.locator(".note.care").waitFor();
    const why = sara.page.locator(".msg-state button").last();
    if (await why.count()) await why.click();
    const shown = await sara.page.innerText("body");
    assert.doesNotMatch(shown, /\b[a-z]+_[a-z_]+\b/);
    assert.match(shown, words);
    await sara.page.goto(`${helper.url}/settings`);
    const settings = await sara.page.innerText("main");
    assert.doesNotMatch(settings, /self_harm|Mozilla/);
    assert.match(settings, /Chrome · (Linux|Android)/);
    await sara.context.close();
  }
  const owner = await Client.login(helper, "teacher");
  const { body } = await owner.request("GET", "/api/v1/moderation/cases");
  const alert = body.cases.find(({ kind }) => kind === "alert");
  for (const action of ["warn", "mute", "ban"])
    assert.equal(
      (await owner.request("POST", `/api/v1/moderation/cases/${alert.id}/decision`, { action, minutes: 5 })).status,
      422,
      action,
    );
});

test("no page logged an error, broke the policy or asked another host", () => {
  assert.deepEqual(teacher.complaints, []);
});
