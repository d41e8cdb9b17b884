// Deferred Token Response on top of oidc-provider: requests of the client credentials grant for the scope `payments` wait
// for a decision. An example of an implementation to run the suite against; no interaction, one originating grant.

import { errors } from 'oidc-provider';
// Not part of the package's interface, hence the pinned version: what its own grants use.
import {
  checkDpopReplay, resolveRequestedResources, validateClientScope, validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';
import instance from 'oidc-provider/lib/helpers/weak_cache.js';

import { Deferral } from './deferral.mjs';

const ORIGINATING = 'client_credentials';
export const POLLING = 'urn:ietf:params:oauth:grant-type:deferred';
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:deferral-code';
const ENDPOINT = 'deferred_client_notification_endpoint';
/** What fits behind `Bearer` (RFC 6750 Section 2.1). */
const BEARER = /^[A-Za-z0-9._~+/-]+=*$/;

/** What a provider's configuration needs besides: metadata of the server (Sections 5.1, 8.4) and of clients (7.2). */
export const configuration = {
  discovery: {
    deferred_token_response_supported: true,
    revocation_endpoint_token_type_values_supported: [TOKEN_TYPE],
  },
  extraClientMetadata: { properties: [ENDPOINT], validator: checkEndpoint },
};

function checkEndpoint(_ctx, key, value) {
  if (value !== undefined && URL.parse(value)?.protocol !== 'https:') {
    throw new errors.InvalidClientMetadata(`${key} has to be an https URL`);
  }
}

/** Adds the extension to `provider`. Returns the way to decide what waits: `find` by deferral code, then `resolved`. */
export function addDeferral(provider, limits) {
  const deferrals = new Map();
  const { grantTypeHandlers, grantTypeParams } = instance(provider);
  const originating = grantTypeHandlers.get(ORIGINATING);

  provider.registerGrantType(ORIGINATING, async (ctx) => {
    const { scope, completion_mode: modes } = ctx.oidc.params;
    if (!scope?.split(' ').includes('payments')) return originating(ctx);
    if (!modes?.split(' ').includes('deferred')) throw new errors.InvalidScope('needs a review: opt in to deferral', scope);
    const deferral = await defer(provider, ctx, limits);
    deferrals.set(deferral.code, deferral);
  }, [...grantTypeParams.get(ORIGINATING), 'completion_mode', 'client_notification_token']);

  provider.registerGrantType(POLLING, async (ctx) => {
    if (!ctx.oidc.params.deferral_code) throw new errors.InvalidRequest("missing required parameter 'deferral_code'");
    const deferral = ownDeferral(ctx, deferrals, ctx.oidc.params.deferral_code);
    // Unknown codes and those of other clients are told apart by nothing (Section 6.6).
    if (!deferral) throw new errors.InvalidGrant('deferral code not found');
    await checkKey(provider, ctx, deferral);
    const outcome = deferral.poll();
    if (outcome !== 'token') throw refusal(outcome);
    // The originating grant's own response (Section 6.5.2) to the request as it was, checked once more (Section 11.7).
    ctx.oidc.params.scope = deferral.request.scope;
    try {
      await originating(ctx);
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      deferral.lapse();
      throw new errors.AccessDenied(error.error_description);
    }
  }, ['deferral_code']);

  // The provider's revocation endpoint has authenticated the client, and found no token: now look for a deferral code.
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== 'revocation' || ctx.status !== 200) return;
    const deferral = ownDeferral(ctx, deferrals, ctx.oidc.params.token);
    if (!deferral?.cancellable) return;
    try {
      await checkKey(provider, ctx, deferral);
      deferral.cancel();
    } catch (error) {
      if (!(error instanceof errors.InvalidDpopProof)) throw error;
      ctx.status = error.statusCode;
      ctx.body = { error: error.error, error_description: error.error_description };
    }
  });

  return { find: (code) => deferrals.get(code), resolved: (deferral) => callBack(provider, deferral) };
}

/** Checks the request as the originating grant would (Section 6.3.1), and answers that it waits (Section 6.4). */
async function defer(provider, ctx, limits) {
  const { client, params } = ctx.oidc;
  const notificationToken = params.client_notification_token;
  if (notificationToken !== undefined && !BEARER.test(notificationToken)) {
    throw new errors.InvalidRequest('client_notification_token is no bearer token');
  }
  const jkt = await provenKey(provider, ctx);
  await resolveRequestedResources(provider, ctx);
  const scope = [...validateClientScope(provider, ctx)].join(' ');
  const deferral = new Deferral({ clientId: client.clientId, scope, notificationToken, jkt }, limits);
  ctx.status = 400;
  ctx.body = {
    error: 'authorization_pending',
    deferral_code: deferral.code,
    expires_in: deferral.lifetime,
    interval: deferral.interval,
  };
  return deferral;
}

/** The deferral behind a code, if it is the authenticated client's. */
function ownDeferral(ctx, deferrals, code) {
  const deferral = deferrals.get(code);
  return deferral?.request.clientId === ctx.oidc.client.clientId ? deferral : undefined;
}

/** A bound code is for whoever has the key (Section 11.1). */
async function checkKey(provider, ctx, { request: { jkt } }) {
  if (jkt && await provenKey(provider, ctx) !== jkt) {
    throw new errors.InvalidDpopProof('the deferral code is bound to another key');
  }
}

/** The thumbprint of the key that a DPoP proof shows, if there is a proof. */
async function provenKey(provider, ctx) {
  const proof = await validateDpop(provider, ctx);
  // Remembered apart from the proofs of tokens: the originating grant looks at that of the last poll once more.
  await checkDpopReplay(provider, ctx, proof, `deferral ${ctx.oidc.client.clientId}`, errors.InvalidDpopProof);
  return proof?.thumbprint;
}

function refusal(outcome) {
  const described = { invalid_grant: 'already redeemed', access_denied: 'the request was refused or cancelled' };
  return new errors.CustomOIDCProviderError(outcome, described[outcome]);
}

/** Tells the client, if it wants to be told, that a poll will bring the outcome (Section 7). Not repeated. */
async function callBack(provider, { code, request }) {
  const client = await provider.Client.find(request.clientId);
  if (!client[ENDPOINT]) return;
  const authorization = request.notificationToken && { authorization: `Bearer ${request.notificationToken}` };
  await fetch(client[ENDPOINT], {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(2_500),
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ deferral_code: code }),
  });
}
