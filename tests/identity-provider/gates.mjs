// What a manner does at the provider's edge, before and after the protocol's own work.

import querystring from 'node:querystring';

import { explain } from './pages.mjs';

const AUTHORIZATION = '/auth';
const TOKEN = '/token';
const DEVICE = '/device/auth';
const USERINFO = '/me';

// What a sign-in asked for beside what the protocol remembers, by its challenge.
const asked = new Map();

/** Decides whether a grant comes with a refresh token. */
export function mayRefresh(manner, code) {
  const isDevice = code.kind === 'DeviceCode';
  const parameters = isDevice ? new URLSearchParams(code.params) : (asked.get(code.codeChallenge) ?? new URLSearchParams());
  const scopes = (parameters.get('scope') ?? '').split(' ');
  const person = `${manner.issuer} ${code.accountId}`;
  const isFirst = !asked.has(person);
  asked.set(person, true);
  return manner.refresh({ parameters, scopes, isDevice, isFirst });
}

/** The middleware of a manner. */
export const gate = (manner) => async (context, next) => {
  const form = await fields(context);
  const refusal = refuse(manner, context, form);
  if (refusal) return refusal(context);
  if (context.path === AUTHORIZATION) asked.set(form.get('code_challenge'), form);
  await next();
  const change = manner.answers?.[context.path]?.(context.body ?? {});
  if (change) [context.status, context.body] = change;
};

async function fields(context) {
  if (context.method !== 'POST' || ![TOKEN, DEVICE].includes(context.path)) return new URLSearchParams(context.querystring);
  const chunks = [];
  for await (const chunk of context.req) chunks.push(chunk);
  context.req.body = querystring.parse(Buffer.concat(chunks).toString());
  return new URLSearchParams(context.req.body);
}

function refuse(manner, context, form) {
  const client = manner.clients.find(({ client_id }) => client_id === form.get('client_id'));
  if (context.path === USERINFO && manner.userinfo) return answer(...manner.userinfo());
  if (context.path === TOKEN && manner.secret) return refuseSecret(manner, client, form);
  if (![AUTHORIZATION, DEVICE].includes(context.path) || !client) return undefined;
  if (context.path === AUTHORIZATION && !manner.redirects(form.get('redirect_uri') ?? '', client.redirect_uris)) {
    // What is shown in the browser is all that anybody is told.
    return page('invalid_request', manner.mismatch?.(form.get('redirect_uri')) ?? 'redirect_uri is not registered');
  }
  if (context.path === DEVICE && manner.devices && !manner.devices.includes(client.client_id)) {
    return answer(401, { error: 'invalid_client', error_description: manner.deviceRefusal });
  }
  const scope = form.get('scope') ?? '';
  const unknown = scope.split(' ').filter((word) => !manner.scopes.includes(word));
  if (unknown.length && manner.unknownScope) {
    const known = manner.scopes.filter((word) => scope.split(' ').includes(word));
    return said(manner, context, form, 'invalid_scope', manner.unknownScope(unknown, known, scope));
  }
  const audience = form.get('audience');
  if (manner.audiences && audience && !manner.audiences.includes(audience)) {
    return said(manner, context, form, 'access_denied', `Service not found: ${audience}`);
  }
  return undefined;
}

function refuseSecret(manner, client, form) {
  if (!form.has('client_secret')) return answer(400, { error: 'invalid_request', error_description: manner.secret.missing });
  if (client && client.client_secret !== form.get('client_secret')) {
    return answer(401, { error: 'invalid_client', error_description: manner.secret.invalid });
  }
  return undefined;
}

/** A refusal by the way the asker can hear it: as an answer, by the browser that is sent back, or on a page. */
function said(manner, context, form, error, description) {
  if (context.path === DEVICE) return answer(400, { error, error_description: description });
  if (manner.keepsRefusals) return page(error, description);
  return (context) => {
    const back = new URL(form.get('redirect_uri'));
    const fields = { error, error_description: description, state: form.get('state'), iss: manner.issuer };
    for (const [name, value] of Object.entries(fields)) back.searchParams.set(name, value);
    context.redirect(back.href);
  };
}

const answer = (status, body) => (context) => Object.assign(context, { status, body });

const page = (error, description) => (context) => {
  context.status = 400;
  explain(context, { error, error_description: description });
};
