//! The shape of a poll: what it may carry besides the code.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L2, S5, S11};
use crate::question::Reading::{A, B};

/// C-26 and C-27.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-26",
        title: "Parameters on a poll that do not belong there",
        sections: "5.2, 5.3, 4.1 item 4, 4.2 B",
        severity: Severity::High,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("those of the originating request are ignored"),
            fine("those of the originating request are `invalid_request`").costing(&[L2]),
            breaks("K-4.1-G4", "a narrower `scope` is honoured").costing(&[S11]),
        ],
        experiment: Some(
            "poll with a narrower `scope` and with a wider one, look at the token; poll with \
             `completion_mode`, which is ignored at the pin",
        ),
    },
    Entry {
        id: "C-27",
        title: "A poll of code and grant type alone, and client authentication in its body",
        sections: "6.5, 6.5.1 step 1",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("its parameters are implied: a public client names itself"),
            fine("a public client's poll carries the code alone").costing(&[S5]),
        ],
        experiment: Some("poll as a public client without `client_id`"),
    },
];
