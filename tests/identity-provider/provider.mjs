// How the provider behaves: its one client, its scopes, its keys, and how long its tokens live.

import { generateKeyPairSync, randomUUID } from 'node:crypto';

import Oidc from 'oidc-provider';

import { find } from './accounts.mjs';
import { confirmDevice, enterCode, explain, finished, signOut, signedOut } from './pages.mjs';
import { Store } from './store.mjs';

const ISSUER = 'https://login.acme.example';

// A native client may come back to any port of these addresses.
const CLIENT = {
  client_id: 'pullgate',
  client_name: 'Pullgate',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
};

export class Provider {
  /** Seconds; what an order leaves out stays as it is. */
  lifetimes = { accessToken: 600, idToken: 600, refreshToken: 14 * 24 * 3600, deviceCode: 600 };
  #keys = [newKey()];

  constructor() {
    this.#start();
  }

  /** Signs with a new key from here on; the old ones stay published or vanish. */
  rotateKeys(keepOld) {
    this.#keys = [newKey(), ...(keepOld ? this.#keys : [])];
    this.#start();
  }

  // Everything remembered lies in the store, so a new instance takes over where the old one stood.
  #start() {
    this.current = new Oidc(ISSUER, this.#configuration());
    this.current.proxy = true;
  }

  #configuration() {
    return {
      adapter: Store,
      clients: [CLIENT],
      jwks: { keys: this.#keys },
      cookies: { keys: ['the laboratory'] },
      findAccount: find,
      scopes: ['openid', 'offline_access', 'groups', 'profile', 'email'],
      claims: {
        openid: ['sub'],
        groups: ['groups'],
        profile: ['name', 'preferred_username'],
        email: ['email', 'email_verified'],
      },
      // Claims are in the ID token, as most providers have it, and not only in the user info.
      conformIdTokenClaims: false,
      // Without `prompt=consent` no `offline_access` is granted, yet most providers give native clients a refresh token.
      issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
      expiresWithSession: () => false,
      rotateRefreshToken: true,
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
