//! Standard output. Colour is left out where nobody sees it, and a reader who
//! has seen enough (`dtr check | head`) changes no verdict.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints a line.
macro_rules! println {
    () => { $crate::cli::out::write(format_args!("\n")) };
    ($($args:tt)*) => {
        $crate::cli::out::write(format_args!("{}\n", format_args!($($args)*)))
    };
}
pub(super) use println;

/// Prints.
pub(super) fn write(text: Arguments<'_>) {
    match anstream::stdout().lock().write_fmt(text) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            anstream::eprintln!("dtr: cannot write to standard output: {e}");
            std::process::exit(2);
        }
        _ => {}
    }
}
