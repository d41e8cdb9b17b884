//! The examples under `harness/targets/`, the parser and the published schema: they agree about what a target file is.

use std::path::{Path, PathBuf};

use dtr_harness::target::TargetFile;
use serde_json::{Map, Value, json};

use crate::serve::Serving;
use crate::support::Place;
use crate::target::free;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/targets");

/// What the examples leave out. None of it has to make sense: only its form is looked at.
const REST: &str = r#"
issuer = "https://as.example"
nodes = ["https://one.as.example", "https://two.as.example"]
timeout = 5
[tls]
ca = "ca.pem"
[limits]
interval = 1
lifetime = 10
raise = 1
blur = 100
[[clients]]
client_id = "a"
auth_method = "tls_client_auth"
certificate = "a.pem"
callbacks = true
interaction = { scope = "b", parameters = { c = "d" } }
[receiver]
listen = "127.0.0.1:1"
url = "https://suite.example/callback"
certificate = "receiver.pem"
wait = 100
[control]
kind = "none"
[clock]
kind = "wall"
"#;

/// Tables whose members are named by whoever writes the file.
const FREE: [&str; 3] = ["parameters", "headers", "take"];

/// Every target file among the examples, by name, with its text.
fn examples() -> Vec<(PathBuf, String)> {
    let (mut found, mut directories) = (Vec::new(), vec![PathBuf::from(EXAMPLES)]);
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("the examples") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|e| e == "toml")
                && path.file_name().is_some_and(|name| name != "server.toml")
            {
                let text = std::fs::read_to_string(&path).expect("text");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() >= 4, "{found:?}");
    found
}

fn schema() -> jsonschema::Validator {
    let path = Path::new(EXAMPLES).join("target.schema.json");
    let text = std::fs::read_to_string(path).expect("the published schema");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
}

/// The form of a document, without what has to hold beyond it.
fn parses(document: &Value) -> bool {
    serde_json::from_value::<TargetFile>(document.clone()).is_ok()
}

/// The names that a text takes from the environment.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("\"$").skip(1);
    after.filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_example_is_accepted_as_it_stands() {
    for (path, text) in examples() {
        let place = Place::new();
        // Nobody listens there, and nobody has to be asked where it is.
        let text = text.replace("https://as.example", "http://127.0.0.1:1");
        let text = text.replace("127.0.0.1:8400", "127.0.0.1:1");
        place.write("target.toml", &text);
        let mut command = place.command(&["doctor", "--target", "target.toml"]);
        command.envs(variables(&text).map(|name| (name, "a secret")));
        let limit = std::time::Duration::from_secs(60);
        let ran = crate::support::end_of(command.spawn().expect("the binary starts"), limit);
        assert!(
            ran.out.contains("target.toml is well-formed"),
            "{}: {ran:#?}",
            path.display()
        );
        // Nothing is left to complain of but that nobody is there.
        ran.exits(2).complains(&["your setup"]);
    }
}

#[test]
fn an_example_s_secrets_have_to_be_in_the_environment() {
    for (path, text) in examples() {
        for name in variables(&text) {
            let complaint = TargetFile::parse(&path, &text).expect_err("it is not set");
            let complaint = complaint.to_string();
            assert!(complaint.contains("the environment has no"), "{complaint}");
            assert!(std::env::var_os(name).is_none(), "{name} is set");
        }
    }
}

#[test]
fn the_schema_accepts_what_the_parser_accepts() {
    let schema = schema();
    let texts = examples().into_iter().map(|(_, text)| text);
    for text in texts.chain([REST.to_owned()]) {
        let document: Value = toml::from_str(&text).expect("TOML");
        assert!(parses(&document), "{document}");
        let errors: Vec<_> = schema.iter_errors(&document).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn a_word_that_nobody_knows_is_refused_by_both_wherever_it_stands() {
    let schema = schema();
    let texts = examples().into_iter().map(|(_, text)| text);
    for text in texts.chain([REST.to_owned()]) {
        let document: Value = toml::from_str(&text).expect("TOML");
        for place in tables(&document) {
            let mut wrong = document.clone();
            let table = wrong.pointer_mut(&place).and_then(Value::as_object_mut);
            table
                .expect("a table")
                .insert("colour".to_owned(), json!({ "url": "http://a.example" }));
            assert!(!parses(&wrong), "the parser takes `colour` at {place:?}");
            assert!(!schema.is_valid(&wrong), "the schema takes it at {place:?}");
        }
    }
}

/// Where tables stand whose members have fixed names, as JSON pointers.
fn tables(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![(String::new(), document)];
    while let Some((place, value)) = left.pop() {
        match value {
            Value::Object(members) => {
                left.extend(below(&place, members));
                found.push(place);
            }
            Value::Array(all) => {
                let each = all.iter().enumerate();
                left.extend(each.map(|(at, value)| (format!("{place}/{at}"), value)));
            }
            _ => {}
        }
    }
    found
}

fn below<'a>(
    place: &str,
    members: &'a Map<String, Value>,
) -> impl Iterator<Item = (String, &'a Value)> {
    let fixed = members.iter().filter(|(name, _)| !FREE.contains(&&***name));
    fixed.map(move |(name, value)| (format!("{place}/{name}"), value))
}

/// What the two files say to do in two terminals, at other ports.
#[test]
fn the_bundled_server_s_example_works_as_it_is() {
    let place = Place::new();
    let (public, control) = (free(), free());
    for name in ["server.toml", "target.toml"] {
        let path = Path::new(EXAMPLES).join("reference").join(name);
        let text = std::fs::read_to_string(path).expect("the example");
        let text = text.replace("127.0.0.1:8400", &public);
        place.write(name, &text.replace("127.0.0.1:8401", &control));
    }
    let mut args = vec!["--config", "server.toml", "--listen", &public];
    args.extend(["--control", &control]);
    let _server = Serving::start(&place, &args);
    let ran = place.run(&["doctor", "--target", "target.toml"]).exits(0);
    ran.says(&[
        "confidential client with its own grant: a decision: an approval leads to a token",
        "public client with authorization code: a decision: an approval leads to a token",
        "an interval of 1 s, a lifetime of 10 s",
    ]);
}
