// Answers that come late, news that comes often, and a page that keeps quiet about itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, entryOf, goTo, readScene, sceneNames, settled, TABS } from './lib/window.js';

const open = browser();
const scene = readScene('acme');

/** Comes back once the window has had the time to draw. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

const explanation = (image, why) => ({
  question: { kind: 'explain', image },
  answer: { kind: 'explain', image: `docker.io/${image}`, outcome: 'allowed', why, waysOn: { instead: null, insteadIs: null, step: null, message: null, request: null, ask: null }, facts: [] },
});

test('an answer that was overtaken is never shown', async () => {
  const page = await open([...scene, explanation('first', 'This is the first.'), explanation('second', 'This is the second.')]);
  await goTo(page, 'policy');
  await page.evaluate(() => window.service.hold('explain'));
  await page.getByRole('textbox').fill('first');
  await page.waitForFunction(() => window.service.waiting('explain') === 1);
  await page.getByRole('textbox').fill('second');
  await page.waitForFunction(() => window.service.waiting('explain') === 2);
  await page.evaluate(() => window.service.letOneGo('explain', 1));
  await page.getByText('This is the second.').waitFor();
  await page.evaluate(() => window.service.letOneGo('explain', 0));
  await drawn(page);
  assert.ok(await page.getByText('This is the second.').isVisible());
  assert.equal(await page.getByText('This is the first.').count(), 0);
  await page.leave();
});

test('the last answer stays until the next one is there', async () => {
  const page = await open([...scene, explanation('first', 'This is the first.'), explanation('second', 'This is the second.')]);
  await goTo(page, 'policy');
  await page.getByRole('textbox').fill('first');
  await page.getByText('This is the first.').waitFor();
  await page.evaluate(() => window.service.hold('explain'));
  await page.getByRole('textbox').fill('second');
  await page.waitForFunction(() => window.service.waiting('explain') === 1);
  assert.ok(await page.getByText('This is the first.').isVisible());
  await page.evaluate(() => window.service.letGo('explain'));
  await page.getByText('This is the second.').waitFor();
  await page.getByRole('textbox').fill('');
  await page.getByText('This is the second.').waitFor({ state: 'detached' });
  await page.leave();
});

test('a burst of news is asked for once or twice, and keeps focus and place', async () => {
  const page = await open(scene, { height: 420 });
  await goTo(page, 'images');
  await page.getByRole('button', { name: 'Why?' }).last().focus();
  await page.evaluate(() => scrollTo(0, 120));
  const held = await page.evaluate(() => ((window.held = document.activeElement), scrollY));
  await page.evaluate(() => {
    window.service.asked.length = 0;
    window.service.find('images').answer.rows[0].cause = 'changed';
    for (let news = 0; news < 50; news++) window.service.emitChanged();
  });
  await page.getByText('changed', { exact: true }).waitFor();
  const asked = await page.evaluate(() => window.service.asked.map(({ kind }) => kind));
  assert.deepEqual([...new Set(asked)].sort(), ['frame', 'images']);
  assert.ok(asked.length <= 4, asked.join(' '));
  assert.ok(await page.evaluate(() => document.activeElement === window.held));
  assert.equal(await page.evaluate(() => scrollY), held);
  await page.leave();
});

test('news while an answer is awaited is asked for when it is there', async () => {
  const page = await open(scene);
  await goTo(page, 'status');
  await page.evaluate(() => window.service.hold('status'));
  await page.evaluate(() => window.service.emitChanged());
  await page.waitForFunction(() => window.service.waiting('status') === 1);
  await page.evaluate(() => {
    window.service.asked.length = 0;
    window.service.emitChanged();
  });
  await page.waitForFunction(() => window.service.asked.some(({ kind }) => kind === 'frame'));
  assert.equal(await page.evaluate(() => window.service.waiting('status')), 1);
  await page.evaluate(() => {
    window.service.find('status').answer.headline = 'It is another headline';
    window.service.letGo('status');
  });
  await page.getByText('It is another headline').waitFor();
  await page.leave();
});

test('the window goes where it is asked to be, once, and back to where one was', async () => {
  const asked = readScene('acme');
  const { rows } = entryOf(asked, 'blocked').answer;
  const { answer: frame } = entryOf(asked, 'frame');
  Object.assign(frame, { place: { tab: 'images', id: null }, asked: 4 });
  const page = await open(asked);
  await page.getByRole('heading', { name: 'Images', level: 1 }).waitFor();
  await page.getByRole('table').waitFor();
  await page.evaluate(() => scrollTo(0, 150));
  const goTo = (place, asked) =>
    page.evaluate(([place, asked]) => {
      Object.assign(window.service.find('frame').answer, { place, asked });
      window.service.emitChanged();
    }, [place, asked]);
  await goTo({ tab: 'blocked', id: rows[0].id }, 5);
  await page.getByRole('heading', { name: rows[0].image, level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Back to what was blocked' }).click();
  await page.getByRole('listbox').waitFor();
  const before = await page.evaluate(() => window.service.asked.length);
  await page.evaluate(() => window.service.emitChanged());
  await page.waitForFunction((before) => window.service.asked.length > before + 1, before);
  await settled(page);
  assert.ok(await page.getByRole('listbox').isVisible());
  await page.keyboard.press('Alt+ArrowLeft');
  await page.getByRole('heading', { name: 'Images', level: 1 }).waitFor();
  await page.waitForFunction(() => scrollY === 150);
  await page.leave();
});

test('a problem is said where the page would be, and gone when it is solved', async () => {
  const page = await open(scene);
  const problem = { sentence: 'The engines could not be asked', hint: 'Run `pullgate doctor`' };
  await page.evaluate((problem) => Object.assign(window.service.find('engines'), { problem }), problem);
  await goTo(page, 'engines');
  await page.getByText(problem.sentence).waitFor();
  await page.getByRole('button', { name: 'Copy pullgate doctor' }).waitFor();
  await page.evaluate(() => {
    window.service.find('engines').problem = null;
    window.service.emitChanged();
  });
  await page.getByText(problem.sentence).waitFor({ state: 'detached' });
  await page.getByText(entryOf(scene, 'engines').answer.rows[0].name).waitFor();
  await page.leave();
});

test('that the service is not running is said on every page, once', async () => {
  const page = await open(readScene('gone'));
  for (const tab of TABS) {
    await goTo(page, tab);
    assert.equal(await page.getByText(entryOf(readScene('gone'), 'frame').answer.problem.sentence).count(), 1, tab);
  }
  await page.leave();
});

test('signing in is asked for at once', async () => {
  const page = await open(readScene('sign-in'));
  await page.locator('body > header').getByRole('button', { name: 'Sign in…' }).click();
  await page.waitForFunction(() => window.service.asked.some(({ kind }) => kind === 'signIn'));
  await page.leave();
});

test('times grow older by themselves, and never come from the future', async () => {
  const fresh = readScene('acme');
  entryOf(fresh, 'blocked').answer.rows[0].last = '2026-11-22T12:00:20Z';
  const page = await open(fresh);
  await goTo(page, 'blocked');
  const time = page.locator('#row-0 time');
  assert.equal(await time.textContent(), 'now');
  assert.equal(await time.getAttribute('title'), 'Sun Nov 22, 2026, 12:00:20 PM UTC');
  await page.clock.setFixedTime(new Date('2026-11-22T12:05:30Z'));
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.getByText('5 min ago').first().waitFor();
  assert.equal(await time.textContent(), '5 min ago');
  await page.leave();
});

test('no scene makes the window complain or ask anything of anybody else', async () => {
  for (const name of sceneNames) {
    const page = await open(readScene(name));
    for (const tab of TABS) await goTo(page, tab);
    await page.leave();
  }
});

test('a complaint would be noticed', async () => {
  const page = await open(scene);
  await page.evaluate(() => document.body.setAttribute('style', 'color: red'));
  await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(() => undefined));
  await drawn(page);
  assert.ok(page.complaints.some((one) => one.includes('style-src')), page.complaints.join('\n'));
  assert.ok(page.complaints.some((one) => one.includes('connect-src')), page.complaints.join('\n'));
  await page.context().close();
});
