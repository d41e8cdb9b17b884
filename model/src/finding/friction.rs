//! Where AROP and the texts it is laid over do not fit together: told, for no search of one text finds it.

/// A place where two texts ask for different things, or neither says what happens.
#[derive(Debug, Clone, Copy)]
pub struct Friction {
    /// What they say.
    pub text: &'static str,
    /// Where.
    pub sections: &'static [&'static str],
}

const fn friction(text: &'static str, sections: &'static [&'static str]) -> Friction {
    Friction { text, sections }
}

/// All that were noticed, contradictions first.
pub const FRICTIONS: &[Friction] = &[
    friction(
        "what no approval lifts must not be `access_denied`, and in an example it is just that",
        &["AROP 7.1", "AROP 10.3"],
    ),
    friction(
        "a backchannel authentication request that is denied at once is `access_denied` in CIBA, which AROP keeps for \
         polls; of the three errors that AROP has instead, CIBA knows `invalid_scope` alone",
        &["AROP 7.1", "CIBA 13"],
    ),
    friction(
        "a token that can no longer be exchanged is `invalid_grant` there and `invalid_request` here",
        &["AROP 7.4", "RFC 8693 2.2.2"],
    ),
    friction(
        "a request that is repeated with an authorization code gets the handle again, and a used code must be refused",
        &["AROP 7.2", "RFC 6749 4.1.2"],
    ),
    friction(
        "two requests of a client for the same details and scope are one, whoever they are about: two users whose agent \
         is the same client would share a handle",
        &["AROP 7.2"],
    ),
    friction(
        "an approval that has ended while the handle still lives: whether a poll is `access_denied`, is said of \
         a new evaluation only if that says no; the pins suppose that it does",
        &["AROP 7.4", "AROP 8.4"],
    ),
    friction(
        "who opts in to nothing and needs an approval is told so in some way, but by no error that is named",
        &["AROP 7.1"],
    ),
    friction(
        "all that was asked for is granted once it is approved, and what is granted is what was approved, which may be less",
        &["AROP 8.2", "AROP 7.4"],
    ),
    friction(
        "every pending response carries `interval`, which two of the three transports let out",
        &["AROP 7.1", "AROP 9.2", "Transaction Challenge 5.2"],
    ),
    friction(
        "no transport has a channel for interaction, and one of them has `authorization_uri`",
        &["AROP 7.5", "Transaction Challenge 5.2"],
    ),
    friction(
        "`slow_down` is for clients to heed, and for no server to send",
        &["AROP 7.4"],
    ),
    friction(
        "neither a challenge that is rejected nor an identifier that is unknown, foreign or used has an error of its own",
        &["Transaction Challenge 5.2", "Transaction Challenge 5.3"],
    ),
    friction(
        "that a client waits `interval` seconds is a SHOULD in one section and a MUST in the next; that tokens are \
         short-lived, too",
        &[
            "Transaction Challenge 5.2 and 5.3",
            "Transaction Challenge 5.4 and 7",
        ],
    ),
];
