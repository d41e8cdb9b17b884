//! Control operations as a program to execute.

use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process;
use url::Url;

use super::{Name, Operation};
use crate::target::failure::TransportFailure;
use crate::target::transport::{Outgoing, Reply};

/// Octets of its complaint that are kept.
const HEARD: u64 = 4096;

/// A program, the operations it knows, and how long it may take.
///
/// It gets the operation's name as its last argument, and what the operation is about in the environment:
/// `DTR_DEFERRAL_CODE`, `DTR_CLIENT_ID`, `DTR_SCOPE`, `DTR_SECONDS`. Exit status 0 says that it was done.
#[derive(Debug, Clone)]
pub struct Command {
    argv: Arc<[String]>,
    names: Arc<[Name]>,
    timeout: Duration,
}

impl Command {
    /// A program with its first arguments.
    pub fn new(argv: Vec<String>, names: Vec<Name>, timeout: Duration) -> Self {
        Self {
            argv: argv.into(),
            names: names.into(),
            timeout,
        }
    }

    pub(super) fn can(&self, name: Name) -> bool {
        self.names.contains(&name)
    }

    /// What is done, in the form in which requests are written down.
    pub(super) fn record(&self, operation: &Operation) -> Outgoing {
        let values = operation.values().into_iter();
        let body: Vec<_> = values
            .map(|(name, value)| format!("{}={value}", variable(name)))
            .collect();
        Outgoing {
            method: Method::POST,
            url: Arc::new(
                Url::parse(&format!("command:{}", word(operation.name())))
                    .expect("a name of lower-case letters makes a URL"),
            ),
            headers: Vec::new(),
            body: Bytes::from(body.join("\n")),
        }
    }

    pub(super) async fn run(&self, operation: &Operation) -> Result<Reply, TransportFailure> {
        let [program, arguments @ ..] = &*self.argv else {
            return Err(TransportFailure::Control("the command is empty".to_owned()));
        };
        let mut command = process::Command::new(program);
        command
            .args(arguments)
            .arg(word(operation.name()))
            .stdin(Stdio::null())
            // What it did is seen at the server.
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, value) in operation.values() {
            command.env(variable(name), value);
        }
        let cannot =
            |e: io::Error| TransportFailure::Control(format!("cannot execute {program}: {e}"));
        let mut child = command.spawn().map_err(cannot)?;
        let end = async {
            let complaint = heard(child.stderr.take()).await;
            child.wait().await.map(|status| (status, complaint))
        };
        let ended = tokio::time::timeout(self.timeout, end).await;
        let (status, complaint) = ended
            .map_err(|_| TransportFailure::TimedOut(self.timeout))?
            .map_err(cannot)?;
        match status.success() {
            true => Ok(Reply {
                status: 200,
                headers: Arc::default(),
                body: Bytes::from_static(b"{}"),
            }),
            false => Err(TransportFailure::Control(format!(
                "{program} {} ended with {}: {}",
                word(operation.name()),
                status,
                String::from_utf8_lossy(&complaint).trim()
            ))),
        }
    }
}

/// The beginning of what it complains of, once it is through.
async fn heard(stderr: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut beginning = Vec::new();
    if let Some(stderr) = stderr {
        let mut limited = stderr.take(HEARD);
        // A pipe that breaks has said what it had to say.
        let _ = limited.read_to_end(&mut beginning).await;
        // The rest is read as well: a pipe that nobody empties keeps the program waiting, one that is closed ends it.
        let _ = tokio::io::copy(&mut limited.into_inner(), &mut tokio::io::sink()).await;
    }
    beginning
}

fn word(name: Name) -> String {
    let json = serde_json::to_value(name).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

fn variable(name: &str) -> String {
    format!("DTR_{}", name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// What `sh` makes of a script that is given two arguments and an operation.
    async fn shell(
        script: &str,
        operation: &Operation,
        timeout: Duration,
    ) -> Result<Reply, TransportFailure> {
        let argv = ["sh", "-c", script, "first", "second"].map(str::to_owned);
        Command::new(argv.into(), vec![operation.name()], timeout)
            .run(operation)
            .await
    }

    async fn complaint(script: &str, operation: &Operation) -> String {
        match shell(script, operation, LONG).await {
            Err(TransportFailure::Control(complaint)) => complaint,
            other => panic!("{other:?}"),
        }
    }

    fn approve() -> Operation {
        Operation::about(Name::Approve, &"a code".into())
    }

    #[tokio::test]
    async fn it_gets_its_arguments_and_what_the_operation_is_about() {
        let script = r#"echo "$0,$1,$2,$DTR_DEFERRAL_CODE,$DTR_CLIENT_ID,$DTR_SCOPE,$DTR_SECONDS" >&2; exit 3"#;
        let narrow = Operation::Code {
            name: Name::Narrow,
            code: "a code".into(),
            part: "a part".into(),
            lasts: None,
        };
        let widen = Operation::Client {
            name: Name::WidenScope,
            client_id: "a client".into(),
            scope: "a scope".into(),
        };
        for (operation, expected) in [
            (
                narrow,
                "sh narrow ended with exit status: 3: first,second,narrow,a code,,a part,",
            ),
            (
                widen,
                "sh widen_scope ended with exit status: 3: first,second,widen_scope,,a client,a scope,",
            ),
            (
                Operation::Clock(7),
                "sh advance_clock ended with exit status: 3: first,second,advance_clock,,,,7",
            ),
        ] {
            assert_eq!(complaint(script, &operation).await, expected);
        }
    }

    #[tokio::test]
    async fn only_status_0_says_that_it_was_done() {
        let done = shell("exit 0", &approve(), LONG).await.expect("done");
        assert_eq!((done.status, &done.body[..]), (200, &b"{}"[..]));
        complaint("exit 1", &approve()).await;
        complaint("kill -9 $$", &approve()).await;
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let absent = Command::new(vec!["./absent".to_owned()], vec![Name::Approve], LONG);
        let error = absent.run(&approve()).await.expect_err("it is absent");
        assert!(
            error.to_string().contains("cannot execute ./absent"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn one_that_takes_too_long_is_ended() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let pid = place.path().join("pid");
        let script = format!("echo $$ > '{}'; exec sleep 60", pid.display());
        let began = Instant::now();
        let timeout = Duration::from_secs(1);
        let error = shell(&script, &approve(), timeout).await;
        assert_eq!(error.err(), Some(TransportFailure::TimedOut(timeout)));
        assert!(began.elapsed() < Duration::from_secs(30));
        let pid = std::fs::read_to_string(pid).expect("it began");
        let is_gone = format!("! kill -0 {}", pid.trim());
        while shell(&is_gone, &approve(), LONG).await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "still running");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// More than a pipe holds, and more than anybody reads.
    #[tokio::test]
    async fn one_that_says_a_lot_is_heard_but_not_remembered() {
        let lot = "head -c 1000000 /dev/zero | tr '\\0' x";
        let complaint = complaint(&format!("{lot} >&2; exit 1"), &approve()).await;
        assert!(complaint.contains("xxx"), "{complaint}");
        assert!(complaint.len() < 5000, "{}", complaint.len());
        for done in [lot, "head -c 1000000 /dev/zero >&2"] {
            shell(done, &approve(), LONG).await.expect("done");
        }
    }
}
