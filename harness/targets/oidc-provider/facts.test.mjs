// What README.md says about the server that no run of the suite shows, one fact a test.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CIBA = 'urn:openid:params:grant-type:ciba';
const LIFETIME = 15;

let server;
let receiver;
let at;
const pings = [];
let status = 204;

before(async () => {
  const identity = readFileSync(new URL('receiver.pem', import.meta.url));
  receiver = createServer({ key: identity, cert: identity }, async (request, response) => {
    pings.push({ url: request.url, authorization: request.headers.authorization });
    request.resume();
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `https://localhost:${receiver.address().port}`;
  server = spawn(process.execPath, ['server.mjs', '--lifetime', LIFETIME, '--notification-endpoint', endpoint], {
    cwd: import.meta.dirname,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: 'receiver.pem' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  at = {};
  for await (const line of createInterface({ input: server.stdout })) {
    const [what, url] = line.split(' ');
    at[what] = url;
    if (at.issuer && at.control) break;
  }
});

after(() => {
  server.kill();
  receiver.close();
});

async function post(path, parameters, client) {
  const authorization = client && { authorization: `Basic ${btoa(`${client}:${client}-secret`)}` };
  const body = new URLSearchParams(parameters);
  const response = await fetch(at.issuer + path, { method: 'POST', headers: { ...authorization }, body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function control(path, body) {
  const response = await fetch(at.control + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, ...await response.json() };
}

async function deviceCode() {
  return (await post('/device/auth', { scope: 'openid' }, 'television')).body.device_code;
}

const poll = (device_code) => post('/token', { grant_type: DEVICE, device_code }, 'television');

test('a client that does not authenticate at all is told `invalid_request`', async () => {
  const { status, body } = await post('/token', { grant_type: DEVICE, device_code: await deviceCode() });
  assert.equal(status, 400);
  assert.equal(body.error, 'invalid_request');
});

test('a client that may not use a grant is told `invalid_request`', async () => {
  const { body } = await post('/token', { grant_type: CIBA, auth_req_id: 'any' }, 'television');
  assert.equal(body.error, 'invalid_request');
});

test('a token response has `no-store` and no `Pragma`', async () => {
  const code = await deviceCode();
  await control('/approve', { code });
  const { body, headers } = await poll(code);
  assert.ok(body.access_token);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('pragma'), null);
});

test('a redeemed code that comes again takes the token with it', async () => {
  const code = await deviceCode();
  await control('/approve', { code });
  const token = (await poll(code)).body.access_token;
  const isActive = async () => (await post('/token/introspection', { token }, 'television')).body.active;
  assert.equal(await isActive(), true);
  assert.equal((await poll(code)).body.error, 'invalid_grant');
  assert.equal(await isActive(), false);
});

test('a code is known to have expired for fifteen seconds', async () => {
  const code = await deviceCode();
  await control('/advance', { seconds: LIFETIME });
  assert.equal((await poll(code)).body.error, 'expired_token');
  await control('/advance', { seconds: 14 });
  assert.equal((await poll(code)).body.error, 'expired_token');
  await control('/advance', { seconds: 1 });
  assert.equal((await poll(code)).body.error, 'invalid_grant');
});

test('a denial is told once', async () => {
  const code = await deviceCode();
  await control('/deny', { code });
  assert.equal((await poll(code)).body.error, 'access_denied');
  assert.equal((await poll(code)).body.error, 'invalid_grant');
});

test('no poll is too early', async () => {
  const code = await deviceCode();
  for (let times = 0; times < 20; times += 1) {
    assert.equal((await poll(code)).body.error, 'authorization_pending');
  }
});

for (const answer of [204, 401, 403, 301, 503]) {
  test(`a ping that is answered ${answer} is not repeated, and costs the outcome nothing`, async () => {
    status = answer;
    pings.length = 0;
    const parameters = { scope: 'openid', login_hint: 'alice', client_notification_token: 'a-token' };
    const { auth_req_id } = (await post('/backchannel', parameters, 'pinged')).body;
    await control('/approve', { code: auth_req_id });
    assert.deepEqual(pings, [{ url: '/pinged', authorization: 'Bearer a-token' }]);
    const { body } = await post('/token', { grant_type: CIBA, auth_req_id }, 'pinged');
    assert.ok(body.access_token);
    assert.equal(pings.length, 1);
  });
}
