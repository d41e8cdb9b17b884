//! The second opinion, and the only place of this crate that knows stateright;
//! its explorer, too, goes by what is said of the world here.
//!
//! Stateright 0.31 reports success on searches it did not finish, and stops
//! early once every property has failed. So success here needs `is_done`, no
//! target or timeout is ever set, and one property that cannot fail keeps the
//! search going to the end.

use std::collections::BTreeSet;

use stateright::{Checker, Model, Path};

use crate::finding::{picture, story};
use crate::property::Property;
use crate::world::{Action, Move, Setting, World};

/// What stateright found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondOpinion {
    /// Unique states.
    pub states: usize,
    /// Properties for which it has a counterexample.
    pub broken: BTreeSet<Property>,
    /// Whether the frontier was exhausted.
    pub finished: bool,
}

/// Lets stateright search the whole world breadth first.
pub fn second_opinion(setting: &Setting, threads: usize) -> SecondOpinion {
    let checker = setting
        .clone()
        .checker()
        .threads(threads)
        .spawn_bfs()
        .join();
    SecondOpinion {
        states: checker.unique_state_count(),
        broken: checker
            .discoveries()
            .keys()
            .filter_map(|id| Property::named(id))
            .collect(),
        finished: checker.is_done(),
    }
}

impl Model for Setting {
    type State = World;
    type Action = (Action, World);

    fn init_states(&self) -> Vec<World> {
        vec![World::new()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Self::Action>) {
        self.moves(*world, &mut |m: Move| actions.push((m.action, m.next)));
    }

    fn next_state(&self, _: &World, (_, next): Self::Action) -> Option<World> {
        Some(next)
    }

    fn format_action(&self, (action, _): &Self::Action) -> String {
        action.to_string()
    }

    fn format_step(&self, _: &World, (_, next): Self::Action) -> Option<String> {
        Some(self.in_words(next))
    }

    fn as_svg(&self, path: Path<World, Self::Action>) -> Option<String> {
        let actions: Vec<Action> = path.into_actions().into_iter().map(|(a, _)| a).collect();
        (!actions.is_empty()).then(|| picture::draw(&story::tell(&actions)))
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        let mut all = conditions();
        all.push(stateright::Property::always("exhaustive", |_, _| true));
        all
    }
}

/// Stateright wants a function pointer a property; this makes one of each.
macro_rules! conditions {
    ($($name:ident),*) => {
        vec![$(stateright::Property::always(
            Property::$name.id(),
            |_: &Setting, world: &World| !world.broken().contains(Property::$name),
        )),*]
    };
}

fn conditions() -> Vec<stateright::Property<Setting>> {
    let all = conditions!(
        S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, L1, L2, L2Late,
        L2Lost, L3, L4, L5, L5Late
    );
    assert_eq!(
        all.len(),
        Property::ALL.len(),
        "every property is given to stateright"
    );
    all
}
