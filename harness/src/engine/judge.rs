//! One trace in flight, and the judgement of its steps.

mod window;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use dtr_model::deferral::Phase;
use dtr_model::event::{Answer, Code, Event, Fate};
use dtr_model::question::{Question, Reading, Readings};
use dtr_model::requirement::{self, Level};
use dtr_model::{Deferral, Terms, Trace};

use super::timing::Timing;
use super::{Deed, Place, Tally, Visit, is_tick};
use crate::driver::{Exchange, Observation, Seen, Session};
use crate::oracle::{Oracle, Outcomes, Ruling};
use crate::target::{Callbacks, Lease, Target, TransportFailure};

/// A step as it went, kept until the trace has its verdict.
#[derive(Debug, Clone)]
pub struct StepRecord {
    /// When: ticks since the trace began.
    pub tick: u64,
    /// What was done.
    pub event: Event,
    /// What came, in words.
    pub seen: String,
    /// The exchanges it took.
    pub exchanges: Vec<Exchange>,
    /// Whether it happened at the same time as the others that are marked so.
    pub simultaneous: bool,
}

/// A trace that failed, and where.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The trace, up to the failing step.
    pub trace: Trace,
    /// The requirements broken.
    pub requirements: Vec<&'static str>,
    /// The readings that the server follows and that break them, if any do.
    pub readings: Vec<(Question, Reading)>,
    /// What a lawful server might have answered at the failing step.
    pub allowed: BTreeSet<Answer>,
    /// If events at the same time failed: what it might have answered to all of
    /// them, in their order.
    pub outcomes: Outcomes,
    /// What is wrong, in a line.
    pub detail: String,
    /// The steps, the failing one last.
    pub steps: Vec<StepRecord>,
}

impl Failure {
    /// Two failures of one kind need not be told twice.
    pub fn kind(&self) -> (Vec<&'static str>, String) {
        let together = self.steps.iter().rev().take_while(|s| s.simultaneous);
        let last = together.count().max(1).min(self.steps.len());
        let last = &self.steps[self.steps.len() - last..];
        let mut what: Vec<_> = last
            .iter()
            .map(|s| format!("{} → {}", s.event, s.seen))
            .collect();
        what.sort_unstable();
        (self.requirements.clone(), what.join(" and "))
    }

    /// What a lawful server might have answered, each possibility in words.
    pub fn allowed_in_words(&self) -> Vec<String> {
        if self.outcomes.is_empty() {
            return self.allowed.iter().map(Answer::to_string).collect();
        }
        let events: Vec<Event> = self
            .steps
            .iter()
            .filter(|s| s.simultaneous)
            .map(|s| s.event)
            .collect();
        let outcomes = self.outcomes.iter();
        outcomes
            .map(|answers| window::in_words(&events, answers))
            .collect()
    }
}

/// What became of a trace.
pub(super) enum Verdict {
    Pass,
    Fail(Box<Failure>),
    Inconclusive(Trace, String),
    /// Answers took so long that the trace fell behind its clock.
    Late(Trace),
}

/// What a trace adds to the run, whatever its verdict.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) tally: Tally,
    pub(super) requests: u64,
    pub(super) controls: u64,
    pub(super) callbacks: u64,
}

/// A trace in flight.
pub(super) struct Running {
    trace: Trace,
    session: Session,
    oracle: Oracle,
    at: usize,
    tick: u64,
    steps: Vec<StepRecord>,
    /// What might have been answered to the window just judged.
    outcomes: Outcomes,
    report: Report,
    ended: Option<Verdict>,
    target: Arc<Target>,
    /// On the wall clock only.
    timing: Option<Timing>,
}

impl Running {
    pub(super) fn new(
        target: Arc<Target>,
        lease: Lease,
        accepted: Readings,
        trace: Trace,
    ) -> Running {
        Running {
            oracle: Oracle::new(trace.terms, accepted).unseen(target.decides_unseen()),
            timing: target
                .wall_pace()
                .map(|p| Timing::new(p, target.limits, &trace)),
            at: 0,
            tick: 0,
            steps: Vec::with_capacity(trace.events.len()),
            outcomes: Outcomes::new(),
            report: Report::default(),
            ended: None,
            session: Session::new(Arc::clone(&target), lease, trace.terms),
            target,
            trace,
        }
    }

    /// Whether the next event is a tick.
    pub(super) fn waits(&self) -> bool {
        self.ended.is_none() && self.trace.events.get(self.at).is_some_and(is_tick)
    }

    /// How long the next tick is, on the wall clock. A trace that cannot wait so ends without a verdict.
    pub(super) fn next_tick(&mut self) -> Option<Duration> {
        let announced = self.session.announced();
        let tick = self.timing.as_ref()?.tick(announced);
        if tick.is_none() {
            let (interval, lifetime) = announced.unwrap_or_default();
            self.give_up(format!(
                "an interval of {interval} s and a lifetime of {lifetime} s, as announced, leave no room for its waits"
            ));
        }
        tick
    }

    /// The clock was advanced by one tick.
    pub(super) fn tick(&mut self) {
        if self.waits() {
            self.observe(Event::Tick, Answer::Silence);
            self.remember(Event::Tick, Answer::Silence.to_string(), Vec::new());
            self.at += 1;
            self.tick += 1;
            if let Some(timing) = &mut self.timing {
                timing.ticked();
            }
        }
    }

    /// Ends the trace without a verdict.
    pub(super) fn give_up(&mut self, why: String) {
        if self.ended.is_none() {
            self.ended = Some(Verdict::Inconclusive(self.trace.clone(), why));
        }
    }

    /// Goes on until the next tick, the end, or a failure.
    pub(super) async fn until_tick(&mut self) {
        while self.ended.is_none() && !self.waits() && self.at < self.trace.events.len() {
            if let Some(window) = self.trace.window.filter(|w| w.from == self.at) {
                self.at = window.until;
                self.together(window).await;
                continue;
            }
            let event = self.trace.events[self.at];
            self.heed_callbacks(Duration::ZERO).await;
            if self.ended.is_some() {
                return;
            }
            self.at += 1;
            let at_will = self.target.callbacks != Callbacks::Held;
            if at_will && matches!(event, Event::Callback(_)) {
                continue;
            }
            self.about_to(event);
            let observation = self.session.perform(event).await;
            if self.fell_behind() {
                return;
            }
            self.judge(event, observation);
            if let (Event::Decide(_), Callbacks::AtWill(wait)) = (event, self.target.callbacks) {
                self.heed_callbacks(wait).await;
            }
        }
    }

    /// Notes when an event is performed.
    fn about_to(&mut self, event: Event) {
        let has_code = self.session.deferral_code().is_some();
        if let Some(timing) = &mut self.timing {
            timing.before(event, has_code);
        }
    }

    /// Whether the trace fell behind its clock, which ends it.
    fn fell_behind(&mut self) -> bool {
        let announced = self.session.announced();
        let late = self.timing.as_ref().is_some_and(|t| t.is_late(announced));
        if late {
            self.ended = Some(Verdict::Late(self.trace.clone()));
        }
        late
    }

    /// Takes in the callbacks that a server made which calls when it pleases.
    pub(super) async fn heed_callbacks(&mut self, wait: Duration) {
        if self.target.callbacks == Callbacks::Held || !self.trace.terms.callback {
            return;
        }
        if self.ended.is_none()
            && let Some(observation) = self.session.callbacks_so_far(wait).await
        {
            self.judge(Event::Callback(Fate::Delivered), observation);
        }
    }

    /// The verdict. A trace cut short by the end of the run is no pass.
    pub(super) async fn finish(mut self) -> (Verdict, Report) {
        drop(self.session.finish().await);
        let unfinished = self.at < self.trace.events.len();
        let verdict = match self.ended {
            Some(verdict) => verdict,
            None if unfinished => {
                Verdict::Inconclusive(self.trace, "the run was stopped".to_owned())
            }
            None => {
                self.report
                    .tally
                    .evidence
                    .add(self.oracle.cases(), &self.trace.id);
                Verdict::Pass
            }
        };
        (verdict, self.report)
    }

    fn judge(&mut self, event: Event, observation: Observation) {
        self.count(&observation);
        let terms = self.trace.terms;
        let before: Vec<Deferral> = self.oracle.deferrals().collect();
        let all_rows = || bearing(&before, event, &terms);
        let Observation {
            answer,
            findings,
            observed,
            exchanges,
        } = observation;
        let words = answer.to_string();
        self.remember(event, words.clone(), exchanges);
        let (findings, slights): (Vec<_>, Vec<_>) = findings
            .into_iter()
            .partition(|finding| self.is_absolute(finding.requirement));
        for slight in &slights {
            self.report.tally.slighted(slight.requirement);
        }
        let mut found: Vec<&'static str> = Vec::new();
        for finding in &findings {
            if !found.contains(&finding.requirement) {
                found.push(finding.requirement);
            }
        }
        let ruling = match answer {
            Seen::Answer(answer) => {
                self.count_served(event, answer);
                (answer, self.observe(event, answer))
            }
            Seen::Strange(what) => {
                let allowed = self.oracle.allowed(event);
                // A rule of the response says better what is wrong with it.
                let requirements = if found.is_empty() { all_rows() } else { found };
                return self.fail(requirements, Vec::new(), allowed, what);
            }
            // The server took another of its lawful ways than the trace supposed. What was seen until here stands.
            Seen::Failed(TransportFailure::CodeLost) => {
                self.at = self.trace.events.len();
                return;
            }
            Seen::Failed(failure) => {
                return self.give_up(format!("{event}: {failure}"));
            }
        };
        match ruling {
            (answer, Ruling::Allowed) => {
                // An answer that was lost, or a callback that did not come for
                // want of one, shows nothing but that.
                let shown = answer != Answer::Silence || matches!(event, Event::Callback(_));
                if shown {
                    let rows = self.borne_out(event, self.oracle.explained_by());
                    rows.into_iter().for_each(|id| self.credit(id, answer));
                }
                observed
                    .into_iter()
                    .for_each(|id| self.report.tally.held(id));
            }
            (_, Ruling::Unaccepted { readings, allowed }) => {
                let broken: Vec<_> = readings
                    .iter()
                    .flat_map(|(_, _, ids)| ids.clone())
                    .collect();
                let mut requirements = if broken.is_empty() {
                    all_rows()
                } else {
                    broken
                };
                requirements.extend(
                    found
                        .iter()
                        .filter(|id| !requirements.contains(id))
                        .copied()
                        .collect::<Vec<_>>(),
                );
                let readings: Vec<_> = readings.into_iter().map(|(q, r, _)| (q, r)).collect();
                let names: Vec<_> = readings.iter().map(|(q, r)| format!("{q}/{r}")).collect();
                let detail = format!("{words}: the server reads {}", names.join(" and "));
                return self.fail(requirements, readings, allowed, detail);
            }
            (_, Ruling::Forbidden { allowed }) => {
                let detail = format!("{words}: no reading allows it here");
                let mut requirements = all_rows();
                found.retain(|id| !requirements.contains(id));
                requirements.append(&mut found);
                return self.fail(requirements, Vec::new(), allowed, detail);
            }
        }
        if let Some(first) = findings.first() {
            let detail = first.detail.clone();
            self.fail(found, Vec::new(), BTreeSet::new(), detail);
        }
    }

    /// Lets the oracle take in an answer, and counts where the deferral went,
    /// as far as there is no doubt about it.
    fn observe(&mut self, event: Event, answer: Answer) -> Ruling {
        let from = self.place();
        let ruling = self.oracle.observe(event, answer);
        if let (Ruling::Allowed, Some(from), Some(to)) = (&ruling, from, self.place()) {
            let by = Deed::of(event);
            self.report.tally.visited(Visit { from, by, to });
        }
        ruling
    }

    fn place(&self) -> Option<Place> {
        Place::common(self.oracle.accepted_deferrals(), &self.trace.terms)
    }

    fn count(&mut self, observation: &Observation) {
        for exchange in &observation.exchanges {
            match exchange.control {
                true => self.report.controls += 1,
                false => self.report.requests += 1,
            }
        }
        let called = matches!(observation.answer, Seen::Answer(Answer::Called { .. }));
        self.report.callbacks += u64::from(called);
    }

    /// The rows that an allowed answer is evidence for, whichever of the states
    /// that explain it was the real one.
    fn borne_out(&self, event: Event, explained_by: &[Deferral]) -> Vec<&'static str> {
        let terms = self.trace.terms;
        let mut states = explained_by.iter();
        let first = states
            .next()
            .map(|d| requirement::bearing(*d, event, &terms));
        let mut rows = first.unwrap_or_default();
        for state in states {
            let others = requirement::bearing(*state, event, &terms);
            rows.retain(|id| others.contains(id));
        }
        rows
    }

    /// Counts a sound request that opted in, if nothing but the server's
    /// discretion is in its way.
    fn count_served(&mut self, event: Event, answer: Answer) {
        let Event::Request(request) = event else {
            return;
        };
        let terms = &self.trace.terms;
        let asked = request.sound && request.opted_in && !request.lost;
        let fresh = |d: Deferral| d.phase() == Phase::Absent && !d.client_lapsed();
        if asked && (request.keyed || !terms.public) && self.oracle.deferrals().all(fresh) {
            let served = matches!(answer, Answer::Token { .. } | Answer::Deferred { .. });
            let at = match (terms.one_time, request.hinted) {
                (true, true) => 0,
                (true, false) => 1,
                (false, _) => 2,
            };
            self.report.tally.opted_in(at, served);
        }
    }

    /// Whether polls that are too early in ticks are so in seconds, beyond doubt. A clock that is no finer than the
    /// interval may have gone on between them.
    fn knows_early(&self) -> bool {
        match (&self.timing, self.target.pace) {
            (Some(timing), _) => timing.knows_early(self.session.announced()),
            (None, Some(pace)) => {
                let tick = Duration::from_secs(self.target.tick_seconds);
                pace.knows_early(&self.target.limits, tick)
            }
            // Its limits are those of the trace.
            (None, None) => true,
        }
    }

    /// Counts a row that an allowed answer bears out. What merely MAY happen is
    /// counted when it does; a SHOULD also when it is not followed.
    fn credit(&mut self, id: &'static str, answer: Answer) {
        let ledger = self.trace.terms.draft.ledger();
        let level = ledger.row(id).map(|r| r.level);
        let asks = |check: &str| ledger.asking(check).any(|row| row.id == id);
        let followed = match answer {
            _ if asks("DTR-11.3-01") => answer == Answer::SlowDown,
            _ if asks("AROP-7.2-01") => matches!(
                answer,
                Answer::Token { .. }
                    | Answer::Deferred {
                        code: Code::Same,
                        ..
                    }
            ),
            // Who defers all the same finds that somebody can approve.
            _ if asks("AROP-7.1-03") || asks("AROP-7.1-04") => {
                !matches!(answer, Answer::Token { .. } | Answer::Deferred { .. })
            }
            _ if asks("AROP-7.4-10") => matches!(answer, Answer::Token { .. }),
            _ if asks("DTR-6.6-16") => answer == Answer::InvalidRequest,
            _ if asks("DTR-5.3-01") => matches!(answer, Answer::Token { .. }),
            // A refusal may have any reason; that none is ever served is another matter.
            _ if asks("DTR-5.2-02") => {
                matches!(answer, Answer::Token { .. } | Answer::Deferred { .. })
            }
            _ => true,
        };
        match (level, followed) {
            (_, true) => self.report.tally.held(id),
            (Some(Level::Should), false) if self.knows_early() => self.report.tally.slighted(id),
            (_, false) => {}
        }
    }

    /// Whether to break this row is to fail.
    fn is_absolute(&self, id: &str) -> bool {
        let row = self.trace.terms.draft.ledger().row(id);
        row.is_none_or(|row| row.level.is_absolute())
    }

    fn remember(&mut self, event: Event, seen: String, exchanges: Vec<Exchange>) {
        self.steps.push(StepRecord {
            tick: self.tick,
            event,
            seen,
            exchanges,
            simultaneous: self
                .trace
                .window
                .is_some_and(|w| w.contains(self.steps.len())),
        });
    }

    fn fail(
        &mut self,
        mut requirements: Vec<&'static str>,
        readings: Vec<(Question, Reading)>,
        allowed: BTreeSet<Answer>,
        detail: String,
    ) {
        // A permission is not broken by what is not allowed elsewhere.
        requirements.retain(|id| self.is_absolute(id));
        requirements
            .iter()
            .for_each(|id| self.report.tally.broken(id));
        let trace = self.trace.cut(self.at);
        self.ended = Some(Verdict::Fail(Box::new(Failure {
            trace,
            requirements,
            readings,
            allowed,
            detail,
            outcomes: std::mem::take(&mut self.outcomes),
            steps: std::mem::take(&mut self.steps),
        })));
    }
}

/// The rows that bear on an event in one of these states: one of them is broken
/// when no belief allows what came.
fn bearing(states: &[Deferral], event: Event, terms: &Terms) -> Vec<&'static str> {
    let rows = states
        .iter()
        .flat_map(|d| requirement::bearing(*d, event, terms));
    let rows: BTreeSet<_> = rows.collect();
    rows.into_iter().collect()
}
