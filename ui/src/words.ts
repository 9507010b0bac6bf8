// Every word that the window itself says, in one place. What the service says arrives in its own words.

import type { LadderState, Outcome, Question, Routed, Tab, Tone } from './page';

const number = new Intl.NumberFormat(undefined, { numberingSystem: 'latn' });
const plural = new Intl.PluralRules('en');

function counted(count: number, one: string, other: string): string {
  return `${number.format(count)} ${plural.select(count) === 'one' ? one : other}`;
}

export const product = 'Pullgate';

export const tabs: Record<Tab, string> = {
  status: 'Status', blocked: 'Blocked', policy: 'Policy', engines: 'Engines', images: 'Images', settings: 'Settings', checks: 'Checks',
};

export const outcomes: Record<Outcome, string> = {
  allowed: 'allowed', recorded: 'recorded', blocked: 'blocked', unknown: 'unknown',
};

export const routes: Record<Routed, string> = {
  yes: 'checked', partly: 'partly checked', no: 'not checked', unproved: 'not tested', stopped: 'not running',
};

/** The picture of an engine's way, for those who do not see it. */
export const paths: Record<Routed, (engine: string) => string> = {
  yes: (engine) => `Every pull of ${engine} is checked on its way to the registries.`,
  partly: (engine) => `Pulls of ${engine} are checked, and some go to the registries without.`,
  no: (engine) => `Pulls of ${engine} go to the registries without being checked.`,
  unproved: (engine) => `Pulls of ${engine} should be checked on their way to the registries; that could not be tested.`,
  stopped: (engine) => `${engine} does not run, so it pulls nothing.`,
};

export const ladderStates: Record<LadderState, string> = {
  passed: 'nothing against it', silent: 'nothing for it', allowed: 'let it pass', recorded: 'recorded it',
  stopped: 'stopped it', notAsked: 'not asked',
};

export const tones: Record<Tone, string> = { notice: 'Notice', attention: 'Attention', critical: 'Critical' };

export const waitingFor: Record<Question['kind'], string> = {
  frame: 'the service',
  status: 'the service',
  activity: 'the record of the last days',
  blocked: 'the record of what was blocked',
  looked: 'the record of what was blocked',
  verdict: 'the verdict',
  policy: 'the policy',
  explain: 'the verdict',
  engines: 'the engines of this machine',
  images: 'the engines to list their images',
  settings: 'the settings',
  checks: 'the checks of this installation',
  signIn: 'your browser to open',
  signOut: 'the session to end',
  requestAccess: 'your browser to open',
  browse: 'your browser to open',
};

export const waiting = (what: string, since: string) => `Waiting for ${what} since ${since}`;
export const withoutService = 'This page fills as soon as the service answers.';
export const pages = 'Pages';
export const blockedNew = (count: number) => `${number.format(count)} new`;
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
  [['Ctrl+1 … 7'], 'Go to a page'],
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

export const lastDays = 'Last 7 days';
export const lastBlocked = 'Last blocked';
export const newForYou = 'New for you';
export const dayOf = 'Day';
export const checked = 'checked';
export const checkedAndBlocked = (checked: number, blocked: number) =>
  `${number.format(checked)} checked, ${number.format(blocked)} blocked`;
export const ofReason = (name: string, count: number) => `${name} ${number.format(count)}`;
export const byReason = (said: string[]) => `Blocked by reason: ${said.join(', ')}`;
export const showReason = (name: string, count: number) => `${ofReason(name, count)}: show them`;

export const quiet = 'Nothing needs your attention.';
export const details = 'Details';
export const showStatus = 'Show the status';
export const showEngines = 'Show the engines';
export const clearSearch = 'Show all';
export const needsEyes = 'What needs your eyes';
export const whatItRestsOn = 'What it rests on';

export const search = 'Search what was blocked';
export const searchHint = 'Image, reason, engine or id';
export const matching = (matching: number, total: number) =>
  matching === total ? counted(total, 'image', 'images') : `${number.format(matching)} of ${counted(total, 'image', 'images')}`;
export const blockedLately = (total: number, week: number, today: number) => {
  const lately = `${number.format(week)} in the last 7 days · ${number.format(today)} today`;
  return total > week ? `${counted(total, 'image', 'images')} · ${lately}` : lately;
};
export const filter = 'Filter';
export const sevenDays = '7 days';
export const reason = 'Reason';
export const anyReason = 'Any reason';
export const engine = 'Engine';
export const anyEngine = 'Any engine';
export const nothingBlocked = 'Nothing has been blocked. When it is, the reason appears here.';
export const noMatch = 'Nothing that was blocked matches.';
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
export const howDecided = 'How it was decided';

export const tryImage = 'Try an image';
export const tryHint = 'Type a name, such as `nginx:1.27`. No registry is contacted.';
export const left = (milliseconds: number) => {
  const minutes = Math.max(1, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min left`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${counted(hours, 'hour', 'hours')} left` : `${counted(Math.floor(hours / 24), 'day', 'days')} left`;
};
export const ended = 'ended';
export const endedOnes = (count: number) => `${counted(count, 'exception', 'exceptions')} ended`;
export const warnings = 'What its author should know';
export const policyInForce = 'The policy in force';

export const checkAgain = 'Check again';
export const registries = 'registries';
export const tested = 'Tested';
export const testedHow = 'a pull that must be blocked was blocked';
export const neverTested = 'Not tested yet';
export const repaired = 'repaired';
export const whatWasTested = 'What was tested';
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
export const checksFound = (all: number, wrong: number) =>
  wrong === 0 ? `${counted(all, 'thing was', 'things were')} checked, and all is in order.`
    : `${counted(all, 'thing was', 'things were')} checked; ${wrong === 1 ? '1 needs' : `${number.format(wrong)} need`} a look.`;
export const about = 'About';
export const setBy = (organization: string) => `Set by ${organization}`;
export const copyDiagnostics = 'Copy diagnostics';
export const everySetting = 'Every setting by its key';
