//! Programs that read reports. A test that cannot have its reader fails: one
//! that is left out says nothing.

use std::path::PathBuf;
use std::process::Command;

/// The first of `names` on the path, or what `variable` says.
#[track_caller]
pub(crate) fn program(variable: &str, names: &[&str], package: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places =
        std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |n| dir.join(n)));
    let mut found = places.filter(|place| place.is_file());
    found.next().unwrap_or_else(|| {
        panic!("none of {names:?} is installed: apt-get install {package}, or set {variable}")
    })
}

/// Runs a command to its end; its standard output.
#[track_caller]
pub(crate) fn output(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
