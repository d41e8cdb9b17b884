//! The same server behind a listener: dropped connections, hostile HTTP, shutdown.

use std::net::SocketAddr;
use std::time::Duration;

use dtr_reference::{AuthorizationServer, Parts};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::config;

struct Listening {
    public: SocketAddr,
    control: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
}

async fn listening() -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let control_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (public, control) = (
        listener.local_addr().unwrap(),
        control_listener.local_addr().unwrap(),
    );
    let mut config = config();
    config.issuer = format!("http://{public}");
    let server = AuthorizationServer::new(config, Parts::default()).unwrap();
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(async move {
        let shutdown = async { drop(stopped.await) };
        server
            .serve(listener, Some(control_listener), shutdown)
            .await
    });
    Listening {
        public,
        control,
        stop,
        done,
    }
}

/// Writes octets and reads until the peer closes.
async fn talk(address: SocketAddr, octets: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The peer may close before everything is written.
    let _ = stream.write_all(octets).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer))
        .await
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// `service:service-secret`, and the form content type.
const BY_SERVICE: &str = "authorization: Basic c2VydmljZTpzZXJ2aWNlLXNlY3JldA==\r\n\
                          content-type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn a_dropped_response_closes_the_connection_in_silence() {
    let server = listening().await;
    let body = "grant_type=client_credentials&scope=payments&completion_mode=deferred";
    let answer = talk(server.public, &post("/token", BY_SERVICE, body)).await;
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("deferral_code"),
        "{answer}"
    );
    let drop = json!({ "client_id": "service" }).to_string();
    assert!(
        talk(server.control, &post("/control/drop", "", &drop))
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert_eq!(
        talk(server.public, &post("/token", BY_SERVICE, body)).await,
        ""
    );
    assert!(
        !talk(server.public, &post("/token", BY_SERVICE, body))
            .await
            .is_empty()
    );
    // The control endpoints are on their own listener only.
    assert!(
        talk(server.public, &post("/control/drop", "", &drop))
            .await
            .starts_with("HTTP/1.1 404")
    );
}

#[tokio::test]
async fn shutdown_ends_everything() {
    let server = listening().await;
    // An idle connection does not hold it up.
    let idle = TcpStream::connect(server.public).await.unwrap();
    server.stop.send(()).unwrap();
    let done = tokio::time::timeout(Duration::from_secs(8), server.done).await;
    assert!(matches!(done, Ok(Ok(Ok(())))), "{done:?}");
    assert!(TcpStream::connect(server.public).await.is_err());
    assert!(TcpStream::connect(server.control).await.is_err());
    drop(idle);
}

#[tokio::test]
async fn big_and_broken_requests_get_client_errors() {
    let server = listening().await;
    let big = "x".repeat(1_000_000);
    let cases = [
        post("/token", BY_SERVICE, &big),
        post("/revoke", BY_SERVICE, &format!("token={big}")),
        post("/token", "content-type: application/json\r\n", "{}"),
        b"GET /token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec(),
        b"GARBAGE\r\n\r\n".to_vec(),
        b"GET /authorize?%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec(),
    ];
    for octets in cases {
        let answer = talk(server.public, &octets).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    }
}
