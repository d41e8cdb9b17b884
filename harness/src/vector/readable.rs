//! A vector for people: its steps, and the answers allowed at each.
//!
//! ```text
//!   0 s  poll by owner
//!          * slow_down                     the pinned answer
//!            interaction_required
//!            token, then stop              after it the other steps say nothing
//! ```

use std::fmt::Write;

use super::format::{ClientKind, Expected, GrantType, Then, Vector};

/// The readable form.
pub fn readable(vector: &Vector) -> String {
    let mut text = format!("{}\n{}\n{}\n", vector.id, vector.purpose, setting(vector));
    for step in &vector.steps {
        let rows = match step.requirements.is_empty() {
            true => String::new(),
            false => format!("  [{}]", step.requirements.join(" ")),
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:>4} s  {}{rows}", step.at, step.does);
        for expected in &step.expect {
            let mark = if expected.pinned { '*' } else { ' ' };
            let _ = writeln!(text, "         {mark} {}", in_words(expected));
        }
    }
    text
}

fn setting(vector: &Vector) -> String {
    let setup = &vector.setup;
    let client = match setup.client {
        ClientKind::Confidential => "confidential client",
        ClientKind::Public => "public client",
    };
    let grant = match setup.grant_type {
        GrantType::AuthorizationCode => "authorization code",
        GrantType::ClientCredentials => "client credentials",
        GrantType::Polling => "an endpoint of its own",
    };
    let callback = if setup.callback_endpoint {
        ", callback endpoint"
    } else {
        ""
    };
    let (interval, lifetime) = (setup.interval, setup.lifetime);
    format!("{client}, {grant}{callback}; interval {interval} s, lifetime {lifetime} s")
}

fn in_words(expected: &Expected) -> String {
    let mut words = expected.answer.clone();
    for (question, readings) in &expected.readings {
        words += &format!(" ({question}/{})", readings.join("/"));
    }
    for (member, name) in &expected.captures {
        words += &format!(", {member} is {{{name}}}");
    }
    if expected.then == Then::Stop {
        words += ", then stop";
    }
    words
}
