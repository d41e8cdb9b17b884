//! The readable form of some vectors, under review.

use dtr_harness::vector::readable::readable;

use crate::support::named;

/// One of each sort: what is tested, told apart, or merely walked through.
const REVIEWED: [&str; 11] = [
    "danger-L5-",
    "danger-S1-",
    "danger-S10-",
    "danger-S12-",
    "danger-S3-",
    "danger-S7-",
    "edge-",
    "fork-C-02=A-",
    "fork-C-13=C-",
    "fork-C-20=B-",
    "fork-C-59=A-",
];

#[test]
fn representative_vectors_read_as_reviewed() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        for id in REVIEWED {
            insta::assert_snapshot!(id.trim_end_matches('-'), readable(&named(id)));
        }
    });
}
