//! The operations, whichever way they are carried out.

use std::sync::Arc;

use dtr_model::event::{Decision, Precondition, Steer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An operation by name, as the target file knows it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// Grant the request as it was made. Knows `{deferral_code}`; where approvals end, `{approved_for}`, in seconds.
    Approve,
    /// Grant a part of it. Knows what the former knows, and `{scope}`, the part.
    Narrow,
    /// Refuse it. Knows `{deferral_code}`.
    Deny,
    /// Ask for interaction. Knows `{deferral_code}`.
    NeedInteraction,
    /// Finish the interaction. Knows `{deferral_code}`.
    InteractionDone,
    /// Have the server see that the interaction has begun. Knows `{deferral_code}`.
    InteractionBegun,
    /// Take the request a step further that may be told of. Knows `{deferral_code}`.
    Progress,
    /// The resource owner withdraws consent. Knows `{deferral_code}`.
    WithdrawConsent,
    /// The consent holds again. Knows `{deferral_code}`.
    RestoreConsent,
    /// Disable the client. Knows `{client_id}`.
    DisableClient,
    /// Enable it again. Knows `{client_id}`.
    EnableClient,
    /// The client's default scope grows. Knows `{client_id}` and `{scope}`.
    WidenScope,
    /// The client's default scope becomes again what it was. Knows `{client_id}` and `{scope}`.
    RestoreScope,
    /// Defer the client's next request. Knows `{client_id}`.
    DeferNext,
    /// Defer it, and interaction is needed from the start. Knows `{client_id}`.
    InteractNext,
    /// Complete it at once. Knows `{client_id}`.
    CompleteNext,
    /// Refuse it. Knows `{client_id}`.
    DenyNext,
    /// Lose the response to the client's next request. Knows `{client_id}`.
    LoseNext,
    /// Attempt a callback that is due, now. Knows `{deferral_code}`.
    AttemptCallback,
    /// Move the clock. Knows `{seconds}`.
    AdvanceClock,
}

impl Name {
    /// Those that say what becomes of a client's next request.
    pub const STEER: [Name; 3] = [Name::DeferNext, Name::InteractNext, Name::CompleteNext];

    /// What it is for, in words that follow "needed to".
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Approve => "approve the request",
            Self::Narrow => "approve a part of the request",
            Self::Deny => "deny the request",
            Self::NeedInteraction => "ask for interaction",
            Self::InteractionDone => "finish the interaction",
            Self::InteractionBegun => "begin the interaction",
            Self::Progress => "take the request a step further",
            Self::WithdrawConsent => "withdraw the consent",
            Self::RestoreConsent => "restore the consent",
            Self::DisableClient => "disable the client",
            Self::EnableClient => "enable the client",
            Self::WidenScope => "widen the client's default scope",
            Self::RestoreScope => "restore the client's default scope",
            Self::DeferNext | Self::InteractNext | Self::CompleteNext => "steer the policy",
            Self::DenyNext => "refuse the next request",
            Self::LoseNext => "lose the next response",
            Self::AttemptCallback => "attempt a callback",
            Self::AdvanceClock => "move the clock",
        }
    }

    /// The operation that a decision takes.
    pub fn deciding(decision: Decision) -> Name {
        match decision {
            Decision::Approve => Self::Approve,
            Decision::Narrow => Self::Narrow,
            Decision::Deny => Self::Deny,
            Decision::NeedInteraction => Self::NeedInteraction,
            Decision::InteractionDone => Self::InteractionDone,
            Decision::InteractionBegun => Self::InteractionBegun,
        }
    }

    /// The operation that makes a precondition hold, or not.
    pub fn setting(precondition: Precondition, holds: bool) -> Name {
        match (precondition, holds) {
            (Precondition::Consent, true) => Self::RestoreConsent,
            (Precondition::Consent, false) => Self::WithdrawConsent,
            (Precondition::Client, true) => Self::EnableClient,
            (Precondition::Client, false) => Self::DisableClient,
        }
    }

    /// The operation that steers the policy so.
    pub fn steering(steer: Steer) -> Name {
        match steer {
            Steer::Defer => Self::DeferNext,
            Steer::Interact => Self::InteractNext,
            Steer::Complete => Self::CompleteNext,
            Steer::Refuse => Self::DenyNext,
        }
    }
}

/// An operation with what it is about.
#[derive(Debug, Clone)]
pub enum Operation {
    /// About one deferral code; `part` is what a narrowed approval grants.
    Code {
        /// Which operation.
        name: Name,
        /// The deferral code.
        code: Arc<str>,
        /// The scope of a narrowed approval.
        part: Arc<str>,
        /// Seconds that an approval lasts, where it has an end (AROP Section 7.4).
        lasts: Option<u64>,
    },
    /// About a client; `scope` is its new default, where the operation sets one.
    Client {
        /// Which operation.
        name: Name,
        /// The client.
        client_id: Arc<str>,
        /// Its default scope.
        scope: Arc<str>,
    },
    /// About the clock: seconds to go forward.
    Clock(u64),
}

impl Operation {
    /// An operation on a deferral code that takes nothing else.
    pub fn about(name: Name, code: &Arc<str>) -> Self {
        Self::Code {
            name,
            code: Arc::clone(code),
            part: "".into(),
            lasts: None,
        }
    }

    /// Which operation it is.
    pub fn name(&self) -> Name {
        match self {
            Self::Code { name, .. } | Self::Client { name, .. } => *name,
            Self::Clock(_) => Name::AdvanceClock,
        }
    }

    /// The values of the placeholders.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Code {
                code, part, lasts, ..
            } => {
                let ends = lasts.map(|seconds| ("approved_for", seconds.to_string()));
                let always = [
                    ("deferral_code", code.to_string()),
                    ("scope", part.to_string()),
                ];
                always.into_iter().chain(ends).collect()
            }
            Self::Client {
                client_id, scope, ..
            } => vec![
                ("client_id", client_id.to_string()),
                ("scope", scope.to_string()),
            ],
            Self::Clock(seconds) => vec![("seconds", seconds.to_string())],
        }
    }
}
