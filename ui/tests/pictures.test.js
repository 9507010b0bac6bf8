// Pictures of every page of every scene in both themes, and of what only some windows show, to be looked at.

import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { browser, firstVerdict, goTo, openFirst, readScene, sceneNames, TABS } from './lib/window.js';

const ARTIFACTS = process.env.ARTIFACTS ?? new URL('artifacts/', import.meta.url).pathname;
mkdirSync(ARTIFACTS, { recursive: true });
const open = browser();

const picture = (page, name) => page.screenshot({ path: `${ARTIFACTS}/${name}.png` });

async function pictureAll(page, scene, name) {
  for (const tab of TABS) {
    await goTo(page, tab);
    await picture(page, name(tab));
  }
  if (!firstVerdict(scene)) return;
  await openFirst(page);
  await picture(page, name('verdict'));
}

for (const scene of sceneNames) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${scene} is pictured in ${colorScheme}`, async () => {
      const page = await open(readScene(scene), { colorScheme });
      await pictureAll(page, readScene(scene), (what) => `${scene}-${what}-${colorScheme}`);
      await page.leave();
    });
  }
}

for (const [width, height] of [[560, 420], [400, 600]]) {
  test(`a window of ${width} × ${height} is pictured`, async () => {
    const page = await open(readScene('acme'), { width, height });
    await pictureAll(page, readScene('acme'), (what) => `narrow-${width}-${what}`);
    await page.leave();
  });
}

test('a tried image, a slow answer and forced colors are pictured', async () => {
  const scene = readScene('acme');
  const page = await open(scene);
  await goTo(page, 'policy');
  const tried = scene.find(({ question, answer }) => question.kind === 'explain' && answer?.outcome === 'blocked');
  await page.getByRole('textbox').fill(tried.question.image);
  await page.getByText(tried.answer.why).waitFor();
  await picture(page, 'tried');
  await page.evaluate(() => window.service.hold('engines'));
  await page.getByRole('button', { name: 'Engines' }).click();
  await page.getByText('Waiting for').waitFor();
  await picture(page, 'waiting');
  await page.evaluate(() => window.service.letGo('engines'));
  await page.emulateMedia({ forcedColors: 'active' });
  await pictureAll(page, scene, (what) => `forced-${what}`);
  await page.leave();
});
