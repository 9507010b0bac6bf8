// What people see in the browser. Every page has a heading; what is typed or pressed has an id.

import { text } from 'node:stream/consumers';

import { authenticate } from './accounts.mjs';

const page = (title, content) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1>${content}</body>
</html>`;

const safe = (words) => String(words).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const signIn = (complaint) => page('Sign in to Acme', `
${complaint ? `<p id="complaint">${complaint}</p>` : ''}
<form method="post">
<p><label>User <input id="user" name="user" autofocus autocomplete="off"></label></p>
<p><label>Password <input id="password" name="password" type="password"></label></p>
<p><button id="sign-in">Sign in</button> <button id="cancel" name="cancel" value="yes">Cancel</button></p>
</form>`);

/** One step of a sign-in: the form, what was entered into it, or consent, which nobody is asked for. */
export async function interact(provider, request, response) {
  try {
    const details = await provider.interactionDetails(request, response);
    const finish = (result) =>
      provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    if (details.prompt.name === 'consent') return await finish(await consent(provider, details));
    if (request.method !== 'POST') return show(response, 200, signIn());
    const form = new URLSearchParams(await text(request));
    if (form.has('cancel')) return await finish({ error: 'access_denied', error_description: 'the person refused' });
    const accountId = authenticate(form.get('user'), form.get('password'));
    if (!accountId) return show(response, 401, signIn('Wrong user or password.'));
    return await finish({ login: { accountId } });
  } catch (error) {
    return show(response, 400, page('This sign-in is over', `<p>${safe(error.message)}</p>`));
  }
}

async function consent(provider, { params, session, grantId }) {
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return { consent: { grantId: await grant.save() } };
}

function show(response, status, html) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
}

export function enterCode(context, form, _out, error) {
  const complaint = error ? '<p id="complaint">That code is not known here.</p>' : '';
  const button = '<button id="continue" form="op.deviceInputForm">Continue</button>';
  context.body = page('Connect a device', `${complaint}${form}${button}`);
}

export function confirmDevice(context, form, client, _device, code) {
  const question = `<p>Does <b>${safe(client.clientName)}</b> show <code id="code">${safe(code)}</code>?</p>`;
  const button = '<button id="continue" form="op.deviceConfirmForm">Continue</button>';
  context.body = page('Connect this device', `${question}${form}${button}`);
}

export function finished(context) {
  context.body = page('Device connected', '<p>Go back to your terminal.</p>');
}

export function signOut(context, form) {
  const button = '<button id="sign-out" form="op.logoutForm" name="logout" value="yes">Sign out</button>';
  context.body = page('Sign out of Acme', `${form}${button}`);
}

export function signedOut(context) {
  context.body = page('Signed out', '');
}

export function explain(context, out) {
  context.type = 'html';
  const lines = Object.entries(out).map(([name, value]) => `<dt>${safe(name)}</dt><dd>${safe(value)}</dd>`);
  context.body = page('Something went wrong', `<dl id="error">${lines.join('')}</dl>`);
}
