// The people of the invented organization. Whoever has no groups at all gets no such claim.

const people = new Map([
  ['ada', { sub: '00u1001', password: 'ada-secret', name: 'Ada Acme', groups: ['engineering', 'qa'] }],
  ['bob', { sub: '00u1002', password: 'bob-secret', name: 'Bob Acme', groups: ['sales'] }],
  ['eve', { sub: '00u1003', password: 'eve-secret', name: 'Eve Acme', groups: undefined }],
]);

/** The person of this login name. */
export const named = (login) => people.get(login);

/** The subject of whoever has this name and password. */
export function authenticate(login, password) {
  const person = people.get(login);
  return person?.password === password ? person.sub : undefined;
}

/** Replaces the groups of a person; `null` takes the whole claim away. */
export function regroup(login, groups) {
  people.get(login).groups = groups ?? undefined;
}

/** Makes the provider forget a person. */
export const remove = (login) => people.delete(login);

/** What the provider's protocol side knows of a subject, told in a manner. */
export const find = (manner) => (_context, sub) => {
  const found = [...people].find(([, person]) => person.sub === sub);
  if (!found) return undefined;
  const claims = { sub: manner.subject?.(sub) ?? sub, ...manner.person(...found) };
  return { accountId: sub, claims: () => claims };
};
