// How the provider behaves: its clients, its scopes, its keys, how long its tokens live, and whose manner it has.

import { generateKeyPairSync, randomUUID } from 'node:crypto';

import Oidc from 'oidc-provider';

import { find } from './accounts.mjs';
import { gate, mayRefresh } from './gates.mjs';
import { manners } from './manners.mjs';
import { confirmDevice, enterCode, explain, finished, signOut, signedOut } from './pages.mjs';
import { Store } from './store.mjs';

export class Provider {
  /** Seconds; what an order leaves out stays as it is. */
  lifetimes = { accessToken: 600, idToken: 600, refreshToken: 14 * 24 * 3600, deviceCode: 600 };
  #keys = [newKey()];
  #manner = manners.acme;

  constructor() {
    this.#start();
  }

  /** Signs with a new key from here on; the old ones stay published or vanish. */
  rotateKeys(keepOld) {
    this.#keys = [newKey(), ...(keepOld ? this.#keys : [])];
    this.#start();
  }

  /** Behaves like another provider from here on, and says by which name. */
  behaveLike(name) {
    if (!Object.hasOwn(manners, name)) throw new Error(`there is no manner ${name}`);
    this.#manner = manners[name];
    this.#start();
    return this.#manner.issuer;
  }

  /** The path below which this provider is, or nothing for another one. */
  pathOf(url) {
    const base = new URL(this.#manner.issuer).pathname.replace(/\/$/, '');
    return url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`) ? base : undefined;
  }

  // Everything remembered lies in the store, so a new instance takes over where the old one stood.
  #start() {
    const manner = this.#manner;
    this.current = new Oidc(manner.issuer, this.#configuration(manner));
    this.current.proxy = true;
    this.current.use(gate(manner));
    this.current.Client.prototype.redirectUriAllowed = function allowed(address) {
      return manner.redirects(address, this.redirectUris);
    };
  }

  #configuration(manner) {
    return {
      adapter: Store,
      clients: manner.clients,
      jwks: { keys: this.#keys },
      cookies: { keys: ['the laboratory'] },
      findAccount: find(manner),
      scopes: manner.scopes,
      claims: manner.claims,
      // Claims are in the ID token, as most providers have it, and not only in the user info.
      conformIdTokenClaims: false,
      // Without `prompt=consent` no `offline_access` is granted, yet most providers give native clients a refresh token.
      issueRefreshToken: (_context, client, code) => client.grantTypeAllowed('refresh_token') && mayRefresh(manner, code),
      expiresWithSession: () => false,
      rotateRefreshToken: manner.rotates === true,
      pkce: { required: () => true },
      renderError: explain,
      features: {
        devInteractions: { enabled: false },
        deviceFlow: {
          enabled: true,
          charset: 'base-20',
          mask: '****-****',
          userCodeInputSource: enterCode,
          userCodeConfirmSource: confirmDevice,
          successSource: finished,
        },
        revocation: { enabled: true },
        rpInitiatedLogout: { enabled: true, logoutSource: signOut, postLogoutSuccessSource: signedOut },
      },
      ttl: {
        AccessToken: () => this.lifetimes.accessToken,
        IdToken: () => this.lifetimes.idToken,
        RefreshToken: () => this.lifetimes.refreshToken,
        DeviceCode: () => this.lifetimes.deviceCode,
        AuthorizationCode: 60,
        Grant: 14 * 24 * 3600,
        Interaction: 3600,
        Session: 24 * 3600,
      },
    };
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}
