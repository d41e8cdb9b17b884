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
    let rest = value_at(&compact, 0, 0, &mut out);
    debug_assert!(rest.is_empty(), "one value was serialized");
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

/// Writes the value at the beginning of `text`, and returns what follows it.
/// `taken` is how much of the line is already used.
fn value_at<'a>(text: &'a str, indent: usize, taken: usize, out: &mut String) -> &'a str {
    let (value, rest) = text.split_at(extent(text));
    let container = value.starts_with(['{', '[']) && value.len() > 2;
    let line = inline(value);
    // One more for the comma that may follow.
    if !container || taken + line.chars().count() < WIDTH {
        out.push_str(&line);
        return rest;
    }
    let (open, close) = (&value[..1], &value[value.len() - 1..]);
    let mut inner = &value[1..value.len() - 1];
    out.push_str(open);
    if open == "[" && !inner.contains(['{', '[']) {
        fill(inner, indent + 2, out);
        inner = "";
    }
    while !inner.is_empty() {
        out.push('\n');
        let depth = indent + 2;
        out.extend(std::iter::repeat_n(' ', depth));
        let mut taken = depth;
        if open == "{" {
            let (name, after) = inner.split_at(extent(inner));
            out.push_str(name);
            out.push_str(": ");
            taken += name.chars().count() + 2;
            inner = &after[1..];
        }
        inner = value_at(inner, depth, taken, out);
        if let Some(more) = inner.strip_prefix(',') {
            out.push(',');
            inner = more;
        }
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push_str(close);
    rest
}

/// Writes plain values, as many on a line as fit.
fn fill(mut values: &str, indent: usize, out: &mut String) {
    let mut taken = WIDTH;
    while !values.is_empty() {
        let (value, rest) = values.split_at(extent(values));
        values = rest.strip_prefix(',').unwrap_or(rest);
        let length = value.chars().count() + 2;
        if taken + length > WIDTH {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            taken = indent;
        } else {
            out.push(' ');
        }
        out.push_str(value);
        taken += length;
        if !values.is_empty() {
            out.push(',');
        }
    }
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
    }
}
