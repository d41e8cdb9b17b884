//! `dtr serve`: addresses, configuration, and its end.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStderr};
use std::time::Duration;

use crate::support::{Place, dtr, end_of, signal};

/// A running server; it ends with this value.
pub(crate) struct Serving {
    child: Option<Child>,
    err: BufReader<ChildStderr>,
    url: String,
    /// The line that says where it is.
    said: String,
}

impl Serving {
    /// Starts it and waits until it says where it is.
    pub(crate) fn start(place: &Place, args: &[&str]) -> Serving {
        let args = [&["serve"], args].concat();
        let mut child = place.command(&args).spawn().expect("the binary starts");
        let mut err = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        err.read_line(&mut line).expect("text");
        let url = line
            .trim()
            .rsplit_once("listening on ")
            .map(|(_, url)| url.to_owned());
        Serving {
            child: Some(child),
            err,
            url: url.unwrap_or_else(|| panic!("no address in: {line}")),
            said: line,
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn an_interrupt_ends_it_cleanly() {
    ends_cleanly("-INT");
}

#[test]
fn a_service_manager_ends_it_cleanly() {
    ends_cleanly("-TERM");
}

fn ends_cleanly(name: &str) {
    let mut server = Serving::start(&Place::new(), &["--listen", "127.0.0.1:0"]);
    let child = server.child.take().expect("started");
    signal(&child, name);
    let ran = end_of(child, Duration::from_secs(5)).exits(0);
    assert_eq!(ran.out, "");
    let mut rest = String::new();
    while server.err.read_line(&mut rest).expect("text") > 0 {}
    assert!(rest.contains("Ctrl-C stops it"), "{rest}");
    assert!(!rest.contains("panicked"), "{rest}");
}

#[test]
fn a_port_that_is_taken_is_answered_with_the_option() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    dtr(&["serve", "--listen", &address]).refuses(&[&address, "--listen", "port 0"]);
    dtr(&["serve", "--listen", "127.0.0.1:0", "--control", &address]).refuses(&[
        &address,
        "--control",
        "port 0",
    ]);
    dtr(&["serve", "--listen", "here"]).refuses(&["--listen", "here"]);
}

/// Those of the reference, which may be fewer than the model has. The option wins over the file.
#[test]
fn an_edition_is_served_by_name() {
    dtr(&["serve", "--draft", "gerber"]).refuses(&["--draft", "gerber-00", "ietf-01", "pr-71"]);
    let place = Place::new();
    place.write(
        "as.toml",
        "issuer = \"http://127.0.0.1:1\"\ndraft = \"ietf-00\"\n",
    );
    let free = ["--listen", "127.0.0.1:0"];
    for (more, draft) in [
        (&[][..], "ietf-01"),
        (&["--draft", "gerber-00"], "gerber-00"),
        (&["--config", "as.toml"], "ietf-00"),
        (&["--config", "as.toml", "--draft", "pr-68"], "pr-68"),
    ] {
        let server = Serving::start(&place, &[&free, more].concat());
        let said = server.said.contains(&format!("draft {draft},"));
        assert!(said, "{draft}: {}", server.said);
    }
    place.write(
        "open.toml",
        "issuer = \"http://127.0.0.1:1\"\n[readings]\n\"C-52\" = \"A\"\n",
    );
    let excluded = ["--config", "open.toml", "--draft", "pr-67"];
    place
        .run(&[&["serve"], &free[..], &excluded].concat())
        .refuses(&["C-52", "pr-67"]);
}

#[test]
fn time_by_hand_needs_the_control_api() {
    dtr(&["serve", "--manual-clock"]).refuses(&["--control"]);
}

#[test]
fn a_configuration_that_cannot_be_used_is_named_with_its_field() {
    let place = Place::new();
    let serve = |file| place.run(&["serve", "--listen", "127.0.0.1:0", "--config", file]);
    serve("missing.toml").refuses(&["cannot read missing.toml"]);
    place.write(
        "word.toml",
        "issuer = \"http://127.0.0.1:1\"\n[deferral]\nintervall = 5\n",
    );
    serve("word.toml").refuses(&["word.toml", "intervall"]);
    place.write("type.toml", "issuer = 7\n");
    serve("type.toml").refuses(&["type.toml", "line 1", "expected a string"]);
    place.write("value.toml", "issuer = \"not a url\"\n");
    serve("value.toml").refuses(&["value.toml", "issuer"]);
}

/// What is printed is what can be used.
#[test]
fn the_printed_configuration_is_accepted() {
    let place = Place::new();
    let printed = place.run(&["serve", "--print-config"]).exits(0);
    assert_eq!(printed.err, "");
    place.write("as.toml", &printed.out);
    let server = Serving::start(&place, &["--listen", "127.0.0.1:0", "--config", "as.toml"]);
    assert!(server.url().starts_with("http://127.0.0.1:"));
}
