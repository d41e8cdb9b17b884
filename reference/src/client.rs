//! The registered clients, looked up by identifier.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::jwk::JwkSet;

use crate::certificate::CertifiedName;
use crate::config::{AuthMethod, ClientConfig, Config};
use crate::error::OAuthError;
use crate::scope::Scope;
use crate::secret::Secret;

/// A registered client as requests see it: parsed, and immutable while a request runs.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) client_id: Arc<str>,
    pub(crate) secret: Option<Secret>,
    pub(crate) auth_method: AuthMethod,
    pub(crate) jwks: Option<JwkSet>,
    /// How a certificate shows that it is the client's, for `tls_client_auth`.
    pub(crate) certified_name: Option<CertifiedName>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) scope: Scope,
    pub(crate) default_scope: Option<Scope>,
    pub(crate) grant_types: Vec<String>,
    pub(crate) notification_endpoint: Option<String>,
    pub(crate) enabled: bool,
}

impl Client {
    fn new(config: &ClientConfig) -> Self {
        Self {
            client_id: Arc::from(config.client_id.as_str()),
            secret: config.client_secret.clone(),
            auth_method: config.auth_method,
            jwks: config.jwks.clone(),
            certified_name: CertifiedName::all(config).unwrap_or_default().pop(),
            redirect_uris: config.redirect_uris.clone(),
            scope: Scope::parse(&config.scope).unwrap_or_default(),
            default_scope: config.default_scope.as_deref().and_then(Scope::parse),
            grant_types: config.grant_types.clone(),
            notification_endpoint: config.deferred_client_notification_endpoint.clone(),
            enabled: config.enabled,
        }
    }

    pub(crate) fn is_public(&self) -> bool {
        self.auth_method == AuthMethod::None
    }

    /// `unauthorized_client` unless the client registered this originating grant; `access_denied` to a disabled client
    /// that got so far (C-16/B).
    pub(crate) fn may_use(&self, grant: &str) -> Result<(), OAuthError> {
        self.must_be_enabled()?;
        if self.grant_types.iter().any(|known| known == grant) {
            Ok(())
        } else {
            Err(OAuthError::unauthorized_client())
        }
    }

    /// `access_denied` to a disabled client that got so far (C-16/B).
    pub(crate) fn must_be_enabled(&self) -> Result<(), OAuthError> {
        match self.enabled {
            true => Ok(()),
            false => Err(OAuthError::access_denied()),
        }
    }

    /// The scope a request asks for, its default resolved now (C-48/A: what is asked for is frozen here).
    pub(crate) fn resolve_scope(&self, requested: Option<&str>) -> Result<Scope, OAuthError> {
        let scope = match requested {
            Some(text) => {
                Scope::parse(text).ok_or(OAuthError::invalid_scope("the scope is malformed"))?
            }
            None => self
                .default_scope
                .clone()
                .ok_or(OAuthError::invalid_scope("a scope is needed"))?,
        };
        if scope.is_within(&self.scope) {
            Ok(scope)
        } else {
            Err(OAuthError::invalid_scope(
                "the scope exceeds what the client may have",
            ))
        }
    }
}

/// All clients. Registrations seldom change, so readers share snapshots.
#[derive(Debug)]
pub(crate) struct Clients(RwLock<HashMap<String, Arc<Client>>>);

impl Clients {
    pub(crate) fn new(config: &Config) -> Self {
        let clients = config
            .clients
            .iter()
            .map(|client| (client.client_id.clone(), Arc::new(Client::new(client))));
        Self(RwLock::new(clients.collect()))
    }

    pub(crate) fn find(&self, client_id: &str) -> Option<Arc<Client>> {
        let clients = self.0.read().unwrap_or_else(PoisonError::into_inner);
        clients.get(client_id).cloned()
    }

    /// Adds a client, unless there are `most` of them or its identifier is taken; whether it was added.
    pub(crate) fn add(&self, config: &ClientConfig, most: usize) -> bool {
        let mut clients = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= most || clients.contains_key(&config.client_id) {
            return false;
        }
        clients.insert(config.client_id.clone(), Arc::new(Client::new(config)));
        true
    }

    /// Replaces a registration by a changed copy; requests under way keep the one they have.
    pub(crate) fn change(&self, client_id: &str, change: impl FnOnce(&mut Client)) -> bool {
        let mut clients = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match clients.get_mut(client_id) {
            Some(client) => {
                change(Arc::make_mut(client));
                true
            }
            None => false,
        }
    }
}
