//! The one binary, `dtr`. What each verb does is in `cli/`, one file a verb.

use std::process::ExitCode;

#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    dtr_harness::cli::main()
}
