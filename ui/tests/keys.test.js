// The keys of the window, and the buttons of the mouse that do the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, copied, entryOf, goTo, readScene, TABS } from './lib/window.js';

const open = browser();
const scene = readScene('acme');
const { rows } = entryOf(scene, 'blocked').answer;

const headingIs = (page, name) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
const focusIsOn = (page, selector) => page.waitForFunction((selector) => document.activeElement.matches(selector), selector);

/** What a mouse with side buttons sends: three is back, four is forward. */
const side = (page, button) =>
  page.evaluate((button) => document.querySelector('main').dispatchEvent(new MouseEvent('mouseup', { button, bubbles: true, cancelable: true })), button);

test('Ctrl+F and the slash lead to the search from every page', async () => {
  const page = await open(scene);
  for (const key of ['Control+f', '/']) {
    for (const tab of TABS) {
      await goTo(page, tab);
      await page.keyboard.press(key);
      await focusIsOn(page, tab === 'policy' ? '#image' : '[type=search]');
      await headingIs(page, tab === 'policy' ? 'Policy' : 'Blocked');
    }
  }
  await page.keyboard.type('a/b?c');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'a/b?c');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.leave();
});

test('Ctrl and a digit lead to each page', async () => {
  const page = await open(scene);
  await page.getByRole('heading', { level: 1 }).waitFor();
  for (const [index, tab] of [...TABS.entries()].reverse()) {
    await page.keyboard.press(`Control+${index + 1}`);
    await page.waitForFunction((index) => document.querySelectorAll('nav button')[index].ariaCurrent === 'page', index);
    if (tab !== 'status') await headingIs(page, tab[0].toUpperCase() + tab.slice(1));
  }
  await page.leave();
});

test('one goes back and forward by keys and by mouse', async () => {
  const page = await open(scene);
  for (const tab of ['policy', 'engines', 'images']) await goTo(page, tab);
  await page.keyboard.press('Alt+ArrowLeft');
  await headingIs(page, 'Engines');
  await side(page, 3);
  await headingIs(page, 'Policy');
  await page.keyboard.press('Alt+ArrowRight');
  await headingIs(page, 'Engines');
  await side(page, 4);
  await headingIs(page, 'Images');
  await page.keyboard.press('Alt+ArrowRight');
  await headingIs(page, 'Images');
  await page.leave();
});

test('Escape leads back to where one came from, and to what one had pressed', async () => {
  const page = await open(scene);
  await goTo(page, 'images');
  const why = page.getByRole('button', { name: 'Why?' }).nth(2);
  const name = await why.getAttribute('aria-label');
  await why.click();
  await headingIs(page, 'Policy');
  await page.keyboard.press('Escape');
  await headingIs(page, 'Images');
  await page.waitForFunction((name) => document.activeElement.ariaLabel === name, name);
  await goTo(page, 'blocked');
  await page.getByRole('searchbox').fill('no such words');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
  await headingIs(page, 'Blocked');
  await page.keyboard.press('Escape');
  await headingIs(page, 'Images');
  await page.leave();
});

test('J and K walk through the list, and C copies the name that is chosen', async () => {
  const page = await open(scene);
  await goTo(page, 'blocked');
  const chosen = page.locator('[aria-selected=true]');
  for (const [key, index] of [['j', 0], ['j', 1], ['j', 2], ['k', 1]]) {
    await page.keyboard.press(key);
    await focusIsOn(page, '[role=listbox]');
    assert.equal(await chosen.getAttribute('data-index'), String(index));
  }
  await page.keyboard.press('c');
  await copied(page, rows[1].image);
  await page.getByRole('searchbox').fill('j');
  await page.keyboard.press('k');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'jk');
  await page.leave();
});

test('C copies the details of a verdict', async () => {
  const page = await open(scene);
  await goTo(page, 'blocked');
  await page.locator('[role=option]').first().click();
  await headingIs(page, rows[0].image);
  await page.keyboard.press('c');
  await copied(page, scene.find(({ question }) => question.id === rows[0].id).answer.text);
  await page.leave();
});

test('the question mark lists the keys; the list keeps the focus until it is closed', async () => {
  const page = await open(scene);
  await goTo(page, 'engines');
  await page.getByRole('button', { name: 'Check again' }).focus();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await dialog.waitFor();
  for (const key of ['Tab', 'Tab', 'Shift+Tab', 'Control+1', '/']) {
    await page.keyboard.press(key);
    assert.ok(await dialog.evaluate((one) => one.contains(document.activeElement)), key);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await headingIs(page, 'Engines');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Check again');
  await page.leave();
});

test('no ring is around a heading that only a program has put the focus on', async () => {
  const page = await open(scene);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+4');
  await focusIsOn(page, 'h1');
  assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await page.leave();
});

test('a right click opens nothing of the browser, except where a text can be copied or pasted', async () => {
  const page = await open(scene);
  await goTo(page, 'policy');
  await page.evaluate(() => addEventListener('contextmenu', (event) => (window.isStopped = event.defaultPrevented)));
  const isStopped = async (what) => {
    await what.click({ button: 'right' });
    return page.evaluate(() => window.isStopped);
  };
  assert.equal(await isStopped(page.getByRole('heading', { level: 1 })), true);
  assert.equal(await isStopped(page.getByRole('textbox')), false);
  await page.locator('main li').first().selectText();
  assert.equal(await isStopped(page.locator('main li').first()), false);
  await page.leave();
});
