// openid-client as a client under test: one request, as its documentation has it, to its end. What `dtr client` wants is in
// the environment.
import * as client from 'openid-client'

const env = process.env
const config = await client.discovery(
  new URL(env.DTR_ISSUER),
  env.DTR_CLIENT_ID,
  { client_secret: env.DTR_CLIENT_SECRET },
  client.ClientSecretBasic(env.DTR_CLIENT_SECRET),
  // The server is on loopback, and its metadata are where RFC 8414 has them.
  { execute: [client.allowInsecureRequests], algorithm: 'oauth2' },
)

// https://github.com/panva/openid-client#device-authorization-grant
async function device() {
  const pending = await client.initiateDeviceAuthorization(config, { scope: env.DTR_SCOPE })
  return client.pollDeviceAuthorizationGrant(config, pending)
}

// https://github.com/panva/openid-client#client-initiated-backchannel-authentication-ciba
async function backchannel() {
  const parameters = { scope: env.DTR_SCOPE, login_hint: env.DTR_LOGIN_HINT }
  const pending = await client.initiateBackchannelAuthentication(config, parameters)
  return client.pollBackchannelAuthenticationGrant(config, pending)
}

const flows = { rfc8628: device, 'ciba-poll': backchannel }
const flow = flows[env.DTR_DRAFT]
if (flow === undefined) throw new Error(`openid-client does not speak ${env.DTR_DRAFT}`)
await flow()
console.log('a token')
