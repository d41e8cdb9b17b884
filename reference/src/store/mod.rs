//! Where deferrals live, and the credentials they come from.
//!
//! A [`Store`] offers few operations, each atomic; what happens to a deferral is decided by the functions in
//! [`crate::deferral`], which the store runs on its record. In a database, [`Store::change_deferral`] is a transaction:
//! select for update, change, write back (or compare a version and try again, which is why the change may run twice).

mod memory;

use std::sync::Arc;

use async_trait::async_trait;

use crate::deferral::notice::CallbackAttempt;
use crate::deferral::{
    Approval, Caller, Cancellation, Decided, Decision, Deferral, FrozenRequest, Issued, Opening,
    PollAnswer, State, Step,
};
use crate::dpop::Thumbprint;
use crate::scope::Scope;
use crate::secret::{Credential, DeferralCode};
use crate::targets::Targets;

pub use memory::MemoryStore;

/// The store cannot answer. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("the store is unavailable: {0}")]
pub struct StoreError(pub String);

/// What a credential stands for: an authorization code, a refresh token, an assertion, a device code.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// The client it was issued to.
    pub client_id: Arc<str>,
    /// The resource owner who consented.
    pub subject: Arc<str>,
    /// What was consented to.
    pub scope: Scope,
    /// Whether that is the client's default scope, for want of another.
    pub by_default: bool,
    /// Resources and authorization details that were consented to.
    pub targets: Targets,
    /// What kind of credential stands for it.
    pub means: Means,
    /// Whether the authorization request hinted at deferral (Section 5.2).
    pub hinted: bool,
    /// First second at which the code no longer counts.
    pub expires_at: u64,
    /// The approval that a refresh token rests on (AROP Section 7.4).
    pub approval: Option<Approval>,
    /// What it was used for.
    pub used: Use,
}

/// How a credential is presented, besides by its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// An authorization code.
    Code {
        /// The redirect URI it was sent to.
        redirect_uri: String,
        /// The PKCE challenge (S256).
        code_challenge: String,
        /// The key that `dpop_jkt` names (RFC 9449 Section 10; only in pr-47).
        key: Option<Thumbprint>,
    },
    /// A device code that its user approved (RFC 8628).
    Device,
    /// A signed assertion (RFC 7523).
    Assertion,
    /// A refresh token.
    Refresh {
        /// The key it is bound to (C-49/A).
        key: Option<Thumbprint>,
    },
}

/// What a credential was used for. It feeds one token or one deferral, never more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// Not used yet.
    Unused,
    /// A token was issued at once.
    Completed,
    /// The request was deferred; the details let the same request be recognized (C-45/C).
    Deferred(Box<Representation>),
}

impl Use {
    /// Whether it was used for the request that was deferred as `code`.
    pub fn is_for(&self, code: &DeferralCode) -> bool {
        matches!(self, Self::Deferred(before) if before.deferral_code == *code)
    }
}

/// How to recognize a token request that is presented again because its deferred response was lost (C-45/C).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representation {
    /// The deferral it led to.
    pub deferral_code: DeferralCode,
    /// A digest of its parameters.
    pub parameters: [u8; 32],
    /// The key it was made with.
    pub key: Option<Thumbprint>,
    /// Last second at which it may be presented again.
    pub until: u64,
}

/// A change to one deferral, possibly run more than once.
pub type Change<'a> = dyn for<'d> FnMut(&'d mut Deferral) + Send + 'a;

/// Atomic storage. `now` is the server's clock, in seconds since the Unix epoch.
///
/// # Errors
/// Every operation fails with [`StoreError`] when the storage cannot be reached; then nothing was changed.
#[async_trait]
pub trait Store: Send + Sync {
    /// Adds a credential.
    async fn insert_authorization(
        &self,
        code: Credential,
        authorization: Authorization,
    ) -> Result<(), StoreError>;

    /// What a credential stands for, used or not.
    async fn authorization(
        &self,
        code: &Credential,
        now: u64,
    ) -> Result<Option<Authorization>, StoreError>;

    /// Marks an unused credential as completed. `false` when it was used before.
    async fn spend_authorization(&self, code: &Credential) -> Result<bool, StoreError>;

    /// Settles what became of a credential whose request was deferred as `deferral_code`. `false`, and nothing
    /// changed, when it was not, or is used for something else by now.
    async fn settle_authorization(
        &self,
        code: &Credential,
        deferral_code: &DeferralCode,
        used: Use,
    ) -> Result<bool, StoreError>;

    /// Adds a deferral and, in the same step, uses up the credential it came from, if any. `false`, and nothing
    /// added, when that was used before. Fails when the deferral code exists already.
    async fn insert_deferral(
        &self,
        code: DeferralCode,
        deferral: Deferral,
        from: Option<(Credential, Representation)>,
        now: u64,
    ) -> Result<bool, StoreError>;

    /// Runs `change` on the deferral, if it is known, with nobody else changing it meanwhile; whether it was known.
    async fn change_deferral(
        &self,
        code: &DeferralCode,
        now: u64,
        change: &mut Change<'_>,
    ) -> Result<bool, StoreError>;

    /// At most `limit` codes with a callback due, the longest due first.
    async fn callbacks_due(&self, now: u64, limit: usize) -> Result<Vec<DeferralCode>, StoreError>;

    /// Ends and forgets what time has ended, in at most `limit` steps; how many were taken.
    async fn sweep(&self, now: u64, limit: usize) -> Result<usize, StoreError>;
}

/// The transitions of a deferral, by name. `None` or `Unknown` when the code is not known.
impl dyn Store {
    /// See [`Deferral::poll`].
    pub async fn poll(
        &self,
        code: &DeferralCode,
        caller: &Caller<'_>,
        now: u64,
    ) -> Result<PollAnswer, StoreError> {
        let answer = self
            .with(code, now, |deferral| deferral.poll(caller, now))
            .await?;
        Ok(answer.unwrap_or(PollAnswer::Unknown))
    }

    /// See [`Deferral::malformed`].
    pub async fn malformed(
        &self,
        code: &DeferralCode,
        caller: &Caller<'_>,
        now: u64,
    ) -> Result<(), StoreError> {
        self.with(code, now, |deferral| deferral.malformed(caller, now))
            .await?;
        Ok(())
    }

    /// See [`Deferral::challenged`].
    pub async fn challenged(
        &self,
        code: &DeferralCode,
        client_id: &str,
        now: u64,
    ) -> Result<(), StoreError> {
        self.with(code, now, |deferral| deferral.challenged(client_id, now))
            .await?;
        Ok(())
    }

    /// See [`Deferral::redeem`].
    pub async fn redeem(
        &self,
        code: &DeferralCode,
        caller: &Caller<'_>,
        issued: &Issued,
        now: u64,
    ) -> Result<PollAnswer, StoreError> {
        let answer = self
            .with(code, now, |deferral| deferral.redeem(caller, issued, now))
            .await?;
        Ok(answer.unwrap_or(PollAnswer::Unknown))
    }

    /// See [`Deferral::cancel`].
    pub async fn cancel(
        &self,
        code: &DeferralCode,
        caller: &Caller<'_>,
        now: u64,
    ) -> Result<Cancellation, StoreError> {
        let cancellation = self
            .with(code, now, |deferral| deferral.cancel(caller, now))
            .await?;
        Ok(cancellation.unwrap_or(Cancellation::Void))
    }

    /// See [`Deferral::decide`].
    pub async fn decide(
        &self,
        code: &DeferralCode,
        decision: &Decision,
        now: u64,
    ) -> Result<Option<Decided>, StoreError> {
        self.with(code, now, |deferral| deferral.decide(decision, now))
            .await
    }

    /// See [`Deferral::client_id`].
    pub async fn client_id(
        &self,
        code: &DeferralCode,
        now: u64,
    ) -> Result<Option<String>, StoreError> {
        self.with(code, now, |deferral| deferral.client_id().to_owned())
            .await
    }

    /// See [`Deferral::state`]; `None` for a code that is not known.
    pub async fn state(&self, code: &DeferralCode, now: u64) -> Result<Option<State>, StoreError> {
        self.with(code, now, |deferral| deferral.state(now).clone())
            .await
    }

    /// See [`Deferral::set_step`].
    pub async fn set_step(
        &self,
        code: &DeferralCode,
        step: &Step,
        now: u64,
    ) -> Result<Option<()>, StoreError> {
        self.with(code, now, |deferral| deferral.set_step(step.clone()))
            .await
    }

    /// See [`Deferral::set_consent`].
    pub async fn set_consent(
        &self,
        code: &DeferralCode,
        valid: bool,
        now: u64,
    ) -> Result<Option<()>, StoreError> {
        self.with(code, now, |deferral| deferral.set_consent(valid))
            .await
    }

    /// See [`Deferral::awaits_interaction`].
    pub async fn awaits_interaction(
        &self,
        code: &DeferralCode,
        now: u64,
    ) -> Result<Option<FrozenRequest>, StoreError> {
        let request = self
            .with(code, now, |deferral| {
                deferral.awaits_interaction(now).cloned()
            })
            .await?;
        Ok(request.flatten())
    }

    /// See [`Deferral::undecided`].
    pub async fn undecided(
        &self,
        code: &DeferralCode,
        now: u64,
    ) -> Result<Option<FrozenRequest>, StoreError> {
        let request = self
            .with(code, now, |deferral| deferral.undecided(now).cloned())
            .await?;
        Ok(request.flatten())
    }

    /// See [`Deferral::replace_link`].
    pub async fn replace_link(
        &self,
        code: &DeferralCode,
        interaction_uri: &Arc<str>,
        now: u64,
    ) -> Result<(), StoreError> {
        self.with(code, now, |deferral| {
            deferral.replace_link(Arc::clone(interaction_uri))
        })
        .await?;
        Ok(())
    }

    /// See [`Deferral::opening`].
    pub async fn opening(
        &self,
        code: &DeferralCode,
        now: u64,
    ) -> Result<Option<Opening>, StoreError> {
        Ok(self
            .with(code, now, |deferral| deferral.opening(now))
            .await?
            .flatten())
    }

    /// See [`Deferral::standing`].
    pub async fn standing(
        &self,
        code: &DeferralCode,
        now: u64,
    ) -> Result<Option<Opening>, StoreError> {
        Ok(self
            .with(code, now, |deferral| deferral.standing(now))
            .await?
            .flatten())
    }

    /// See [`Deferral::stands`]; `None` for a code that is not known.
    pub async fn stands(&self, code: &DeferralCode, now: u64) -> Result<Option<bool>, StoreError> {
        self.with(code, now, |deferral| deferral.stands()).await
    }

    /// See [`Deferral::begin_callback`].
    pub async fn begin_callback(
        &self,
        code: &DeferralCode,
        now: u64,
        early: bool,
    ) -> Result<Option<CallbackAttempt>, StoreError> {
        let attempt = self
            .with(code, now, |deferral| deferral.begin_callback(now, early))
            .await?;
        Ok(attempt.flatten())
    }

    /// See [`Deferral::end_callback`].
    pub async fn end_callback(
        &self,
        code: &DeferralCode,
        now: u64,
        delivered: bool,
    ) -> Result<(), StoreError> {
        self.with(code, now, |deferral| deferral.end_callback(now, delivered))
            .await?;
        Ok(())
    }

    /// Whether the code is known.
    pub async fn knows(&self, code: &DeferralCode, now: u64) -> Result<bool, StoreError> {
        self.change_deferral(code, now, &mut |_| {}).await
    }

    async fn with<R: Send>(
        &self,
        code: &DeferralCode,
        now: u64,
        mut change: impl FnMut(&mut Deferral) -> R + Send,
    ) -> Result<Option<R>, StoreError> {
        let mut outcome = None;
        self.change_deferral(code, now, &mut |deferral| outcome = Some(change(deferral)))
            .await?;
        Ok(outcome)
    }
}
