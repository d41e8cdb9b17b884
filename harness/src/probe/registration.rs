//! What may be registered as a callback endpoint (Sections 7.2, 11.4 and 11.5), where clients register themselves
//! (RFC 7591).

use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;

use super::{Halt, Need, Probe, Scene};

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "probe-endpoint-without-tls",
        does: "registers a callback endpoint that is no https URL",
        rows: &["DTR-11.4-01"],
        questions: &[],
        needs: &[Need::Registration],
        steps: |scene| Box::pin(without_tls(scene)),
    },
    Probe {
        id: "probe-endpoint-inside",
        does: "registers callback endpoints at addresses that are not public",
        rows: &["DTR-11.5-01"],
        questions: &[],
        needs: &[Need::Registration],
        steps: |scene| Box::pin(inside(scene)),
    },
];

/// The metadata of a client that names its callback endpoint (Section 7.2).
pub(crate) const ENDPOINT: &str = "deferred_client_notification_endpoint";

/// Loopback, private, link-local, unspecified; the last is loopback in IPv6.
pub(crate) const INSIDE: [&str; 6] = [
    "https://127.0.0.1/callback",
    "https://10.0.0.1/callback",
    "https://192.168.1.1/callback",
    "https://169.254.169.254/callback",
    "https://0.0.0.0/callback",
    "https://[::1]/callback",
];

/// A public address, so that nothing else is wrong with it.
pub(crate) const WITHOUT_TLS: &str = "http://93.184.216.34/callback";

async fn without_tls(scene: &mut Scene) -> Result<(), Halt> {
    let url = endpoint(scene).await?;
    let refused = is_refused(scene, &url, WITHOUT_TLS).await?;
    scene.check("DTR-11.4-01", refused, || {
        "a callback endpoint without TLS was registered".to_owned()
    });
    Ok(())
}

async fn inside(scene: &mut Scene) -> Result<(), Halt> {
    let url = endpoint(scene).await?;
    for address in INSIDE {
        let refused = is_refused(scene, &url, address).await?;
        scene.check("DTR-11.5-01", refused, || {
            format!("{address} was registered as a callback endpoint")
        });
    }
    Ok(())
}

/// The registration endpoint, where a client without callbacks can register: otherwise refusals say nothing.
async fn endpoint(scene: &mut Scene) -> Result<Arc<Url>, Halt> {
    let none = || Halt::Elsewhere("there is no registration endpoint".to_owned());
    let url = scene
        .target()
        .endpoints
        .registration
        .clone()
        .ok_or_else(none)?;
    let told = scene
        .post("a registration without callbacks", &url, &client(None))
        .await?;
    match told.reply.status {
        200..300 => Ok(url),
        status => Err(Halt::Elsewhere(format!(
            "a client without callbacks cannot register either: status {status}"
        ))),
    }
}

async fn is_refused(scene: &mut Scene, url: &Arc<Url>, callbacks: &str) -> Result<bool, Halt> {
    let told = scene
        .post("a registration", url, &client(Some(callbacks)))
        .await?;
    // RFC 7591 lets a server leave out what it does not take.
    let kept = told.text(ENDPOINT).is_some();
    Ok(told.reply.status >= 400 || !kept)
}

fn client(callbacks: Option<&str>) -> Value {
    let mut client = json!({
        "client_name": "a client that comes and goes",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic",
    });
    if let Some(callbacks) = callbacks {
        client[ENDPOINT] = callbacks.into();
    }
    client
}
