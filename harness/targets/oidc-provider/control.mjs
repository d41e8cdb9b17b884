// What a test does besides speaking OAuth: it decides in the user's place, and moves the clock.
//
// | route | body | does |
// |---|---|---|
// | `POST /approve` | `code`, and `scope` if less than was asked for is granted | what the user's yes would do |
// | `POST /deny` | `code` | what the user's no would do |
// | `POST /advance` | `seconds` | lets time pass |
//
// `code` is a `device_code`, an `auth_req_id` or a `deferral_code`. 404: nobody knows it; 409: it is decided; 410: it has
// expired.

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import { errors } from 'oidc-provider';

import { advance } from './clock.mjs';

/** A server of these routes, not yet listening. */
export function createControl(provider, deferrals) {
  const routes = {
    '/approve': ({ code, scope }) => deferrals.find(code)
      ? settle(deferrals, code, (deferral) => deferral.approve(scope))
      : decide(provider, code, (pending) => approve(provider, pending, scope)),
    '/deny': ({ code }) => deferrals.find(code)
      ? settle(deferrals, code, (deferral) => deferral.deny())
      : decide(provider, code, (pending) => deny(provider, pending)),
    '/advance': ({ seconds }) => move(seconds),
  };
  // One after the other: between reading a code and saving it, nobody else may decide.
  let turn = Promise.resolve();
  return createServer(async (request, response) => {
    const answer = turn.then(() => handle(routes, request));
    turn = answer;
    const { status, body } = await answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

async function handle(routes, request) {
  try {
    const route = request.method === 'POST' && routes[request.url];
    if (!route) throw new Refused(404, `no such route: ${request.method} ${request.url}`);
    const body = await json(request).catch((error) => { throw new Refused(400, error.message); });
    return { status: 200, body: await route(body) ?? {} };
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    return { status: error.status ?? 500, body: { error: error.message } };
  }
}

function move(seconds) {
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new Refused(400, '`seconds` has to be a whole number, zero or more');
  }
  advance(seconds);
}

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Carries `decision` out on a deferred request. */
async function settle(deferrals, code, decision) {
  const deferral = deferrals.find(code);
  if (!decision(deferral)) throw new Refused(409, 'there is nothing left to decide');
  return told(deferrals.resolved(deferral), () => true);
}

const EVEN_IF_EXPIRED = { ignoreExpiration: true };

const decided = (pending) => Boolean(pending?.grantId || pending?.error);

/** Carries `decision` out on an undecided code, as the provider's own pages would. */
async function decide(provider, code, decision) {
  const pending = await provider.DeviceCode.find(code, EVEN_IF_EXPIRED)
    ?? await provider.BackchannelAuthenticationRequest.find(code, EVEN_IF_EXPIRED);
  if (!pending) throw new Refused(404, 'no such code');
  if (pending.isExpired) throw new Refused(410, 'the code has expired');
  if (decided(pending)) throw new Refused(409, 'it is decided already');
  return decision(pending);
}

async function approve(provider, pending, scope = pending.params.scope) {
  const accountId = pending.accountId ?? 'alice';
  const grant = new provider.Grant({ accountId, clientId: pending.clientId });
  if (scope) grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const authTime = Math.floor(Date.now() / 1000);
  if (pending.kind === 'DeviceCode') {
    // What the end of its verification page writes down.
    Object.assign(pending, { accountId, authTime, grantId, scope });
    await pending.save();
    return {};
  }
  return told(provider.backchannelResult(pending, grant, { authTime }), () => isSaved(provider, pending));
}

async function deny(provider, pending) {
  const denied = new errors.AccessDenied('the user said no');
  if (pending.kind === 'DeviceCode') {
    Object.assign(pending, { error: denied.error, errorDescription: denied.error_description });
    await pending.save();
    return {};
  }
  return told(provider.backchannelResult(pending, denied), () => isSaved(provider, pending));
}

async function isSaved(provider, { jti }) {
  return decided(await provider.BackchannelAuthenticationRequest.find(jti, EVEN_IF_EXPIRED));
}

/** A decision is saved before the client is told; a notification that fails, which is not repeated, leaves it so. */
async function told(notified, isSaved) {
  try {
    await notified;
    return {};
  } catch (error) {
    if (!await isSaved()) throw error;
    return { notification: error.cause?.message ?? error.message };
  }
}
