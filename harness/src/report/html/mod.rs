//! The report as one HTML page that needs nothing else: no fetches, no scripts.
//!
//! | file | what it is |
//! |---|---|
//! | `page` | what the page says, in the order it says it |
//! | `graph` | the places of a deferral and the steps between them, laid out |
//! | `sequence` | a failing trace as arrows between those who act in it |
//! | `templates/` | how it looks |
//!
//! A server under test is hostile until shown otherwise. So templates are
//! escaped whatever they are called, pictures too, and the page forbids itself
//! to load or run anything.

mod graph;
mod page;
mod sequence;

use std::fmt::Write;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, HtmlEscape, UndefinedBehavior};

use super::document::Document;
use page::Page;

/// Name and text of each template.
const TEMPLATES: [(&str, &str); 5] = [
    ("page", include_str!("templates/page.html")),
    ("style", include_str!("templates/style.css")),
    ("graph", include_str!("templates/graph.html")),
    ("sequence", include_str!("templates/sequence.html")),
    ("failure", include_str!("templates/failure.html")),
];

/// The page.
///
/// # Errors
/// When a template does not fit what it is given; no document causes that.
pub fn render(document: &Document) -> Result<String, Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    templates.set_auto_escape_callback(|name| match name {
        // Ours alone, and quotes mean something in it.
        "style" => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    templates.add_filter("number", number);
    templates.add_filter("code", code);
    templates.add_filter("seconds", |seconds: f64| format!("{seconds:.1} s"));
    for (name, text) in TEMPLATES {
        templates.add_template(name, text)?;
    }
    templates
        .get_template("page")?
        .render(Serde(Page::of(document)))
}

/// What stands between backticks, as code. The rest, and what is in them, is
/// escaped like everything else.
fn code(text: String) -> Value {
    let mut page = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        let part = HtmlEscape(part);
        let _ = match at % 2 {
            0 => write!(page, "{part}"),
            _ => write!(page, "<code>{part}</code>"),
        };
    }
    Value::from_safe_string(page)
}

/// `26,040`.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups = groups.map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Outcome;
    use crate::report::document::{FailureDocument, Remark, Setting, StepDocument, Unfinished};

    const HOSTILE: &str = "</td><script>alert('x')</script><img src=x onerror=alert(1)>\"'&";

    fn document() -> Document {
        Document::new(&Outcome::default(), &[], Setting::default())
    }

    #[test]
    fn what_a_server_says_never_becomes_markup() {
        let hostile = || HOSTILE.to_owned();
        let message = crate::report::document::exchange::MessageDocument {
            line: hostile(),
            headers: vec![hostile()],
            body: hostile(),
            cut_from: Some(7),
        };
        let exchange = crate::report::document::ExchangeDocument {
            purpose: hostile(),
            control: false,
            request: message.clone(),
            response: Some(message),
        };
        let step = |event: &str| StepDocument {
            at: 0,
            actor: "client".to_owned(),
            event: event.to_owned(),
            seen: hostile(),
            exchanges: vec![exchange.clone()],
        };
        let mut document = document();
        document.target = hostile();
        document.select = Some(hostile());
        document.failures.push(FailureDocument {
            trace: hostile(),
            times: 2,
            requirements: vec!["DTR-6.6-01".to_owned()],
            readings: vec![hostile()],
            detail: hostile(),
            allowed: vec![hostile()],
            steps: vec![step(HOSTILE), step("poll")],
            diagram: hostile(),
            script: hostile(),
        });
        document.metadata.push(Remark {
            requirement: None,
            detail: hostile(),
        });
        document.inconclusive.push(Unfinished {
            trace: hostile(),
            why: hostile(),
            requirements: Vec::new(),
        });
        let skipped = crate::report::document::SkippedDocument {
            traces: 1234,
            ..Default::default()
        };
        document.skipped.insert(hostile(), skipped);
        let page = render(&document).unwrap();
        assert!(page.contains("<td class=\"n\">1,234</td>"), "{page}");
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("<img"), "{page}");
        assert!(page.matches("&lt;script&gt;").count() > 10);
    }

    #[test]
    fn the_page_fetches_nothing() {
        let page = render(&document()).unwrap();
        for way in ["src=", "http:", "https:", "@import", "<link", "<script"] {
            assert!(!page.contains(way), "{way}");
        }
        // Arrow heads are named, not fetched.
        assert_eq!(page.matches("url(").count(), page.matches("url(#").count());
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn code_is_escaped_too() {
        let told = code("a <b> `<i>`".to_owned()).to_string();
        assert_eq!(told, "a &lt;b&gt; <code>&lt;i&gt;</code>");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 26040, 1234567].map(number),
            ["0", "999", "1,000", "26,040", "1,234,567"]
        );
    }
}
