//! What a server announces (Sections 5.1 and 8.4), and what may be registered as a callback endpoint (Sections 11.4 and
//! 11.5) where clients register themselves (RFC 7591).

use serde_json::{Value, json};

use super::DRAFT;
use super::ask::Ask;
use super::choice::Choice;
use super::sheet::Sheet;
use crate::probe::registration::{ENDPOINT, INSIDE, WITHOUT_TLS};
use crate::vector::format::{Answer, Member, MemberType, Response};
use crate::vector::record::answers::{self, carries_out, of_type};

pub(super) fn sheets() -> Vec<Sheet> {
    vec![metadata(), without_tls(), inside()]
}

fn metadata() -> Sheet {
    let mut answer = answers::json(vec![200]);
    let types = Member {
        includes: Some(DRAFT.deferral_code_type.to_owned()),
        ..Member::default()
    };
    answer.members = answers::members([
        (DRAFT.supported_member, of_type(MemberType::True)),
        (DRAFT.revocable_member, types),
    ]);
    for (row, member) in [
        ("DTR-5.1-05", DRAFT.supported_member),
        ("DTR-8.4-01", DRAFT.revocable_member),
    ] {
        carries_out(&mut answer.requirements, row, &[member]);
    }
    Sheet::with_credentials(
        "probe-metadata",
        "Reads the metadata: it announces deferral, and that deferral codes can be revoked.",
    )
    .ask(
        "the metadata document",
        &["DTR-5.1-05", "DTR-8.4-01"],
        Ask::metadata(),
        [named("metadata", answer)],
    )
}

fn without_tls() -> Sheet {
    Sheet::with_credentials(
        "probe-endpoint-without-tls",
        "Registers a callback endpoint that is no https URL, after a client without callbacks.",
    )
    .ask("a client without callbacks", &[], register(None), first())
    .ask(
        "a callback endpoint without TLS",
        &["DTR-11.4-01"],
        register(Some(WITHOUT_TLS)),
        kept_out(),
    )
}

fn inside() -> Sheet {
    let mut sheet = Sheet::with_credentials(
        "probe-endpoint-inside",
        "Registers callback endpoints at addresses that are not public, after a client without callbacks.",
    )
    .ask("a client without callbacks", &[], register(None), first());
    for address in INSIDE {
        // A recommendation: not to follow it is allowed.
        let allowed = kept_out().into_iter().chain([registered()]);
        let does = format!("a callback endpoint at {address}");
        sheet = sheet.ask(&does, &["DTR-11.5-01"], register(Some(address)), allowed);
    }
    sheet
}

/// Where even a client without callbacks cannot register, refusals say nothing.
fn first() -> [Choice; 2] {
    [registered(), refused().stop()]
}

/// RFC 7591 lets a server leave out what it does not take.
fn kept_out() -> [Choice; 2] {
    let left_out = registered().without("registered_without_callbacks", &[ENDPOINT]);
    [refused(), left_out]
}

fn registered() -> Choice {
    let mut answer = answers::json(vec![200, 201]);
    answer.members = answers::members([("client_id", of_type(MemberType::String))]);
    named("registered", answer)
}

fn refused() -> Choice {
    let mut answer = answers::json(vec![400, 401, 403, 422]);
    answer.media_type = None;
    named("registration_refused", answer)
}

fn named(name: &str, answer: Response) -> Choice {
    Choice::new(name, Answer::Response(answer))
}

fn register(callbacks: Option<&str>) -> Ask {
    let mut client: Value = json!({
        "client_name": "a client that comes and goes",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic",
    });
    if let Some(callbacks) = callbacks {
        client[ENDPOINT] = callbacks.into();
    }
    Ask::registration(client)
}
