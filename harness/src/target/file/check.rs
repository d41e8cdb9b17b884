//! What has to hold beyond the form of the document.

use std::path::Path;

use url::Url;

use super::read::Step::{self, At, Key};
use super::{ClientSection, ClockKind, ControlSection, Method, TargetFile};
use crate::target::control::{Name, Operation};
use crate::target::prelude::{KNOWN, PreludeStep};
use crate::target::visit;

/// Something wrong, and where.
pub(super) struct Wrong<'a> {
    pub(super) place: Vec<Step<'a>>,
    pub(super) problem: String,
}

fn wrong<'a>(place: impl Into<Vec<Step<'a>>>, problem: impl Into<String>) -> Wrong<'a> {
    Wrong {
        place: place.into(),
        problem: problem.into(),
    }
}

impl TargetFile {
    pub(super) fn check(&self, directory: &Path) -> Result<(), Wrong<'_>> {
        self.check_urls()?;
        self.check_limits()?;
        if let Some(ca) = &self.tls.ca {
            exists(directory, ca, vec![Key("tls"), Key("ca")])?;
        }
        if !self.clients.iter().any(|c| !c.other) {
            let problem = "no client that may own a deferral: add one to [[clients]]";
            return Err(wrong([Key("clients")], problem));
        }
        for (index, client) in self.clients.iter().enumerate() {
            self.check_client(index, client, directory)?;
        }
        check_interaction(&self.interaction)?;
        check_verification(&self.verification)?;
        self.check_control()
    }

    fn check_urls(&self) -> Result<(), Wrong<'_>> {
        let endpoints = &self.endpoints;
        let named = [
            ("token", &endpoints.token),
            ("revocation", &endpoints.revocation),
            ("authorization", &endpoints.authorization),
        ];
        let issuer = [(vec![Key("issuer")], &self.issuer)].into_iter();
        let endpoints = named
            .into_iter()
            .filter_map(|(name, url)| Some((vec![Key("endpoints"), Key(name)], url.as_ref()?)));
        let nodes = self.nodes.iter().enumerate();
        let nodes = nodes.map(|(index, url)| (vec![Key("nodes"), At(index)], url));
        for (place, text) in issuer.chain(endpoints).chain(nodes) {
            let http = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !http {
                let problem = format!("`{text}` is not an http or https URL: write it out");
                return Err(wrong(place, problem));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), Wrong<'_>> {
        let limits = &self.limits;
        if self.timeout == 0 {
            return Err(wrong([Key("timeout")], "is zero; give it some seconds"));
        }
        if limits.interval == 0 || limits.lifetime <= limits.interval {
            let problem = "the lifetime has to be longer than the interval, and that at least a second: \
                 write what the server announces as `expires_in` and `interval`";
            return Err(wrong([Key("limits")], problem));
        }
        Ok(())
    }

    fn check_client<'a>(
        &'a self,
        index: usize,
        client: &'a ClientSection,
        directory: &Path,
    ) -> Result<(), Wrong<'a>> {
        let at = |name| vec![Key("clients"), At(index), Key(name)];
        let id = &client.client_id;
        let (secret, certificate) = match client.auth_method {
            Method::None => (false, false),
            Method::ClientSecretBasic | Method::ClientSecretPost => (true, false),
            Method::TlsClientAuth | Method::SelfSignedTlsClientAuth => (false, true),
        };
        let needs = |what: &str| format!("client `{id}` needs a `{what}` for its `auth_method`");
        match &client.client_secret {
            None if secret => return Err(wrong(at("client_secret"), needs("client_secret"))),
            Some(text) => {
                if let Some(name) = text.strip_prefix('$')
                    && std::env::var_os(name).is_none()
                {
                    let problem = format!("the environment has no {name}: set it");
                    return Err(wrong(at("client_secret"), problem));
                }
            }
            None => {}
        }
        match &client.certificate {
            None if certificate => return Err(wrong(at("certificate"), needs("certificate"))),
            Some(path) => exists(directory, path, at("certificate"))?,
            None => {}
        }
        if client.auth_method == Method::None && !client.dpop && !client.other {
            let problem = format!(
                "public client `{id}` without DPoP cannot have a deferral code (Section 11.1): \
                 set `dpop`, or make it the `other` one"
            );
            return Err(wrong(at("dpop"), problem));
        }
        if client.callbacks && self.receiver.is_none() {
            let problem = format!("client `{id}` gets callbacks, but there is no [receiver]");
            return Err(wrong(at("callbacks"), problem));
        }
        if client.grant_type == "authorization_code" && client.redirect_uri.is_none() {
            let problem = format!("client `{id}` needs a `redirect_uri` for its `grant_type`");
            return Err(wrong(at("redirect_uri"), problem));
        }
        check_prelude(index, client)
    }

    fn check_control(&self) -> Result<(), Wrong<'_>> {
        let can_advance = match &self.control {
            ControlSection::None {} => false,
            ControlSection::Reference { operations, .. } => operations
                .as_ref()
                .is_none_or(|names| names.contains(&Name::AdvanceClock)),
            ControlSection::Http { operations } => operations.contains_key(&Name::AdvanceClock),
            ControlSection::Command { operations, .. } => operations.contains(&Name::AdvanceClock),
        };
        if self.clock.kind == ClockKind::Hook && !can_advance {
            let problem = "a clock of kind `hook` needs the control operation `advance_clock`";
            return Err(wrong([Key("clock"), Key("kind")], problem));
        }
        match &self.control {
            ControlSection::Http { operations } => {
                for (name, template) in operations {
                    if let Err(problem) = template.fill(&sample(*name).values()) {
                        let problem = format!("{name:?}: {problem}");
                        return Err(wrong([Key("control"), Key("operations")], problem));
                    }
                }
            }
            ControlSection::Command { command, .. } if command.is_empty() => {
                let problem = "the command is empty: name a program";
                return Err(wrong([Key("control"), Key("command")], problem));
            }
            _ => {}
        }
        Ok(())
    }
}

/// An operation with something in every place, to fill a template with.
fn sample(name: Name) -> Operation {
    match name {
        Name::AdvanceClock => Operation::Clock(1),
        Name::DisableClient
        | Name::EnableClient
        | Name::WidenScope
        | Name::RestoreScope
        | Name::DeferNext
        | Name::InteractNext
        | Name::CompleteNext
        | Name::DenyNext
        | Name::LoseNext => Operation::Client {
            name,
            client_id: "client".into(),
            scope: "scope".into(),
        },
        _ => Operation::Code {
            name,
            code: "code".into(),
            part: "scope".into(),
            lasts: Some(1),
        },
    }
}

fn check_prelude(index: usize, client: &ClientSection) -> Result<(), Wrong<'_>> {
    let place = || vec![Key("clients"), At(index), Key("prelude")];
    let known = KNOWN.iter().map(|name| ((*name).to_owned(), String::new()));
    let known = check_steps(&client.prelude, known.collect(), &place)?;
    if !client.prelude.is_empty() && !known.iter().any(|(name, _)| name == "code") {
        return Err(wrong(
            place(),
            "no step takes `code`, which is what a prelude is for",
        ));
    }
    Ok(())
}

fn check_interaction(steps: &[PreludeStep]) -> Result<(), Wrong<'_>> {
    let sample = Url::parse("https://as.example/interaction").expect("this is one");
    check_steps(steps, visit::values(&sample), &|| vec![Key("interaction")]).map(drop)
}

fn check_verification(steps: &[PreludeStep]) -> Result<(), Wrong<'_>> {
    let sample = Url::parse("https://as.example/device").expect("this is one");
    let known = visit::of_a_device(&sample, "WDJB-MJHT");
    check_steps(steps, known, &|| vec![Key("verification")]).map(drop)
}

/// Whether each step can be filled in from what is known before it; what is known in the end.
fn check_steps<'a>(
    steps: &'a [PreludeStep],
    mut known: Vec<(String, String)>,
    place: &dyn Fn() -> Vec<Step<'a>>,
) -> Result<Vec<(String, String)>, Wrong<'a>> {
    for (at, step) in steps.iter().enumerate() {
        let here = || -> Vec<Step<'a>> { place().into_iter().chain([At(at)]).collect() };
        if let Some(from) = step.malformed() {
            let problem = format!(
                "`{from}` says nothing: write `redirect:PARAMETER`, `json:/POINTER`, `header:NAME` or `field:NAME`"
            );
            return Err(wrong(here(), problem));
        }
        if let Err(problem) = step.request.fill(&known) {
            return Err(wrong(here(), problem));
        }
        let taken = step.take.keys().map(|name| (name.clone(), String::new()));
        known.extend(taken);
    }
    Ok(known)
}

fn exists<'a>(directory: &Path, file: &Path, place: Vec<Step<'a>>) -> Result<(), Wrong<'a>> {
    let path = directory.join(file);
    match path.is_file() {
        true => Ok(()),
        false => Err(wrong(place, format!("there is no file {}", path.display()))),
    }
}
