//! What things are called on the wire, role by role.

use crate::draft::{Callbacks, Cancellation, Draft, Interaction, Opening};

/// Something that has a name or a shape on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// How a client opts in, and where.
    OptIn,
    /// How it opts in to interaction.
    InteractiveOptIn,
    /// The status of the deferred response.
    DeferredStatus,
    /// The member of the deferred response that carries the code.
    CodeIssued,
    /// The parameter of a poll that carries the code.
    CodePolled,
    /// The grant type of a poll.
    GrantType,
    /// The pending error.
    Pending,
    /// The pending error that asks for interaction.
    InteractionRequired,
    /// The pending error while it is under way.
    InteractionPending,
    /// The member that says where to interact.
    InteractionUri,
    /// The bearer secret for callbacks.
    NotificationToken,
    /// Where and how a deferral is cancelled.
    Cancellation,
    /// How a server announces support.
    Announcement,
    /// How it announces that its authorization endpoint defers, too.
    DirectAnnouncement,
}

impl Role {
    /// All of them, in the order of a flow.
    pub const ALL: [Role; 14] = [
        Role::Announcement,
        Role::DirectAnnouncement,
        Role::OptIn,
        Role::InteractiveOptIn,
        Role::NotificationToken,
        Role::DeferredStatus,
        Role::CodeIssued,
        Role::InteractionUri,
        Role::GrantType,
        Role::CodePolled,
        Role::Pending,
        Role::InteractionRequired,
        Role::InteractionPending,
        Role::Cancellation,
    ];

    /// What has the name.
    pub fn text(self) -> &'static str {
        match self {
            Role::OptIn => "opt-in",
            Role::InteractiveOptIn => "opt-in to interaction",
            Role::DeferredStatus => "status of the deferred response",
            Role::CodeIssued => "the code in the deferred response",
            Role::CodePolled => "the code in a poll",
            Role::GrantType => "grant type of a poll",
            Role::Pending => "pending",
            Role::InteractionRequired => "pending, interaction needed",
            Role::InteractionPending => "pending, interaction under way",
            Role::InteractionUri => "where to interact",
            Role::NotificationToken => "secret for callbacks",
            Role::Cancellation => "cancellation",
            Role::Announcement => "metadata that announce support",
            Role::DirectAnnouncement => {
                "metadata that announce codes from the authorization endpoint"
            }
        }
    }

    /// What it is called in a text; `None` if the text has no such thing.
    pub fn of(self, draft: &Draft) -> Option<String> {
        let named = |name: &str| Some(format!("`{name}`"));
        match self {
            Role::OptIn => {
                let (name, value) = (draft.completion_mode, draft.deferred);
                match (draft.rules.opening, draft.own_endpoint) {
                    (Opening::TokenEndpoint, _) => {
                        Some(format!("`{name}={value}` at the token endpoint"))
                    }
                    (Opening::AuthorizationEndpoint, _) => {
                        Some(format!("`{name}={value}` at the authorization endpoint"))
                    }
                    (Opening::Either, _) => Some(format!(
                        "`{name}={value}` at the authorization endpoint or the token endpoint"
                    )),
                    (Opening::OwnEndpoint, endpoint) => {
                        endpoint.map(|own| format!("a request to the `{own}`"))
                    }
                }
            }
            Role::InteractiveOptIn => draft.deferred_interactive.and_then(named),
            Role::DeferredStatus => Some(draft.deferred_status.to_string()),
            Role::CodeIssued => named(draft.deferred_member),
            Role::CodePolled => named(draft.deferral_code),
            Role::GrantType => named(draft.deferred_grant),
            Role::Pending => named(draft.pending),
            Role::InteractionRequired => draft.interaction_required.and_then(named),
            Role::InteractionPending => draft.interaction_pending.and_then(named),
            Role::InteractionUri => match draft.rules.interaction {
                Interaction::Unknown => None,
                Interaction::Anybody | Interaction::OptedIn => named(draft.interaction_uri),
            },
            Role::NotificationToken => match draft.rules.callbacks {
                Callbacks::Nobody => None,
                Callbacks::Registered | Callbacks::Everybody => {
                    named(draft.client_notification_token)
                }
            },
            Role::Cancellation => match draft.cancellation {
                Cancellation::Revocation => Some(format!(
                    "revocation endpoint, hint `{}`",
                    draft.deferral_code_type
                )),
                Cancellation::OwnEndpoint => Some("an endpoint of its own".to_owned()),
                Cancellation::Nowhere => None,
            },
            Role::Announcement => named(draft.supported_member),
            Role::DirectAnnouncement => draft.direct_member.and_then(named),
        }
    }
}

/// Something that two texts call differently, or that only one of them has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// What it is.
    pub role: Role,
    /// Its name in the one text.
    pub one: Option<String>,
    /// Its name in the other.
    pub other: Option<String>,
}

/// Everything of which two texts differ in the name.
pub(super) fn renamed(one: &Draft, other: &Draft) -> Vec<Renamed> {
    let roles = Role::ALL.into_iter();
    let both = roles.map(|role| Renamed {
        role,
        one: role.of(one),
        other: role.of(other),
    });
    both.filter(|r| r.one != r.other).collect()
}
