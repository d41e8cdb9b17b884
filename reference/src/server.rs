//! The server as a value: what it is made of, and the ways to reach it.

use std::future::Future;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get};
use http::{Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access_token::Minter;
use crate::callback::Callbacks;
use crate::client::Clients;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::deferral::Approval;
use crate::device::DeviceRequests;
use crate::dpop::{ProofChecker, ReplayCache};
use crate::edition::OpenedBy;
use crate::error::SetupError;
use crate::expiring::Expiring;
use crate::jws::{Audience, LONGEST_VALIDITY};
use crate::page::interaction;
use crate::page::link::Links;
use crate::page::session::Sessions;
use crate::par::PushedRequest;
use crate::policy::{ConfiguredPolicy, Overrides, Policy};
use crate::random::{Random, SystemRandom};
use crate::secret::DeferralCode;
use crate::service::{Drops, PublicService};
use crate::store::{MemoryStore, Store};
use crate::{
    authorize, control, device, housekeeping, introspect, metadata, opening, page, par, register,
    reply, revoke, token, transport, wire,
};

/// What the server is built from, besides its configuration. The default suits production but for its store.
pub struct Parts {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where codes come from.
    pub random: Arc<dyn Random>,
    /// What is deferred; the configuration's lists when absent.
    pub policy: Option<Arc<dyn Policy>>,
    /// Where deferrals are kept.
    pub store: Arc<dyn Store>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            policy: None,
            store: Arc::new(MemoryStore::new()),
        }
    }
}

/// An authorization server. Clones share everything; background work ends with the last of them.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use dtr_reference::{AuthorizationServer, Config, Parts};
/// use tower::ServiceExt as _;
///
/// let server = AuthorizationServer::new(Config::example(), Parts::default())?;
/// let request = http::Request::get("/jwks").body(axum::body::Body::empty())?;
/// let response = server.service().oneshot(request).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct AuthorizationServer {
    context: Context,
}

impl AuthorizationServer {
    /// Sets up a server. Names in registered callback endpoints are resolved here, which may block for a moment.
    ///
    /// # Errors
    /// [`SetupError`] when the configuration is wrong or no tokio runtime is running.
    pub fn new(mut config: Config, parts: Parts) -> Result<Self, SetupError> {
        config.validate()?;
        config.readings = config.readings.settled(config.draft.settled);
        for (question, reading) in config.readings.breaking() {
            tracing::warn!(
                question = question.id,
                reading = reading.letter,
                breaks = reading.breaks,
                "an unsafe reading is set, for experiments only"
            );
        }
        let runtime = Handle::try_current().map_err(|_| SetupError::NoRuntime)?;
        let policy = parts
            .policy
            .unwrap_or_else(|| Arc::new(ConfiguredPolicy::new(config.policy.clone())));
        let (stop, stopped) = watch::channel(false);
        let inner = Arc::new(Inner {
            clients: Clients::new(&config),
            minter: Minter::new(&config)?,
            callbacks: Callbacks::new(&config)?,
            proofs: ProofChecker::new(&config.dpop, &*parts.random),
            client_assertions: ReplayCache::new(LONGEST_VALIDITY),
            assertions: ReplayCache::new(LONGEST_VALIDITY),
            links: Links::new(&config.interaction_base),
            devices: DeviceRequests::default(),
            user_codes: Expiring::default(),
            pushed: Expiring::default(),
            sessions: Sessions::new(&config.approvers),
            overrides: Overrides::default(),
            drops: Drops::default(),
            unknown_codes: Expiring::default(),
            repeatable: Expiring::default(),
            approvals: Expiring::default(),
            clock: parts.clock,
            random: parts.random,
            store: parts.store,
            policy,
            config,
            stop,
            housekeeping: Mutex::new(None),
        });
        let task = runtime.spawn(housekeeping::run(Arc::downgrade(&inner), stopped));
        *inner
            .housekeeping
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(Self {
            context: Context(inner),
        })
    }

    /// The public endpoints, as a service to call in process.
    pub fn service(&self) -> PublicService {
        let edition = &self.context.config.draft;
        let device_authorization = match edition.opened_by {
            OpenedBy::DeviceAuthorization => any(opening::device::endpoint),
            OpenedBy::TokenRequest
            | OpenedBy::Authentication
            | OpenedBy::TransactionAuthorization => any(device::endpoint),
        };
        let mut router = Router::new()
            .route(wire::METADATA, get(metadata::document))
            .route(wire::JWKS, get(metadata::jwks))
            .route(wire::AUTHORIZE, get(authorize::endpoint))
            .route(wire::PAR, any(par::endpoint))
            .route(wire::DEVICE_AUTHORIZATION, device_authorization)
            .route(
                wire::DEVICE,
                get(page::device::show).post(page::device::submit),
            )
            .route(wire::TOKEN, any(token::endpoint))
            .route(wire::REVOKE, any(revoke::endpoint))
            .route(wire::INTROSPECT, any(introspect::endpoint))
            .route(
                &format!("{}/{{id}}", wire::INTERACT),
                get(interaction::show).post(interaction::submit),
            )
            .fallback(not_found);
        if edition.opened_by == OpenedBy::Authentication {
            let endpoint = any(opening::authentication::endpoint);
            router = router.route(wire::BACKCHANNEL_AUTHENTICATION, endpoint);
        }
        if edition.opened_by == OpenedBy::TransactionAuthorization {
            let endpoint = any(token::transaction_authorization);
            router = router.route(wire::TRANSACTION_AUTHORIZATION, endpoint);
        }
        if self.context.config.registration.open {
            router = router.route(wire::REGISTER, any(register::endpoint));
        }
        let router = router.with_state(self.context.clone());
        PublicService::new(router, self.context.clone())
    }

    /// The control endpoints, for development only: whoever reaches them decides about every request.
    pub fn control_service(&self) -> Router {
        control::router(self.context.clone())
    }

    /// Serves the public endpoints on `listener`, and the control endpoints on `control` if given, until `shutdown`
    /// completes; then lets requests under way finish for a few seconds and ends all background work. That is the end
    /// of this server: it serves once.
    ///
    /// # Errors
    /// An I/O error of a listener that will not go away by itself.
    pub async fn serve(
        &self,
        listener: TcpListener,
        control: Option<TcpListener>,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), std::io::Error> {
        let public = transport::serve(listener, self.service(), self.context.stop.subscribe());
        let controls = async {
            match control {
                Some(listener) => {
                    transport::serve(
                        listener,
                        self.control_service(),
                        self.context.stop.subscribe(),
                    )
                    .await
                }
                None => Ok(()),
            }
        };
        let stopping = async {
            shutdown.await;
            self.context.stop.send_replace(true);
            Ok(())
        };
        let served = tokio::try_join!(public, controls, stopping);
        self.context.stop.send_replace(true);
        let task = self
            .context
            .housekeeping
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task {
            // An aborted or panicked task is over too, which is all that matters here.
            let _ = task.await;
        }
        served.map(|_| ())
    }
}

/// What every endpoint works with.
#[derive(Clone)]
pub(crate) struct Context(pub(crate) Arc<Inner>);

impl Deref for Context {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) policy: Arc<dyn Policy>,
    pub(crate) overrides: Overrides,
    pub(crate) clients: Clients,
    pub(crate) minter: Minter,
    pub(crate) proofs: ProofChecker,
    /// Client assertions seen, and assertions of the grant.
    pub(crate) client_assertions: ReplayCache,
    pub(crate) assertions: ReplayCache,
    pub(crate) callbacks: Callbacks,
    pub(crate) links: Links,
    pub(crate) devices: DeviceRequests,
    /// The codes of deferrals that users of devices are to decide, by user code.
    pub(crate) user_codes: Expiring<DeferralCode>,
    pub(crate) pushed: Expiring<PushedRequest>,
    pub(crate) sessions: Sessions,
    pub(crate) drops: Drops,
    /// Codes that were polled and that nobody issued, until they may be polled again (C-75/B).
    pub(crate) unknown_codes: Expiring<()>,
    /// The deferral codes of requests that may come again, by what makes them the same (C-47/B).
    pub(crate) repeatable: Expiring<DeferralCode>,
    /// The approvals that access tokens rest on, by the name that these have for them, until they are over.
    pub(crate) approvals: Expiring<Approval>,
    stop: watch::Sender<bool>,
    housekeeping: Mutex<Option<JoinHandle<()>>>,
}

impl Inner {
    /// Whether a JWT is for this server: its issuer identifier, or its token endpoint (RFC 7523 Section 3), or the one
    /// for authentication requests where there is one (CIBA Core Section 7.1).
    pub(crate) fn is_audience(&self, audience: &Audience) -> bool {
        let backchannel = self.config.draft.opened_by == OpenedBy::Authentication;
        audience.includes(&self.config.issuer)
            || audience.includes(&self.url(wire::TOKEN))
            || backchannel && audience.includes(&self.url(wire::BACKCHANNEL_AUTHENTICATION))
    }

    /// The full URL of an endpoint, also what a DPoP proof's `htu` must name.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.issuer)
    }
}

async fn not_found() -> Response<Body> {
    reply::json(StatusCode::NOT_FOUND, &json!({ "error": "not_found" }))
}
