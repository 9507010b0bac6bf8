// What a screen reader meets, page by page, as it was last agreed upon. `UPDATE=1` agrees to what there is.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { browser, firstVerdict, goTo, openFirst, readScene, sceneNames, TABS } from './lib/window.js';

const GOLDEN = new URL('golden/', import.meta.url);
const open = browser();

async function isAsAgreed(page, name) {
  const file = new URL(`${name}.yaml`, GOLDEN);
  const tree = `${await page.locator('body').ariaSnapshot()}\n`;
  if (process.env.UPDATE) writeFileSync(file, tree);
  assert.ok(existsSync(file), `nothing is agreed upon for ${name}: run with UPDATE=1`);
  assert.equal(tree, readFileSync(file, 'utf8'), name);
}

test('every page reads as agreed', async () => {
  const scene = readScene('acme');
  const page = await open(scene);
  for (const tab of TABS) {
    await goTo(page, tab);
    await isAsAgreed(page, `acme-${tab}`);
  }
  if (firstVerdict(scene)) {
    await openFirst(page);
    await isAsAgreed(page, 'acme-verdict');
  }
  await page.leave();
});

for (const name of sceneNames.filter((name) => name !== 'acme')) {
  test(`the first page of ${name} reads as agreed`, async () => {
    const page = await open(readScene(name));
    await goTo(page, 'status');
    await isAsAgreed(page, `${name}-status`);
    await page.leave();
  });
}
