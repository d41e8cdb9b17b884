//! What a configuration must satisfy before a server is built from it.

use std::collections::HashSet;
use std::net::IpAddr;

use url::{Host, Url};

use super::readings::Readings;
use super::{ApproverConfig, AuthMethod, ClientConfig, Config, ProtectedResourceConfig};
use crate::certificate::CertifiedName;
use crate::edition::Edition;
use crate::scope::Scope;
use crate::wire;

/// A configuration that cannot be used: what is wrong, where, and what would be right.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Not TOML, or not the fields of [`Config`].
    #[error("the configuration cannot be read, line {line}: {problem}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// What the parser says. The line itself is not repeated: it may hold a secret.
        problem: String,
    },
    /// A field with an unusable value.
    #[error("{field}: {problem}; {fix}")]
    Field {
        /// The field, as a path.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write instead.
        fix: &'static str,
    },
    /// A reading of a question that the edition does not leave open.
    #[error(
        "readings.{question}: {letter} has no place in {edition}, {why}; leave it out, or serve another draft"
    )]
    Reading {
        /// The question.
        question: &'static str,
        /// How it was to be read.
        letter: &'static str,
        /// The edition.
        edition: &'static str,
        /// What the edition does.
        why: &'static str,
    },
}

impl ConfigError {
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        Self::Syntax {
            line: before.matches('\n').count() + 1,
            problem: error.message().into(),
        }
    }
}

fn wrong(field: impl Into<String>, problem: &'static str, fix: &'static str) -> ConfigError {
    ConfigError::Field {
        field: field.into(),
        problem,
        fix,
    }
}

impl Config {
    /// Checks everything that can be checked without the network.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn validate(&self) -> Result<(), ConfigError> {
        check_issuer(&self.issuer)?;
        check_readings(&self.draft, &self.readings)?;
        check_page("interaction_base", &self.interaction_base)?;
        check_page("device.verification_uri", &self.device.verification_uri)?;
        if self.deferral.interval == 0 {
            return Err(wrong(
                "deferral.interval",
                "is zero",
                "use at least 1 second",
            ));
        }
        if self.deferral.lifetime <= self.deferral.interval {
            return Err(wrong(
                "deferral.lifetime",
                "is not longer than the interval, so nobody could poll twice",
                "raise it above deferral.interval",
            ));
        }
        if self.callback.attempts == 0 {
            return Err(wrong("callback.attempts", "is zero", "use at least 1"));
        }
        if self.access_request.approved_for == 0 {
            return Err(wrong(
                "access_request.approved_for",
                "is zero, so nothing could come of an approval",
                "use at least 1 second",
            ));
        }
        check_approvers(&self.approvers)?;
        check_resources(&self.protected_resources)?;
        if self.registration.open && Scope::parse(&self.registration.scope).is_none() {
            return Err(wrong(
                "registration.scope",
                "is not a list of scope values",
                "say which values clients may register for, separated by single spaces",
            ));
        }
        let mut seen = HashSet::new();
        for client in &self.clients {
            if !seen.insert(&client.client_id) {
                return Err(wrong(
                    format!("clients[{}]", client.client_id),
                    "is registered twice",
                    "give every client its own client_id",
                ));
            }
            client.validate()?;
        }
        Ok(())
    }
}

impl ClientConfig {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        check_client(self)
    }
}

fn check_issuer(issuer: &str) -> Result<(), ConfigError> {
    let url = parse_url("issuer", issuer)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return Err(wrong(
            "issuer",
            "is not https",
            "use https, or http on a loopback address",
        ));
    }
    if url.query().is_some()
        || url.fragment().is_some()
        || url.path() != "/"
        || issuer.ends_with('/')
    {
        return Err(wrong(
            "issuer",
            "has a path, query or fragment",
            "use scheme, host and port only, without a slash at the end",
        ));
    }
    Ok(())
}

fn check_readings(edition: &Edition, readings: &Readings) -> Result<(), ConfigError> {
    for settled in edition.settled {
        match readings.wished(settled.question) {
            Some(letter) if letter != settled.reading => {
                return Err(ConfigError::Reading {
                    question: settled.question,
                    letter,
                    edition: edition.id,
                    why: settled.why,
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Section 6.4: every `interaction_uri` is https and has no fragment.
fn check_page(field: &str, address: &str) -> Result<(), ConfigError> {
    let url = parse_url(field, address)?;
    if url.scheme() != "https" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(
            field,
            "is not a plain https URL",
            "use https without query or fragment",
        ));
    }
    Ok(())
}

fn check_approvers(approvers: &[ApproverConfig]) -> Result<(), ConfigError> {
    let mut seen = HashSet::new();
    for approver in approvers {
        let field = |name: &str| format!("approvers[{}].{name}", approver.name);
        if approver.name.is_empty() || !seen.insert(&approver.name) {
            return Err(wrong(
                field("name"),
                "is empty or there twice",
                "give every approver a name of their own",
            ));
        }
        if approver.password.is_empty() {
            return Err(wrong(field("password"), "is empty", "choose a password"));
        }
    }
    Ok(())
}

/// Whose challenges can be told apart, and verified.
fn check_resources(resources: &[ProtectedResourceConfig]) -> Result<(), ConfigError> {
    let mut seen = HashSet::new();
    for resource in resources {
        let field = |name: &str| format!("protected_resources[{}].{name}", resource.id);
        parse_url(&field("id"), &resource.id)?;
        if !seen.insert(&resource.id) {
            return Err(wrong(
                field("id"),
                "is there twice",
                "give all keys of a resource in one place",
            ));
        }
        let keys = &resource.jwks.keys;
        if keys.is_empty() || keys.iter().any(|key| key.common.key_id.is_none()) {
            return Err(wrong(
                field("jwks"),
                "has no key, or one without a kid",
                "give every key the kid that challenges name",
            ));
        }
    }
    Ok(())
}

fn check_client(client: &ClientConfig) -> Result<(), ConfigError> {
    let field = |name: &str| format!("clients[{}].{name}", client.client_id);
    if client.client_id.is_empty() {
        return Err(wrong("clients.client_id", "is empty", "name the client"));
    }
    let has_secret = client
        .client_secret
        .as_ref()
        .is_some_and(|secret| !secret.is_empty());
    if client.auth_method.has_secret() != has_secret {
        return Err(wrong(
            field("client_secret"),
            "does not fit auth_method",
            "give a secret to confidential clients and none to public ones",
        ));
    }
    let by_key = matches!(
        client.auth_method,
        AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTls
    );
    if by_key && client.jwks.is_none() {
        return Err(wrong(
            field("jwks"),
            "is missing, so nothing could be verified",
            "register the public keys or certificates of the client",
        ));
    }
    check_certified_name(client)?;
    for grant in &client.grant_types {
        match grant.as_str() {
            wire::GRANT_CLIENT_CREDENTIALS | wire::GRANT_CIBA
                if client.auth_method == AuthMethod::None =>
            {
                return Err(wrong(
                    field("grant_types"),
                    "lets a public client use client_credentials or CIBA",
                    "remove that grant or give the client a secret",
                ));
            }
            wire::GRANT_CLIENT_CREDENTIALS
            | wire::GRANT_AUTHORIZATION_CODE
            | wire::GRANT_REFRESH_TOKEN
            | wire::GRANT_JWT_BEARER
            | wire::GRANT_DEVICE_CODE
            | wire::GRANT_TOKEN_EXCHANGE
            | wire::GRANT_CIBA
            | wire::GRANT_DEFERRED => {}
            _ => {
                return Err(wrong(
                    field("grant_types"),
                    "holds a grant this server does not have",
                    "use one that the metadata lists",
                ));
            }
        }
    }
    for uri in &client.redirect_uris {
        if parse_url(&field("redirect_uris"), uri)?
            .fragment()
            .is_some()
        {
            return Err(wrong(
                field("redirect_uris"),
                "has a fragment",
                "remove the fragment",
            ));
        }
    }
    check_scopes(client)?;
    if let Some(endpoint) = &client.deferred_client_notification_endpoint {
        let name = field("deferred_client_notification_endpoint");
        let url = parse_url(&name, endpoint)?;
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                name,
                "is not a plain https URL",
                "use https without user information",
            ));
        }
    }
    Ok(())
}

/// RFC 8705 Section 2.1.2: one name for `tls_client_auth`, none for any other method.
fn check_certified_name(client: &ClientConfig) -> Result<(), ConfigError> {
    let field = |name: &str| format!("clients[{}].{name}", client.client_id);
    let names = CertifiedName::all(client).map_err(|(member, problem)| {
        wrong(field(member), problem, "write it as the certificate has it")
    })?;
    match (client.auth_method, names.len()) {
        (AuthMethod::Tls, 1) => Ok(()),
        (AuthMethod::Tls, 0) => Err(wrong(
            field("tls_client_auth_subject_dn"),
            "is missing, so no certificate would be the client's",
            "name the subject, or set tls_client_auth_san_dns or tls_client_auth_san_uri",
        )),
        (AuthMethod::Tls, _) => Err(wrong(
            field("tls_client_auth_subject_dn"),
            "is one of several tls_client_auth names",
            "keep exactly one of them",
        )),
        (_, 0) => Ok(()),
        (_, _) => Err(wrong(
            field(names[0].member()),
            "is looked at with tls_client_auth only",
            "use that method, or remove the name",
        )),
    }
}

fn check_scopes(client: &ClientConfig) -> Result<(), ConfigError> {
    let field = |name: &str| format!("clients[{}].{name}", client.client_id);
    let allowed = Scope::parse(&client.scope).ok_or_else(|| {
        wrong(
            field("scope"),
            "is not a list of scope values",
            "separate values by single spaces",
        )
    })?;
    match client.default_scope.as_deref().map(Scope::parse) {
        None => Ok(()),
        Some(Some(default)) if default.is_within(&allowed) => Ok(()),
        Some(_) => Err(wrong(
            field("default_scope"),
            "is not part of the client's scope",
            "use values that scope also has",
        )),
    }
}

fn parse_url(field: &str, text: &str) -> Result<Url, ConfigError> {
    Url::parse(text).map_err(|_| {
        wrong(
            field,
            "is not an absolute URL",
            "write it out with its scheme",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use jsonwebtoken::jwk::JwkSet;

    #[test]
    fn the_example_is_valid() {
        assert!(Config::from_toml(include_str!("../../example.toml")).is_ok());
    }

    #[test]
    fn unknown_fields_are_refused() {
        let error =
            Config::from_toml("issuer = \"https://as.example\"\nintervall = 5").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("line 2: unknown field `intervall`"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_line_is_not_repeated() {
        let text = "issuer = \"https://as.example\"\n[[clients]]\nclient_secret = \"hush\" oops";
        let error = Config::from_toml(text).unwrap_err();
        assert!(error.to_string().contains("line 3"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }

    fn unkeyed(id: &str) -> ProtectedResourceConfig {
        ProtectedResourceConfig {
            id: id.into(),
            jwks: JwkSet { keys: Vec::new() },
        }
    }

    fn keys() -> JwkSet {
        let key = r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"1"}"#;
        serde_json::from_str(&format!("{{\"keys\":[{key}]}}")).unwrap()
    }

    /// One thing wrong at a time, and the error names it.
    #[test]
    fn every_error_names_its_field() {
        type Spoil = fn(&mut Config);
        let cases: [(&str, Spoil); 19] = [
            ("issuer", |c| c.issuer = "http://as.example".into()),
            ("issuer", |c| c.issuer = "https://as.example/?x".into()),
            ("interaction_base", |c| {
                c.interaction_base = "http://as.example".into()
            }),
            ("deferral.interval", |c| c.deferral.interval = 0),
            ("deferral.lifetime", |c| {
                c.deferral.lifetime = c.deferral.interval
            }),
            ("callback.attempts", |c| c.callback.attempts = 0),
            ("access_request.approved_for", |c| {
                c.access_request.approved_for = 0
            }),
            ("approvers[carol].name", |c| {
                c.approvers.push(c.approvers[0].clone())
            }),
            ("approvers[carol].password", |c| {
                c.approvers[0].password = Secret::from("")
            }),
            ("protected_resources[files].id", |c| {
                c.protected_resources.push(unkeyed("files"))
            }),
            ("protected_resources[https://files.example/].jwks", |c| {
                c.protected_resources
                    .push(unkeyed("https://files.example/"))
            }),
            ("protected_resources[https://files.example/].id", |c| {
                let mut keyed = unkeyed("https://files.example/");
                keyed.jwks = keys();
                c.protected_resources = vec![keyed.clone(), keyed];
            }),
            ("registration.scope", |c| {
                c.registration.open = true;
                c.registration.scope.clear();
            }),
            ("clients[service].jwks", |c| {
                c.clients[0].auth_method = AuthMethod::PrivateKeyJwt;
                c.clients[0].client_secret = None;
            }),
            ("device.verification_uri", |c| {
                c.device.verification_uri = "http://as.example/device".into();
            }),
            ("clients[service]", |c| c.clients.push(c.clients[0].clone())),
            ("clients[app].client_secret", |c| {
                c.clients[2].client_secret = Some(Secret::from("x"))
            }),
            ("clients[service].default_scope", |c| {
                c.clients[0].default_scope = Some("other".into())
            }),
            (
                "clients[service].deferred_client_notification_endpoint",
                |c| {
                    c.clients[0].deferred_client_notification_endpoint =
                        Some("http://client.example/cb".into());
                },
            ),
        ];
        for (field, spoil) in cases {
            let mut config = Config::example();
            spoil(&mut config);
            let error = config.validate().unwrap_err().to_string();
            assert!(error.starts_with(field), "{field}: {error}");
        }
    }
}
