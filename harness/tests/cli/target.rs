//! `dtr run --target` and `dtr doctor`: a server in another process, reached as a stranger's would be.

use std::net::TcpListener;

use crate::serve::Serving;
use crate::support::{Place, dtr};

/// A server in a process of its own, and a target file beside it.
pub(crate) struct Setup {
    pub(crate) place: Place,
    _server: Serving,
    pub(crate) control: String,
}

const CLIENTS: &str = r#"
[[clients]]
client_id = "service"
client_secret = "service-secret"
deferred = { scope = "profile payments" }
interaction = { scope = "profile payments identity" }
synchronous = { scope = "profile" }
narrowed_scope = "profile"
refused_scope = "root"

[[clients]]
client_id = "backend"
auth_method = "client_secret_post"
client_secret = "$BACKEND_SECRET"
other = true
"#;

/// A free port of the loopback interface, for somebody who has to know it before. It is none of those that the system
/// hands out by itself: a connection of another test might have it by then.
pub(crate) fn free() -> String {
    loop {
        let address = format!("127.0.0.1:{}", fastrand::u16(10_000..32_000));
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// The rest of a target file.
fn limits(interval: u64, lifetime: u64) -> String {
    format!("\n[limits]\ninterval = {interval}\nlifetime = {lifetime}\n")
}

impl Setup {
    /// A server with these limits, on a clock that stands still or on the wall's.
    pub(crate) fn new(interval: u64, lifetime: u64, manual: bool) -> Setup {
        Setup::changed(interval, lifetime, manual, |_, config| config)
    }

    /// The same, with a configuration that is changed before the server sees it.
    pub(crate) fn changed(
        interval: u64,
        lifetime: u64,
        manual: bool,
        change: impl FnOnce(&Place, String) -> String,
    ) -> Setup {
        let place = Place::new();
        let (public, control) = (free(), free());
        let example = dtr(&["serve", "--print-config"]).exits(0).out;
        let config = example
            .replace("http://127.0.0.1:9400", &format!("http://{public}"))
            .replace("interval = 5", &format!("interval = {interval}"))
            .replace("lifetime = 600", &format!("lifetime = {lifetime}"));
        place.write("server.toml", &change(&place, config));
        let mut args = vec!["--config", "server.toml", "--listen", &public];
        args.extend(["--control", &control]);
        args.extend(manual.then_some("--manual-clock"));
        let server = Serving::start(&place, &args);
        let issuer = format!("issuer = \"http://{public}\"\n");
        let limits = limits(interval, lifetime);
        place.write("target.toml", &format!("{issuer}{limits}{CLIENTS}"));
        Setup {
            place,
            _server: server,
            control: format!("http://{control}"),
        }
    }

    /// More lines for the target file.
    pub(crate) fn with(self, more: &str) -> Setup {
        let text = self.place.read("target.toml");
        let more = more.replace("{control}", &self.control);
        self.place.write("target.toml", &format!("{text}\n{more}"));
        self
    }

    pub(crate) fn dtr(&self, args: &[&str]) -> crate::support::Ran {
        let mut command = self.place.command(args);
        command.args(["--target", "target.toml"]);
        command.env("BACKEND_SECRET", "backend-secret");
        let child = command.spawn().expect("the binary starts");
        crate::support::end_of(child, std::time::Duration::from_secs(120))
    }
}

/// The controls that leave clients alone, through the bundled server's own API.
const REFERENCE: &str = r#"
[control]
kind = "reference"
url = "{control}"
operations = ["approve", "narrow", "deny", "need_interaction", "interaction_done", "withdraw_consent", "restore_consent", "advance_clock"]
[clock]
kind = "hook"
"#;

/// Some of the same as HTTP requests.
const TEMPLATES: &str = r#"
[control]
kind = "http"
[control.operations.approve]
url = "{control}/control/decide"
body = '{"deferral_code":"{deferral_code}","decision":"approve"}'
void = [404]
[control.operations.deny]
url = "{control}/control/decide"
body = '{"deferral_code":"{deferral_code}","decision":"deny"}'
void = [404]
[control.operations.advance_clock]
url = "{control}/control/clock"
body = '{"advance":{seconds}}'
[clock]
kind = "hook"
"#;

#[test]
fn a_stranger_with_a_clock_hook_passes_and_what_it_cannot_do_is_counted() {
    let setup = Setup::new(5, 600, true).with(REFERENCE);
    setup
        .dtr(&["doctor"])
        .exits(0)
        .says(&["an approval leads to a token", "All is well"]);
    let ran = setup.dtr(&["run", "--select", "danger,fork,edge,race"]);
    ran.exits(0).says(&[
        "pass: http://127.0.0.1",
        "skipped, because",
        "there is no control to disable the client",
    ]);
}

/// Where the committed vectors are.
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors");

/// The server has limits of its own, and but one client of each kind: the vectors follow its ticks, one after the other.
#[test]
fn vectors_are_replayed_against_a_stranger() {
    let setup = Setup::new(5, 600, true).with(REFERENCE);
    let replay = |select: &str| setup.dtr(&["vectors", "replay", VECTORS, "--select", select]);
    replay("probe-first-poll,probe-status-of-a-denial")
        .exits(0)
        .says(&["2 passed (0 of them", "0 failed, 0 inconclusive"]);
    replay("probe-progress,probe-refresh-with-another-key")
        .exits(3)
        .says(&[
            "probe-progress: step 2, taken a step further: there is no control to take the request a step further",
            "probe-refresh-with-another-key: the target has no such client",
            "0 failed, 2 inconclusive",
        ]);
    replay("probe-nothing").refuses(&["probe-nothing"]);
}

#[test]
fn controls_may_be_requests_that_the_file_writes_out() {
    let setup = Setup::new(5, 600, true).with(TEMPLATES);
    let ran = setup.dtr(&["run", "--select", "danger,edge"]).exits(0);
    ran.says(&["pass:", "there is no control to withdraw the consent"]);
}

#[test]
fn a_server_that_lies_about_its_approvals_is_found_out() {
    // The template says that it approves, and denies.
    let lying = TEMPLATES.replace("\"approve\"}", "\"deny\"}");
    let setup = Setup::new(5, 600, true).with(&lying);
    setup
        .dtr(&["doctor"])
        .exits(2)
        .says(&["your setup:", "does the operation approve this request?"]);
    let ran = setup.dtr(&["run", "--select", "edge"]).exits(1);
    ran.says(&["DTR-6.5.1-05", "allowed"]);
}

#[test]
fn without_controls_a_run_on_the_wall_clock_keeps_to_its_budget() {
    let setup = Setup::new(1, 10, false);
    setup
        .dtr(&["doctor"])
        .exits(0)
        .says(&["decisions are made unseen"]);
    let began = std::time::Instant::now();
    let ran = setup.dtr(&["run", "--time-budget", "9s", "--max-in-flight", "16"]);
    let took = began.elapsed().as_secs();
    assert!(took < 60, "{took} s");
    ran.exits(0).says(&[
        "pass:",
        "the time budget is used up",
        "there is no control to approve the request",
        "the longest trace took",
    ]);
}

#[test]
fn wrong_credentials_are_the_setups() {
    let setup = Setup::new(5, 600, true).with(REFERENCE);
    let text = setup.place.read("target.toml");
    let wrong = text.replace("service-secret", "another secret");
    setup.place.write("target.toml", &wrong);
    let ran = setup.dtr(&["doctor"]).exits(2);
    ran.says(&["your setup:", "they are refused"]);
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_line_and_column() {
    let place = Place::new();
    let base = "issuer = \"https://as.example\"\n";
    for (more, place_and_problem) in [
        ("", "1:1: missing field `clients`"),
        ("colour = 1\n", "2:1: unknown field `colour`"),
        ("[[clients]]\nclient_id = 1\n", "3:13: invalid type"),
        (
            "[[clients]]\nclient_id = \"a\"\n",
            "2:1: client `a` needs a `client_secret`",
        ),
        (
            "[[clients]]\nclient_id = \"a\"\nclient_secret = \"$NOWHERE_SET\"\n",
            "4:1: the environment has no NOWHERE_SET",
        ),
        (
            "[limits]\ninterval = 5\nlifetime = 5\n[[clients]]\nclient_id = \"a\"\nauth_method = \"none\"\n",
            "2:2: the lifetime has to be longer",
        ),
        (
            "[[clients]]\nclient_id = \"a\"\nauth_method = \"none\"\n[clock]\nkind = \"hook\"\n",
            "6:1: a clock of kind `hook` needs",
        ),
    ] {
        place.write("t.toml", &format!("{base}{more}"));
        let expected = format!("t.toml:{place_and_problem}");
        place
            .run(&["run", "--target", "t.toml"])
            .refuses(&[&expected]);
    }
    place
        .run(&["run", "--target", "absent.toml"])
        .refuses(&["cannot read absent.toml"]);
}
