//! Whom the HTTP client trusts, and the certificate that it shows.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// What should be PEM (RFC 7468) is not, or lacks a section.
    #[error("{0}")]
    Pem(#[from] PemError),
    /// A certificate or key that cannot be used, or a platform without certificate authorities.
    #[error("{0}")]
    Rustls(#[from] rustls::Error),
}

/// The certificates in a PEM document.
pub(in crate::target) fn authorities(pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<_, PemError> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    Ok(found?)
}

/// Trusts the platform's certificate authorities and those in `extra_roots`, and shows the certificate in `identity`,
/// which holds its key as well.
pub(super) fn config(
    extra_roots: Option<&str>,
    identity: Option<&str>,
) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(default_provider());
    let extra = authorities(extra_roots.unwrap_or_default())?;
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(Verifier::new_with_extra_roots(
        extra,
        Arc::clone(&provider),
    )?);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    Ok(match identity {
        None => config.with_no_client_auth(),
        Some(pem) => {
            let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())?;
            config.with_client_auth_cert(authorities(pem)?, key)?
        }
    })
}
