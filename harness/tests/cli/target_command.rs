//! Controls as a program. The program is this very test binary, so that it needs nothing of the machine.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::target::Setup;

/// Where the program finds the control API, and where it writes down what it was asked.
const API: &str = "CONTROL_API";
const ASKED: &str = "ASKED";

/// A target file's controls, executed by `sh` with these words before the operation.
fn command(words: &[&str]) -> String {
    format!(
        "[control]\nkind = \"command\"\ncommand = {words:?}\n\
         operations = [\"approve\", \"deny\", \"narrow\", \"advance_clock\"]\n[clock]\nkind = \"hook\"\n"
    )
}

/// The bundled server, controlled by `program` below, which `relay.sh` beside the target file starts.
fn commanded() -> Setup {
    let setup = Setup::new(5, 600, true).with(&command(&["./relay.sh"]));
    let own = std::env::current_exe().expect("this binary");
    let relay = format!(
        "#!/bin/sh\n{API}='{}' {ASKED}='{}' exec '{}' --ignored --exact target_command::program \"$@\" >/dev/null\n",
        setup.control,
        setup.place.path("asked").display(),
        own.display(),
    );
    setup.place.write("relay.sh", &relay);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(setup.place.path("relay.sh"), executable).expect("our own file");
    setup
}

/// Not a test of anything: what the target file's command executes.
#[test]
#[ignore = "it is executed by the other tests of this file"]
fn program() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let (Ok(api), Some(operation)) = (std::env::var(API), std::env::args().next_back()) else {
        return;
    };
    let code = variable("DTR_DEFERRAL_CODE");
    let decide = |decision| json!({ "deferral_code": code, "decision": decision });
    let (path, body) = match operation.as_str() {
        "advance_clock" => {
            let seconds: u64 = variable("DTR_SECONDS").parse().expect("seconds");
            ("clock", json!({ "advance": seconds }))
        }
        "narrow" => {
            let mut body = decide("approve");
            body["scope"] = Value::from(variable("DTR_SCOPE"));
            ("decide", body)
        }
        decision => ("decide", decide(decision)),
    };
    let asked = std::fs::File::options()
        .append(true)
        .create(true)
        .open(variable(ASKED));
    let line = format!("{operation}\n");
    let written = asked.and_then(|mut file| file.write_all(line.as_bytes()));
    written.expect("our own file");
    post(&api, path, &body);
}

/// One control request; a code that is forgotten has nothing left to decide.
fn post(api: &str, path: &str, body: &Value) {
    let (host, body) = (api.trim_start_matches("http://"), body.to_string());
    let request = format!(
        "POST /control/{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).expect("the control API");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let done = answer.starts_with("HTTP/1.1 200") || answer.contains("unknown_deferral_code");
    assert!(done, "{answer}");
}

#[test]
fn a_run_controls_the_server_by_a_program_beside_the_target_file() {
    let setup = commanded();
    let ran = setup.dtr(&["doctor"]).exits(0);
    ran.says(&["clock hook: it moves", "an approval leads to a token"]);
    let ran = setup.dtr(&["run", "--select", "danger,edge"]).exits(0);
    ran.says(&["pass:", "there is no control to withdraw the consent"]);
    let asked = setup.place.read("asked");
    for operation in ["approve", "deny", "narrow", "advance_clock"] {
        assert!(asked.lines().any(|line| line == operation), "{operation}");
    }
    assert!(!asked.contains("withdraw_consent"));
}

#[test]
fn the_program_is_found_wherever_the_suite_is_started() {
    let setup = commanded();
    let elsewhere = crate::support::Place::new();
    let target = setup.place.path("target.toml");
    let mut command = elsewhere.command(&["doctor", "--target"]);
    command.arg(target).env("BACKEND_SECRET", "backend-secret");
    let child = command.spawn().expect("the binary starts");
    let ran = crate::support::end_of(child, std::time::Duration::from_secs(60)).exits(0);
    ran.says(&["an approval leads to a token"]);
}

#[test]
fn a_program_that_fails_or_hangs_is_the_setups() {
    for (words, complaint) in [
        (
            ["sh", "-c", "echo not today >&2; exit 3"],
            "ended with exit status: 3: not today",
        ),
        (["./absent.sh", "", ""], "cannot execute"),
        (["sh", "-c", "sleep 60"], "no answer within 1s"),
    ] {
        let setup = Setup::new(5, 600, true).with(&command(&words));
        let text = setup.place.read("target.toml");
        setup
            .place
            .write("target.toml", &format!("timeout = 1\n{text}"));
        let ran = setup.dtr(&["doctor"]).exits(2);
        ran.says(&["your setup: `advance_clock`:", complaint]);
    }
}
