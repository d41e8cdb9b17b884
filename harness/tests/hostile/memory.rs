//! How much memory the worst of them take: the peak of a whole process that met them all.

use std::process::Command;
use std::sync::Arc;

use crate::connections::for_ever;
use crate::support::{http, run, serve, target};

/// Mebibytes that a process may grow by while it meets servers that never end. Bodies are read up to 1 MiB, and three
/// traces are under way.
const BOUND: u64 = 32;

/// The greatest part of this process that was ever in memory, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let words = line.and_then(|line| line.split_whitespace().nth(1));
    words
        .and_then(|kib| kib.parse().ok())
        .expect("a number of KiB")
}

/// A process of its own, so that other tests do not count.
#[cfg(target_os = "linux")]
#[test]
fn the_peak_is_bounded() {
    let itself = std::env::current_exe().expect("a path");
    let child = Command::new(itself)
        .args([
            "--ignored",
            "--exact",
            "memory::all_that_never_ends",
            "--nocapture",
        ])
        .output()
        .expect("this very test, run again");
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && told.contains("1 passed"),
        "{told}"
    );
    println!(
        "{}",
        told.lines()
            .find(|line| line.contains("KiB"))
            .unwrap_or_default()
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the_peak_is_bounded in a process of its own"]
async fn all_that_never_ends() {
    let block: &[u8] = &[b' '; 65536];
    let deep: &[u8] = &[b'['; 65536];
    let chunk: &[u8] = &[b"10000\r\n".as_slice(), block, b"\r\n"].concat();
    let sized = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4294967296\r\n\r\n".as_slice();
    let chunked = b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice();
    let bomb =
        b"HTTP/1.1 400 Bad Request\r\nContent-Encoding: gzip\r\nContent-Length: 4294967296\r\n\r\n";
    // What only being here takes: a client, its certificates, its threads.
    drop(run(target("http://127.0.0.1:1", http(None))).await);
    let before = peak();
    for (head, again) in [
        (sized, block),
        (sized, deep),
        (chunked, chunk),
        (bomb.as_slice(), block),
        (b"HTTP/1.1 400 Bad Request\r\n", b"X-More: and more\r\n"),
        (b"HTTP/1.1 400 Bad Request\r\nX-More: ", block),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    ] {
        let (head, again): (Arc<[u8]>, Arc<[u8]>) = (head.into(), again.into());
        let address = serve(move |stream| {
            let (head, again) = (Arc::clone(&head), Arc::clone(&again));
            async move { for_ever(stream, &head, &again).await }
        })
        .await;
        let outcome = run(target(&format!("http://{address}"), http(None))).await;
        assert_eq!(outcome.inconclusive.len(), 3, "{:?}", outcome.failures);
    }
    let after = peak();
    println!("peak {before} KiB before, {after} KiB after");
    assert!(
        after - before < BOUND * 1024,
        "{before} KiB before, {after} KiB after"
    );
}
