//! Clients that are wrong on purpose: the bundled one, with something between it and the server that watches it. Each
//! has to break the rules that it is wrong about, and the bundled one as it is breaks none.

mod faults;
mod wrong;

use std::fmt::Write as _;

use dtr_model::draft::Draft;
use tokio::task::JoinSet;

use crate::client::log::Log;
use crate::client::rule::{self, Finding, Rule};
use crate::client::setting::AuthMethod;
use crate::client::situation::Situation;
use crate::client::{Client, play};
use crate::target::SetupError;
pub use faults::FAULTS;
use wrong::{How, Wrong};

/// A client that is wrong in one way.
#[derive(Debug)]
pub struct ClientFault {
    /// Stable id.
    pub id: &'static str,
    /// What the client does.
    pub does: &'static str,
    /// The rules that it breaks.
    pub breaks: &'static [&'static str],
    /// The situations that show it.
    pub situations: &'static [&'static str],
    how: How,
}

/// The texts whose clients are made wrong.
pub const DRAFTS: [&Draft; 4] = [
    Draft::DEFAULT,
    &Draft::RFC_8628,
    &Draft::CIBA_POLL,
    &Draft::CIBA_PING,
];

impl ClientFault {
    /// The rules that a client of this text breaks, if it can be wrong so under it.
    pub fn breaks_under(&self, draft: &'static Draft) -> Vec<&'static Rule> {
        let situations = self.situations.iter().filter_map(|id| Situation::named(id));
        if !{ situations }.all(|situation| (situation.plays)(draft)) {
            return Vec::new();
        }
        let rules = self.breaks.iter().filter_map(|id| rule::named(id));
        rules.filter(|rule| rule.is_asked(draft)).collect()
    }
}

/// The rules that are found broken.
pub fn broken(draft: &'static Draft, logs: &[Log]) -> Vec<&'static str> {
    let asked = rule::all().filter(|rule| rule.is_asked(draft));
    asked
        .filter(|rule| matches!(rule.finding(logs).0, Finding::Broken(_)))
        .map(|rule| rule.id)
        .collect()
}

/// Leads the bundled client, with this fault, through the situations that show it.
///
/// # Errors
/// [`SetupError`]: a server that does not start.
pub async fn lead(
    fault: &'static ClientFault,
    draft: &'static Draft,
) -> Result<Vec<Log>, SetupError> {
    let mut logs = Vec::new();
    for id in fault.situations {
        let Some(situation) = Situation::named(id) else {
            continue;
        };
        let wrong = Wrong(fault.how, draft);
        let method = AuthMethod::ClientSecretBasic;
        logs.push(play(&Client::Bundled, draft, situation, method, &wrong).await?);
    }
    Ok(logs)
}

/// A fault under a text, and the rules that it was found to break.
type Caught = (&'static ClientFault, &'static Draft, Vec<&'static str>);

/// What becomes of all of them.
#[derive(Debug, Default)]
pub struct Clients(Vec<Caught>);

impl Clients {
    /// Leads all of them through what shows them, at the same time: most of it is waiting.
    ///
    /// # Errors
    /// [`SetupError`]: a server that does not start.
    ///
    /// # Panics
    /// With whatever panics in a rule.
    pub async fn lead() -> Result<Clients, SetupError> {
        let mut leading = JoinSet::new();
        for (place, fault) in FAULTS.iter().enumerate() {
            for draft in DRAFTS {
                if !fault.breaks_under(draft).is_empty() {
                    leading.spawn(async move { (place, draft, lead(fault, draft).await) });
                }
            }
        }
        let mut all = Vec::new();
        for (place, draft, logs) in leading.join_all().await {
            all.push((place, (&FAULTS[place], draft, broken(draft, &logs?))));
        }
        let order = |draft: &Draft| DRAFTS.iter().position(|known| known.id == draft.id);
        all.sort_by_key(|(place, (_, draft, _))| (*place, order(draft)));
        Ok(Clients(all.into_iter().map(|(_, caught)| caught).collect()))
    }

    /// Those that did not break what they are wrong about.
    pub fn survivors(&self) -> impl Iterator<Item = &Caught> {
        self.0.iter().filter(|(fault, draft, broken)| {
            let mut due = fault.breaks_under(draft).into_iter();
            due.any(|rule| !broken.contains(&rule.id))
        })
    }

    /// The rules that none was seen to break.
    pub fn unseen(&self) -> impl Iterator<Item = &'static Rule> {
        rule::all().filter(|rule| !self.0.iter().any(|(.., broken)| broken.contains(&rule.id)))
    }

    /// The section about them.
    pub(super) fn write(&self, text: &mut String) {
        let survived = self.survivors().count();
        let _ = writeln!(
            text,
            "\n## Clients\n\nClients that are wrong on purpose, judged by `dtr client`: {} faults, each under every text that has it, \
             {} times in all, {} of them shown.\n\n| fault | what the client does | under | rules that it breaks |\n|---|---|---|---|",
            FAULTS.len(),
            self.0.len(),
            self.0.len() - survived
        );
        for fault in FAULTS {
            let of = self.0.iter().filter(|(known, ..)| known.id == fault.id);
            let drafts: Vec<&str> = of.map(|(_, draft, _)| draft.id).collect();
            let rules: Vec<String> = fault.breaks.iter().map(|id| format!("`{id}`")).collect();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                fault.id,
                fault.does,
                drafts.join(", "),
                rules.join(", ")
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::between::Nothing;
    use crate::client::situation::ALL;

    /// A name that is none would leave out what it stands for.
    #[test]
    fn faults_name_rules_and_situations() {
        for fault in FAULTS {
            let known = |id: &&str| rule::named(id).is_some();
            assert!(fault.breaks.iter().all(known), "{}", fault.id);
            let known = |id: &&str| Situation::named(id).is_some();
            assert!(fault.situations.iter().all(known), "{}", fault.id);
        }
    }

    /// What a client is wrong about shows, and every rule has a client that breaks it.
    #[tokio::test(flavor = "multi_thread")]
    async fn every_fault_breaks_its_rules() {
        let clients = Clients::lead().await.unwrap();
        let survivors: Vec<_> = clients.survivors().collect();
        assert!(survivors.is_empty(), "{survivors:#?}");
        let unseen: Vec<_> = clients.unseen().map(|rule| rule.id).collect();
        assert!(unseen.is_empty(), "{unseen:?}");
        assert!(clients.0.len() > 60, "only {}", clients.0.len());
    }

    /// The bundled client, with nothing between.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_as_it_should_be_breaks_none() {
        let mut playing = JoinSet::new();
        for draft in DRAFTS {
            for situation in ALL.iter().filter(|one| (one.plays)(draft)) {
                playing.spawn(async move {
                    let method = AuthMethod::ClientSecretPost;
                    play(&Client::Bundled, draft, situation, method, &Nothing).await
                });
            }
        }
        let logs = playing.join_all().await.into_iter();
        let logs: Vec<Log> = logs.collect::<Result<_, _>>().unwrap();
        for draft in DRAFTS {
            let of = logs.iter().filter(|log| log.draft.id == draft.id);
            let of: Vec<Log> = of.cloned().collect();
            assert_eq!(broken(draft, &of), [""; 0], "{}", draft.id);
            let lines: Vec<_> = of
                .iter()
                .map(|log| (log.situation.id, log.lines()))
                .collect();
            let asked = rule::all().filter(|rule| rule.is_asked(draft));
            for rule in asked {
                let found = rule.finding(&of).0;
                assert_eq!(found, Finding::Held, "{} {}: {lines:#?}", draft.id, rule.id);
            }
        }
    }
}
