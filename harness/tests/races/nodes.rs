//! One server behind two addresses passes; two servers that know nothing of each other are caught.

use std::net::SocketAddr;
use std::sync::Arc;

use dtr_harness::target::{Bundled, TransportKind};
use dtr_model::Trace;
use dtr_reference::{AuthorizationServer, Config, ManualClock, Parts};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::found::{races, run, start};

fn some_races() -> Vec<Trace> {
    races().into_iter().step_by(3).collect()
}

fn base(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}")).expect("a URL")
}

fn address(server: &Bundled) -> SocketAddr {
    let issuer = &server.target().endpoints.issuer;
    let sockets = issuer.socket_addrs(|| None).expect("an address");
    sockets[0]
}

/// Another address of the server at `to`.
async fn second_address(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut far) = TcpStream::connect(to).await else {
                    return;
                };
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                // Either side may end it.
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn two_addresses_of_one_server_pass() {
    let server = start(TransportKind::Http, |_, _| {}).await;
    let first = address(&server);
    let nodes = vec![base(first), base(second_address(first).await)];
    let server = server.by_way_of(nodes);
    let outcome = run(&server, &some_races(), 2).await;
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures[0]);
    assert!(
        outcome.inconclusive.is_empty(),
        "{:?}",
        outcome.inconclusive[0]
    );
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_share_nothing_are_caught() {
    let mut same: Option<(Config, u64)> = None;
    let server = start(TransportKind::Http, |config, parts| {
        same = Some((config.clone(), parts.clock.now()));
    })
    .await;
    let (config, now) = same.expect("the configuration was seen");
    let parts = Parts {
        clock: Arc::new(ManualClock::new(now)),
        ..Parts::default()
    };
    let stranger = AuthorizationServer::new(config, parts).expect("another server");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nodes = vec![
        base(address(&server)),
        base(listener.local_addr().expect("an address")),
    ];
    let serving =
        tokio::spawn(async move { stranger.serve(listener, None, std::future::pending()).await });
    let server = server.by_way_of(nodes);
    let races = some_races();
    let outcome = run(&server, &races, 2).await;
    // The stranger defers nothing unasked, so where it got the request there is no code; elsewhere it does not know the
    // code that it is polled for.
    let failed = outcome.failures.len();
    assert!(failed * 4 > races.len(), "{failed} of {}", races.len());
    server.shutdown().await;
    serving.abort();
}
