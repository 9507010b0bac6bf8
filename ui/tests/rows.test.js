// Ten thousand rows are as quick and as steady as ten.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, entryOf, goTo, readScene } from './lib/window.js';

const COUNT = 10_000;
const open = browser();

const rowOf = (number) => ({
  id: `pg-${String(number).padStart(8, '0')}`,
  image: `community-${number}/tool:latest`,
  outcome: 'blocked',
  reason: number % 2 ? 'registry' : 'class',
  cause: number % 2 ? 'registry' : 'community',
  engine: 'Podman',
  instead: null,
  last: new Date(Date.UTC(2026, 10, 22, 11, 59) - number * 60_000).toISOString(),
  count: 1 + (number % 3),
});

function manyRows() {
  const scene = readScene('acme');
  const { answer } = entryOf(scene, 'blocked');
  answer.rows = Array.from({ length: COUNT }, (_, number) => rowOf(number));
  answer.total = answer.matching = COUNT;
  return scene;
}

async function openList() {
  const page = await open(manyRows());
  await goTo(page, 'blocked');
  await page.getByRole('listbox').focus();
  return page;
}

/** Waits until everything in view is known, and tells which rows are in view. */
async function inView(page) {
  await page.waitForFunction(() => {
    const list = document.querySelector('[role=listbox]').getBoundingClientRect();
    const bottom = Math.min(list.bottom, innerHeight);
    for (let y = list.top + 5; y < bottom; y += 10) {
      const row = document.elementFromPoint(list.left + 60, y)?.closest('[role=option]');
      if (!row?.textContent.includes('community-')) return false;
    }
    return true;
  });
  return page.evaluate(() => {
    const list = document.querySelector('[role=listbox]').getBoundingClientRect();
    const isSeen = (row) => row.getBoundingClientRect().bottom > list.top && row.getBoundingClientRect().top < list.bottom;
    const rows = [...document.querySelectorAll('[role=option]')];
    const seen = rows.filter(isSeen);
    return { drawn: rows.length, from: Number(seen[0].dataset.index), to: Number(seen.at(-1).dataset.index), rows: seen.map((row) => [Number(row.dataset.index), row.textContent]) };
  });
}

async function isRight(page) {
  const view = await inView(page);
  assert.ok(view.drawn < 100, `${view.drawn} rows are drawn`);
  for (const [index, text] of view.rows) assert.ok(text.includes(`community-${index}/`), `${index}: ${text}`);
  return view;
}

test('wheel, paging and ends show the right rows and draw few', async () => {
  const page = await openList();
  assert.equal((await isRight(page)).from, 0);
  await page.keyboard.press('End');
  assert.equal((await isRight(page)).to, COUNT - 1);
  for (let pressed = 0; pressed < 12; pressed++) await page.keyboard.press('PageUp');
  assert.ok((await isRight(page)).from < COUNT - 100);
  await page.keyboard.press('Home');
  assert.equal((await isRight(page)).from, 0);
  for (let pressed = 0; pressed < 30; pressed++) await page.keyboard.press('PageDown');
  assert.ok((await isRight(page)).from > 200);
  await page.getByRole('listbox').hover();
  const before = (await isRight(page)).from;
  for (let turned = 0; turned < 40; turned++) await page.mouse.wheel(0, 900);
  await page.waitForFunction((before) => document.querySelector('[role=listbox]').scrollTop > (before + 600) * 40, before);
  await isRight(page);
  await page.leave();
});

test('the chosen row is told with its place among all', async () => {
  const page = await openList();
  for (const key of ['End', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
  await isRight(page);
  const chosen = page.locator('[aria-selected=true]');
  assert.equal(await chosen.getAttribute('aria-posinset'), String(COUNT - 2));
  assert.equal(await chosen.getAttribute('aria-setsize'), String(COUNT));
  assert.equal(await page.getByRole('listbox').getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
  await page.leave();
});

test('the chosen row is drawn even where it is out of view', async () => {
  const page = await openList();
  await page.keyboard.press('ArrowDown');
  await page.evaluate(() => (document.querySelector('[role=listbox]').scrollTop = 200_000));
  const { drawn } = await isRight(page);
  assert.ok(drawn < 100);
  assert.equal(await page.locator('#row-1').count(), 1);
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('[role=listbox]').scrollTop < 100);
  const { from, to } = await isRight(page);
  assert.ok(from <= 2 && to >= 2, `${from} to ${to}`);
  await page.leave();
});

test('a search narrows the list, starts at its top, and gives it back', async () => {
  const page = await openList();
  await page.keyboard.press('End');
  await isRight(page);
  await page.getByRole('searchbox').fill('community-77');
  await page.getByText(`111 of ${COUNT.toLocaleString('en')} images`).waitFor();
  const { rows, from } = await inView(page);
  assert.equal(from, 0);
  for (const [, text] of rows) assert.ok(text.includes('community-77'), text);
  await page.getByRole('searchbox').fill('no such words');
  await page.getByText('Nothing that was blocked matches').waitFor();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('listbox').waitFor();
  await isRight(page);
  await page.leave();
});

test('new rows above leave what is looked at and what is chosen where they are', async () => {
  const page = await openList();
  for (let pressed = 0; pressed < 5; pressed++) await page.keyboard.press('PageDown');
  const before = await isRight(page);
  const chosen = await page.locator('[aria-selected=true]').textContent();
  const place = () => page.locator('[aria-selected=true]').evaluate((row) => row.getBoundingClientRect().top);
  const top = await place();
  await page.evaluate(() => {
    const { answer } = window.service.find('blocked');
    const fresh = [1, 2, 3].map((one) => ({ ...answer.rows[0], id: `pg-NEW0000${one}`, image: `community-new-${one}/tool` }));
    answer.rows.unshift(...fresh);
    answer.total = answer.matching = answer.rows.length;
    window.service.emitChanged();
  });
  await page.getByText('10,003 images').waitFor();
  await inView(page);
  assert.equal(await page.locator('[aria-selected=true]').textContent(), chosen);
  assert.equal(await place(), top);
  assert.equal((await inView(page)).from, before.from + 3);
  await page.keyboard.press('Enter');
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement.role === 'listbox');
  await inView(page);
  assert.equal(await place(), top);
  await page.leave();
});
