//! The binary in a directory of its own, so that nothing is left behind.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No command here takes longer, however busy the machine.
const LIMIT: Duration = Duration::from_secs(120);

/// A directory to run the binary in.
pub(crate) struct Place(TempDir);

/// What a run of the binary came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().expect("a temporary directory"))
    }

    /// The path of a file there.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file in our own directory");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file that was written")
    }

    /// The binary with these arguments, not started yet.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dtr"));
        command
            .args(args)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let child = self.command(args).spawn();
        end_of(child.expect("the binary starts"), LIMIT)
    }
}

/// Runs the binary where it has no files to do with.
pub(crate) fn dtr(args: &[&str]) -> Ran {
    Place::new().run(args)
}

impl Ran {
    /// Insists on the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Insists on a usage or setup error: exit code 2, nothing on standard
    /// output, and all of these words on standard error.
    #[track_caller]
    pub(crate) fn refuses(self, words: &[&str]) -> Ran {
        let ran = self.exits(2);
        assert_eq!(ran.out, "");
        ran.complains(words)
    }

    #[track_caller]
    pub(crate) fn complains(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in: {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.out.contains(word), "no `{word}` in: {}", self.out);
        }
        self
    }
}

/// What Ctrl-C does.
pub(crate) fn interrupt(child: &Child) {
    signal(child, "-INT");
}

/// Sends a signal, named as `kill` wants it.
pub(crate) fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args([name, &pid]).status();
    assert!(sent.expect("kill is there").success());
}

/// Waits for the end of `child`, which has to come within `limit`.
#[track_caller]
pub(crate) fn end_of(mut child: Child, limit: Duration) -> Ran {
    // Pipes are emptied all the while: a full one would keep the child waiting.
    let out = reading(child.stdout.take());
    let err = reading(child.stderr.take());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            break status;
        }
        if began.elapsed() > limit {
            child.kill().expect("a child of ours");
            child.wait().expect("a child of ours");
            panic!(
                "still running after {limit:?}: {}",
                err.join().expect("text")
            );
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Ran {
        code: status.code(),
        out: out.join().expect("text"),
        err: err.join().expect("text"),
    }
}

/// Everything that comes through a pipe; nothing where there is none.
fn reading(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_string(&mut text).expect("text");
        }
        text
    })
}
