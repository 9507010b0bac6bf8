// What is drawn says the same to those who do not see it, and leads to the rows that it stands for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, copied, entryOf, goTo, openFirst, readScene, settled } from './lib/window.js';

const open = browser();
const scene = readScene('acme');
const { answer: activity } = entryOf(scene, 'activity');
const { rows } = entryOf(scene, 'blocked').answer;

const names = (page) =>
  page.locator('[role=option] .image').evaluateAll((all) => all.map((one) => one.textContent));

test('each day is a bar that says its numbers and opens its rows', async () => {
  const page = await open(scene, { height: 900 });
  await goTo(page, 'status');
  const bars = page.locator('main li button[aria-label*=checked]');
  assert.equal(await bars.count(), 7);
  const last = await bars.last().getAttribute('aria-label');
  const { checked, blocked } = activity.days.at(-1);
  assert.equal(last, `Sun, today: ${checked} checked, ${blocked} blocked`);
  const cells = await page.locator('table.unseen tbody tr').last().locator('td').allTextContents();
  assert.deepEqual(cells, ['Today', String(checked), String(blocked)]);
  await bars.last().click();
  await page.getByRole('listbox', { name: 'Blocked' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Today', exact: true }).count(), 2);
  assert.deepEqual(await names(page), rows.filter(({ last }) => last.startsWith('2026-11-22')).map(({ image }) => image));
  await page.leave();
});

test('the bar of reasons is a sentence, and each word opens its rows', async () => {
  const page = await open(scene, { height: 900 });
  await goTo(page, 'status');
  const said = activity.reasons.map(({ name, count }) => `${name} ${count}`).join(', ');
  await page.getByRole('img', { name: `Blocked by reason: ${said}` }).waitFor();
  const { reason, name, count } = activity.reasons.find(({ reason }) => reason);
  await page.getByRole('button', { name: `${name} ${count}: show them` }).click();
  await page.getByRole('listbox', { name: 'Blocked' }).waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Reason' }).inputValue(), reason);
  assert.ok((await names(page)).length >= count);
  await page.getByRole('combobox', { name: 'Reason' }).selectOption('');
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByText('in the last 7 days').waitFor();
  assert.equal((await names(page)).length, rows.length);
  await page.leave();
});

test('what was blocked last is named with what to use instead', async () => {
  const page = await open(scene, { height: 900 });
  await goTo(page, 'status');
  const { instead, image } = activity.last[0];
  await page.getByRole('button', { name: `Copy ${instead}` }).click();
  await copied(page, instead);
  await page.getByRole('button', { name: image, exact: true }).click();
  await page.getByRole('heading', { name: image, level: 1 }).waitFor();
  await page.leave();
});

test('without numbers the page of the status stands as it is', async () => {
  const silent = readScene('acme');
  Object.assign(entryOf(silent, 'activity'), { answer: undefined, problem: { sentence: 'The record cannot be read', hint: null } });
  const page = await open(silent);
  await goTo(page, 'status');
  await page.getByText('Policy version 1042').waitFor();
  assert.equal(await page.getByText('Last 7 days').count(), 0);
  await page.leave();
});

test('an engine whose pulls go round is drawn and said so', async () => {
  const page = await open(readScene('troubled'));
  await goTo(page, 'engines');
  for (const [said, lines] of [['Every pull of Docker Engine', 0], ['some go to the registries without', 1], ['without being checked', 1]]) {
    const path = page.getByRole('img', { name: said }).first();
    assert.equal(await path.locator('.round').count(), lines, said);
    assert.ok((await path.evaluate((svg) => svg.outerHTML.length)) < 2048, said);
  }
  await page.getByText('What was tested').first().click();
  await page.getByText('No mirror answers in the place of Pullgate').first().waitFor();
  await page.leave();
});

test('a verdict shows the step that stopped it, and what would have let it pass', async () => {
  const page = await open(scene, { height: 900 });
  await openFirst(page);
  const steps = await page.locator('main ol > li').allTextContents();
  const said = steps.map((step) => step.trim().replace(/\s+/g, ' '));
  assert.deepEqual([said[0], said.find((step) => step.endsWith('stopped it'))], [
    'Sign-in, nothing against it', 'Publisher: community image, stopped it',
  ]);
  await page.getByText("An entry in Acme's allow list would have let it pass.").waitFor();
  await page.leave();
});

test('the list of what was blocked tells the window that it was looked at, unless it is narrowed', async () => {
  const page = await open(scene);
  const looked = () => page.evaluate(() => window.service.asked.filter(({ kind }) => kind === 'looked').length);
  await goTo(page, 'status');
  await page.locator('main li button[aria-label*=checked]').first().click();
  await settled(page);
  assert.equal(await looked(), 0);
  await page.getByRole('button', { name: 'Show all' }).or(page.locator('[aria-pressed=true]')).first().click();
  await page.waitForFunction(() => window.service.asked.some(({ kind }) => kind === 'looked'));
  await page.leave();
});

test('an exception says how long it holds, in amber in its last two days, and folds when it has ended', async () => {
  const exceptions = readScene('acme');
  const { answer } = entryOf(exceptions, 'policy');
  const line = (text, until) => ({ text, until });
  answer.groups = [{ heading: 'Exceptions that end', lines: [
    line('long', '2026-12-05T12:00:00Z'), line('short', '2026-11-24T11:00:00Z'), line('over', '2026-11-21T12:00:00Z'),
  ] }];
  const page = await open(exceptions);
  await goTo(page, 'policy');
  await page.getByText('13 days left').waitFor();
  const isLast = (text) => page.locator('.ending', { hasText: text }).evaluate((one) => one.classList.contains('last'));
  assert.deepEqual([await isLast('13 days left'), await isLast('47 hours left')], [false, true]);
  assert.equal(await page.getByText('over', { exact: true }).isVisible(), false);
  await page.getByText('1 exception ended').click();
  await page.getByText('over', { exact: true }).waitFor();
  await page.leave();
});

test('what an installation is can be copied for somebody who helps', async () => {
  const page = await open(scene);
  await goTo(page, 'settings');
  await page.getByRole('heading', { name: 'Set by Acme' }).waitFor();
  assert.equal(await page.getByText('identity.client_id').isVisible(), false);
  await page.getByRole('button', { name: 'Copy diagnostics' }).click();
  await copied(page, entryOf(scene, 'settings').answer.diagnostics);
  await page.leave();
});
