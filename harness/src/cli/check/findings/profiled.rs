//! What approvals that end ask of the texts that AROP is laid over: its promises, and the readings that break them.

use std::fmt::Write as _;

use dtr_model::check::{Case, Checked};
use dtr_model::draft::Draft;
use dtr_model::finding::friction::FRICTIONS;
use dtr_model::property::Property;

use super::diagram;

/// A text with the profile over it: at its pins, and read otherwise.
pub(in crate::cli::check) struct Profiled {
    draft: &'static Draft,
    pins: Checked,
    read: Vec<Checked>,
}

/// The profile over each text, every reading searched in full.
pub(in crate::cli::check) fn profiled() -> Vec<(&'static Draft, Vec<Case>)> {
    Draft::profiles()
        .map(|draft| (draft, Case::all(draft)))
        .collect()
}

impl Profiled {
    /// What came of the cases of a text, its pins first.
    pub(in crate::cli::check) fn of(draft: &'static Draft, checked: Vec<Checked>) -> Self {
        let mut checked = checked.into_iter();
        Self {
            draft,
            pins: checked.next().expect("the pins are the first case"),
            read: checked.collect(),
        }
    }
}

/// The section about them.
pub(super) fn write(page: &mut String, all: &[Profiled]) {
    page.push_str(
        "\n## Where approvals end\n\nThe AuthZEN Access Request OAuth Profile bounds by the approval all that comes of it. \
         Its promises over each text that it is laid over, searched in full under every reading; a dash where a text has \
         nothing that the promise is about.\n\n",
    );
    let ids: Vec<&str> = all.iter().map(|one| one.draft.id).collect();
    let line = "---|".repeat(ids.len() + 2);
    let _ = writeln!(page, "| promise | | {} |\n|{line}", ids.join(" | "));
    for property in Property::OF_APPROVALS {
        let cells = all.iter().map(|one| {
            let known = one.draft.properties().contains(property);
            match one.pins.broken.get(&property) {
                _ if !known => " – |".to_owned(),
                None => " holds |".to_owned(),
                Some(path) => format!(" breaks in {} |", path.len()),
            }
        });
        let cells: String = cells.collect();
        let _ = writeln!(page, "| {property} | {} |{cells}", property.text());
    }
    broken(page, all);
    page.push_str("\n**Where the texts rub against each other**\n\n");
    for friction in FRICTIONS {
        let _ = writeln!(
            page,
            "- {} ({}).",
            friction.text,
            friction.sections.join("; ")
        );
    }
}

/// The readings under which a promise breaks, and the shortest way to each such end.
fn broken(page: &mut String, all: &[Profiled]) {
    page.push_str("\n**Readings that break a promise**, none of which the profile rules out:\n\n");
    for property in Property::OF_APPROVALS {
        let ways = all.iter().flat_map(|one| {
            let broken = one.read.iter().filter_map(move |case| {
                let path = case.broken.get(&property)?;
                Some((one.draft, &case.name, path))
            });
            broken.filter(move |_| !one.pins.broken.contains_key(&property))
        });
        let ways: Vec<_> = ways.collect();
        let Some((_, name, shortest)) = ways.iter().min_by_key(|(_, _, path)| path.len()) else {
            continue;
        };
        let under: Vec<String> = ways
            .iter()
            .map(|(draft, name, path)| format!("{name} in {} ({})", path.len(), draft.id))
            .collect();
        let _ = writeln!(
            page,
            "{property} breaks under {}. By {name}:\n",
            under.join(", ")
        );
        diagram::write(page, &dtr_model::finding::story::tell(shortest));
        page.push('\n');
    }
}
