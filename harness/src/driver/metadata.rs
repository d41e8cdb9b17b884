//! The metadata document (Sections 5.1 and 8.4).

use std::sync::Arc;

use dtr_model::event::Answer;
use serde_json::Value;

use super::call::fetch;
use super::log::Log;
use super::observation::{Observation, Seen};
use super::response::Response;
use super::rules::siblings;
use crate::target::Target;

/// Fetches the metadata once more and checks what the draft asks of it.
pub async fn check_metadata(target: &Target) -> Observation {
    let mut log = Log::by(target.draft);
    let url = Arc::clone(&target.endpoints.metadata);
    let reply = match fetch(target, &mut log, "metadata", url).await {
        Ok(reply) => reply,
        Err(failure) => return log.conclude(Seen::Failed(failure)),
    };
    let seen = match Response::read(&reply) {
        Ok(response) if reply.status == 200 => {
            check(&mut log, &response, target);
            Seen::Answer(Answer::Silence)
        }
        Ok(response) => Seen::Strange(response.in_short()),
        Err(strange) => Seen::Strange(strange),
    };
    log.conclude(seen)
}

fn check(log: &mut Log, response: &Response<'_>, target: &Target) {
    let draft = &target.draft;
    siblings::metadata(log, response, draft);
    let name = draft.supported_member;
    let announced = response.members.get(name) == Some(&Value::Bool(true));
    log.check("DTR-5.1-05", announced, || {
        format!("{name} is {}, not true", response.show(name))
    });
    let name = draft.revocable_member;
    let listed = response
        .members
        .get(name)
        .and_then(Value::as_array)
        .is_some_and(|types| types.iter().any(|kind| kind == draft.deferral_code_type));
    log.check("DTR-8.4-01", listed, || {
        format!(
            "{name} does not list {}: {}",
            draft.deferral_code_type,
            response.show(name)
        )
    });
}
