//! What the server may do about one code.
//!
//! It depends on that code alone: on its deferral and on the judge's memory of
//! it. A code has a few hundred of these states, the world has as many as their
//! product; so [`Tabled`] works each out once and looks it up from then on.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::code::each_event;
use super::{Move, Setting, Which, World};
use crate::deferral::{Deferral, for_each_outcome};
use crate::event::{Answer, Caller, Event};
use crate::explore::Space;
use crate::property::{Judgement, Watch, judge};

/// One outcome of an event at one code, judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) answer: Answer,
    pub(super) deferral: Deferral,
    pub(super) judged: Judgement,
}

/// An event that the network or the clock brings about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Brought {
    Poll,
    Revoke,
    ResponseLost,
    Tick,
}

impl Brought {
    const ALL: [Brought; 4] = [
        Brought::Poll,
        Brought::Revoke,
        Brought::ResponseLost,
        Brought::Tick,
    ];

    pub(super) const fn event(self) -> Event {
        let by = Caller::Owner;
        match self {
            Brought::Poll => Event::Poll { by, lost: false },
            Brought::Revoke => Event::Revoke { by },
            Brought::ResponseLost => Event::ResponseLost,
            Brought::Tick => Event::Tick,
        }
    }
}

/// The steps of both codes in one world.
pub(super) trait Steps {
    /// Every step that happens at the server at once.
    fn at_once(&self, which: Which, found: impl FnMut(Event, Step));

    /// Every step of an event that the network or the clock brings about.
    fn upon(&self, which: Which, event: Brought, found: impl FnMut(Step));
}

/// Works every step out when asked.
pub(super) struct Direct<'a>(pub(super) &'a Setting, pub(super) World);

impl Steps for Direct<'_> {
    fn at_once(&self, which: Which, mut found: impl FnMut(Event, Step)) {
        let deferral = self.1.deferral(which);
        let terms = &self.0.terms[which as usize];
        each_event(deferral, which, terms, |event| {
            self.steps(which, event, |step| found(event, step));
        });
    }

    fn upon(&self, which: Which, event: Brought, found: impl FnMut(Step)) {
        self.steps(which, event.event(), found);
    }
}

impl Direct<'_> {
    fn steps(&self, which: Which, event: Event, mut found: impl FnMut(Step)) {
        let Direct(setting, world) = self;
        let (before, watch) = (world.deferral(which), world.watch(which));
        let terms = &setting.terms[which as usize];
        for_each_outcome(before, event, terms, &setting.readings, |outcome| {
            #[cfg(test)]
            let outcome = match setting.fault {
                Some(fault) => fault(before, event, outcome),
                None => outcome,
            };
            found(Step {
                answer: outcome.answer,
                deferral: outcome.deferral,
                judged: judge(
                    watch,
                    before,
                    event,
                    outcome.answer,
                    outcome.deferral,
                    terms,
                ),
            });
        });
    }
}

/// All steps of one code in one of its states.
struct Row {
    at_once: Vec<(Event, Step)>,
    upon: [Vec<Step>; 4],
}

impl Row {
    fn of(steps: &Direct<'_>, which: Which) -> Row {
        let mut at_once = Vec::new();
        steps.at_once(which, |event, step| at_once.push((event, step)));
        let upon = Brought::ALL.map(|event| {
            let mut found = Vec::new();
            steps.upon(which, event, |step| found.push(step));
            found
        });
        Row { at_once, upon }
    }
}

impl Steps for [Rc<Row>; 2] {
    fn at_once(&self, which: Which, mut found: impl FnMut(Event, Step)) {
        for (event, step) in &self[which as usize].at_once {
            found(*event, *step);
        }
    }

    fn upon(&self, which: Which, event: Brought, found: impl FnMut(Step)) {
        let steps = &self[which as usize].upon[event as usize];
        steps.iter().copied().for_each(found);
    }
}

/// A setting that remembers the steps it has worked out: the same moves in the
/// same order as the setting's own, only sooner.
pub struct Tabled<'a> {
    setting: &'a Setting,
    rows: RefCell<FxHashMap<(Which, Deferral, Watch), Rc<Row>>>,
}

impl<'a> Tabled<'a> {
    /// Nothing remembered yet.
    pub fn new(setting: &'a Setting) -> Self {
        let rows = RefCell::default();
        Tabled { setting, rows }
    }

    fn row(&self, world: World, which: Which) -> Rc<Row> {
        let key = (which, world.deferral(which), world.watch(which));
        let mut rows = self.rows.borrow_mut();
        let row = rows
            .entry(key)
            .or_insert_with(|| Rc::new(Row::of(&Direct(self.setting, world), which)));
        Rc::clone(row)
    }
}

impl Space for Tabled<'_> {
    type State = World;
    type Label = <Setting as Space>::Label;

    fn start(&self) -> World {
        self.setting.start()
    }

    fn moves(&self, world: World, mut found: impl FnMut(Self::Label, World)) {
        let steps = Which::ALL.map(|which| self.row(world, which));
        super::moves(self.setting, &steps, world, &mut |m: Move| {
            found((m.action, m.exercised), m.next);
        });
    }
}

impl World {
    /// The world after `step` at this code; `broken` is what the step broke.
    pub(super) fn after(self, which: Which, step: Step) -> World {
        self.with_code(which, step.deferral, step.judged.watch)
            .with_broken(step.judged.broken)
    }
}
