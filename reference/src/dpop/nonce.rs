//! Nonces for DPoP proofs (RFC 9449 Section 8): a proof made ahead of time, or kept, is worth nothing.
//!
//! A nonce is a code over the time at which it is good, so that none has to be remembered.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::random::Random;

/// Seconds for which a nonce is handed out. It is good for as long again, and no longer.
const PERIOD: u64 = 120;

/// Octets of a nonce.
const LENGTH: usize = 16;

/// Makes nonces and knows them again.
#[derive(Debug)]
pub(super) struct Nonces(hmac::Key);

impl Nonces {
    /// Nonces that nobody else can make.
    pub(super) fn new(random: &dyn Random) -> Self {
        let mut key = [0; 32];
        random.fill(&mut key);
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    /// What proofs are to carry from now on.
    pub(super) fn current(&self, now: u64) -> String {
        self.of(now / PERIOD)
    }

    /// Whether a proof with this nonce counts at `now`. What a nonce is worth is no secret: it is handed to everybody.
    pub(super) fn accepts(&self, nonce: &str, now: u64) -> bool {
        let period = now / PERIOD;
        nonce == self.of(period) || nonce == self.of(period.saturating_sub(1))
    }

    fn of(&self, period: u64) -> String {
        let tag = hmac::sign(&self.0, &period.to_be_bytes());
        URL_SAFE_NO_PAD.encode(&tag.as_ref()[..LENGTH])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_nonce_is_good_for_its_period_and_the_next() {
        let nonces = Nonces::new(&SystemRandom);
        let nonce = nonces.current(PERIOD);
        assert_eq!(nonces.current(2 * PERIOD - 1), nonce);
        assert_ne!(nonces.current(2 * PERIOD), nonce);
        assert!(nonces.accepts(&nonce, 3 * PERIOD - 1));
        assert!(!nonces.accepts(&nonce, 3 * PERIOD));
        assert!(!nonces.accepts(&nonce, PERIOD - 1));
        assert!(!nonces.accepts("", PERIOD));
        assert!(!Nonces::new(&SystemRandom).accepts(&nonce, PERIOD));
    }
}
