//! The one binary, `dtr`.
fn main() {}
