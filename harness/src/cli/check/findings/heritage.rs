//! What the text has from RFC 8628 and CIBA: which of their gaps it took over, which
//! are its own, and what they say that it does not.

use std::fmt::Write as _;

use dtr_model::check::{Case, CheckError, Checked};
use dtr_model::draft::{Cancellation, Draft};
use dtr_model::question::Question;

/// The parents, each with its world at the pins.
pub(in crate::cli::check) fn parents() -> Result<Vec<(&'static Draft, Checked)>, CheckError> {
    Draft::siblings()
        .map(|draft| Ok((draft, Case::pins(draft).check()?)))
        .collect()
}

/// The section about them.
pub(super) fn write(page: &mut String, pins: &Checked, parents: &[(&'static Draft, Checked)]) {
    let child = Draft::DEFAULT;
    let _ = writeln!(
        page,
        "\n## From its parents\n\nThe same relation carries {}: what differs is in their values. Each at its pins, searched in full;\n\
         a dash where a text has nothing that the property is about.\n",
        parents
            .iter()
            .map(|(draft, _)| draft.title)
            .collect::<Vec<_>>()
            .join("; ")
    );
    let ids: Vec<&str> = parents.iter().map(|(draft, _)| draft.id).collect();
    let line = "---|".repeat(ids.len() + 2);
    let _ = writeln!(
        page,
        "| property | {} | {} |\n|{line}",
        ids.join(" | "),
        child.id
    );
    for property in child.properties().iter() {
        let all = parents.iter().map(|(draft, checked)| (*draft, checked));
        let cells = all.chain([(child, pins)]).map(|(draft, checked)| {
            let known = draft.properties().contains(property);
            match checked.broken.get(&property) {
                _ if !known => " – |".to_owned(),
                None => " holds |".to_owned(),
                Some(path) => format!(" breaks in {} |", path.len()),
            }
        });
        let _ = writeln!(page, "| {property} |{}", cells.collect::<String>());
    }
    gaps(page, parents);
    said(page, parents);
}

/// The questions by whether a parent leaves them open, too.
fn gaps(page: &mut String, parents: &[(&'static Draft, Checked)]) {
    let open = |question: &&Question| Draft::DEFAULT.leaves_open(question.entry());
    let (inherited, own): (Vec<Question>, Vec<Question>) =
        Question::ALL.iter().filter(open).partition(|question| {
            let mut parents = parents.iter();
            parents.any(|(draft, _)| draft.leaves_open(question.entry()))
        });
    let list = |questions: &[Question]| {
        let titled = questions
            .iter()
            .map(|q| format!("{q} ({})", q.entry().title));
        titled.collect::<Vec<_>>().join("; ")
    };
    let _ = writeln!(
        page,
        "\n**Gaps it took over** ({}): {}.\n\n**Gaps of its own** ({}), where they settle it or have no such thing: {}.",
        inherited.len(),
        list(&inherited),
        own.len(),
        list(&own)
    );
}

/// What a parent settles or has and the child does not, and the other way round.
fn said(page: &mut String, parents: &[(&'static Draft, Checked)]) {
    let child = Draft::DEFAULT;
    page.push_str("\n**Said there and not here**\n\n");
    for (draft, _) in parents {
        if let Some(seconds) = draft.default_interval
            && child.default_interval.is_none()
        {
            let _ = writeln!(
                page,
                "- {}: `interval` may be left out, and is {seconds} seconds then.",
                draft.id
            );
        }
        for (question, reading) in draft.settles {
            let entry = question.entry();
            let text = entry.lettered().find(|(letter, _)| letter == reading);
            let text = text.map_or("", |(_, reading)| reading.text);
            if !child.settles(*question) {
                let _ = writeln!(page, "- {}: {question}, {}: {text}.", draft.id, entry.title);
            }
        }
    }
    page.push_str("\n**Said here and not there**\n\n");
    for (draft, _) in parents {
        let rules = (&child.rules, &draft.rules);
        let added = [
            (
                rules.0.sender_constrained && !rules.1.sender_constrained,
                "codes are bound to keys",
            ),
            (
                child.cancellation != Cancellation::Nowhere
                    && draft.cancellation == Cancellation::Nowhere,
                "a client can cancel",
            ),
            (
                rules.0.rechecks && !rules.1.rechecks,
                "consent is looked at again before a token is issued",
            ),
            (
                rules.0.persistence_refusable && !rules.1.persistence_refusable,
                "who polls too fast for too long may be refused",
            ),
            (
                child.min_code_bits > draft.min_code_bits,
                "how hard a code has to be to guess, in bits",
            ),
        ];
        let added = added.iter().filter(|(is, _)| *is).map(|(_, what)| *what);
        let _ = writeln!(
            page,
            "- {}: {}.",
            draft.id,
            added.collect::<Vec<_>>().join("; ")
        );
    }
}
