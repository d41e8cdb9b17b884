//! The judgement of events at the same time: one step of the trace.

use std::time::Duration;

use dtr_model::Deferral;
use dtr_model::event::{Answer, Event};
use dtr_model::trace::Window;

use super::{Running, bearing};
use crate::driver::{Concurrent, Finding, Seen};
use crate::oracle::{Joint, Ruling, Simultaneous};

impl Running {
    /// Performs the events of the window together and judges them together.
    pub(super) async fn together(&mut self, window: Window) {
        let events = self.trace.events[window.from..window.until].to_vec();
        events.iter().for_each(|event| self.about_to(*event));
        let concurrent = self.session.perform_together(&events).await;
        if self.fell_behind() {
            return;
        }
        self.judge_together(&events, concurrent);
    }

    fn judge_together(&mut self, events: &[Event], concurrent: Vec<Concurrent>) {
        let states: Vec<Deferral> = self.oracle.deferrals().collect();
        let rows = |event: &Event| bearing(&states, *event, &self.trace.terms);
        let mut all_rows: Vec<_> = events.iter().flat_map(rows).collect();
        all_rows.sort_unstable();
        all_rows.dedup();
        let (mut seen, mut findings, mut observed) = (Vec::new(), Vec::new(), Vec::new());
        for (event, one) in events.iter().zip(concurrent) {
            self.count(&one.observation);
            let observation = one.observation;
            self.remember(
                *event,
                observation.answer.to_string(),
                observation.exchanges,
            );
            findings.extend(observation.findings);
            observed.extend(observation.observed);
            seen.push((*event, observation.answer, one.sent, one.received));
        }
        let (simultaneous, strange) = match sorted_out(&seen) {
            Ok(sorted) => sorted,
            Err(why) => return self.give_up(why),
        };
        if let Some(what) = strange {
            self.outcomes = self.oracle.outcomes(events);
            let allowed = self.outcomes.iter().flatten().copied().collect();
            return self.fail(all_rows, Vec::new(), allowed, what);
        }
        let joint = self.oracle.observe_together(&simultaneous);
        self.rule(&simultaneous, joint, all_rows);
        if self.ended.is_none() {
            self.check_findings(findings, observed);
        }
    }

    fn rule(&mut self, events: &[Simultaneous], joint: Joint, all_rows: Vec<&'static str>) {
        self.outcomes = joint.outcomes;
        let given: Vec<Event> = events.iter().map(|s| s.event).collect();
        let answers: Vec<Answer> = events.iter().map(|s| s.answer).collect();
        let what = in_words(&given, &answers);
        match joint.ruling {
            Ruling::Allowed => {
                for (one, states) in events.iter().zip(joint.explained_by) {
                    let shown =
                        one.answer != Answer::Silence || matches!(one.event, Event::Callback(_));
                    if shown {
                        let rows = self.borne_out(one.event, &states);
                        rows.into_iter().for_each(|id| self.credit(id, one.answer));
                    }
                }
            }
            Ruling::Unaccepted { readings, allowed } => {
                let broken: Vec<_> = readings
                    .iter()
                    .flat_map(|(_, _, ids)| ids.clone())
                    .collect();
                let requirements = if broken.is_empty() { all_rows } else { broken };
                let readings: Vec<_> = readings.into_iter().map(|(q, r, _)| (q, r)).collect();
                let names: Vec<_> = readings.iter().map(|(q, r)| format!("{q}/{r}")).collect();
                let detail = format!(
                    "at the same time {what}: in every order the server reads {}",
                    names.join(" and ")
                );
                self.fail(requirements, readings, allowed, detail);
            }
            Ruling::Forbidden { allowed } => {
                let order = match joint.out_of_order {
                    true => "in the order in which they were answered",
                    false => "in any order",
                };
                let detail = format!("at the same time {what}: no reading allows it {order}");
                self.fail(all_rows, Vec::new(), allowed, detail);
            }
        }
    }

    fn check_findings(&mut self, findings: Vec<Finding>, observed: Vec<&'static str>) {
        let broken = |id: &str| findings.iter().any(|f| f.requirement == id);
        for id in observed.into_iter().filter(|id| !broken(id)) {
            self.report.tally.held(id);
        }
        if let Some(first) = findings.first() {
            let requirements = findings.iter().map(|f| f.requirement).collect();
            let detail = first.detail.clone();
            self.fail(requirements, Vec::new(), Default::default(), detail);
        }
    }
}

type Timed = (Event, Seen, Duration, Duration);

/// The answers with their times, and the first that is none; or why there is no
/// judging: without every answer the others prove nothing.
fn sorted_out(seen: &[Timed]) -> Result<(Vec<Simultaneous>, Option<String>), String> {
    let (mut answers, mut strange) = (Vec::with_capacity(seen.len()), None);
    let mut failed = None;
    for (event, seen, sent, received) in seen {
        match seen {
            Seen::Answer(answer) => answers.push(Simultaneous {
                event: *event,
                answer: *answer,
                sent: sent.as_nanos() as u64,
                received: received.as_nanos() as u64,
            }),
            Seen::Strange(what) => {
                strange.get_or_insert_with(|| format!("{event}: {what}"));
            }
            Seen::Failed(failure) => {
                failed.get_or_insert_with(|| format!("{event}: {failure}"));
            }
        }
    }
    match (&strange, failed) {
        (None, Some(why)) => Err(why),
        _ => Ok((answers, strange)),
    }
}

/// Events with their answers, those alike counted: `poll by owner → token and
/// 7 × poll by owner → invalid_grant`.
pub(super) fn in_words(events: &[Event], answers: &[Answer]) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for (event, answer) in events.iter().zip(answers) {
        let words = match answer {
            Answer::Silence => event.to_string(),
            _ => format!("{event} → {answer}"),
        };
        match counted.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => counted.push((words, 1)),
        }
    }
    let parts = counted.into_iter().map(|(words, count)| match count {
        1 => words,
        _ => format!("{count} × {words}"),
    });
    parts.collect::<Vec<_>>().join(" and ")
}
