//! Which requirements a step of a trace bears on, given the deferral it meets.
//!
//! This is what ties an observation to the text: a step that is answered as
//! allowed is an observation of these rows, a step that is not breaks them.

use crate::deferral::{Callback, Deferral, Phase};
use crate::draft::Opening;
use crate::event::{Caller, Event, Steer, TokenRequest};
use crate::terms::Terms;

/// The ids of the rows of the text that say how `event` is to be answered in this state.
pub fn bearing(d: Deferral, event: Event, terms: &Terms) -> Vec<&'static str> {
    let ledger = terms.draft.ledger();
    let mut rows = Vec::new();
    for check in checks(d, event, terms) {
        // A row of a sibling may ask what several checks see.
        let asking = ledger.asking(check).map(|row| row.id);
        let further: Vec<_> = asking.filter(|id| !rows.contains(id)).collect();
        rows.extend(further);
    }
    rows
}

/// The ids of the checks that see how `event` is answered, which are rows of ietf-01 and of older texts.
fn checks(d: Deferral, event: Event, terms: &Terms) -> &'static [&'static str] {
    match event {
        Event::Request(request) => request_rows(d, request, terms),
        Event::Poll { by, .. } => poll_rows(d, by, terms),
        Event::Revoke { by } => revoke_rows(d, by, terms),
        Event::Callback(_) => callback_rows(d, terms),
        Event::Decide(_)
        | Event::Lapse(_)
        | Event::Return(_)
        | Event::Widen
        | Event::Tick
        | Event::ResponseLost => &[],
        Event::Renew(_) => renewal_rows(d, terms),
        Event::Present => &["AROP-7.4-08"],
    }
}

fn request_rows(d: Deferral, r: TokenRequest, terms: &Terms) -> &'static [&'static str] {
    match r {
        _ if d.client_lapsed() => &["DTR-6.3.1-01"],
        _ if d.phase() != Phase::Absent && terms.one_time && !d.is_direct() => {
            &["DTR-6.3.1-01", "K-11.2-01"]
        }
        TokenRequest { sound: false, .. } if terms.draft.rules.challenged => {
            &["DTR-6.3.1-01", "TXN-4.6-02"]
        }
        TokenRequest { sound: false, .. } => &["DTR-6.3.1-01"],
        TokenRequest {
            steer: Steer::Refuse,
            ..
        } => &["AROP-7.1-03", "AROP-7.1-04"],
        _ if is_repeated(d, r, terms) => &["AROP-7.2-01"],
        // Deferred where it hints or not there: no answer is one about the credential.
        TokenRequest { hinted: true, .. } if terms.draft.rules.opening == Opening::Either => {
            &["DTR-5.3-01"]
        }
        TokenRequest {
            hinted: true,
            opted_in: false,
            ..
        } => &["DTR-5.2-06", "DTR-6.3.1-03", "DTR-5.3-02"],
        TokenRequest {
            opted_in: false, ..
        } => &["DTR-5-01", "DTR-5.3-02"],
        TokenRequest { hinted: false, .. } if terms.one_time => &["DTR-5.2-02", "DTR-5.3-01"],
        _ => &["DTR-5.3-01", "DTR-6.3.1-01"],
    }
}

/// Whether it is like one that waits, where that makes it the same (AROP Section 7.2).
fn is_repeated(d: Deferral, r: TokenRequest, terms: &Terms) -> bool {
    let over = !d.is_pending() && d.is_approval_over(terms);
    let waiting = d.is_live() && !d.is_expired(terms) && !over;
    terms.draft.rules.idempotent && waiting && r.opted_in && r.keyed == d.bound()
}

/// What bears on a refresh and on an exchange.
fn renewal_rows(d: Deferral, terms: &Terms) -> &'static [&'static str] {
    match d.phase() {
        Phase::Redeemed if d.client_lapsed() => &[],
        Phase::Redeemed if d.is_approval_over(terms) => &["AROP-7.4-11"],
        Phase::Redeemed if d.consent_lapsed() => &["AROP-7.4-12"],
        Phase::Redeemed => &["AROP-7.4-10"],
        _ => &[],
    }
}

fn poll_rows(d: Deferral, by: Caller, terms: &Terms) -> &'static [&'static str] {
    let expired = d.is_expired(terms);
    match (by, d.phase()) {
        (Caller::OtherClient, _) => &["DTR-6.5.1-03", "DTR-6.6-09", "DTR-6.6-11", "DTR-6.6-12"],
        (Caller::Impostor, _) => &["DTR-6.5.1-02"],
        _ if d.client_lapsed() => &["DTR-6.5.1-02"],
        // The verifier is a proposal's own, and that has no rows.
        (Caller::NoVerifier | Caller::OtherVerifier, _) => &[],
        (Caller::OtherKey, _) if d.bound() => {
            &["DTR-6.4-23", "DTR-6.4-24", "DTR-11.1-06", "K-4.1-G3"]
        }
        (_, Phase::Absent | Phase::Disposed | Phase::Synchronous) => {
            &["DTR-6.5.1-03", "DTR-6.6-09"]
        }
        _ if d.is_pending() && expired => &["DTR-6.4-07", "DTR-6.5.1-04"],
        _ if d.is_pending() && d.since() < terms.interval => {
            &["DTR-11.3-01", "DTR-6.6-16", "K-6.6-03"]
        }
        (_, Phase::Pending) => &["K-6.6-03", "DTR-6.6-05"],
        (_, Phase::Interaction | Phase::Interacting) => &["K-6.6-03", "DTR-6.6-03", "DTR-6.6-05"],
        (_, Phase::Approved) if expired => &["DTR-6.4-07"],
        (_, Phase::ApprovedLate) => &["DTR-6.4-07"],
        (_, Phase::Approved)
            if d.consent_lapsed() || d.client_lapsed() || d.is_approval_over(terms) =>
        {
            &["DTR-11.7-01", "DTR-11.7-02", "DTR-11.7-03"]
        }
        (_, Phase::Approved) if called(d, terms) => &["DTR-6.5.1-05", "K-4.1-G1", "K-7-03"],
        (_, Phase::Approved) => &["DTR-6.5.1-05", "K-4.1-G1"],
        (_, Phase::Denied) if called(d, terms) => &["DTR-6.5.1-06", "K-7-03"],
        (_, Phase::Denied) => &["DTR-6.5.1-06"],
        (_, Phase::Cancelled) => &["DTR-6.5.1-06", "DTR-8.2-04", "DTR-8.2-09", "DTR-8.2-10"],
        (_, Phase::Redeemed) => &["DTR-6.5.1-07", "DTR-6.5.2-02", "DTR-6.6-09"],
    }
}

/// Whether the client was told by a callback that the request is resolved.
fn called(d: Deferral, terms: &Terms) -> bool {
    d.is_called_back(terms) && d.callback() == Callback::None
}

fn revoke_rows(d: Deferral, by: Caller, terms: &Terms) -> &'static [&'static str] {
    let live = d.is_live() && !d.is_expired(terms);
    match (by, d.phase()) {
        (Caller::OtherClient, _) => &["DTR-8.2-05"],
        (Caller::Impostor, _) => &["K-8.1-01"],
        _ if d.client_lapsed() => &["K-8.1-01"],
        (Caller::OtherKey, _) if d.bound() => &["DTR-11.1-06"],
        (_, Phase::Approved) if live => &["DTR-8.2-01", "DTR-8.2-02", "DTR-8.2-08"],
        _ if live => &["DTR-8.2-01", "DTR-8.2-02"],
        (_, Phase::Redeemed) => &["DTR-8.2-05", "K-8.2-01"],
        (_, Phase::Cancelled) => &["DTR-8.2-05", "K-8.3-01"],
        _ => &["DTR-8.2-05", "K-8.2-01"],
    }
}

fn callback_rows(d: Deferral, terms: &Terms) -> &'static [&'static str] {
    match d.phase() {
        _ if d.is_expired(terms) => &["DTR-7-04"],
        Phase::Cancelled | Phase::Disposed => &["DTR-8.2-03"],
        Phase::Approved | Phase::Denied | Phase::Redeemed => &["K-7-01", "DTR-7.1-02"],
        _ => &["K-7-03"],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::draft::Draft;
    use crate::generate::{Graph, events, settings};

    #[test]
    fn what_bears_on_a_step_is_in_the_ledger() {
        let mut cited = BTreeSet::<&str>::new();
        let with_ledger = Draft::ALL.iter().filter(|draft| draft.ledger == draft.id);
        let known = |id: &str| Draft::ALL.iter().any(|draft| draft.ledger().has(id));
        for terms in with_ledger.flat_map(settings) {
            for node in Graph::of(terms).nodes {
                for event in events(node, &terms) {
                    cited.extend(super::checks(node.deferral, event, &terms));
                    let rows = bearing(node.deferral, event, &terms);
                    let answered = matches!(
                        event,
                        Event::Request(_) | Event::Poll { .. } | Event::Revoke { .. }
                    );
                    assert!(!answered || !rows.is_empty(), "nothing bears on {event}");
                    let ledger = terms.draft.ledger();
                    assert!(rows.iter().all(|id| ledger.row(id).is_some()), "{rows:?}");
                    let distinct: BTreeSet<_> = rows.iter().collect();
                    assert_eq!(distinct.len(), rows.len(), "{event}: {rows:?}");
                }
            }
        }
        for id in &cited {
            assert!(known(id), "no row {id}");
        }
        assert!(cited.len() > 30, "only {} rows are cited", cited.len());
    }
}
