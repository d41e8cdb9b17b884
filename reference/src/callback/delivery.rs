//! The callback request (Section 7.1), guarded as Section 11.5 asks: timeouts, a bounded body that nobody looks at, no
//! redirects, no proxy, and only addresses that passed the check.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};
use reqwest::{Certificate, Client, redirect, retry};
use serde_json::json;

use super::address::{CheckedResolver, may_call_literal};
use crate::config::CallbackConfig;
use crate::error::SetupError;
use crate::secret::{DeferralCode, NotificationToken};

/// Makes callback requests. Connections are kept and reused, each to the address it was checked for.
#[derive(Debug)]
pub(crate) struct Courier {
    client: Client,
    read_timeout: Duration,
    max_body: usize,
    allow_private: bool,
}

impl Courier {
    pub(crate) fn new(config: &CallbackConfig) -> Result<Self, SetupError> {
        let extra_roots = match &config.extra_root_pem {
            Some(pem) => Certificate::from_pem_bundle(pem.as_bytes())?,
            None => Vec::new(),
        };
        let client = Client::builder()
            .https_only(true)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .connect_timeout(Duration::from_secs(config.connect_timeout))
            .read_timeout(Duration::from_secs(config.read_timeout))
            // No single limit may be dodged by sending an octet now and then.
            .timeout(Duration::from_secs(
                config
                    .connect_timeout
                    .saturating_add(config.read_timeout.saturating_mul(2)),
            ))
            .dns_resolver(Arc::new(CheckedResolver {
                allow_private: config.allow_private_addresses,
            }))
            .tls_certs_merge(extra_roots)
            .build()?;
        Ok(Self {
            client,
            read_timeout: Duration::from_secs(config.read_timeout),
            max_body: config.max_body,
            allow_private: config.allow_private_addresses,
        })
    }

    /// Calls the endpoint; the status of its response, or nothing if there was none. The code is in the body, as the
    /// member `name`, and the token in the header, never in the URL (Section 11.5).
    pub(crate) async fn deliver(
        &self,
        endpoint: &str,
        name: &str,
        code: &DeferralCode,
        token: Option<&NotificationToken>,
    ) -> Option<u16> {
        let url = url::Url::parse(endpoint).ok()?;
        if !may_call_literal(&url, self.allow_private) {
            tracing::warn!(
                host = url.host_str(),
                "callback refused: not a public address"
            );
            return None;
        }
        let body = json!({ name: code.expose() }).to_string();
        let mut request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        if let Some(token) = token {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok()?;
            bearer.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, bearer);
        }
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                self.drain(response).await;
                Some(status)
            }
            Err(error) => {
                // Without the URL: it is the client's, and may be telling.
                tracing::debug!(error = %error.without_url(), "callback not delivered");
                None
            }
        }
    }

    /// Reads a short body to its end, so that the connection can be used again; drops the connection on a longer or
    /// slower one. What it says is ignored.
    async fn drain(&self, mut response: reqwest::Response) {
        let reading = async {
            let mut left = self.max_body;
            while let Ok(Some(chunk)) = response.chunk().await {
                match left.checked_sub(chunk.len()) {
                    Some(rest) => left = rest,
                    None => return,
                }
            }
        };
        let _ = tokio::time::timeout(self.read_timeout, reading).await;
    }
}
