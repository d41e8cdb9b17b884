//! The one name by which a client is known in certificates that an authority issued (RFC 8705 Section 2.1.2).

use std::str::FromStr as _;

use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

use crate::config::ClientConfig;

/// What a client registered; exactly one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CertifiedName {
    /// The subject, as RFC 4514 writes it. Parsed and written again, so that escapes and the kinds of ASN.1 strings
    /// make no difference; upper and lower case do.
    SubjectDn(String),
    /// A DNS name among the alternative ones, in lower case.
    SanDns(String),
    /// A URI among the alternative ones, compared exactly.
    SanUri(String),
}

impl CertifiedName {
    /// All the names that a client is registered with.
    ///
    /// # Errors
    /// The member that does not hold a name, and why.
    pub(crate) fn all(client: &ClientConfig) -> Result<Vec<Self>, (&'static str, &'static str)> {
        let mut names = Vec::new();
        if let Some(dn) = &client.tls_client_auth_subject_dn {
            let written = Some(dn.trim()).filter(|dn| !dn.is_empty());
            let name = written.and_then(|dn| Name::from_str(dn).ok());
            let name = name.ok_or((SUBJECT_DN, "is not a distinguished name of RFC 4514"))?;
            names.push(Self::SubjectDn(name.to_string()));
        }
        if let Some(dns) = &client.tls_client_auth_san_dns {
            if dns.is_empty() || !dns.is_ascii() || dns.contains(char::is_whitespace) {
                return Err((SAN_DNS, "is not a DNS name"));
            }
            names.push(Self::SanDns(dns.to_ascii_lowercase()));
        }
        if let Some(uri) = &client.tls_client_auth_san_uri {
            if url::Url::parse(uri).is_err() {
                return Err((SAN_URI, "is not a URI"));
            }
            names.push(Self::SanUri(uri.clone()));
        }
        Ok(names)
    }

    /// The registration member that holds it.
    pub(crate) fn member(&self) -> &'static str {
        match self {
            Self::SubjectDn(_) => SUBJECT_DN,
            Self::SanDns(_) => SAN_DNS,
            Self::SanUri(_) => SAN_URI,
        }
    }

    /// Whether this certificate, in DER, bears the name. A certificate that cannot be read bears none.
    pub(super) fn is_in(&self, der: &[u8]) -> bool {
        let Ok(certificate) = Certificate::from_der(der) else {
            return false;
        };
        let certificate = certificate.tbs_certificate;
        if let Self::SubjectDn(dn) = self {
            return certificate.subject.to_string() == *dn;
        }
        let alternatives = certificate.get::<SubjectAltName>().ok().flatten();
        let alternatives = alternatives.map(|(_, names)| names.0);
        alternatives.into_iter().flatten().any(|name| match name {
            GeneralName::DnsName(dns) => *self == Self::SanDns(dns.as_str().to_ascii_lowercase()),
            GeneralName::UniformResourceIdentifier(uri) => *self == Self::SanUri(uri.to_string()),
            _ => false,
        })
    }
}

/// The registration members' names.
const SUBJECT_DN: &str = "tls_client_auth_subject_dn";
const SAN_DNS: &str = "tls_client_auth_san_dns";
const SAN_URI: &str = "tls_client_auth_san_uri";
