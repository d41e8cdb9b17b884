//! What the harness itself costs: requests a second through all of it, generation of proofs aside, against the bundled
//! server in another process; beside it what `oha` gets out of the same endpoint with as many connections; and how much
//! memory a hundred thousand traces take.
//!
//!     cargo bench --package dtr-harness --bench throughput
//!
//! Two loads: the covering traces and walks of a client without DPoP, for `oha` cannot sign, with all the deferrals and
//! tokens that they make the server issue; and the polls that `oha` makes, alone. Figures of two runs, or machines, do
//! not compare; the ratio does. It needs `oha` (`cargo install oha`).

#![allow(clippy::print_stdout, reason = "it tells what it measures")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dtr_harness::engine::{Engine, Outcome};
use dtr_harness::suite;
use dtr_harness::target::limiter::Limiter;
use dtr_harness::target::transport::HttpOptions;
use dtr_harness::target::{Limits, Target, TargetFile};
use dtr_model::draft::Draft;
use dtr_model::event::{Event, TokenRequest};
use dtr_model::question::Readings;
use dtr_model::trace::Origin;
use dtr_model::{Terms, Trace};

#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Connections of `oha`, and requests in flight of the harness.
const CONCURRENCY: usize = 64;
/// Seconds for which `oha` asks.
const SECONDS: u32 = 5;
/// Traces that the speed is measured over.
const TRACES: usize = 20_000;
/// Polls of one deferral, where they are all that is asked for.
const POLLS: usize = 100;
/// Traces that the memory is measured over.
const MANY: usize = 100_000;
/// The server in a process of its own, with its clock standing still; it ends with this value.
struct Server {
    child: Child,
    issuer: String,
    control: String,
}

impl Server {
    fn start() -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dtr"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--control",
                "127.0.0.1:0",
                "--manual-clock",
            ])
            .stderr(Stdio::piped())
            .spawn()
            .expect("dtr starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut address = || {
            let line = lines.next().expect("a line").expect("text");
            let url = line
                .split([' ', ','])
                .rfind(|word| word.starts_with("http://"));
            url.unwrap_or_else(|| panic!("no address in: {line}"))
                .to_owned()
        };
        let (issuer, control) = (address(), address());
        Server {
            child,
            issuer,
            control,
        }
    }

    /// The same as a target.
    async fn target(&self) -> (Target, Vec<Terms>) {
        let text = format!(
            r#"
issuer = "{}"
[limits]
interval = 5
lifetime = 600
[[clients]]
client_id = "service"
client_secret = "service-secret"
dpop = false
deferred = {{ scope = "profile payments" }}
interaction = {{ scope = "profile payments identity" }}
synchronous = {{ scope = "profile" }}
[control]
kind = "reference"
url = "{}"
operations = ["approve", "narrow", "deny", "need_interaction", "interaction_done", "advance_clock"]
[clock]
kind = "hook"
"#,
            self.issuer, self.control
        );
        let path = Path::new("throughput.toml");
        let file = TargetFile::parse(path, &text).expect("a target file");
        // As many in flight as `oha` has connections.
        let options = HttpOptions {
            limiter: Some(Arc::new(Limiter::new(None, Some(CONCURRENCY)))),
            ..HttpOptions::default()
        };
        let built = file.build(path, Draft::DEFAULT, options, 1).await;
        let built = built.expect("a server");
        let target = built.target(Limits::USUAL).expect("a target");
        (target, built.terms())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// So many traces of what goes to the server's own endpoints, the same ones again and again.
fn traces(target: &Target, terms: &[Terms], count: usize) -> Vec<Trace> {
    let own = |event: &Event| {
        matches!(
            event,
            Event::Request(_) | Event::Poll { .. } | Event::Revoke { .. } | Event::Tick
        )
    };
    let can = |event: &_, terms: &Terms| own(event) && target.obstacle_to(event, terms).is_none();
    let all = suite::generated_for(terms, 1, &can);
    let possible = all
        .into_iter()
        .filter(|t| t.window.is_none() && t.events.iter().all(|e| can(e, &t.terms)));
    let possible: Vec<Trace> = possible.collect();
    possible.into_iter().cycle().take(count).collect()
}

/// So many traces that ask for what `oha` asks for: one deferral, and then polls of it, too fast all of them.
fn polls(terms: &[Terms]) -> Vec<Trace> {
    let terms = *terms.first().expect("a client");
    let mut events = vec![Event::Request(TokenRequest::PLAIN)];
    events.resize(1 + POLLS, Event::POLL);
    vec![Trace::new(Origin::Edge, terms, events); TRACES / 10]
}

async fn run(
    target: &Arc<Target>,
    traces: Vec<Trace>,
    done: impl FnMut(u64),
) -> (Outcome, Duration) {
    let stop = Arc::new(AtomicBool::new(false));
    let engine = Engine::new(Arc::clone(target), Readings::lawful(), stop);
    let began = Instant::now();
    let outcome = engine.run(traces, done).await;
    (outcome, began.elapsed())
}

/// Resident memory of this process, in MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

/// Requests a second of `oha`, polling a code that is pending.
async fn oha(server: &Server) -> f64 {
    let reply = reqwest::Client::new()
        .post(format!("{}/token", server.issuer))
        .basic_auth("service", Some("service-secret"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&scope=profile+payments&completion_mode=deferred")
        .send();
    let body = reply.await.expect("a response").text().await.expect("text");
    let deferred: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let code = deferred["deferral_code"].as_str().expect("a deferral code");
    let form = format!(
        "grant_type={}&deferral_code={code}",
        "urn:ietf:params:oauth:grant-type:deferred"
    );
    let ran = Command::new("oha")
        .args(["--no-tui", "--output-format", "json", "-m", "POST"])
        .args(["-c", &CONCURRENCY.to_string(), "-z", &format!("{SECONDS}s")])
        .args([
            "-a",
            "service:service-secret",
            "-T",
            "application/x-www-form-urlencoded",
        ])
        .args(["-d", &form, &format!("{}/token", server.issuer)])
        .output()
        .expect("oha runs: cargo install oha");
    let said: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    assert!(
        said["statusCodeDistribution"]["400"].is_u64(),
        "not polls: {said}"
    );
    said["summary"]["requestsPerSec"].as_f64().expect("a rate")
}

#[tokio::main]
async fn main() {
    let server = Server::start();
    let (target, terms) = server.target().await;
    let target = Arc::new(target);
    // Once for warming up.
    run(&target, traces(&target, &terms, 500), |_| ()).await;
    let mix = traces(&target, &terms, TRACES);
    beside_oha("the suite's mix", &server, &target, mix).await;
    memory(&target, traces(&target, &terms, MANY)).await;
    // These last long and are kept until they end, so they come after the memory.
    beside_oha("polls alone", &server, &target, polls(&terms)).await;
}

async fn beside_oha(name: &str, server: &Server, target: &Arc<Target>, load: Vec<Trace>) {
    let mut ratios = Vec::new();
    for round in 1..=3 {
        let theirs = oha(server).await;
        let (outcome, took) = run(target, load.clone(), |_| ()).await;
        assert_eq!(
            outcome.failures.len() + outcome.inconclusive.len(),
            0,
            "the server passes"
        );
        let ours = outcome.requests as f64 / took.as_secs_f64();
        println!(
            "{name}, round {round}: oha {theirs:.0} requests/s, harness {ours:.0}, ratio {:.2}",
            ours / theirs
        );
        ratios.push(ours / theirs);
    }
    ratios.sort_by(f64::total_cmp);
    println!("{name}: median ratio {:.2}", ratios[1]);
}

async fn memory(target: &Arc<Target>, all: Vec<Trace>) {
    let (mut ended, count) = (0, all.len());
    println!("     0 traces: {:.1} MiB", resident());
    let mut told = 1;
    let (outcome, _) = run(target, all, |more| {
        ended += more;
        if ended >= (told * count / 10) as u64 {
            println!("{ended:>6} traces: {:.1} MiB", resident());
            told += 1;
        }
    })
    .await;
    println!("{} traces, {} requests", outcome.traces, outcome.requests);
}
