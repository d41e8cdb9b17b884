//! The faults under RFC 8628 and CIBA: a server of a sibling that is wrong in the same way has to show it there, too. And
//! those of servers that AROP is laid over, which no other text knows for faults.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dtr_model::draft::Draft;

use super::fault::{Fault, Shown};
use super::faults;
use super::judge::Judged;
use crate::report::document::Verdict;

/// Faults that break something a sibling asks, and do nothing to its servers.
const NOTHING_THERE: &[(&str, &str)] = &[
    ("cancellation-forgotten", NO_CANCELLATION),
    ("revocation-by-anybody", NO_CANCELLATION),
    ("authorization-code-used-again", NO_CREDENTIAL),
    ("authorization-code-replay-race", NO_CREDENTIAL),
    ("pkce-not-checked", NO_CREDENTIAL),
    (
        "disabled-client-served",
        "they say nothing of clients whose standing changes",
    ),
    ("deferred-as-200", "that is their status"),
    ("deferred-without-interval", "it may be left out"),
    ("interval-never-enforced", NO_DUTY),
    ("last-poll-lost-on-slow-down", NO_DUTY),
];

/// The same of one text.
const NOTHING_UNDER: &[(&str, &str, &str)] = &[
    ("arop-txn", "refresh-outlives-approval", ONE_TRANSACTION),
    ("arop-txn", "refresh-forgets-approval", ONE_TRANSACTION),
    ("rfc8628", "callback-refusal-heeded", NO_CALLBACK),
    ("ciba-poll", "callback-refusal-heeded", NO_CALLBACK),
];

const ONE_TRANSACTION: &str = "no refresh token comes with a token for one transaction";
const NO_CALLBACK: &str = "nobody is called back";
const NO_CANCELLATION: &str = "nothing can be cancelled";
const NO_CREDENTIAL: &str = "no credential precedes the request";
const NO_DUTY: &str = "neither text has a server say `slow_down`";

/// The siblings, and the texts that AROP is laid over.
pub fn drafts() -> impl Iterator<Item = &'static Draft> {
    Draft::siblings().chain(Draft::profiles())
}

/// The faults that a server of this sibling can have, and that break something it asks.
pub fn faults_of(draft: &'static Draft) -> impl Iterator<Item = &'static Fault> {
    let all: Box<dyn Iterator<Item = &'static Fault>> = match draft.is_profile() {
        true => Box::new(faults::profiled()),
        false => Box::new(faults::all()),
    };
    all.filter(move |fault| {
        let here = |(text, id, _): &(&str, &str, &str)| (*text, *id) == (draft.id, fault.id);
        let elsewhere =
            NOTHING_THERE.iter().any(|(id, _)| *id == fault.id) || NOTHING_UNDER.iter().any(here);
        !elsewhere && !fault.breaks(draft).is_empty()
    })
}

/// Whether it is caught. What ietf-01 forbids by one row a sibling may forbid by another.
fn is_killed(draft: &Draft, fault: &'static Fault, judged: &Judged) -> bool {
    let caught = judged.verdict == Verdict::Fail && !judged.broken.is_empty();
    judged.shows(fault, draft) || (caught && matches!(fault.shown, Shown::Broken(_)))
}

/// What the suite makes of them.
#[derive(Debug, Default)]
pub(super) struct Siblings(Vec<(&'static Draft, &'static Fault, Judged)>);

impl Siblings {
    pub(super) fn add(&mut self, draft: &'static Draft, fault: &'static Fault, judged: Judged) {
        self.0.push((draft, fault, judged));
    }

    pub(super) fn survivors(
        &self,
    ) -> impl Iterator<Item = (&'static Draft, &'static Fault, &Judged)> {
        let all = self
            .0
            .iter()
            .map(|(draft, fault, judged)| (*draft, *fault, judged));
        all.filter(|(draft, fault, judged)| !is_killed(draft, fault, judged))
    }

    /// The section about them: which rows of each text each fault breaks.
    pub(super) fn write(&self, text: &mut String) {
        text.push_str("\n## Under RFC 8628, CIBA and AROP\n\nThe same faults at servers of the siblings, where they break something that the sibling asks; and those that are faults where AROP is laid over a text.\n\n");
        for draft in drafts() {
            let of = self.0.iter().filter(|(known, ..)| *known == draft);
            let survived = self.survivors().filter(|(known, ..)| *known == draft);
            let _ = writeln!(
                text,
                "- {}: {} faults, {} of them shown.",
                draft.id,
                of.clone().count(),
                of.count() - survived.count()
            );
        }
        let ids: Vec<&str> = drafts().map(|draft| draft.id).collect();
        let line = "---|".repeat(ids.len() + 1);
        let _ = writeln!(text, "\n| fault | {} |\n|{line}", ids.join(" | "));
        let mut rows: BTreeMap<usize, (&str, BTreeMap<&str, String>)> = BTreeMap::new();
        for (draft, fault, judged) in &self.0 {
            let mut known = faults::all().chain(faults::profiled());
            let place = known.position(|known| known.id == fault.id);
            let (_, cells) = rows
                .entry(place.unwrap_or_default())
                .or_insert_with(|| (fault.id, BTreeMap::new()));
            let breaks = fault.breaks(draft);
            // What else a fault breaks is told above, and in a race it is chance.
            let shown = match fault.shown {
                Shown::Raced(_) => format!("in a race: one of {}", breaks.join(", ")),
                _ => breaks.join(", "),
            };
            let shown = match (judged.shows(fault, draft), is_killed(draft, fault, judged)) {
                (true, _) => shown,
                (false, true) => format!("as another: {}", judged.broken.join(", ")),
                (false, false) => "**survives**".to_owned(),
            };
            cells.insert(draft.id, shown);
        }
        for (fault, cells) in rows.values() {
            let cells = ids
                .iter()
                .map(|id| format!(" {} |", cells.get(id).map_or("–", String::as_str)));
            let _ = writeln!(text, "| `{fault}` |{}", cells.collect::<String>());
        }
        let alone = faults::all().filter(|fault| !fault.is_of(Draft::DEFAULT));
        for fault in alone {
            let _ = writeln!(
                text,
                "\n`{}` is a fault of theirs alone: {}.",
                fault.id, fault.does
            );
        }
        for (id, why) in NOTHING_THERE {
            let _ = writeln!(text, "\n`{id}` is no fault of theirs: {why}.");
        }
        for (draft, id, why) in NOTHING_UNDER {
            let _ = writeln!(text, "\n`{id}` is none under {draft}: {why}.");
        }
    }
}
