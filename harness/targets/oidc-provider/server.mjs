// oidc-provider, a server that nobody here wrote, on two loopback ports: its own, and one for a test's controls.
//
//   npm start -- --port 8410 --control-port 8411
//
// prints both addresses, one a line, once both listen. README.md beside this file says what it is for.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { stopClock } from './clock.mjs';
import { createControl } from './control.mjs';
import { addDeferral } from './dtr.mjs';
import { createProvider } from './provider.mjs';

const { values } = parseArgs({
  options: {
    // 0: a free one.
    port: { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    // Seconds that a device code, an authentication request or a deferral code lives for.
    lifetime: { type: 'string', default: '10' },
    // The URL that pings go to; the client's identifier is added to it.
    'notification-endpoint': { type: 'string', default: 'https://localhost:8412' },
    // `manual` stands still but for `POST /advance`.
    clock: { type: 'string', default: 'manual' },
  },
});

const lifetime = Number(values.lifetime);
if (!Number.isSafeInteger(lifetime) || lifetime < 1) {
  throw new RangeError(`--lifetime: \`${values.lifetime}\` is not a whole number of seconds, at least 1`);
}
if (!['manual', 'wall'].includes(values.clock)) {
  throw new RangeError(`--clock: \`${values.clock}\` is neither \`manual\` nor \`wall\``);
}
if (values.clock === 'manual') stopClock();

// The issuer has to be known before there is a provider, and the port before there is an issuer.
const server = createServer();
const issuer = await listen(server, values.port);
const provider = createProvider(issuer, { lifetime, notificationEndpoint: values['notification-endpoint'] });
// What the provider answers with `server_error` it would otherwise keep to itself.
provider.on('server_error', (_ctx, error) => console.error(error));
const deferrals = addDeferral(provider, { lifetime, interval: 5 });
server.on('request', provider.callback());
const control = await listen(createControl(provider, deferrals), values['control-port']);
console.log(`issuer ${issuer}`);
console.log(`control ${control}`);

async function listen(on, port) {
  on.listen(Number(port), '127.0.0.1');
  await once(on, 'listening');
  return `http://127.0.0.1:${on.address().port}`;
}
