// Times as people say them: in English, as the rest of the window, on the reader's clock and in the reader's order.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const reader = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'numeric', day: 'numeric' });
const order = reader.formatToParts(0).map(({ type }) => type);
const isMonthFirst = order.indexOf('month') < order.indexOf('day');
const { hour12 } = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions();

const cycle = hour12 ? 'h12' : 'h23';
const calendar = new Intl.DateTimeFormat('en-US', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-US', { hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit', hourCycle: cycle });
const second = new Intl.DateTimeFormat('en-US', {
  hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit', second: '2-digit', hourCycle: cycle,
});
const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });

/** A date without its year where it is this one: `Sat 28 Nov`, `Sat 28 Nov 2025`, or `Sat Nov 28` where that is usual. */
function date(then: number, now: number | null, hasWeekday = true): string {
  const part = Object.fromEntries(calendar.formatToParts(then).map(({ type, value }) => [type, value]));
  const isThisYear = now !== null && new Date(then).getFullYear() === new Date(now).getFullYear();
  const ofMonth = isMonthFirst ? `${part['month']} ${part['day']}` : `${part['day']} ${part['month']}`;
  const year = isThisYear ? '' : isMonthFirst ? `, ${part['year']}` : ` ${part['year']}`;
  return `${hasWeekday ? `${part['weekday']} ` : ''}${ofMonth}${year}`;
}

/** How many midnights lie between two moments. */
function midnights(from: number, to: number): number {
  const start = (at: number) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((start(to) - start(from)) / DAY);
}

/** Relative within a day, else a date; with its time where it is still to come. */
export function said(at: string, now: number): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return at;
  const away = Math.abs(then - now);
  const isComing = then > now;
  if (away < MINUTE) return 'now';
  if (away < DAY) {
    const span = away < HOUR ? `${Math.trunc(away / MINUTE)} min` : `${Math.trunc(away / HOUR)} h`;
    return isComing ? `in ${span}` : `${span} ago`;
  }
  const day = dayOf(then, now);
  return isComing ? `${day}, ${clock.format(then)}` : day;
}

function dayOf(then: number, now: number): string {
  const ago = midnights(then, now);
  return { '0': 'today', '1': 'yesterday', '-1': 'tomorrow' }[String(ago)] ?? date(then, now);
}

/** The day of the week of a moment. */
export function weekday(at: string): string {
  return calendar.formatToParts(Date.parse(at)).find(({ type }) => type === 'weekday')?.value ?? '';
}

/** The day of a moment, as the heading of what happened then. */
export function day(at: string, now: number): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return at;
  const name = dayOf(then, now);
  return name[0]?.toUpperCase() + name.slice(1);
}

export function isToday(at: string, now: number): boolean {
  return midnights(Date.parse(at), now) === 0;
}

/** A moment below the heading of its day: how long ago it was today, else when. */
export function withinDay(at: string, now: number): string {
  const then = Date.parse(at);
  return Number.isNaN(then) || midnights(then, now) === 0 ? said(at, now) : clock.format(then);
}

/** A moment as a date without its weekday, however near. */
export function onDay(at: string, now: number): string {
  const then = Date.parse(at);
  return Number.isNaN(then) ? at : date(then, now, false);
}

/** To the second, with its zone. */
export function exact(at: string): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return at;
  const where = zone.formatToParts(then).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${date(then, null)}, ${second.format(then)} ${where}`;
}

export function timeOfDay(at: Date): string {
  return second.format(at);
}
