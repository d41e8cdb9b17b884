//! Callbacks that come when the server pleases, to the address that the target file names (Section 7).

use crate::certificates::Authority;
use crate::support::Place;
use crate::target::{Setup, free};

/// Decisions are ours, callbacks are not.
const CONTROL: &str = r#"
[control]
kind = "reference"
url = "{control}"
operations = ["approve", "deny"]
"#;

/// The server's settings for callbacks to us.
fn callback(delay: u64, authority: &str) -> String {
    format!("delay = {delay}\nallow_private_addresses = true\nextra_root_pem = '''\n{authority}'''")
}

/// A server on the wall clock that calls `service` at `registered`, so many seconds after a decision, and a suite that
/// listens at `address`.
fn calling(registered: &str, address: &str, delay: u64) -> Setup {
    let authority = Authority::new("the receiver's");
    let change = |place: &Place, config: String| {
        place.write("receiver.pem", &authority.issue("localhost"));
        let endpoint = format!("deferred_client_notification_endpoint = \"{registered}\"");
        let service = "client_id = \"service\"";
        config
            .replace("delay = 1", &callback(delay, &authority.pem))
            .replace(service, &format!("{service}\n{endpoint}"))
    };
    let setup = Setup::changed(1, 10, false, change);
    let text = setup.place.read("target.toml");
    let service = "client_id = \"service\"";
    let text = text.replace(service, &format!("{service}\ncallbacks = true"));
    setup.place.write("target.toml", &text);
    let receiver = format!(
        "[receiver]\nlisten = \"{address}\"\nurl = \"{}\"\ncertificate = \"receiver.pem\"\n",
        url(address)
    );
    setup.with(&receiver).with(CONTROL)
}

fn url(address: &str) -> String {
    let (_, port) = address.rsplit_once(':').expect("a port");
    format!("https://localhost:{port}/callback")
}

#[test]
fn callbacks_are_received_and_judged_when_the_server_pleases() {
    let address = free();
    let setup = calling(&format!("{}/service", url(&address)), &address, 0);
    let ran = setup.dtr(&["doctor"]).exits(0);
    ran.says(&["a callback: it arrives"]);
    let ran = setup.dtr(&["run", "--select", "danger,fork", "--json", "report.json"]);
    ran.exits(0).says(&["pass: http://127.0.0.1"]);
    assert!(callbacks(&setup) > 0);
    let report = report(&setup);
    // Bearer, code and where it came: what there is to judge of a callback.
    for id in ["DTR-7.1-01", "DTR-7.1-02", "K-7-02", "K-7.1-01"] {
        let checks = report["checks"].as_array().expect("checks");
        let check = checks.iter().find(|check| check["id"] == id);
        assert_eq!(check.map(|c| &c["verdict"]), Some(&"pass".into()), "{id}");
    }
}

/// It is found in the inbox when the code has expired, and was sent long before that.
#[test]
fn a_callback_that_comes_while_time_passes_is_not_taken_for_a_late_one() {
    let address = free();
    let setup = calling(&format!("{}/service", url(&address)), &address, 1);
    let text = setup.place.read("target.toml");
    let hasty = text.replace("[receiver]", "[receiver]\nwait = 0");
    setup.place.write("target.toml", &hasty);
    let ran = setup.dtr(&["run", "--select", "fork-C-65", "--json", "report.json"]);
    ran.exits(0).says(&["pass: http://127.0.0.1"]);
    assert!(callbacks(&setup) > 0);
}

/// How many a run received.
fn callbacks(setup: &Setup) -> u64 {
    let count = &report(setup)["counts"]["callbacks"];
    count.as_u64().expect("a count")
}

fn report(setup: &Setup) -> serde_json::Value {
    serde_json::from_str(&setup.place.read("report.json")).expect("JSON")
}

#[test]
fn an_endpoint_registered_elsewhere_is_the_setups() {
    let address = free();
    let elsewhere = format!("{}/nobody", url(&address));
    let setup = calling(&elsewhere, &address, 0);
    let ran = setup.dtr(&["doctor"]).exits(2);
    ran.says(&[
        "your setup: none came within 2000 ms of an approval",
        "is the receiver's URL registered",
    ]);
}

#[test]
fn a_receiver_that_cannot_be_is_told_before_anything_is_asked() {
    let address = free();
    let setup = calling(&format!("{}/service", url(&address)), &address, 0);
    let taken = std::net::TcpListener::bind(&address).expect("a free port");
    let ran = setup.dtr(&["doctor"]).exits(2);
    ran.complains(&["your setup", &address]);
    drop(taken);
    setup.place.write("receiver.pem", "no certificate");
    let ran = setup.dtr(&["doctor"]).exits(2);
    ran.complains(&[
        "your setup",
        "receiver.pem",
        "certificate and its key in PEM",
    ]);
}
