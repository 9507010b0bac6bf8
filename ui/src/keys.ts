// What keys do on every page. What they do in one page alone is said there.

import { places } from './places.svelte';
import * as words from './words';
import type { Tab } from './page';

const tabs = Object.keys(words.tabs) as Tab[];

/** Whether a letter is meant for a text that is being written. */
export function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
}

/** Whether a key is pressed alone. */
export function isPlain(event: KeyboardEvent): boolean {
  return !(event.ctrlKey || event.metaKey || event.altKey);
}

/** Puts the focus where one can search: on this page, else among what was blocked. */
export function search() {
  const box = document.querySelector<HTMLInputElement>('main input');
  if (box) {
    box.focus();
    box.select();
  } else if (places.now?.tab !== 'blocked' || places.now.id) places.searchIn('blocked');
}

/** What a key does, whatever the page; none where it does nothing. */
export function deed(event: KeyboardEvent, help: () => void): (() => void) | null {
  const { key } = event;
  if (event.altKey) return { ArrowLeft: () => places.back(), ArrowRight: () => places.forward() }[key] ?? null;
  if (event.ctrlKey || event.metaKey) {
    const tab = tabs[Number(key) - 1];
    return key.toLowerCase() === 'f' ? search : tab ? () => places.tab(tab) : null;
  }
  if (key === 'Escape') return () => leave(event.target);
  if (isTyping(event)) return null;
  return { '/': search, '?': help }[key] ?? null;
}

/** Empties the search first, where one is being written. */
function leave(target: EventTarget | null) {
  if (target instanceof HTMLInputElement && target.type === 'search' && target.value) {
    target.value = '';
    target.dispatchEvent(new Event('input'));
  } else places.back();
}
