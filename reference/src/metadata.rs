//! Authorization server metadata (RFC 8414) and the key set.

use axum::body::Body;
use axum::extract::State;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::edition::OpenedBy;
use crate::reply;
use crate::server::Context;
use crate::wire;

#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    authorization_endpoint: String,
    pushed_authorization_request_endpoint: String,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    request_object_signing_alg_values_supported: [&'a str; 1],
    device_authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    jwks_uri: String,
    scopes_supported: Vec<&'a str>,
    response_types_supported: [&'a str; 1],
    response_modes_supported: [&'a str; 1],
    grant_types_supported: Vec<&'a str>,
    token_endpoint_auth_methods_supported: &'a [&'a str],
    token_endpoint_auth_signing_alg_values_supported: [&'a str; 1],
    revocation_endpoint_auth_methods_supported: &'a [&'a str],
    introspection_endpoint_auth_methods_supported: &'a [&'a str],
    revocation_endpoint_auth_signing_alg_values_supported: [&'a str; 1],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    authorization_details_types_supported: &'a [String],
    tls_client_certificate_bound_access_tokens: bool,
    code_challenge_methods_supported: [&'a str; 1],
    dpop_signing_alg_values_supported: [&'a str; 1],
    authorization_response_iss_parameter_supported: bool,
    /// Section 5.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    deferred_token_response_supported: Option<bool>,
    /// pr-47; elsewhere nobody knows it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deferred_authorization_endpoint_supported: bool,
    /// Section 8.4.
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_endpoint_token_type_values_supported: Option<[&'a str; 1]>,
    /// draft-rosomakho-oauth-txn-challenge Section 5.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_authorization_endpoint: Option<String>,
    #[serde(flatten)]
    backchannel: Option<Backchannel>,
}

/// CIBA Core Section 4, and of OpenID Connect Discovery Section 3 what its ID tokens make necessary.
#[derive(Serialize)]
struct Backchannel {
    backchannel_authentication_endpoint: String,
    backchannel_token_delivery_modes_supported: &'static [&'static str],
    backchannel_user_code_parameter_supported: bool,
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
}

/// Those of every edition.
const GRANT_TYPES: [&str; 6] = [
    wire::GRANT_AUTHORIZATION_CODE,
    wire::GRANT_CLIENT_CREDENTIALS,
    wire::GRANT_REFRESH_TOKEN,
    wire::GRANT_JWT_BEARER,
    wire::GRANT_DEVICE_CODE,
    wire::GRANT_TOKEN_EXCHANGE,
];

/// Those with certificates last.
const AUTH_METHODS: [&str; 6] = [
    "none",
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
];

/// `GET /.well-known/oauth-authorization-server`.
pub(crate) async fn document(State(context): State<Context>) -> Response<Body> {
    let config = &context.config;
    let mut scopes: Vec<&str> = config
        .clients
        .iter()
        .map(|client| client.scope.as_str())
        .chain([config.registration.scope.as_str()])
        .flat_map(|scope| scope.split(' '))
        .filter(|value| !value.is_empty())
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    // Where no front passes certificates on, nobody can authenticate with one.
    let mtls = config.mtls.trust_client_cert_header;
    let methods = match mtls {
        true => &AUTH_METHODS[..],
        false => &AUTH_METHODS[..AUTH_METHODS.len() - 2],
    };
    let edition = &config.draft;
    let mut grant_types = GRANT_TYPES.to_vec();
    let polling_grant = edition.polling_grant.into_iter();
    grant_types.extend(polling_grant.filter(|grant| !GRANT_TYPES.contains(grant)));
    let metadata = Metadata {
        issuer: &config.issuer,
        authorization_endpoint: context.url(wire::AUTHORIZE),
        pushed_authorization_request_endpoint: context.url(wire::PAR),
        request_parameter_supported: true,
        // Those of pushed requests only, which need no announcement: nothing is fetched.
        request_uri_parameter_supported: false,
        request_object_signing_alg_values_supported: ["ES256"],
        device_authorization_endpoint: context.url(wire::DEVICE_AUTHORIZATION),
        token_endpoint: context.url(wire::TOKEN),
        revocation_endpoint: context.url(wire::REVOKE),
        introspection_endpoint: context.url(wire::INTROSPECT),
        registration_endpoint: config
            .registration
            .open
            .then(|| context.url(wire::REGISTER)),
        jwks_uri: context.url(wire::JWKS),
        scopes_supported: scopes,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: grant_types,
        token_endpoint_auth_methods_supported: methods,
        token_endpoint_auth_signing_alg_values_supported: ["ES256"],
        revocation_endpoint_auth_methods_supported: methods,
        // Clients without credentials are not answered there.
        introspection_endpoint_auth_methods_supported: &methods[1..],
        revocation_endpoint_auth_signing_alg_values_supported: ["ES256"],
        authorization_details_types_supported: &config.access_token.authorization_details_types,
        tls_client_certificate_bound_access_tokens: mtls,
        code_challenge_methods_supported: ["S256"],
        dpop_signing_alg_values_supported: ["ES256"],
        authorization_response_iss_parameter_supported: true,
        deferred_token_response_supported: (edition.opened_by == OpenedBy::TokenRequest)
            .then_some(true),
        deferred_authorization_endpoint_supported: edition.defers_directly,
        revocation_endpoint_token_type_values_supported: edition
            .cancellation
            .then_some([wire::TOKEN_TYPE_DEFERRAL_CODE]),
        transaction_authorization_endpoint: (edition.opened_by
            == OpenedBy::TransactionAuthorization)
            .then(|| context.url(wire::TRANSACTION_AUTHORIZATION)),
        backchannel: (edition.opened_by == OpenedBy::Authentication).then(|| backchannel(&context)),
    };
    cacheable(reply::json(StatusCode::OK, &metadata))
}

fn backchannel(context: &Context) -> Backchannel {
    Backchannel {
        backchannel_authentication_endpoint: context.url(wire::BACKCHANNEL_AUTHENTICATION),
        backchannel_token_delivery_modes_supported: match context.config.draft.callbacks {
            Some(_) => &["poll", "ping"],
            None => &["poll"],
        },
        backchannel_user_code_parameter_supported: false,
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["ES256"],
    }
}

/// `GET /jwks`.
pub(crate) async fn jwks(State(context): State<Context>) -> Response<Body> {
    cacheable(reply::json(StatusCode::OK, context.minter.jwks()))
}

/// Public documents, unlike everything else here, may be kept for a while.
fn cacheable(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    response
}
