//! Keys of clients: DPoP proofs (RFC 9449), and other JWTs that they sign.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

/// A P-256 key of a client.
#[derive(Debug)]
pub struct Key {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// The public key (RFC 7517).
    jwk: Value,
    /// The encoded JOSE header, which is the same in every proof.
    header: String,
    thumbprint: String,
}

impl Key {
    /// A new key.
    pub fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .expect("the operating system supplies random octets");
        Self::of(pair)
    }

    /// The key in a PEM file (PKCS#8); nothing if there is none of this curve.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let der = der.secret_pkcs8_der();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
        pair.ok().map(Self::of)
    }

    fn of(pair: EcdsaKeyPair) -> Self {
        let point = pair.public_key().as_ref();
        // An uncompressed point: 4, then x and y of 32 octets each.
        let x = URL_SAFE_NO_PAD.encode(&point[1..33]);
        let y = URL_SAFE_NO_PAD.encode(&point[33..65]);
        // These members in this order are what RFC 7638 digests.
        let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, jwk.as_bytes()));
        let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#);
        Self {
            pair,
            random: SystemRandom::new(),
            jwk: json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
            header: URL_SAFE_NO_PAD.encode(header),
            thumbprint,
        }
    }

    /// The JWK thumbprint (RFC 7638) in base64url, as in `cnf.jkt`.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The public key (RFC 7517), as a client registers it.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// A JWT of this `typ` that says `claims`, signed with ES256 by the key of this name, if it has one (RFC 7519).
    pub fn jwt(&self, typ: &str, kid: Option<&str>, claims: &Value) -> String {
        let mut header = json!({ "typ": typ, "alg": "ES256" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        self.signed(
            &URL_SAFE_NO_PAD.encode(header.to_string()),
            &claims.to_string(),
        )
    }

    /// A proof for a POST to `url` at `now`, with the nonce the server asked for, if any.
    pub fn proof(&self, url: &str, now: u64, jti: &str, nonce: Option<&str>) -> HeaderValue {
        let url = Value::from(url);
        let nonce = match nonce {
            Some(nonce) => format!(r#","nonce":{}"#, Value::from(nonce)),
            None => String::new(),
        };
        let claims = format!(r#"{{"jti":"{jti}","htm":"POST","htu":{url},"iat":{now}{nonce}}}"#);
        let jwt = self.signed(&self.header, &claims);
        HeaderValue::try_from(jwt).expect("base64url and dots are visible ASCII")
    }

    /// The claims under an encoded header, and the signature (RFC 7515).
    fn signed(&self, header: &str, claims: &str) -> String {
        let mut jwt = String::with_capacity(header.len() + 2 * claims.len() + 90);
        jwt.push_str(header);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut jwt);
        let signature = self
            .pair
            .sign(&self.random, jwt.as_bytes())
            .expect("signing needs nothing but random octets");
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut jwt);
        jwt
    }
}
