//! Which requests are deferred: the server's discretion of Section 5.3.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::config::PolicyConfig;
use crate::error::OAuthError;
use crate::form::Form;
use crate::scope::Scope;

/// What is to happen with a valid initial token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Issue the token now.
    Complete,
    /// Needs a review.
    Defer,
    /// Needs a review, and somebody at the `interaction_uri` before it can go on.
    DeferWithInteraction,
    /// Never.
    Deny,
}

/// Decides about initial token requests. Asked once per request, after everything else about it was found valid
/// (C-42/A).
///
/// ```
/// use dtr_reference::policy::{Outcome, Policy};
/// use dtr_reference::scope::Scope;
///
/// /// Reviews everything.
/// struct Careful;
///
/// impl Policy for Careful {
///     fn decide(&self, _client_id: &str, _scope: &Scope) -> Outcome {
///         Outcome::Defer
///     }
/// }
/// ```
pub trait Policy: Send + Sync {
    /// The outcome for this client and these scopes.
    fn decide(&self, client_id: &str, scope: &Scope) -> Outcome;
}

/// The policy of the configuration: interaction before review before nothing.
#[derive(Debug, Clone)]
pub struct ConfiguredPolicy(PolicyConfig);

impl ConfiguredPolicy {
    /// A policy with these lists.
    pub fn new(config: PolicyConfig) -> Self {
        Self(config)
    }
}

impl Policy for ConfiguredPolicy {
    fn decide(&self, client_id: &str, scope: &Scope) -> Outcome {
        let any_of = |values: &[String]| values.iter().any(|value| scope.contains(value));
        if any_of(&self.0.interact_scopes) {
            Outcome::DeferWithInteraction
        } else if any_of(&self.0.defer_scopes)
            || self.0.defer_clients.iter().any(|known| known == client_id)
        {
            Outcome::Defer
        } else {
            Outcome::Complete
        }
    }
}

/// The error for what no approval could allow: it names what was asked for, and nothing that is said of requests that
/// wait (AROP Section 7.1).
pub(crate) fn refused_natively(form: &Form) -> OAuthError {
    if form.get("authorization_details").is_some() {
        OAuthError::invalid_authorization_details(
            "the authorization_details are not granted to this client",
        )
    } else if form.get("scope").is_some() {
        OAuthError::invalid_scope("the scope is not granted to this client")
    } else {
        OAuthError::invalid_grant("nothing is granted for this")
    }
}

/// Outcomes set by hand, each for the next request of one client.
#[derive(Debug, Default)]
pub(crate) struct Overrides(Mutex<HashMap<String, Outcome>>);

impl Overrides {
    pub(crate) fn set(&self, client_id: &str, outcome: Outcome) {
        let mut overrides = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        overrides.insert(client_id.into(), outcome);
    }

    /// What is set, for whoever does not have the last word on the request.
    pub(crate) fn look_up(&self, client_id: &str) -> Option<Outcome> {
        let overrides = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        overrides.get(client_id).copied()
    }

    pub(crate) fn take(&self, client_id: &str) -> Option<Outcome> {
        let mut overrides = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        overrides.remove(client_id)
    }
}
