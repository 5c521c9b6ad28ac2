//! An item as its source has it now, beside what the store was made of.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::failure::Failure;
use super::origin::Configured;
use super::remembered::Remembered;
use crate::engine::Feed;
use crate::fingerprint::{Digest, fingerprint};
use crate::item::{ItemKey, SkipReason};
use crate::source::{Fetched, Known, Listed, ListedKind, SourceError};
use crate::store::{DeadLetter, ItemRecord};

/// What stands at an item's key now.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Present {
    /// Its content, as it would be read.
    Here {
        content_digest: Digest,
        size_bytes: u64,
        parser_version: u32,
        configuration_version: Digest,
        fingerprint: Digest,
    },
    /// Something that would be left out.
    Skipped {
        #[serde(serialize_with = "as_word")]
        reason: SkipReason,
        detail: String,
        /// Its length, where it has one.
        size_bytes: Option<u64>,
    },
    /// Nothing that counts.
    Absent,
    /// That cannot be told: the source does not answer.
    Unknown { error: Failure },
}

fn as_word<S: serde::Serializer>(reason: &SkipReason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reason.as_str())
}

/// Looks an item up where it comes from.
pub(super) async fn look(
    key: &str,
    remembered: &Remembered,
    configured: &Configured,
    wait: Duration,
) -> Present {
    match remembered.feed(configured) {
        Ok(feed) => at(&feed, key, remembered, wait).await,
        Err(error) => Present::Unknown { error },
    }
}

async fn at(feed: &Feed, key: &str, remembered: &Remembered, wait: Duration) -> Present {
    let source = feed.source();
    let key = ItemKey::new(key);
    let pinned = match source.pin(&Known { wait, ..Known::default() }).await {
        Ok(pinned) => pinned,
        Err(error) => return Present::Unknown { error: error.into() },
    };
    match pinned.has(&key).await {
        Ok(true) => {}
        Ok(false) => return Present::Absent,
        Err(error) => return Present::Unknown { error: error.into() },
    }
    // The size is what a listing would say; reading does not rely on it.
    let wanted = [Listed { key, kind: ListedKind::Item { size_bytes: 0, git_sha1: None } }];
    match pinned.fetch(&wanted).await.map(|mut fetched| fetched.pop()) {
        Ok(Some(Fetched::Item(item))) => {
            let reading = feed.reading(&remembered.config());
            Present::Here {
                content_digest: item.content_digest,
                size_bytes: item.content.len() as u64,
                parser_version: reading.parser_version,
                configuration_version: reading.configuration_version,
                fingerprint: fingerprint(&item.content_digest, &reading),
            }
        }
        Ok(Some(Fetched::Skipped { reason, detail })) => {
            let size_bytes = remembered.root().and_then(|root| size(root, wanted[0].key.as_str()));
            Present::Skipped { reason, detail, size_bytes }
        }
        Ok(Some(Fetched::Corrupt { detail })) => {
            let error = SourceError::Failed { name: source.description().name, reason: detail };
            Present::Unknown { error: error.into() }
        }
        Ok(None) => Present::Absent,
        Err(error) => Present::Unknown { error: error.into() },
    }
}

fn size(root: &Path, key: &str) -> Option<u64> {
    Some(root.join(key.replace("\\\\", "\\")).symlink_metadata().ok()?.len())
}

/// In what the present version differs from the one that the store decided on: `content`,
/// `parser`, `configuration`. Empty if in nothing, or if that cannot be told.
pub(super) fn differences(
    record: &ItemRecord,
    letter: Option<&DeadLetter>,
    present: &Present,
) -> Vec<&'static str> {
    let Present::Here {
        content_digest, parser_version, configuration_version, fingerprint, ..
    } = present
    else {
        return Vec::new();
    };
    if let Some(rejected) = &record.rejected {
        return match letter.and_then(|letter| letter.content_digest) {
            _ if rejected.fingerprint == Some(*fingerprint) => Vec::new(),
            Some(digest) if digest == *content_digest => vec!["parser or configuration"],
            _ => vec!["content"],
        };
    }
    let parts = [
        ("content", record.content_digest.is_some_and(|then| then != *content_digest)),
        ("parser", record.parser_version.is_some_and(|then| then != *parser_version)),
        (
            "configuration",
            record.configuration_version.is_some_and(|then| then != *configuration_version),
        ),
    ];
    parts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
