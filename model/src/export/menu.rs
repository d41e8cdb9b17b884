//! Which events are offered: it depends on what was seen alone, so that no
//! difference between two systems is one of what was tried.

use crate::draft::{Interaction, Opening};
use crate::event::{Caller, Decision, Event, Fate, Precondition, TokenRequest, Way};
use crate::generate::hints;
use crate::terms::Terms;

/// The events that may happen, `known` once the client holds a deferral code.
pub(super) fn offered(known: bool, terms: &Terms) -> Vec<Event> {
    let mut events = match known {
        true => about_the_code(terms),
        false => first_requests(terms),
    };
    events.retain(|event| terms.draft.knows(*event));
    events
}

/// Every token request that the relation treats differently. What the policy is
/// asked to do is left out: a server may answer the same, whatever it is asked
/// (Section 5.3).
fn first_requests(terms: &Terms) -> Vec<Event> {
    let plain = TokenRequest::PLAIN;
    let mut requests = Vec::new();
    let interactive = interactive(terms);
    for &hinted in hints(terms) {
        for opted_in in [true, false] {
            for keyed in [true, false] {
                for sound in [true, false] {
                    requests.extend(interactive.iter().map(|&interactive| TokenRequest {
                        hinted,
                        opted_in,
                        interactive,
                        keyed,
                        sound,
                        ..plain
                    }));
                }
            }
        }
    }
    requests.push(TokenRequest {
        lost: true,
        ..plain
    });
    let mut events: Vec<Event> = requests.into_iter().map(Event::Request).collect();
    events.push(Event::Tick);
    events
}

/// What a client may say of interaction.
fn interactive(terms: &Terms) -> &'static [bool] {
    match terms.draft.rules.interaction {
        Interaction::OptedIn => &[false, true],
        Interaction::Unknown | Interaction::Anybody => &[false],
    }
}

fn about_the_code(terms: &Terms) -> Vec<Event> {
    let again = interactive(terms).iter().flat_map(|&interactive| {
        [true, false].map(|keyed| TokenRequest {
            interactive,
            keyed,
            ..TokenRequest::PLAIN
        })
    });
    let mut events: Vec<Event> = again.map(Event::Request).collect();
    let callers = [
        Caller::Owner,
        Caller::OtherKey,
        Caller::OtherClient,
        Caller::Impostor,
    ];
    // Nobody lacks the credentials of a client that has none.
    let callers = callers
        .iter()
        .filter(|by| !terms.public || **by != Caller::Impostor);
    for &by in callers {
        events.push(Event::Poll { by, lost: false });
        events.push(Event::Revoke { by });
    }
    events.push(Event::Poll {
        by: Caller::Owner,
        lost: true,
    });
    if terms.draft.rules.opening == Opening::Either {
        events.extend([true, false].map(|keyed| {
            Event::Request(TokenRequest {
                hinted: true,
                keyed,
                ..TokenRequest::PLAIN
            })
        }));
    }
    let mistaken = [Caller::NoVerifier, Caller::OtherVerifier];
    events.extend(mistaken.map(|by| Event::Poll { by, lost: false }));
    events.extend(Decision::ALL.map(Event::Decide));
    for precondition in [Precondition::Consent, Precondition::Client] {
        events.push(Event::Lapse(precondition));
        events.push(Event::Return(precondition));
    }
    events.push(Event::Widen);
    events.extend([Way::Refresh, Way::Exchange].map(Event::Renew));
    events.push(Event::Present);
    if terms.callback {
        events.extend([Fate::Delivered, Fate::Lost].map(Event::Callback));
    }
    events.push(Event::Tick);
    events
}
