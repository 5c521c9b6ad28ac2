//! Which files count: globs over paths, and a limit on size. Shared by all sources of files.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::SourceError;

/// Pages are Markdown; OWL documents have many names.
pub const INCLUDE: [&str; 2] = ["**/*.md", "**/*.{owl,ofn,rdf,owx,ttl,nt,omn,obo,jsonld,json}"];

/// Hidden files and folders (`.git` among them) and the folders in which Logseq keeps old
/// versions of pages.
pub const EXCLUDE: [&str; 4] = ["**/.*", "**/.*/**", "**/bak/**", "**/.recycle/**"];

/// The largest file that is read. The largest page ever seen has 560 KB.
pub const LARGEST_ITEM_BYTES: u64 = 8 * 1024 * 1024;

/// The files of a source that count.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    include: GlobSet,
    exclude: GlobSet,
    pub(super) largest_item_bytes: u64,
}

impl Counted {
    pub(super) fn new(
        include: &[String],
        exclude: &[String],
        largest_item_bytes: u64,
    ) -> Result<Self, SourceError> {
        let (include, exclude) = (globs("include", include)?, globs("exclude", exclude)?);
        Ok(Self { include, exclude, largest_item_bytes })
    }

    /// Whether a path below the root counts.
    pub(super) fn counts(&self, below: &Path) -> bool {
        self.include.is_match(below) && !self.exclude.is_match(below)
    }

    /// Whether nothing below this folder can count.
    pub(super) fn excludes_folder(&self, below: &Path) -> bool {
        // `**/bak/**` speaks of all that is inside; `drafts/*` only of the first level.
        let inside = below.join("\u{1}");
        self.exclude.is_match(below)
            || self.exclude.is_match(&inside) && self.exclude.is_match(inside.join("\u{1}"))
    }

    /// What is told of a file that is larger than the limit.
    pub(super) fn too_large(&self) -> String {
        format!("larger than {} bytes", self.largest_item_bytes)
    }
}

fn globs(setting: &str, patterns: &[String]) -> Result<GlobSet, SourceError> {
    let bad = |reason: String| SourceError::Settings { setting: setting.to_owned(), reason };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.map_err(|e| bad(e.to_string()))?);
    }
    set.build().map_err(|e| bad(e.to_string()))
}
