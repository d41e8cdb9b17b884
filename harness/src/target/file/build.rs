//! From the document to targets.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dtr_model::Terms;
use dtr_model::draft::Draft;

use url::Url;

use super::{AskSection, ClientSection, ClockKind, ControlSection, ResourceSection, TargetFile};
use crate::target::client::{Ask, Asks, Authentication, Client, Scopes};
use crate::target::control::{Command, Control, Name, Reference, Templates};
use crate::target::discovery::parse;
use crate::target::failure::innermost;
use crate::target::key::Key;
use crate::target::pace::Pace;
use crate::target::pool::{Kind, Pair, Pool, Shelf};
use crate::target::receiver::Receiver;
use crate::target::transport::{self, Http, HttpOptions, Transport};
use crate::target::{Callbacks, Endpoints, Limits, Resource, SetupError, Target, TimeSource};

const AUTHORIZATION_CODE: &str = "authorization_code";

/// A target file with everything it names read, ready to make targets.
#[derive(Debug)]
pub struct Built {
    file: TargetFile,
    draft: &'static Draft,
    endpoints: Endpoints,
    initial: Arc<Url>,
    transport: Transport,
    control: Option<Control>,
    /// What it stands in for, to challenge by.
    resource: Option<Arc<Resource>>,
    /// One clock, whatever the traces' limits.
    time: TimeSource,
    pool: Pool,
    kinds: Vec<Kind>,
    receiver: Option<Receiver>,
}

impl TargetFile {
    /// Reads what the file names, finds the endpoints, and registers nothing: the clients are there already.
    /// `options` bounds what goes to the server; `seed` is what its clients draw from.
    ///
    /// # Errors
    /// [`SetupError`], with the field to look at.
    pub async fn build(
        self,
        path: &Path,
        draft: &'static Draft,
        options: HttpOptions,
        seed: u64,
    ) -> Result<Built, SetupError> {
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut options = HttpOptions {
            timeout: Duration::from_secs(self.timeout),
            nodes: self
                .nodes
                .iter()
                .map(|node| parse("nodes", node))
                .collect::<Result<_, _>>()?,
            ..options
        };
        if let Some(ca) = &self.tls.ca {
            options.extra_roots = Some(authorities(&directory, ca)?);
        }
        let transport = Transport::Http(Http::with(options.clone())?);
        let endpoints = self.endpoints(&transport).await?;
        let initial = endpoints.initial(draft)?;
        let control = self.control(&directory, Duration::from_secs(self.timeout))?;
        let resource = match &self.resource {
            None => None,
            Some(section) => Some(Arc::new(section.build(&directory)?)),
        };
        let receiver = match &self.receiver {
            None => None,
            Some(section) => {
                let identity = directory.join(&section.certificate);
                Some(Receiver::listen(section.listen, &section.url, &identity).await?)
            }
        };
        let (pool, kinds) = self.pool(&directory, &options, receiver.as_ref(), seed)?;
        let time = self.time(control.as_ref()).await?;
        Ok(Built {
            file: self,
            draft,
            endpoints,
            initial,
            transport,
            control,
            resource,
            time,
            pool,
            kinds,
            receiver,
        })
    }

    /// The clock that the server goes by. Whoever can move it can also say when callbacks come.
    async fn time(&self, control: Option<&Control>) -> Result<TimeSource, SetupError> {
        match (self.clock.kind, control) {
            (ClockKind::Wall, _) => Ok(TimeSource::Wall),
            (ClockKind::Hook, Some(Control::Reference(reference))) => {
                let held = reference.ask(reference.hold_callbacks(true)).await;
                held.map_err(SetupError::Control)?;
                let time = TimeSource::of(Some(reference)).await;
                time.map_err(SetupError::Control)
            }
            (ClockKind::Hook, _) => Ok(TimeSource::manual(now())),
        }
    }

    async fn endpoints(&self, transport: &Transport) -> Result<Endpoints, SetupError> {
        let named = &self.endpoints;
        let given = |what, url: &Option<String>| url.as_deref().map(|u| parse(what, u)).transpose();
        let token = given("endpoints.token", &named.token)?;
        let discovered = Endpoints::discover(transport, &self.issuer).await;
        let mut endpoints = match (discovered, token) {
            (Ok(found), None) => found,
            (Ok(found), Some(token)) => Endpoints { token, ..found },
            // Without metadata, what the file says is all there is.
            (Err(_), Some(token)) => Endpoints::at(&self.issuer, token)?,
            (Err(error), None) => return Err(error),
        };
        if let Some(url) = given("endpoints.revocation", &named.revocation)? {
            endpoints.revocation = Some(url);
        }
        if let Some(url) = given("endpoints.authorization", &named.authorization)? {
            endpoints.authorization = Some(url);
        }
        Ok(endpoints)
    }

    fn control(&self, directory: &Path, timeout: Duration) -> Result<Option<Control>, SetupError> {
        // Not the server's own way: its limits and nodes are not those of the controls.
        let options = HttpOptions {
            timeout,
            ..HttpOptions::default()
        };
        let way = || Ok::<_, SetupError>(Transport::Http(Http::with(options)?));
        Ok(match &self.control {
            ControlSection::None {} => None,
            ControlSection::Reference { url, operations } => {
                let reference = Reference::new(way()?, url)?.only(operations.clone());
                Some(Control::Reference(reference))
            }
            ControlSection::Http { operations } => {
                let templates = Templates::new(way()?, operations.clone());
                Some(Control::Templates(templates))
            }
            ControlSection::Command {
                command,
                operations,
            } => Some(Control::Command(Command::new(
                beside(directory, command.clone()),
                operations.clone(),
                timeout,
            ))),
        })
    }

    /// One shelf for each kind of owner. Without a client to be the other one, the owner stands in for it, and no
    /// trace that needs two is run.
    fn pool(
        &self,
        directory: &Path,
        options: &HttpOptions,
        receiver: Option<&Receiver>,
        seed: u64,
    ) -> Result<(Pool, Vec<Kind>), SetupError> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut by_kind: Vec<(Kind, Vec<Pair>)> = Vec::new();
        for owner in self.clients.iter().filter(|c| !c.other) {
            let other = self.other_than(owner).unwrap_or(owner);
            let inbox = receiver.filter(|_| owner.callbacks);
            let pair = Pair {
                owner: owner.build(directory, options)?,
                other: other.build(directory, options)?,
                keys: std::array::from_fn(|_| Arc::new(Key::generate())),
                inbox: inbox.map(|receiver| receiver.open_for(&owner.client_id)),
                seed: random.u64(..),
            };
            let kind = owner.kind();
            match by_kind.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, pairs)) => pairs.push(pair),
                None => by_kind.push((kind, vec![pair])),
            }
        }
        let kinds = by_kind.iter().map(|(kind, _)| *kind).collect();
        let shelves = by_kind
            .into_iter()
            .map(|(kind, pairs)| Shelf::shared(kind, pairs, seed));
        Ok((Pool::new(shelves.collect()), kinds))
    }

    /// A confidential client besides this one, one that is only ever the other by preference.
    fn other_than(&self, owner: &ClientSection) -> Option<&ClientSection> {
        let mut others: Vec<_> = self
            .clients
            .iter()
            .filter(|c| c.client_id != owner.client_id)
            .filter(|c| c.auth_method != super::Method::None)
            .collect();
        others.sort_by_key(|c| !c.other);
        others.into_iter().next()
    }
}

impl Built {
    /// The terms that its clients can be put to, one for each kind.
    pub fn terms(&self) -> Vec<Terms> {
        let usual = Terms::CREDENTIALS.under(self.draft);
        let terms = self.kinds.iter().map(|kind| Terms {
            public: kind.public,
            one_time: kind.one_time,
            callback: kind.callback,
            // In real time they last as long as the server lets them.
            approval: match self.file.clock.kind {
                ClockKind::Hook => usual.approval,
                ClockKind::Wall => 0,
            },
            ..usual
        });
        terms.collect()
    }

    /// Requests may carry proofs only if all owners can.
    fn proofs(&self) -> bool {
        self.file.clients.iter().all(|c| c.dpop)
    }

    /// The server as a target for traces with these limits, in ticks.
    ///
    /// # Errors
    /// [`SetupError::Pace`] when the server's limits leave no room for these.
    pub fn target(&self, limits: Limits) -> Result<Target, SetupError> {
        let section = &self.file.limits;
        let hook = self.file.clock.kind == ClockKind::Hook;
        let pace = Pace {
            interval: Duration::from_secs(section.interval),
            lifetime: Duration::from_secs(section.lifetime),
            raise: Duration::from_secs(section.raise),
            blur: match hook {
                true => Duration::ZERO,
                false => Duration::from_millis(section.blur),
            },
        };
        let tick = pace.tick(&limits, usize::from(limits.lifetime));
        let tick = tick.ok_or(SetupError::Pace {
            interval: section.interval,
            lifetime: section.lifetime,
            ticks: limits.lifetime,
        })?;
        let can_attempt = self
            .control
            .as_ref()
            .is_some_and(|c| c.can(Name::AttemptCallback));
        Ok(Target {
            draft: self.draft,
            initial: Arc::clone(&self.initial),
            endpoints: self.endpoints.clone(),
            resource: self.resource.clone(),
            transport: self.transport.clone(),
            visitors: self.transport.clone(),
            time: self.time.clone(),
            tick_seconds: tick.as_millis().div_ceil(1000) as u64,
            pace: Some(pace),
            limits,
            pool: self.pool.clone(),
            proofs: self.proofs(),
            others: self.file.clients.len() > 1,
            interaction: self.file.interaction.clone().into(),
            verification: self.file.verification.clone().into(),
            client_cert_header: self.file.tls.client_cert_header,
            patience: Duration::from_secs(self.file.receiver.as_ref().map_or(0, |r| r.patience)),
            callbacks: match can_attempt && hook {
                true => Callbacks::Held,
                false => Callbacks::AtWill(Duration::from_millis(
                    self.file.receiver.as_ref().map_or(0, |r| r.wait),
                )),
            },
            control: self.control.clone(),
            proofs_made: AtomicU64::new(0),
        })
    }

    /// Where the server's callbacks arrive, if anywhere.
    pub fn receiver(&self) -> Option<&Receiver> {
        self.receiver.as_ref()
    }

    /// The document.
    pub fn file(&self) -> &TargetFile {
        &self.file
    }
}

impl ClientSection {
    pub(super) fn kind(&self) -> Kind {
        Kind {
            public: self.auth_method == super::Method::None,
            one_time: self.grant_type == AUTHORIZATION_CODE,
            callback: self.callbacks,
        }
    }

    fn build(&self, directory: &Path, options: &HttpOptions) -> Result<Client, SetupError> {
        let secret = self.client_secret.as_deref().map(secret);
        let secret = secret.unwrap_or_default();
        let authentication = match self.auth_method {
            super::Method::None => Authentication::None,
            super::Method::ClientSecretBasic => Authentication::basic(&self.client_id, &secret),
            super::Method::ClientSecretPost => Authentication::Post(secret.as_str().into()),
            super::Method::TlsClientAuth | super::Method::SelfSignedTlsClientAuth => {
                Authentication::Certificate
            }
        };
        let transport = match &self.certificate {
            None => None,
            Some(file) => {
                let identity = text(directory, file)?;
                let options = HttpOptions {
                    identity: Some(identity),
                    ..options.clone()
                };
                let way = Http::with(options).map_err(|error| SetupError::Pem {
                    path: directory.join(file),
                    problem: innermost(&error),
                })?;
                Some(Transport::Http(way))
            }
        };
        let ask = |section: &Option<AskSection>| section.as_ref().unwrap_or(&self.deferred).build();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let whole = text(&self.deferred.scope);
        Ok(Client {
            client_id: self.client_id.as_str().into(),
            authentication,
            redirect_uri: self.redirect_uri.as_deref().map(Into::into),
            grant_type: self.grant_type.as_str().into(),
            asks: Arc::new(Asks {
                defer: self.deferred.build(),
                interact: ask(&self.interaction),
                complete: ask(&self.synchronous),
            }),
            prelude: self.prelude.clone().into(),
            transport,
            scopes: Arc::new(Scopes {
                part: text(&self.narrowed_scope),
                wider: whole.clone(),
                forbidden: text(&self.refused_scope),
                whole,
            }),
        })
    }
}

impl ResourceSection {
    fn build(&self, directory: &Path) -> Result<Resource, SetupError> {
        let pem = text(directory, &self.key)?;
        let key = Key::from_pem(&pem).ok_or_else(|| SetupError::Pem {
            path: directory.join(&self.key),
            problem: "it holds no P-256 key in PKCS#8".to_owned(),
        })?;
        Ok(Resource {
            id: self.id.clone(),
            kid: self.kid.clone(),
            key,
        })
    }
}

impl AskSection {
    fn build(&self) -> Ask {
        Ask {
            scope: self.scope.clone(),
            parameters: self.parameters.clone().into_iter().collect(),
        }
    }
}

/// A secret as written, or from the environment, where it was when the file was checked.
fn secret(text: &str) -> String {
    match text.strip_prefix('$') {
        Some(name) => std::env::var(name).unwrap_or_default(),
        None => text.to_owned(),
    }
}

fn text(directory: &Path, file: &Path) -> Result<String, SetupError> {
    let path: PathBuf = directory.join(file);
    std::fs::read_to_string(&path).map_err(|cause| SetupError::File { path, cause })
}

/// Certificate authorities in PEM. A file without any would be taken for none without a word.
fn authorities(directory: &Path, file: &Path) -> Result<String, SetupError> {
    let pem = text(directory, file)?;
    let problem = match transport::authorities(&pem) {
        Ok(found) if found.is_empty() => "there is none in it".to_owned(),
        Ok(_) => match Http::new(Duration::ZERO, Some(&pem)) {
            Ok(_) => return Ok(pem),
            Err(error) => innermost(&error),
        },
        Err(error) => innermost(&error),
    };
    let path = directory.join(file);
    Err(SetupError::Authorities { path, problem })
}

/// A program named by a relative path is looked for beside the target file, one named only by its name is not.
fn beside(directory: &Path, mut command: Vec<String>) -> Vec<String> {
    if let Some(program) = command.first_mut()
        && program.contains('/')
    {
        *program = directory.join(&*program).to_string_lossy().into_owned();
    }
    command
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
