// Where the window is, and the way back.

import type { Place, Tab } from './page';

type Visit = { place: Place; scroll: number };

class Places {
  now = $state.raw<Place | null>(null);
  /** How one came to where the window is. */
  came: 'opened' | 'went' | 'returned' = 'opened';
  /** How far the page was scrolled when it was left. */
  scroll = 0;
  #past: Visit[] = [];

  go(place: Place) {
    if (place.tab === this.now?.tab && place.id === this.now.id) return;
    this.came = this.now ? 'went' : 'opened';
    if (this.now) this.#past.push({ place: this.now, scroll: scrollY });
    this.scroll = 0;
    this.now = place;
  }

  tab(tab: Tab) {
    this.go({ tab, id: null });
  }

  /** To where one was before. */
  back(): void {
    const last = this.#past.pop();
    if (!last) return this.up();
    this.came = 'returned';
    this.scroll = last.scroll;
    this.now = last.place;
  }

  /** From a verdict to the list. */
  up(): void {
    if (!this.now?.id) return;
    const before = this.#past.at(-1)?.place;
    if (before?.tab === 'blocked' && !before.id) return this.back();
    this.came = 'returned';
    this.scroll = 0;
    this.now = { tab: 'blocked', id: null };
  }
}

export const places = new Places();
