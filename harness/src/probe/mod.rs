//! Probes: experiments outside the state machine of a deferral. What does a server make of parameters it does not know,
//! of a hint by another way, of a callback endpoint that never answers, of a link that is opened twice?
//!
//! A probe is written, not derived: it asks in some unusual way, and says of what comes which rows it keeps or breaks, and
//! which reading of a question it shows. Before and after that it uses events like any trace, under the same rules.
//!
//! | module | what it is |
//! |---|---|
//! | [`Probe`] (here) | one experiment |
//! | `scene` | what a probe can do |
//! | `run` | all of them at a target |
//! | `opt_in` | `completion_mode` in every shape (Sections 5.1 and 5.3) |
//! | `preceding` | the preceding endpoint and its hint (Sections 5.2 and 6.1) |
//! | `polling` | polls with more in them, and beside other requests (Sections 4.1 and 6.5) |
//! | `words` | what descriptions say and what they give away (Sections 6.6 and 9.4) |
//! | `grants` | grants besides those that traces use |
//! | `request_object` | a hint inside a signed authorization request (Section 5.2) |
//! | `guests` | clients registered in ways in which no client of a trace is |
//! | `interaction` | the link behind `interaction_uri` (Section 6.4) |
//! | `callback` | how callbacks are made (Sections 7.1 and 11.5) |
//! | `registration` | what may be registered as a callback endpoint (Section 11.5) |
//! | `challenge` | challenges of a protected resource that are none (Transaction Challenge Section 4.6) |
//! | `own_endpoint` | requests at the endpoints of RFC 8628 and CIBA |
//! | `revocation` | revocations in every shape, and how long they take (Section 8.2) |

mod callback;
pub(crate) mod challenge;
mod grants;
mod guests;
mod interaction;
mod opt_in;
pub(crate) mod own_endpoint;
mod polling;
pub(crate) mod preceding;
pub(crate) mod registration;
mod request_object;
mod revocation;
mod run;
mod scene;
mod words;

use std::future::Future;
use std::pin::Pin;

use dtr_model::Terms;
use dtr_model::draft::{Draft, Opening};
use dtr_model::question::{self, Reading};
use dtr_model::requirement::Requirement;

use crate::target::control::Name;
use crate::target::{Callbacks, Kind, Target};

pub use run::{Notes, Probed, Step, Until, run};
pub use scene::{Halt, Scene};

/// One experiment.
pub struct Probe {
    /// Stable id, e.g. `probe-unknown-modes`.
    pub id: &'static str,
    /// What it tries, in a sentence.
    pub does: &'static str,
    /// The rows that it puts to the test.
    pub rows: &'static [&'static str],
    /// The questions whose readings it tells apart.
    pub questions: &'static [&'static str],
    /// What it takes besides a client.
    needs: &'static [Need],
    steps: for<'a> fn(&'a mut Scene) -> Steps<'a>,
}

/// The steps of a probe, to be taken.
type Steps<'a> = Pin<Box<dyn Future<Output = Result<(), Halt>> + Send + 'a>>;

/// What a probe shows of a question: its id, and a reading.
pub type Shown = (&'static str, Reading);

/// What a probe takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// A client of the authorization code grant, whose preceding endpoint is asked without a prelude.
    Preceding,
    /// A text by which a hint changes nothing at the preceding endpoint (Section 5.2).
    HintUnseen,
    /// An endpoint for pushed authorization requests (RFC 9126).
    Pushed,
    /// A client with a grant that can be used again and again.
    Reusable,
    /// A client without credentials.
    Public,
    /// Clients with keys (RFC 9449).
    Proofs,
    /// An endpoint for client registration (RFC 7591).
    Registration,
    /// An endpoint for devices (RFC 8628), and somebody to approve them.
    Device,
    /// A server that takes the suite's word for who has which certificate.
    Certificates,
    /// A client whose callbacks arrive here.
    Inbox,
    /// A control.
    Control(Name),
    /// A revocation endpoint.
    Revocation,
    /// An introspection endpoint, and a client that it answers.
    Introspection,
    /// A client besides the owner.
    Others,
    /// Time, for the server to give something up.
    Patience,
    /// A text that knows of interaction (ietf-00 Section 6.6).
    Interaction,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Every probe.
pub fn all() -> impl Iterator<Item = &'static Probe> {
    let groups: [&'static [Probe]; 13] = [
        opt_in::PROBES,
        preceding::PROBES,
        polling::PROBES,
        words::PROBES,
        grants::PROBES,
        guests::PROBES,
        request_object::PROBES,
        interaction::PROBES,
        callback::PROBES,
        registration::PROBES,
        revocation::PROBES,
        challenge::PROBES,
        own_endpoint::PROBES,
    ];
    groups.into_iter().flatten()
}

/// The probe with this id.
pub fn named(id: &str) -> Option<&'static Probe> {
    all().find(|probe| probe.id == id)
}

impl Probe {
    /// Whether it waits for the server to lose its patience.
    pub fn is_slow(&self) -> bool {
        self.needs.contains(&Need::Patience)
    }

    /// The rows of this text that it puts to the test.
    pub fn rows_of(&self, draft: &Draft) -> impl Iterator<Item = &'static Requirement> {
        let ledger = draft.ledger();
        self.rows.iter().flat_map(|check| ledger.asking(check))
    }

    /// Whether this text has one of its rows, or leaves open one of its questions.
    pub fn is_about(&self, draft: &Draft) -> bool {
        let open = |id: &str| question::named_entry(id).is_some_and(|e| draft.leaves_open(e));
        self.rows_of(draft).next().is_some() || self.questions.iter().any(|id| open(id))
    }

    /// The terms under which it runs at this target.
    ///
    /// # Errors
    /// Why it cannot be run there.
    fn terms(&self, target: &Target) -> Result<Terms, String> {
        let draft = target.draft;
        for need in self.needs {
            need.met_by(target)?;
        }
        if !self.is_about(draft) {
            return Err(format!("{} asks nothing of what it tries", draft.id));
        }
        let fits = |kind: &Kind| self.needs.iter().all(|need| need.fits(*kind));
        let kinds = target.pool.kinds();
        let kind = kinds.into_iter().find(fits);
        let kind =
            kind.ok_or_else(|| "the target has no client of the kind it takes".to_owned())?;
        Ok(Terms {
            draft,
            public: kind.public,
            one_time: kind.one_time,
            callback: kind.callback,
            interval: target.limits.interval,
            lifetime: target.limits.lifetime,
            // A probe is not about how long an approval lasts: as long as the server lets it.
            approval: 0,
        })
    }
}

impl Need {
    fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Preceding => kind.one_time,
            Self::Reusable => !kind.one_time,
            Self::Inbox => kind.callback,
            Self::Public => kind.public,
            Self::Introspection => !kind.public,
            _ => true,
        }
    }

    fn met_by(self, target: &Target) -> Result<(), String> {
        let (met, otherwise) = match self {
            Self::Control(name) => {
                let otherwise = format!("there is no control to {}", name.purpose());
                (target.can(name), otherwise)
            }
            Self::Preceding => {
                let plain = target.endpoints.authorization.is_some();
                (
                    plain,
                    "the metadata names no authorization endpoint".to_owned(),
                )
            }
            Self::HintUnseen => {
                let why = format!("{} has a hint deferred where it is given", target.draft.id);
                (target.draft.rules.opening != Opening::Either, why)
            }
            Self::Pushed => {
                let there = target.endpoints.pushed.is_some();
                (there, "there is no endpoint for pushed requests".to_owned())
            }
            Self::Revocation => {
                let there = target.endpoints.revocation.is_some();
                (there, "there is no revocation endpoint".to_owned())
            }
            Self::Introspection => {
                let there = target.endpoints.introspection.is_some();
                (there, "there is no introspection endpoint".to_owned())
            }
            Self::Others => (target.others, "there is no other client".to_owned()),
            Self::Inbox => {
                let waits = target.callbacks != Callbacks::AtWill(std::time::Duration::ZERO);
                (waits, "no callbacks arrive here".to_owned())
            }
            Self::Registration => {
                let there = target.endpoints.registration.is_some();
                (there, "there is no registration endpoint".to_owned())
            }
            Self::Device => {
                let there = target.endpoints.device_authorization.is_some();
                match target.verification.is_empty() {
                    false => (there, "there is no endpoint for devices".to_owned()),
                    true => {
                        let why =
                            "the target file does not say what approves a device: `verification`";
                        (false, why.to_owned())
                    }
                }
            }
            Self::Certificates => {
                let why = "requests do not arrive where those of a TLS front would: `tls.client_cert_header`";
                (target.client_cert_header, why.to_owned())
            }
            Self::Interaction => {
                let why = format!("{} has no interaction", target.draft.id);
                (target.draft.has_interaction(), why)
            }
            Self::Proofs => (target.proofs, "the clients have no DPoP keys".to_owned()),
            Self::Reusable | Self::Public | Self::Patience => (true, String::new()),
        };
        if met { Ok(()) } else { Err(otherwise) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dtr_model::question::Place;
    use dtr_model::requirement;

    use super::*;

    /// What the catalogue leaves to probes, some probe tells apart; and nothing else.
    #[test]
    fn questions_and_probes_agree() {
        for entry in question::catalogue() {
            let probed = all().any(|probe| probe.questions.contains(&entry.id));
            let wanted = matches!(entry.place, Place::Probe);
            assert_eq!(probed, wanted, "{}: {:?}", entry.id, entry.place);
        }
    }

    #[test]
    fn ids_are_unique_and_rows_known() {
        let ids: BTreeSet<_> = all().map(|probe| probe.id).collect();
        assert_eq!(ids.len(), all().count());
        for probe in all() {
            assert!(probe.id.starts_with("probe-"), "{}", probe.id);
            assert!(!probe.rows.is_empty() || !probe.questions.is_empty());
            for row in probe.rows {
                let mut texts = requirement::editions().iter();
                let known = texts.any(|text| text.row(row).is_some_and(|row| row.is_checked()));
                assert!(known, "{}: {row} is no check", probe.id);
            }
        }
    }
}
