// axe-core on every page: light and dark, phone and desktop, left to right and right to left.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { desktop, launch, phone, visitor } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { Server } from './support/server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser, server, invite, setup;

before(async () => {
  browser = await launch();
  setup = await Server.start();
  server = await Server.start({ environment: { DEFAULT_ADMIN_USERNAME: 'teacher', DEFAULT_ADMIN_PASSWORD: 'correct horse battery' } });
  const teacher = await Client.login(server, 'teacher');
  const pupil = await Client.register(server, 'pupil');
  for (const [client, text] of [[teacher, 'Welcome'], [pupil, 'Salaam, see https://example.org'], [pupil, '> quoted\n**bold** and `code`'], [teacher, 'سلام']])
    await client.request('POST', '/api/v1/rooms/lobby/messages', { text });
  await teacher.request('POST', '/api/v1/rooms', { name: 'empty-room', title: 'Empty room' });
  invite = (await teacher.request('POST', '/api/v1/rooms/empty-room/invites', {})).body.code;
});
after(async () => {
  await browser.close();
  await server.dispose();
  await setup.dispose();
});

async function violations(page) {
  // Through the debugger's own world: the page's policy forbids scripts that are not the page's.
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

for (const [size, viewport] of Object.entries({ phone, desktop }))
  for (const colorScheme of ['light', 'dark'])
    for (const lang of ['en', 'ur'])
      test(`axe finds nothing on ${size}, ${colorScheme}, ${lang}`, async () => {
        const guest = await visitor(browser, server, { ...viewport, colorScheme });
        const teacher = await visitor(browser, server, { ...viewport, colorScheme });
        for (const { context } of [guest, teacher]) await context.addCookies([{ name: 'soyuz_lang', value: lang, url: server.url }]);
        await teacher.page.goto(`${server.url}/login`);
        await teacher.page.fill('[name=username]', 'teacher');
        await teacher.page.fill('[name=password]', 'correct horse battery');
        await teacher.page.click('button.primary');
        await teacher.page.waitForURL(/\/chat/);
        const found = {};
        const look = async (name, page) => {
          const list = await violations(page);
          if (list.length) found[name] = list;
        };
        await guest.page.goto(await setup.setupLink());
        await look('setup', guest.page);
        for (const path of ['/login', '/signup', `/join/${invite}`, '/no-such-page']) {
          await guest.page.goto(server.url + path);
          await look(path, guest.page);
        }
        for (const path of ['/chat/lobby', '/chat/empty-room', '/settings', '/admin', '/docs', `/join/${invite}`]) {
          await teacher.page.goto(server.url + path);
          if (path.startsWith('/chat')) await teacher.page.waitForSelector('#composer:not([hidden])');
          await look(path, teacher.page);
        }
        assert.deepEqual(found, {});
        await guest.context.close();
        await teacher.context.close();
      });
