//! Diagnostics, references, discovery and what profiles may add.

use super::{Entry, Place, Severity, breaks, fine};
use crate::property::Property::{L2, S7};
use crate::question::Reading::{A, B};

/// C-74 to C-82.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "C-74",
        title: "Telling one's own redeemed code from an unknown one",
        sections: "6.6",
        severity: Severity::Low,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("“redeemed” is said of one's own code, nothing of others"),
            fine("nothing is ever told apart"),
        ],
        experiment: Some(
            "compare `error_description` for one's own redeemed code, a foreign one and a \
             random one",
        ),
    },
    Entry {
        id: "C-75",
        title: "Timing advice for revocations, none for polls",
        sections: "8.2, 6.6, 11.3",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("polls of unknown and foreign codes take equally long"),
            fine("they need not").costing(&[S7]),
        ],
        experiment: Some(
            "compare the times of polls of unknown, foreign and malformed codes; poll an \
             unknown code too fast",
        ),
    },
    Entry {
        id: "C-76",
        title: "Which answers carry `no-store`",
        sections: "6.6, 6.5.2, 8.2",
        severity: Severity::Low,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("on every error of the token endpoint"),
            fine("on the errors listed in Section 6.6"),
        ],
        experiment: Some(
            "look for the header on every kind of answer, token responses and revocations \
             included",
        ),
    },
    Entry {
        id: "C-77",
        title: "HTTP status of errors, where references miss their section",
        sections: "6.3, 6.4, 6.5.2, 6.6, 11.1, 11.6, 11.7",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("400, or 401 where client authentication failed"),
            breaks(
                "DTR-6.5.1-06",
                "403 for `access_denied`, 429 for `slow_down`",
            ),
        ],
        experiment: Some("note the status of every error"),
    },
    Entry {
        id: "C-78",
        title: "Gaps in discovery and registration",
        sections: "5.1, 8.2, 8.4, 13.5",
        severity: Severity::Medium,
        place: Place::Probe,
        pin: Some(B),
        readings: &[
            fine("a client not registered for the polling grant gets `unauthorized_client`")
                .costing(&[L2]),
            fine("whoever was given a code may poll"),
        ],
        experiment: Some(
            "be deferred as a client whose `grant_types` lack the polling grant, poll; see \
             whether the metadata list it",
        ),
    },
    Entry {
        id: "C-79",
        title: "Only polls move a request, and always can",
        sections: "4.1 items 2 and 6, 8, 6.4, 6.6",
        severity: Severity::Low,
        place: Place::Nowhere(
            "editorial, for no server could keep the literal words and Section 8 as well",
        ),
        pin: Some(A),
        readings: &[
            fine("to move a request on means towards a token"),
            fine("to the letter: polls alone change a request, and always work"),
        ],
        experiment: None,
    },
    Entry {
        id: "C-80",
        title: "A profile's state that looks like a pending one",
        sections: "4.2 A, 4.2 C, 6.4",
        severity: Severity::Medium,
        place: Place::Nowhere("a matter between profiles and clients, and neither is under test"),
        pin: Some(A),
        readings: &[
            fine("clients ignore the additions and keep their first code and pace"),
            fine("a profile that repeats or changes them is at fault"),
        ],
        experiment: Some("answer a poll with another `deferral_code` and another `interval`"),
    },
    Entry {
        id: "C-81",
        title: "Names that are not registered, or not for where they appear",
        sections: "13.1, 13.4, 13.7",
        severity: Severity::Low,
        place: Place::Nowhere("editorial, for no registration changes what goes over the wire"),
        pin: None,
        readings: &[
            fine("a name means what its section says, registered or not"),
            fine("a name means what is registered, where it is registered"),
        ],
        experiment: None,
    },
    Entry {
        id: "C-82",
        title: "What a text about progress may say",
        sections: "9.4, 6.6",
        severity: Severity::Low,
        place: Place::Probe,
        pin: Some(A),
        readings: &[
            fine("names of steps only, and opaque ones"),
            fine("prose as well"),
        ],
        experiment: Some("search the descriptions for personal data, prose and names of approvers"),
    },
];
