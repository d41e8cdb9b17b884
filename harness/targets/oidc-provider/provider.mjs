// The server under test as its users configure it: which grants, which clients, which accounts.

import { randomUUID } from 'node:crypto';

import Provider from 'oidc-provider';
// Not part of the package's interface, hence the pinned version: its own adapter, given more room.
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import LRU from 'oidc-provider/lib/helpers/lru.js';

import { POLLING as DEFERRED, configuration as deferral } from './dtr.mjs';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CIBA = 'urn:openid:params:grant-type:ciba';

const ACCOUNTS = new Set(['alice', 'bob']);

/** A provider at `issuer` whose codes live for `lifetime` seconds and whose pings go to `notificationEndpoint`. */
export function createProvider(issuer, { lifetime, notificationEndpoint }) {
  // The adapter's usual thousand entries are fewer than a test has codes at a time, and it forgets the oldest silently.
  const store = new LRU({ maxSize: 1_000_000 });
  return new Provider(issuer, {
    adapter: (model) => new MemoryAdapter(model, store, CLOCK_TOLERANCE),
    clockTolerance: CLOCK_TOLERANCE,
    clients: clients(notificationEndpoint),
    scopes: ['openid', 'profile', 'payments', 'root'],
    claims: { profile: ['name'] },
    findAccount: (_ctx, id) => ACCOUNTS.has(id)
      ? { accountId: id, claims: () => ({ sub: id, name: id }) }
      : undefined,
    ttl: {
      DeviceCode: lifetime,
      // A request may ask for less (CIBA Core Section 7.1), as under the provider's defaults.
      BackchannelAuthenticationRequest: (ctx) => Math.min(lifetime, ctx.oidc.params.requested_expiry ?? lifetime),
      Grant: 86_400,
      AccessToken: 3_600,
      ClientCredentials: 3_600,
      IdToken: 3_600,
    },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      ciba: {
        enabled: true,
        deliveryModes: ['poll', 'ping'],
        processLoginHint: (_ctx, hint) => hint,
        // Nobody issues such tokens here, so none identifies anybody.
        processLoginHintToken: () => undefined,
        validateRequestContext: () => {},
        verifyUserCode: () => {},
        // The authentication device is the control API.
        triggerAuthenticationDevice: () => {},
      },
    },
    ...deferral,
    // Without the dispatcher that keeps requests away from loopback addresses, where a test's receiver is.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    cookies: { keys: [randomUUID()] },
  });
}

/** Seconds: the provider's default. For so long the adapter still knows that a code has expired. */
const CLOCK_TOLERANCE = 15;

function clients(notificationEndpoint) {
  const client = (client_id, grant_types, more) => ({
    client_id,
    client_secret: `${client_id}-secret`,
    grant_types,
    response_types: [],
    redirect_uris: [],
    ...more,
  });
  const poll = { backchannel_token_delivery_mode: 'poll' };
  const ping = (id) => ({
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: `${notificationEndpoint}/${id}`,
  });
  const scoped = { scope: 'profile payments' };
  const post = { token_endpoint_auth_method: 'client_secret_post' };
  return [
    client('service', ['client_credentials', DEFERRED], scoped),
    client('ledger', ['client_credentials', DEFERRED], { ...scoped, ...post }),
    client('notified', ['client_credentials', DEFERRED], {
      ...scoped,
      deferred_client_notification_endpoint: `${notificationEndpoint}/notified`,
    }),
    client('television', [DEVICE]),
    client('printer', [DEVICE], post),
    client('watch', [DEVICE], { client_secret: undefined, token_endpoint_auth_method: 'none' }),
    client('till', [CIBA], poll),
    client('kiosk', [CIBA], { ...poll, ...post }),
    client('pinged', [CIBA], ping('pinged')),
    client('rung', [CIBA], { ...ping('rung'), ...post }),
  ];
}
