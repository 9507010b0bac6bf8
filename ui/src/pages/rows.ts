// Arithmetic of a list of which only a part is drawn, and only a part is known.

import type { BlockedPage, BlockedRow } from '../page';

/** Rows drawn beyond what can be seen, and rows asked for beyond what is drawn. */
const MARGIN = 8;
const STOCK = 80;

export type Range = { from: number; to: number };

/** The rows to draw. */
export function drawn(scroll: number, height: number, row: number, length: number): Range {
  const first = Math.floor(scroll / row);
  const seen = Math.ceil(height / row);
  return { from: Math.max(0, first - MARGIN), to: Math.min(length, first + seen + MARGIN) };
}

/** The rows to ask for: those that were asked for, while they hold what is drawn. */
export function wanted(drawn: Range, asked: Range): Range {
  if (drawn.from >= asked.from && drawn.to <= asked.to) return asked;
  return { from: Math.max(0, drawn.from - STOCK), to: drawn.to + STOCK };
}

export function rowAt(page: BlockedPage | null, index: number): BlockedRow | undefined {
  return page?.rows[index - page.from];
}

/** How far the row at an index went down, when another list took the place of one. */
export function moved(before: BlockedPage | null, after: BlockedPage, index: number): number {
  const row = rowAt(before, index);
  const place = row ? after.rows.findIndex(({ id }) => id === row.id) : -1;
  return place < 0 ? 0 : after.from + place - index;
}

/** Where a key leads from an index; none if it leads nowhere. */
export function step(key: string, index: number, screen: number, length: number): number | null {
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + screen,
    PageUp: index - screen,
    Home: 0,
    End: length - 1,
  }[key];
  return to === undefined ? null : Math.min(length - 1, Math.max(0, to));
}

/** How far to scroll so that a row is seen. */
export function toSee(index: number, row: number, scroll: number, height: number): number {
  return Math.max(Math.min(scroll, index * row), (index + 1) * row - height);
}
