//! A server of raw sockets, a target that speaks to it, and the verdict on it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dtr_harness::engine::{Engine, Outcome};
use dtr_harness::target::Target;
use dtr_harness::target::transport::{Http, Transport};
use dtr_model::event::{Event, TokenRequest};
use dtr_model::question::Readings;
use dtr_model::trace::Origin;
use dtr_model::{Terms, Trace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::bare;

/// What a trace has for a server that stalls.
pub(crate) const PATIENCE: Duration = Duration::from_millis(600);

/// What a server's manner comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// What it says breaks a rule.
    Fail,
    /// It said nothing that could be judged.
    Inconclusive,
}

/// Serves every connection so: each request is read to its end first.
pub(crate) async fn serve<F, Fut>(manner: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let manner = manner.clone();
            tokio::spawn(async move {
                if read_request(&mut stream).await {
                    manner(stream).await;
                }
            });
        }
    });
    address
}

/// Reads one request; whether there was one.
pub(crate) async fn read_request(stream: &mut TcpStream) -> bool {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return false,
            Ok(read) => request.extend_from_slice(&chunk[..read]),
        }
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let Some(end) = text.find("\r\n\r\n") else {
            continue;
        };
        let length = text.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if text.len() >= end + 4 + length.unwrap_or(0) {
            return true;
        }
    }
}

/// Writes and waits until the other side is gone, so that nothing is reset.
pub(crate) async fn say(mut stream: TcpStream, octets: &[u8]) {
    if stream.write_all(octets).await.is_ok() && stream.shutdown().await.is_ok() {
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    }
}

/// A response with its length, after which the connection is closed.
pub(crate) fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {head}\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// An error response as it should be, with this body.
pub(crate) fn json_error(body: &[u8]) -> Vec<u8> {
    response("400 Bad Request\r\nContent-Type: application/json", body)
}

/// A target at this base URL.
pub(crate) fn target(base: &str, transport: Transport) -> Arc<Target> {
    Arc::new(bare::target(base, transport))
}

pub(crate) fn http(extra_roots: Option<&str>) -> Transport {
    Transport::Http(Http::new(PATIENCE, extra_roots).expect("a client"))
}

/// Runs a few traces, which need no controls and no ticks.
pub(crate) async fn run(target: Arc<Target>) -> Outcome {
    let plain = Event::Request(TokenRequest::PLAIN);
    let traces = [
        vec![plain],
        vec![Event::POLL],
        vec![Event::REVOKE, plain, Event::POLL],
    ];
    let traces = traces.map(|events| Trace::new(Origin::Edge, Terms::CREDENTIALS, events));
    let stop = Arc::new(AtomicBool::new(false));
    let engine = Engine::new(target, Readings::lawful(), stop);
    engine.run(traces.to_vec(), |_| {}).await
}

/// Every trace comes to this verdict, each in time.
pub(crate) async fn comes_to(name: &str, target: Arc<Target>, expected: Verdict) {
    let began = Instant::now();
    let outcome = run(target).await;
    let took = began.elapsed();
    let told = (outcome.failures.len(), outcome.inconclusive.len());
    let wanted = match expected {
        Verdict::Fail => (3, 0),
        Verdict::Inconclusive => (0, 3),
    };
    let details: Vec<_> = outcome.failures.iter().map(|f| &f.detail).collect();
    let why: Vec<_> = outcome.inconclusive.iter().map(|(_, why)| why).collect();
    assert_eq!(told, wanted, "{name}: {details:?} {why:?}");
    // Nothing passed: every trace is accounted for.
    assert_eq!(outcome.traces as usize, told.0, "{name}");
    // A few exchanges one after the other, each with its own patience.
    assert!(took < PATIENCE * 6, "{name}: {took:?}");
    for text in details.into_iter().chain(why) {
        assert!(
            !text.is_empty() && !text.contains(char::is_control),
            "{name}: {text:?}"
        );
        assert!(text.chars().count() < 600, "{name}: {text}");
    }
}

/// The same for a server that says these octets and closes.
pub(crate) async fn saying(name: &str, octets: Vec<u8>, expected: Verdict) {
    let octets: Arc<[u8]> = octets.into();
    let address = serve(move |stream| {
        let octets = Arc::clone(&octets);
        async move { say(stream, &octets).await }
    })
    .await;
    comes_to(
        name,
        target(&format!("http://{address}"), http(None)),
        expected,
    )
    .await;
}
