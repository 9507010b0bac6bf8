// Where the window is, the way back, and the way forward again.

import type { Place, Tab } from './page';

/** A control of a page, by its place among them and its name. */
type Stop = { index: number; name: string };
type Visit = { place: Place; scroll: number; stop: Stop | null };

const STOPS = 'main :is(button, input, select, summary)';

function nameOf(control: Element): string {
  return control.getAttribute('aria-label') ?? control.textContent ?? '';
}

function controls(): Element[] {
  return [...document.querySelectorAll(STOPS)];
}

function focused(): Stop | null {
  const index = controls().findIndex((one) => one === document.activeElement);
  return index < 0 ? null : { index, name: nameOf(document.activeElement!) };
}

class Places {
  now = $state.raw<Place | null>(null);
  /** How one came to where the window is. */
  came: 'opened' | 'went' | 'returned' = 'opened';
  /** How far the page was scrolled when it was left. */
  scroll = 0;
  /** Whether the search of the page that is coming wants the focus. */
  isSearching = false;
  #stop: Stop | null = null;
  #past: Visit[] = [];
  #future: Visit[] = [];

  go(place: Place) {
    if (place.tab === this.now?.tab && place.id === this.now.id) return;
    if (this.now) this.#past.push(this.#visit(this.now));
    this.#future = [];
    this.#arrive(this.now ? 'went' : 'opened', { place, scroll: 0, stop: null });
  }

  tab(tab: Tab) {
    this.go({ tab, id: null });
  }

  /** To a page, and to its search. */
  searchIn(tab: Tab) {
    this.isSearching = true;
    this.tab(tab);
  }

  /** To where one was before; from a verdict that was opened first, to the list. */
  back(): void {
    const last = this.#past.pop();
    if (!last) return this.up();
    if (this.now) this.#future.push(this.#visit(this.now));
    this.#arrive('returned', last);
  }

  /** To where one came back from. */
  forward() {
    const next = this.#future.pop();
    if (!next) return;
    if (this.now) this.#past.push(this.#visit(this.now));
    this.#arrive('returned', next);
  }

  /** From a verdict to the list. */
  up(): void {
    if (!this.now?.id) return;
    const before = this.#past.at(-1)?.place;
    if (before?.tab === 'blocked' && !before.id) return this.back();
    this.#arrive('returned', { place: { tab: 'blocked', id: null }, scroll: 0, stop: null });
  }

  /** The control that had the focus when the page was left, while it is still the same one. */
  stop(): HTMLElement | null {
    const control = this.#stop && controls()[this.#stop.index];
    return control instanceof HTMLElement && nameOf(control) === this.#stop?.name ? control : null;
  }

  #visit(place: Place): Visit {
    return { place, scroll: scrollY, stop: focused() };
  }

  #arrive(came: Places['came'], { place, scroll, stop }: Visit) {
    this.came = came;
    this.scroll = scroll;
    this.#stop = stop;
    this.now = place;
  }
}

export const places = new Places();
