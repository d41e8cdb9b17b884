//! The reference with some differences, as the bundled target starts it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::{Body, to_bytes};
use dtr_model::draft::Draft;
use dtr_reference::{Clock, Config, ManualClock, Parts, Random};
use http::Request;
use serde_json::Value;
use tower::{ServiceExt as _, service_fn};

use super::fault::{How, SLOWNESS};
use super::known::Known;
use super::sockets::Habits;
use super::store;
use crate::exchange::{Answered, Asked};
use crate::target::SetupError;
use crate::target::bundled::decoration::{Controls, Decorate, Listen, Public};
use crate::target::receiver::{Wire, unchanged};
use crate::target::transport::{Http, HttpOptions, Transport};

/// Longest control request.
const CONTROL_LIMIT: usize = 1 << 16;

/// A server with some differences.
#[derive(Debug)]
pub struct Decorated {
    how: &'static [How],
    draft: &'static Draft,
    known: OnceLock<Arc<Known>>,
}

impl Decorated {
    /// One that follows this text but for the differences.
    pub(super) fn new(how: &'static [How], draft: &'static Draft) -> Decorated {
        Decorated {
            how,
            draft,
            known: OnceLock::new(),
        }
    }

    fn has(&self, wanted: fn(&How) -> bool) -> bool {
        self.how.iter().any(wanted)
    }
}

impl Decorate for Decorated {
    fn adjust(&self, config: &mut Config, parts: &mut Parts) {
        // A server is started once.
        let _ = self.known.set(Arc::new(Known::of(config)));
        for how in self.how {
            match how {
                How::Setting(change) => change(config),
                How::Clock(shown) => {
                    let began = parts.clock.now();
                    let shown = *shown;
                    let inner = Arc::clone(&parts.clock);
                    parts.clock = Arc::new(Distorted {
                        inner,
                        began,
                        shown,
                    });
                }
                How::Random(spoil) => {
                    let inner = Arc::clone(&parts.random);
                    let (spoil, drawn) = (*spoil, Mutex::new(0));
                    parts.random = Arc::new(Spoilt {
                        inner,
                        spoil,
                        drawn,
                    });
                }
                _ => {}
            }
        }
        let keeps = |how: &How| {
            matches!(
                how,
                How::Change(_)
                    | How::Insert(_)
                    | How::Credential(_)
                    | How::HastyChanges
                    | How::HastyCredentials
            )
        };
        if self.has(keeps) {
            parts.store = Arc::new(store::Decorated::new(self.how));
        }
    }

    fn public(&self, service: Public) -> Public {
        let exchanges =
            |how: &How| matches!(how, How::Request(_) | How::Response(_) | How::Slow(_));
        if !self.has(exchanges) {
            return service;
        }
        let known = Arc::clone(self.known.get_or_init(Arc::default));
        let (how, draft) = (self.how, self.draft);
        Public::new(service_fn(move |request: Request<Body>| {
            let (service, known) = (service.clone(), Arc::clone(&known));
            async move {
                let asked = Asked::read(request, draft).await;
                let mut inward = asked.clone();
                for how in how {
                    if let How::Request(change) = how {
                        change(&mut inward, &known);
                    }
                }
                let response = service.oneshot(inward.clone().request()).await?;
                let mut answered = Answered::read(response, draft).await;
                known.learn(&inward, &answered);
                for how in how {
                    match how {
                        How::Response(change) => change(&asked, &mut answered, &known),
                        How::Slow(is_slow) if is_slow(&asked, &known) => {
                            tokio::time::sleep(SLOWNESS).await;
                        }
                        _ => {}
                    }
                }
                Ok(answered.response())
            }
        }))
    }

    fn controls(&self, service: Controls) -> Controls {
        if !self.has(|how| matches!(how, How::Control(_))) {
            return service;
        }
        let how = self.how;
        Controls::new(service_fn(move |request: Request<Body>| {
            let service = service.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, CONTROL_LIMIT).await.unwrap_or_default();
                let body = match serde_json::from_slice::<Value>(&body) {
                    Ok(mut members) => {
                        for how in how {
                            if let How::Control(change) = how {
                                change(parts.uri.path(), &mut members);
                            }
                        }
                        Body::from(members.to_string())
                    }
                    Err(_) => Body::from(body),
                };
                service.oneshot(Request::from_parts(parts, body)).await
            }
        }))
    }

    fn wire(&self) -> Wire {
        let wire = self.how.iter().find_map(|how| match how {
            How::Callback(wire) => Some(*wire),
            _ => None,
        });
        wire.unwrap_or(unchanged)
    }

    fn listen(&self) -> Option<Listen> {
        self.how.iter().find_map(|how| match how {
            How::Sockets(habits) => Some(habits.listen()),
            _ => None,
        })
    }

    fn transport(&self) -> Result<Option<Transport>, SetupError> {
        let http2 = self.has(|how| matches!(how, How::Sockets(Habits::Http2)));
        if !http2 {
            return Ok(None);
        }
        let options = HttpOptions {
            http2,
            ..HttpOptions::default()
        };
        Ok(Some(Transport::Http(Http::with(options)?)))
    }
}

/// A clock that shows something else.
struct Distorted {
    inner: Arc<dyn Clock>,
    began: u64,
    shown: fn(u64, u64) -> u64,
}

impl Clock for Distorted {
    fn now(&self) -> u64 {
        (self.shown)(self.inner.now(), self.began)
    }

    fn as_manual(&self) -> Option<&ManualClock> {
        self.inner.as_manual()
    }
}

/// Randomness that is less than that.
struct Spoilt {
    inner: Arc<dyn Random>,
    spoil: fn(&mut [u8], u64),
    drawn: Mutex<u64>,
}

impl Random for Spoilt {
    fn fill(&self, octets: &mut [u8]) {
        self.inner.fill(octets);
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        (self.spoil)(octets, *drawn);
        *drawn += 1;
    }
}
