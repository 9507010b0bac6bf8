// What can be copied stands on a line of its own, whole, with its sign at the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, copied, entryOf, goTo, readScene, settled } from './lib/window.js';

const open = browser();
const scene = readScene('acme');
const { rows } = entryOf(scene, 'blocked').answer;

async function openVerdict(page, image, of = rows) {
  await goTo(page, 'blocked');
  await page.locator('[role=option]').nth(of.findIndex((row) => row.image === image)).click();
  await page.getByRole('heading', { name: image, level: 1 }).waitFor();
  await settled(page);
}

test('a command is copied from a line of its own, and the sentence stays whole', async () => {
  const signIn = readScene('sign-in');
  const [row] = entryOf(signIn, 'blocked').answer.rows;
  const page = await open(signIn);
  await openVerdict(page, row.image, [row]);
  const { answer } = signIn.find(({ question }) => question.kind === 'verdict' && question.id === row.id);
  await page.getByText(answer.waysOn.step.replaceAll('`', ''), { exact: true }).waitFor();
  assert.equal(await page.locator('p button').count(), 0);
  const line = page.locator('.command', { hasText: 'pullgate sign-in' });
  await line.getByRole('button', { name: 'Copy pullgate sign-in', exact: true }).click();
  await copied(page, 'pullgate sign-in');
  const [all, sign] = [await line.boundingBox(), await line.getByRole('button').boundingBox()];
  assert.ok(all.x + all.width - sign.x - sign.width < 8, 'the sign is at the end');
  assert.match(await line.locator('code').evaluate((one) => getComputedStyle(one).fontFamily), /mono/i);
  await page.leave();
});

test('an image to use instead, however long, is copied as a whole', async () => {
  const page = await open(scene, { width: 420 });
  const row = rows.find(({ image }) => image === 'registry.acme.example/ci/runner:edge');
  const { instead } = scene.find(({ question }) => question.kind === 'verdict' && question.id === row.id).answer.waysOn;
  await openVerdict(page, row.image);
  await page.getByRole('button', { name: `Copy ${instead}` }).click();
  await copied(page, instead);
  const line = page.locator('.command', { hasText: instead });
  assert.equal(await line.evaluate((one) => one.scrollWidth <= one.clientWidth), true);
  await page.leave();
});
