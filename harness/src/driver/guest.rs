//! Requests of a client that a probe brought along: registered by the probe (RFC 7591), and no party to the session.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use url::Url;

use super::Session;
use super::altered::{Told, concluded};
use super::decide::SILENCE;
use super::log::Log;
use super::observation::{Observation, Seen};
use crate::target::client::{Authentication, Credentials, append};
use crate::target::control::Name;
use crate::target::transport::Outgoing;

const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// A client that is registered for a probe alone.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The identifier that it was given.
    pub client_id: String,
    /// The secret it was given, for `client_secret_basic`.
    pub secret: Option<String>,
    /// Its certificate in DER, which is said to have come with its requests.
    pub certificate: Option<Vec<u8>>,
}

impl Guest {
    fn form(&self, parameters: &[(&str, &str)]) -> (String, Vec<(HeaderName, HeaderValue)>) {
        let mut form = String::new();
        for (name, value) in parameters {
            append(&mut form, name, value);
        }
        let mut headers = vec![(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )];
        let authentication = match &self.secret {
            Some(secret) => Authentication::basic(&self.client_id, secret),
            None => Authentication::None,
        };
        authentication
            .shown(Credentials::Own, &self.client_id)
            .apply(&self.client_id, &mut form, &mut headers);
        if let Some(der) = &self.certificate {
            // A byte sequence of RFC 8941, as RFC 9440 has it.
            let value = HeaderValue::try_from(format!(":{}:", STANDARD.encode(der)));
            headers.push((CLIENT_CERT, value.expect("base64 is visible ASCII")));
        }
        (form, headers)
    }
}

impl Session {
    /// Posts a form in the name of a guest.
    pub async fn posted_by(
        &mut self,
        guest: &Guest,
        purpose: &'static str,
        url: &Arc<Url>,
        parameters: &[(&str, &str)],
    ) -> (Observation, Option<Told>) {
        let mut log = Log::by(self.target.draft);
        let (form, headers) = guest.form(parameters);
        let outgoing = Outgoing {
            method: Method::POST,
            url: Arc::clone(url),
            headers,
            body: Bytes::from(form),
        };
        let result = log.send(&self.target.transport, purpose, outgoing).await;
        let told = result.map(|reply| Told::new(SILENCE, reply));
        concluded(log, told.map_err(Seen::Failed))
    }

    /// Has the server defer the guest's next request.
    pub async fn to_be_deferred(&mut self, guest: &Guest) -> Observation {
        let mut log = Log::by(self.target.draft);
        let told = self
            .control_client(&mut log, Name::DeferNext, &guest.client_id, "")
            .await;
        log.conclude(told.map_or_else(Seen::Failed, |_| SILENCE))
    }
}
