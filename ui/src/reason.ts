// The kind of reason that a cause in a list stands for.

export type Reason = 'class' | 'registry' | 'version' | 'name' | 'push' | 'person' | 'policy' | 'exception';

/** Words that the service uses for causes; the first that fits counts. */
const words: [RegExp, Reason][] = [
  [/^push|push not|push rule/, 'push'],
  [/sign-in/, 'person'],
  [/deny|by name/, 'name'],
  [/\bpin\b|version|digest|\btags?\b/, 'version'],
  [/allow rule|exception|exempt|only for|pause/, 'exception'],
  [/policy/, 'policy'],
  [/registry|^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?( is blocked)?$/, 'registry'],
];

/** What kind of reason a cause is; what kind of image it is where nothing else is said. */
export function reasonOf(cause: string): Reason {
  return words.find(([pattern]) => pattern.test(cause.toLowerCase()))?.[1] ?? 'class';
}
