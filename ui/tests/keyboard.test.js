// Everything can be done without a mouse, and one always sees where one is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, copied, entryOf, goTo, readScene } from './lib/window.js';

const open = browser();
const scene = readScene('acme');
const { rows } = entryOf(scene, 'blocked').answer;

/** What has the focus, which can be seen. */
async function focused(page) {
  const stop = await page.evaluate(() => {
    const holder = document.activeElement;
    const active = document.getElementById(holder.getAttribute('aria-activedescendant')) ?? holder;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    const { top, bottom, left, right } = active.getBoundingClientRect();
    return {
      name: (holder.ariaLabel ?? holder.textContent).trim(),
      active: active.textContent.trim().replace(/\s+/g, ' '),
      tag: holder.role ?? holder.localName,
      isRinged: outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2,
      isInView: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    };
  });
  assert.ok(stop.isRinged, `no ring around ${stop.tag} ${stop.name}`);
  assert.ok(stop.isInView, `${stop.tag} ${stop.name} is out of view`);
  return stop;
}

/** Presses a key until the focus is at a name. */
async function pressUntil(page, key, name) {
  for (let pressed = 0; pressed < 40; pressed++) {
    await page.keyboard.press(key);
    if ((await focused(page)).name.startsWith(name)) return;
  }
  assert.fail(`${name} is not reached by ${key}`);
}

async function headingIs(page, name) {
  await page.waitForFunction((name) => document.activeElement.matches('h1') && document.activeElement.textContent === name, name);
}

test('a block is found, explained, copied and left by keys alone', async () => {
  const [, row] = rows;
  const verdict = scene.find(({ question }) => question.kind === 'verdict' && question.id === row.id).answer;
  const page = await open(scene);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await pressUntil(page, 'Tab', 'Blocked');
  await page.keyboard.press('Enter');
  await headingIs(page, 'Blocked');
  await pressUntil(page, 'Tab', 'Search');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused(page)).tag, 'listbox');
  await page.keyboard.press('ArrowDown');
  const chosen = (await focused(page)).active;
  assert.ok(chosen.includes(row.image), chosen);
  await page.keyboard.press('Enter');
  await headingIs(page, verdict.image);
  await pressUntil(page, 'Tab', 'Copy as text');
  await page.keyboard.press('Enter');
  await page.locator('[aria-live]', { hasText: /^Copied$/ }).waitFor({ state: 'attached' });
  await copied(page, verdict.text);
  await pressUntil(page, 'Tab', 'Copy as JSON');
  await page.keyboard.press('Space');
  await copied(page, verdict.json);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement.role === 'listbox');
  assert.equal((await focused(page)).active, chosen);
  await page.keyboard.press('Enter');
  await headingIs(page, verdict.image);
  await page.keyboard.press('Alt+ArrowLeft');
  await page.waitForFunction(() => document.activeElement.role === 'listbox');
  assert.equal((await focused(page)).active, chosen);
  await page.leave();
});

test('an image is tried by keys alone, and a screen reader is told', async () => {
  const { question, answer } = scene.find(({ question, answer }) => question.kind === 'explain' && answer?.waysOn.instead);
  const page = await open(scene);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await pressUntil(page, 'Tab', 'Policy');
  await page.keyboard.press('Enter');
  await headingIs(page, 'Policy');
  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).tag, 'input');
  await page.keyboard.type(question.image);
  await page.locator('[aria-live]', { hasText: answer.why }).waitFor();
  await pressUntil(page, 'Tab', `Copy ${answer.waysOn.instead}`);
  await page.keyboard.press('Enter');
  await copied(page, answer.waysOn.instead);
  await page.leave();
});

test('every page can be walked through from its first to its last stop', async () => {
  const page = await open(scene);
  for (const tab of ['Status', 'Policy', 'Engines', 'Images', 'Settings']) {
    await goTo(page, tab.toLowerCase());
    const stops = [];
    for (let pressed = 0; pressed < 60; pressed++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement === document.body)) break;
      stops.push((await focused(page)).name);
    }
    assert.ok(stops.length < 60, `${tab} holds the focus`);
  }
  await page.leave();
});

test('without leave to use the clipboard, a text is copied all the same', async () => {
  const prepare = () => (Clipboard.prototype.writeText = () => Promise.reject(new Error('not allowed')));
  const page = await open(scene, { prepare });
  const row = rows[0];
  await goTo(page, 'blocked');
  await page.locator('[role=option]').first().click();
  await page.getByRole('button', { name: 'Copy as text' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('[aria-live]', { hasText: /^Copied$/ }).waitFor({ state: 'attached' });
  const { text } = scene.find(({ question }) => question.kind === 'verdict' && question.id === row.id).answer;
  await copied(page, text);
  assert.equal((await focused(page)).name, 'Copy as text');
  await page.leave();
});
