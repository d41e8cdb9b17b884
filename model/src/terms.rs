//! What is fixed before a deferral begins: the text that is followed, the
//! server's limits and the client's registration.

use serde::{Deserialize, Serialize};

use crate::draft::Draft;

/// The setting of one deferral. Times are in ticks; whoever runs a trace says
/// how many seconds a tick is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Terms {
    /// The text that both sides follow. The default edition is left unsaid where
    /// terms are written down.
    #[serde(default = "default_draft", skip_serializing_if = "is_default")]
    pub draft: &'static Draft,
    /// Least number of ticks between two polls (`interval`, Section 6.4).
    pub interval: u8,
    /// Lifetime of the deferral code in ticks (`expires_in`, Section 6.4).
    pub lifetime: u8,
    /// The client has no credentials of its own (Section 11.1).
    pub public: bool,
    /// The originating grant spends a one-time credential, as the
    /// Authorization Code Grant does (Section 11.2).
    pub one_time: bool,
    /// The client registered a callback endpoint and supplies a
    /// `client_notification_token` (Sections 6.3 and 7.2).
    pub callback: bool,
    /// How many ticks an approval lasts, where it has an end of its own; 0 where it
    /// has none (AROP Section 7.4).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub approval: u8,
}

impl Terms {
    /// Longest lifetime that a [`Deferral`](crate::Deferral) can count.
    pub const MAX_LIFETIME: u8 = 7;
    /// Longest interval, so that two raises still fit.
    pub const MAX_INTERVAL: u8 = 5;

    /// Longest approval that a [`Deferral`](crate::Deferral) can count.
    pub const MAX_APPROVAL: u8 = 3;

    /// A confidential client using the Client Credentials Grant.
    pub const CREDENTIALS: Terms = Terms {
        draft: Draft::DEFAULT,
        interval: 1,
        lifetime: 3,
        public: false,
        one_time: false,
        callback: true,
        approval: 0,
    };

    /// A public client using the Authorization Code Grant.
    pub const CODE: Terms = Terms {
        public: true,
        one_time: true,
        callback: false,
        ..Terms::CREDENTIALS
    };

    /// A wait of two ticks, so that an early poll and a restarted wait differ
    /// (C-20).
    pub const PACED: Terms = Terms {
        interval: 2,
        lifetime: 5,
        callback: false,
        ..Terms::CREDENTIALS
    };

    /// The same under another text, as far as it has such clients.
    #[must_use]
    pub fn under(self, draft: &'static Draft) -> Terms {
        draft.terms(self)
    }
}

fn default_draft() -> &'static Draft {
    Draft::DEFAULT
}

fn is_zero(ticks: &u8) -> bool {
    *ticks == 0
}

fn is_default(draft: &&'static Draft) -> bool {
    *draft == default_draft()
}
