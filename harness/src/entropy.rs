//! How much entropy a value can hold, which others are to be unable to guess.

/// The most entropy that a value of this form can hold, in bits. Generous: how random it is cannot be told from outside
/// (Section 9.1), and a short alphabet only where chance does not make one.
pub(crate) fn most_bits(code: &str) -> u32 {
    let bare = code.strip_prefix("urn:uuid:").unwrap_or(code);
    if is_uuid(bare) {
        return 122;
    }
    let bits_each = if code.bytes().all(|octet| octet.is_ascii_digit()) {
        3.322
    } else if code.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        4.0
    } else {
        6.555 // any visible ASCII character
    };
    (code.len() as f64 * bits_each).min(f64::from(u32::MAX)) as u32
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|octet| octet == b'-' || octet.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::most_bits;

    #[test]
    fn forms_that_can_hold_enough_and_forms_that_cannot() {
        for enough in [
            "LRGidcSAeVs_xYpEDt5pNx0A0TBr7qPHbh_Se6pfdf4",
            "GmRhmhcxhwAzkoEqiMEg_D",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(most_bits(enough) >= 128, "{enough}");
        }
        for less in [
            "",
            "GmRhmhcxhwAzkoEqiMEg"[..19].as_ref(),
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "urn:uuid:f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "0123456789abcdef",
            "01234567890123456789012345678901234567",
        ] {
            assert!(most_bits(less) < 128, "{less}");
        }
    }
}
