// Nothing that axe can find, in every page of every scene in both themes; and axe does find things.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { browser, firstVerdict, goTo, openFirst, readScene, sceneNames, TABS } from './lib/window.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const open = browser();

async function found(page) {
  await page.evaluate(AXE);
  const { violations, incomplete, passes } = await page.evaluate(() => window.axe.run());
  const brief = ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`;
  return { violations: violations.map(brief), incomplete: incomplete.map(brief), passes: passes.length };
}

async function isClean(page, where) {
  const { violations, incomplete, passes } = await found(page);
  assert.deepEqual({ where, violations, incomplete }, { where, violations: [], incomplete: [] });
  assert.ok(passes > 10, `${where}: only ${passes} rules had something to look at`);
}

for (const name of sceneNames) {
  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing in ${name} in ${colorScheme}`, async () => {
      const scene = readScene(name);
      const page = await open(scene, { colorScheme });
      for (const tab of TABS) {
        await goTo(page, tab);
        await isClean(page, tab);
      }
      if (firstVerdict(scene)) {
        await openFirst(page);
        await isClean(page, 'verdict');
      }
      await page.leave();
    });
  }
}

test('axe finds nothing in a narrow window with a tried image', async () => {
  const scene = readScene('acme');
  const page = await open(scene, { width: 560, height: 420 });
  await goTo(page, 'policy');
  const { question, answer } = scene.find(({ question, answer }) => question.kind === 'explain' && answer?.waysOn.instead);
  await page.getByRole('textbox').fill(question.image);
  await page.getByText(answer.why).waitFor();
  await isClean(page, 'tried');
  await page.leave();
});

test('axe finds what is wrong where something is wrong', async () => {
  const page = await open(readScene('acme'));
  await goTo(page, 'status');
  await page.evaluate(() => {
    const main = document.querySelector('main');
    main.append(document.createElement('button'), document.createElement('img'), document.createElement('input'));
    main.append(Object.assign(document.createElement('p'), { textContent: 'pale', className: 'pale' }));
    main.querySelector('.pale').style.color = '#ddd';
  });
  const { violations } = await found(page);
  const rules = violations.map((one) => one.split(':')[0]);
  for (const rule of ['button-name', 'image-alt', 'label', 'color-contrast']) assert.ok(rules.includes(rule), rule);
  await page.leave();
});
