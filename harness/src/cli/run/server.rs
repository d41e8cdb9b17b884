//! The server that a run is about: the bundled one, started for it, or one that is there already.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dtr_model::draft::Draft;
use dtr_model::event::Event;
use dtr_model::question::Readings;
use dtr_model::{Terms, Trace};

use super::Args;
use crate::cli::Trouble;
use crate::suite;
use crate::target::bundled::TICK_SECONDS;
use crate::target::file::Built;
use crate::target::limiter::Limiter;
use crate::target::transport::HttpOptions;
use crate::target::{Bundled, Limits, SetupError, Target, TargetFile, TransportKind};

/// Requests in flight at a server that is not ours, unless it is said otherwise.
const IN_FLIGHT: usize = 64;

/// A server to run the suite against.
pub(super) enum Server {
    /// Started anew for each choice of limits.
    Bundled(TransportKind),
    /// From a target file, and as a target for traces with the usual limits.
    Written(Box<Built>, Box<Target>),
}

/// The server as a target, and what has to be stopped afterwards.
pub(super) struct Started {
    pub(super) target: Arc<Target>,
    bundled: Option<Bundled>,
}

impl Started {
    pub(super) async fn stop(self) {
        if let Some(bundled) = self.bundled {
            bundled.shutdown().await;
        }
    }
}

impl Server {
    /// What the arguments say.
    pub(super) async fn of(args: &Args) -> Result<Server, Trouble> {
        let Some(path) = &args.target else {
            return Ok(Server::Bundled(match args.in_process {
                true => TransportKind::InProcess,
                false => TransportKind::Http,
            }));
        };
        let built = built(path, args).await?;
        let usual = built.target(Limits::USUAL)?;
        Ok(Server::Written(Box::new(built), Box::new(usual)))
    }

    /// What the report calls it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Bundled(_) => "bundled reference server".to_owned(),
            Self::Written(built, _) => built.file().issuer.clone(),
        }
    }

    /// The readings of the text that it may follow: ours only its pins, another any that breaks no MUST.
    pub(super) fn accepted(&self, draft: &Draft) -> Readings {
        match self {
            Self::Bundled(_) => draft.pins(),
            Self::Written(..) => draft.lawful(),
        }
    }

    /// The traces worth running here. What is impossible comes with them, to be skipped and counted.
    pub(super) fn traces(&self, draft: &'static Draft, seed: u64) -> Vec<Trace> {
        let Self::Written(built, usual) = self else {
            return suite::generated(draft, seed);
        };
        let mut settings = built.terms();
        let paced = settings.iter().find(|terms| !terms.one_time);
        settings.extend(paced.map(|terms| Terms {
            interval: Terms::PACED.interval,
            lifetime: Terms::PACED.lifetime,
            ..*terms
        }));
        let can = |event: &Event, terms: &Terms| usual.obstacle_to(event, terms).is_none();
        suite::generated_for(&settings, seed, &can)
    }

    /// The server for traces with these limits; `Ok(Err(why))` when it cannot serve them.
    pub(super) async fn start(
        &self,
        limits: Limits,
        args: &Args,
    ) -> Result<Result<Started, String>, Trouble> {
        Ok(Ok(match self {
            Self::Bundled(kind) => {
                let bundled = Bundled::start(*kind, limits, args.seed, args.draft).await?;
                Started {
                    target: Arc::clone(bundled.target()),
                    bundled: Some(bundled),
                }
            }
            Self::Written(built, _) => match built.target(limits) {
                Ok(target) => Started {
                    target: Arc::new(target),
                    bundled: None,
                },
                Err(error @ SetupError::Pace { .. }) => return Ok(Err(error.to_string())),
                Err(error) => return Err(error.into()),
            },
        }))
    }

    /// Whether time has to be waited for.
    pub(super) fn is_on_the_wall(&self) -> bool {
        match self {
            Self::Bundled(_) => false,
            Self::Written(_, usual) => usual.wall_pace().is_some(),
        }
    }

    /// Seconds in a tick, about.
    pub(super) fn tick_seconds(&self) -> u64 {
        match self {
            Self::Bundled(_) => TICK_SECONDS,
            Self::Written(_, usual) => usual.tick_seconds,
        }
    }
}

async fn built(path: &Path, args: &Args) -> Result<Built, Trouble> {
    let in_flight = args.max_in_flight.unwrap_or(IN_FLIGHT);
    let options = HttpOptions {
        limiter: Some(Arc::new(Limiter::new(args.max_rps, Some(in_flight)))),
        ..HttpOptions::default()
    };
    let file = TargetFile::read(path)?;
    Ok(file.build(path, args.draft, options, args.seed).await?)
}

/// A length of time as people write it: `90s`, `5m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let units = [('s', 1), ('m', 60), ('h', 3600)];
    let mut written = units
        .iter()
        .filter_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, seconds)));
    let seconds = written.next().and_then(|(number, seconds)| {
        let count: u64 = number.parse().ok()?;
        count.checked_mul(*seconds).filter(|all| *all > 0)
    });
    match seconds {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err("not a length of time: write 90s, 5m or 1h".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_a_unit_and_do_not_overflow() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for wrong in [
            "",
            "s",
            "5",
            "0s",
            "-1s",
            "1.5h",
            "5 m",
            "5µ",
            "18446744073709551615h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
