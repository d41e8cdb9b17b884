//! The server that a client under test speaks to: the reference, which judges every request, and before it a prompter,
//! who replaces what it says of pending requests by what the situation has it say, and writes everything down.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use dtr_model::draft::Draft;
use dtr_reference::config::{CallbackConfig, DeferralConfig};
use dtr_reference::{
    AuthorizationServer, ClientConfig, Config, ConnectionDropped, Edition, Parts, PublicService,
    Secret, wire,
};
use http::{Request, Response};
use http_body_util::Full;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::{ServiceExt as _, service_fn};

use super::between::Between;
use super::log::{DEFERRED, Log, Opening, Poll, Said};
use super::setting::{AuthMethod, CLIENT_ID, CLIENT_SECRET, GRANT, SCOPE, SUBJECT};
use super::situation::{Acknowledgement, Reply, Situation};
use crate::exchange::{Answered, Asked};
use crate::target::bundled::decoration::Public;
use crate::target::bundled::front::serve_plainly;
use crate::target::control::{Name, Operation, Reference};
use crate::target::transport::InProcess;
use crate::target::{SetupError, Transport};

/// Seconds that a code lives: longer than any situation.
const LIFETIME: u64 = 300;
/// How late a late answer is.
const LATE: Duration = Duration::from_secs(3);
/// What follows a code that is odd.
const ODD: &str = ".+/=~%41&:*";
/// Where the client's callback endpoint is registered to be. The server is kept from calling it.
const REGISTERED: &str = "https://127.0.0.1:9/callback";
/// Time allowed for a control request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A server for one client in one situation. Dropped, it stops listening.
pub(super) struct Stage {
    /// Its issuer identifier.
    pub(super) issuer: String,
    prompter: Arc<Prompter>,
    accepting: JoinHandle<Infallible>,
}

struct Prompter {
    draft: &'static Draft,
    situation: &'static Situation,
    service: PublicService,
    control: Reference,
    log: Mutex<Log>,
    // Background work of the server ends with its last owner.
    _server: AuthorizationServer,
}

impl Stage {
    /// Starts it on a free loopback port.
    ///
    /// # Errors
    /// No port, or a server that does not start.
    pub(super) async fn open(
        draft: &'static Draft,
        situation: &'static Situation,
        auth_method: AuthMethod,
        between: &dyn Between,
    ) -> Result<Stage, SetupError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let config = configuration(&issuer, draft, situation, auth_method)?;
        let server = AuthorizationServer::new(config, Parts::default())?;
        let control = server.control_service();
        let control = control.map_request(|request: Request<Full<_>>| request.map(Body::new));
        let control = Transport::InProcess(InProcess::new(control, TIMEOUT));
        let control = Reference::new(control, &issuer)?;
        let held = control.ask(control.hold_callbacks(true)).await;
        held.map_err(SetupError::Control)?;
        let prompter = Arc::new(Prompter {
            draft,
            situation,
            service: server.service(),
            control,
            log: Mutex::new(Log::new(draft, situation)),
            _server: server,
        });
        let prompting = Arc::clone(&prompter);
        let service = Public::new(service_fn(move |request| {
            let prompter = Arc::clone(&prompting);
            async move { prompter.answer(request).await }
        }));
        Ok(Stage {
            issuer,
            prompter,
            accepting: tokio::spawn(serve_plainly(listener, between.inward(service))),
        })
    }

    /// What has happened so far.
    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.prompter.log()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Prompter {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, ConnectionDropped> {
        let asked = Asked::read(request, self.draft).await;
        // By the grant type or the code: a poll without the other is a poll that is wrong.
        let has_code = asked.path == wire::TOKEN && asked.get(asked.handle()).is_some();
        let answered = if asked.is_poll() || has_code {
            self.poll(asked).await?
        } else if asked.is_initial() {
            self.acknowledge(asked).await?
        } else {
            self.ask(asked).await?
        };
        Ok(answered.response())
    }

    /// What the reference says.
    async fn ask(&self, asked: Asked) -> Result<Answered, ConnectionDropped> {
        let response = self.service.clone().oneshot(asked.request()).await?;
        Ok(Answered::read(response, self.draft).await)
    }

    /// Answers a request for a token. One is enough: whoever begins anew is told that this is not the time.
    async fn acknowledge(&self, asked: Asked) -> Result<Answered, ConnectionDropped> {
        let (index, again) = {
            let mut log = self.log();
            let opening = Opening {
                at: log.now(),
                form: asked.form.clone(),
                answer: None,
            };
            log.openings.push(opening);
            (log.openings.len() - 1, log.code.is_some())
        };
        let mut answered = self.ask(asked).await?;
        if again {
            answered.fail(400, "access_denied");
        }
        let code = answered.issued().map(str::to_owned);
        {
            let mut log = self.log();
            let at = log.now();
            let said = match (&code, answered.error()) {
                (Some(_), _) => DEFERRED,
                (None, error) => error.unwrap_or("not deferred"),
            };
            log.openings[index].answer = Some((at, said.to_owned()));
        }
        let Some(code) = code else {
            return Ok(answered);
        };
        let code = match self.situation.acknowledgement {
            Acknowledgement::OddCode => format!("{code}{ODD}"),
            _ => code,
        };
        answered.set(answered.handle(), code.clone());
        match self.situation.acknowledgement {
            Acknowledgement::WithoutCode => answered.remove(answered.handle()),
            Acknowledgement::WithoutLifetime => answered.remove("expires_in"),
            Acknowledgement::Whole | Acknowledgement::OddCode => {}
        }
        if self.situation.interval.is_none() {
            answered.remove("interval");
        }
        self.log().code = Some(code);
        Ok(answered)
    }

    /// Answers a poll: what is wrong with it the reference says; what is said of a request that waits, the situation.
    async fn poll(&self, mut asked: Asked) -> Result<Answered, ConnectionDropped> {
        let (index, reply) = {
            let mut log = self.log();
            let index = log.polls.len();
            let reply = match log.has_called() {
                true => self.situation.reply(index),
                false => Reply::Pending,
            };
            let poll = Poll {
                at: log.now(),
                form: asked.form.clone(),
                answer: None,
            };
            log.polls.push(poll);
            (index, reply)
        };
        if let Some(real) = self.real(asked.code().unwrap_or_default()) {
            asked.set(asked.handle(), &real);
        }
        let mut answered = self.ask(asked.clone()).await?;
        let mut said = self.said(&answered);
        if matches!(said, Said::Pending | Said::SlowDown) {
            match reply {
                Reply::Pending => {}
                Reply::Late => tokio::time::sleep(LATE).await,
                Reply::SlowDown => {
                    answered.fail(400, "slow_down");
                    said = Said::SlowDown;
                }
                Reply::Error(error) => {
                    answered.fail(400, error);
                    said = Said::Error(error);
                }
                Reply::Token => {
                    self.approve(asked.code().unwrap_or_default()).await;
                    answered = self.ask(asked).await?;
                    said = self.said(&answered);
                }
            }
        }
        let mut log = self.log();
        let at = log.now();
        log.polls[index].answer = Some((at, said));
        Ok(answered)
    }

    /// The code that the reference knows, of the one that the client was given.
    fn real(&self, code: &str) -> Option<String> {
        match self.situation.acknowledgement {
            Acknowledgement::OddCode => code.strip_suffix(ODD).map(str::to_owned),
            _ => None,
        }
    }

    fn said(&self, answered: &Answered) -> Said {
        match answered.error() {
            None if answered.is_token() => Said::Token,
            Some("slow_down") => Said::SlowDown,
            Some(error) if self.draft.is_pending(error) => Said::Pending,
            other => Said::Refused(other.unwrap_or("no OAuth response").to_owned()),
        }
    }

    async fn approve(&self, code: &str) {
        let approval = Operation::Code {
            name: Name::Approve,
            code: code.into(),
            part: "".into(),
            lasts: None,
        };
        // A decision that is not taken shows in the answer that follows.
        let _ = self.control.ask(self.control.request(&approval)).await;
    }
}

fn configuration(
    issuer: &str,
    draft: &'static Draft,
    situation: &Situation,
    auth_method: AuthMethod,
) -> Result<Config, SetupError> {
    let example = Config::example();
    let interval = situation.interval.or(draft.default_interval);
    let grant = match draft.own_endpoint {
        None => GRANT,
        Some(_) => draft.deferred_grant,
    };
    let is_public = auth_method == AuthMethod::None;
    let called = !draft.callback_endpoint.is_empty();
    Ok(Config {
        issuer: issuer.to_owned(),
        draft: Edition::named(draft.id)?,
        subject: SUBJECT.into(),
        deferral: DeferralConfig {
            interval: interval.unwrap_or_default(),
            lifetime: LIFETIME,
            ..DeferralConfig::default()
        },
        callback: CallbackConfig {
            allow_private_addresses: true,
            ..CallbackConfig::default()
        },
        clients: vec![ClientConfig {
            client_id: CLIENT_ID.into(),
            client_secret: (!is_public).then(|| Secret::from(CLIENT_SECRET.to_owned())),
            auth_method: auth_method.into(),
            scope: format!("openid {SCOPE}"),
            grant_types: vec![grant.into()],
            deferred_client_notification_endpoint: called.then(|| REGISTERED.into()),
            ..ClientConfig::default()
        }],
        ..example
    })
}
