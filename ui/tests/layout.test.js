// Nothing jumps, nothing is cut off, in small windows and with long names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, entryOf, firstVerdict, goTo, openFirst, readScene, settled, TABS } from './lib/window.js';

const LONG =
  'registry.acme.example:5000/' + 'a-rather-long-segment/'.repeat(9) + 'tool@sha256:' + '9c'.repeat(32) + 'x'.repeat(120);
const open = browser();

function withLongNames() {
  const scene = readScene('acme');
  for (const { answer } of scene) {
    for (const row of answer?.rows ?? []) {
      if ('image' in row) row.image = LONG;
      if ('name' in row) row.name = LONG;
      if ('value' in row) row.value = LONG;
      if ('place' in row) row.place = LONG;
    }
    if (answer?.kind === 'verdict') Object.assign(answer, { image: LONG, why: LONG.repeat(2) });
    if (answer?.kind === 'status') answer.headline = `${LONG} ${LONG}`;
    if (answer?.kind === 'frame') Object.assign(answer, { organization: LONG, account: `${LONG}@acme.example` });
    for (const fact of answer?.facts ?? []) fact.value = fact.kind === 'time' ? fact.value : LONG;
  }
  return scene;
}

const sideways = (page) =>
  page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const isOut = (one) => one.getBoundingClientRect().right > edge + 1 && !one.closest('.unseen');
    return [...document.querySelectorAll('body *')].filter(isOut).map((one) => one.outerHTML.slice(0, 120));
  });

for (const [width, height] of [[880, 600], [640, 480], [560, 420], [400, 600]]) {
  test(`in ${width} × ${height} nothing leaves the window sideways, however long`, async () => {
    for (const scene of [readScene('acme'), withLongNames()]) {
      const page = await open(scene, { width, height });
      for (const tab of TABS) {
        await goTo(page, tab);
        assert.deepEqual([tab, await sideways(page)], [tab, []]);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, tab);
      }
      if (firstVerdict(scene)) await openFirst(page);
      assert.deepEqual(await sideways(page), []);
      await page.leave();
    }
  });
}

const places = (page, what) =>
  page.locator(what).evaluateAll((all) => all.map((one) => [one.textContent, one.getBoundingClientRect().x, one.getBoundingClientRect().y]));

/** Where texts begin, whatever they say. */
const beginnings = (page, what) =>
  page.locator(what).evaluateAll((all) =>
    all.map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      const [{ x, y }] = range.getClientRects();
      return [x, y];
    }));

for (const [width, height] of [[880, 600], [560, 420]]) {
  test(`in ${width} × ${height} headings and pages stay where they are when answers arrive`, async () => {
    for (const scene of [readScene('acme'), readScene('gone')]) {
      const page = await open(scene, { width, height, prepare: () => window.service.hold('frame') });
      const names = await places(page, 'nav .name');
      await page.evaluate(() => window.service.letGo('frame'));
      await settled(page);
      assert.deepEqual(await places(page, 'nav .name'), names);
      for (const tab of [...TABS.slice(1), 'status']) {
        await page.evaluate((kind) => window.service.hold(kind), tab);
        await page.locator('nav button').nth(TABS.indexOf(tab)).click();
        await page.getByText('Waiting for').waitFor();
        const before = [await beginnings(page, 'h1'), await places(page, 'nav .name')];
        await page.evaluate((kind) => window.service.letGo(kind), tab);
        await settled(page);
        assert.deepEqual([await beginnings(page, 'h1'), await places(page, 'nav .name')], before, tab);
      }
      await page.leave();
    }
  });
}

test('what is waited for is said after a moment, with its beginning, and gone with the answer', async () => {
  const page = await open(readScene('acme'));
  await goTo(page, 'engines');
  await page.evaluate(() => window.service.hold('engines'));
  const check = page.getByRole('button', { name: 'Check again' });
  await check.click();
  await page.getByText('Waiting for the engines of this machine since 12:00:00 PM').waitFor();
  assert.equal(await check.getAttribute('aria-disabled'), 'true');
  assert.ok(await page.getByText(entryOf(readScene('acme'), 'engines').answer.rows[0].name).isVisible());
  await page.evaluate(() => window.service.letGo('engines'));
  await page.getByText('Waiting for').waitFor({ state: 'detached' });
  assert.equal(await check.getAttribute('aria-disabled'), 'false');
  await page.leave();
});

test('letters that hide or turn others are shown as such', async () => {
  const scene = readScene('acme');
  entryOf(scene, 'blocked').answer.rows[0].image = 'evil\u202egnp\u0007\u001b[2J/tool\u200b';
  const page = await open(scene);
  await goTo(page, 'blocked');
  assert.match(await page.locator('#row-0').textContent(), /evil\ufffdgnp\ufffd\ufffd\[2J\/tool\ufffd/);
  await page.leave();
});
