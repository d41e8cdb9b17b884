//! The PKCE challenge of a code from the authorization endpoint (pr-47): who polls first shows that it is who asked.
//!
//! The first poll is the first whose verifier is right, for what came before may have been lost, refused, or somebody
//! else's. Only after client and proof is the verifier looked at, so that a thief of the code cannot end the request.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Caller, Deferral, PollAnswer, State};
use crate::config::readings::C26;

/// What a code verifier has to hash to.
#[derive(Debug, Clone)]
pub(super) struct Challenge {
    s256: String,
    /// A poll has met it.
    met: bool,
}

/// The challenge (S256) that a verifier meets (RFC 7636 Section 4.2).
pub(crate) fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

impl Deferral {
    /// The same, for whoever can show the verifier of this challenge (S256).
    #[must_use]
    pub fn challenged_by(mut self, s256: &str) -> Self {
        self.challenge = Some(Challenge {
            s256: s256.to_owned(),
            met: false,
        });
        self
    }

    /// What is wrong with the verifier of a poll, or with there being none. Another verifier ends a request that no poll
    /// has met; the right one may come again, for a client whose answer was lost cannot know that it arrived.
    pub(super) fn complain_about_verifier(&mut self, caller: &Caller<'_>) -> Option<PollAnswer> {
        let Some(challenge) = &mut self.challenge else {
            let unwanted = caller.code_verifier.is_some() && self.terms.readings.c26 == C26::B;
            return unwanted.then_some(PollAnswer::VerifierUnwanted);
        };
        let right = caller
            .code_verifier
            .map(|verifier| code_challenge(verifier) == challenge.s256);
        match (challenge.met, right) {
            (false, None) => Some(PollAnswer::VerifierMissing),
            (false, Some(false)) => {
                self.state = State::Forgotten;
                Some(PollAnswer::VerifierRefused)
            }
            (true, Some(false)) => Some(PollAnswer::VerifierUnwanted),
            (_, Some(true)) => {
                challenge.met = true;
                None
            }
            (true, None) => None,
        }
    }
}
