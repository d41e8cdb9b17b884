//! What a test does to a server besides speaking OAuth to it: decide requests, move the clock, lose responses.
//!
//! | file | way |
//! |---|---|
//! | `reference` | the control API of the bundled server (`reference/CONTROL.md`), which any server may offer |
//! | `template` | HTTP requests written out in the target file |
//! | `command` | a program to execute |

mod command;
mod operation;
mod reference;
mod template;

pub use command::Command;
pub use operation::{Name, Operation};
pub use reference::{Reference, read};
pub use template::{Template, Templates};

use super::failure::TransportFailure;
use super::transport::{Outgoing, Reply};

/// A way to a server's controls.
#[derive(Debug, Clone)]
pub enum Control {
    /// The control API of the bundled server, spoken by the target.
    Reference(Reference),
    /// HTTP requests from the target file.
    Templates(Templates),
    /// A program.
    Command(Command),
}

impl Control {
    /// Whether this operation can be had.
    pub fn can(&self, name: Name) -> bool {
        match self {
            Self::Reference(way) => way.can(name),
            Self::Templates(way) => way.can(name),
            Self::Command(way) => way.can(name),
        }
    }

    /// Carries an operation out. The first half is what was sent, for the record.
    ///
    /// # Errors
    /// [`TransportFailure::NoControl`] for an operation that cannot be had, [`TransportFailure::Control`] for one that
    /// was refused, or that of the transport.
    pub async fn perform(
        &self,
        operation: &Operation,
    ) -> (Option<Outgoing>, Result<Reply, TransportFailure>) {
        let missing = Err(TransportFailure::NoControl(operation.name().purpose()));
        match self {
            Self::Reference(way) if !way.can(operation.name()) => (None, missing),
            Self::Reference(way) => {
                let outgoing = way.request(operation);
                let sent = outgoing.clone();
                (Some(sent), way.transport.send(outgoing).await)
            }
            Self::Templates(way) => match way.request(operation) {
                None => (None, missing),
                Some(outgoing) => {
                    let sent = outgoing.clone();
                    (Some(sent), way.send(operation.name(), outgoing).await)
                }
            },
            Self::Command(way) => match way.can(operation.name()) {
                false => (None, missing),
                true => (Some(way.record(operation)), way.run(operation).await),
            },
        }
    }

    /// The bundled server's own control API, for what only it can do.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Reference(way) => Some(way),
            _ => None,
        }
    }
}
