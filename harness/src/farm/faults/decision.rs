//! Faults of what the server makes of decisions, and of what it is told.

use crate::farm::fault::{Fault, How, Seam, Shown};

const fn fault(
    id: &'static str,
    does: &'static str,
    rows: &'static [&'static str],
    how: &'static [How],
) -> Fault {
    let shown = Shown::Broken(rows);
    Fault {
        id,
        seam: Seam::Decision,
        does,
        shown,
        how,
    }
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "partial-approval-taken-as-whole",
        "an approval in part grants all that was asked for",
        &["K-4.1-G1"],
        &[How::Control(|path, members| {
            if path.ends_with("/decide")
                && let Some(members) = members.as_object_mut()
            {
                members.remove("scope");
            }
        })],
    ),
    fault(
        "denial-taken-as-approval",
        "whatever the approver says, it is yes",
        &["DTR-6.5.1-06"],
        &[How::Control(|path, members| {
            if path.ends_with("/decide") && members["decision"] == "deny" {
                members["decision"] = "approve".into();
            }
        })],
    ),
    fault(
        "withdrawn-consent-unheard",
        "a consent that is withdrawn stays valid",
        &["DTR-11.7-03"],
        &[How::Control(|path, members| {
            if path.ends_with("/consent") {
                members["valid"] = true.into();
            }
        })],
    ),
    fault(
        "disabled-client-served",
        "a client that was disabled is served like any other",
        &["DTR-6.3.1-01"],
        &[How::Control(|path, members| {
            if path.ends_with("/client") && members.get("enabled").is_some() {
                members["enabled"] = true.into();
            }
        })],
    ),
];
