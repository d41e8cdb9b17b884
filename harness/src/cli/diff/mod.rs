//! `dtr diff`: what tells two texts, or two ways of reading one, apart. For
//! people in `print.rs`, for programs and for the record in `document.rs`.

mod document;
mod print;

use std::path::{Path, PathBuf};

use dtr_model::diff::{self, Side};
use dtr_model::draft::Draft;

use super::{Exit, Trouble};

pub(super) use document::Document;

/// Arguments of `dtr diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    dtr diff gerber-00 ietf-01             what was changed on the way\n  \
    dtr diff ietf-01 pr-67 --lawful        with every lawful reading instead of the pins\n  \
    dtr diff ietf-01 ietf-01+C-02=A        one question read otherwise\n\n\
    Exit code 0 whether or not they differ; 1 with --exit-code if they do.")]
pub(super) struct Args {
    /// A draft, with readings behind a plus sign if you like: ietf-01+C-02=A,C-13=B
    #[arg(required_unless_present = "record", value_name = "ONE")]
    one: Option<String>,
    /// Another, or the same read otherwise
    #[arg(required_unless_present = "record", value_name = "OTHER")]
    other: Option<String>,
    /// Let each side answer by every reading that breaks no MUST, not by the pins alone. Slower, and only up to a bound
    #[arg(long)]
    lawful: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// End with exit code 1 if they differ
    #[arg(long)]
    exit_code: bool,
    /// Write down how the submitted drafts differ, each from each, and the last from RFC 8628 and CIBA
    #[arg(
        long,
        conflicts_with_all = ["one", "other", "lawful", "json", "exit_code"],
        value_name = "DIR", num_args = 0..=1, default_missing_value = "vectors/diff"
    )]
    record: Option<PathBuf>,
}

pub(super) fn diff(args: &Args) -> Result<Exit, Trouble> {
    let (Some(one), Some(other)) = (&args.one, &args.other) else {
        let to = args.record.as_deref().unwrap_or(Path::new("vectors/diff"));
        return record(to);
    };
    let usual: fn(&Draft) -> _ = match args.lawful {
        true => Draft::lawful,
        false => Draft::pins,
    };
    let sides = [Side::parse(one, usual)?, Side::parse(other, usual)?];
    let difference = diff::diff(&sides[0], &sides[1]);
    let document = Document::of([one, other], sides.map(|s| s.draft), &difference);
    match args.json {
        true => super::out::println!("{}", serde_json::to_string_pretty(&document)?),
        false => print::print(&document),
    }
    let differs = args.exit_code && !difference.is_none();
    Ok(if differs { Exit::Fail } else { Exit::Pass })
}

/// Each pair of the submitted drafts, and the last of them beside the siblings: one file a pair.
fn record(dir: &Path) -> Result<Exit, Trouble> {
    let cannot = |path: &Path, e| Trouble::new(format!("cannot write {}: {e}", path.display()));
    std::fs::create_dir_all(dir).map_err(|e| cannot(dir, e))?;
    let submitted = Draft::SUBMITTED.iter().enumerate();
    let mut pairs: Vec<[&'static Draft; 2]> = submitted
        .flat_map(|(at, one)| {
            Draft::SUBMITTED[at + 1..]
                .iter()
                .map(move |other| [one, other])
        })
        .collect();
    pairs.extend(Draft::siblings().map(|sibling| [sibling, Draft::DEFAULT]));
    for drafts in pairs {
        let sides = drafts.map(|draft| Side {
            draft,
            readings: draft.pins(),
        });
        let difference = diff::diff(&sides[0], &sides[1]);
        let document = Document::of(drafts.map(|d| d.id), drafts, &difference);
        let path = dir.join(format!("{}..{}.json", drafts[0].id, drafts[1].id));
        let text = serde_json::to_string_pretty(&document)? + "\n";
        std::fs::write(&path, text).map_err(|e| cannot(&path, e))?;
        anstream::eprintln!("{}", path.display());
    }
    Ok(Exit::Pass)
}
