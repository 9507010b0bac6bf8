// The orders of tests, one JSON answer each.

import { json } from 'node:stream/consumers';

import { named, regroup, remove } from './accounts.mjs';
import { count, revoke, tokens } from './store.mjs';

/** Obeys one order, or says why it cannot. */
export async function obey(provider, request, response) {
  const answer = (status, value) => {
    const text = JSON.stringify(value ?? null);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  };
  try {
    const [, subject, login] = request.url.split('/');
    const order = orders[`${request.method} ${subject}`];
    if (!order) return answer(404, 'no such order');
    if (login && !named(login)) return answer(400, `nobody is called ${login}`);
    const content = request.method === 'GET' ? null : await json(request);
    return answer(200, order({ provider, login, content }));
  } catch (error) {
    return answer(400, error.message);
  }
}

const orders = {
  'GET ready': () => true,
  'GET accounts': ({ login }) => {
    const { sub, groups } = named(login);
    return {
      subject: sub,
      groups: groups ?? null,
      refreshTokens: count('RefreshToken', sub),
      sessions: count('Session', sub),
    };
  },
  'GET tokens': ({ login }) => tokens('RefreshToken', named(login).sub),
  'PUT accounts': ({ login, content }) => regroup(login, content.groups),
  'DELETE accounts': ({ login }) => void remove(login),
  'DELETE grants': ({ login }) => revoke(named(login).sub),
  'PUT lifetimes': ({ provider, content }) => void Object.assign(provider.lifetimes, content),
  'PUT manner': ({ provider, content }) => provider.behaveLike(content.name),
  'POST keys': ({ provider, content }) => provider.rotateKeys(content.keepOld),
};
