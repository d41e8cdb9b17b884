//! Names this server reads or writes on the wire, each in one place.

/// The polling grant (Section 6.5).
pub const GRANT_DEFERRED: &str = "urn:ietf:params:oauth:grant-type:deferred";
/// The client credentials grant.
pub const GRANT_CLIENT_CREDENTIALS: &str = "client_credentials";
/// The authorization code grant.
pub const GRANT_AUTHORIZATION_CODE: &str = "authorization_code";
/// The refresh token grant.
pub const GRANT_REFRESH_TOKEN: &str = "refresh_token";
/// The JWT bearer grant (RFC 7523).
pub const GRANT_JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// What a signed client assertion is called (RFC 7523 Section 2.2).
pub const CLIENT_ASSERTION_JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The device authorization grant (RFC 8628).
pub const GRANT_DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Client-initiated backchannel authentication (CIBA Core 1.0).
pub const GRANT_CIBA: &str = "urn:openid:params:grant-type:ciba";
/// Token exchange (RFC 8693).
pub const GRANT_TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// What an access token is called there.
pub const TOKEN_TYPE_ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// What a deferral code is called at the revocation endpoint (Section 2).
pub const TOKEN_TYPE_DEFERRAL_CODE: &str = "urn:ietf:params:oauth:token-type:deferral-code";

/// Path of the authorization endpoint, below the issuer.
pub const AUTHORIZE: &str = "/authorize";
/// Path of the pushed authorization request endpoint (RFC 9126), below the issuer.
pub const PAR: &str = "/par";
/// Path of the device authorization endpoint (RFC 8628), below the issuer.
pub const DEVICE_AUTHORIZATION: &str = "/device_authorization";
/// Path of the backchannel authentication endpoint (CIBA Core 1.0), below the issuer.
pub const BACKCHANNEL_AUTHENTICATION: &str = "/bc-authorize";
/// Path of the transaction authorization endpoint (draft-rosomakho-oauth-txn-challenge Section 5), below the issuer.
pub const TRANSACTION_AUTHORIZATION: &str = "/txn-authorization";
/// Path of the page where the user of a device decides, below the issuer.
pub const DEVICE: &str = "/device";
/// Path of the token endpoint, below the issuer.
pub const TOKEN: &str = "/token";
/// Path of the revocation endpoint, below the issuer.
pub const REVOKE: &str = "/revoke";
/// Path of the introspection endpoint (RFC 7662), below the issuer.
pub const INTROSPECT: &str = "/introspect";
/// Path of the client registration endpoint (RFC 7591), below the issuer.
pub const REGISTER: &str = "/register";
/// Path of the key set, below the issuer.
pub const JWKS: &str = "/jwks";
/// Path of the interaction pages, below the issuer; the identifier of a link follows.
pub const INTERACT: &str = "/interact";
/// Path of the metadata document (RFC 8414).
pub const METADATA: &str = "/.well-known/oauth-authorization-server";
