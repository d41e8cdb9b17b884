//! A request that may be made again and again, made again: another code (C-47/A), or the same, if its parameters are
//! the same (C-47/B), or if it asks for the same authorization (AROP Section 7.2).
//!
//! What is the same is kept in the process; a server of several nodes would keep it in its shared store.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::deferral::{FrozenRequest, Opening};
use crate::error::OAuthError;
use crate::secret::DeferralCode;
use crate::server::Context;

/// What makes a request the same as another.
pub(crate) enum Repeated {
    /// Nothing does.
    Never,
    /// Its parameters, its client, its key.
    ByParameters(String),
    /// Its client, its key, and what it asks for, in whatever order. Only while a token may come of the first one.
    ByAuthorization(String),
}

impl Repeated {
    /// C-47/B.
    pub(crate) fn by_parameters(request: &FrozenRequest, parameters: [u8; 32]) -> Self {
        let parameters = URL_SAFE_NO_PAD.encode(parameters);
        Self::ByParameters(format!(
            "{} {:?} {parameters}",
            request.client_id, request.key
        ))
    }

    /// AROP Section 7.2, in an edition that has it.
    pub(crate) fn by_authorization(request: &FrozenRequest, context: &Context) -> Self {
        match context.config.draft.requests_idempotent {
            true => Self::ByAuthorization(sought(request)),
            false => Self::Never,
        }
    }

    /// The code of the same request before, and what there is to say of it now.
    pub(crate) async fn before(
        &self,
        context: &Context,
        now: u64,
    ) -> Result<Option<(DeferralCode, Opening)>, OAuthError> {
        let Some(code) = self
            .name()
            .and_then(|same| context.repeatable.get(same, now))
        else {
            return Ok(None);
        };
        let opening = match self {
            Self::ByAuthorization(_) => context.store.standing(&code, now).await?,
            Self::ByParameters(_) | Self::Never => context.store.opening(&code, now).await?,
        };
        Ok(opening.map(|opening| (code, opening)))
    }

    /// Remembers the code for the next of the kind.
    pub(crate) fn remember(&self, context: &Context, code: &DeferralCode, until: u64, now: u64) {
        if let Some(same) = self.name() {
            context.repeatable.insert(same, code.clone(), until, now);
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Never => None,
            Self::ByParameters(same) | Self::ByAuthorization(same) => Some(same),
        }
    }
}

/// Who asks for what, about whom, and by which key. Of a challenge its transaction says it all.
fn sought(request: &FrozenRequest) -> String {
    let resources = sorted(request.targets.resources().iter());
    let what = match &request.transaction {
        Some(challenged) => format!("{:?}", challenged.txn),
        None => format!(
            "{:?} {:?} {:?} {:?}",
            request.subject,
            request.issued_token_type,
            sorted(request.scope.iter()),
            sorted(request.targets.details().iter().map(Value::to_string)),
        ),
    };
    format!(
        "{:?} {:?} {resources:?} {what}",
        request.client_id, request.key
    )
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<_> = values.collect();
    values.sort();
    values
}
