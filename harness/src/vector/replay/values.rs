//! What placeholders stand for: values supplied at the start, values captured
//! from answers, and what was seen before.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::target::Target;
use crate::target::client::Client;

/// Members of responses that are secrets.
const SECRETS: [&str; 4] = ["access_token", "deferral_code", "id_token", "refresh_token"];

/// Values by the names of their placeholders, and the strings seen in responses.
#[derive(Debug)]
pub(super) struct Values {
    known: BTreeMap<String, String>,
    seen: BTreeSet<(String, String)>,
}

impl Values {
    /// Supplies a value for each of `names`.
    ///
    /// # Errors
    /// Names the placeholder that nobody here knows how to fill in.
    pub(super) fn supply(
        names: &[String],
        owner: &Client,
        target: &Target,
        random: &mut fastrand::Rng,
    ) -> Result<Values, String> {
        let mut values = Values::none();
        for name in names {
            let value = match challenge(name, target, random) {
                None => values.supplied(name, owner, random),
                challenge => challenge,
            };
            let value = value.ok_or_else(|| format!("nobody supplies {{{name}}}"))?;
            values.known.insert(name.clone(), value);
        }
        Ok(values)
    }

    /// Nothing known, nothing seen.
    pub(super) fn none() -> Values {
        Values {
            known: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    fn supplied(
        &mut self,
        name: &str,
        owner: &Client,
        random: &mut fastrand::Rng,
    ) -> Option<String> {
        let scopes = &owner.scopes;
        let (stem, number) = stem(name);
        Some(match stem {
            "authorization_details" => {
                let parameters = owner.asks.defer.parameters.iter();
                let mut asked = parameters.filter(|(known, _)| known == stem);
                let (_, details) = asked.next()?;
                details.replace("{unique}", &draw::<12>(random))
            }
            "client_id" => owner.client_id.to_string(),
            "redirect_uri" => owner.redirect_uri.as_deref()?.to_owned(),
            // Where a request has to name its scope, what it asks for outright is granted in the default's stead.
            "default_scope" => known(&scopes.whole).or_else(|| owner.asks.defer.scope.clone())?,
            "login_hint" => {
                let mut asked = owner.asks.defer.parameters.iter();
                asked.find(|(known, _)| known == name)?.1.clone()
            }
            "narrowed_scope" => known(&scopes.part)?,
            "widened_scope" => known(&scopes.wider)?,
            "refused_scope" => known(&scopes.forbidden)?,
            "state" | "client_notification_token" => draw::<20>(random),
            "wrong_code_verifier" => "w".repeat(43),
            "code_verifier" => self.verifier(number, random),
            "code_challenge" => {
                let verifier = self.verifier(number, random);
                URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
            }
            _ => return None,
        })
    }

    /// The verifier of this number, the same for its challenge.
    fn verifier(&mut self, number: &str, random: &mut fastrand::Rng) -> String {
        let name = format!("code_verifier{number}");
        self.known
            .entry(name)
            .or_insert_with(|| draw::<32>(random))
            .clone()
    }

    /// `text` with every placeholder filled in.
    ///
    /// # Errors
    /// Names the placeholder that has no value yet.
    pub(super) fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("no end of a placeholder in {text}"))?;
            let value = self
                .known
                .get(name)
                .ok_or_else(|| format!("{{{name}}} has no value yet"))?;
            filled.push_str(before);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Whether there is a value of this name.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// Captures a value.
    pub(super) fn capture(&mut self, name: &str, value: &str) {
        self.known.insert(name.to_owned(), value.to_owned());
    }

    /// Remembers the strings in a response.
    pub(super) fn remember(&mut self, members: &Map<String, Value>) {
        let strings = members
            .iter()
            .filter_map(|(name, v)| Some((name, v.as_str()?)));
        self.seen
            .extend(strings.map(|(name, text)| (name.clone(), text.to_owned())));
    }

    /// What no description may repeat: deferral codes, tokens, notification tokens.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let supplied = self.known.iter();
        let supplied = supplied.filter(|(name, _)| stem(name).0 == "client_notification_token");
        let seen = self.seen.iter();
        let seen = seen.filter(|(member, _)| SECRETS.contains(&member.as_str()));
        supplied
            .map(|(_, value)| value.as_str())
            .chain(seen.map(|(_, value)| value.as_str()))
    }

    /// Whether an earlier response had this member with this value.
    pub(super) fn was_seen(&self, member: &str, value: &str) -> bool {
        self.seen.contains(&(member.to_owned(), value.to_owned()))
    }
}

/// A challenge of the resource that the suite stands in for, or one that only looks like it.
fn challenge(name: &str, target: &Target, random: &mut fastrand::Rng) -> Option<String> {
    let resource = target.resource.as_deref()?;
    let forger = (name == "forged_challenge").then(|| resource.forged());
    let signer = match (name, &forger) {
        ("transaction_challenge", _) => resource,
        (_, forger) => forger.as_ref()?,
    };
    let audience = target.endpoints.issuer.as_str().trim_end_matches('/');
    Some(signer.challenge(audience, target.time.now(), &draw::<16>(random)))
}

/// A scope, unless nobody knows it.
fn known(scope: &str) -> Option<String> {
    (!scope.is_empty()).then(|| scope.to_owned())
}

/// A name without the number of its kind, and that number as it is written.
fn stem(name: &str) -> (&str, &str) {
    match name.rfind('_') {
        Some(at) if name[at + 1..].bytes().all(|octet| octet.is_ascii_digit()) => name.split_at(at),
        _ => (name, ""),
    }
}

/// `N` random octets in base64url.
fn draw<const N: usize>(random: &mut fastrand::Rng) -> String {
    let mut octets = [0; N];
    random.fill(&mut octets);
    URL_SAFE_NO_PAD.encode(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_filled_in_or_the_missing_value_named() {
        let mut values = Values::none();
        values.capture("a", "1");
        assert_eq!(values.fill("x{a}y{a}").unwrap(), "x1y1");
        assert_eq!(values.fill("plain").unwrap(), "plain");
        assert_eq!(values.fill("{b}").unwrap_err(), "{b} has no value yet");
    }

    #[test]
    fn numbers_are_told_from_names() {
        assert_eq!(stem("code_verifier"), ("code_verifier", ""));
        assert_eq!(stem("code_verifier_2"), ("code_verifier", "_2"));
    }
}
