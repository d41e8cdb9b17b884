//! What happens at the server besides requests: decisions, lapses, time.

use crate::choice::Choices;
use crate::deferral::{Callback, Deferral, Phase};
use crate::draft::Interaction;
use crate::event::{Decision, Precondition};
use crate::question::{Question, Reading};
use crate::terms::Terms;

/// A decision moves a pending request; upon any other it is void.
pub(super) fn decide(
    d: Deferral,
    decision: Decision,
    terms: &Terms,
    c: &mut Choices<'_>,
) -> Deferral {
    if !d.is_pending() {
        return d;
    }
    let late = d.is_expired(terms);
    if late && c.reads(Question::C03, Reading::B) {
        return d;
    }
    let phase = match late {
        true => Phase::ApprovedLate,
        false => Phase::Approved,
    };
    let granted = d.with_phase(phase).with_approval(terms.approval);
    match decision {
        Decision::Approve => resolve(granted, late, terms, c),
        Decision::Narrow => resolve(granted.with_narrow(true), late, terms, c),
        Decision::Deny => resolve(d.with_phase(Phase::Denied), late, terms, c),
        Decision::NeedInteraction if !may_interact(d, terms) => d,
        Decision::NeedInteraction => d.with_phase(Phase::Interaction),
        Decision::InteractionDone => d.with_phase(Phase::Pending),
        Decision::InteractionBegun => match d.phase() {
            Phase::Interaction if terms.draft.rules.interaction_pending => {
                d.with_phase(Phase::Interacting)
            }
            _ => d,
        },
    }
}

/// Whether the client may be told that interaction is needed. If it may not,
/// the request stays pending, and people are reached in some other way.
fn may_interact(d: Deferral, terms: &Terms) -> bool {
    match terms.draft.rules.interaction {
        Interaction::Unknown => false,
        Interaction::Anybody => true,
        Interaction::OptedIn => d.interactive(),
    }
}

/// Resolution makes a callback due (Section 7), though never for a code that
/// has expired already, and may make the server forget (C-08).
fn resolve(d: Deferral, late: bool, terms: &Terms, c: &mut Choices<'_>) -> Deferral {
    let due = d.is_called_back(terms) && !late;
    let d = d.with_callback(if due { Callback::Due } else { Callback::None });
    match c.reads(Question::C08, Reading::B) {
        true => d.with_phase(Phase::Disposed),
        false => d,
    }
}

pub(super) fn set_lapsed(d: Deferral, precondition: Precondition, lapsed: bool) -> Deferral {
    match precondition {
        Precondition::Consent => d.with_consent_lapsed(lapsed),
        Precondition::Client => d.with_client_lapsed(lapsed),
    }
}

/// One tick. The age stops at the lifetime: nothing later differs.
pub(super) fn tick(d: Deferral, terms: &Terms) -> Deferral {
    if !d.exists() && d.callback() == Callback::None {
        return d;
    }
    d.with_age((d.age() + 1).min(terms.lifetime))
        .with_since((d.since() + 1).min(terms.interval + 2))
        .with_approval(d.approval().saturating_sub(1))
        .with_fresh(false)
}
