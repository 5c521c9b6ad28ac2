//! The two ways to the bytes: one archive of the whole commit, or a request for each blob. Pure.

use crate::source::Missing;

/// From so many missing files on one archive is cheaper than a request for each.
const MANY_ITEMS: u64 = 300;

/// From so many on it is, if they are also a tenth of the repository.
const SOME_ITEMS: u64 = 100;

/// Up to so many files are asked for one by one if they are a small part of a large archive.
const FEW_OF_LARGE: u64 = 2000;

/// Without a token there are 60 requests an hour; so many may be spent on files.
const FEW_WITHOUT_TOKEN: u64 = 10;

/// How missing files are fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Way {
    /// Two requests, and bytes that are not wanted.
    Archive,
    /// A request a file, at the pace that GitHub allows.
    #[default]
    Blobs,
}

/// How large a repository is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl Way {
    pub(super) fn of(missing: &Missing, all: &Size, has_token: bool) -> Self {
        let Missing { items, bytes } = *missing;
        let is_small_part = bytes * 20 < all.bytes && items <= FEW_OF_LARGE;
        let is_many = items > MANY_ITEMS || items > SOME_ITEMS && items * 10 > all.files;
        let is_archive =
            if has_token { is_many && !is_small_part } else { items > FEW_WITHOUT_TOKEN };
        if is_archive { Self::Archive } else { Self::Blobs }
    }

    /// The way and its requests, for a person.
    pub(super) fn told(self, missing: &Missing) -> String {
        match (self, missing.items) {
            (_, 0) => "nothing, 0 requests".to_owned(),
            (Self::Archive, _) => "one archive, 2 requests".to_owned(),
            (Self::Blobs, 1) => "blob by blob, 1 request".to_owned(),
            (Self::Blobs, items) => format!("blob by blob, {items} requests"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(items: u64, bytes: u64, files: u64, all_bytes: u64, has_token: bool) -> Way {
        let size = Size { files, bytes: all_bytes };
        Way::of(&Missing { items, bytes }, &size, has_token)
    }

    #[test]
    fn many_missing_files_come_by_the_archive_and_few_by_their_blobs() {
        assert_eq!(way(974, 10_000, 974, 10_000, true), Way::Archive);
        assert_eq!(way(300, 3_000, 10_000, 10_000, true), Way::Blobs);
        assert_eq!(way(301, 3_000, 10_000, 10_000, true), Way::Archive);
        assert_eq!(way(101, 1_000, 1_000, 10_000, true), Way::Archive);
        assert_eq!(way(100, 1_000, 500, 10_000, true), Way::Blobs);
    }

    #[test]
    fn a_small_part_of_a_large_repository_is_not_worth_its_archive() {
        assert_eq!(way(2_000, 499, 3_000, 10_000, true), Way::Blobs);
        assert_eq!(way(2_001, 499, 3_000, 10_000, true), Way::Archive);
        assert_eq!(way(2_000, 500, 3_000, 10_000, true), Way::Archive);
    }

    #[test]
    fn without_a_token_requests_are_too_dear_for_more_than_a_few_files() {
        assert_eq!(way(10, 10, 10_000, 1_000_000, false), Way::Blobs);
        assert_eq!(way(11, 10, 10_000, 1_000_000, false), Way::Archive);
    }
}
