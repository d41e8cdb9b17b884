//! JSON for people: what fits on a line stays on it.
//!
//! Works on JSON text, so the members stay in the order in which their types
//! declare them, whatever the JSON library was built with.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Longest line, indentation included.
const WIDTH: usize = 160;

/// `value` as JSON text with a final line break.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let compact = serde_json::to_string(value).expect("plain data has a JSON form");
    let mut out = String::with_capacity(2 * compact.len());
    write(&compact, 0, 0, &mut out);
    out.push('\n');
    out
}

/// The same data with the members of every object in alphabetical order.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(members.into_iter().map(|(k, v)| (k.clone(), v)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Writes a compact value. `indent` is that of the line it begins on, `taken` how
/// much of that line is used.
fn write(value: &str, indent: usize, taken: usize, out: &mut String) {
    let line = inline(value);
    // One more for the comma that may follow.
    if !is_container(value) || taken + line.chars().count() < WIDTH {
        out.push_str(&line);
        return;
    }
    let items = items(&value[1..value.len() - 1]);
    // Members share lines as far as they fit, and so do plain values.
    let shares = value.starts_with('{') || !items.iter().any(|(_, item)| is_container(item));
    let depth = indent + 2;
    let mut taken = WIDTH;
    out.push_str(&value[..1]);
    for (at, (name, item)) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let length = name.chars().count() + inline(item).chars().count() + 2;
        if shares && taken + length < WIDTH {
            out.push(' ');
            taken += 1;
        } else {
            new_line(depth, out);
            taken = depth;
        }
        out.push_str(name);
        write(item, depth, taken + name.chars().count(), out);
        // What had to be broken has its last line to itself.
        taken = if depth + length > WIDTH {
            WIDTH
        } else {
            taken + length
        };
    }
    new_line(indent, out);
    out.push_str(&value[value.len() - 1..]);
}

fn is_container(value: &str) -> bool {
    value.starts_with(['{', '[']) && value.len() > 2
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// What is in a container, each with the name it has in an object.
fn items(mut inner: &str) -> Vec<(String, &str)> {
    let mut items = Vec::new();
    while !inner.is_empty() {
        let (mut item, mut rest) = inner.split_at(extent(inner));
        let mut name = String::new();
        if let Some(value) = rest.strip_prefix(':') {
            name = format!("{item}: ");
            (item, rest) = value.split_at(extent(value));
        }
        items.push((name, item));
        inner = rest.strip_prefix(',').unwrap_or(rest);
    }
    items
}

/// How many octets the value at the beginning of compact JSON text takes.
fn extent(text: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, octet) in text.bytes().enumerate() {
        if quoted {
            quoted = escaped || octet != b'"';
            escaped = octet == b'\\' && !escaped;
            if !quoted && depth == 0 {
                return at + 1;
            }
            continue;
        }
        match octet {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            b',' | b':' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// Compact JSON with a space after every comma and colon.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        out.push(c);
        if quoted {
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c == '"' {
            quoted = true;
        } else if c == ',' || c == ':' {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_it_writes_reads_back_as_the_same() {
        let long = "a \"quoted\" \\ text: with, marks {of} [all] sorts ".repeat(3);
        let value = json!({
            "empty": {}, "none": [], "text": long, "list": [1, "a,b", {"c": [long, null]}],
            "short": {"x": true, "y": [1, 2]},
        });
        let text = pretty(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(
            text.contains(r#""short": {"x": true, "y": [1, 2]}"#),
            "{text}"
        );
    }

    #[test]
    fn lines_that_can_be_broken_are_no_longer_than_the_width() {
        let value = json!(
            (0..100)
                .map(|n| json!({"n": n, "m": vec![n; 9]}))
                .collect::<Vec<_>>()
        );
        let text = pretty(&value);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(text.lines().count() >= 100);
        let many = json!({"all": vec!["{placeholder}"; 50]});
        assert!(pretty(&many).lines().count() < 12);
    }
}
