//! What only servers that are wrong on purpose want to know of an exchange, or do to it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dtr_reference::wire;
use http::header;
use serde_json::json;
use url::form_urlencoded::parse;

use crate::exchange::{Answered, Asked};

impl Asked {
    pub(crate) fn is_revocation(&self) -> bool {
        self.path == wire::REVOKE
    }

    pub(crate) fn is_metadata(&self) -> bool {
        self.path == wire::METADATA
    }

    /// Whom the request says it comes from.
    pub(crate) fn client_id(&self) -> Option<String> {
        let Some(basic) = self.headers.get(header::AUTHORIZATION) else {
            return self.get("client_id").map(str::to_owned);
        };
        let encoded = basic.to_str().ok()?.split_once(' ')?.1;
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (id, _) = decoded.split_once(':')?;
        parse(id.as_bytes()).next().map(|(id, _)| id.into_owned())
    }

    /// Whether it asks to be deferred.
    pub(crate) fn opts_in(&self) -> bool {
        let own = self.draft.own_endpoint.is_some();
        self.is_initial() && (own || self.get(self.draft.completion_mode).is_some())
    }
}

impl Answered {
    pub(crate) fn is(&self, error: &str) -> bool {
        self.error() == Some(error)
    }

    pub(crate) fn is_deferred(&self) -> bool {
        self.issued().is_some()
    }

    /// Becomes a deferred response with this code instead.
    pub(crate) fn defer(&mut self, code: &str) {
        let status = self.draft.deferred_status;
        let mut members = json!({ "expires_in": 15, "interval": 5 });
        members[self.handle()] = code.into();
        if status != 200 {
            members["error"] = self.draft.pending.into();
        }
        self.become_json(status, members);
    }
}
