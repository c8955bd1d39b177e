// The chat page on a network that lets no WebSocket through.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visitor } from "./support/browser.mjs";
import { Client } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

let server, browser;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  browser = await launch();
});
after(async () => {
  await browser.close();
  await server.dispose();
});

/** A browser in which opening a WebSocket fails, until the page's `let_through` is set. */
async function behind_a_filter(name) {
  await Client.register(server, name);
  const person = await visitor(browser, server);
  await person.context.addInitScript(() => {
    const Real = window.WebSocket;
    window.WebSocket = function (...all) {
      if (window.let_through) return new Real(...all);
      const refused = { readyState: 0, send() {}, close() {} };
      setTimeout(() => {
        refused.readyState = 3;
        refused.onclose?.({ code: 1006, reason: "" });
      });
      return refused;
    };
  });
  await person.page.goto(`${server.url}/login`);
  await person.page.fill("input[name=username]", name);
  await person.page.fill("input[name=password]", "correct horse battery");
  await person.page.click("button.primary");
  await person.page.waitForURL(/\/chat/);
  return person;
}

test("the page goes on by long polling, says so, and talks with everybody", async () => {
  const { page, context } = await behind_a_filter("filtered");
  const other = await Client.register(server, "outside");
  const socket = await other.connect();
  await socket.ask({ type: "join", room: "lobby" });

  await page.click("#me-menu summary");
  await page.click("#show-connection");
  await page.waitForFunction(() => document.getElementById("connection-state").textContent === "Connected");
  assert.equal(await page.textContent("#connection-way"), "Long polling");
  assert.ok(await page.isVisible("#connection-hint"));
  await page.keyboard.press("Escape");

  await page.fill("#compose", "from behind the filter");
  await page.keyboard.press("Enter");
  await socket.next("message", ({ message }) => message.text === "from behind the filter");
  await socket.ask({ type: "message", room: "lobby", text: "heard you" });
  await page.waitForFunction(() => document.getElementById("messages").textContent.includes("heard you"));
  await socket.close();
  await context.close();
});

test("it comes back by a WebSocket once one can be opened", async () => {
  const { page, context } = await behind_a_filter("released");
  await page.click("#me-menu summary");
  await page.click("#show-connection");
  await page.waitForFunction(() => document.getElementById("connection-way").textContent === "Long polling");
  await page.evaluate(() => void (window.let_through = true));
  await page.waitForFunction(() => document.getElementById("connection-way").textContent === "WebSocket");
  await page.waitForFunction(() => document.getElementById("connection-state").textContent === "Connected");
  await context.close();
});
