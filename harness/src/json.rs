//! JSON as it comes from a peer: an object, each of whose names is there once.
//!
//! With a member twice, the one reader takes the first and the other the last (RFC 8259 Section 4); what such an
//! object says depends on who reads it, so here it says nothing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads an object.
///
/// # Errors
/// Octets that are no JSON object: cut short, nested deeper than 128 levels, in another charset than UTF-8, with a
/// number that no machine holds, or with a member twice.
pub(crate) fn object(octets: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    match serde_json::from_slice(octets)? {
        Strict(Value::Object(members)) => Ok(members),
        Strict(_) => Err(serde_json::Error::custom("no JSON object")),
    }
}

/// A value that is a whole number from zero on, `5.0` included: JSON knows but one sort of number.
pub(crate) fn whole_number(value: &Value) -> Option<u64> {
    /// The greatest number below which a fraction can be told from none.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = |number: &f64| (0.0..EXACT).contains(number) && number.fract() == 0.0;
    let float = || value.as_f64().filter(whole).map(|number| number as u64);
    value.as_u64().or_else(float)
}

/// A value that is a number, as text; `5.0` is written like 5.
pub(crate) fn number_as_text(value: &Value) -> Option<String> {
    let as_it_is = || value.as_number().map(ToString::to_string);
    let whole = whole_number(value).map(|number| number.to_string());
    whole.or_else(as_it_is)
}

/// A value without repeated members at any depth.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if all.contains_key(&name) {
                let name: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format_args!(
                    "the member {name:?} is there twice"
                )));
            }
            let Strict(value) = members.next_value()?;
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn an_object_is_read_as_ever() {
        let text = r#"{"a":[1,-2,0.5,null,true,"\u0041"],"b":{"a":{}}}"#;
        let plain: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::Value::Object(object(text.as_bytes()).unwrap()),
            plain
        );
    }

    #[test]
    fn a_member_twice_is_an_error_that_names_it() {
        for text in [
            r#"{"error":"a","error":"b"}"#,
            r#"{"x":[{"error":1,"error":1}]}"#,
        ] {
            let error = object(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(r#""error" is there twice"#), "{error}");
        }
        // Spelled differently, named the same.
        assert!(object(br#"{"a":1,"\u0061":2}"#).is_err());
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        for text in [
            "",
            "[]",
            "null",
            "1",
            r#"{"a":1e400}"#,
            r#"{"a":1}x"#,
            "\u{feff}{}",
        ] {
            assert!(object(text.as_bytes()).is_err(), "{text}");
        }
        assert!(object(b"{\"a\":\"\xff\"}").is_err());
        let deep = "{\"a\":".repeat(100_000);
        assert!(object(deep.as_bytes()).is_err());
    }
}
