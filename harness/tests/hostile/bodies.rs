//! Bodies that say nothing, or two things at once.

use crate::support::Verdict::Fail;
use crate::support::{json_error, response, saying};

const DEFERRED: &str = r#""error":"authorization_pending","deferral_code":"LRGidcSAeVs_xYpEDt5pNx0A0TBr7qPHbh_Se6pfdf4""#;

#[tokio::test(flavor = "multi_thread")]
async fn no_json() {
    for text in [
        "",
        "{",
        "}",
        "null",
        "[]",
        "42",
        "{\"error\":}",
        "{'error':'slow_down'}",
        "<html>",
        "error=slow_down",
    ] {
        saying(text, json_error(text.as_bytes()), Fail).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_goes_deep() {
    for (open, name) in [("[", "arrays"), ("{\"a\":", "objects")] {
        saying(name, json_error(open.repeat(100_000).as_bytes()), Fail).await;
    }
    let whole = format!(
        "{{\"error\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    saying("whole", json_error(whole.as_bytes()), Fail).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_twice() {
    for text in [
        r#"{"error":"slow_down","error":"invalid_grant"}"#,
        r#"{"error":"invalid_grant","error":"invalid_grant"}"#,
        r#"{"error":"invalid_grant","x":{"y":1,"y":2}}"#,
        r#"{"error":"invalid_grant","\u0065rror":"access_denied"}"#,
    ] {
        saying(text, json_error(text.as_bytes()), Fail).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_no_clock_has() {
    for number in [
        "1e400",
        "-1",
        "1180591620717411303424",
        "0.5",
        "\"600\"",
        "null",
        "NaN",
        "01",
    ] {
        for (expires_in, interval) in [(number, "5"), ("600", number)] {
            let body =
                format!("{{{DEFERRED},\"expires_in\":{expires_in},\"interval\":{interval}}}");
            saying(&body, json_error(body.as_bytes()), Fail).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_charsets() {
    let text = r#"{"error":"invalid_grant"}"#;
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (name, body) in [
        ("byte order mark", marked),
        ("UTF-16LE", little),
        ("UTF-16BE", big),
        (
            "Latin-1",
            b"{\"error\":\"invalid_grant\",\"error_description\":\"\xe9\"}".to_vec(),
        ),
        ("overlong", b"{\"error\":\"\xc0\xaf\"}".to_vec()),
        ("surrogate", b"{\"error\":\"\\ud800\"}".to_vec()),
        ("NUL", b"{\"error\":\"invalid_grant\0\"}".to_vec()),
        (
            "NUL escaped",
            b"{\"error\":\"invalid_grant\\u0000\"}".to_vec(),
        ),
        ("NULs", vec![0; 4096]),
    ] {
        saying(name, json_error(&body), Fail).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn encodings_nobody_asked_for() {
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0; 10_000]].concat();
    for encoding in ["gzip", "deflate", "br", "zstd", "gzip, gzip, gzip"] {
        let head = format!(
            "400 Bad Request\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}"
        );
        saying(encoding, response(&head, &gzip), Fail).await;
        let plain = br#"{"error":"invalid_grant"}"#;
        saying(encoding, response(&head, plain), Fail).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_that_is_too_short() {
    let head = "HTTP/1.1 400 Bad Request\r\nCache-Control: no-store\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 10\r\n\r\n";
    saying(
        "short",
        format!("{head}{{\"error\":\"invalid_grant\"}}").into_bytes(),
        Fail,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_into_a_line_stays_in_it() {
    // The report quotes the server; the line it is quoted in stays one line.
    let body = r#"{"error":"a\r\nHTTP/1.1 200 OK\r\n\u001b[2J\u0000"}"#;
    saying("lines in an error", json_error(body.as_bytes()), Fail).await;
}
