//! Servers that are broken below OAuth: no answer of theirs is taken for one, and none stops the driver.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dtr_harness::driver::{Seen, Session, check_metadata};
use dtr_harness::target::TransportFailure;
use dtr_harness::target::transport::{BODY_LIMIT, Http, Transport};
use dtr_model::Terms;
use dtr_model::event::{Caller, Event, TokenRequest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::bare;

/// Long enough for a busy machine, and short enough to wait for.
const PATIENCE: Duration = Duration::from_secs(10);
const IMPATIENCE: Duration = Duration::from_millis(300);

/// What a server does once it has read a request.
#[derive(Clone)]
enum Manner {
    /// Writes these octets and closes.
    Write(Vec<u8>),
    /// Closes without a word.
    Close,
    /// Says nothing and stays.
    Stay,
}

async fn serve(manner: Manner) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let manner = manner.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 64 * 1024];
                let _ = stream.read(&mut request).await;
                match manner {
                    Manner::Write(octets) => {
                        let _ = stream.write_all(&octets).await;
                        let _ = stream.shutdown().await;
                        // Closed with something unread, the connection would be reset.
                        while stream.read(&mut request).await.is_ok_and(|read| read > 0) {}
                    }
                    Manner::Close => {}
                    Manner::Stay => tokio::time::sleep(Duration::from_secs(60)).await,
                }
            });
        }
    });
    address
}

/// What every kind of request to this server leads to.
async fn all_of(address: SocketAddr) -> Vec<Seen> {
    all_within(address, PATIENCE).await
}

async fn all_within(address: SocketAddr, timeout: Duration) -> Vec<Seen> {
    let transport = Transport::Http(Http::new(timeout, None).expect("a client"));
    let target = Arc::new(bare::target(&format!("http://{address}"), transport));
    let terms = Terms::CREDENTIALS;
    let lease = target.lease(&terms).expect("a lease");
    let mut session = Session::new(Arc::clone(&target), lease, terms);
    let revoke = Event::Revoke {
        by: Caller::OtherKey,
    };
    let mut seen = vec![check_metadata(&target).await.answer];
    for event in [Event::Request(TokenRequest::PLAIN), Event::POLL, revoke] {
        seen.push(session.perform(event).await.answer);
    }
    drop(session.finish().await);
    seen
}

async fn fails(manner: Manner, expected: fn(&TransportFailure) -> bool) {
    let timeout = match manner {
        Manner::Stay => IMPATIENCE,
        _ => PATIENCE,
    };
    for seen in all_within(serve(manner).await, timeout).await {
        let Seen::Failed(failure) = &seen else {
            panic!("{seen:?}");
        };
        assert!(expected(failure), "{failure:?}");
        assert!(!failure.to_string().is_empty());
    }
}

fn response(head: &str, body: &[u8]) -> Manner {
    // This server closes after each response. Unsaid, the next request may find a
    // connection that is being closed.
    let length = body.len();
    let mut octets =
        format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n")
            .into_bytes();
    octets.extend_from_slice(body);
    Manner::Write(octets)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    for seen in all_of(address).await {
        assert!(
            matches!(seen, Seen::Failed(TransportFailure::Unreachable(_))),
            "{seen:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_end_early() {
    let closed = |failure: &TransportFailure| *failure == TransportFailure::ConnectionClosed;
    fails(Manner::Close, closed).await;
    let half = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{\"error\"".to_vec();
    fails(Manner::Write(half), closed).await;
    let head_only = b"HTTP/1.1 400 Bad".to_vec();
    fails(Manner::Write(head_only), closed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_servers() {
    fails(Manner::Stay, |failure| {
        matches!(failure, TransportFailure::TimedOut(_))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_protocols() {
    let ssh = b"SSH-2.0-OpenSSH_9.6\r\n".to_vec();
    fails(Manner::Write(ssh), |failure| {
        matches!(failure, TransportFailure::Malformed(_))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_bodies() {
    let huge = vec![b' '; BODY_LIMIT + 1];
    fails(response("400 Bad Request", &huge), |failure| {
        matches!(failure, TransportFailure::TooLarge(_))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_no_sense() {
    let nested = "[".repeat(100_000);
    let deep_object = format!("{{\"error\":{}", "{\"a\":".repeat(100_000));
    for (head, body) in [
        ("400 Bad Request", "<html>no</html>"),
        ("400 Bad Request", ""),
        ("400 Bad Request", "{}"),
        ("400 Bad Request", "[]"),
        ("400 Bad Request", "null"),
        ("400 Bad Request", r#"{"error":7}"#),
        ("400 Bad Request", r#"{"error":"unheard_of"}"#),
        ("400 Bad Request", r#"{"error":"authorization_pending""#),
        ("400 Bad Request", nested.as_str()),
        ("400 Bad Request", deep_object.as_str()),
        ("500 Internal Server Error", r#"{"error":"server_error"}"#),
        ("503 Service Unavailable", "later"),
        ("302 Found\r\nLocation: https://127.0.0.1:1/", "elsewhere"),
        (
            "201 Created",
            r#"{"access_token":"x","token_type":"Bearer"}"#,
        ),
        ("404 Not Found", "\u{7}\u{1b}[31m"),
    ] {
        for seen in all_of(serve(response(head, body.as_bytes())).await).await {
            assert!(matches!(seen, Seen::Strange(_)), "{head}: {seen:?}");
            let Seen::Strange(what) = seen else { continue };
            assert!(!what.contains(char::is_control), "{what:?}");
        }
    }
    let not_utf8 = response("400 Bad Request", b"{\"error\":\"\xff\xfe\"}");
    for seen in all_of(serve(not_utf8).await).await {
        assert!(matches!(seen, Seen::Strange(_)), "{seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn success_without_content() {
    let seen = all_of(serve(response("200 OK", b"")).await).await;
    assert!(
        matches!(
            seen[..3],
            [Seen::Strange(_), Seen::Strange(_), Seen::Strange(_)]
        ),
        "{seen:?}"
    );
    // A revocation needs none (RFC 7009 Section 2.2).
    assert!(
        matches!(seen[3], Seen::Answer(dtr_model::event::Answer::Revoked)),
        "{seen:?}"
    );
}
