//! A protected resource that the suite stands in for: it signs what it wants approved (Transaction Challenge Section 4).

use serde_json::{Value, json};

use super::key::Key;

/// `typ` of a challenge (Section 4.2.1).
pub const TYPE: &str = "txn-authz-challenge+jwt";
/// Seconds that a challenge is good: longer than any trace.
const LIFETIME: u64 = 86_400;

/// A protected resource that the server knows.
#[derive(Debug)]
pub struct Resource {
    /// Its identifier, the `iss` of its challenges.
    pub id: String,
    /// The name of its key in the set that the server has of it.
    pub kid: String,
    /// Its key.
    pub key: Key,
}

impl Resource {
    /// A challenge for the server `audience` at `now`, in seconds, about the transaction `txn`.
    pub fn challenge(&self, audience: &str, now: u64, txn: &str) -> String {
        self.signed(TYPE, &self.claims(audience, now, txn))
    }

    /// What such a challenge says (Section 4.2.2).
    pub fn claims(&self, audience: &str, now: u64, txn: &str) -> Value {
        json!({
            "iss": self.id,
            "aud": audience,
            "iat": now,
            "exp": now.saturating_add(LIFETIME),
            "jti": txn,
            "txn": txn,
            "authorization_details": self.details(),
            "reason": "A payment of this height has to be approved.",
        })
    }

    /// These claims under its key, as a JWT of some type.
    pub fn signed(&self, typ: &str, claims: &Value) -> String {
        self.key.jwt(typ, Some(&self.kid), claims)
    }

    /// How the bundled server comes to know it: its identifier and its public key (Section 4.3).
    pub fn registration(&self) -> Value {
        let mut key = self.key.jwk().clone();
        key["kid"] = self.kid.as_str().into();
        json!({ "id": self.id, "jwks": { "keys": [key] } })
    }

    /// Somebody who pretends to be it, without its key.
    pub fn forged(&self) -> Self {
        Self {
            id: self.id.clone(),
            kid: self.kid.clone(),
            key: Key::generate(),
        }
    }

    /// What it wants approved (RFC 9396 Section 2).
    pub fn details(&self) -> Value {
        json!([{ "type": "payment", "actions": ["initiate"], "locations": [self.id] }])
    }
}
