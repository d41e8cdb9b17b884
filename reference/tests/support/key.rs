//! Keys of clients: for DPoP proofs good and bad, and whatever else they sign.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

static NEXT_JTI: AtomicU64 = AtomicU64::new(0);

/// A client's DPoP key.
pub struct Key {
    key: EncodingKey,
    jwk: Jwk,
}

impl Key {
    pub fn new() -> Self {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a JWK");
        Self { key, jwk }
    }

    pub fn thumbprint(&self) -> String {
        self.jwk
            .thumbprint(ThumbprintHash::SHA256)
            .expect("a thumbprint")
    }

    /// What a client with this key registers.
    pub fn jwks(&self) -> JwkSet {
        JwkSet {
            keys: vec![self.jwk.clone()],
        }
    }

    /// A JWT of this type.
    pub fn jwt(&self, typ: &str, claims: &Value) -> String {
        self.sign(&json!({ "typ": typ, "alg": "ES256" }), claims)
    }

    pub fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk })
    }

    pub fn claims(url: &str, now: u64) -> Value {
        let jti = NEXT_JTI.fetch_add(1, Ordering::Relaxed);
        json!({ "jti": format!("jti-{jti}"), "htm": "POST", "htu": url, "iat": now })
    }

    /// A good proof for a POST to `url`.
    pub fn proof(&self, url: &str, now: u64) -> String {
        self.sign(&self.header(), &Self::claims(url, now))
    }

    /// The same with a nonce.
    pub fn proof_with(&self, nonce: &str, url: &str, now: u64) -> String {
        let mut claims = Self::claims(url, now);
        claims["nonce"] = json!(nonce);
        self.sign(&self.header(), &claims)
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::ES256)
            .expect("a signature");
        format!("{message}.{signature}")
    }
}
