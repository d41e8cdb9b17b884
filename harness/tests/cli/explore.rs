//! `dtr explore`: a world in a browser, in words and pictures, on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{Place, dtr, end_of, interrupt};

/// A running explorer; it ends with this value.
struct Exploring {
    child: Option<Child>,
    address: SocketAddr,
}

impl Exploring {
    fn start(args: &[&str]) -> Exploring {
        let args = [&["explore", "--port", "0"], args].concat();
        let mut child = Place::new()
            .command(&args)
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let err = child.stderr.as_mut().expect("piped");
        BufReader::with_capacity(1, err)
            .read_line(&mut line)
            .expect("text");
        let url = line.trim().rsplit_once("listening on http://");
        let (_, address) = url.unwrap_or_else(|| panic!("no address in: {line}"));
        Exploring {
            child: Some(child),
            address: address.parse().expect("an address"),
        }
    }

    fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(self.address).expect("the explorer");
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("a request");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("text");
        let (head, body) = response.split_once("\r\n\r\n").expect("a response");
        assert!(head.contains(" 200 "), "{path}: {head}");
        serde_json::from_str(body).expect("JSON")
    }

    /// Takes the moves that are called so, one after the other, and returns the last.
    fn walk(&self, moves: &[&str]) -> Value {
        let mut path = "/.states/0".to_owned();
        let mut taken = Value::Null;
        for action in moves {
            let choices = self.get(&path);
            let choices = choices.as_array().expect("an array");
            let found = choices.iter().find(|choice| choice["action"] == *action);
            taken = found
                .unwrap_or_else(|| panic!("no `{action}` in {choices:#?}"))
                .clone();
            path = format!("{path}/{}", taken["actionIndex"]);
        }
        taken
    }
}

impl Drop for Exploring {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The texts of a picture, which has to be XML from its beginning to its end.
fn texts(svg: &str) -> Vec<String> {
    let mut reader = Reader::from_str(svg);
    let mut texts = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {svg}")) {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Text(text) if depth > 1 => {
                texts.push(text.decode().expect("UTF-8").into_owned())
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{svg}");
    texts.retain(|text| !text.trim().is_empty());
    texts
}

#[test]
fn a_world_is_told_in_words_and_drawn() {
    let explorer = Exploring::start(&[]);
    let status = explorer.get("/.status");
    let properties = status["properties"].as_array().expect("an array");
    for id in ["S1", "L5-late"] {
        assert!(properties.iter().any(|p| p[1] == id), "{status:#}");
    }
    let start = explorer.get("/.states");
    assert_eq!(
        start[0]["state"],
        "code 1: no deferral code\ncode 2: no deferral code"
    );

    let sent = explorer.walk(&[
        "code 1: token request, opted in, with a proof → deferred",
        "a tick passes",
        "code 1: approved",
        "code 1: owner sends a poll",
    ]);
    assert_eq!(
        sent["outcome"],
        "code 1: approved, age 1 of 3, waited 2, interval 2, bound to a key, callback due\n  \
         its client: holds the code, was granted what it asked for in time, no poll for 2\n\
         code 2: no deferral code\n\
         under way: poll about code 1"
    );
    assert_eq!(
        texts(sent["svg"].as_str().expect("a picture")),
        [
            "confidential client",
            "AS",
            "owner and approver",
            "token request, opted in, with a proof",
            "deferred",
            "time passes",
            "approved",
            "poll",
        ]
    );
}

/// The counterexample of the README, walked through by hand.
#[test]
fn a_mix_is_explored_to_where_a_property_breaks() {
    let explorer = Exploring::start(&["--reading", "C-01=A"]);
    let broken = explorer.walk(&[
        "code 1: token request, opted in, with a proof → deferred",
        "code 1: approved",
        "code 1: owner sends a poll",
        "code 1: owner sends a poll",
        "code 1: poll processed → token",
        "code 1: poll processed → token",
    ]);
    let outcome = broken["outcome"].as_str().expect("words");
    let last = outcome.lines().last();
    assert_eq!(
        last,
        Some("BROKEN S1: at most one token response is issued for a code")
    );
    assert!(outcome.contains("token responses issued: 2"), "{outcome}");
}

/// All of 127.0.0.0/8 leads to a server that listens everywhere.
#[test]
fn it_listens_on_loopback_alone() {
    let explorer = Exploring::start(&[]);
    assert!(explorer.address.ip().is_loopback());
    let beside = SocketAddr::from(([127, 0, 0, 2], explorer.address.port()));
    let reached = TcpStream::connect_timeout(&beside, Duration::from_secs(2));
    assert!(reached.is_err(), "it listens on {beside} too");
}

#[test]
fn an_interrupt_ends_the_explorer_cleanly() {
    let mut explorer = Exploring::start(&[]);
    let child = explorer.child.take().expect("started");
    interrupt(&child);
    let ran = end_of(child, Duration::from_secs(5)).exits(0);
    assert_eq!(ran.out, "");
    assert!(ran.err.contains("Ctrl-C stops it"), "{}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

#[test]
fn what_cannot_be_explored_is_answered_with_the_fix() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    dtr(&["explore", "--port", &port]).refuses(&[&port, "--port", "0 for a free one"]);
    dtr(&["explore", "--port", "70000"]).refuses(&["--port", "70000"]);
    dtr(&["explore", "--reading", "C-02=Z"]).refuses(&["C-02", "A, B, C"]);
}
