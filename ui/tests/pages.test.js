// How pages look when there is little to show, and which one thing they ask for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, entryOf, firstVerdict, goTo, openFirst, readScene, sceneNames, settled, TABS } from './lib/window.js';

const open = browser();

test('an empty page says why, and leads to one thing to try', async () => {
  const page = await open(readScene('fresh'));
  for (const [tab, button, leadsTo] of [
    ['blocked', 'Show the status', 'Status'],
    ['policy', 'Show the status', 'Status'],
    ['images', 'Show the engines', 'Engines'],
  ]) {
    await goTo(page, tab);
    const empty = page.locator('.empty');
    const { width } = await empty.locator('svg').boundingBox();
    assert.equal(width, 48);
    await empty.getByRole('button', { name: button }).click();
    await page.locator('nav [aria-current]', { hasText: leadsTo }).waitFor();
    await settled(page);
  }
  await goTo(page, 'blocked');
  assert.equal(await page.getByRole('searchbox').count(), 0);
  await page.leave();
});

test('where nothing was blocked yet, an image can be tried', async () => {
  const scene = readScene('acme');
  Object.assign(entryOf(scene, 'blocked').answer, { rows: [], total: 0, matching: 0 });
  const page = await open(scene);
  await goTo(page, 'blocked');
  await page.getByRole('button', { name: 'Try an image' }).click();
  await page.waitForFunction(() => document.activeElement.id === 'image');
  await page.leave();
});

test('a search without a match is given up by one button', async () => {
  const page = await open(readScene('acme'));
  await goTo(page, 'blocked');
  await page.getByRole('searchbox').fill('no such words');
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('listbox').waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
  await page.leave();
});

test('how things stand is the title of the page, with the gate at its side', async () => {
  for (const name of sceneNames.filter((name) => name !== 'gone')) {
    const scene = readScene(name);
    const page = await open(scene);
    await goTo(page, 'status');
    const { headline } = entryOf(scene, 'status').answer;
    const title = page.getByRole('heading', { name: headline, level: 1, exact: true });
    await title.waitFor();
    assert.equal(await page.title(), 'Status · Pullgate');
    const [gate, text] = [await page.locator('main svg').first().boundingBox(), await title.boundingBox()];
    assert.deepEqual([gate.width, gate.x + gate.width <= text.x], [48, true]);
    await page.leave();
  }
});

test('facts about the policy are one line, and what is for looking up is folded', async () => {
  const page = await open(readScene('acme'));
  await goTo(page, 'status');
  await page.getByText('Policy version 1042 · issued 3 h ago · confirmed 2 min ago').waitFor();
  const source = page.getByText('https://policy.acme.example/pullgate/');
  assert.equal(await source.isVisible(), false);
  await page.getByText('Details', { exact: true }).click();
  assert.equal(await source.isVisible(), true);
  await page.leave();
});

test('facts stand in one column, and in two where there is room for it', async () => {
  for (const [width, columns] of [[880, 1], [1280, 2]]) {
    const page = await open(readScene('acme'), { width });
    await goTo(page, 'settings');
    const left = await page.locator('main dl > div').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
    assert.equal(new Set(left).size, columns);
    await page.leave();
  }
});

test('who has to sign in finds the button beside the headline', async () => {
  const page = await open(readScene('sign-in'));
  await goTo(page, 'status');
  await page.locator('main').getByRole('button', { name: 'Sign in…' }).click();
  await page.waitForFunction(() => window.service.asked.some(({ kind }) => kind === 'signIn'));
  await page.leave();
});

test('no page has more than one filled button', async () => {
  for (const name of sceneNames) {
    const page = await open(readScene(name));
    for (const tab of TABS) {
      await goTo(page, tab);
      assert.ok((await page.locator('.primary').count()) <= 1, `${name} ${tab}`);
    }
    if (firstVerdict(readScene(name))) {
      await openFirst(page);
      assert.equal(await page.locator('.primary').count(), 1, `${name} verdict`);
    }
    await page.leave();
  }
});
