// A request for access: made from the page of a verdict, and said there from then on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, readScene } from './lib/window.js';

const open = browser();
const scene = readScene('acme');
const { id } = scene.find(({ question }) => question.kind === 'verdict').question;
const AT = '2026-11-22T11:58:00Z';

/** The scene with the first verdict opened, its request made or answered. */
function opened(requested) {
  const changed = structuredClone(scene);
  changed.find(({ question }) => question.kind === 'frame').answer.place = { tab: 'blocked', id };
  changed.find(({ question }) => question.kind === 'verdict').answer.requested = requested;
  return changed;
}

test('requesting access names the verdict that it is about', async () => {
  const page = await open(opened());
  await page.getByRole('button', { name: 'Request access' }).click();
  const asked = await page.evaluate(() => window.service.asked.filter(({ kind }) => kind === 'requestAccess'));
  assert.deepEqual(asked, [{ kind: 'requestAccess', id }]);
  assert.equal(await page.getByText('You asked for access').count(), 0);
  await page.leave();
});

test('what was requested is said, and once it is allowed with the command to copy', async () => {
  const command = 'podman pull docker.io/someuser/tool:latest';
  const waiting = await open(opened({ at: AT, allowed: null, command }));
  await waiting.getByText('You asked for access').waitFor();
  assert.equal(await waiting.getByRole('button', { name: `Copy ${command}` }).count(), 0);
  await waiting.leave();
  const answered = await open(opened({ at: AT, allowed: AT, command }));
  await answered.getByText('found allowed').waitFor();
  await answered.getByRole('button', { name: `Copy ${command}` }).waitFor();
  await answered.leave();
});
