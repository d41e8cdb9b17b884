//! One digest of several texts.

use aws_lc_rs::digest::{Context, SHA256};

/// SHA-256 over the parts, each behind its length so that no two lists look the same.
pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}
