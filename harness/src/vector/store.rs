//! Vectors in files: `DIR/<draft>/<kind>/<id>.json`, an index beside them, and
//! the schemas in `DIR/schema`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use dtr_model::draft::Draft;
use schemars::schema_for;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::format::{Answers, Entry, Index, Vector};
use super::json::{pretty, sorted};

/// Directories of vectors, by what they are for.
pub const KINDS: [&str; 4] = ["danger", "edge", "fork", "probe"];
/// The schema of a vector, below the directory of all vectors.
pub const VECTOR_SCHEMA: &str = "schema/vector.schema.json";
/// The schema of an index.
pub const INDEX_SCHEMA: &str = "schema/index.schema.json";
/// The answers that vectors name, in the directory of an edition.
pub const ANSWERS: &str = "answers.json";
/// The schema of the answers.
pub const ANSWERS_SCHEMA: &str = "schema/answers.schema.json";
/// The index, in the directory of an edition.
pub const INDEX: &str = "index.json";

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Vectors there are now.
    pub vectors: usize,
    /// Octets of all vectors.
    pub octets: u64,
    /// Files whose content is new or other than before.
    pub changed: usize,
    /// Vectors that are no longer recorded, removed.
    pub removed: usize,
}

/// Where a vector belongs, below the directory of all vectors.
pub fn place(vector: &Vector) -> PathBuf {
    [
        &vector.draft,
        vector.origin.kind(),
        &format!("{}.json", vector.id),
    ]
    .iter()
    .collect()
}

/// Every file that recording `vectors` makes, by its place.
pub fn files(draft: &Draft, vectors: &[Vector], answers: &Answers) -> BTreeMap<PathBuf, String> {
    let mut files: BTreeMap<PathBuf, String> = vectors
        .iter()
        .map(|vector| (place(vector), pretty(vector)))
        .collect();
    files.insert(
        Path::new(draft.id).join(INDEX),
        pretty(&index(draft, vectors, answers)),
    );
    files.insert(Path::new(draft.id).join(ANSWERS), pretty(answers));
    for (place, schema) in schemas() {
        files.insert(place.into(), pretty(&schema));
    }
    files
}

/// The schema of every sort of file, by its place.
pub fn schemas() -> [(&'static str, Value); 3] {
    [
        (ANSWERS_SCHEMA, schema_for!(Answers)),
        (INDEX_SCHEMA, schema_for!(Index)),
        (VECTOR_SCHEMA, schema_for!(Vector)),
    ]
    .map(|(place, schema)| (place, sorted(schema.as_value())))
}

/// Writes `vectors`, the index and the schemas, and removes what is no longer
/// recorded. Files that are right already are left alone.
///
/// # Errors
/// When a file cannot be read, written or removed.
pub fn write(
    dir: &Path,
    draft: &Draft,
    vectors: &[Vector],
    answers: &Answers,
) -> Result<Written, StoreError> {
    let files = files(draft, vectors, answers);
    let mut written = Written {
        vectors: vectors.len(),
        ..Written::default()
    };
    for (place, text) in &files {
        let path = dir.join(place);
        let is_vector = place.components().count() == 3;
        written.octets += if is_vector { text.len() as u64 } else { 0 };
        if fs::read_to_string(&path).is_ok_and(|known| known == *text) {
            continue;
        }
        let at = |cause| StoreError {
            path: path.clone(),
            cause,
        };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at)?;
        }
        fs::write(&path, text).map_err(at)?;
        written.changed += 1;
    }
    for path in list(dir, draft)? {
        let place = path.strip_prefix(dir).unwrap_or(&path);
        if !files.contains_key(place) && is_ours(&path) {
            fs::remove_file(&path).map_err(|cause| StoreError {
                path: path.clone(),
                cause,
            })?;
            written.removed += 1;
        }
    }
    Ok(written)
}

/// Every file in the directories of vectors, in order. A directory that is not
/// there holds none.
///
/// # Errors
/// When a directory cannot be read.
pub fn list(dir: &Path, draft: &Draft) -> Result<BTreeSet<PathBuf>, StoreError> {
    let mut found = BTreeSet::new();
    for kind in KINDS {
        let path = dir.join(draft.id).join(kind);
        let at = |cause| StoreError {
            path: path.clone(),
            cause,
        };
        let entries = match fs::read_dir(&path) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(at)?,
        };
        for entry in entries {
            found.insert(entry.map_err(at)?.path());
        }
    }
    Ok(found)
}

/// Reads a vector, or what vectors share.
///
/// # Errors
/// What is wrong with it, without the file's name.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    serde_json::from_str(&text).map_err(|e| e.to_string())
}

/// Reads every vector of an edition, and the answers they name.
///
/// # Errors
/// When a directory cannot be read, or a file does not hold what it should.
pub fn read_all(dir: &Path, draft: &Draft) -> Result<(Vec<Vector>, Answers), StoreError> {
    let content = |path: &Path, why: String| StoreError {
        path: path.to_owned(),
        cause: io::Error::new(ErrorKind::InvalidData, why),
    };
    let path = dir.join(draft.id).join(ANSWERS);
    let answers = read(&path).map_err(|why| content(&path, why))?;
    let vectors = list(dir, draft)?.into_iter();
    let vectors = vectors.map(|path| read(&path).map_err(|why| content(&path, why)));
    Ok((vectors.collect::<Result<_, _>>()?, answers))
}

/// Whether a file bears a name that recording gives.
fn is_ours(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    name.ends_with(".json")
        && KINDS
            .iter()
            .any(|kind| name.starts_with(&format!("{kind}-")))
}

fn index(draft: &Draft, vectors: &[Vector], answers: &Answers) -> Index {
    let entry = |vector: &Vector| Entry {
        file: format!("{}/{}.json", vector.origin.kind(), vector.id),
        steps: vector.steps.len(),
        seconds: vector.seconds(),
        requirements: vector.requirements.clone(),
        carried_out: vector.carried_out(answers).into_iter().collect(),
        questions: vector.questions.clone(),
    };
    Index {
        draft: draft.id.to_owned(),
        count: vectors.len(),
        vectors: vectors.iter().map(|v| (v.id.clone(), entry(v))).collect(),
    }
}

/// A file or directory that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use {path}: {cause}")]
pub struct StoreError {
    /// Which.
    pub path: PathBuf,
    /// Why not.
    pub cause: io::Error,
}
