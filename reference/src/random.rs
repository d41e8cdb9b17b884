//! Randomness as a port: codes, identifiers and interaction links are drawn from a [`Random`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Octets in every generated value: the 160 bits that Sections 6.4 and 9.1 recommend.
const OCTETS: usize = 20;

/// A cryptographically secure source of random octets.
pub trait Random: Send + Sync {
    /// Fills `octets` with random data.
    fn fill(&self, octets: &mut [u8]);
}

/// The operating system's source, through aws-lc.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, octets: &mut [u8]) {
        aws_lc_rs::rand::fill(octets).expect("the operating system supplies random octets");
    }
}

/// 20 random octets in base64url without padding (Section 9.1).
pub(crate) fn identifier(random: &dyn Random) -> String {
    let mut octets = [0; OCTETS];
    random.fill(&mut octets);
    URL_SAFE_NO_PAD.encode(octets)
}
