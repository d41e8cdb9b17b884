//! User codes (RFC 8628 Section 6.1): what the user of a device types.

use crate::random::Random;

/// Letters of a user code: no vowels, so no words (RFC 8628 Section 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Letters in a user code: some 34 bits, of which every try takes somebody who is signed in.
const LENGTH: usize = 8;

/// Eight letters in two groups, each drawn evenly.
pub(crate) fn draw(random: &dyn Random) -> String {
    let mut code = String::with_capacity(LENGTH + 1);
    while code.len() < LENGTH + 1 {
        if code.len() == LENGTH / 2 {
            code.push('-');
        }
        let mut octet = [0];
        random.fill(&mut octet);
        // 240 is the largest multiple of 20 that fits; what lies above would favour the first letters.
        if octet[0] < 240 {
            code.push(char::from(LETTERS[usize::from(octet[0]) % LETTERS.len()]));
        }
    }
    code
}

/// A user code as people write it: the case does not count, and neither does what is between the letters.
pub(crate) fn normalized(user_code: &str) -> String {
    user_code
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}
