use super::*;
use crate::Config;

fn read(line: &str) -> Result<Readings, String> {
    let text = format!("issuer = \"https://as.example\"\n\n[readings]\n{line}\n");
    let config = Config::from_toml(&text).map_err(|error| error.to_string())?;
    Ok(config.readings)
}

#[test]
fn every_reading_can_be_set_and_is_then_the_only_difference() {
    for (at, question) in Readings::QUESTIONS.iter().enumerate() {
        for reading in question.readings {
            let set = read(&format!("{:?} = {:?}", question.id, reading.letter)).unwrap();
            let mut expected = Readings::default().letters();
            expected[at] = reading.letter;
            assert_eq!(set.letters(), expected, "{}", question.id);
            let breaking = set.breaking().map(|(q, r)| (q.id, r.letter));
            let unsafe_one = reading.breaks.map(|_| (question.id, reading.letter));
            assert_eq!(breaking.collect::<Vec<_>>(), Vec::from_iter(unsafe_one));
        }
    }
}

/// All readings as a table in Markdown.
fn table() -> String {
    let mut lines = vec!["| question | readings |".to_owned(), "|---|---|".to_owned()];
    for question in Readings::QUESTIONS {
        let readings = question.readings.iter().map(|reading| {
            let letter = match reading.letter == question.default {
                true => format!("**{}**", reading.letter),
                false => reading.letter.to_owned(),
            };
            let warning = reading
                .breaks
                .map_or(String::new(), |row| format!(" ⚠ {row}"));
            format!("{letter}: {}{warning}", reading.text)
        });
        let readings: Vec<_> = readings.collect();
        lines.push(format!(
            "| {}: {} | {} |",
            question.id,
            question.title,
            readings.join("<br>")
        ));
    }
    lines.join("\n")
}

/// `BLESS=1 cargo test -p dtr-reference the_readme` writes it.
#[test]
fn the_readme_has_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("<!-- readings -->\n").unwrap();
    let (known, after) = rest.split_once("\n<!-- end of readings -->").unwrap();
    if std::env::var_os("BLESS").is_some() {
        let marked = format!("<!-- readings -->\n{}\n<!-- end of readings -->", table());
        std::fs::write(path, format!("{before}{marked}{after}")).unwrap();
    } else {
        assert_eq!(known, table(), "stale: run this test with BLESS=1");
    }
}

#[test]
fn what_is_unknown_is_named_with_what_is_known() {
    let error = read("\"C-02\" = \"Z\"").unwrap_err();
    assert!(
        error.contains("readings.C-02: there is no reading `Z`; use A or B or C"),
        "{error}"
    );
    let error = read("\"C-09\" = \"A\"").unwrap_err();
    assert!(
        error.contains("readings.C-09: there is no such question; use one of C-01, C-02"),
        "{error}"
    );
    assert!(read("\"C-02\" = 1").is_err());
}
