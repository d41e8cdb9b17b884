//! Partitions add up to the whole.

use dtr_harness::report::document::Document;
use dtr_harness::report::merge::{MergeError, merged};
use dtr_harness::report::partition::Partition;
use dtr_model::draft::Draft;

use crate::faulty;

/// Makes parts of a run into something else.
type Spoil = dyn Fn(&mut Vec<(String, Document)>);

async fn parts() -> Vec<(String, Document)> {
    let mut parts = Vec::new();
    // Given in another order than they are added up in.
    for index in [2, 1, 3] {
        let document = faulty::document(Some(Partition { index, of: 3 })).await;
        parts.push((format!("{index}.json"), document));
    }
    parts
}

/// All that was counted and concluded, also where a server fails. Which trace
/// tells of a failure is each partition's own choice.
#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_a_failing_run_add_up_to_the_whole() {
    let mut whole = faulty::document(None).await;
    let parts = parts().await;
    assert!(
        parts
            .iter()
            .all(|(_, d)| d.counts.traces < whole.counts.traces)
    );
    let mut sum = merged(parts).expect("parts of one run");
    assert!(!sum.failures.is_empty());
    for document in [&mut whole, &mut sum] {
        document.failures.clear();
        document.checks.iter_mut().for_each(|c| c.trace = None);
    }
    assert_eq!(sum, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_all_of_one_run_is_refused() {
    let parts = parts().await;
    let spoilt = |spoil: &Spoil| {
        let mut parts = parts.clone();
        spoil(&mut parts);
        merged(parts).expect_err("no whole").to_string()
    };
    for (spoil, words) in [
        (
            &(|p: &mut Vec<_>| p.truncate(2)) as &Spoil,
            "partition 3/3 is missing",
        ),
        (
            &|p| p[2] = ("again.json".to_owned(), p[0].1.clone()),
            "2/3 is there twice: 2.json and again.json",
        ),
        (
            &|p| p[1].1.draft = &Draft::IETF_00,
            "drafts differ (ietf-01 and ietf-00)",
        ),
        (&|p| p[1].1.target = "another".to_owned(), "targets differ"),
        (&|p| p[1].1.seed = 2, "seeds differ (1 and 2)"),
        (
            &|p| p[1].1.select = Some("edge".to_owned()),
            "selections differ (everything and `edge`)",
        ),
        (
            &|p| p[1].1.partition = "1/2".parse().ok(),
            "numbers of partitions differ (3 and 2)",
        ),
        (
            &|p| p[1].1.partition = None,
            "1.json is the report of a whole run",
        ),
        (
            &|p| p[1].1.evidence[0].cases[0] = "C-99=A".to_owned(),
            "1.json: `C-99=A`",
        ),
    ] {
        let told = spoilt(spoil);
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(merged(Vec::new()).err(), Some(MergeError::Nothing));
}
