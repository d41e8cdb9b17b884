//! The one binary, `dtr`. What each verb does is in `cli/`, one file a verb.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dtr_harness::cli::main()
}
