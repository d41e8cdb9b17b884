//! The one binary, `dtr`. What each verb does is in `cli/`, one file a verb.

use std::process::ExitCode;

fn main() -> ExitCode {
    dtr_harness::cli::main()
}
