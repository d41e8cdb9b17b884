//! Where something stands in a text, for errors about a file.

/// Line and column of an octet, both from 1, the column in characters.
pub(crate) fn position(text: &str, octet: usize) -> (usize, usize) {
    let before = text.get(..octet).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}
