//! Somebody else's client, as a program that makes one request and ends when it knows how that ended.

use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use super::setting::Setting;
use crate::target::SetupError;

/// Octets of what a program said last that are kept.
const KEPT: usize = 2000;

/// Starts it; dropped, it is stopped.
///
/// # Errors
/// [`SetupError::Program`].
pub(super) fn start(command: &[String], setting: &Setting) -> Result<Child, SetupError> {
    let (program, arguments) = match command {
        [program, arguments @ ..] => (program.as_str(), arguments),
        [] => ("", command),
    };
    let started = Command::new(program)
        .args(arguments)
        .envs(setting.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    started.map_err(|cause| SetupError::Program {
        program: program.to_owned(),
        cause,
    })
}

/// Waits until it ends, and says how.
pub(super) async fn wait(mut child: Child) -> String {
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let (status, output, errors) =
        tokio::join!(child.wait(), last_words(output), last_words(errors));
    let status = match status {
        Ok(status) => status.to_string(),
        Err(e) => e.to_string(),
    };
    let words = match errors.is_empty() {
        true => output,
        false => errors,
    };
    match words.is_empty() {
        true => status,
        false => format!("{status}; it said last: {words}"),
    }
}

/// Reads all, and keeps the end.
async fn last_words(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else {
        return String::new();
    };
    let (mut kept, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..count]);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
    String::from_utf8_lossy(&kept).trim().to_owned()
}
