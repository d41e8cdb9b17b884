//! The questions of the catalogue that this server can read in more than one way. The letters are the catalogue's; the
//! texts say what this server does.
//!
//! What is missing, and why:
//!
//! - C-72. B lets a revocation win while the token response is unwritten: here the code is redeemed last of all, when
//!   the response is ready for the transport, so there is no such while.
//! - C-49/C exempts what is no access token, and this server issues nothing else.
//! - C-57/B calls if it can: what it does is what A or C do, and nothing is promised.
//! - C-60/B takes 204 alone for a success. What follows a failure is C-61, and then it is C-60/C or C-60/A.

use super::{Question, Reading, UnknownReading};

readings! {
    C01 c01 "C-01" "a redeemed code is polled again (6.5.1 steps 4 and 5, 6.5.2)", default B {
        A breaks "DTR-6.5.2-02": "another token";
        B: "`invalid_grant`";
        C breaks "DTR-6.5.2-02": "the same token response, for `deferral.representation_window` seconds";
    }
    C02 c02 "C-02" "approved in time, polled after the lifetime (6.4, 6.5.1 step 3)", default B {
        A breaks "DTR-6.4-07": "the token";
        B: "`expired_token`";
        C breaks "DTR-6.4-07": "the code is forgotten: `invalid_grant`";
    }
    C03 c03 "C-03" "approved after the lifetime (6.5.1 step 3, 7)", default B {
        A breaks "DTR-6.4-07": "the token: expiry is a test that polls make, and no transition";
        B: "too late: `expired_token`";
    }
    C04 c04 "C-04" "denied, polled after the lifetime (6.4, 6.5.1 steps 3 and 4)", default A {
        A: "`access_denied`";
        B: "`expired_token`";
        C: "the code is forgotten: `invalid_grant`";
    }
    C05 c05 "C-05" "cancelled, polled within the lifetime (8.2 clause 1 and on retention)", default A {
        A: "`access_denied`";
        B: "`invalid_grant`, and the code is forgotten";
    }
    C06 c06 "C-06" "cancelled, polled after the lifetime (8.2 clause 1, 6.4)", default C {
        A: "`access_denied`";
        B: "`expired_token`";
        C: "the code is forgotten: `invalid_grant`";
    }
    C07 c07 "C-07" "redeemed, polled after the lifetime (6.5.2, 6.4)", default A {
        A: "`invalid_grant`";
        B breaks "DTR-6.5.2-02": "`expired_token`";
    }
    C08 c08 "C-08" "when a resolved request is disposed of (12.2)", default C {
        A: "with the first error that ends it";
        B breaks "DTR-6.5.1-05": "with the decision, though its callback is still made";
        C: "long after its lifetime";
    }
    C10 c10 "C-10" "where the pace is tested (6.5, 6.5.1, 11.3)", default B {
        A: "before the state: an early poll of a resolved request is `slow_down` too";
        B: "after the state: only a pending request is";
        C breaks "DTR-6.6-12": "before ownership: an early poll by anybody is";
    }
    C11 c11 "C-11" "where the proof is tested (6.5.1, 11.1)", default B {
        A breaks "DTR-6.6-12": "before ownership: a stranger learns that the code is bound";
        B: "after ownership and before the state";
        C: "after the errors that end a request: they need no proof";
    }
    C13 c13 "C-13" "the one token response is lost (6.5.2, 9.2)", default A {
        A: "so is the token";
        B breaks "DTR-6.5.2-02": "the same response again, for the code's lifetime";
        C: "the approval stands again, if the transport never took the response";
    }
    C14 c14 "C-14" "polls of an approved code at the same time (6.5.1)", default A {
        A: "one of them gets the token";
        B breaks "DTR-6.5.2-02": "each that found the approval gets one";
    }
    C15 c15 "C-15" "an approval whose preconditions lapsed (11.7, 6.5.1 step 4)", default A {
        A: "is a denial for good";
        B: "is refused for as long as they have lapsed";
    }
    C16 c16 "C-16" "what a disabled client is told (6.5.1 step 1, 11.7)", default A {
        A: "`invalid_client`";
        B: "`access_denied` where it would get a token; it may poll and cancel";
        C: "`unauthorized_client`";
    }
    C20 c20 "C-20" "the pace after `slow_down` (6.5, 6.6)", default A {
        A: "the interval as announced, since the last poll that got an answer";
        B: "five seconds more after each `slow_down`";
        C: "the interval as announced, since the last poll of any kind";
    }
    C21 c21 "C-21" "the first poll (2, 6.4)", default A {
        A: "may come at once";
        B: "is early before the interval is over";
    }
    C24 c24 "C-24" "a client that is locked out by `deferral.escalate_after` (6.6, 11.3)", default A {
        A: "may poll again at the legal pace";
        B: "has lost its request: it is cancelled";
        C: "may never poll the code again, but is called back";
    }
    C25 c25 "C-25" "a malformed poll of one's own code (6.5, 6.6)", default B {
        A: "ends the use of the code, like too many early polls";
        B: "touches nothing";
    }
    C26 c26 "C-26" "a poll with a parameter of the originating request (4.1 item 4, 5.2)", default B {
        A: "is one without it";
        B: "is `invalid_request`";
        C breaks "K-4.1-G4": "is one without it, but a narrower `scope` narrows the token";
    }
    C27 c27 "C-27" "a public client polls without `client_id` (6.5, 6.5.1 step 1)", default A {
        A: "and is nobody: `invalid_client`";
        B: "the code says who it is";
    }
    C28 c28 "C-28" "the deferred response to a request that waits for interaction (6.4, 6.6)", default A {
        A: "`interaction_required`, with the link";
        B: "`authorization_pending`; the first poll brings the link";
    }
    C29 c29 "C-29" "a link beside `authorization_pending` (6.4, 6.6)", default C {
        A: "there is one on every poll, and it may be followed before it has to be";
        B: "there is one once interaction was needed, stale as it is";
        C: "there is none";
    }
    C30 c30 "C-30" "what `interaction_required` repeats on a poll (6.4, 6.6)", default A {
        A: "nothing: it brings the link";
        B: "code, lifetime and interval";
        C: "code, lifetime and an interval that is five seconds longer";
    }
    C31 c31 "C-31" "the link that every poll brings (6.4, 6.6)", default C {
        A: "is a new one each time, and voids the one before";
        B: "is the same for good, for whoever signs in";
        C: "is the same until somebody opens it, then another";
    }
    C32 c32 "C-32" "a client that acts for itself, and a request that needs interaction (5.1, 6.6)", default A {
        A: "is deferred: it opted in";
        B: "is refused at once: `invalid_scope`";
    }
    C34 c34 "C-34" "the link of a request that was decided or cancelled (6.4, 8.2)", default B {
        A: "may be used until the lifetime ends; nothing comes of it";
        B: "is dead";
    }
    C36 c36 "C-36" "a hint before, and a token request that does not opt in (5.2, 6.3.1)", default A {
        A: "`invalid_request`";
        B breaks "DTR-5.2-06": "`invalid_request` where the request would be deferred";
        C breaks "DTR-5.2-06": "the hint is not held against it";
    }
    C37 c37 "C-37" "the authorization code of a request that does not opt in after a hint (5.2, 11.2)", default B {
        A: "is used up";
        B: "is still good";
    }
    C38 c38 "C-38" "an opt-in without a hint before (5.1, 5.2, 6.1.1)", default B {
        A breaks "DTR-5.2-02": "is `invalid_request`";
        B: "is as good as any";
    }
    C40 c40 "C-40" "a `completion_mode` that repeats a value or has an empty one (5.1, 5.3)", default A {
        A: "is read as a set";
        B: "is `invalid_request`";
    }
    C42 c42 "C-42" "a request that is not valid, and would be deferred (5.1, 6.3.1)", default A {
        A: "is refused at once";
        B breaks "DTR-6.3.1-01": "with a scope beyond the client's (client credentials): the reviewer may refuse it, or grant the default scope";
    }
    C43 c43 "C-43" "an initial request that policy refuses (6.3, 6.6)", default B {
        A: "is `access_denied`";
        B: "is `invalid_scope`";
    }
    C44 c44 "C-44" "a device's polls before its user decided, after a hint (2, 5.1, 6.4)", default A {
        A: "opt in like the last one, or are `invalid_request`";
        B: "need no opt-in: the last one does";
    }
    C45 c45 "C-45" "the authorization code of a deferred request (11.2, 6.4)", default C {
        A: "is used up";
        B: "is used up by success only: presented again it is deferred again";
        C: "presented again within `deferral.representation_window` seconds it brings the same deferral code";
    }
    C46 c46 "C-46" "a refresh request that would be deferred (2, 5.3)", default A {
        A: "suspends its token until the outcome";
        B breaks "K-6.4-04": "uses its token up, and brings another in the deferred response";
        C: "leaves its token alone: one success uses it up";
        D: "is completed at once";
    }
    C47 c47 "C-47" "the same request again, with a grant that can be used again (6.4)", default A {
        A: "makes another code";
        B: "brings the same code while that can be polled";
    }
    C48 c48 "C-48" "what is frozen while a request waits (4.1 items 1 and 4, 11.7)", default A {
        A: "the request; whether its preconditions hold is asked when a token is issued";
        B breaks "DTR-11.7-03": "request and preconditions: what lapses goes unnoticed";
        C: "not even the request: one without `scope` gets the client's default scope of the day";
    }
    C49 c49 "C-49" "the refresh token that comes with a bound token (6.5.2, 11.1)", default A {
        A: "is bound to the same key";
        B: "is bound to no key";
    }
    C51 c51 "C-51" "a poll without the right proof (11.1, 6.6)", default A {
        A: "400 `invalid_dpop_proof`";
        B: "401 `invalid_dpop_proof`, with a DPoP challenge";
        C breaks "DTR-11.1-06": "`invalid_grant`";
    }
    C52 c52 "C-52" "a revocation without the right proof (11.1, 8.2)", default B {
        A: "400 `invalid_dpop_proof` if it could have had an effect";
        B: "200, and no effect";
        C breaks "DTR-11.1-06": "200, and the request is cancelled";
    }
    C53 c53 "C-53" "what a certificate binds a code to (6.4, 11.1, 2)", default A {
        A: "itself: with another one of the client the code is unknown";
        B: "the client that authenticates with it";
    }
    C54 c54 "C-54" "a public client opts in without a proof, and would be deferred (11.1, 5.3)", default B {
        A: "is refused like one that does not opt in: `invalid_scope`";
        B: "`invalid_request`";
        C: "is deferred, with a code that nothing binds";
    }
    C55 c55 "C-55" "a client with a secret opts in without a proof, and would be deferred (2, 6.4, 11.1)", default A {
        A: "is deferred: its secret is constraint enough";
        B: "is refused: `invalid_request`";
    }
    C56 c56 "C-56" "a nonce challenge that answers a poll (6.5, 11.1)", default A {
        A: "is no poll: the next may follow at once";
        B: "is one: the next waits for the interval";
    }
    C57 c57 "C-57" "a registered callback endpoint (3, 7, 13.5)", default A {
        A: "is called";
        C: "is dropped in silence";
    }
    C58 c58 "C-58" "the notification token of a resolved request (11.6, 7.1)", default A {
        A: "is kept until the last attempt to call back";
        B breaks "DTR-7.1-02": "is destroyed: the callback goes without it";
    }
    C59 c59 "C-59" "whether a cancellation is called back (7, 8.2 clause 1)", default B {
        A breaks "DTR-8.2-03": "always";
        B: "only the server's own (C-24/B), not the client's";
        C: "never";
    }
    C60 c60 "C-60" "a callback answered with another success than 204 (7.1, 11.5)", default A {
        A: "is delivered";
        C: "is made again";
    }
    C61 c61 "C-61" "a callback that was not delivered (7.1, 9.2)", default B {
        A: "is given up";
        B: "is made again, `callback.attempts` times in all";
    }
    C65 c65 "C-65" "a callback that is owed when the lifetime ends (7)", default C {
        A breaks "DTR-7-04": "is made";
        B breaks "DTR-7-04": "is made if it was attempted before";
        C: "is not made";
    }
    C66 c66 "C-66" "the poll after a callback (7, 11.7)", default A {
        A: "brings the outcome";
        B breaks "K-7-03": "is pending once more";
    }
    C67 c67 "C-67" "a notification token that is no bearer value (6.3, 7.1)", default B {
        A: "is accepted; its callback cannot be made if it fits in no header field";
        B: "is `invalid_request`";
    }
    C68 c68 "C-68" "revocation of a redeemed or expired code (8.2 clauses 1 to 4)", default A {
        A: "has no effect";
        B breaks "DTR-8.2-05": "makes it a cancelled one";
    }
    C69 c69 "C-69" "revocation of a denied request (8.2)", default A {
        A: "has no effect: the denial is called back";
        B: "makes it a cancelled one: no callback";
    }
    C70 c70 "C-70" "approved, revoked and polled (8.2 clause 4, 6.5.2)", default A {
        A: "`access_denied`";
        B breaks "DTR-8.2-10": "`invalid_grant`, and the code is forgotten";
    }
    C71 c71 "C-71" "redeemed, the response lost, then revoked (8.2 clauses 2 to 4)", default A {
        A: "stays redeemed";
        B: "is a cancelled one, if the transport never took the response";
    }
    C73 c73 "C-73" "revocation of another client's code (8.2 clause 2)", default A {
        A: "200, and no effect";
        B breaks "DTR-8.2-05": "`invalid_grant`";
    }
    C74 c74 "C-74" "what is said of a redeemed code of one's own (6.6)", default A {
        A: "that it was redeemed";
        B: "what is said of an unknown one";
    }
    C75 c75 "C-75" "polls of unknown and of foreign codes (6.6, 8.2, 11.3)", default A {
        A: "take the same path";
        B: "differ: an unknown code polled twice within the interval is `slow_down`";
    }
    C76 c76 "C-76" "which errors of the token endpoint carry `no-store` (6.6)", default A {
        A: "all";
        B: "all but failed client authentication, which Section 6.6 does not list";
    }
    C77 c77 "C-77" "the status of `access_denied` and `slow_down` (6.3, 6.6)", default A {
        A: "400";
        B breaks "DTR-6.5.1-06": "403 and 429";
    }
    C78 c78 "C-78" "a poll by a client that did not register the polling grant (5.1, 13.5)", default B {
        A: "`unauthorized_client`";
        B: "is a poll like any other: the client was given a code";
    }
    C82 c82 "C-82" "how progress is told (9.4, 6.6)", default A {
        A: "by the opaque name of a step";
        B: "in prose";
    }
}
