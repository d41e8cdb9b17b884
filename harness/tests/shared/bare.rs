//! A target without controls, and clients of nobody in particular. A part of `driver` and of `hostile`.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use dtr_harness::target::client::{Authentication, Client, Scopes};
use dtr_harness::target::discovery::Endpoints;
use dtr_harness::target::key::Key;
use dtr_harness::target::pool::{Kind, Pair, Pool, Shelf};
use dtr_harness::target::receiver::Inbox;
use dtr_harness::target::transport::Transport;
use dtr_harness::target::{Callbacks, Limits, Target, TimeSource};
use dtr_model::draft::Draft;
use url::Url;

/// A target at this base URL, on the wall clock, without callbacks.
pub(crate) fn target(base: &str, transport: Transport) -> Target {
    let at = |path: &str| Arc::new(Url::parse(&format!("{base}{path}")).expect("a URL"));
    Target {
        draft: Draft::DEFAULT,
        initial: at("/token"),
        endpoints: Endpoints {
            issuer: at("/"),
            metadata: at("/.well-known/oauth-authorization-server"),
            token: at("/token"),
            revocation: Some(at("/revoke")),
            introspection: None,
            authorization: None,
            pushed: None,
            device_authorization: None,
            backchannel_authentication: None,
            transaction_authorization: None,
            registration: None,
        },
        resource: None,
        visitors: transport.clone(),
        transport,
        control: None,
        time: TimeSource::Wall,
        tick_seconds: 5,
        pace: None,
        proofs: true,
        others: true,
        callbacks: Callbacks::Held,
        interaction: Default::default(),
        verification: Default::default(),
        client_cert_header: false,
        patience: std::time::Duration::ZERO,
        limits: Limits::USUAL,
        pool: pool(&Arc::new(Key::generate()), None, 0..4),
        proofs_made: AtomicU64::new(0),
    }
}

/// A pool with one pair of clients for each of these seeds.
pub(crate) fn pool(
    key: &Arc<Key>,
    inbox: Option<&Arc<Inbox>>,
    seeds: impl IntoIterator<Item = u64>,
) -> Pool {
    let kind = Kind {
        public: false,
        one_time: false,
        callback: true,
    };
    let others = [Arc::new(Key::generate()), Arc::new(Key::generate())];
    let pairs = seeds.into_iter().map(|seed| Pair {
        owner: client("owner"),
        other: client("other"),
        keys: [
            Arc::clone(key),
            Arc::clone(&others[0]),
            Arc::clone(&others[1]),
        ],
        inbox: inbox.cloned(),
        seed,
    });
    Pool::new(vec![Shelf::new(kind, pairs.collect())])
}

fn client(name: &str) -> Client {
    Client {
        client_id: name.into(),
        authentication: Authentication::basic(name, "secret"),
        redirect_uri: None,
        grant_type: "client_credentials".into(),
        asks: Arc::default(),
        prelude: Arc::default(),
        transport: None,
        scopes: Arc::new(Scopes {
            whole: "read write".into(),
            part: "read".into(),
            wider: "read write admin".into(),
            forbidden: "root".into(),
        }),
    }
}
