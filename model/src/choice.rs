//! How a plain function becomes a set-valued relation.
//!
//! The relation is written as straight-line code that *asks* where it could go
//! more than one way: [`Choices::ask`] for a question's reading,
//! [`Choices::either`] for the server's discretion. [`for_each`] runs that code
//! once for every combination of replies. With every question pinned and no
//! discretion left there is one run: a function.

use crate::question::{Question, Reading, Readings};

/// More choices than any single transition makes; checked by `ask` and `either`.
const DEPTH: usize = 12;

/// The replies of one run, and how many there could have been at each point.
#[derive(Default)]
struct Path {
    taken: [u8; DEPTH],
    width: [u8; DEPTH],
    len: usize,
}

impl Path {
    /// On to the next combination; false when all were taken.
    fn advance(&mut self) -> bool {
        while self.len > 0 {
            let last = self.len - 1;
            self.taken[last] += 1;
            if self.taken[last] < self.width[last] {
                return true;
            }
            self.taken[last] = 0;
            self.len = last;
        }
        false
    }
}

/// The replies given to a transition while it runs.
pub(crate) struct Choices<'a> {
    readings: Readings,
    path: &'a mut Path,
    at: usize,
}

impl Choices<'_> {
    /// Which reading of `question` holds in this run. From here on in the run,
    /// and in what follows it, that question is pinned.
    pub(crate) fn ask(&mut self, question: Question) -> Reading {
        let set = self.readings.bits(question);
        let possible = || Reading::ALL.into_iter().filter(|r| set & r.bit() != 0);
        let reading = match set.count_ones() {
            1 => possible().next(),
            width => possible().nth(self.reply(width as u8).into()),
        };
        let reading = reading.expect("a choice of readings never runs empty");
        self.readings.narrow(question, reading.bit());
        reading
    }

    /// Whether `question` is read as `reading` in this run; asks no more than
    /// that, so its other readings stay together.
    pub(crate) fn reads(&mut self, question: Question, reading: Reading) -> bool {
        let set = self.readings.bits(question);
        let others = set & !reading.bit();
        let yes = match (set & reading.bit() != 0, others != 0) {
            (true, true) => self.reply(2) == 0,
            (possible, _) => possible,
        };
        self.readings
            .narrow(question, if yes { reading.bit() } else { others });
        yes
    }

    /// Whether some later run could still read it so; asks nothing.
    pub(crate) fn may_read(&self, question: Question, reading: Reading) -> bool {
        self.readings.allows(question, reading)
    }

    /// The server's discretion: any of `options`, the preferred one first.
    pub(crate) fn either<T: Copy>(&mut self, options: &[T]) -> T {
        match options {
            [only] => *only,
            _ => options[usize::from(self.reply(options.len() as u8))],
        }
    }

    fn reply(&mut self, width: u8) -> u8 {
        let at = self.at;
        assert!(at < DEPTH, "a transition makes at most {DEPTH} choices");
        self.at += 1;
        if at == self.path.len {
            self.path.len += 1;
            self.path.taken[at] = 0;
            self.path.width[at] = width;
        }
        self.path.taken[at]
    }
}

/// Runs `transition` once for each combination of replies that `readings`
/// leaves open, and hands each result to `found` with the readings it rests on.
/// The first result is the preferred one.
#[inline]
pub(crate) fn for_each<T>(
    readings: &Readings,
    mut transition: impl FnMut(&mut Choices<'_>) -> T,
    mut found: impl FnMut(T, Readings),
) {
    let mut path = Path::default();
    loop {
        let mut choices = Choices {
            readings: *readings,
            path: &mut path,
            at: 0,
        };
        let result = transition(&mut choices);
        let rests_on = choices.readings;
        found(result, rests_on);
        if !path.advance() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_run_once_and_the_preferred_first() {
        let mut seen = Vec::new();
        for_each(
            &Readings::open(),
            |c| {
                (
                    c.either(&[1, 2]),
                    c.ask(Question::C05),
                    c.ask(Question::C05),
                )
            },
            |result, readings| seen.push((result, readings.of(Question::C05).count())),
        );
        use Reading::{A, B};
        assert_eq!(
            seen,
            [
                ((1, A, A), 1),
                ((1, B, B), 1),
                ((2, A, A), 1),
                ((2, B, B), 1)
            ]
        );
    }

    #[test]
    fn with_everything_pinned_there_is_one_run() {
        let mut runs = 0;
        for_each(
            &Readings::pins(),
            |c| c.ask(Question::C02),
            |_, _| runs += 1,
        );
        assert_eq!(runs, 1);
    }
}
