//! A system written down.

use std::fmt::Write;
use std::str::FromStr;

use serde_json::json;

use super::label::{label, name};
use super::{Lts, Transition};
use crate::generate::Situation;

/// How a system is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aldebaran, which mCRL2, CADP and LTSmin read. States are numbers alone.
    Aut,
    /// Graphviz, with states in words.
    Dot,
    /// JSON, with states in words.
    Json,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        match name {
            "aut" => Ok(Format::Aut),
            "dot" => Ok(Format::Dot),
            "json" => Ok(Format::Json),
            _ => Err(UnknownFormat(name.to_owned())),
        }
    }
}

/// A format that we do not write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no format `{0}`; use aut (for mCRL2, CADP and LTSmin), dot (for Graphviz) or json"
)]
pub struct UnknownFormat(String);

impl Lts {
    /// The system as text. `name` is that of the choice of readings; Aldebaran
    /// has no place for it.
    pub fn written(&self, format: Format, name: &str) -> String {
        match format {
            Format::Aut => self.aut(),
            Format::Dot => self.dot(name),
            Format::Json => self.json(name),
        }
    }

    fn aut(&self) -> String {
        let (states, transitions) = (self.states.len(), self.transitions.len());
        let mut text = format!("des (0, {transitions}, {states})\n");
        for t in &self.transitions {
            let _ = writeln!(
                text,
                "({}, \"{}\", {})",
                t.from,
                label(t.event, t.answer),
                t.to
            );
        }
        text
    }

    fn dot(&self, name: &str) -> String {
        let mut text = format!("digraph \"{name}\" {{\n  node [shape=box];\n");
        for (at, state) in self.states.iter().enumerate() {
            let _ = writeln!(
                text,
                "  {at} [label=\"{}\"];",
                self.in_words(state).join("\\n")
            );
        }
        for t in &self.transitions {
            let label = label(t.event, t.answer);
            let _ = writeln!(text, "  {} -> {} [label=\"{label}\"];", t.from, t.to);
        }
        text.push_str("}\n");
        text
    }

    fn json(&self, readings: &str) -> String {
        let transition = |t: &Transition| {
            let (event, answer) = (name(t.event), name(t.answer));
            json!({"from": t.from, "event": event, "answer": answer, "to": t.to})
        };
        let document = json!({
            "readings": readings,
            "terms": self.terms,
            "initial": 0,
            "states": self.states.iter().map(|s| self.in_words(s)).collect::<Vec<_>>(),
            "transitions": self.transitions.iter().map(transition).collect::<Vec<_>>(),
        });
        format!("{document}\n")
    }

    fn in_words(&self, state: &Situation) -> Vec<String> {
        let mut words = state.deferral.in_words(Some(&self.terms));
        if state.deferral.exists() && !state.known {
            words.push("the client does not hold the code".to_owned());
        }
        words
    }
}
