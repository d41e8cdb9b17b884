//! Each file fits its schema, and the schemas are those of the types.

use jsonschema::Validator;
use serde_json::Value;

use super::{Notes, Rule};
use crate::vector::store;

/// The schemas of all sorts of files.
pub(super) struct Schemas([Schema; 3]);

/// One schema, ready to be used.
pub(super) struct Schema(Validator);

impl Schemas {
    pub(super) fn new() -> Schemas {
        Schemas(store::schemas().map(|(_, schema)| Schema(compiled(&schema))))
    }

    pub(super) fn answers(&self) -> &Schema {
        &self.0[0]
    }

    pub(super) fn vector(&self) -> &Schema {
        &self.0[2]
    }
}

impl Schema {
    /// Where a value does not fit, and why.
    pub(super) fn complaints(&self, value: &Value) -> Vec<(String, String)> {
        let errors = self.0.iter_errors(value);
        errors
            .map(|error| {
                (
                    error.instance_path().to_string(),
                    in_short(&error.to_string()),
                )
            })
            .collect()
    }
}

/// The published schemas are those that the files are held against.
pub(super) fn current(notes: &mut Notes) {
    for (place, schema) in store::schemas() {
        let path = notes.dir.join(place);
        match store::read::<Value>(&path) {
            Ok(published) if published == schema => {}
            Ok(_) => notes.complain(
                &path,
                "",
                Rule::Stale,
                "not the schema of the types; record anew",
            ),
            Err(why) => notes.complain(&path, "", Rule::Unreadable, why),
        }
    }
}

fn compiled(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("a schema generated from types is a schema")
}

/// An error that repeats a whole vector helps nobody.
fn in_short(error: &str) -> String {
    const LONGEST: usize = 200;
    match error.char_indices().nth(LONGEST) {
        None => error.to_owned(),
        Some(_) => {
            let end: String = error.chars().rev().take(LONGEST).collect();
            format!("…{}", end.chars().rev().collect::<String>())
        }
    }
}
