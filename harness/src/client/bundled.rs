//! A client of ours: no more than the texts ask of one, and that in the order in which they do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower::service_fn;
use url::Url;

use super::setting::{AuthMethod, CLIENT_ID, CLIENT_SECRET, GRANT, SUBJECT, Setting};
use crate::json;
use crate::target::bundled::decoration::Public;
use crate::target::bundled::front::serve_plainly;
use crate::target::client::{Authentication, append};
use crate::target::discovery::Endpoints;
use crate::target::transport::{Http, Outgoing, Reply};
use crate::target::{Transport, TransportFailure};

/// Time allowed for an exchange.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest callback that is read, in octets.
const BODY_LIMIT: usize = 16 * 1024;

/// Asks for a token, and says how that ended.
pub(super) async fn run(setting: &Setting) -> String {
    match request(setting).await {
        Ok(outcome) => outcome,
        Err(why) => why.to_string(),
    }
}

type Why = Box<dyn std::error::Error + Send + Sync>;

/// A request that is pending.
struct Pending {
    code: String,
    interval: Duration,
    until: Instant,
}

async fn request(setting: &Setting) -> Result<String, Why> {
    let way = Transport::Http(Http::new(TIMEOUT, None)?);
    let endpoints = Endpoints::discover(&way, &setting.issuer).await?;
    // A new one for every request (Section 11.6), of 256 bits (Section 6.3).
    let token = secret()?;
    let told = Arc::new(Notify::new());
    let receiving = async {
        match setting.callback {
            Some(address) => receive(address, setting, &token, Arc::clone(&told)).await,
            None => std::future::pending().await,
        }
    };
    let asking = async {
        let initial = endpoints.initial(setting.draft)?;
        let reply = way
            .send(post(setting, initial, opening(setting, &token)))
            .await?;
        let pending = acknowledged(setting, &reply)?;
        poll(setting, &way, &endpoints, pending, &told).await
    };
    tokio::select! {
        outcome = asking => outcome,
        failed = receiving => failed,
    }
}

/// The parameters of the first request.
fn opening(setting: &Setting, token: &str) -> String {
    let draft = setting.draft;
    let mut form = String::new();
    if draft.own_endpoint.is_none() {
        append(&mut form, "grant_type", GRANT);
        append(&mut form, draft.completion_mode, draft.deferred);
    }
    append(&mut form, "scope", &setting.scope());
    if let Some(hint) = draft.user_hint {
        append(&mut form, hint, SUBJECT);
    }
    if setting.callback.is_some() {
        append(&mut form, draft.client_notification_token, token);
    }
    form
}

/// What the server says of a request that it takes up, with nothing missing (CIBA Core Section 7.4).
fn acknowledged(setting: &Setting, reply: &Reply) -> Result<Pending, Why> {
    let members = json::object(&reply.body)?;
    if reply.status != setting.draft.deferred_status {
        return Err(format!("not deferred: {}", error(&members)).into());
    }
    let number = |name| members.get(name).and_then(json::whole_number);
    let code = members.get(setting.draft.deferred_member);
    let code = code.and_then(Value::as_str).ok_or("the code is missing")?;
    let lifetime = number("expires_in").ok_or("expires_in is missing")?;
    let interval = number("interval").or(setting.draft.default_interval);
    Ok(Pending {
        code: code.to_owned(),
        interval: Duration::from_secs(interval.ok_or("interval is missing")?),
        until: Instant::now() + Duration::from_secs(lifetime),
    })
}

/// Polls until there is an outcome, each time an interval after the last answer. A callback ends the wait for the first
/// poll; that it may end another the texts leave open (C-22).
async fn poll(
    setting: &Setting,
    way: &Transport,
    endpoints: &Endpoints,
    mut pending: Pending,
    told: &Notify,
) -> Result<String, Why> {
    let draft = setting.draft;
    tokio::select! {
        () = tokio::time::sleep(pending.interval) => {}
        () = told.notified() => {}
    }
    while Instant::now() < pending.until {
        let mut form = String::new();
        append(&mut form, "grant_type", draft.deferred_grant);
        append(&mut form, draft.deferral_code, &pending.code);
        let url = Arc::clone(&endpoints.token);
        let reply = match way.send(post(setting, url, form)).await {
            // RFC 8628 Section 3.5 has this for connections that time out.
            Err(TransportFailure::TimedOut(_)) => {
                pending.interval *= 2;
                tokio::time::sleep(pending.interval).await;
                continue;
            }
            reply => reply?,
        };
        let members = json::object(&reply.body)?;
        match error(&members) {
            _ if reply.status == 200 => return Ok("a token".to_owned()),
            waits if draft.is_pending(waits) => {}
            "slow_down" => pending.interval += Duration::from_secs(draft.min_raise),
            other => return Err(other.into()),
        }
        tokio::time::sleep(pending.interval).await;
    }
    Err("the lifetime is over".into())
}

fn error(members: &Map<String, Value>) -> &str {
    let error = members.get("error").and_then(Value::as_str);
    error.unwrap_or("no OAuth error")
}

fn post(setting: &Setting, url: Arc<Url>, mut form: String) -> Outgoing {
    let authentication = match setting.auth_method {
        AuthMethod::ClientSecretBasic => Authentication::basic(CLIENT_ID, CLIENT_SECRET),
        AuthMethod::ClientSecretPost => Authentication::Post(CLIENT_SECRET.into()),
        AuthMethod::None => Authentication::None,
    };
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let mut headers = vec![(header::CONTENT_TYPE, kind)];
    authentication.apply(CLIENT_ID, &mut form, &mut headers);
    Outgoing {
        method: Method::POST,
        url,
        headers,
        body: Bytes::from(form),
    }
}

fn secret() -> Result<String, Why> {
    let mut octets = [0; 32];
    rand::fill(&mut octets).map_err(|_| "no randomness")?;
    Ok(URL_SAFE_NO_PAD.encode(octets))
}

/// Listens for callbacks (Section 7.1); what they say is advice, and polls decide.
async fn receive(
    address: SocketAddr,
    setting: &Setting,
    token: &str,
    told: Arc<Notify>,
) -> Result<String, Why> {
    let listener = TcpListener::bind(address).await?;
    let bearer: Arc<str> = format!("Bearer {token}").into();
    let member = setting.draft.deferral_code;
    let service = service_fn(move |request: Request<Body>| {
        let (bearer, told) = (Arc::clone(&bearer), Arc::clone(&told));
        async move {
            let status = heard(request, &bearer, member, &told).await;
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            Ok(response)
        }
    });
    match serve_plainly(listener, Public::new(service)).await {}
}

async fn heard(request: Request<Body>, bearer: &str, member: &str, told: &Notify) -> StatusCode {
    let (parts, body) = request.into_parts();
    let shown = parts.headers.get(header::AUTHORIZATION);
    if shown.is_none_or(|shown| shown.as_bytes() != bearer.as_bytes()) {
        return StatusCode::UNAUTHORIZED;
    }
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let members = body
        .ok()
        .and_then(|body| json::object(&body.to_bytes()).ok());
    if members.is_none_or(|members| !members.contains_key(member)) {
        return StatusCode::BAD_REQUEST;
    }
    told.notify_one();
    StatusCode::NO_CONTENT
}
