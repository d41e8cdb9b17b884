//! What may lie between a client under test and the server that watches it: nothing, unless a client is to be made wrong.

use crate::target::Transport;
use crate::target::bundled::decoration::Public;

/// A difference between what a client does and what is seen of it.
pub trait Between: Send + Sync {
    /// Something around the server, as the client has it.
    fn inward(&self, service: Public) -> Public {
        service
    }

    /// Something on the way of callbacks to the client.
    fn outward(&self, way: Transport) -> Transport {
        way
    }
}

/// Nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Between for Nothing {}
