//! Connections that stall, break off, go on for ever or lead elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::Verdict::{Fail, Inconclusive};
use crate::support::{
    PATIENCE, comes_to, http, json_error, read_request, response, run, saying, serve, target,
};

const HONEST: &[u8] = br#"{"error":"invalid_grant"}"#;

/// Writes the same again and again until the other side has had enough.
pub(crate) async fn for_ever(mut stream: TcpStream, head: &[u8], again: &[u8]) {
    let mut sent = stream.write_all(head).await;
    while sent.is_ok() {
        sent = stream.write_all(again).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer() {
    let address = serve(|stream| async move {
        tokio::time::sleep(PATIENCE * 100).await;
        drop(stream);
    })
    .await;
    let target = target(&format!("http://{address}"), http(None));
    comes_to("no answer", target, Inconclusive).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_octets() {
    let address = serve(|mut stream| async move {
        for octet in json_error(HONEST) {
            if stream.write_all(&[octet]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let target = target(&format!("http://{address}"), http(None));
    comes_to("one octet at a time", target, Inconclusive).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_off() {
    let whole = json_error(HONEST);
    for upto in [0, 5, 40, whole.len() - HONEST.len(), whole.len() - 1] {
        let part: Arc<[u8]> = whole[..upto].into();
        saying("closed", part.to_vec(), Inconclusive).await;
        let address = serve(move |mut stream| {
            let part = Arc::clone(&part);
            async move {
                let _ = stream.write_all(&part).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
                // Closed so, a connection is reset.
                let _ = stream.set_zero_linger();
            }
        })
        .await;
        let target = target(&format!("http://{address}"), http(None));
        comes_to("reset", target, Inconclusive).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_that_is_too_long() {
    let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
    let octets = [head.as_bytes(), HONEST].concat();
    saying("closed", octets.clone(), Inconclusive).await;
    let octets: Arc<[u8]> = octets.into();
    let address = serve(move |mut stream| {
        let octets = Arc::clone(&octets);
        async move {
            let _ = stream.write_all(&octets).await;
            tokio::time::sleep(PATIENCE * 100).await;
        }
    })
    .await;
    comes_to(
        "open",
        target(&format!("http://{address}"), http(None)),
        Inconclusive,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_end() {
    let sized = "HTTP/1.1 400 Bad Request\r\nContent-Length: 4294967296\r\n\r\n";
    let chunked = "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n";
    let unsized_ = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    let block: &[u8] = &[b' '; 65536];
    let chunk: &[u8] = &[b"10000\r\n".as_slice(), block, b"\r\n"].concat();
    for (name, head, again) in [
        ("four gibibytes", sized, block),
        ("chunks", chunked, chunk),
        ("until closed", unsized_, block),
        (
            "headers",
            "HTTP/1.1 400 Bad Request\r\n",
            b"X-More: and more\r\n".as_slice(),
        ),
        (
            "one header",
            "HTTP/1.1 400 Bad Request\r\nX-More: ",
            &[b'x'; 4096],
        ),
        ("a status line", "HTTP/1.1 400 ", &[b'x'; 4096]),
        (
            "interim responses",
            "",
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
        ),
        (
            "chunk extensions",
            "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            &[b'x'; 4096],
        ),
        (
            "trailers",
            "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-More: and more\r\n",
        ),
    ] {
        let (head, again): (Arc<[u8]>, Arc<[u8]>) = (head.as_bytes().into(), again.into());
        let address = serve(move |stream| {
            let (head, again) = (Arc::clone(&head), Arc::clone(&again));
            async move { for_ever(stream, &head, &again).await }
        })
        .await;
        let target = target(&format!("http://{address}"), http(None));
        comes_to(name, target, Inconclusive).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_interim_responses_change_nothing() {
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(20);
    let octets = [interim.as_bytes(), &json_error(b"{\"error\":7}")].concat();
    saying("interim responses", octets, Fail).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_http() {
    for text in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "{\"error\":\"invalid_grant\"}",
        "HTTP/1.1 4000 Bad\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\nX : a\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: -2\r\n\r\n{}",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
        "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ] {
        let octets = text.as_bytes().to_vec();
        let expected = match text.starts_with("HTTP/1.1 101") {
            // A whole response, and none of the draft's.
            true => Fail,
            false => Inconclusive,
        };
        saying(text, octets, expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let elsewhere = serve(move |stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move { drop(stream) }
    })
    .await;
    let to = format!("http://{elsewhere}/token");
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for location in [
            to.as_str(),
            "file:///etc/passwd",
            "//[::1]:1/",
            "\u{7f}",
            "",
        ] {
            let head = format!("{status}\r\nLocation: {location}");
            let expected = match location {
                // No character of a header field, so no HTTP.
                "\u{7f}" => Inconclusive,
                _ => Fail,
            };
            saying(&head, response(&head, b"elsewhere"), expected).await;
        }
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

/// Octets behind a response are not taken for the answer to the next request.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_before_its_question_is_no_answer() {
    let address = serve(|mut stream| async move {
        let smuggled = b"{\"access_token\":\"x\",\"token_type\":\"Bearer\"}";
        let smuggled = response("200 OK\r\nContent-Type: application/json", smuggled);
        loop {
            let length = HONEST.len();
            let head = format!(
                "HTTP/1.1 400 Bad Request\r\nCache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            );
            let both = [head.as_bytes(), HONEST, &smuggled].concat();
            let _ = stream.write_all(&both).await;
            if !read_request(&mut stream).await {
                return;
            }
        }
    })
    .await;
    for _ in 0..20 {
        let outcome = run(target(&format!("http://{address}"), http(None))).await;
        for failure in &outcome.failures {
            assert!(!failure.detail.contains("token:"), "{}", failure.detail);
        }
    }
}
