//! The ten places where two sentences of the text cannot both be followed, or where following them defeats what the
//! draft is for. What each breaks is not said here: that is searched for.

use super::story::{Line, Who};
use crate::world::Which;

/// Sentences that collide.
#[derive(Debug, Clone, Copy)]
pub struct Contradiction {
    /// The questions of the catalogue that it raises.
    pub questions: &'static [&'static str],
    /// The sentences, paraphrased, with their sections.
    pub collide: &'static str,
    /// Threads of the working group's tracker that touch it; none where nobody has raised it.
    pub issues: &'static [u32],
    /// The smallest change of the text that would settle it, in our words.
    pub change: &'static str,
    /// What happens, where no search can find it: it lies outside the state machine.
    pub told: &'static [Told],
}

/// A story that was written, not found.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// The reading under which it happens.
    pub reading: &'static str,
    /// From whom, to whom (nobody else: a note), and what.
    steps: &'static [(Who, Option<Who>, &'static str)],
}

impl Told {
    /// Its lines.
    pub fn lines(&self) -> Vec<Line> {
        let line = |(from, to, text): &(Who, Option<Who>, &str)| match *to {
            Some(to) => Line::Message {
                from: *from,
                to,
                text: (*text).to_owned(),
                lost: false,
            },
            None => Line::Note {
                over: *from,
                text: (*text).to_owned(),
            },
        };
        self.steps.iter().map(line).collect()
    }
}

const CLIENT: Who = Who::Client(Which::First);
const SERVER: Who = Who::Server;
const PEOPLE: Who = Who::People;

/// All ten, in the order of their first question.
pub const CONTRADICTIONS: &[Contradiction] = &[
    Contradiction {
        questions: &["C-02"],
        collide: "Section 6.4 has every poll after `expires_in` answered `expired_token`. Section 6.5.1 tests the lifetime \
                  only while the request is pending (step 3) and gives a resolved one its token (step 4). Section 12.2 \
                  wants the state of a resolved or expired request disposed of, which leaves `invalid_grant`.",
        issues: &[],
        change: "Say in 6.5.1 step 3 whether the lifetime is tested in every state or only while pending, and let 6.4 \
                 refer to it. If in every state: let servers keep an approval for at least one `interval` beyond \
                 `expires_in`, or tell clients to poll once right before the end.",
        told: &[],
    },
    Contradiction {
        questions: &["C-03"],
        collide: "Expiry exists only as a test made by a poll of a pending request (6.5.1 step 3). If nobody polls between \
                  the end of the lifetime and a late approval, the request is not pending any more when the next poll \
                  comes, and step 4 gives it a token; Section 6.4 and the ban on callbacks for expired codes (7) speak of \
                  expiry as a fact.",
        issues: &[],
        change: "Make expiry a transition: when `expires_in` has elapsed and the request is unresolved, it is expired, and \
                 later decisions have no effect.",
        told: &[],
    },
    Contradiction {
        questions: &["C-08"],
        collide: "Section 12.2 would have a code and its state disposed of once the request is resolved. The token (6.5.1), \
                  `access_denied` after a denial or a cancellation (6.6, 8.2) and the redeemed diagnostic (6.6) all need \
                  that state after the resolution.",
        issues: &[7],
        change: "In 12.2 replace “resolved” by “delivered, or expired”, and say that what is needed to answer polls as 6.5.1 \
                 and 6.6 require is kept until `expires_in` has elapsed.",
        told: &[],
    },
    Contradiction {
        questions: &["C-11"],
        collide: "Section 11.1 refuses every proof by another key with `invalid_dpop_proof`; the ordered steps of 6.5.1 have \
                  no place for that test; Section 6.6 forbids telling a foreign code from an unknown one.",
        issues: &[53],
        change: "Add the proof of possession as a step of 6.5.1, after ownership (step 2) and before the lifetime (step 3).",
        told: &[],
    },
    Contradiction {
        questions: &["C-13", "C-71"],
        collide: "A code that gave a token is dead (6.5.2) and `invalid_grant` is final for the client (6.6), while 9.2 \
                  recommends polling because a lost push would lose the outcome. A lost pull loses it too, and Section \
                  8.2 clauses 2 to 4 tell “redeemed” from “delivered” without saying which of the two a lost response is.",
        issues: &[],
        change: "Define “delivered” as “handed to the transport”, and allow a server to repeat the identical response to the \
                 same client with the same key for a short time.",
        told: &[],
    },
    Contradiction {
        questions: &["C-17"],
        collide: "Section 11.7 lists a terminated session of the resource owner among the reasons to refuse the token at \
                  redemption. The use cases A.1 and A.2 let the user close the application for hours.",
        issues: &[2],
        change: "In 11.7, “where the originating grant depends on the resource owner's session, that session has been \
                 terminated by or on behalf of the resource owner”.",
        told: &[
            Told {
                reading: "A",
                steps: &[
                    (CLIENT, Some(SERVER), "token request, opted in"),
                    (SERVER, Some(CLIENT), "deferred"),
                    (PEOPLE, None, "close the browser, and the session ends"),
                    (PEOPLE, Some(SERVER), "approved, hours later"),
                    (CLIENT, Some(SERVER), "poll"),
                    (SERVER, Some(CLIENT), "access_denied"),
                ],
            },
            Told {
                reading: "B",
                steps: &[
                    (CLIENT, Some(SERVER), "token request, opted in"),
                    (SERVER, Some(CLIENT), "deferred"),
                    (PEOPLE, None, "close the browser, and the session ends"),
                    (PEOPLE, Some(SERVER), "approved, hours later"),
                    (CLIENT, Some(SERVER), "poll"),
                    (SERVER, Some(CLIENT), "token"),
                ],
            },
        ],
    },
    Contradiction {
        questions: &["C-31"],
        collide: "Every `interaction_required` carries an `interaction_uri` (6.6), so each poll brings one; the URIs have to \
                  be single-use or otherwise resistant to replay (6.4). Whether the next poll's link voids the one that the \
                  user holds, nobody says.",
        issues: &[57, 60],
        change: "Say that a server repeats the same `interaction_uri` until it was used or has ended, and that a newer one \
                 does not void an older one before that.",
        told: &[Told {
            reading: "A",
            steps: &[
                (CLIENT, Some(SERVER), "poll"),
                (SERVER, Some(CLIENT), "interaction_required, link 1"),
                (CLIENT, Some(PEOPLE), "shows link 1"),
                (CLIENT, Some(SERVER), "poll, as the interval allows"),
                (SERVER, Some(CLIENT), "interaction_required, link 2"),
                (SERVER, None, "voids link 1"),
                (PEOPLE, Some(SERVER), "opens link 1"),
                (SERVER, Some(PEOPLE), "this link is not valid any more"),
            ],
        }],
    },
    Contradiction {
        questions: &["C-52"],
        collide: "Section 11.1 refuses a revocation without the bound key with `invalid_dpop_proof`; Section 8.2 clause 2 \
                  answers whatever cannot be revoked with 200, and the paragraph on timing would not have known codes \
                  told from unknown ones.",
        issues: &[12, 53, 67],
        change: "In 8.2 clause 2 add “or is presented without a proof by the key it is bound to”, and take revocation \
                 requests out of the error rule of 11.1.",
        told: &[],
    },
    Contradiction {
        questions: &["C-58"],
        collide: "Section 11.6 has the server dispose of the `client_notification_token` when the code resolves. The \
                  callback is sent because the code has resolved (7), and has to carry that token (7.1).",
        issues: &[54],
        change: "In 11.6, “when the last callback attempt has been made, or the deferral code has expired or been revoked”.",
        told: &[],
    },
    Contradiction {
        questions: &["C-68"],
        collide: "Clause 1 of Section 8.2 applies to every recognised code of the client, and makes later polls \
                  `access_denied`. Clauses 2 to 4 have other outcomes for codes that are redeemed, cancelled, expired or \
                  approved, all of which are recognised and the client's own.",
        issues: &[3],
        change: "Begin clause 1 with “If the deferral code is recognized, was issued to the authenticated client, and its \
                 request is pending”.",
        told: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::{Place, named_entry};

    #[test]
    fn every_question_is_in_the_catalogue_and_what_cannot_be_searched_is_told() {
        for one in CONTRADICTIONS {
            for id in one.questions {
                let entry = named_entry(id).unwrap_or_else(|| panic!("{id} is in no catalogue"));
                let searched = matches!(entry.place, Place::Relation(_));
                assert_eq!(one.told.is_empty(), searched, "{id}");
            }
            for told in one.told {
                assert!(!told.lines().is_empty());
            }
        }
    }
}
