//! Where deferrals went during a run: the picture of what was visited.

use std::fmt;

use dtr_model::deferral::{Deferral, Phase};
use dtr_model::event::Event;
use dtr_model::terms::Terms;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in the life of a deferral: its phase, and whether its time is over
/// while it waits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// No deferral code yet.
    Absent,
    /// Waiting for a decision.
    Pending,
    /// Waiting for interaction.
    Interaction,
    /// Granted, not delivered.
    Approved,
    /// Granted after the lifetime (C-03/A).
    ApprovedLate,
    /// Refused.
    Denied,
    /// Cancelled.
    Cancelled,
    /// A token response was issued.
    Redeemed,
    /// The lifetime ended before a decision.
    Expired,
    /// Forgotten by the server.
    Disposed,
    /// The token request was answered at once.
    Synchronous,
}

impl Place {
    /// Every place, in the order of a life.
    pub const ALL: &'static [Place] = &[
        Place::Absent,
        Place::Pending,
        Place::Interaction,
        Place::Approved,
        Place::ApprovedLate,
        Place::Denied,
        Place::Cancelled,
        Place::Redeemed,
        Place::Expired,
        Place::Disposed,
        Place::Synchronous,
    ];

    /// Where a deferral is.
    pub fn of(deferral: Deferral, terms: &Terms) -> Place {
        match deferral.phase() {
            Phase::Absent => Place::Absent,
            _ if deferral.is_pending() && deferral.is_expired(terms) => Place::Expired,
            Phase::Pending => Place::Pending,
            Phase::Interaction | Phase::Interacting => Place::Interaction,
            Phase::Approved => Place::Approved,
            Phase::ApprovedLate => Place::ApprovedLate,
            Phase::Denied => Place::Denied,
            Phase::Cancelled => Place::Cancelled,
            Phase::Redeemed => Place::Redeemed,
            Phase::Disposed => Place::Disposed,
            Phase::Synchronous => Place::Synchronous,
        }
    }

    /// Where the deferral is, if all that it may be are in one place.
    pub fn common(mut deferrals: impl Iterator<Item = Deferral>, terms: &Terms) -> Option<Place> {
        let first = Place::of(deferrals.next()?, terms);
        deferrals
            .all(|d| Place::of(d, terms) == first)
            .then_some(first)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Absent => "no code",
            Place::Pending => "pending",
            Place::Interaction => "interaction",
            Place::Approved => "approved",
            Place::ApprovedLate => "approved late",
            Place::Denied => "denied",
            Place::Cancelled => "cancelled",
            Place::Redeemed => "redeemed",
            Place::Expired => "expired",
            Place::Disposed => "forgotten",
            Place::Synchronous => "synchronous",
        })
    }
}

/// The kind of an event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A token request.
    Request,
    /// A poll, whoever sent it.
    Poll,
    /// A cancellation, whoever sent it.
    Cancellation,
    /// A decision of the approver, or interaction.
    Decision,
    /// Consent or registration: gone, or back, or grown.
    Change,
    /// An occasion for a callback.
    Callback,
    /// A refresh, an exchange or the use of what came of it.
    Token,
    /// Time.
    Time,
}

impl Deed {
    /// Which kind an event is of.
    pub fn of(event: Event) -> Deed {
        match event {
            Event::Request(_) => Deed::Request,
            Event::Poll { .. } => Deed::Poll,
            Event::Revoke { .. } => Deed::Cancellation,
            Event::Decide(_) => Deed::Decision,
            Event::Lapse(_) | Event::Return(_) | Event::Widen => Deed::Change,
            Event::Callback(_) => Deed::Callback,
            // The loss of a response is part of the poll that it answered.
            Event::ResponseLost => Deed::Poll,
            Event::Renew(_) | Event::Present => Deed::Token,
            Event::Tick => Deed::Time,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deed::Request => "token request",
            Deed::Poll => "poll",
            Deed::Cancellation => "cancellation",
            Deed::Decision => "decision",
            Deed::Change => "change of consent or client",
            Deed::Callback => "callback",
            Deed::Token => "use of the token",
            Deed::Time => "time",
        })
    }
}

/// A step from one place to another, or to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visit {
    /// Where the deferral was.
    pub from: Place,
    /// What happened.
    pub by: Deed,
    /// Where it was afterwards.
    pub to: Place,
}
