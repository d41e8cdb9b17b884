//! `dtr client`: the bundled client, and programs that are none.

use serde_json::Value;

use crate::support::{Place, dtr};

#[test]
fn the_bundled_client_passes_and_its_report_says_what_it_did() {
    let place = Place::new();
    let ran = place.run(&[
        "client",
        "--draft",
        "rfc8628",
        "--select",
        "denied",
        "--verbose",
        "--json",
        "client.json",
    ]);
    let ran = ran.exits(0);
    for words in [
        "client-stops-when-denied",
        "poll",
        "access_denied",
        "pass: bundled client",
    ] {
        assert!(ran.out.contains(words), "{words} in {}", ran.out);
    }
    let report: Value = serde_json::from_str(&place.read("client.json")).unwrap();
    assert_eq!(report["verdict"], "pass");
    let checks = report["checks"].as_array().unwrap();
    let denied = checks
        .iter()
        .find(|check| check["id"] == "client-stops-when-denied");
    assert_eq!(denied.unwrap()["verdict"], "pass");
    assert_eq!(denied.unwrap()["requirements"][0], "DEV-3.5-12");
    let schema: Value = serde_json::from_str(&dtr(&["schema", "client"]).exits(0).out).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
}

#[cfg(unix)]
#[test]
fn a_program_that_asks_for_nothing_gets_no_verdict_and_its_words_are_told() {
    let words = "this is no client";
    let script = format!("echo {words} >&2; exit 3");
    let ran = dtr(&[
        "client", "--select", "denied", "--", "/bin/sh", "-c", &script,
    ])
    .exits(3);
    assert!(ran.out.contains(words), "{}", ran.out);
    assert!(
        ran.out.contains("No request for a token came"),
        "{}",
        ran.out
    );
}

#[test]
fn what_cannot_be_played_is_refused() {
    dtr(&["client", "--", "no-such-program-anywhere"])
        .refuses(&["no-such-program-anywhere", "after --"]);
    dtr(&["client", "--select", "nix"]).refuses(&["nix", "denied", "expired"]);
    dtr(&["client", "--auth-method", "none"]).refuses(&["--auth-method none", "rfc8628"]);
    dtr(&["client", "--json", "no/such/folder/client.json"]).refuses(&["cannot write", "no/such"]);
    dtr(&["client", "--draft", "arop-txn"]).refuses(&["arop-txn", "protected resource"]);
}
