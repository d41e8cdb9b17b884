//! Client certificates (RFC 8705), as whatever terminates TLS in front of this server passes them on: the `Client-Cert`
//! header field of RFC 9440. Believed only where the configuration says that nobody else can send that field.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;

use crate::client::Client;
use crate::config::AuthMethod;
use crate::dpop::{Proof, Thumbprint};
use crate::server::Context;

/// The certificate a request came with, by its thumbprint (RFC 8705 Section 3.1).
pub(crate) fn presented(context: &Context, headers: &HeaderMap) -> Option<Thumbprint> {
    if !context.config.mtls.trust_client_cert_header {
        return None;
    }
    let mut fields = headers.get_all("client-cert").iter();
    let field = fields.next()?.to_str().ok()?;
    if fields.next().is_some() {
        return None;
    }
    // A byte sequence of RFC 8941: base64 between colons.
    let encoded = field.trim().strip_prefix(':')?.strip_suffix(':')?;
    thumbprint(encoded)
}

/// Whether the client registered this certificate: `x5c` of a key in its `jwks` (RFC 8705 Section 2.2).
pub(crate) fn is_registered(client: &Client, certificate: &Thumbprint) -> bool {
    let keys = client.jwks.iter().flat_map(|jwks| &jwks.keys);
    keys.filter_map(|key| key.common.x509_chain.as_ref()?.first())
        .any(|encoded| thumbprint(encoded).as_ref() == Some(certificate))
}

/// What a request proves possession of, the certificate of its client counted in. A DPoP proof comes first: whoever
/// makes one wants to be bound by it.
pub(crate) fn or_certificate(
    proof: Proof,
    context: &Context,
    client: &Client,
    headers: &HeaderMap,
) -> Proof {
    if proof != Proof::Absent || client.auth_method != AuthMethod::SelfSignedTls {
        return proof;
    }
    presented(context, headers).map_or(Proof::Absent, Proof::By)
}

/// Of a certificate in DER, in base64.
fn thumbprint(encoded: &str) -> Option<Thumbprint> {
    let der = STANDARD
        .decode(encoded)
        .ok()
        .filter(|der| !der.is_empty())?;
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &der));
    Some(Thumbprint::of_certificate(&hash))
}
