// The window in a browser, with a scene behind it; notes whatever a window must not do.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from './server.js';
import { playService } from './service.js';

/** When the scenes play. */
export const NOW = new Date('2026-11-22T12:00:00Z');

export const TABS = ['status', 'blocked', 'policy', 'engines', 'images', 'settings', 'checks'];

const SCENES = new URL('../scenes/', import.meta.url);

export const sceneNames = readdirSync(SCENES).map((file) => file.replace('.json', ''));

export const readScene = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, SCENES), 'utf8'));

/** Entry of a scene by its question's kind. */
export const entryOf = (scene, kind) => scene.find(({ question }) => question.kind === kind);

/** The rows of the first list that can be opened. */
export const firstVerdict = (scene) => {
  const known = scene.filter(({ question, answer }) => question.kind === 'verdict' && answer).map(({ answer }) => answer.id);
  return entryOf(scene, 'blocked').answer?.rows.find(({ id }) => known.includes(id));
};

/** A browser for all tests of a file; returns a way to open windows in it. */
export function browser() {
  let server, chrome;
  before(async () => {
    server = await serve();
    chrome = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  after(async () => {
    await chrome?.close();
    server?.close();
  });

  return async function open(scene, options = {}) {
    const { width = 880, height = 600, prepare, ...rest } = options;
    const context = await chrome.newContext({
      viewport: { width, height },
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...rest,
    });
    const page = await context.newPage();
    page.complaints = watch(page, server.origin);
    page.leave = async () => {
      await page.context().close();
      assert.deepEqual(page.complaints, []);
    };
    await page.clock.setFixedTime(NOW);
    await page.addInitScript(playService, structuredClone(scene));
    if (prepare) await page.addInitScript(prepare);
    await page.goto(server.origin);
    return page;
  };
}

function watch(page, origin) {
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  return complaints;
}

/** Goes to a tab and waits until its heading and its answer are there. */
export async function goTo(page, tab) {
  await page.locator('nav button').nth(TABS.indexOf(tab)).click();
  await settled(page);
}

/** Nothing is awaited any longer, and what arrived is drawn. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('h1') && document.querySelector('header + main > :nth-child(3)'));
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Opens the first verdict of the list. */
export async function openFirst(page) {
  await goTo(page, 'blocked');
  await page.locator('[role=option]').first().click();
  await page.locator('[role=option]').first().waitFor({ state: 'detached' });
  await settled(page);
}

/** Waits for a text to be in the clipboard. */
export const copied = (page, text) =>
  page.evaluate(async (text) => {
    const now = () => navigator.clipboard.readText();
    for (const end = performance.now() + 10_000; (await now()) !== text; await new Promise(requestAnimationFrame)) {
      if (performance.now() > end) throw new Error(`the clipboard has ${await now()}`);
    }
  }, text);
