// How the provider can behave: as an ordinary one, or as one of those that organizations have. What a manner plays is
// what that provider's documentation says; `src-tauri/docs/sign-in.md` names the pages.
//
// A manner has an issuer, clients with the redirects they registered and how these are compared, the scopes it lists
// and what becomes of others, the claims of a person, and when it gives a refresh token.

import { createHash } from 'node:crypto';

const HOST = 'https://login.acme.example';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const GRANTS = ['authorization_code', 'refresh_token', DEVICE];

/** A native, public client that came to be known with these addresses. */
const native = (...redirects) => ({
  client_id: 'pullgate',
  client_name: 'Pullgate',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: GRANTS,
  response_types: ['code'],
  redirect_uris: redirects,
});

const port = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d+(?=\/)/;
const host = (address) => URL.canParse(address) && new URL(address).hostname;

/** How a redirect is compared with those that were registered. */
const compare = {
  /** Any port of a loopback address, as RFC 8252 has it. */
  loopback: (asked, registered) => registered.includes(asked.replace(port, '$1')),
  /** Any port of `localhost`; everything else to the letter. */
  localhost: (asked, registered) =>
    registered.includes(asked) || (host(asked) === 'localhost' && registered.includes(asked.replace(port, '$1'))),
  letters: (asked, registered) => registered.includes(asked),
  /** No registration at all, for loopback addresses. */
  desktop: (asked) => asked.startsWith('http:') && ['127.0.0.1', '[::1]', 'localhost'].includes(host(asked)),
};

const asks = (scope) => ({ scopes }) => scopes.includes(scope);
const always = () => true;
const group = ({ groups }) => groups?.includes('engineering');
const named = (login, { name }) => ({ name, preferred_username: login, email: `${login}@acme.example`, email_verified: true });
const PROFILE = { profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] };

export const manners = {
  acme: {
    issuer: HOST,
    clients: [native('http://127.0.0.1/callback', 'http://[::1]/callback')],
    redirects: compare.loopback,
    scopes: ['openid', 'offline_access', 'groups', 'profile', 'email'],
    claims: { openid: ['sub'], groups: ['groups'], ...PROFILE },
    person: (login, person) => ({ ...named(login, person), ...(person.groups && { groups: person.groups }) }),
    refresh: always,
    rotates: true,
  },

  entra: {
    issuer: `${HOST}/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0`,
    clients: [native('http://localhost/callback')],
    redirects: compare.localhost,
    mismatch: (asked) =>
      `AADSTS50011: The redirect URI '${asked}' specified in the request does not match the redirect URIs configured for the application 'pullgate'.`,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: { openid: ['sub', 'tid', 'oid', 'roles', 'groups'], ...PROFILE },
    person: (login, person) => ({
      ...named(`${login}@acme.example`, person),
      email: `${login}@acme.example`,
      tid: '9122040d-6c67-4c5b-b112-36a304b66dad',
      oid: person.sub,
      // Whoever has no role has no such claim, and of too many groups only a pointer is left.
      ...(group(person) && { roles: ['developer'] }),
      ...(person.groups && !group(person) && { roles: ['reader'] }),
      ...(person.groups?.length > 200
        ? { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.microsoft.com/v1.0/me/getMemberObjects' } } }
        : person.groups && { groups: person.groups }),
    }),
    // Another one for each application, in 43 letters.
    subject: (sub) => createHash('sha256').update(`${sub} pullgate`).digest('base64url'),
    // The userinfo endpoint lies at another service, which does not take this token.
    userinfo: () => [403, { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' } }],
    refresh: asks('offline_access'),
  },

  okta: {
    issuer: `${HOST}/oauth2/default`,
    clients: [native('http://127.0.0.1:53682/callback', 'http://127.0.0.1:53683/callback')],
    redirects: compare.letters,
    mismatch: () => "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
    scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'groups'],
    unknownScope: () => 'One or more scopes are not configured for the authorization server resource.',
    claims: { openid: ['sub'], groups: ['groups'], ...PROFILE },
    person: (login, person) => ({
      ...named(`${login}@acme.example`, person),
      email: `${login}@acme.example`,
      ...(person.groups && { groups: person.groups }),
    }),
    refresh: asks('offline_access'),
    rotates: true,
  },

  google: {
    issuer: HOST,
    clients: [
      { ...native('http://127.0.0.1/callback'), token_endpoint_auth_method: 'client_secret_post', client_secret: 'GOCSPX-desktop', grant_types: ['authorization_code', 'refresh_token'] },
      { ...native(), client_id: 'pullgate-tv', client_name: 'Pullgate (codes)', token_endpoint_auth_method: 'client_secret_post', client_secret: 'GOCSPX-tv', grant_types: ['refresh_token', DEVICE], response_types: [] },
    ],
    redirects: compare.desktop,
    scopes: ['openid', 'email', 'profile'],
    // Its own page says so, and the browser never comes back.
    unknownScope: (unknown, known) =>
      `Some requested scopes were invalid. {valid=[${known.join(', ')}], invalid=[${unknown.join(', ')}]}`,
    keepsRefusals: true,
    claims: { openid: ['sub', 'hd'], profile: ['name'], email: ['email', 'email_verified'] },
    person: (login, person) => ({
      name: person.name,
      email: `${login}@${person.groups ? 'acme.example' : 'gmail.example'}`,
      email_verified: true,
      // A private account has no such claim at all.
      ...(group(person) && { hd: 'acme.example' }),
      ...(person.groups && !group(person) && { hd: 'other.example' }),
    }),
    secret: { missing: 'client_secret is missing.', invalid: 'The provided client secret is invalid.' },
    devices: ['pullgate-tv'],
    deviceRefusal: "Only clients of type 'TVs and Limited Input devices' can use the OAuth 2.0 flow for TV and Limited-Input Device Applications. Please create and use an appropriate client.",
    // Of one consent there is one refresh token.
    refresh: ({ parameters, isFirst, isDevice }) =>
      isDevice || (parameters.get('access_type') === 'offline' && (isFirst || parameters.get('prompt') === 'consent')),
    answers: {
      '/device/auth': (body) => {
        const { verification_uri, verification_uri_complete, ...rest } = body;
        return verification_uri ? [200, { ...rest, verification_url: verification_uri }] : undefined;
      },
      '/token': (body) => (body.error === 'authorization_pending' ? [428, body] : undefined),
    },
  },

  keycloak: {
    issuer: `${HOST}/realms/acme`,
    clients: [native('http://localhost/callback')],
    redirects: compare.localhost,
    mismatch: () => 'Invalid parameter: redirect_uri',
    scopes: ['openid', 'profile', 'email', 'offline_access', 'roles', 'organization'],
    unknownScope: (_unknown, _known, scope) => `Invalid scopes: ${scope}`,
    claims: { openid: ['sub', 'realm_access', 'groups'], organization: ['organization'], ...PROFILE },
    person: (login, person) => ({
      ...named(login, person),
      realm_access: { roles: [...(group(person) ? ['developer'] : []), 'default-roles-acme'] },
      groups: (person.groups ?? []).map((name) => `/${name}`),
      ...(person.groups && { organization: { [group(person) ? 'acme' : 'other']: {} } }),
    }),
    refresh: always,
  },

  auth0: {
    issuer: `${HOST}/`,
    clients: [native('http://127.0.0.1:53682/callback', 'http://127.0.0.1:53683/callback')],
    redirects: compare.letters,
    mismatch: (asked) => `Callback URL mismatch. ${asked} is not in the list of allowed callback URLs`,
    scopes: ['openid', 'profile', 'offline_access', 'name', 'nickname', 'email'],
    audiences: ['https://pullgate.acme.example'],
    claims: { openid: ['sub', 'https://acme.example/groups'], profile: ['name', 'nickname'], email: ['email', 'email_verified'] },
    person: (login, person) => ({
      name: person.name,
      nickname: login,
      email: `${login}@acme.example`,
      email_verified: true,
      ...(person.groups && { 'https://acme.example/groups': person.groups }),
    }),
    refresh: asks('offline_access'),
    rotates: true,
    answers: {
      '/token': (body) => (['authorization_pending', 'invalid_grant'].includes(body.error) ? [403, body] : undefined),
    },
  },

  ping: {
    issuer: `${HOST}/b5c1b0a4-6d1b-4a0e-9df0-1f0f64a4d8a2/as`,
    clients: [native('http://127.0.0.1/callback')],
    redirects: compare.loopback,
    mismatch: () => 'Redirect URI mismatch',
    scopes: ['openid', 'profile', 'email', 'address', 'phone'],
    claims: { openid: ['sub', 'memberOfGroupNames'], ...PROFILE },
    person: (login, person) => ({ ...named(login, person), ...(person.groups && { memberOfGroupNames: person.groups }) }),
    refresh: always,
  },

  authentik: {
    issuer: `${HOST}/application/o/pullgate/`,
    clients: [native('http://127.0.0.1:53682/callback', 'http://127.0.0.1:53683/callback')],
    redirects: compare.letters,
    mismatch: () => 'The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).',
    scopes: ['openid', 'email', 'profile', 'offline_access'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'nickname', 'groups'] },
    person: (login, person) => ({ ...named(login, person), nickname: login, groups: person.groups ?? [] }),
    subject: (sub) => createHash('sha256').update(sub).digest('hex'),
    refresh: asks('offline_access'),
    rotates: true,
  },
};
