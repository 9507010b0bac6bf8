// Times are said in one way: in English as everything else, on the reader's clock, in the order the reader is used to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, entryOf, goTo, readScene, TABS } from './lib/window.js';

const open = browser();
const scene = readScene('acme');

const readers = [
  { locale: 'en-US', exact: 'Sun Nov 22, 2026, 11:56:00 AM UTC', ends: 'Sat Dec 12, 2026, 12:00:00 AM UTC', later: 'Mon Feb 15, 2027, 12:00:00 AM UTC', built: 'Nov 20', old: 'Jun 21, 2023' },
  { locale: 'de-DE', exact: 'Sun 22 Nov 2026, 11:56:00 UTC', ends: 'Sat 12 Dec 2026, 00:00:00 UTC', later: 'Mon 15 Feb 2027, 00:00:00 UTC', built: '20 Nov', old: '21 Jun 2023' },
  { locale: 'ar-EG', exact: 'Sun 22 Nov 2026, 11:56:00 AM UTC', ends: 'Sat 12 Dec 2026, 12:00:00 AM UTC', later: 'Mon 15 Feb 2027, 12:00:00 AM UTC', built: '20 Nov', old: '21 Jun 2023' },
];

const timesOn = (page) => page.locator('main time').allTextContents();

for (const { locale, exact, ends, later, built, old } of readers) {
  test(`who reads ${locale} finds English words, and the own clock and order of dates`, async () => {
    const page = await open(scene, { locale });
    await goTo(page, 'engines');
    assert.deepEqual([...new Set(await timesOn(page))], ['4 min ago']);
    assert.equal(await page.locator('main time').first().getAttribute('title'), exact);
    await goTo(page, 'policy');
    const said = await timesOn(page);
    const exactly = await page.locator('main time').evaluateAll((all) => all.map((one) => one.title));
    for (const time of ['19 days left', '3 h ago', '2 min ago']) assert.ok(said.includes(time), `${time} is not in ${said}`);
    for (const time of [ends, later]) assert.ok(exactly.includes(time), `${time} is not in ${exactly}`);
    await goTo(page, 'images');
    for (const time of [built, old]) assert.ok((await timesOn(page)).includes(time), time);
    for (const tab of TABS) {
      await goTo(page, tab);
      assert.match(await page.locator('body').innerText(), /^[\x00-\u024f\u2000-\u2bff×·…]*$/, tab);
    }
    await page.leave();
  });
}

test('the exact time is read by keyboard, in view', async () => {
  for (const width of [880, 420]) {
    const page = await open(scene, { width });
    await goTo(page, 'engines');
    const time = page.locator('main time').first();
    await page.getByRole('button', { name: 'Check again' }).focus();
    await page.keyboard.press('Tab');
    assert.ok(await time.evaluate((one) => one === document.activeElement));
    const shown = await time.evaluate((one) => {
      const { content, left, right, width } = getComputedStyle(one, '::after');
      const box = one.getBoundingClientRect();
      const from = one.classList.contains('end') ? box.right - parseFloat(right) - parseFloat(width) : box.left + parseFloat(left);
      return { content, isInView: from >= 0 && from + parseFloat(width) <= innerWidth };
    });
    assert.match(shown.content, /Sun Nov 22, 2026, 11:56:00 AM UTC/);
    assert.ok(shown.isInView, `at ${width}`);
    await page.leave();
  }
});

test('a day is yesterday by the calendar, and has its year where that is another one', async () => {
  const old = readScene('acme');
  const { answer } = entryOf(old, 'engines');
  const moments = ['2026-11-22T12:00:30Z', '2026-11-22T11:01:00Z', '2026-11-21T12:30:00Z', '2026-11-21T00:10:00Z', '2026-11-20T23:50:00Z', '2025-12-31T23:00:00Z'];
  const template = { ...answer.rows[0], details: [] };
  answer.rows = moments.map((proved) => ({ ...template, proved }));
  const page = await open(old, { locale: 'de-DE' });
  await goTo(page, 'engines');
  assert.deepEqual(await timesOn(page), ['now', '59 min ago', '23 h ago', 'yesterday', 'Fri 20 Nov', 'Wed 31 Dec 2025']);
  await page.leave();
});
