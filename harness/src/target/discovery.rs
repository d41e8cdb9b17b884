//! Finding the endpoints (RFC 8414).

use std::sync::Arc;

use bytes::Bytes;
use dtr_model::draft::Draft;
use http::Method;
use serde_json::{Map, Value};
use url::Url;

use super::error::{MetadataError, SetupError};
use super::transport::{Outgoing, Transport};
use crate::json;

const DEVICE_AUTHORIZATION: &str = "device_authorization_endpoint";
const BACKCHANNEL_AUTHENTICATION: &str = "backchannel_authentication_endpoint";
const TRANSACTION_AUTHORIZATION: &str = "transaction_authorization_endpoint";

/// Where a server's endpoints are.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// The issuer identifier.
    pub issuer: Arc<Url>,
    /// The metadata document.
    pub metadata: Arc<Url>,
    /// The token endpoint.
    pub token: Arc<Url>,
    /// The revocation endpoint, if there is one.
    pub revocation: Option<Arc<Url>>,
    /// The introspection endpoint (RFC 7662), if there is one.
    pub introspection: Option<Arc<Url>>,
    /// The authorization endpoint, if there is one.
    pub authorization: Option<Arc<Url>>,
    /// The endpoint for pushed authorization requests (RFC 9126), if there is one.
    pub pushed: Option<Arc<Url>>,
    /// The endpoint for devices (RFC 8628), if there is one.
    pub device_authorization: Option<Arc<Url>>,
    /// The endpoint for requests about users elsewhere (CIBA Core), if there is one.
    pub backchannel_authentication: Option<Arc<Url>>,
    /// The endpoint for challenged transactions (Transaction Challenge Section 5), if there is one.
    pub transaction_authorization: Option<Arc<Url>>,
    /// The endpoint for client registration (RFC 7591), if there is one.
    pub registration: Option<Arc<Url>>,
}

impl Endpoints {
    /// Reads the metadata of `issuer`: where RFC 8414 has them, otherwise where OpenID Connect Discovery has.
    ///
    /// # Errors
    /// [`SetupError::Url`] for an issuer that is no URL, [`SetupError::Metadata`] for a document that cannot be used.
    pub async fn discover(transport: &Transport, issuer: &str) -> Result<Self, SetupError> {
        let issuer = parse("issuer", issuer)?;
        let metadata = metadata_url(&issuer);
        let at_oauth = Self::read(transport, Arc::clone(&issuer), &metadata).await;
        let (url, read) = match at_oauth {
            Err(MetadataError::Status(404)) => {
                let url = openid_url(&issuer);
                match Self::read(transport, issuer, &url).await {
                    // That there is nothing either needs no second word.
                    Err(MetadataError::Status(_)) => (metadata, at_oauth),
                    at_openid => (url, at_openid),
                }
            }
            _ => (metadata, at_oauth),
        };
        read.map_err(|cause| SetupError::Metadata {
            url: url.to_string(),
            cause,
        })
    }

    /// A server without metadata, whose token endpoint is known.
    ///
    /// # Errors
    /// [`SetupError::Url`].
    pub fn at(issuer: &str, token: Arc<Url>) -> Result<Self, SetupError> {
        let issuer = parse("issuer", issuer)?;
        Ok(Self {
            metadata: metadata_url(&issuer),
            issuer,
            token,
            revocation: None,
            introspection: None,
            authorization: None,
            pushed: None,
            device_authorization: None,
            backchannel_authentication: None,
            transaction_authorization: None,
            registration: None,
        })
    }

    /// Where requests go that may be deferred: the token endpoint, or the one that a text has for them.
    ///
    /// # Errors
    /// [`SetupError::Metadata`] when the metadata do not name it.
    pub fn initial(&self, draft: &Draft) -> Result<Arc<Url>, SetupError> {
        let Some(name) = draft.own_endpoint else {
            return Ok(Arc::clone(&self.token));
        };
        let endpoint = match name {
            DEVICE_AUTHORIZATION => &self.device_authorization,
            BACKCHANNEL_AUTHENTICATION => &self.backchannel_authentication,
            TRANSACTION_AUTHORIZATION => &self.transaction_authorization,
            _ => &None,
        };
        endpoint.clone().ok_or_else(|| SetupError::Metadata {
            url: self.metadata.to_string(),
            cause: MetadataError::Member(name),
        })
    }

    async fn read(
        transport: &Transport,
        issuer: Arc<Url>,
        metadata: &Arc<Url>,
    ) -> Result<Self, MetadataError> {
        let reply = transport.send(get(Arc::clone(metadata))).await?;
        if reply.status != 200 {
            return Err(MetadataError::Status(reply.status));
        }
        let document: Map<String, Value> =
            json::object(&reply.body).map_err(|_| MetadataError::NotJson)?;
        let endpoint = |name: &'static str| {
            document
                .get(name)
                .and_then(Value::as_str)
                .and_then(|text| Url::parse(text).ok())
                .map(Arc::new)
                .ok_or(MetadataError::Member(name))
        };
        Ok(Self {
            issuer,
            metadata: Arc::clone(metadata),
            token: endpoint("token_endpoint")?,
            revocation: endpoint("revocation_endpoint").ok(),
            introspection: endpoint("introspection_endpoint").ok(),
            authorization: endpoint("authorization_endpoint").ok(),
            pushed: endpoint("pushed_authorization_request_endpoint").ok(),
            device_authorization: endpoint(DEVICE_AUTHORIZATION).ok(),
            backchannel_authentication: endpoint(BACKCHANNEL_AUTHENTICATION).ok(),
            transaction_authorization: endpoint(TRANSACTION_AUTHORIZATION).ok(),
            registration: endpoint("registration_endpoint").ok(),
        })
    }
}

/// A GET without a body.
pub(crate) fn get(url: Arc<Url>) -> Outgoing {
    Outgoing {
        method: Method::GET,
        url,
        headers: Vec::new(),
        body: Bytes::new(),
    }
}

/// Reads a URL that the set-up names.
///
/// # Errors
/// [`SetupError::Url`].
pub(super) fn parse(what: &'static str, value: &str) -> Result<Arc<Url>, SetupError> {
    Url::parse(value)
        .map(Arc::new)
        .map_err(|_| SetupError::Url {
            what,
            value: value.to_owned(),
        })
}

/// The well-known segment goes between host and path (RFC 8414 Section 3.1).
fn metadata_url(issuer: &Url) -> Arc<Url> {
    let mut url = issuer.clone();
    let path = format!(
        "/.well-known/oauth-authorization-server{}",
        issuer.path().trim_end_matches('/')
    );
    url.set_path(&path);
    Arc::new(url)
}

/// The well-known segment goes behind the path (OpenID Connect Discovery 1.0 Section 4).
fn openid_url(issuer: &Url) -> Arc<Url> {
    let mut url = issuer.clone();
    let path = format!(
        "{}/.well-known/openid-configuration",
        issuer.path().trim_end_matches('/')
    );
    url.set_path(&path);
    Arc::new(url)
}
