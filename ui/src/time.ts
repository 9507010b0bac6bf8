// Times as people say them, in the person's own locale.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const ofDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export const locale = relative.resolvedOptions().locale;

/** Relative within a day, else a date. */
export function said(at: string, now: number): string {
  const then = Date.parse(at);
  const away = then - now;
  if (Number.isNaN(then)) return at;
  if (Math.abs(away) < MINUTE) return relative.format(0, 'second');
  if (Math.abs(away) < HOUR) return relative.format(Math.trunc(away / MINUTE), 'minute');
  if (Math.abs(away) < DAY) return relative.format(Math.trunc(away / HOUR), 'hour');
  if (day.format(then) === day.format(now - DAY)) return relative.format(-1, 'day');
  return away > 0 ? dayAndTime.format(then) : day.format(then);
}

/** To the second, for who points at it. */
export function exact(at: string): string {
  const then = Date.parse(at);
  return Number.isNaN(then) ? at : whole.format(then);
}

export function timeOfDay(at: Date): string {
  return ofDay.format(at);
}
