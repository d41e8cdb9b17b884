//! Clients that are wrong on purpose: the bundled one, with something between it and the server that watches it. Each
//! has to break the rules that it is wrong about, and the bundled one as it is breaks none.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use dtr_model::draft::Draft;
use dtr_reference::ConnectionDropped;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tokio::task::JoinSet;
use tower::{ServiceExt as _, service_fn};
use url::Url;

use crate::client::between::Between;
use crate::client::log::Log;
use crate::client::rule::{self, Finding, Rule};
use crate::client::setting::AuthMethod;
use crate::client::situation::Situation;
use crate::client::{Client, play};
use crate::exchange::{Answered, Asked};
use crate::target::bundled::decoration::Public;
use crate::target::transport::{InProcess, Outgoing};
use crate::target::{SetupError, Transport, TransportFailure};

/// Time allowed for a callback.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A client that is wrong in one way.
#[derive(Debug)]
pub struct ClientFault {
    /// Stable id.
    pub id: &'static str,
    /// What the client does.
    pub does: &'static str,
    /// The rules that it breaks.
    pub breaks: &'static [&'static str],
    /// The situations that show it.
    pub situations: &'static [&'static str],
    how: How,
}

/// Where it is wrong.
#[derive(Debug, Clone, Copy)]
enum How {
    /// Its requests are others.
    Sends(fn(&mut Asked)),
    /// It takes answers for others.
    Hears(fn(&Asked, &mut Answered)),
    /// After so many polls it sends the last one again, this much later, whatever becomes of it.
    Repeats(usize, Duration),
    /// It does not poll.
    Silent,
    /// It answers a callback with another status than the right one.
    Answers(fn(&[u8], u16) -> u16),
}

/// The texts whose clients are made wrong.
pub const DRAFTS: [&Draft; 4] = [
    Draft::DEFAULT,
    &Draft::RFC_8628,
    &Draft::CIBA_POLL,
    &Draft::CIBA_PING,
];

fn is_opening(answered: &Answered) -> bool {
    answered.members.contains_key("expires_in") && !answered.is_token()
}

fn takes_for_pending(answered: &mut Answered, error: &str) {
    if answered.is(error) {
        answered.fail(400, "authorization_pending");
    }
}

/// All of them.
pub const FAULTS: &[ClientFault] = &[
    ClientFault {
        id: "client-polls-at-once",
        does: "waits for nothing between polls",
        breaks: &["client-waits-interval"],
        situations: &["interval"],
        how: How::Hears(|_, answered| {
            if is_opening(answered) {
                answered.set("interval", 0);
            }
        }),
    },
    ClientFault {
        id: "client-defaults-to-a-second",
        does: "waits a second where no interval is announced",
        breaks: &["client-waits-five-seconds"],
        situations: &["default-interval"],
        how: How::Hears(|_, answered| {
            if is_opening(answered) {
                answered.set("interval", 1);
            }
        }),
    },
    ClientFault {
        id: "client-deaf-to-slow-down",
        does: "takes slow_down for authorization_pending",
        breaks: &["client-slows-down", "client-stays-slow"],
        situations: &["slow-down"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "slow_down")),
    },
    ClientFault {
        id: "client-slow-once",
        does: "waits longer once after slow_down, then as before",
        breaks: &["client-stays-slow"],
        situations: &["slow-down"],
        how: How::Repeats(3, Duration::from_millis(1200)),
    },
    ClientFault {
        id: "client-gives-up",
        does: "takes authorization_pending for a denial",
        breaks: &["client-polls-again"],
        situations: &["interval"],
        how: How::Hears(|_, answered| {
            if answered.is("authorization_pending") && !answered.is_deferred() {
                answered.fail(400, "access_denied");
            }
        }),
    },
    ClientFault {
        id: "client-polls-overlap",
        does: "polls again before the last poll was answered",
        breaks: &["client-does-not-overlap"],
        situations: &["late-answer"],
        how: How::Repeats(1, Duration::from_millis(1200)),
    },
    ClientFault {
        id: "client-polls-with-token",
        does: "polls once more when it has the token",
        breaks: &["client-stops-with-token"],
        situations: &["interval"],
        how: How::Hears(|_, answered| {
            if answered.is_token() {
                answered.fail(400, "authorization_pending");
            }
        }),
    },
    ClientFault {
        id: "client-ignores-denial",
        does: "polls on after access_denied",
        breaks: &["client-stops-when-denied"],
        situations: &["denied"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "access_denied")),
    },
    ClientFault {
        id: "client-ignores-expiry",
        does: "polls on after expired_token",
        breaks: &["client-stops-when-expired"],
        situations: &["expired"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "expired_token")),
    },
    ClientFault {
        id: "client-ignores-invalid-grant",
        does: "polls on after invalid_grant",
        breaks: &["client-stops-after-invalid-grant"],
        situations: &["invalid-grant"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "invalid_grant")),
    },
    ClientFault {
        id: "client-ignores-invalid-request",
        does: "polls on after invalid_request",
        breaks: &["client-stops-after-invalid-request"],
        situations: &["invalid-request"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "invalid_request")),
    },
    ClientFault {
        id: "client-ignores-unknown-errors",
        does: "polls on after an error that it does not know",
        breaks: &["client-stops-after-unknown-error"],
        situations: &["unheard-of"],
        how: How::Hears(|_, answered| takes_for_pending(answered, "mercury_retrograde")),
    },
    ClientFault {
        id: "client-repeats-mode",
        does: "sends the value of completion_mode twice",
        breaks: &["client-repeats-no-mode"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("completion_mode", "deferred deferred");
            }
        }),
    },
    ClientFault {
        id: "client-opts-in-again",
        does: "sends completion_mode with every poll",
        breaks: &["client-opts-in-once"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_poll() {
                asked.set("completion_mode", "deferred");
            }
        }),
    },
    ClientFault {
        id: "client-without-openid",
        does: "leaves openid out of its scope",
        breaks: &["client-asks-for-openid"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("scope", "payments");
            }
        }),
    },
    ClientFault {
        id: "client-with-two-hints",
        does: "says in two ways whom its request is about",
        breaks: &["client-gives-one-hint"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("id_token_hint", "a.b.c");
            }
        }),
    },
    ClientFault {
        id: "client-without-notification-token",
        does: "sends no notification token, though it can be called",
        breaks: &["client-sends-notification-token"],
        situations: &["interval"],
        how: How::Sends(|asked| asked.remove("client_notification_token")),
    },
    ClientFault {
        id: "client-with-weak-token",
        does: "sends a notification token of nine characters",
        breaks: &["client-makes-strong-tokens"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                asked.set("client_notification_token", "weak-weak");
            }
        }),
    },
    ClientFault {
        id: "client-with-one-token",
        does: "sends the same notification token with every request",
        breaks: &["client-makes-new-tokens"],
        situations: &["interval", "denied"],
        how: How::Sends(|asked| {
            if asked.is_initial() {
                let same = "the-same-token-for-everything-0123456789";
                asked.set("client_notification_token", same);
            }
        }),
    },
    ClientFault {
        id: "client-makes-up-codes",
        does: "goes on with a code of its own where it was given none",
        breaks: &["client-looks-at-acknowledgement"],
        situations: &["without-code"],
        how: How::Hears(|asked, answered| {
            if asked.is_initial() {
                answered.set(answered.handle(), "made-up");
            }
        }),
    },
    ClientFault {
        id: "client-needs-no-lifetime",
        does: "goes on where it is not told the lifetime",
        breaks: &["client-looks-at-acknowledgement"],
        situations: &["without-lifetime"],
        how: How::Hears(|asked, answered| {
            if asked.is_initial() {
                answered.set("expires_in", 60);
            }
        }),
    },
    ClientFault {
        id: "client-with-other-grant",
        does: "polls with the grant type of another flow",
        breaks: &["client-polls-in-form"],
        situations: &["interval"],
        how: How::Sends(|asked| {
            if asked.is_poll() {
                asked.set("grant_type", "authorization_code");
            }
        }),
    },
    ClientFault {
        id: "client-does-not-encode",
        does: "puts the code into the form as it is, where a plus stands for a space",
        breaks: &["client-keeps-code-as-it-is"],
        situations: &["odd-code"],
        how: How::Sends(|asked| {
            if let Some(code) = asked.code().map(|code| code.replace('+', " ")) {
                asked.set(asked.handle(), &code);
            }
        }),
    },
    ClientFault {
        id: "client-believes-anybody",
        does: "accepts callbacks with whatever token",
        breaks: &[
            "client-refuses-forged-callbacks",
            "client-answers-forged-callbacks-401",
        ],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 401 { 204 } else { status }),
    },
    ClientFault {
        id: "client-forbids",
        does: "answers callbacks with another token 403",
        breaks: &["client-answers-forged-callbacks-401"],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 401 { 403 } else { status }),
    },
    ClientFault {
        id: "client-answers-ok",
        does: "answers callbacks 200",
        breaks: &["client-answers-callbacks-204"],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 204 { 200 } else { status }),
    },
    ClientFault {
        id: "client-redirects",
        does: "answers callbacks with a redirect",
        breaks: &[
            "client-redirects-no-callback",
            "client-answers-callbacks-204",
            "client-skips-unknown-members",
        ],
        situations: &["callbacks"],
        how: How::Answers(|_, status| if status == 204 { 302 } else { status }),
    },
    ClientFault {
        id: "client-knows-all-members",
        does: "refuses callbacks with members that it does not know",
        breaks: &["client-skips-unknown-members"],
        situations: &["callbacks"],
        how: How::Answers(|body, status| {
            let unknown = body.windows(10).any(|part| part == b"x_unknown_");
            if unknown { 400 } else { status }
        }),
    },
    ClientFault {
        id: "client-leaves-it-at-callbacks",
        does: "does not poll, though it was called",
        breaks: &["client-polls-after-callback"],
        situations: &["callbacks"],
        how: How::Silent,
    },
];

impl ClientFault {
    /// The rules that a client of this text breaks, if it can be wrong so under it.
    pub fn breaks_under(&self, draft: &'static Draft) -> Vec<&'static Rule> {
        let situations = self.situations.iter().filter_map(|id| Situation::named(id));
        if !{ situations }.all(|situation| (situation.plays)(draft)) {
            return Vec::new();
        }
        let rules = self.breaks.iter().filter_map(|id| rule::named(id));
        rules.filter(|rule| rule.is_asked(draft)).collect()
    }
}

/// The rules that are found broken.
pub fn broken(draft: &'static Draft, logs: &[Log]) -> Vec<&'static str> {
    let asked = rule::all().filter(|rule| rule.is_asked(draft));
    asked
        .filter(|rule| matches!(rule.finding(logs).0, Finding::Broken(_)))
        .map(|rule| rule.id)
        .collect()
}

/// Leads the bundled client, with this fault, through the situations that show it.
///
/// # Errors
/// [`SetupError`]: a server that does not start.
pub async fn lead(
    fault: &'static ClientFault,
    draft: &'static Draft,
) -> Result<Vec<Log>, SetupError> {
    let mut logs = Vec::new();
    for id in fault.situations {
        let Some(situation) = Situation::named(id) else {
            continue;
        };
        let wrong = Wrong(fault.how, draft);
        let method = AuthMethod::ClientSecretBasic;
        logs.push(play(&Client::Bundled, draft, situation, method, &wrong).await?);
    }
    Ok(logs)
}

/// A fault under a text, and the rules that it was found to break.
type Caught = (&'static ClientFault, &'static Draft, Vec<&'static str>);

/// What becomes of all of them.
#[derive(Debug, Default)]
pub struct Clients(Vec<Caught>);

impl Clients {
    /// Leads all of them through what shows them, at the same time: most of it is waiting.
    ///
    /// # Errors
    /// [`SetupError`]: a server that does not start.
    ///
    /// # Panics
    /// With whatever panics in a rule.
    pub async fn lead() -> Result<Clients, SetupError> {
        let mut leading = JoinSet::new();
        for (place, fault) in FAULTS.iter().enumerate() {
            for draft in DRAFTS {
                if !fault.breaks_under(draft).is_empty() {
                    leading.spawn(async move { (place, draft, lead(fault, draft).await) });
                }
            }
        }
        let mut all = Vec::new();
        for (place, draft, logs) in leading.join_all().await {
            all.push((place, (&FAULTS[place], draft, broken(draft, &logs?))));
        }
        let order = |draft: &Draft| DRAFTS.iter().position(|known| known.id == draft.id);
        all.sort_by_key(|(place, (_, draft, _))| (*place, order(draft)));
        Ok(Clients(all.into_iter().map(|(_, caught)| caught).collect()))
    }

    /// Those that did not break what they are wrong about.
    pub fn survivors(&self) -> impl Iterator<Item = &Caught> {
        self.0.iter().filter(|(fault, draft, broken)| {
            let mut due = fault.breaks_under(draft).into_iter();
            due.any(|rule| !broken.contains(&rule.id))
        })
    }

    /// The rules that none was seen to break.
    pub fn unseen(&self) -> impl Iterator<Item = &'static Rule> {
        rule::all().filter(|rule| !self.0.iter().any(|(.., broken)| broken.contains(&rule.id)))
    }

    /// The section about them.
    pub(super) fn write(&self, text: &mut String) {
        let survived = self.survivors().count();
        let _ = writeln!(
            text,
            "\n## Clients\n\nClients that are wrong on purpose, judged by `dtr client`: {} faults, each under every text that has it, \
             {} times in all, {} of them shown.\n\n| fault | what the client does | under | rules that it breaks |\n|---|---|---|---|",
            FAULTS.len(),
            self.0.len(),
            self.0.len() - survived
        );
        for fault in FAULTS {
            let of = self.0.iter().filter(|(known, ..)| known.id == fault.id);
            let drafts: Vec<&str> = of.map(|(_, draft, _)| draft.id).collect();
            let rules: Vec<String> = fault.breaks.iter().map(|id| format!("`{id}`")).collect();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                fault.id,
                fault.does,
                drafts.join(", "),
                rules.join(", ")
            );
        }
    }
}

/// What lies between a client and those who watch it.
struct Wrong(How, &'static Draft);

impl Between for Wrong {
    fn inward(&self, service: Public) -> Public {
        let Wrong(how, draft) = *self;
        let polls = Arc::new(AtomicUsize::new(0));
        Public::new(service_fn(move |request: Request<Body>| {
            let (service, polls) = (service.clone(), Arc::clone(&polls));
            async move { pass(how, draft, service, &polls, request).await }
        }))
    }

    fn outward(&self, way: Transport) -> Transport {
        match self.0 {
            How::Answers(change) => Transport::InProcess(answering(way, change)),
            _ => way,
        }
    }
}

/// A request of the client on its way to the server, and the answer on its way back.
async fn pass(
    how: How,
    draft: &'static Draft,
    service: Public,
    polls: &AtomicUsize,
    request: Request<Body>,
) -> Result<Response<Body>, ConnectionDropped> {
    let mut asked = Asked::read(request, draft).await;
    let is_poll = asked.is_poll();
    if let How::Sends(change) = how {
        change(&mut asked);
    }
    if is_poll && matches!(how, How::Silent) {
        let mut pending = Answered::read(Response::new(Body::empty()), draft).await;
        pending.fail(400, draft.pending);
        return Ok(pending.response());
    }
    if let How::Repeats(after, later) = how
        && is_poll
        && polls.fetch_add(1, Ordering::Relaxed) + 1 == after
    {
        let (service, again) = (service.clone(), asked.clone());
        tokio::spawn(async move {
            tokio::time::sleep(later).await;
            // What is said to it nobody hears.
            let _ = service.oneshot(again.request()).await;
        });
    }
    let response = service.oneshot(asked.clone().request()).await?;
    let mut answered = Answered::read(response, draft).await;
    if let How::Hears(change) = how {
        change(&asked, &mut answered);
    }
    Ok(answered.response())
}

/// The way of callbacks to a client, whose answers have another status.
fn answering(way: Transport, change: fn(&[u8], u16) -> u16) -> InProcess {
    let service = service_fn(move |request: Request<Full<Bytes>>| {
        let way = way.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body
                .collect()
                .await
                .map(http_body_util::Collected::to_bytes);
            let body = body.unwrap_or_default();
            let url = Url::parse(&parts.uri.to_string()).expect("it was one before");
            let headers = parts.headers.iter();
            let sent = way.send(Outgoing {
                method: parts.method,
                url: Arc::new(url),
                headers: headers
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
                body: body.clone(),
            });
            let status = change(&body, sent.await?.status);
            let mut response = Response::new(Body::empty());
            *response.status_mut() =
                StatusCode::from_u16(status).expect("a status of three digits");
            Ok::<_, TransportFailure>(response)
        }
    });
    InProcess::new(service, TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::between::Nothing;
    use crate::client::situation::ALL;

    /// What a rule is wrong about shows, and every rule has a client that breaks it.
    #[tokio::test(flavor = "multi_thread")]
    async fn every_fault_breaks_its_rules() {
        let clients = Clients::lead().await.unwrap();
        let survivors: Vec<_> = clients.survivors().collect();
        assert!(survivors.is_empty(), "{survivors:#?}");
        let unseen: Vec<_> = clients.unseen().map(|rule| rule.id).collect();
        assert!(unseen.is_empty(), "{unseen:?}");
        assert!(clients.0.len() > 60, "only {}", clients.0.len());
    }

    /// The bundled client, with nothing between.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_as_it_should_be_breaks_none() {
        let mut playing = JoinSet::new();
        for draft in DRAFTS {
            for situation in ALL.iter().filter(|one| (one.plays)(draft)) {
                playing.spawn(async move {
                    let method = AuthMethod::ClientSecretPost;
                    play(&Client::Bundled, draft, situation, method, &Nothing).await
                });
            }
        }
        let logs = playing.join_all().await.into_iter();
        let logs: Vec<Log> = logs.collect::<Result<_, _>>().unwrap();
        for draft in DRAFTS {
            let of = logs.iter().filter(|log| log.draft.id == draft.id);
            let of: Vec<Log> = of.cloned().collect();
            assert_eq!(broken(draft, &of), [""; 0], "{}", draft.id);
            let asked = rule::all().filter(|rule| rule.is_asked(draft));
            for rule in asked {
                assert_eq!(
                    rule.finding(&of).0,
                    Finding::Held,
                    "{} {}",
                    draft.id,
                    rule.id
                );
            }
        }
    }
}
