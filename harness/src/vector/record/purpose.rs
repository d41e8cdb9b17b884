//! What a vector is for, in one sentence.

use dtr_model::Trace;
use dtr_model::deferral::Phase;
use dtr_model::generate::Situation;
use dtr_model::property::Property;
use dtr_model::question::{Question, Reading};
use dtr_model::trace;

use crate::vector::format::Origin;

/// The origin as a vector has it; `None` for traces that are not recorded.
pub(super) fn origin(trace: &Trace) -> Option<Origin> {
    match &trace.origin {
        trace::Origin::Edge => Some(Origin::Edge),
        trace::Origin::Danger(property) => Some(Origin::Danger(property.clone())),
        trace::Origin::Fork(reading) => Some(Origin::Fork(reading.clone())),
        trace::Origin::Pair | trace::Origin::Walk(_) | trace::Origin::Race => None,
    }
}

/// The sentence.
pub(super) fn purpose(trace: &Trace, origin: &Origin) -> String {
    match origin {
        // No trace is recorded as a probe: those are written.
        Origin::Edge | Origin::Probe => covers(trace),
        Origin::Danger(id) => {
            let claim = Property::named(id).map_or("", |p| p.text());
            format!("Puts {id} to the test: {claim}.")
        }
        Origin::Fork(choice) => {
            tells(choice).unwrap_or_else(|| format!("Tells {choice} from what is pinned."))
        }
    }
}

/// How a deferral fares in the trace, if the server reads everything as pinned.
fn covers(trace: &Trace) -> String {
    let mut situation = Situation::START;
    let mut phases: Vec<&str> = Vec::new();
    for event in &trace.events {
        situation = situation.after(*event, &trace.terms).0;
        let d = situation.deferral;
        let phase = match d.is_expired(&trace.terms) && d.exists() {
            true => "expired",
            false => in_words(d.phase()),
        };
        if phases.last() != Some(&phase) {
            phases.push(phase);
        }
    }
    format!("Covers transitions of one deferral: {}.", phases.join(", "))
}

fn in_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Absent => "not requested",
        Phase::Pending => "pending",
        Phase::Interaction => "waiting for interaction",
        Phase::Interacting => "interaction under way",
        Phase::Approved | Phase::ApprovedLate => "approved",
        Phase::Denied => "denied",
        Phase::Cancelled => "cancelled",
        Phase::Redeemed => "redeemed",
        Phase::Disposed => "forgotten",
        Phase::Synchronous => "completed at once",
    }
}

fn tells(choice: &str) -> Option<String> {
    let (id, letter) = choice.split_once('=')?;
    let question = Question::named(id)?;
    let entry = question.entry();
    let reading = question.readings().find(|r| r.to_string() == letter)?;
    let text = |r: Reading| entry.readings[r as usize].text;
    Some(format!(
        "{id}, “{}”: tells reading {reading} ({}) from {}, which is pinned ({}).",
        entry.title,
        text(reading),
        question.pin(),
        text(question.pin()),
    ))
}
