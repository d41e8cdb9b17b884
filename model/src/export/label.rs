//! What a transition is called: event and answer in the words of every report,
//! without what the formats of other tools take for their own.

use std::fmt::Display;

use crate::event::{Answer, Event};

/// `poll-by-owner/authorization_pending`; the event alone where nothing is
/// answered, be it that nothing can be, or that the answer was lost.
pub fn label(event: Event, answer: Answer) -> String {
    match answer {
        Answer::Silence => name(event),
        _ => format!("{}/{}", name(event), name(answer)),
    }
}

/// Small letters, digits and underscores, and a hyphen for each space.
pub(super) fn name(words: impl Display) -> String {
    let kept = words.to_string().to_lowercase().replace(' ', "-");
    kept.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}
