//! A certificate authority for one test.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// It vouches for whoever asks.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, for those who are to trust it.
    pub(crate) pem: String,
}

impl Authority {
    /// An authority; only one of this name is to be trusted.
    pub(crate) fn new(name: &str) -> Authority {
        let key = KeyPair::generate().expect("a key");
        let mut own = CertificateParams::new(Vec::<String>::new()).expect("no names");
        own.distinguished_name.push(DnType::CommonName, name);
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = own.self_signed(&key).expect("a certificate").pem();
        Authority {
            issuer: Issuer::new(own, key),
            pem,
        }
    }

    /// A certificate for somebody of this name, and its key, in one PEM document.
    pub(crate) fn issue(&self, name: &str) -> String {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        certificate.pem() + &key.serialize_pem()
    }
}
