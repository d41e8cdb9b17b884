//! Is the setup right, before any verdict? Each check says, if it fails, whose it is to mend: the setup's (the target
//! file, the network, this machine) or the server's.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dtr_model::event::{Answer, Decision, Event, TokenRequest};
use dtr_model::{Terms, Trace};

use crate::driver::{Observation, Seen, Session, check_metadata};
use crate::target::control::Name;
use crate::target::{Callbacks, Target, TimeSource, TransportFailure};

/// Differences between two clocks that matter to nobody.
const SKEW: Duration = Duration::from_secs(5);

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Diagnosis {
    /// All is well; what was found.
    Fine(String),
    /// It could not be checked, because of this.
    Skipped(String),
    /// Something to mend in the target file, the network or this machine.
    YourSetup(String),
    /// Something to mend in the server.
    YourServer(String),
}

use Diagnosis::{Fine, Skipped, YourServer, YourSetup};

/// A check by name, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was checked.
    pub name: String,
    /// What came of it.
    pub diagnosis: Diagnosis,
}

/// Checks everything about a target that can be reached, for each sort of client in `terms`.
pub async fn examine(target: &Arc<Target>, terms: &[Terms]) -> Vec<Checked> {
    let mut all = Vec::new();
    let mut add = |name: &str, diagnosis| {
        all.push(Checked {
            name: name.to_owned(),
            diagnosis,
        });
    };
    let metadata = check_metadata(target).await;
    add("clocks", clocks(target, &metadata));
    add("metadata", told(metadata));
    add("clock hook", hook(target).await);
    for terms in terms {
        let of = sort(terms);
        let Some(mut patient) = Patient::new(target, *terms).await else {
            add(&of, YourSetup("no client is free for it".to_owned()));
            continue;
        };
        let credentials = patient.credentials().await;
        let known = matches!(credentials, Fine(_));
        add(&format!("{of}: credentials"), credentials);
        let deferral = match known {
            true => patient.deferral().await,
            false => Skipped("without credentials there is none".to_owned()),
        };
        let deferred = matches!(deferral, Fine(_));
        add(&format!("{of}: a deferral"), deferral);
        if deferred {
            add(&format!("{of}: limits"), patient.limits());
            add(&format!("{of}: a decision"), patient.decision().await);
            add(&format!("{of}: a callback"), patient.callback().await);
        }
        patient.session.finish().await;
    }
    all
}

/// A sort of client, for people.
fn sort(terms: &Terms) -> String {
    let kind = if terms.public {
        "public"
    } else {
        "confidential"
    };
    let grant = match terms.one_time {
        true => "authorization code",
        false => "its own grant",
    };
    format!("{kind} client with {grant}")
}

/// Both clocks, by the `Date` header field.
fn clocks(target: &Target, metadata: &Observation) -> Diagnosis {
    if !matches!(target.time, TimeSource::Wall) {
        return Skipped("the server's clock stands still but for its hook".to_owned());
    }
    let date = metadata.exchanges.iter().find_map(|exchange| {
        let value = exchange.response_headers.get(http::header::DATE)?;
        httpdate::parse_http_date(value.to_str().ok()?).ok()
    });
    let Some(theirs) = date else {
        return Skipped("the server sends no Date".to_owned());
    };
    let apart = match SystemTime::now().duration_since(theirs) {
        Ok(behind) => behind,
        Err(ahead) => ahead.duration(),
    };
    match apart > SKEW {
        true => YourSetup(format!(
            "they differ by {} s, and proofs of possession carry the time: set both by NTP",
            apart.as_secs()
        )),
        false => Fine(format!("they differ by no more than {} s", SKEW.as_secs())),
    }
}

fn told(metadata: Observation) -> Diagnosis {
    match (metadata.answer, metadata.findings.first()) {
        (Seen::Failed(failure), _) => of_failure(&failure),
        (Seen::Strange(what), _) => YourServer(what),
        (Seen::Answer(_), Some(first)) => {
            YourServer(format!("{}: {}", first.requirement, first.detail))
        }
        (Seen::Answer(_), None) => Fine("it announces deferred token responses".to_owned()),
    }
}

async fn hook(target: &Target) -> Diagnosis {
    if matches!(target.time, TimeSource::Wall) {
        return Skipped("time is waited for".to_owned());
    }
    match target.time.advance(target.control.as_ref(), 1).await {
        Ok(()) => Fine("it moves".to_owned()),
        Err(failure) => YourSetup(format!("`advance_clock`: {failure}")),
    }
}

/// A transport's failures are the setup's until it is known that the server can be reached.
fn of_failure(failure: &TransportFailure) -> Diagnosis {
    match failure {
        TransportFailure::Malformed(_)
        | TransportFailure::TooLarge(_)
        | TransportFailure::ConnectionClosed => YourServer(failure.to_string()),
        _ => YourSetup(failure.to_string()),
    }
}

/// One client with one deferral, to be looked at.
struct Patient {
    target: Arc<Target>,
    session: Session,
    terms: Terms,
    /// Whether its client has a certificate to show.
    certified: bool,
}

impl Patient {
    async fn new(target: &Arc<Target>, terms: Terms) -> Option<Self> {
        let lease = target.acquire(&terms).await?;
        Some(Self {
            certified: lease.pair().owner.transport.is_some(),
            session: Session::new(Arc::clone(target), lease, terms),
            target: Arc::clone(target),
            terms,
        })
    }

    /// A poll for a code that nobody issued: whoever may poll is told so.
    async fn credentials(&mut self) -> Diagnosis {
        match self.session.perform(Event::POLL).await.answer {
            Seen::Answer(Answer::InvalidGrant) => Fine("they are accepted".to_owned()),
            Seen::Answer(Answer::InvalidClient | Answer::UnauthorizedClient) => YourSetup(
                "they are refused: compare `client_id`, `auth_method` and secret or certificate with the registration"
                    .to_owned(),
            ),
            Seen::Failed(failure) => self.certificate(&failure),
            other => YourServer(format!(
                "a poll with a code that nobody issued is answered by {other}, not invalid_grant"
            )),
        }
    }

    /// Who does not get through to the token endpoint may lack a certificate that it accepts (RFC 8705). With TLS 1.3 a
    /// server says so after the handshake, or just closes the connection.
    fn certificate(&self, failure: &TransportFailure) -> Diagnosis {
        let refused = match failure {
            TransportFailure::ConnectionClosed => true,
            TransportFailure::Unreachable(why) | TransportFailure::Other(why) => {
                why.contains("fatal alert")
            }
            _ => false,
        };
        match (
            refused && self.target.endpoints.token.scheme() == "https",
            self.certified,
        ) {
            (false, _) => of_failure(failure),
            (true, true) => YourSetup(format!(
                "{failure}; does the server trust the client's `certificate`?"
            )),
            (true, false) => YourSetup(format!(
                "{failure}; does the server ask for a client certificate? Then name one in `certificate`"
            )),
        }
    }

    async fn deferral(&mut self) -> Diagnosis {
        let plain = self.target.draft.plain_request();
        let request = TokenRequest {
            keyed: plain.keyed && self.target.proofs,
            ..plain
        };
        let seen = self.session.perform(Event::Request(request)).await;
        match seen.answer {
            Seen::Answer(Answer::Deferred { .. }) => Fine("it can be made".to_owned()),
            Seen::Answer(Answer::Token { .. }) => YourSetup(
                "the request was completed at once: say in `deferred` what the server defers, or \
                 steer it by the operation `defer_next`"
                    .to_owned(),
            ),
            Seen::Answer(Answer::GrantError) => YourSetup(
                "the request was refused: look at `grant_type`, `deferred` and, before it, `prelude`"
                    .to_owned(),
            ),
            Seen::Failed(failure) => of_failure(&failure),
            other => YourServer(format!("the request was answered by {other}")),
        }
    }

    fn limits(&self) -> Diagnosis {
        let (Some(pace), Some((interval, lifetime))) = (self.target.pace, self.session.announced())
        else {
            return Skipped("nothing to compare".to_owned());
        };
        match pace.announced(interval, lifetime) == pace {
            true => Fine(format!(
                "an interval of {interval} s, a lifetime of {lifetime} s"
            )),
            false => YourSetup(format!(
                "the server announces interval = {interval}, lifetime = {lifetime}: write that into [limits]"
            )),
        }
    }

    /// An approval and the poll that shows it.
    async fn decision(&mut self) -> Diagnosis {
        if !self.target.can(Name::Approve) {
            return Skipped("there is no control to approve: decisions are made unseen".to_owned());
        }
        let approve = Event::Decide(Decision::Approve);
        if let Seen::Failed(failure) = self.session.perform(approve).await.answer {
            return YourSetup(format!("`approve`: {failure}"));
        }
        if self.terms.callback && self.target.callbacks != Callbacks::Held {
            // The token would make the callback unnecessary.
            return Fine("`approve` was accepted".to_owned());
        }
        match self.session.perform(Event::POLL).await.answer {
            Seen::Answer(Answer::Token { .. }) => Fine("an approval leads to a token".to_owned()),
            Seen::Failed(failure) => of_failure(&failure),
            other => YourSetup(format!(
                "after `approve`, a poll is answered by {other}: does the operation approve this request?"
            )),
        }
    }

    async fn callback(&mut self) -> Diagnosis {
        let Callbacks::AtWill(wait) = self.target.callbacks else {
            return Skipped("callbacks come on demand".to_owned());
        };
        if !self.terms.callback {
            return Skipped("the client has no endpoint of ours".to_owned());
        }
        match self.session.callbacks_so_far(wait).await {
            Some(seen) if seen.findings.is_empty() => Fine("it arrives".to_owned()),
            Some(seen) => YourServer(seen.findings[0].detail.clone()),
            None => YourSetup(format!(
                "none came within {} ms of an approval: is the receiver's URL registered, and reachable from there?",
                wait.as_millis()
            )),
        }
    }
}

/// What a run could not do at this target, each reason with the number of traces.
pub fn out_of_reach(target: &Target, traces: &[Trace]) -> Vec<(String, usize)> {
    let mut reasons = std::collections::BTreeMap::<String, usize>::new();
    for why in traces.iter().filter_map(|trace| target.obstacle(trace)) {
        *reasons.entry(why).or_default() += 1;
    }
    reasons.into_iter().collect()
}
