// The list of what was blocked says its days, and the kinds of reasons, at a glance.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, entryOf, goTo, readScene } from './lib/window.js';

const open = browser();
const scene = readScene('acme');

/** The rows in order, each with the day that is seen beside it. */
const rowsOf = (page) =>
  page.locator('[role=option]').evaluateAll((rows) =>
    rows.map((row) => ({
      day: row.querySelector('.day').textContent,
      isSeen: getComputedStyle(row.querySelector('.day')).clipPath === 'none',
      time: row.querySelector('time').textContent,
      reason: row.querySelector('svg').dataset.reason,
    })));

test('each day is seen once, at its first row, and read with every row', async () => {
  const page = await open(scene, { height: 900 });
  await goTo(page, 'blocked');
  const rows = await rowsOf(page);
  const seen = rows.filter(({ isSeen }) => isSeen).map(({ day }) => day);
  assert.deepEqual(seen, [...new Set(rows.map(({ day }) => day))]);
  assert.deepEqual(seen.slice(0, 4), ['Today', 'Yesterday', 'Fri Nov 20', 'Thu Nov 19']);
  const heights = await page.locator('.day:not(.follows)').evaluateAll((days) => days.map((day) => day.getBoundingClientRect().height));
  assert.ok(heights.every((height) => height < 20), `a day is broken: ${heights}`);
  assert.deepEqual([rows[0].time, rows[6].time], ['2 min ago', '3:00 PM']);
  await page.leave();
});

test('a day has its year where that is another one', async () => {
  const old = readScene('acme');
  entryOf(old, 'blocked').answer.rows.at(-1).last = '2025-12-31T12:00:00Z';
  const page = await open(old, { height: 900, locale: 'de-DE' });
  await goTo(page, 'blocked');
  const { day, time } = (await rowsOf(page)).at(-1);
  assert.deepEqual([day, time], ['Wed 31 Dec 2025', '12:00']);
  await page.leave();
});

test('the day stays in view while its rows are scrolled through', async () => {
  const page = await open(scene, { height: 420 });
  await goTo(page, 'blocked');
  await page.evaluate(() => (document.querySelector('[role=listbox]').scrollTop = 120));
  await page.waitForFunction(() => getComputedStyle(document.querySelector('#row-3 .day')).clipPath === 'none');
  assert.equal(await page.locator('#row-3 .day').textContent(), 'Today');
  await page.leave();
});

test('what was stopped for different kinds of reasons wears different signs', async () => {
  const page = await open(scene, { height: 900 });
  await goTo(page, 'blocked');
  const { rows } = entryOf(scene, 'blocked').answer;
  const signs = (await rowsOf(page)).map(({ reason }, index) => `${rows[index].cause}: ${reason}`);
  assert.deepEqual([...new Set(signs)].sort(), [
    'blocked by name: name', 'community: class', 'exception ended: exception', 'gcr.io is blocked: registry',
    'ghcr.io only in part: registry', 'needs a version: version', 'needs the listed digest: version',
    'only for security: exception', 'only tags 3.*, 4.*: exception', 'push not allowed: push', 'quay.io is blocked: registry',
    'sponsored open source: class', 'version not allowed: version', 'version not known: version',
  ]);
  await page.leave();
});

test('in a narrow window each row says its own day, except today', async () => {
  const page = await open(scene, { width: 420, height: 900 });
  await goTo(page, 'blocked');
  for (const { day, isSeen } of await rowsOf(page)) assert.equal(isSeen, day !== 'Today', day);
  await page.leave();
});
