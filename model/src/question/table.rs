//! The catalogue: each question the relation consults, and its readings.
//!
//! The numbers, readings and pins are those of the project's list of
//! ambiguities; the wording here says what a *server* does under each.

use super::{Entry, Question, Reading, ReadingEntry, Severity};

const fn fine(text: &'static str) -> ReadingEntry {
    ReadingEntry { text, breaks: None }
}

const fn breaks(requirement: &'static str, text: &'static str) -> ReadingEntry {
    ReadingEntry {
        text,
        breaks: Some(requirement),
    }
}

/// One entry a question, at the index of its variant.
pub(super) const TABLE: &[Entry] = &[
    Entry {
        question: Question::C01,
        title: "A redeemed request is still “resolved successfully”",
        sections: "6.5.1 steps 4 and 5, 6.5.2, 6.6",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            breaks(
                "DTR-6.5.2-02",
                "first match: another poll gets another token",
            ),
            fine("the redeemed test guards the success branch: `invalid_grant`"),
            breaks(
                "DTR-6.5.2-02",
                "the identical response is repeated for a moment",
            ),
        ],
    },
    Entry {
        question: Question::C02,
        title: "Approved in time, polled after the lifetime",
        sections: "6.4, 6.5.1 step 3, 12.2",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            breaks("DTR-6.4-07", "a resolved request outlives its code: token"),
            fine("the lifetime always wins: `expired_token`"),
            breaks("DTR-6.4-07", "the state is gone: `invalid_grant`"),
        ],
    },
    Entry {
        question: Question::C03,
        title: "Approved after the lifetime, nobody having polled",
        sections: "6.5.1 step 3, 7",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            breaks(
                "DTR-6.4-07",
                "expiry is only a test made by a poll, so a late approval still delivers",
            ),
            fine("expiry is a transition; later decisions are void"),
        ],
    },
    Entry {
        question: Question::C04,
        title: "Denied, then the lifetime passes",
        sections: "6.5.1 steps 3 and 4, 6.4",
        severity: Severity::Medium,
        pin: Reading::A,
        readings: &[
            fine("`access_denied` persists"),
            fine("`expired_token`"),
            fine("the state is gone: `invalid_grant`"),
        ],
    },
    Entry {
        question: Question::C05,
        title: "Cancelled: answer mandatory, memory optional",
        sections: "8.2 clause 1, 8.2 on retention, 6.6",
        severity: Severity::Medium,
        pin: Reading::A,
        readings: &[
            fine("`access_denied` until the lifetime ends"),
            fine("the identifier may be forgotten at any moment: `invalid_grant`"),
        ],
    },
    Entry {
        question: Question::C06,
        title: "Cancelled, then the lifetime passes",
        sections: "8.2 clause 1, 6.4, 6.5.1",
        severity: Severity::Medium,
        pin: Reading::C,
        readings: &[
            fine("`access_denied` persists"),
            fine("`expired_token`"),
            fine("the identifier is dropped: `invalid_grant`"),
        ],
    },
    Entry {
        question: Question::C07,
        title: "Redeemed, then the lifetime passes",
        sections: "6.5.2, 6.4",
        severity: Severity::Low,
        pin: Reading::A,
        readings: &[
            fine("`invalid_grant`"),
            breaks("DTR-6.5.2-02", "`expired_token`"),
        ],
    },
    Entry {
        question: Question::C08,
        title: "Disposal once resolved, although the result is still owed",
        sections: "12.2, 6.5.1, 6.6, 8.2",
        severity: Severity::High,
        pin: Reading::C,
        readings: &[
            fine("resolved means delivered: forgotten after the first terminal answer"),
            breaks("DTR-6.5.1-05", "forgotten at the decision"),
            fine("kept until the lifetime ends in every case"),
        ],
    },
    Entry {
        question: Question::C10,
        title: "The rate test has no place in the order",
        sections: "6.5, 6.5.1, 6.6, 11.3",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            fine("rate before state: an early poll of a resolved code is slowed down"),
            fine("state first: only pending requests are slowed down"),
            breaks("DTR-6.6-12", "rate even before ownership"),
        ],
    },
    Entry {
        question: Question::C11,
        title: "The proof test has no place in the order",
        sections: "6.5.1, 6.4, 11.1, 6.6",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            breaks("DTR-6.6-12", "proof before ownership"),
            fine("ownership, then proof, then state"),
            fine("proof last, after a terminal state"),
        ],
    },
    Entry {
        question: Question::C13,
        title: "The one token response is lost in transit",
        sections: "6.5.2, 6.5.1 step 5, 6.6, 9.2",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("burnt when sent: the outcome is gone"),
            breaks(
                "DTR-6.5.2-02",
                "the same response is repeated while the code lives",
            ),
            fine("burnt only when the transport confirms"),
        ],
    },
    Entry {
        question: Question::C14,
        title: "Parallel polls of an approved code",
        sections: "6.5.1, 8.2 clause 1",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("exactly one gets the token"),
            breaks("DTR-6.5.2-02", "each may get one"),
        ],
    },
    Entry {
        question: Question::C15,
        title: "Is a failed re-evaluation final?",
        sections: "11.7, 6.5.1 step 4, 7",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("the request is denied for good"),
            fine("each poll evaluates anew"),
        ],
    },
    Entry {
        question: Question::C16,
        title: "Which error for a disabled client",
        sections: "6.5.1 step 1, 11.7",
        severity: Severity::Medium,
        pin: Reading::A,
        readings: &[
            fine("`invalid_client`: authentication comes first"),
            fine("`access_denied` when a token would be issued"),
            fine("`unauthorized_client`"),
        ],
    },
    Entry {
        question: Question::C20,
        title: "What is enforced after `slow_down`",
        sections: "6.5, 6.6, 11.3",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("the announced interval, since the last poll answered otherwise"),
            fine("the announced interval raised by each `slow_down`"),
            fine("an early poll restarts the wait"),
        ],
    },
    Entry {
        question: Question::C24,
        title: "What the `invalid_request` lock-out does to the request",
        sections: "6.6, 11.3, 4.1 item 6",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("the request lives and later legal polls are answered"),
            fine("the request is cancelled"),
            fine("the code is locked for polls, its callback still sent"),
        ],
    },
    Entry {
        question: Question::C28,
        title: "Which error opens a deferral",
        sections: "6.4, 6.6, A.6",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("either pending error may"),
            fine("always `authorization_pending`"),
        ],
    },
    Entry {
        question: Question::C36,
        title: "A hint, and a token request without opt-in",
        sections: "5.2, 5.3, 6.3.1, 6.6",
        severity: Severity::Medium,
        pin: Reading::A,
        readings: &[
            fine("always `invalid_request`"),
            breaks(
                "DTR-5.2-06",
                "`invalid_request` only where the hint was acted on",
            ),
            breaks("DTR-5.2-06", "handled synchronously"),
        ],
    },
    Entry {
        question: Question::C42,
        title: "Deferring instead of reporting an error",
        sections: "5.1, 6.3.1, 13.2",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("only a valid request may be deferred"),
            breaks(
                "DTR-6.3.1-01",
                "an invalid one may be deferred and refused later",
            ),
        ],
    },
    Entry {
        question: Question::C45,
        title: "The one-time credential, and a lost deferred response",
        sections: "11.2, 6.4, 5.2",
        severity: Severity::High,
        pin: Reading::C,
        readings: &[
            fine("used up by the deferral"),
            fine("used up only by success: a second request is deferred again"),
            fine("presented again at once, it returns the same code"),
        ],
    },
    Entry {
        question: Question::C48,
        title: "Nothing says what is frozen",
        sections: "4.1 items 1 and 4, 11.7",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("the request is frozen, policy is current"),
            breaks(
                "DTR-11.7-03",
                "request and policy are frozen: a lapse goes unnoticed",
            ),
            fine("recomputed from the client's defaults of the day"),
        ],
    },
    Entry {
        question: Question::C51,
        title: "Wrong or missing proof on a poll",
        sections: "11.1, 6.4, 6.6",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("400 `invalid_dpop_proof`"),
            fine("401 with a DPoP challenge"),
            breaks("DTR-11.1-06", "`invalid_grant`"),
        ],
    },
    Entry {
        question: Question::C52,
        title: "Revocation without the proof",
        sections: "11.1, 8.2",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            fine("400 `invalid_dpop_proof`"),
            fine("200 without effect"),
            breaks("DTR-11.1-06", "200, and the request is cancelled"),
        ],
    },
    Entry {
        question: Question::C54,
        title: "A public client opts in without DPoP",
        sections: "11.1, 5.3",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            fine("never deferred: answered at once or denied"),
            fine("refused: `invalid_request` or `invalid_dpop_proof`"),
            fine("deferred with an unbound code"),
        ],
    },
    Entry {
        question: Question::C58,
        title: "A secret destroyed before it is used",
        sections: "11.6, 7.1, 6.3",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("kept until the last delivery attempt"),
            breaks(
                "DTR-7.1-02",
                "destroyed at resolution: callback without it, or none",
            ),
        ],
    },
    Entry {
        question: Question::C59,
        title: "Cancellation: notify or suppress",
        sections: "7, 8.2 clause 1",
        severity: Severity::High,
        pin: Reading::B,
        readings: &[
            breaks("DTR-8.2-03", "a cancellation by the client is called back"),
            fine("not after the client's own, but after the server's"),
            fine("no cancellation is called back"),
        ],
    },
    Entry {
        question: Question::C65,
        title: "Callback around expiry",
        sections: "7, 6.5.1",
        severity: Severity::Medium,
        pin: Reading::C,
        readings: &[
            breaks("DTR-7-04", "lifetime tested at the decision"),
            breaks("DTR-7-04", "tested when first sent, not at a retry"),
            fine("tested at each attempt"),
        ],
    },
    Entry {
        question: Question::C68,
        title: "Clause 1 swallows clauses 2 to 4",
        sections: "8.2",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("clauses 2 to 4 are exceptions"),
            breaks("DTR-8.2-05", "any own code becomes cancelled"),
        ],
    },
    Entry {
        question: Question::C69,
        title: "Revoking a denied request",
        sections: "8.2",
        severity: Severity::Medium,
        pin: Reading::A,
        readings: &[
            fine("no effect: the denial is still called back"),
            fine("cancelled: the callback is suppressed"),
        ],
    },
    Entry {
        question: Question::C70,
        title: "“Redeemed and then cancelled” answers as",
        sections: "8.2 clause 4, 6.5.2, 6.6",
        severity: Severity::Medium,
        pin: Reading::A,
        readings: &[
            fine("cancelled: `access_denied`"),
            breaks("DTR-8.2-10", "redeemed: `invalid_grant`"),
        ],
    },
    Entry {
        question: Question::C71,
        title: "Issued, delivered, redeemed: a lost token, then a revocation",
        sections: "6.5.1 step 5, 6.5.2, 8.2 clauses 2 to 4",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("delivered means handed to the transport: no effect"),
            fine("not delivered: the code counts as cancelled"),
        ],
    },
    Entry {
        question: Question::C72,
        title: "A cancellation races a winning poll",
        sections: "8.2 clauses 1 and 4, 6.5.2",
        severity: Severity::High,
        pin: Reading::A,
        readings: &[
            fine("ordered at commit: the poll may win"),
            fine("the revocation wins while the response is unwritten"),
        ],
    },
];
