//! What a request wants besides a scope: where the token is for (RFC 8707), and details of what it allows (RFC 9396).
//! Frozen with the request (C-48/A) and shown in the token.

use serde_json::Value;

use crate::config::Config;
use crate::error::OAuthError;
use crate::form::Form;

const UNKNOWN_TARGET: OAuthError =
    OAuthError::invalid_target("this server issues no tokens for that resource to this request");
const BAD_DETAILS: OAuthError = OAuthError::invalid_authorization_details(
    "authorization_details has to be a list of objects whose type is supported, no more than was authorized",
);

/// Resources and authorization details; neither, by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    resources: Vec<String>,
    details: Vec<Value>,
}

impl Targets {
    /// What `resource` and `authorization_details` ask for.
    ///
    /// # Errors
    /// `invalid_target` and `invalid_authorization_details` for what this server does not know.
    pub(crate) fn parse(form: &Form, config: &Config) -> Result<Self, OAuthError> {
        Ok(Self {
            resources: known(form.get_all("resource"), config)?,
            details: match form.get("authorization_details") {
                Some(json) => details(json, config)?,
                None => Vec::new(),
            },
        })
    }

    /// What a challenge is about: the resource it comes from, and the operation that this describes.
    pub(crate) fn challenged(resource: String, details: Vec<Value>) -> Self {
        Self {
            resources: vec![resource],
            details,
        }
    }

    /// What `resource` and `audience` of a token exchange ask for (RFC 8693 Section 2.1); details cannot be exchanged.
    pub(crate) fn of_exchange(form: &Form, config: &Config) -> Result<Self, OAuthError> {
        if form.get("authorization_details").is_some() {
            return Err(BAD_DETAILS);
        }
        let asked_for = form.get_all("resource").chain(form.get_all("audience"));
        Ok(Self {
            resources: known(asked_for, config)?,
            details: Vec::new(),
        })
    }

    /// What a later request may have that asks for `wanted`: all of it if it asks for nothing, otherwise no more
    /// (RFC 8707 Section 2.2, RFC 9396 Section 6).
    pub(crate) fn narrowed(&self, wanted: &Self) -> Result<Self, OAuthError> {
        Ok(Self {
            resources: narrowed(&self.resources, &wanted.resources).ok_or(UNKNOWN_TARGET)?,
            details: narrowed(&self.details, &wanted.details).ok_or(BAD_DETAILS)?,
        })
    }

    /// The resources, if any were asked for.
    pub(crate) fn resources(&self) -> &[String] {
        &self.resources
    }

    /// The authorization details, if any were asked for.
    pub(crate) fn details(&self) -> &[Value] {
        &self.details
    }
}

fn known<'a>(
    asked_for: impl Iterator<Item = &'a str>,
    config: &Config,
) -> Result<Vec<String>, OAuthError> {
    let mut resources: Vec<String> = Vec::new();
    for resource in asked_for {
        let known = resource == config.audience()
            || config
                .access_token
                .resources
                .iter()
                .any(|one| one == resource);
        if !known {
            return Err(UNKNOWN_TARGET);
        }
        if !resources.iter().any(|one| one == resource) {
            resources.push(resource.into());
        }
    }
    Ok(resources)
}

fn details(json: &str, config: &Config) -> Result<Vec<Value>, OAuthError> {
    let details: Vec<Value> = serde_json::from_str(json).map_err(|_| BAD_DETAILS)?;
    let supported = |detail: &Value| {
        let kinds = &config.access_token.authorization_details_types;
        let kind = detail.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| kinds.iter().any(|known| known == kind))
    };
    if details.is_empty() || !details.iter().all(supported) {
        return Err(BAD_DETAILS);
    }
    Ok(details)
}

fn narrowed<T: PartialEq + Clone>(granted: &[T], wanted: &[T]) -> Option<Vec<T>> {
    if wanted.is_empty() {
        return Some(granted.to_vec());
    }
    let within = wanted.iter().all(|one| granted.contains(one));
    within.then(|| wanted.to_vec())
}
