//! The harness behind the `dtr` binary.
