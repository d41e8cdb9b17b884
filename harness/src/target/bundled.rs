//! The reference server as a target, started with the run and stopped with it.

mod approver;
pub mod decoration;
pub(crate) mod front;
pub(crate) mod registration;

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use dtr_model::draft::Draft;
use dtr_reference::config::{
    AccessTokenConfig, ApproverConfig, AuthorizationCodeConfig, CallbackConfig, DeferralConfig,
    DeviceConfig, MtlsConfig, RegistrationConfig,
};
use dtr_reference::{AuthorizationServer, Config, Edition, ManualClock, Parts, Random, Secret};
use http::{Request, Response};
use http_body_util::Full;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;
use url::Url;

use decoration::{Adjusted, Controls, Decorate, Public};

use super::control::{Control, Reference};
use super::discovery::Endpoints;
use super::error::SetupError;
use super::key::Key;
use super::receiver::Receiver;
use super::resource::Resource;
use super::time::TimeSource;
use super::transport::{Http, InProcess, Transport, TransportKind};
use super::{Callbacks, Limits, Target};
use front::Front;

/// Seconds in a tick: the least by which `slow_down` raises the interval (Section 6.5).
pub const TICK_SECONDS: u64 = Draft::DEFAULT.min_raise;
/// What the server's clock shows at the start.
pub const START: u64 = 1_800_000_000;
/// A request with a one-time credential may be repeated for less than a tick (C-45).
const REPRESENTATION_SECONDS: u64 = TICK_SECONDS - 1;
/// Dead codes and unused authorization codes outlive every trace.
const LONG_SECONDS: u64 = 3600;
/// How long the server waits for an answer to a callback, in seconds, and when it has to have given up at the latest.
const CALLBACK_TIMEOUT: u64 = 4;
const PATIENCE: Duration = Duration::from_secs(8);
/// Seconds allowed for an exchange.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Whom every request is about.
const SUBJECT: &str = "alice";
/// Where the server has its interaction page.
const INTERACTION: &str = "/interact";
/// Where it has the page for devices.
const VERIFICATION: &str = "/device";
/// The protected resource whose challenges it takes.
pub(crate) const RESOURCE: &str = "https://rs.example";
/// What it wants approved.
pub(crate) const DETAILS_TYPE: &str = "payment";
/// The issuer, where nothing has to be resolved.
pub(crate) const ISSUER_IN_PROCESS: &str = "https://as.example";

/// A running reference server and its target.
pub struct Bundled {
    target: Arc<Target>,
    // Background work of the server ends with its last owner.
    _server: AuthorizationServer,
    _receiver: Receiver,
    _front: Option<Front>,
    serving: Option<Serving>,
}

struct Serving {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), std::io::Error>>,
    decorated: Option<JoinHandle<()>>,
}

impl Bundled {
    /// Starts a server with these limits. `seed` determines every code it issues and everything its clients draw.
    ///
    /// # Errors
    /// [`SetupError`]: no port, no certificate, or a configuration that does not hold together.
    pub async fn start(
        kind: TransportKind,
        limits: Limits,
        seed: u64,
        draft: &'static Draft,
    ) -> Result<Self, SetupError> {
        Self::start_with(kind, limits, seed, draft, |_, _| {}).await
    }

    /// The same, with a last word about how the server is made: a faulty part, another setting.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub async fn start_with(
        kind: TransportKind,
        limits: Limits,
        seed: u64,
        draft: &'static Draft,
        adjust: impl FnOnce(&mut Config, &mut Parts) + Send,
    ) -> Result<Self, SetupError> {
        let adjusted = Adjusted(Mutex::new(Some(adjust)));
        Self::start_decorated(kind, limits, seed, draft, &adjusted).await
    }

    /// The same, with something around the server as well.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub async fn start_decorated(
        kind: TransportKind,
        limits: Limits,
        seed: u64,
        draft: &'static Draft,
        decoration: &dyn Decorate,
    ) -> Result<Self, SetupError> {
        let receiver = Receiver::start_behind(decoration.wire()).await?;
        let mut front = match kind {
            TransportKind::InProcess => None,
            TransportKind::Http => Some(Front::bind().await?),
        };
        let listeners = match kind {
            TransportKind::InProcess => None,
            TransportKind::Http => Some((
                TcpListener::bind("127.0.0.1:0").await?,
                TcpListener::bind("127.0.0.1:0").await?,
            )),
        };
        let (issuer, control_base) = match &listeners {
            None => (ISSUER_IN_PROCESS.to_owned(), ISSUER_IN_PROCESS.to_owned()),
            Some((public, control)) => (
                format!("http://{}", public.local_addr()?),
                format!("http://{}", control.local_addr()?),
            ),
        };
        let (clients, pool) = registration::register(&receiver, seed, draft);
        let pages = front.as_ref().map_or(&issuer, |front| &front.base).clone();
        let edition = Edition::named(draft.id)?;
        let resource = Arc::new(Resource {
            id: RESOURCE.into(),
            kid: "challenges".into(),
            key: Key::generate(),
        });
        let mut config = configuration(edition, draft, issuer, &pages, limits, &receiver);
        config.clients = clients;
        let registered = serde_json::from_value(resource.registration());
        config.protected_resources = vec![registered.expect("it has an id and a key with a name")];
        let mut parts = Parts {
            clock: Arc::new(ManualClock::new(START)),
            random: Arc::new(Seeded::new(seed)),
            ..Parts::default()
        };
        decoration.adjust(&mut config, &mut parts);
        let issuer = config.issuer.clone();
        let server = AuthorizationServer::new(config, parts)?;

        let (transport, control, visitors) = match kind {
            TransportKind::InProcess => {
                let public = in_process(decoration.public(Public::new(server.service())));
                let control = Controls::new(server.control_service());
                let control = in_process(decoration.controls(control));
                (public.clone(), control, public)
            }
            TransportKind::Http => {
                let root = front.as_ref().map(|front| front.root_pem.as_str());
                let http = Transport::Http(Http::new(TIMEOUT, root)?);
                let public = decoration.transport()?;
                (public.unwrap_or_else(|| http.clone()), http.clone(), http)
            }
        };
        if let Some(front) = &mut front {
            front.serve(decoration.public(Public::new(server.service())));
        }
        let serving = match (listeners, decoration.listen()) {
            (None, _) => None,
            (Some((public, control)), None) => Some(serve(&server, public, control)),
            (Some((public, control)), Some(listen)) => {
                let decorated = listen(public, decoration.public(Public::new(server.service())));
                // The undecorated endpoints are where nobody looks.
                let aside = TcpListener::bind("127.0.0.1:0").await?;
                let mut serving = serve(&server, aside, control);
                serving.decorated = Some(decorated);
                Some(serving)
            }
        };
        let control = Reference::new(control, &control_base)?;
        control
            .ask(control.hold_callbacks(true))
            .await
            .map_err(SetupError::Control)?;
        let time = TimeSource::of(Some(&control))
            .await
            .map_err(SetupError::Control)?;
        let endpoints = Endpoints::discover(&transport, &issuer).await?;
        let target = Target {
            draft,
            initial: endpoints.initial(draft)?,
            endpoints,
            resource: draft.rules.challenged.then_some(resource),
            transport,
            visitors,
            control: Some(Control::Reference(control)),
            time,
            proofs: true,
            others: true,
            callbacks: Callbacks::Held,
            interaction: approver::visit().into(),
            verification: approver::verification().into(),
            client_cert_header: true,
            patience: PATIENCE,
            pace: None,
            tick_seconds: TICK_SECONDS,
            limits,
            pool,
            proofs_made: AtomicU64::new(0),
        };
        Ok(Self {
            target: Arc::new(target),
            _server: server,
            _receiver: receiver,
            _front: front,
            serving,
        })
    }

    /// The server as a target.
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// The same server, spoken to by way of these nodes in turn. In process there are no addresses, and nothing changes.
    ///
    /// # Panics
    /// If somebody has the target already: what is under way cannot be led elsewhere.
    #[must_use]
    pub fn by_way_of(mut self, nodes: Vec<Url>) -> Self {
        let target = Arc::get_mut(&mut self.target).expect("nobody has the target yet");
        if let Transport::Http(http) = &target.transport {
            target.transport = Transport::Http(http.clone().by_way_of(nodes));
        }
        self
    }

    /// Stops the server and waits until it has stopped.
    pub async fn shutdown(self) {
        // A server that stopped by itself does not hear this, and a panic in it is over as well.
        if let Some(serving) = self.serving {
            if let Some(decorated) = serving.decorated {
                decorated.abort();
            }
            let _ = serving.stop.send(());
            let _ = serving.task.await;
        }
    }
}

impl fmt::Debug for Bundled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bundled({})", self.target.endpoints.issuer)
    }
}

fn configuration(
    edition: Edition,
    draft: &Draft,
    issuer: String,
    pages: &str,
    limits: Limits,
    receiver: &Receiver,
) -> Config {
    Config {
        issuer,
        draft: edition,
        subject: SUBJECT.into(),
        interaction_base: format!("{pages}{INTERACTION}"),
        approvers: vec![ApproverConfig {
            name: approver::APPROVER.into(),
            password: Secret::from(approver::PASSWORD.to_owned()),
        }],
        authorization_code: AuthorizationCodeConfig {
            lifetime: LONG_SECONDS,
        },
        pushed_request: Default::default(),
        deferral: DeferralConfig {
            interval: u64::from(limits.interval) * TICK_SECONDS,
            lifetime: u64::from(limits.lifetime) * TICK_SECONDS,
            tombstone: LONG_SECONDS,
            representation_window: REPRESENTATION_SECONDS,
            escalate_after: None,
        },
        access_request: Default::default(),
        access_token: AccessTokenConfig {
            resources: vec![RESOURCE.into()],
            authorization_details_types: vec![DETAILS_TYPE.into()],
            ..AccessTokenConfig::default()
        },
        // This harness is its TLS front.
        mtls: MtlsConfig {
            trust_client_cert_header: true,
        },
        dpop: Default::default(),
        refresh_token: Default::default(),
        policy: Default::default(),
        readings: Default::default(),
        callback: CallbackConfig {
            delay: 0,
            read_timeout: CALLBACK_TIMEOUT,
            allow_private_addresses: true,
            extra_root_pem: Some(receiver.root_pem().to_owned()),
            ..CallbackConfig::default()
        },
        registration: RegistrationConfig {
            open: true,
            initial_access_token: None,
            scope: registration::scopes(draft).whole,
        },
        device: DeviceConfig {
            verification_uri: format!("{pages}{VERIFICATION}"),
            ..DeviceConfig::default()
        },
        assertion_issuers: Vec::new(),
        protected_resources: Vec::new(),
        clients: Vec::new(),
    }
}

fn serve(server: &AuthorizationServer, public: TcpListener, control: TcpListener) -> Serving {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = server.clone();
    let task = tokio::spawn(async move {
        let shutdown = async {
            // A sender that was dropped without a word means the same.
            let _ = stopped.await;
        };
        server.serve(public, Some(control), shutdown).await
    });
    Serving {
        stop,
        task,
        decorated: None,
    }
}

/// The way to a service in this process.
fn in_process<E: Send + 'static>(
    service: BoxCloneSyncService<Request<Body>, Response<Body>, E>,
) -> Transport {
    let service = service.map_request(|request: Request<Full<Bytes>>| request.map(Body::new));
    Transport::InProcess(InProcess::new(service, TIMEOUT))
}

/// Randomness that can be drawn again. Not for production: whoever knows the seed knows every code.
#[derive(Debug)]
struct Seeded(Mutex<fastrand::Rng>);

impl Seeded {
    fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }
}

impl Random for Seeded {
    fn fill(&self, octets: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill(octets);
    }
}
