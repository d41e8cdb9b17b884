//! The relation: one step, as the oracle takes it and as the checker does.

use divan::{Bencher, black_box};
use dtr_model::deferral::for_each_outcome;
use dtr_model::event::{Decision, Event, TokenRequest};
use dtr_model::question::Readings;
use dtr_model::{Deferral, Terms, step};

fn main() {
    divan::main();
}

const REQUEST: Event = Event::Request(TokenRequest::PLAIN);

/// A code that gave its token, which is where readings differ most.
fn redeemed() -> Deferral {
    let pins = Readings::pins();
    [REQUEST, Event::Decide(Decision::Approve), Event::POLL]
        .into_iter()
        .fold(Deferral::ABSENT, |d, event| {
            step(d, event, &Terms::CREDENTIALS, &pins)[0].deferral
        })
}

const CHOICES: [&str; 2] = ["pinned", "open"];

fn readings(choice: &str) -> Readings {
    match choice {
        "open" => Readings::open(),
        _ => Readings::pins(),
    }
}

#[divan::bench(args = CHOICES)]
fn poll(bencher: Bencher<'_, '_>, choice: &str) {
    let (deferral, readings) = (redeemed(), readings(choice));
    bencher.bench(|| {
        step(
            black_box(deferral),
            Event::POLL,
            &Terms::CREDENTIALS,
            black_box(&readings),
        )
    });
}

#[divan::bench(args = CHOICES)]
fn request(bencher: Bencher<'_, '_>, choice: &str) {
    let readings = readings(choice);
    bencher.bench(|| {
        step(
            black_box(Deferral::ABSENT),
            REQUEST,
            &Terms::CREDENTIALS,
            black_box(&readings),
        )
    });
}

/// The same poll without the vector of outcomes.
#[divan::bench(args = CHOICES)]
fn poll_without_allocation(bencher: Bencher<'_, '_>, choice: &str) {
    let (deferral, readings) = (redeemed(), readings(choice));
    bencher.bench(|| {
        let deferral = black_box(deferral);
        for_each_outcome(
            deferral,
            Event::POLL,
            &Terms::CREDENTIALS,
            &readings,
            |outcome| {
                black_box(outcome);
            },
        );
    });
}
