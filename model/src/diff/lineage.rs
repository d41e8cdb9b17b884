//! The changes from text to text as people noted them, and what of a
//! [`Difference`] shows each. A test compares the two ways round: every change
//! that is said to show does, and nothing shows that is not noted.

use super::{Difference, Fork, Glance, Role};
use crate::draft::Draft;
use crate::event::{Answer, Code, Event};
use crate::question::Question;

/// A change from one text to the next.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Its number in our notes.
    pub id: &'static str,
    /// The text before.
    pub from: &'static str,
    /// The text after.
    pub to: &'static str,
    /// What changed.
    pub text: &'static str,
    /// Where it shows.
    pub shows: &'static [Shows],
}

/// Where a change shows in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// In what something is called.
    Name(Role),
    /// In the answer to one request.
    Glance(Glance),
    /// In the answer to an event of this sort after some history: this answer is
    /// allowed by one text only.
    Fork(At, Answer),
    /// In what an event of this sort, answered so, does not tell: one text leaves
    /// more possible after it than the other.
    Untold(At, Answer),
    /// In a question that is answered or left open.
    Settled(Question),
    /// Nowhere, for this reason.
    Nowhere(&'static str),
}

/// Sorts of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A token request.
    Request,
    /// A poll.
    Poll,
    /// A revocation.
    Revocation,
}

impl At {
    fn is(self, event: Event) -> bool {
        match self {
            At::Request => matches!(event, Event::Request(_)),
            At::Poll => matches!(event, Event::Poll { .. }),
            At::Revocation => matches!(event, Event::Revoke { .. }),
        }
    }
}

impl Shows {
    /// Whether it does in this comparison.
    pub fn in_difference(self, difference: &Difference) -> bool {
        match self {
            Shows::Name(role) => difference.names.iter().any(|n| n.role == role),
            Shows::Glance(glance) => difference.glances.iter().any(|g| g.glance == glance),
            Shows::Fork(..) | Shows::Untold(..) => difference.forks.iter().any(|f| self.is_fork(f)),
            Shows::Settled(question) => difference.settled.iter().any(|s| s.question == question),
            Shows::Nowhere(_) => false,
        }
    }

    /// Whether this fork is where it shows.
    pub fn is_fork(self, fork: &Fork) -> bool {
        match self {
            Shows::Fork(at, answer) => {
                let mut only = fork.only_one.iter().chain(&fork.only_other);
                at.is(fork.event) && only.any(|one| alike(*one, answer))
            }
            Shows::Untold(at, answer) => {
                let mut told = fork.history.iter();
                let one_sided = fork.only_one.is_empty() != fork.only_other.is_empty();
                one_sided && told.any(|(event, told)| at.is(*event) && alike(*told, answer))
            }
            _ => false,
        }
    }
}

/// Whether two answers are the same, whichever code they carry from the same endpoint.
fn alike(one: Answer, other: Answer) -> bool {
    match (one, other) {
        (
            Answer::Deferred { interaction, code },
            Answer::Deferred {
                interaction: called_for,
                code: other,
            },
        ) => interaction == called_for && (code == Code::Direct) == (other == Code::Direct),
        _ => one == other,
    }
}

/// The changes that lie between two texts, oldest first; none if they are not
/// of one line.
pub fn changes(one: &Draft, other: &Draft) -> Vec<&'static Change> {
    let way = way(one.id, other.id).or_else(|| way(other.id, one.id));
    let steps = way.unwrap_or_default();
    let lies = |change: &&Change| steps.contains(&(change.from, change.to));
    CHANGES.iter().filter(lies).collect()
}

/// The steps from text to text that lead from the one to the other.
fn way(from: &'static str, to: &'static str) -> Option<Vec<(&'static str, &'static str)>> {
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let change = CHANGES.iter().find(|change| change.to == at)?;
        steps.push((change.from, change.to));
        at = change.from;
    }
    Some(steps)
}

const fn change(
    id: &'static str,
    (from, to): (&'static str, &'static str),
    text: &'static str,
    shows: &'static [Shows],
) -> Change {
    Change {
        id,
        from,
        to,
        text,
        shows,
    }
}

/// Interaction, wherever a deferral may wait for it.
const CALLED_FOR: Shows = Shows::Fork(
    At::Request,
    Answer::Deferred {
        interaction: true,
        code: Code::New,
    },
);

/// What a repeated request is told.
const DEFERRED_AGAIN: Shows = Shows::Fork(
    At::Request,
    Answer::Deferred {
        interaction: false,
        code: Code::Same,
    },
);

/// The deferral code from the authorization endpoint.
const DIRECT: Shows = Shows::Fork(
    At::Request,
    Answer::Deferred {
        interaction: false,
        code: Code::Direct,
    },
);

const OIDC: (&str, &str) = ("oidc-00", "may-16");
const MAY: (&str, &str) = ("may-16", "gerber-00");
const GERBER: (&str, &str) = ("gerber-00", "ietf-00");
const IETF: (&str, &str) = ("ietf-00", "ietf-01");

const CLIENT: Shows = Shows::Nowhere("binds clients, and a server cannot see it");
const EDITORIAL: Shows = Shows::Nowhere("words, not behaviour");
const UNSEEN: Shows = Shows::Nowhere(
    "a header or a member that the state machine does not know; checks on the wire look at it",
);

/// Every change noted.
#[rustfmt::skip]
const CHANGES: &[Change] = &[
    change("B-01", OIDC, "the first answer of the token endpoint is the deferral; nothing is exchanged before", &[
        Shows::Name(Role::OptIn),
        Shows::Fork(At::Request, Answer::Token { scope: crate::event::Scope::Whole, again: false }),
    ]),
    change("B-02", OIDC, "a request parameter instead of response types", &[Shows::Name(Role::OptIn)]),
    change("B-03", OIDC, "cancellation at the revocation endpoint", &[Shows::Name(Role::Cancellation), Shows::Name(Role::Announcement)]),
    change("B-04", OIDC, "`expires_in` and `interval` are required", &[UNSEEN]),
    change("B-05", OIDC, "expiry is looked at only while the request is pending", &[
        Shows::Settled(Question::C02), Shows::Settled(Question::C04), Shows::Settled(Question::C06), Shows::Settled(Question::C07),
        Shows::Fork(At::Poll, Answer::ExpiredToken),
    ]),
    change("B-06", OIDC, "the same key for every client that uses DPoP, not only for public ones", &[Shows::Nowhere(
        "both texts refuse another key where there is one; who has to have one is not in the values",
    )]),
    change("B-07", OIDC, "no interim ID Token", &[UNSEEN]),
    change("B-08", OIDC, "a ping is no longer followed by `authorization_pending`", &[Shows::Nowhere("the relation never allows it")]),
    change("—", OIDC, "names: the handle, its grant type, the secret for callbacks", &[
        Shows::Name(Role::CodeIssued), Shows::Name(Role::CodePolled), Shows::Name(Role::GrantType), Shows::Name(Role::NotificationToken),
    ]),
    change("—", OIDC, "what the one text says of other clients' handles, hints and weak secrets, and the other does not", &[
        Shows::Settled(Question::C36), Shows::Glance(Glance::WeakToken), Shows::Fork(At::Revocation, Answer::InvalidClient),
        Shows::Fork(At::Request, Answer::InvalidRequest),
    ]),
    change("B-09", MAY, "deferred with 400 and an error instead of 200 and the shape of a token", &[Shows::Name(Role::DeferredStatus), Shows::Name(Role::CodeIssued)]),
    change("B-10", MAY, "`completion_mode`, a list whose unknown values are ignored, instead of a boolean", &[Shows::Name(Role::OptIn), Shows::Glance(Glance::UnknownValue)]),
    change("B-11", MAY, "`deferral_token` becomes `deferral_code`", &[Shows::Name(Role::CodePolled), Shows::Name(Role::Cancellation)]),
    change("B-13", MAY, "a hint without an opt-in afterwards is always `invalid_request`", &[Shows::Settled(Question::C36), Shows::Fork(At::Request, Answer::GrantError)]),
    change("B-14", MAY, "revoking another client's code succeeds without effect", &[Shows::Fork(At::Revocation, Answer::InvalidClient)]),
    change("B-15", MAY, "`error_description` tells redeemed from unknown only to the owner", &[UNSEEN]),
    change("B-16", MAY, "clients answer callbacks with 204 only", &[CLIENT]),
    change("B-17", MAY, "`Cache-Control: no-store` on errors", &[UNSEEN]),
    change("B-18", MAY, "`issued_token_type` of the originating grant", &[UNSEEN]),
    change("B-19", MAY, "metadata that announce support, though the member stays optional", &[Shows::Nowhere("may-16 and gerber-00 both let a server keep silent, the latter against its own MUST")]),
    change("B-20", MAY, "the hint in pushed requests and request objects", &[Shows::Nowhere("the relation knows that a request was hinted, not by what")]),
    change("B-21", MAY, "the code may be used for more than polling", &[EDITORIAL]),
    change("B-22", GERBER, "what the text guarantees, collected", &[EDITORIAL]),
    change("B-23", GERBER, "a second pending state, `interaction_required`", &[Shows::Name(Role::InteractionRequired), CALLED_FOR, Shows::Fork(At::Poll, Answer::InteractionRequired)]),
    change("B-24", GERBER, "`interaction_uri`, with rules of its own", &[Shows::Name(Role::InteractionUri)]),
    change("B-25", GERBER, "`authorization_pending` only where no interaction is awaited", &[Shows::Fork(At::Poll, Answer::AuthorizationPending)]),
    change("B-26", GERBER, "clients present the link and go on polling", &[CLIENT]),
    change("B-27", GERBER, "a server that publishes metadata has to announce support there", &[Shows::Glance(Glance::Metadata)]),
    change("B-28", GERBER, "a server that announces nothing must not refuse a request for its opt-in", &[Shows::Glance(Glance::OptInUnannounced)]),
    change("B-29", GERBER, "why requests are bound to keys, told anew", &[EDITORIAL]),
    change("B-30", GERBER, "how sensitive a code is, told anew", &[EDITORIAL]),
    change("B-31", GERBER, "values of examples", &[EDITORIAL]),
    change("B-32", GERBER, "registrations with IANA", &[EDITORIAL]),
    change("B-33", GERBER, "more use cases", &[EDITORIAL]),
    change("B-34", GERBER, "sections renumbered", &[EDITORIAL]),
    change("B-35", IETF, "no duty any more to look at the entropy of a client's secret, and no leave to refuse it", &[Shows::Glance(Glance::WeakToken)]),
    change("B-36", IETF, "advice on making codes and secrets", &[EDITORIAL]),
    change("B-37", IETF, "references to that advice", &[EDITORIAL]),
    change("B-38", IETF, "sections renumbered", &[EDITORIAL]),
    change("B-39", ("ietf-01", "pr-68"), "a third pending error while the interaction is under way", &[Shows::Name(Role::InteractionPending), Shows::Fork(At::Poll, Answer::InteractionPending)]),
    change("B-40", ("ietf-01", "pr-71"), "an opt-in of its own to interaction", &[
        Shows::Name(Role::InteractiveOptIn), CALLED_FOR, Shows::Fork(At::Poll, Answer::InteractionRequired),
        // With another opt-in it is another request: the credential is spent, and
        // its refusal does not tell what became of the first, whose answer was lost.
        Shows::Fork(At::Request, Answer::InvalidGrant), DEFERRED_AGAIN, Shows::Untold(At::Request, Answer::InvalidGrant),
    ]),
    change("B-42", ("ietf-01", "pr-47"), "the authorization endpoint may hand out the deferral code itself, and the first poll shows the code verifier", &[
        Shows::Name(Role::OptIn), Shows::Name(Role::DirectAnnouncement), DIRECT, Shows::Fork(At::Request, Answer::GrantError),
    ]),
    change("B-41", ("ietf-01", "pr-67"), "revocation without the right proof succeeds without effect", &[Shows::Settled(Question::C52)]),
];
