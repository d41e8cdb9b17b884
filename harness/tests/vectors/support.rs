//! The vectors as recorded now, once for all tests.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use dtr_harness::vector::format::{Answers, Vector};
use dtr_harness::vector::{record, store};
use dtr_model::draft::Draft;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const DRAFT: &Draft = Draft::DEFAULT;

/// The vectors, and the answers they name.
pub(crate) fn recorded() -> &'static (Vec<Vector>, Answers) {
    static RECORDED: OnceLock<(Vec<Vector>, Answers)> = OnceLock::new();
    RECORDED.get_or_init(|| record::vectors(DRAFT).expect("the generator and the oracle agree"))
}

/// The relatives of the submitted texts that there are vectors of.
pub(crate) fn siblings() -> impl Iterator<Item = &'static Draft> {
    Draft::siblings().chain(Draft::profiles())
}

/// The committed vectors.
pub(crate) fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// The vector whose id begins so.
pub(crate) fn named(id: &str) -> Vector {
    let found = recorded().0.iter().find(|vector| vector.id.starts_with(id));
    found.unwrap_or_else(|| panic!("no vector {id}")).clone()
}

/// A directory with vectors in it, to be spoiled.
pub(crate) fn copy(vectors: &[Vector]) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    store::write(dir.path(), DRAFT, vectors, &recorded().1).expect("it can be written to");
    dir
}

/// Changes a JSON file.
pub(crate) fn forge(path: &Path, change: impl FnOnce(&mut Value)) {
    let text = std::fs::read_to_string(path).expect("it was written");
    let mut value = serde_json::from_str(&text).expect("it is JSON");
    change(&mut value);
    std::fs::write(path, value.to_string()).expect("it can be written to");
}
