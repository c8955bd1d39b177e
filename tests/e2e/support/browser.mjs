// Debian's Chromium, driven by playwright-core, that reports what a page must not do.
import { chromium } from "playwright-core";

/** `more`: further words of the command line. */
export async function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      ...more,
    ],
  });
}

export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
export const desktop = { viewport: { width: 1280, height: 800 } };

/** A person with a browser of their own. `complaints` gathers console errors, CSP violations and foreign requests. */
export async function visitor(browser, server, options = desktop) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (line) => {
    // A refused or interrupted request is logged by the browser itself; tests that cause one say so by its status.
    if (line.type() === "error" && !/Failed to load resource|WebSocket connection/.test(line.text()))
      complaints.push(`console: ${line.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^(http|ws)s?:$/.test(url.protocol) && url.host !== new URL(server.url).host)
      complaints.push(`request to ${url.host}`);
  });
  return { context, page, complaints };
}
