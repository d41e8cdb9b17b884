//! A part of a run: which traces are run here, and which elsewhere.
//!
//! A trace belongs to the partition that a digest of its id says, so that the
//! division is the same on every machine and does not shift when other traces
//! come or go.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Partitions at most.
const MOST: u32 = 1000;

/// Partition `index` of `of`, counted from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Partition {
    /// Which.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Partition {
    /// Whether the trace called `id` belongs here.
    pub fn holds(self, id: &str) -> bool {
        let digest = digest(&SHA256, id.as_bytes());
        let (first, _) = digest
            .as_ref()
            .split_first_chunk()
            .expect("a SHA-256 digest has 32 octets");
        u64::from_be_bytes(*first) % u64::from(self.of) == u64::from(self.index - 1)
    }

    /// Whether the metadata is looked at here: once in all partitions.
    pub fn is_first(self) -> bool {
        self.index == 1
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// What is wrong with a `--partition`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no partition; write one as 2/4, from 1/4 to 4/4, of at most {MOST}")]
pub struct PartitionError(String);

impl FromStr for Partition {
    type Err = PartitionError;

    fn from_str(text: &str) -> Result<Partition, PartitionError> {
        let wrong = || PartitionError(text.to_owned());
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let index: u32 = index.parse().map_err(|_| wrong())?;
        let of: u32 = of.parse().map_err(|_| wrong())?;
        match (1..=MOST).contains(&of) && (1..=of).contains(&index) {
            true => Ok(Partition { index, of }),
            false => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trace_belongs_to_one_partition_and_they_are_about_equal() {
        let mut sizes = [0; 4];
        for number in 0..4000 {
            let id = format!("edge-{number:08x}");
            let holding: Vec<u32> = (1..=4)
                .filter(|index| {
                    Partition {
                        index: *index,
                        of: 4,
                    }
                    .holds(&id)
                })
                .collect();
            let [index] = holding[..] else {
                panic!("{id} in {holding:?}")
            };
            sizes[index as usize - 1] += 1;
        }
        assert!(sizes.iter().all(|n| (900..1100).contains(n)), "{sizes:?}");
    }

    /// The division is part of what CI scripts rely on.
    #[test]
    fn the_division_does_not_change_from_version_to_version() {
        let of = |id| (1..=4).find(|i| Partition { index: *i, of: 4 }.holds(id));
        assert_eq!(
            ["edge-00000000", "fork-C-02=A-1", "walk-7"].map(of),
            [Some(2), Some(4), Some(1)]
        );
    }

    #[test]
    fn what_is_no_partition_is_refused() {
        assert_eq!("2/4".parse(), Ok(Partition { index: 2, of: 4 }));
        for text in [
            "", "2", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "1/1001", "a/b",
        ] {
            assert!(text.parse::<Partition>().is_err(), "{text}");
        }
    }
}
