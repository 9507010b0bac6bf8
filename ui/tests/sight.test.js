// Everything is dark enough to be read and large enough to be pressed, in every page of every scene in both themes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pale, small } from './lib/sight.js';
import { browser, firstVerdict, goTo, openFirst, readScene, sceneNames, TABS } from './lib/window.js';

const open = browser();

async function isLegible(page, where) {
  const { found, looked } = await page.evaluate(pale);
  assert.deepEqual({ where, found }, { where, found: [] });
  assert.ok(looked.text > 8 && looked.mark > 0, `${where}: ${JSON.stringify(looked)}`);
  return looked;
}

async function isPressable(page, where) {
  const { found, looked } = await page.evaluate(small);
  assert.deepEqual({ where, found }, { where, found: [] });
  assert.ok(looked >= TABS.length, where);
}

async function everywhere(page, scene, check) {
  for (const tab of TABS) {
    await goTo(page, tab);
    await check(page, tab);
  }
  if (!firstVerdict(scene)) return;
  await openFirst(page);
  await check(page, 'verdict');
}

for (const name of sceneNames) {
  for (const colorScheme of ['light', 'dark']) {
    test(`texts, signs and edges of ${name} can be told from what is behind them in ${colorScheme}`, async () => {
      const page = await open(readScene(name), { colorScheme });
      await everywhere(page, readScene(name), async (page, where) => {
        await isLegible(page, where);
        await isPressable(page, where);
      });
      await page.leave();
    });
  }
}

test('in a narrow window everything that can be pressed is as large', async () => {
  const page = await open(readScene('acme'), { width: 400, height: 600 });
  await everywhere(page, readScene('acme'), isPressable);
  await page.leave();
});

test('the chosen row can be read while the list has the focus', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(readScene('acme'), { colorScheme });
    await goTo(page, 'blocked');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    await isLegible(page, colorScheme);
    await page.leave();
  }
});

test('who asks for more contrast gets darker lines and texts', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(readScene('acme'), { colorScheme });
    await goTo(page, 'settings');
    const colors = () =>
      page.evaluate(() => [
        getComputedStyle(document.querySelector('td')).borderBottomColor,
        getComputedStyle(document.querySelector('.dim')).color,
      ]);
    const usual = await colors();
    await page.emulateMedia({ contrast: 'more' });
    const more = await colors();
    assert.ok(usual.every((color, index) => color !== more[index]), `${usual} ${more}`);
    await isLegible(page, colorScheme);
    await page.leave();
  }
});

test('what is too pale or too small would be noticed', async () => {
  const page = await open(readScene('acme'));
  await goTo(page, 'engines');
  await page.evaluate(() => {
    const button = document.querySelector('main button');
    Object.assign(button.style, { borderColor: '#ccc', minHeight: 0, padding: 0, lineHeight: '16px' });
    document.querySelector('main h2').style.color = '#aaa';
  });
  assert.deepEqual((await page.evaluate(pale)).found.map((one) => one.split(' ')[0]).sort(), ['edge', 'text']);
  assert.equal((await page.evaluate(small)).found.length, 1);
  await page.leave();
});
