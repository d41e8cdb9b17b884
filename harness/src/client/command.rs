//! Somebody else's client, as a program that makes one request and ends when it knows how that ended.

use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use super::setting::Setting;

/// Octets of what a program said last that are kept.
const KEPT: usize = 2000;

/// Runs it, and says how it ended. Stopped with the future.
pub(super) async fn run(command: &[String], setting: &Setting) -> String {
    let Some((program, arguments)) = command.split_first() else {
        return "no program was named".to_owned();
    };
    let started = Command::new(program)
        .args(arguments)
        .envs(setting.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(e) => return format!("`{program}` cannot be started: {e}"),
    };
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
