//! What is noted down while one event is performed.

use dtr_model::draft::Draft;
use dtr_model::requirement::Edition;

use super::observation::{Exchange, Finding, Observation, Seen};
use crate::target::TransportFailure;
use crate::target::transport::{Outgoing, Reply, Transport};

/// The notes of one event.
#[derive(Debug)]
pub(super) struct Log {
    ledger: &'static Edition,
    findings: Vec<Finding>,
    observed: Vec<&'static str>,
    exchanges: Vec<Exchange>,
}

impl Log {
    /// Nothing yet. What is noted is about the rows of this text.
    pub(super) fn by(draft: &Draft) -> Log {
        Log {
            ledger: draft.ledger(),
            findings: Vec::new(),
            observed: Vec::new(),
            exchanges: Vec::new(),
        }
    }

    /// Notes whether the rule of a check holds here: an observation if it does, a finding if not, of each row that asks for
    /// it. What no row of the text asks for is not noted.
    pub(super) fn check(
        &mut self,
        check: &'static str,
        holds: bool,
        otherwise: impl FnOnce() -> String,
    ) {
        if !holds {
            if self.ledger.has(check) {
                self.complain(check, otherwise());
            }
            return;
        }
        for row in self.ledger.asking(check) {
            if !self.observed.contains(&row.id) {
                self.observed.push(row.id);
            }
        }
    }

    /// Notes that something belonging to a check is wrong. That it is right would not amount to an observation of it.
    pub(super) fn complain(&mut self, check: &'static str, detail: String) {
        let rows = self.ledger.asking(check);
        self.findings.extend(rows.map(|row| Finding {
            requirement: row.id,
            detail: detail.clone(),
        }));
    }

    /// Sends a request that is no control, and notes it with what came.
    pub(super) async fn send(
        &mut self,
        way: &Transport,
        purpose: &'static str,
        outgoing: Outgoing,
    ) -> Result<Reply, TransportFailure> {
        let sent = outgoing.clone();
        let result = way.send(outgoing).await;
        let reply = result.as_ref().ok();
        self.exchanged(Exchange::new(purpose.into(), false, sent, reply));
        result
    }

    /// Notes what went over the wire.
    pub(super) fn exchanged(&mut self, exchange: Exchange) {
        self.exchanges.push(exchange);
    }

    /// All that was noted, with what it amounts to.
    pub(super) fn conclude(self, answer: Seen) -> Observation {
        let Self {
            findings,
            mut observed,
            exchanges,
            ..
        } = self;
        observed.retain(|id| findings.iter().all(|finding| finding.requirement != *id));
        Observation {
            answer,
            findings,
            observed,
            exchanges,
        }
    }
}
