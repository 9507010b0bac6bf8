// Every word that the window itself says, in one place. What the service says arrives in its own words.

import type { Outcome, Question, Routed, Tab, Tone } from './page';

const number = new Intl.NumberFormat(undefined, { numberingSystem: 'latn' });
const plural = new Intl.PluralRules('en');

function counted(count: number, one: string, other: string): string {
  return `${number.format(count)} ${plural.select(count) === 'one' ? one : other}`;
}

export const product = 'Pullgate';

export const tabs: Record<Tab, string> = {
  status: 'Status', blocked: 'Blocked', policy: 'Policy', engines: 'Engines', images: 'Images', settings: 'Settings',
};

export const outcomes: Record<Outcome, string> = {
  allowed: 'allowed', recorded: 'recorded', blocked: 'blocked', unknown: 'unknown',
};

export const routes: Record<Routed, string> = {
  yes: 'routed', partly: 'partly routed', no: 'not routed', unproved: 'not proved', stopped: 'not running',
};

export const tones: Record<Tone, string> = { notice: 'Notice', attention: 'Attention', critical: 'Critical' };

export const waitingFor: Record<Question['kind'], string> = {
  frame: 'the service',
  status: 'the service',
  blocked: 'the record of what was blocked',
  verdict: 'the verdict',
  policy: 'the policy',
  explain: 'the verdict',
  engines: 'the engines of this machine',
  images: 'the engines to list their images',
  settings: 'the settings',
  signIn: 'your browser to open',
  signOut: 'the session to end',
  requestAccess: 'your browser to open',
  browse: 'your browser to open',
};

export const waiting = (what: string, since: string) => `Waiting for ${what} since ${since}`;
export const withoutService = 'This page fills as soon as the service answers.';
export const pages = 'Pages';
export const blockedToday = (count: number) => `${number.format(count)} within a day`;
export const badge = (count: number) => number.format(count);
export const signIn = 'Sign in…';
export const signOut = 'Sign out';
export const signOutAsks = 'Sign out…';
export const signOutMeans = 'Images that need your sign-in are blocked until you sign in again.';
export const cancel = 'Cancel';
export const inBrowser = 'It opens in your browser';
export const continueInBrowser = 'Continue in the browser';

export const keys = 'Keys';
export const close = 'Close';
export const keyList: [string[], string][] = [
  [['Ctrl+F', '/'], 'Search'],
  [['Ctrl+1 … 6'], 'Go to a page'],
  [['Alt+←', 'Alt+→'], 'Back, forward'],
  [['Esc'], 'Back to where you came from'],
  [['J', 'K'], 'Next, previous image in the list'],
  [['Enter'], 'Why it was blocked'],
  [['C'], 'Copy the name of the image, or the details'],
  [['?'], 'These keys'],
];

export const copied = 'Copied';
export const notCopied = 'It could not be copied';
export const copyOf = (what: string) => `Copy ${what}`;
export const copyText = 'Copy as text';
export const copyJson = 'Copy as JSON';

export const quiet = 'Nothing needs your attention.';
export const details = 'Details';
export const showStatus = 'Show the status';
export const showEngines = 'Show the engines';
export const clearSearch = 'Clear the search';
export const needsEyes = 'What needs your eyes';
export const whatItRestsOn = 'What it rests on';

export const search = 'Search what was blocked';
export const searchHint = 'Image, reason, engine or id';
export const matching = (matching: number, total: number) =>
  matching === total ? counted(total, 'image', 'images') : `${number.format(matching)} of ${counted(total, 'image', 'images')}`;
export const nothingBlocked = 'Nothing has been blocked. When it is, the reason appears here.';
export const noMatch = 'Nothing that was blocked matches these words.';
export const times = (count: number) => counted(count, 'time', 'times');
export const timesSign = (count: number) => `×${number.format(count)}`;
export const first = 'first';

export const backToBlocked = 'Back to what was blocked';
export const pushOf = (image: string) => `push to ${image}`;
export const whatYouCanDo = 'What you can do';
export const useInstead = 'Use instead';
export const nextStep = 'Next step';
export const message = 'Message';
export const access = 'Access';
export const requestAccess = 'Request access';
export const requestOpens = 'A form opens in your browser.';
export const requested = 'You asked for access';
export const foundAllowed = 'found allowed';
export const help = 'Help';
export const verdictId = 'Id';

export const tryImage = 'Try an image';
export const tryHint = 'Type a name, such as `nginx:1.27`. No registry is contacted.';
export const exceptionEnds = 'ends';
export const warnings = 'What its author should know';
export const policyInForce = 'The policy in force';

export const checkAgain = 'Check again';
export const proved = 'Proved';
export const neverProved = 'not yet';
export const repaired = 'Repaired';
export const whatWasSeen = 'What was seen';
export const ofEngine = (engine: string) => `of ${engine}`;
export const noEngine = 'No engine was found on this machine. When one is installed, it appears here.';

export const today = 'Today';
export const image = 'Image';
export const where = 'Where';
export const noName = '(no name)';
export const built = 'built';
export const inUseBy = 'in use by';
export const why = 'Why?';
export const whyOf = (image: string) => `Why? Try ${image} on the page of the policy`;
export const unlisted = 'Not listed';

export const setting = 'Setting';
export const value = 'Value';
export const decidedBy = 'Decided by';
export const locked = 'Locked';
export const versions = 'This installation';
