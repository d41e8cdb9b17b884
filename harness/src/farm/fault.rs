//! What a fault is.

use std::time::Duration;

use dtr_model::draft::Draft;
use dtr_reference::Config;
use dtr_reference::deferral::Deferral;
use dtr_reference::secret::Credential;
use dtr_reference::store::{Authorization, Representation};
use serde_json::Value;

use super::known::Known;
use super::sockets::Habits;
use super::store::Moment;
use crate::exchange::{Answered, Asked};
use crate::target::receiver::Wire;

/// Where the reference is decorated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seam {
    /// Where deferrals and authorization codes are kept.
    Store,
    /// Where time comes from.
    Clock,
    /// Where codes come from.
    Random,
    /// What it is told to decide.
    Decision,
    /// Requests on their way in.
    Request,
    /// Responses on their way out.
    Response,
    /// The metadata document.
    Metadata,
    /// Callbacks on their way.
    Callback,
    /// Its settings.
    Configuration,
}

impl Seam {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Seam::Store => "store",
            Seam::Clock => "clock",
            Seam::Random => "random",
            Seam::Decision => "decision",
            Seam::Request => "request",
            Seam::Response => "response",
            Seam::Metadata => "metadata",
            Seam::Callback => "callback",
            Seam::Configuration => "configuration",
        }
    }
}

/// How the report has to show a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The run fails, and these requirements are among the broken ones.
    Broken(&'static [&'static str]),
    /// A race fails, and one of these requirements is among the broken ones. Which others are is chance.
    Raced(&'static [&'static str]),
    /// The run passes with a warning: the text has a SHOULD there.
    Warned(&'static str),
    /// The run passes, and the fingerprint has this reading: the text allows it.
    Read(&'static str),
    /// The run says nothing, for nothing was to be seen.
    Inconclusive,
}

/// A server that is wrong in one way.
#[derive(Debug)]
pub struct Fault {
    /// Stable, in kebab case.
    pub id: &'static str,
    /// Where the reference is decorated.
    pub seam: Seam,
    /// What the server does, in a sentence.
    pub does: &'static str,
    /// How it has to show.
    pub shown: Shown,
    /// The decoration.
    pub(super) how: &'static [How],
}

impl Fault {
    /// The requirements it should break or slight, by the ids that ietf-01 gives.
    pub fn rows(&'static self) -> &'static [&'static str] {
        match &self.shown {
            Shown::Broken(rows) | Shown::Raced(rows) => rows,
            Shown::Warned(row) => std::slice::from_ref(row),
            Shown::Read(_) | Shown::Inconclusive => &[],
        }
    }

    /// Whether it is a fault under this text: it breaks something there, or shows without.
    pub fn is_of(&'static self, draft: &Draft) -> bool {
        self.rows().is_empty() || !self.breaks(draft).is_empty()
    }

    /// The same as a text has them: those of its checks that ask one of these.
    pub fn breaks(&'static self, draft: &Draft) -> Vec<&'static str> {
        let asking = self
            .rows()
            .iter()
            .flat_map(|row| draft.ledger().asking(row));
        let mut checked: Vec<&str> = Vec::new();
        for row in asking.filter(|row| row.is_checked()) {
            if !checked.contains(&row.id) {
                checked.push(row.id);
            }
        }
        checked
    }
}

/// For how long a response is held back.
pub(super) const SLOWNESS: Duration = Duration::from_millis(5);

/// An authorization code used up by a deferral.
pub(super) type Spent = Option<(Credential, Representation)>;

/// One thing that is different about a server.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// A change to a deferral, instead of the one that should be made.
    Change(fn(&mut Moment<'_, '_>)),
    /// A deferral as it is first kept.
    Insert(fn(&mut Deferral, &mut Spent, u64)),
    /// What is read of an authorization code.
    Credential(fn(&mut Authorization)),
    /// Changes of deferrals fall apart: read, let others go on, write.
    HastyChanges,
    /// The use of an authorization code falls apart likewise.
    HastyCredentials,
    /// A request on its way in.
    Request(fn(&mut Asked, &Known)),
    /// Whether a response is held back for [`SLOWNESS`].
    Slow(fn(&Asked, &Known) -> bool),
    /// A response on its way out.
    Response(fn(&Asked, &mut Answered, &Known)),
    /// A control request on its way in: its path and its members.
    Control(fn(&str, &mut Value)),
    /// A callback on its way.
    Callback(Wire),
    /// A setting.
    Setting(fn(&mut Config)),
    /// What the clock shows, from what it should show and when it began.
    Clock(fn(u64, u64) -> u64),
    /// What is drawn, from what should be drawn and how often was drawn before.
    Random(fn(&mut [u8], u64)),
    /// How connections are served.
    Sockets(Habits),
}
