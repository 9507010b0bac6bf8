// Signing out asks once, says what it means once, and what is shown then says no fact twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, goTo, readScene } from './lib/window.js';

const open = browser();
const scene = readScene('acme');
const side = (page) => page.locator('body > header');
const button = (page, name) => side(page).getByRole('button', { name, exact: true });
const isAsked = (page) => page.evaluate(() => window.service.asked.some(({ kind }) => kind === 'signOut'));
const focusIsOn = (page, name) => page.waitForFunction((name) => document.activeElement.textContent === name, name);
const CONSEQUENCE = 'Images that need your sign-in are blocked until you sign in again.';

test('signing out asks before it ends anything, and can be left', async () => {
  const page = await open(scene);
  await goTo(page, 'policy');
  for (const leave of [() => page.keyboard.press('Escape'), () => button(page, 'Cancel').click()]) {
    await button(page, 'Sign out…').click();
    await focusIsOn(page, 'Cancel');
    assert.equal(await page.getByText(CONSEQUENCE).count(), 1);
    await leave();
    await focusIsOn(page, 'Sign out…');
    assert.equal(await page.getByText(CONSEQUENCE).count(), 0);
  }
  await page.getByRole('heading', { name: 'Policy', level: 1 }).waitFor();
  assert.equal(await isAsked(page), false);
  await page.leave();
});

test('once it is signed out, the way back in is next, and nothing is said beside the page', async () => {
  const page = await open(scene);
  await goTo(page, 'status');
  await page.evaluate(() => window.service.hold('signOut'));
  await button(page, 'Sign out…').click();
  await button(page, 'Sign out').click();
  await page.waitForFunction(() => window.service.waiting('signOut') === 1);
  await page.evaluate((signedOut) => {
    for (const kind of ['frame', 'status']) {
      const { answer } = signedOut.find(({ question }) => question.kind === kind);
      Object.assign(window.service.find(kind).answer, answer);
    }
    window.service.emitChanged();
  }, readScene('sign-in'));
  await button(page, 'Sign in…').waitFor();
  await page.evaluate(() => window.service.letGo('signOut'));
  await focusIsOn(page, 'Sign in…');
  await page.locator('[aria-live]', { hasText: 'The session of ada has ended' }).waitFor({ state: 'attached' });
  assert.equal((await page.locator('.told').textContent()).trim(), '');
  assert.equal(await page.getByText(/until you sign in/).count(), 1);
  await page.leave();
});
