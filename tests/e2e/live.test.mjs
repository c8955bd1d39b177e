// A live room with browsers: going live, watching, hiding the picture, losing the server, gifts, a recording.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { desktop, launch, phone, visitor } from "./support/browser.mjs";
import { clock_camera, fake_devices, read_clock } from "./support/camera.mjs";
import { Client, request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

const password = "correct horse battery";
let browser, server, host, viewer, staff, ali;

before(async () => {
  browser = await launch(fake_devices);
  server = await Server.start({ environment: { GIFT_INTERVAL_SECS: "1" } });
  staff = await Client.login(server, "keeper");
});
after(async () => {
  await browser.close();
  await server.dispose();
});

async function signIn(username, options = desktop, prepare = () => {}) {
  const person = await visitor(browser, server, options);
  await person.context.grantPermissions(["camera", "microphone"], { origin: server.url });
  await person.page.addInitScript(prepare);
  await person.page.goto(`${server.url}/login`);
  await person.page.fill("[name=username], [name=name], [name=login]", username);
  await person.page.fill("[name=password]", password);
  await person.page.click("form button.primary");
  await person.page.waitForURL(/\/chat/);
  return person;
}

const stage = async (name = "show") => (await staff.request("GET", `/api/v1/live/${name}`)).body;

/** A media socket; `closed` gives its code. */
function media(path, token) {
  const socket = new WebSocket(server.url.replace(/^http/, "ws") + path, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  const messages = [];
  const waiting = [];
  socket.on("message", (data, is_binary) => {
    messages.push({ data, is_binary });
    for (const wake of waiting.splice(0)) wake();
  });
  const closed = new Promise((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: String(reason) })),
  );
  const opened = new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("unexpected-response", (_, response) => reject(new Error(String(response.statusCode))));
    socket.once("error", reject);
  });
  const heard = async (fits) => {
    for (;;) {
      const found = messages.find(fits);
      if (found) return found;
      await new Promise((wake) => waiting.push(wake));
    }
  };
  return { socket, messages, closed, opened, heard };
}

/** Waits until a viewer's picture is as `fits` says. */
async function shows(page, fits) {
  for (;;) {
    const shown = await page.evaluate(read_clock);
    if (fits(shown)) return shown;
    await page.waitForTimeout(100);
  }
}
// Encoders that share a busy machine may be seconds behind; the clock in the picture goes round once a minute.
const is_fresh = ({ age, is_green }) => is_green && age < 30_000;

/** Waits until the host's own bar says so: what comes before is connecting. */
const hears_that_it_is_live = () => host.page.locator("#host-note", { hasText: "You are live" }).waitFor();

test("live rooms are made by staff, and their sockets open to those who may", async () => {
  const sara = await Client.register(server, "sara");
  const refused = await sara.request("POST", "/api/v1/rooms", { name: "mine", kind: "live" });
  assert.equal(refused.status, 403);
  const made = await staff.request("POST", "/api/v1/rooms", { name: "side", title: "Side stage", kind: "live" });
  assert.equal(made.status, 201);
  assert.equal(made.body.kind, "live");
  const { body } = await sara.request("GET", "/api/v1/live");
  assert.deepEqual(
    body.live.map((each) => [each.room, each.state]),
    [["side", "waiting"]],
  );
  for (const [path, token, status] of [
    ["/ws/live/side", undefined, "401"],
    ["/ws/live/side?role=publish", sara.token, "403"],
    ["/ws/live/lobby", sara.token, "404"],
    ["/ws/live/nowhere", sara.token, "404"],
  ])
    await assert.rejects(media(path, token).opened, new RegExp(status), path);
});

test("a publisher of rubbish is shut out, a second one told that somebody is live", async () => {
  await Client.register(server, "mona");
  await staff.request("PATCH", "/api/v1/users/mona", { role: "moderator" });
  const mona = await Client.login(server, "mona");
  const rubbish = media("/ws/live/side?role=publish", staff.token);
  await rubbish.opened;
  await rubbish.heard(({ data }) => String(data).includes("ready"));
  const second = media("/ws/live/side?role=publish", mona.token);
  assert.deepEqual(await second.closed, { code: 4409, reason: "conflict" });
  rubbish.socket.send(Buffer.from([0, ...Buffer.from("GET / HTTP/1.1\r\n\r\n")]));
  assert.equal((await rubbish.closed).code, 4415);
  while ((await stage("side")).state !== "interrupted");
  const ended = await staff.request("POST", "/api/v1/live/side/end");
  assert.equal(ended.body.state, "ended");
});

test("a host makes a room, looks at the preview and is live within a few clicks", async () => {
  host = await signIn("keeper", desktop, clock_camera);
  const { page } = host;
  await page.goto(`${server.url}/live`);
  await page.fill("#live-title", "Show");
  await page.click("#new-live button.primary");
  await page.waitForURL(/\/live\/show$/);
  await page.click("#go-live");
  await page.waitForSelector("#start-live:not([disabled])");
  assert.ok((await page.locator("#camera option").count()) >= 2);
  await page.check("#preview-records");
  await page.click("#start-live");
  await page.waitForSelector("#live-sign:not([hidden])");
  await hears_that_it_is_live();
  assert.equal((await stage()).state, "live");
});

test("a viewer sees the picture as it is, and both see that somebody watches", async () => {
  ali = await Client.register(server, "ali");
  viewer = await signIn("ali");
  await viewer.page.goto(`${server.url}/live/show`);
  const shown = await shows(viewer.page, is_fresh);
  assert.equal(shown.width, 640);
  await host.page.waitForFunction(() => document.getElementById("viewers").textContent === "1");
  assert.ok((await stage()).has_sound);
});

test("the picture and its sound come through Media Source, too", async () => {
  const page = await viewer.context.newPage();
  await page.goto(`${server.url}/live/show?player=source`);
  const shown = await shows(page, is_fresh);
  assert.equal(shown.is_canvas, false);
  const decoded = () => page.evaluate(() => document.getElementById("picture").webkitAudioDecodedByteCount);
  const before = await decoded();
  await page.waitForFunction((was) => document.getElementById("picture").webkitAudioDecodedByteCount > was, before);
  await page.close();
});

test("chat stands beside the picture", async () => {
  await viewer.page.fill("#compose", "Hello stage");
  await viewer.page.click("#send");
  await host.page.locator("#messages li.msg", { hasText: "Hello stage" }).waitFor();
});

test("the host has quiet with one click, and sees what was flagged last", async () => {
  await host.page.click("#quiet-live");
  await host.page.waitForSelector("#quiet-live[aria-pressed='true']");
  const refused = await ali.request("POST", "/api/v1/rooms/show/messages", { text: "Let me speak" });
  assert.deepEqual([refused.status, refused.body.error], [403, "room_locked"]);
  await host.page.click("#quiet-live");
  await host.page.waitForSelector("#quiet-live[aria-pressed='false']");
  const flagged = await ali.request("POST", "/api/v1/rooms/show/messages", { text: "Chup kar bewakoof" });
  assert.equal(flagged.status, 201);
  await host.page.locator("#last-flagged", { hasText: "ali: Chup kar bewakoof" }).waitFor();
});

test("a hidden picture is black for those who watch, and comes back", async () => {
  await host.page.click("#blank-live");
  await shows(viewer.page, ({ is_black }) => is_black);
  assert.equal(await viewer.page.isVisible("#blank-sign"), true);
  // Whoever joins now sees no more.
  const late = media("/ws/live/show", ali.token);
  await late.opened;
  await late.heard(({ is_binary }) => is_binary);
  late.socket.close();
  await host.page.click("#blank-live");
  await shows(viewer.page, is_fresh);
});

test("a small picture and sound alone are there for slow lines", async () => {
  await viewer.page.selectOption("#quality", "low");
  await viewer.page.waitForFunction(() => document.getElementById("quality").value === "low");
  await shows(viewer.page, is_fresh);
  await viewer.page.selectOption("#quality", "sound");
  await viewer.page.waitForFunction(() => document.getElementById("stage").classList.contains("sound-alone"));
  await viewer.page.selectOption("#quality", "high");
  await shows(viewer.page, (shown) => is_fresh(shown) && shown.width === 640);
});

test("hearts and gifts float, and each gift has a line in the chat", async () => {
  await viewer.page.click("#heart");
  await host.page.waitForFunction(() => Number(document.getElementById("hearts").textContent) >= 1);
  await viewer.page.click("#gift-menu summary");
  await viewer.page.click("[data-gift='1']");
  await viewer.page.click("[data-gift='1']");
  const line = host.page.locator("#messages .gift-line", { hasText: "ali" });
  await line.filter({ hasText: "× 2" }).waitFor();
  await host.page.locator("#givers", { hasText: "ali" }).waitFor();
  // The bot gives where the host wishes it.
  await host.page.click("#plan-menu summary");
  await host.page.check("#plan-gifts");
  await host.page.locator("#messages .gift-line", { hasText: "bot" }).first().waitFor();
  await host.page.uncheck("#plan-gifts");
  await host.page.click("#plan-menu summary");
  const metrics = await request(server, "GET", "/metrics", undefined, { accept: "application/json" });
  assert.equal(metrics.body.viewer_count, 1);
  assert.ok(metrics.body.gift_count >= 3);
});

test("moderators see the room as it passes, and try what would count as toxic", async () => {
  const page = await host.context.newPage();
  await page.goto(`${server.url}/moderation#live`);
  await page.selectOption("#live-room", "show");
  await page.waitForFunction(() => document.getElementById("live-viewers").textContent === "1");
  const rows = page.locator("#live-entries li");
  await rows.filter({ hasText: "Hello stage" }).waitFor();
  await page.locator("#live-entries [data-type='gift']").first().waitFor();
  await page.locator("[data-chart='live-givers']", { hasText: "ali" }).waitFor();

  // In real time: what is sent now, and what nobody else sees.
  await viewer.page.fill("#compose", "Watch this");
  await viewer.page.click("#send");
  await rows.filter({ hasText: "Watch this" }).waitFor();
  await ali.request("POST", "/api/v1/rooms/show/messages", { text: "You're a fucking idiot" });
  await page.selectOption("#live-toxicity", "blocked");
  await page.waitForFunction(() => document.querySelectorAll("#live-entries .toxic").length === 1);
  assert.equal(await rows.count(), 1);
  await page.fill("#live-name", "nobody");
  await page.waitForFunction(() => document.querySelectorAll("#live-entries li").length === 0);
  await page.fill("#live-name", "ALI");
  await page.waitForFunction(() => document.querySelectorAll("#live-entries li").length === 1);
  await page.selectOption("#live-toxicity", "");
  await page.fill("#live-name", "");

  // Each chart is a table and a file too.
  await page.click("[data-chart='live-volume'] [data-do='table']");
  await page.locator("[data-chart='live-volume'] tbody td").first().waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.click("[data-chart='live-volume'] [data-do='csv']"),
  ]);
  assert.equal(file.suggestedFilename(), "live-volume.csv");

  // The slider shows on real messages what it would do; only saving changes anything.
  const preview = () => page.locator("#live-preview").textContent();
  await page.locator("#live-threshold").fill("1");
  const few = Number((await preview()).match(/\d+/)[0]);
  await page.locator("#live-threshold").fill("0");
  const all = Number((await preview()).match(/\d+/)[0]);
  assert.ok(few >= 1 && all > few, `${few} ${all}`);
  const threshold = async () => (await staff.request("GET", "/api/v1/moderation/threshold")).body.threshold;
  assert.equal(await threshold(), 0.6);
  await page.locator("#live-threshold").fill("0.5");
  await page.click("#live-threshold-form button");
  while ((await threshold()) !== 0.5);
  const member = await ali.request("GET", "/api/v1/live/show/pulse");
  assert.equal(member.status, 403);
  await page.close();
});

test("after a restart of the server the broadcast goes on by itself", async () => {
  const { started_at } = await stage();
  await server.restart();
  const restarted = Date.now();
  await shows(viewer.page, ({ age, is_green }) => is_green && age < Date.now() - restarted);
  const now = await stage();
  assert.equal(now.state, "live");
  assert.equal(now.started_at, started_at);
  await hears_that_it_is_live();
});

test("a host whose page was loaded anew goes on by itself", async () => {
  const { started_at } = await stage();
  await host.page.reload();
  const reloaded = Date.now();
  await hears_that_it_is_live();
  await shows(viewer.page, ({ age, is_green }) => is_green && age < Date.now() - reloaded);
  const now = await stage();
  assert.equal(now.state, "live");
  assert.equal(now.started_at, started_at);
});

test("End has to be held; then the recording can be played and searched", async () => {
  const { page } = host;
  await page.click("#end-live");
  assert.equal((await stage()).state, "live");
  await page.hover("#end-live");
  await page.mouse.down();
  // A page that shifts under the pointer doesn't let go of the button.
  await page.evaluate(() => (document.getElementById("host-bar").style.paddingBlock = "60px"));
  await page.waitForFunction(() => document.getElementById("stage").dataset.state === "ended");
  await page.mouse.up();
  await viewer.page.waitForFunction(() => document.getElementById("stage").dataset.state === "ended");

  let recordings = [];
  while (recordings.length < 2) ({ recordings } = (await ali.request("GET", "/api/v1/live/show/recordings")).body);
  // One from before the restart and one from after it, both with a length.
  for (const each of recordings) assert.ok(each.duration_ms > 500, JSON.stringify(each));
  const [{ url, bytes }] = recordings;
  const part = await fetch(server.url + url, {
    headers: { authorization: `Bearer ${ali.token}`, range: "bytes=0-99" },
  });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), `bytes 0-99/${bytes}`);
  const played = await viewer.page.evaluate(async (address) => {
    const video = document.createElement("video");
    video.src = address;
    await new Promise((resolve, reject) => {
      video.onloadedmetadata = resolve;
      video.onerror = () => reject(new Error(video.error?.message));
    });
    const middle = video.duration / 2;
    video.currentTime = middle;
    await new Promise((resolve) => (video.onseeked = resolve));
    return { duration: video.duration, at: video.currentTime, middle };
  }, url);
  assert.ok(Number.isFinite(played.duration));
  assert.ok(Math.abs(played.at - played.middle) < 0.1);
});

test("a recording is played with the chat beside it, in step", async () => {
  const { page } = viewer;
  await page.reload();
  await page.locator("a[data-recording]").last().click();
  const at = (moment) =>
    page.evaluate(async (where) => {
      const video = document.getElementById("replay-picture");
      while (!(video.readyState >= 1)) await new Promise((go) => setTimeout(go, 50));
      video.pause();
      video.currentTime = where === "end" ? video.duration : 0;
      await new Promise((go) => video.addEventListener("seeked", go, { once: true }));
    }, moment);
  await at("end");
  await page.locator("#replay-chat li", { hasText: "Hello stage" }).waitFor();
  await at("begin");
  await page.waitForFunction(() => document.querySelectorAll("#replay-chat li").length === 0);
  await page.keyboard.press("Escape");
  assert.equal(await page.isVisible("#replay"), false);
});

test("the page is clean on a phone and without a camera's leave", async () => {
  const guest = await signIn("ali", phone);
  await guest.page.goto(`${server.url}/live/show`);
  await guest.page.waitForSelector("#compose");
  assert.equal(await guest.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await guest.context.close();
  for (const [name, key] of [
    ["NotAllowedError", "denied"],
    ["NotFoundError", "missing"],
    ["NotReadableError", "busy"],
  ]) {
    await host.page.evaluate((fault) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", fault));
    }, name);
    await host.page.click("#go-live");
    await host.page.waitForSelector(`#preview-fault[data-fault='${key}']:not([hidden])`);
    assert.equal(await host.page.isDisabled("#start-live"), true);
    await host.page.keyboard.press("Escape");
  }
  assert.deepEqual(host.complaints, []);
  assert.deepEqual(viewer.complaints, []);
});
