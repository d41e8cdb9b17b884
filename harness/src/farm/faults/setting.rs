//! Faults of the clock, of the source of randomness, and of settings.

use crate::farm::fault::{Fault, How, Seam, Shown};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        id: "clock-at-half-speed",
        seam: Seam::Clock,
        does: "its clock runs at half the speed of everybody else's",
        shown: Shown::Broken(&["DTR-6.4-07"]),
        how: &[How::Clock(|now, began| began + (now - began) / 2)],
    },
    Fault {
        id: "clock-at-double-speed",
        seam: Seam::Clock,
        does: "its clock runs at double the speed of everybody else's",
        shown: Shown::Broken(&["K-6.6-03"]),
        how: &[How::Clock(|now, began| began + (now - began) * 2)],
    },
    Fault {
        id: "random-repeats",
        seam: Seam::Random,
        does: "its source of randomness runs in circles, so that two requests get one code",
        shown: Shown::Broken(&["DTR-6.3.1-04"]),
        how: &[How::Random(|octets, drawn| octets.fill((drawn % 7) as u8))],
    },
    Fault {
        id: "interval-not-as-announced",
        seam: Seam::Configuration,
        does: "it enforces twice the interval that it announces",
        shown: Shown::Broken(&["K-6.6-03"]),
        how: &[How::Insert(|deferral, _, _| {
            deferral.laid_open().terms.interval *= 2
        })],
    },
    Fault {
        id: "lifetime-not-as-announced",
        seam: Seam::Configuration,
        does: "codes live one interval longer than it is announced",
        shown: Shown::Broken(&["DTR-6.4-07"]),
        how: &[How::Setting(|config| {
            config.deferral.lifetime += config.deferral.interval
        })],
    },
];
