//! Requests at the endpoint that RFC 8628 and CIBA have for them, in every shape; what these texts announce; and pings that
//! are answered in every way (CIBA Core Section 10.2).

use dtr_model::draft::{Callbacks, Draft};
use dtr_model::event::{Answer as Seen, Code, Scope};

use super::ask::Ask;
use super::choice::Choice;
use super::sheet::{CODE, NOTIFICATION_TOKEN, Sheet};
use crate::probe::own_endpoint::{NOBODY, OTHER_HINT, UNDEFINED};
use crate::vector::format::{Answer, Decision, Endpoint, Member, MemberType};
use crate::vector::record::answers::{self, Context, Place, carries_out, of_type};
use crate::vector::record::script::DEFAULT_SCOPE;

/// What asks for something where nothing may be asked for.
const DEMAND: &str = r#"{"error":"access_denied","status":"cancelled","revoke":true}"#;

/// A ping, and how it is answered.
struct Ping {
    id: &'static str,
    does: &'static str,
    /// The status and the body of the answer.
    answered: (u16, Option<&'static str>),
    /// The checks that see what comes of it.
    rows: &'static [&'static str],
}

const PINGS: &[Ping] = &[
    Ping {
        id: "probe-ping-answered-with-a-body",
        does: "a ping that is answered with a demand",
        answered: (200, Some(DEMAND)),
        rows: &["K-11.5-01"],
    },
    Ping {
        id: "probe-ping-answered-401",
        does: "a ping that is answered 401",
        answered: (401, None),
        rows: &["DTR-6.5.1-05"],
    },
    Ping {
        id: "probe-ping-answered-403",
        does: "a ping that is answered 403",
        answered: (403, None),
        rows: &["DTR-6.5.1-05"],
    },
    Ping {
        id: "probe-ping-redirected",
        does: "a ping that is redirected",
        answered: (307, None),
        rows: &["DTR-7.1-10"],
    },
];

/// The vectors of a text with such an endpoint.
pub(super) fn sheets(draft: &'static Draft) -> Vec<Sheet> {
    let Some(endpoint) = draft.own_endpoint.and_then(Endpoint::in_metadata) else {
        return Vec::new();
    };
    let text = Text { draft, endpoint };
    let mut sheets = vec![
        text.metadata(),
        text.empty(),
        text.undefined(),
        text.two_hints(),
        text.unknown_user(),
        text.missing(),
    ];
    if draft.rules.callbacks != Callbacks::Nobody {
        sheets.extend(PINGS.iter().map(|ping| text.pinged(ping)));
    }
    sheets
}

/// A text, and where its requests go.
struct Text {
    draft: &'static Draft,
    endpoint: Endpoint,
}

impl Text {
    fn metadata(&self) -> Sheet {
        let mut answer = answers::json(vec![200]);
        let grants = Member {
            includes: Some(self.draft.deferred_grant.to_owned()),
            ..Member::default()
        };
        let (grant, modes) = (
            "grant_types_supported",
            "backchannel_token_delivery_modes_supported",
        );
        let endpoint = self.draft.supported_member;
        answer.members = answers::members([
            (grant, grants),
            (modes, Member::default()),
            (endpoint, of_type(MemberType::Uri)),
        ]);
        let rows = ["DEV-4-01", "CIBA-4-01", "CIBA-4-02", "CIBA-4-05"];
        for (row, member) in rows.into_iter().zip([grant, modes, endpoint, grant]) {
            carries_out(&mut answer.requirements, row, &[member]);
        }
        self.sheet(
            "probe-metadata",
            "Reads the metadata: it lists the grant that polls, and what else it has to.",
        )
        .ask(
            "the metadata document",
            &rows,
            Ask::metadata(),
            [Choice::new("metadata", Answer::Response(answer))],
        )
    }

    fn empty(&self) -> Sheet {
        let request = self.request().without("scope");
        let refused = self.refusal().like(1);
        self.sheet(
            "probe-empty-parameter",
            "Asks without `scope` and with an empty one, which is the same.",
        )
        .ask(
            "a request without `scope`",
            &[],
            request.clone(),
            [self.deferred(), self.refusal()],
        )
        .ask(
            "a request with an empty `scope`",
            &["DEV-3.1-04"],
            request.with("scope", ""),
            [self.deferred_too().like(1), refused],
        )
    }

    fn undefined(&self) -> Sheet {
        // One text demands it, the other recommends it only.
        let recommended = |draft: &Draft| draft.user_hint.is_some();
        self.sheet(
            "probe-undefined-parameter",
            "Asks with a parameter that nobody defined, which changes nothing.",
        )
        .ask("a request", &[], self.request(), [self.deferred()])
        .ask(
            "a request with an undefined parameter",
            &["DEV-3.1-05", "CIBA-7.2-06"],
            self.request().with(UNDEFINED, "anything"),
            [self.deferred_too(), self.refusal().by(recommended)],
        )
    }

    fn two_hints(&self) -> Sheet {
        let (name, value) = OTHER_HINT;
        self.sheet(
            "probe-two-hints",
            "Says in two ways whom the request is about.",
        )
        .ask(
            "a request with two hints",
            &["CIBA-7.2-03"],
            self.request().with(name, value),
            [self.error(&["invalid_request"])],
        )
    }

    fn unknown_user(&self) -> Sheet {
        let hint = self.draft.user_hint.unwrap_or_default();
        self.sheet(
            "probe-unknown-user",
            "Asks about somebody whom nobody knows.",
        )
        .ask(
            "a request about nobody known",
            &["CIBA-7.2-04"],
            self.request().with(hint, NOBODY),
            [self.refusal()],
        )
    }

    fn missing(&self) -> Sheet {
        let hint = self.draft.user_hint.unwrap_or_default();
        let rows = &["CIBA-7.2-05"];
        self.sheet(
            "probe-missing-parameters",
            "Asks without `scope`, and about nobody.",
        )
        .ask(
            "a request without `scope`",
            rows,
            self.request().without("scope"),
            [self.refusal()],
        )
        .ask(
            "a request about nobody",
            rows,
            self.request().without(hint),
            [self.refusal()],
        )
    }

    /// Whatever a ping is answered, the outcome can be polled; and it is sent to nobody else.
    fn pinged(&self, ping: &Ping) -> Sheet {
        let token = Seen::Token {
            scope: Scope::Whole,
            again: false,
        };
        self.sheet(
            ping.id,
            "Answers a ping in some way, which changes nothing of what is polled after it.",
        )
        .ask("a request", &[], self.request(), [self.deferred()])
        .decide("approved", Decision::Approve)
        .callback(
            ping.does,
            ping.rows,
            CODE,
            ping.answered,
            [
                self.at(Place::Callback, Seen::Called { bearer: true }),
                super::choice::silence().stop(),
            ],
        )
        .ask(
            "the poll after it",
            ping.rows,
            self.poll(),
            [
                self.at(Place::Poll, token),
                self.at(Place::Poll, Seen::SlowDown).stop(),
            ],
        )
    }

    fn sheet(&self, id: &'static str, purpose: &'static str) -> Sheet {
        let sheet = Sheet::polling(id, purpose);
        match self.draft.rules.callbacks {
            Callbacks::Everybody => sheet.called(),
            Callbacks::Nobody | Callbacks::Registered => sheet,
        }
    }

    /// A request as it should be.
    fn request(&self) -> Ask {
        let mut request = Ask::to(self.endpoint).with("scope", DEFAULT_SCOPE);
        if let Some(hint) = self.draft.user_hint {
            request = request.with(hint, &format!("{{{hint}}}"));
        }
        match self.draft.rules.callbacks {
            Callbacks::Nobody => request,
            _ => request.with(self.draft.client_notification_token, NOTIFICATION_TOKEN),
        }
    }

    fn poll(&self) -> Ask {
        Ask::to(Endpoint::Token)
            .with("grant_type", self.draft.deferred_grant)
            .with(self.draft.deferral_code, CODE)
    }

    /// Its code is `{deferral_code}`.
    fn deferred(&self) -> Choice {
        let first = Seen::Deferred {
            interaction: false,
            code: Code::New,
        };
        self.at(Place::Initial, first)
            .captures(self.draft.deferred_member, "deferral_code")
    }

    fn deferred_too(&self) -> Choice {
        let other = Seen::Deferred {
            interaction: false,
            code: Code::Other,
        };
        let known = Context {
            known: true,
            ..self.context(Place::Initial)
        };
        let (name, answer) = answers::answer(&known, other);
        Choice::new(&name, answer)
    }

    /// Any error that a request can be refused with.
    fn refusal(&self) -> Choice {
        let all = [&answers::any_refusal()[..], self.draft.own_refusals].concat();
        self.error(&all)
    }

    fn error(&self, codes: &[&'static str]) -> Choice {
        let (name, answer) = answers::error(&self.context(Place::Initial), codes.to_vec());
        Choice::new(&name, answer)
    }

    fn at(&self, place: Place, seen: Seen) -> Choice {
        let (name, answer) = answers::answer(&self.context(place), seen);
        Choice::new(&name, answer)
    }

    fn context(&self, place: Place) -> Context<'static> {
        Context {
            draft: self.draft,
            place,
            scope: DEFAULT_SCOPE,
            bound: false,
            known: place != Place::Initial,
            notification_token: Some(NOTIFICATION_TOKEN),
        }
    }
}
