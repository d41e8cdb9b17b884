//! The world in words, for those who walk through it.

use std::fmt::{Debug, Display, Formatter, Result};

use super::state::Kind;
use super::{Message, Setting, Which, World};
use crate::property::{Told, Watch};
use crate::terms::Terms;

impl Setting {
    /// A world in words, a fact a line, with lifetimes and intervals. In the
    /// end stands what the move that led there broke.
    pub fn in_words(&self, world: World) -> String {
        lines(world, Some(&self.terms)).join("\n")
    }
}

/// The same without what only a setting knows. Between two worlds of a failed
/// assertion, `{:?}` is a single line.
impl Debug for World {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let between = if f.alternate() { "\n" } else { "; " };
        f.write_str(&lines(*self, None).join(between))
    }
}

fn lines(world: World, terms: Option<&[Terms; 2]>) -> Vec<String> {
    let mut lines = Vec::new();
    for which in Which::ALL {
        let terms = terms.map(|both| &both[which as usize]);
        let words = world.deferral(which).in_words(terms);
        lines.push(format!("{which}: {}", words.join(", ")));
        let client = client(world.watch(which));
        if !client.is_empty() {
            lines.push(format!("  its client: {}", client.join(", ")));
        }
    }
    let messages = world.messages().map(|message| message.to_string());
    let messages: Vec<_> = messages.into_iter().filter(|m| !m.is_empty()).collect();
    if !messages.is_empty() {
        lines.push(format!("under way: {}", messages.join(", ")));
    }
    for property in world.broken().iter() {
        lines.push(format!("BROKEN {property}: {}", property.text()));
    }
    lines
}

/// What the judge remembers of a client and its request.
fn client(watch: Watch) -> Vec<String> {
    let mut words = Vec::new();
    if watch.known() {
        words.push("holds the code".to_owned());
    }
    match watch.told() {
        Told::Nothing => {}
        told => words.push(format!("was told {told}")),
    }
    if watch.tokens() > 0 {
        words.push(format!("token responses issued: {}", watch.tokens()));
    }
    let facts = [
        (watch.granted(), "was granted what it asked for in time"),
        (watch.cancelled(), "was told that it cancelled"),
        (watch.called(), "was called back"),
        (watch.missed(), "missed a token response"),
    ];
    let held = facts.iter().filter(|(holds, _)| *holds);
    words.extend(held.map(|(_, fact)| (*fact).to_owned()));
    if watch.known() {
        words.push(format!("no poll for {}", watch.pace()));
    }
    words
}

impl Display for Told {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Told::Nothing => "nothing",
            Told::Token => "token",
            Told::Denied => "access_denied",
            Told::Expired => "expired_token",
            Told::Gone => "invalid_grant",
        })
    }
}

/// Nothing for a free place.
impl Display for Message {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Some((kind, which)) = self.parts() else {
            return Ok(());
        };
        let what = match kind {
            Kind::Poll => "poll",
            Kind::Revoke => "revocation",
            Kind::Seen => "poll that saw the approval",
            Kind::Token => "token response",
            Kind::Ring => "callback",
        };
        write!(f, "{what} about {which}")
    }
}
