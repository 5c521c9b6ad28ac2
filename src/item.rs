//! What flows through the engine: keys, items, outcomes.
//!
//! Plain words with no behaviour of their own; nothing here knows a source, a
//! parser or a store.

use std::fmt;

use crate::fingerprint::Digest;

/// The identity of an item within its source, compared as bytes.
///
/// For files it is the path below the source's root with `/` between its parts.
/// A backslash in a name is written `\\` and a byte that is not UTF-8 `\xNN`, so
/// two names never share a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey(Box<str>);

impl ItemKey {
    /// Wraps a key that is already in its escaped form.
    pub fn new(key: impl Into<Box<str>>) -> Self {
        Self(key.into())
    }

    /// The key as text, in its escaped form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An item's place in a job: 0 for the first one listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

/// One version of an item as its source delivered it.
#[derive(Clone, Debug)]
pub struct SourceItem {
    /// Where it stands in its source.
    pub key: ItemKey,
    /// The bytes, unchanged.
    pub content: Vec<u8>,
    /// BLAKE3 of `content`.
    pub content_digest: Digest,
    /// Git's name for `content`, where the source has worked it out already.
    pub git_sha1: Option<String>,
}

/// Why an item was left out on purpose.
///
/// The first group follows from the item itself: what it stated before is removed, as far as the
/// deletion guard allows. The second is circumstance: what was stored before is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// A page with no ontology block, no term properties and no `public:: true`.
    NoMarkers,
    /// A format that is recognised by name and not yet read.
    UnsupportedFormat,
    /// Larger than the source's size limit.
    TooLarge,
    /// A symbolic link; links are not followed.
    Symlink,
    /// A symbolic link that leads out of the source's root.
    SymlinkOutside,
    /// Another repository inside this one; it would be a source of its own.
    Submodule,
    /// A socket, a pipe or a device.
    NotAFile,
    /// A name that is not UTF-8.
    NameNotUtf8,
    /// What Git LFS leaves in a repository in place of a file.
    LfsPointer,
    /// The source has it and would not let it be read.
    Unreadable,
    /// It changed each time it was read.
    Unstable,
    /// It was listed and gone when it was to be read.
    Vanished,
    /// Reading it took too long, which may be because the machine was busy.
    TimedOut,
    /// A rejection that somebody discarded, for this very version.
    Discarded,
}

impl SkipReason {
    /// Every reason, in the order reports use.
    pub const ALL: [Self; 14] = [
        Self::NoMarkers,
        Self::UnsupportedFormat,
        Self::TooLarge,
        Self::Symlink,
        Self::SymlinkOutside,
        Self::Submodule,
        Self::NotAFile,
        Self::NameNotUtf8,
        Self::LfsPointer,
        Self::Unreadable,
        Self::Unstable,
        Self::Vanished,
        Self::TimedOut,
        Self::Discarded,
    ];

    /// The stable word for it, in the store, in reports and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMarkers => "no_markers",
            Self::UnsupportedFormat => "unsupported_format",
            Self::TooLarge => "too_large",
            Self::Symlink => "symlink",
            Self::SymlinkOutside => "symlink_outside",
            Self::Submodule => "submodule",
            Self::LfsPointer => "lfs_pointer",
            Self::NotAFile => "not_a_file",
            Self::NameNotUtf8 => "name_not_utf8",
            Self::Unreadable => "unreadable",
            Self::Unstable => "unstable",
            Self::Vanished => "vanished",
            Self::TimedOut => "timed_out",
            Self::Discarded => "discarded",
        }
    }

    /// The reason that [`as_str`](Self::as_str) named.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Whether what the store holds of the item stays: true for a circumstance,
    /// false where the item itself is the reason.
    pub fn keeps_stored_version(self) -> bool {
        matches!(
            self,
            Self::LfsPointer
                | Self::Unreadable
                | Self::Unstable
                | Self::Vanished
                | Self::TimedOut
                | Self::Discarded
        )
    }

    /// Whether a parser decides so: the same content is skipped again.
    pub fn is_of_content(self) -> bool {
        matches!(self, Self::NoMarkers | Self::UnsupportedFormat | Self::LfsPointer)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a listed item ended. Each ends in exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A new version stands in the store.
    Written,
    /// The store held this very version already.
    Unchanged,
    /// Left out, for a stated reason.
    Skipped(SkipReason),
    /// It could not be used; a dead letter says why.
    Rejected,
    /// A newer version of it was stored first.
    Superseded,
}
