//! Client certificates (RFC 8705), as whatever terminates TLS in front of this server passes them on: the `Client-Cert`
//! header field of RFC 9440. Believed only where the configuration says that nobody else can send that field.
//!
//! Certificates are not verified here. That the sender holds the key is the front's finding, and for
//! `tls_client_auth` so is the chain: which authorities issue to clients, until when, and what was revoked. This server
//! only compares the name in the certificate with the registered one.

mod name;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;

pub(crate) use self::name::CertifiedName;

use crate::client::Client;
use crate::config::AuthMethod;
use crate::dpop::{Proof, Thumbprint};
use crate::server::Context;

/// The certificate a request came with.
pub(crate) struct Certificate {
    der: Vec<u8>,
}

impl Certificate {
    /// From DER in base64.
    fn decode(encoded: &str) -> Option<Self> {
        let der = STANDARD.decode(encoded).ok()?;
        (!der.is_empty()).then_some(Self { der })
    }

    /// What is bound to it is bound to (RFC 8705 Section 3.1).
    fn thumbprint(&self) -> Thumbprint {
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.der));
        Thumbprint::of_certificate(&hash)
    }

    /// Whether the client authenticates with this certificate.
    pub(crate) fn is_of(&self, client: &Client) -> bool {
        match client.auth_method {
            AuthMethod::Tls => {
                let name = client.certified_name.as_ref();
                name.is_some_and(|name| name.is_in(&self.der))
            }
            AuthMethod::SelfSignedTls => self.is_registered(client),
            _ => false,
        }
    }

    /// `x5c` of a key in the client's `jwks` (RFC 8705 Section 2.2).
    fn is_registered(&self, client: &Client) -> bool {
        let keys = client.jwks.iter().flat_map(|jwks| &jwks.keys);
        keys.filter_map(|key| key.common.x509_chain.as_ref()?.first())
            .filter_map(|encoded| Self::decode(encoded))
            .any(|known| known.der == self.der)
    }
}

/// The certificate a request came with, if the front is trusted to say so.
pub(crate) fn presented(context: &Context, headers: &HeaderMap) -> Option<Certificate> {
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
    Certificate::decode(encoded)
}

/// What a request proves possession of, the certificate of its client counted in. A DPoP proof comes first: whoever
/// makes one wants to be bound by it.
pub(crate) fn or_certificate(
    proof: Proof,
    context: &Context,
    client: &Client,
    headers: &HeaderMap,
) -> Proof {
    if proof != Proof::Absent || !client.auth_method.uses_certificate() {
        return proof;
    }
    match presented(context, headers) {
        Some(certificate) => Proof::By(certificate.thumbprint()),
        None => Proof::Absent,
    }
}
