//! The callbacks that a client under test gets (Section 7.1).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde_json::json;
use tokio::net::TcpStream;
use url::Url;

use super::log::{Log, SentCallback};
use super::situation::Callback;
use super::stage::Stage;
use crate::target::Transport;
use crate::target::transport::Outgoing;

/// How long a client may take to listen.
const LISTENING: Duration = Duration::from_secs(5);
/// Between two looks, and between two callbacks.
const PAUSE: Duration = Duration::from_millis(100);
/// A token that no client has sent.
const FORGED: &str = "a-token-of-somebody-else-altogether";

/// Sends the callbacks of the situation, once there is a request that they can be about.
pub(super) async fn call(stage: &Stage, address: SocketAddr, way: &Transport) {
    let callbacks = stage.log().situation.callbacks;
    if callbacks.is_empty() {
        return;
    }
    let (member, code, token) = loop {
        if let Some(request) = request(&stage.log()) {
            break request;
        }
        tokio::time::sleep(PAUSE).await;
    };
    listening(address).await;
    let url = format!("http://{address}/callback");
    let url = Arc::new(Url::parse(&url).expect("an address makes a URL"));
    for callback in callbacks {
        tokio::time::sleep(PAUSE).await;
        let token = token.as_deref();
        let index = {
            let mut log = stage.log();
            let called = SentCallback {
                callback: *callback,
                sent: log.now(),
                answer: None,
            };
            log.callbacks.push(called);
            log.callbacks.len() - 1
        };
        let answer = match bearer(*callback, token) {
            Err(why) => Err(why.to_owned()),
            Ok(bearer) => {
                let mut body = json!({ member: code });
                if *callback == Callback::Extended {
                    body["x_unknown_member"] = json!({ "is": "to be skipped" });
                }
                let outgoing = outgoing(&url, &body.to_string(), bearer);
                let reply = way.send(outgoing).await;
                reply.map(|reply| reply.status).map_err(|e| e.to_string())
            }
        };
        let mut log = stage.log();
        let at = log.now();
        log.callbacks[index].answer = Some((at, answer));
    }
}

/// The member that names the code, the code, and the token of the request that was acknowledged.
fn request(log: &Log) -> Option<(&'static str, String, Option<String>)> {
    let code = log.code.clone()?;
    let opening = log.openings.iter().find(|one| one.is_deferred())?;
    let token = Log::value(&opening.form, log.draft.client_notification_token);
    Some((log.draft.deferral_code, code, token.map(str::to_owned)))
}

/// What a callback has for a token; where the client sent none, there is none to forge.
fn bearer(callback: Callback, token: Option<&str>) -> Result<Option<&str>, &'static str> {
    match (callback, token) {
        (Callback::Forged | Callback::Bare, None) => {
            Err("not sent: the client has no notification token")
        }
        (Callback::Forged, Some(_)) => Ok(Some(FORGED)),
        (Callback::Bare, Some(_)) => Ok(None),
        (Callback::Valid | Callback::Extended, token) => Ok(token),
    }
}

fn outgoing(url: &Arc<Url>, body: &str, bearer: Option<&str>) -> Outgoing {
    let json = HeaderValue::from_static("application/json");
    let mut headers = vec![(header::CONTENT_TYPE, json)];
    // What is no header value was no token either, and shows as a callback without one.
    let bearer = bearer.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
    headers.extend(bearer.map(|value| (header::AUTHORIZATION, value)));
    Outgoing {
        method: Method::POST,
        url: Arc::clone(url),
        headers,
        body: Bytes::from(body.to_owned()),
    }
}

/// Waits until somebody listens; who never does shows in the callback that fails.
async fn listening(address: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(address).await.is_err() && began.elapsed() < LISTENING {
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use dtr_model::draft::Draft;

    use super::*;
    use crate::client::log::{DEFERRED, Opening};
    use crate::client::situation::Situation;

    /// Others may have been tries before it, or have come since.
    #[test]
    fn a_callback_has_the_token_of_the_request_that_was_taken_up() {
        let situation = Situation::named("callbacks").unwrap();
        let mut log = Log::new(Draft::DEFAULT, situation);
        assert!(request(&log).is_none());
        for (token, said) in [
            ("one", "invalid_client"),
            ("two", DEFERRED),
            ("three", "access_denied"),
        ] {
            let name = Draft::DEFAULT.client_notification_token;
            log.openings.push(Opening {
                at: Duration::ZERO,
                form: vec![(name.to_owned(), token.to_owned())],
                answer: Some((Duration::ZERO, said.to_owned())),
            });
        }
        log.code = Some("code".to_owned());
        let (member, code, token) = request(&log).unwrap();
        assert_eq!((member, code.as_str()), ("deferral_code", "code"));
        assert_eq!(token.as_deref(), Some("two"));
    }
}
