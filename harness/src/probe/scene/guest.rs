//! What a probe can do with a client that it brought along.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::{Halt, Scene};
use crate::driver::altered::Told;
use crate::driver::guest::Guest;

impl Scene {
    /// Registers a client (RFC 7591).
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] if the server does not take it, [`Halt::Failed`] without an answer.
    pub async fn guest(&mut self, metadata: &Value) -> Result<(Guest, Told), Halt> {
        let none = || Halt::Elsewhere("there is no registration endpoint".to_owned());
        let url = self.target.endpoints.registration.clone();
        let told = self
            .post("a registration", &url.ok_or_else(none)?, metadata)
            .await?;
        let client_id = told.text("client_id").ok_or_else(|| {
            let why = told.text("error_description").unwrap_or("without a reason");
            Halt::Elsewhere(format!("the client is not registered: {why}"))
        })?;
        let guest = Guest {
            client_id: client_id.to_owned(),
            secret: told.text("client_secret").map(str::to_owned),
            certificate: None,
        };
        Ok((guest, told))
    }

    /// Posts a form to the token endpoint in the name of a guest.
    ///
    /// # Errors
    /// [`Halt::Failed`] without an answer.
    pub async fn token_for(
        &mut self,
        guest: &Guest,
        purpose: &'static str,
        form: &[(&str, &str)],
    ) -> Result<Told, Halt> {
        let url = Arc::clone(&self.target.endpoints.token);
        self.form_of(guest, purpose, &url, form).await
    }

    /// Posts a form in the name of a guest.
    ///
    /// # Errors
    /// [`Halt::Failed`] without an answer.
    pub async fn form_of(
        &mut self,
        guest: &Guest,
        purpose: &'static str,
        url: &Arc<Url>,
        form: &[(&str, &str)],
    ) -> Result<Told, Halt> {
        let (observation, told) = self.session.posted_by(guest, purpose, url, form).await;
        self.told(purpose, observation, told)
    }

    /// Has the server defer the guest's next request.
    ///
    /// # Errors
    /// Those of [`event`](Self::event).
    pub async fn to_be_deferred(&mut self, guest: &Guest) -> Result<(), Halt> {
        let observation = self.session.to_be_deferred(guest).await;
        let what = "policy will defer the guest's next request".to_owned();
        self.note(what, observation).map(drop)
    }

    /// Does at the verification page what approves a device (RFC 8628 Section 3.3).
    ///
    /// # Errors
    /// [`Halt::Elsewhere`] if the page does not go along with it, [`Halt::Failed`] without an answer.
    pub async fn verify(&mut self, uri: &Url, user_code: &str) -> Result<(), Halt> {
        let (observation, done) = self.session.verified(uri, user_code).await;
        self.note("the user of the device approves".to_owned(), observation)?;
        let why = "the verification page does not answer as the target file says";
        done.then_some(())
            .ok_or_else(|| Halt::Elsewhere(why.to_owned()))
    }
}
