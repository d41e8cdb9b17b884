//! Answers of the model as they look on the wire.
//!
//! The rules about a single response are those that the driver holds a response
//! against; here they are data.

use std::collections::BTreeMap;

use dtr_model::draft::Draft;
use dtr_model::event;

use super::script::WIDENED_SCOPE;
use crate::vector::format::{
    Answer, Callback, Characters, Header, Member, MemberType, Presence, Presented, Redirect,
    Response, ScopeRelation, ScopeRule,
};

/// Members that only a token response has.
const CREDENTIALS: [&str; 3] = ["access_token", "refresh_token", "id_token"];
/// Members that belong to a deferred response, and to no preceding one (Section 6.1).
const OF_A_DEFERRED_RESPONSE: [&str; 4] =
    ["deferral_code", "expires_in", "interval", "interaction_uri"];
/// Errors about who asks. Whether they may be stored is C-76.
const ABOUT_THE_CLIENT: [&str; 3] = ["invalid_client", "invalid_dpop_proof", "use_dpop_nonce"];
/// Fewer visible characters than this hold less than 128 bits (Section 6.4).
const LEAST_CODE_LENGTH: usize = 20;
/// Errors of other specifications by which an originating grant refuses a request
/// (RFC 6749, RFC 8707, RFC 9396, RFC 9470).
const GRANT_ERRORS: [&str; 7] = [
    "insufficient_user_authentication",
    "invalid_authorization_details",
    "invalid_scope",
    "invalid_target",
    "invalid_token",
    "unsupported_grant_type",
    "unsupported_token_type",
];

/// Errors that may be the grant's own as well as the deferral's.
const REFUSALS: [&str; 4] = [
    "access_denied",
    "invalid_grant",
    "invalid_request",
    "unauthorized_client",
];

/// Where an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// To an initial token request.
    Initial,
    /// To a poll.
    Poll,
    /// To a revocation.
    Revocation,
    /// At the callback endpoint.
    Callback,
    /// To a refresh, an exchange, or the use of what came of it.
    Renewal,
}

/// What has to be known to say what an answer looks like.
#[derive(Debug, Clone)]
pub(super) struct Context<'a> {
    pub(super) draft: &'a Draft,
    pub(super) place: Place,
    /// The scope that a token is compared with.
    pub(super) scope: &'a str,
    /// A token has to be bound to the owner's key.
    pub(super) bound: bool,
    /// The deferral code is known already.
    pub(super) known: bool,
    /// The placeholder of the client notification token that goes with the code.
    pub(super) notification_token: Option<&'a str>,
}

/// The error codes that an answer may be seen as; none if it is no plain error.
pub(super) fn errors(answer: event::Answer, draft: &Draft) -> Vec<&'static str> {
    use event::Answer as A;
    match answer {
        A::AccessDenied => vec!["access_denied"],
        A::ExpiredToken => vec!["expired_token"],
        A::InvalidGrant => vec!["invalid_grant"],
        A::InvalidRequest => vec!["invalid_request"],
        A::InvalidClient => vec!["invalid_client"],
        A::UnauthorizedClient => vec!["unauthorized_client"],
        A::InvalidDpopProof => vec!["invalid_dpop_proof"],
        A::GrantError => [&GRANT_ERRORS[..], draft.own_refusals].concat(),
        A::Refusal => [&GRANT_ERRORS[..], draft.own_refusals, &["invalid_grant"]].concat(),
        _ => Vec::new(),
    }
}

/// The same for an answer that a grant may refuse a request by; none for others.
pub(super) fn refusals(answer: event::Answer, draft: &Draft) -> Vec<&'static str> {
    let mut codes = errors(answer, draft);
    let known = [&REFUSALS[..], &GRANT_ERRORS, draft.own_refusals].concat();
    codes.retain(|code| known.contains(code));
    codes
}

/// Every code by which a grant may refuse a request.
pub(super) fn any_refusal() -> Vec<&'static str> {
    [&GRANT_ERRORS[..], &REFUSALS].concat()
}

/// An error response with one of these codes.
pub(super) fn error(context: &Context<'_>, mut codes: Vec<&'static str>) -> (String, Answer) {
    codes.sort_unstable();
    let name = match codes.len() > 1 && GRANT_ERRORS.iter().all(|code| codes.contains(code)) {
        true => refusal(&codes),
        false => codes.join("_or_"),
    };
    let mut response = json(vec![400]);
    let denied = context.draft.denied_status;
    if context.place == Place::Initial && codes.contains(&"access_denied") && denied != 400 {
        response.status.push(denied);
    }
    if codes.iter().any(|code| ABOUT_THE_CLIENT.contains(code)) {
        response.status.push(401);
    } else {
        uncacheable(&mut response, context.place);
    }
    response.members.insert("error".into(), one_of(&codes));
    response.without = owned(&CREDENTIALS);
    described(&mut response);
    if context.draft.own_endpoint.is_some() && context.place == Place::Initial {
        written_plainly(&mut response);
    }
    if name.starts_with("grant_error") {
        carries_out(&mut response.requirements, "DTR-6.3.1-04", &["error"]);
    }
    (named(context, name), Answer::Response(response))
}

/// What explains an error (Sections 6.6 and 9.4).
fn described(response: &mut Response) {
    let description = Member {
        presence: Presence::Optional,
        tells_no_secret: true,
        names_nobody: true,
        ..Member::default()
    };
    let name = "error_description";
    response.members.insert(name.to_owned(), description);
    for (row, rule) in [
        ("K-6.6-04", "error_description/tells_no_secret"),
        ("DTR-9.4-02", "error_description/names_nobody"),
    ] {
        carries_out(&mut response.requirements, row, &[rule]);
    }
}

/// What explains an error that a request at an endpoint of its own is refused with (CIBA Core Section 13).
fn written_plainly(response: &mut Response) {
    let optional = Member {
        presence: Presence::Optional,
        ..Member::default()
    };
    let uri = Member {
        characters: Some(Characters::Uri),
        kind: Some(MemberType::UriReference),
        ..optional.clone()
    };
    response.members.insert("error_uri".to_owned(), uri);
    let description = response.members.entry("error_description".to_owned());
    description.or_insert(optional).characters = Some(Characters::Text);
    for (row, rule) in [
        ("CIBA-13-03", "error_description/characters"),
        ("CIBA-13-05", "error_uri/type"),
        ("CIBA-13-06", "error_uri/characters"),
    ] {
        carries_out(&mut response.requirements, row, &[rule]);
    }
}

/// Notes that these rules carry out a requirement.
pub(super) fn carries_out(
    requirements: &mut BTreeMap<String, Vec<String>>,
    row: &str,
    rules: &[&str],
) {
    let all = requirements.entry(row.to_owned()).or_default();
    all.extend(owned(rules));
}

/// The name of a refusal by the grant's own rules.
fn refusal(codes: &[&str]) -> String {
    let missing = REFUSALS.iter().filter(|code| !codes.contains(code));
    let missing: Vec<String> = missing.map(|code| format!("_but_{code}")).collect();
    format!("grant_error{}", missing.concat())
}

/// An answer that is no plain error, under its name.
pub(super) fn answer(context: &Context<'_>, answer: event::Answer) -> (String, Answer) {
    use event::{Answer as A, Code, Scope};
    let draft = context.draft;
    match answer {
        A::Silence => ("silence".to_owned(), Answer::Silence),
        A::Revoked => {
            let response = Response {
                media_type: None,
                ..json(vec![200])
            };
            ("revoked".to_owned(), Answer::Response(response))
        }
        A::Token { scope, .. } => {
            let (name, is) = match scope {
                Scope::Narrowed => ("token_narrowed", ScopeRelation::Less),
                Scope::Whole | Scope::Wider => ("token", ScopeRelation::Same),
            };
            (named(context, name.to_owned()), token(context, is))
        }
        A::Deferred { interaction, code } => {
            let (name, code_rule) = match (code, context.known) {
                (Code::Same, true) => ("deferred_same_code", one_of(&["{deferral_code}"])),
                // Of another request like one that waits, it may have been seen.
                (Code::Other, true) if draft.rules.idempotent => {
                    ("deferred_other_code", another_code())
                }
                (Code::Other, true) => ("deferred_other_code", new_code()),
                _ => ("deferred", new_code()),
            };
            let name = match interaction {
                true => format!("{name}_interaction"),
                false => name.to_owned(),
            };
            (name, deferred(draft, interaction, code_rule))
        }
        A::TokenGood => presented(true),
        A::TokenOver => presented(false),
        A::AuthorizationPending => pending(context, draft.pending),
        A::InteractionRequired => pending(context, interaction_required(draft)),
        A::InteractionPending => pending(context, interaction_pending(draft)),
        A::SlowDown => pending(context, "slow_down"),
        A::DpopChallenge => {
            let (_, refused) = error(context, vec!["invalid_dpop_proof", "use_dpop_nonce"]);
            (named(context, "dpop_challenge".into()), challenge(refused))
        }
        A::Called { .. } => {
            let token = context.notification_token.unwrap_or_default();
            let number: String = token.chars().filter(char::is_ascii_digit).collect();
            let name = format!("callback_{number}");
            (name.trim_end_matches('_').to_owned(), callback(context))
        }
        plain => error(context, errors(plain, draft)),
    }
}

/// What a resource server makes of a token.
fn presented(good: bool) -> (String, Answer) {
    let name = if good { "token_good" } else { "token_over" };
    (name.to_owned(), Answer::Presented(Presented { good }))
}

/// The error of a server that does not know the grant by which a token is renewed, or not of this client.
pub(super) fn unknown_grant(draft: &Draft) -> (String, Answer) {
    let context = Context {
        draft,
        place: Place::Renewal,
        scope: "",
        bound: false,
        known: true,
        notification_token: None,
    };
    let (_, answer) = error(
        &context,
        vec!["unauthorized_client", "unsupported_grant_type"],
    );
    ("grant_unknown".to_owned(), answer)
}

/// The redirect that brings an authorization code.
pub(super) fn authorization_code(state: &str) -> Answer {
    let query = [
        ("code", of_type(MemberType::String)),
        ("state", one_of(&[state])),
    ];
    let mut requirements = BTreeMap::new();
    carries_out(&mut requirements, "K-6.1-01", &OF_A_DEFERRED_RESPONSE);
    Answer::Redirect(Redirect {
        query: query.map(|(name, rule)| (name.to_owned(), rule)).into(),
        without: owned(&OF_A_DEFERRED_RESPONSE),
        requirements,
    })
}

/// Under what name an answer goes that depends on where it is given.
fn named(context: &Context<'_>, name: String) -> String {
    let mut name = name;
    if name.starts_with("token") {
        let parts = [
            (context.place == Place::Initial, "_at_once"),
            (context.place == Place::Renewal, "_renewed"),
            (context.bound, "_bound"),
            (context.scope == WIDENED_SCOPE, "_of_widened_scope"),
        ];
        name.extend(parts.iter().filter(|(is, _)| *is).map(|(_, part)| *part));
    }
    match context.place {
        Place::Revocation => format!("{name}_at_revocation"),
        _ if name.starts_with("token") => name,
        Place::Renewal => format!("{name}_to_renewal"),
        // There an error looks otherwise than at a poll.
        Place::Initial if context.draft.own_endpoint.is_some() => format!("{name}_at_once"),
        _ => name,
    }
}

fn token(context: &Context<'_>, is: ScopeRelation) -> Answer {
    let mut response = json(vec![200]);
    let draft = context.draft;
    // Whether a token that comes at once is bound is the grant's own matter.
    let bound = (context.bound || context.place == Place::Poll).then_some(context.bound);
    let access_token = Member {
        fresh: true,
        bound,
        ..of_type(MemberType::String)
    };
    let kind = match bound {
        Some(true) => Member {
            one_of: owned(&["DPoP"]),
            any_case: true,
            ..of_type(MemberType::String)
        },
        Some(false) => Member {
            none_of: owned(&["DPoP", draft.deferral_code_type]),
            any_case: true,
            ..of_type(MemberType::String)
        },
        None => Member {
            none_of: owned(&[draft.deferral_code_type]),
            ..of_type(MemberType::String)
        },
    };
    let issued = Member {
        presence: Presence::Optional,
        none_of: owned(&[draft.deferral_code_type]),
        ..Member::default()
    };
    let scope = Member {
        presence: if is == ScopeRelation::Less {
            Presence::Required
        } else {
            Presence::Optional
        },
        scope: Some(ScopeRule {
            is,
            of: context.scope.to_owned(),
        }),
        ..Member::default()
    };
    let seconds = Member {
        presence: Presence::Optional,
        lifetime_of_token: true,
        ..of_type(MemberType::Seconds)
    };
    response.members = members([
        ("access_token", access_token),
        ("token_type", kind),
        ("issued_token_type", issued),
        ("scope", scope),
        ("expires_in", seconds),
    ]);
    response.without = owned(&[draft.deferral_code]);
    let rows = &mut response.requirements;
    let usable = [
        "access_token/presence",
        "access_token/type",
        "media_type",
        "token_type/presence",
        "token_type/type",
    ];
    carries_out(rows, "K-6.5.2-01", &usable);
    let never_deferred = [draft.deferral_code, "issued_token_type", "token_type"];
    carries_out(rows, "DTR-6.5.2-01", &never_deferred);
    carries_out(rows, "K-6.5.2-03", &["expires_in"]);
    let key = ["access_token/bound", "token_type"];
    match bound {
        Some(true) => carries_out(rows, "DTR-11.1-07", &key),
        Some(false) => carries_out(rows, "K-11.1-01", &key),
        None => {}
    }
    Answer::Response(response)
}

fn deferred(draft: &Draft, interaction: bool, code: Member) -> Answer {
    let mut response = json(vec![draft.deferred_status]);
    let is_new = code.min_length.is_some();
    let interval = Member {
        presence: match draft.default_interval {
            Some(_) => Presence::Optional,
            None => Presence::Required,
        },
        ..of_type(MemberType::Seconds)
    };
    response.members = members([
        (draft.deferred_member, code),
        ("expires_in", of_type(MemberType::Seconds)),
        ("interval", interval),
    ]);
    response.without = owned(&CREDENTIALS);
    match draft.deferred_status {
        // What has an access token is a token response.
        200 => {
            response.without.push("error".to_owned());
            let rows = &mut response.requirements;
            carries_out(rows, "K-6.4-01", &["access_token", "error"]);
        }
        _ => an_error(&mut response, draft, interaction),
    }
    let rows = &mut response.requirements;
    carries_out(rows, "K-6.4-01", &["media_type", "status"]);
    carries_out(rows, "K-6.4-04", &CREDENTIALS);
    if draft.own_endpoint.is_some() {
        opened(&mut response, draft);
    }
    let rows = &mut response.requirements;
    let code = draft.deferred_member;
    carries_out(rows, "DTR-6.4-01", &[&format!("{code}/presence")]);
    if is_new {
        carries_out(rows, "DTR-6.4-01", &[&format!("{code}/type")]);
        carries_out(rows, "DTR-6.4-02", &[&format!("{code}/min_length")]);
    }
    carries_out(rows, "DTR-6.4-06", &["expires_in"]);
    carries_out(rows, "DTR-6.4-09", &["interval"]);
    Answer::Response(response)
}

/// What makes an error of a deferred response (Section 6.4).
fn an_error(response: &mut Response, draft: &Draft, interaction: bool) {
    let opening = match interaction {
        true => interaction_required(draft),
        false => draft.pending,
    };
    uncacheable(response, Place::Initial);
    response
        .members
        .insert("error".to_owned(), one_of(&[opening]));
    described(response);
    link(response, draft, interaction);
    carries_out(&mut response.requirements, "K-6.4-01", &["error"]);
}

/// What a response has besides where it comes from an endpoint of its own (RFC 8628 Section 3.2, CIBA Core Section 7.3).
fn opened(response: &mut Response, draft: &Draft) {
    let all = &mut response.members;
    all.insert("user_code".to_owned(), of_type(MemberType::String));
    let uri = draft.interaction_uri;
    all.insert(uri.to_owned(), of_type(MemberType::Uri));
    let rows = &mut response.requirements;
    carries_out(rows, "DEV-3.2-03", &["user_code"]);
    carries_out(rows, "DEV-3.2-04", &[uri]);
    let code = draft.deferred_member;
    if let Some(rule) = response.members.get_mut(code) {
        rule.characters = Some(Characters::Name);
        carries_out(rows, "CIBA-7.3-04", &[&format!("{code}/characters")]);
    }
}

fn interaction_pending(draft: &Draft) -> &'static str {
    draft
        .interaction_pending
        .expect("a text without this error allows no such answer")
}

fn interaction_required(draft: &Draft) -> &'static str {
    draft
        .interaction_required
        .expect("a text without interaction allows no such answer")
}

fn pending(context: &Context<'_>, code: &'static str) -> (String, Answer) {
    let draft = context.draft;
    let mut response = json(vec![400]);
    uncacheable(&mut response, context.place);
    let required = draft.interaction_required == Some(code);
    response.members = members([("error", one_of(&[code]))]);
    described(&mut response);
    link(&mut response, draft, required);
    response.without = owned(&CREDENTIALS);
    // What `interaction_required` repeats is C-30.
    if !required {
        response.without.push("interval".to_owned());
        carries_out(&mut response.requirements, "K-6.4-02", &["interval"]);
    }
    if code == draft.pending {
        response.without.extend(owned(&[draft.deferral_code]));
        let rules = [draft.deferral_code, "error_description/tells_no_secret"];
        carries_out(&mut response.requirements, "K-6.6-01", &rules);
    }
    (code.to_owned(), Answer::Response(response))
}

/// `interaction_uri` (Section 6.4), required or not.
fn link(response: &mut Response, draft: &Draft, required: bool) {
    if !draft.has_interaction() {
        return;
    }
    let name = draft.interaction_uri;
    let rule = Member {
        presence: if required {
            Presence::Required
        } else {
            Presence::Optional
        },
        ..of_type(MemberType::HttpsUri)
    };
    response.members.insert(name.to_owned(), rule);
    let rows = &mut response.requirements;
    for row in ["DTR-6.4-15", "DTR-6.4-16"] {
        carries_out(rows, row, &[&format!("{name}/type")]);
    }
    if required {
        for row in ["DTR-6.4-14", "DTR-6.6-03"] {
            carries_out(rows, row, &[&format!("{name}/presence")]);
        }
    }
}

fn challenge(answer: Answer) -> Answer {
    let Answer::Response(mut response) = answer else {
        return answer;
    };
    response.status = vec![401];
    let challenge = Header {
        contains: "dpop".to_owned(),
    };
    response
        .headers
        .insert("www-authenticate".to_owned(), challenge);
    Answer::Response(response)
}

fn callback(context: &Context<'_>) -> Answer {
    let draft = context.draft;
    let bearer = context
        .notification_token
        .unwrap_or("{client_notification_token}");
    let mut requirements = BTreeMap::new();
    for (row, rules) in [
        ("K-7.1-01", &["media_type", "method"][..]),
        ("DTR-7.1-01", &[draft.deferral_code]),
        ("DTR-7.1-02", &["bearer"]),
        ("DTR-6.3-03", &["bearer"]),
        ("K-7-02", &CREDENTIALS),
        ("DTR-11.5-07", &["url"]),
        ("K-11.1-02", &["dpop"]),
    ] {
        carries_out(&mut requirements, row, rules);
    }
    Answer::Callback(Callback {
        method: "POST".to_owned(),
        media_type: "application/json".to_owned(),
        bearer: Some(bearer.to_owned()),
        headers_without: owned(&["dpop"]),
        members: members([(draft.deferral_code, one_of(&["{deferral_code}"]))]),
        without: owned(&CREDENTIALS),
        url_without: owned(&["{deferral_code}", bearer]),
        requirements,
    })
}

pub(super) fn json(status: Vec<u16>) -> Response {
    Response {
        status,
        media_type: Some("application/json".to_owned()),
        headers: BTreeMap::new(),
        members: BTreeMap::new(),
        without: Vec::new(),
        requirements: BTreeMap::new(),
    }
}

/// Errors of the token endpoint are not to be stored (Section 6.6).
fn uncacheable(response: &mut Response, place: Place) {
    if matches!(place, Place::Revocation | Place::Callback) {
        return;
    }
    let no_store = Header {
        contains: "no-store".to_owned(),
    };
    let name = "cache-control";
    response.headers.insert(name.to_owned(), no_store);
    carries_out(&mut response.requirements, "DTR-6.6-01", &[name]);
}

fn another_code() -> Member {
    Member {
        fresh: false,
        none_of: owned(&["{deferral_code}"]),
        ..new_code()
    }
}

fn new_code() -> Member {
    Member {
        fresh: true,
        min_length: Some(LEAST_CODE_LENGTH),
        ..of_type(MemberType::String)
    }
}

pub(super) fn of_type(kind: MemberType) -> Member {
    Member {
        kind: Some(kind),
        ..Member::default()
    }
}

pub(super) fn one_of(values: &[&str]) -> Member {
    Member {
        one_of: owned(values),
        ..Member::default()
    }
}

pub(super) fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

pub(super) fn members<const N: usize>(all: [(&str, Member); N]) -> BTreeMap<String, Member> {
    all.map(|(name, rule)| (name.to_owned(), rule)).into()
}
