//! Reports as others read them: XML against a schema, a page in a browser.

#[path = "report/faulty.rs"]
mod faulty;
#[path = "report/junit.rs"]
mod junit;
#[path = "report/merged.rs"]
mod merged;
#[path = "report/page.rs"]
mod page;
#[path = "report/program.rs"]
mod program;
