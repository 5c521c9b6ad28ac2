//! Digests: what is hashed, and in which byte order.
//!
//! A fingerprint says which version of an item a stored row was made from. It covers
//! three things, each kept in a column of its own as well, so that a stale row can say
//! *by what* it is stale.

use std::fmt;

use serde::{Serialize, Serializer};

/// A BLAKE3 digest, 32 bytes; shown as 64 lowercase hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<blake3::Hash> for Digest {
    fn from(hash: blake3::Hash) -> Self {
        Self(*hash.as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What besides its content decides what an item becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Raised by hand whenever a parser gives another record for the same bytes.
    pub parser_version: u32,
    /// The digest of every setting that changes a record.
    pub configuration_version: Digest,
}

/// The digest of content, parser version and configuration version, in this order;
/// the parser version as four little-endian bytes.
pub fn fingerprint(content_digest: &Digest, reading: &Reading) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content_digest.as_bytes());
    hasher.update(&reading.parser_version.to_le_bytes());
    hasher.update(reading.configuration_version.as_bytes());
    hasher.finalize().into()
}

/// Git's name for a blob of this content: SHA-1 of `blob <length>\0` and the bytes, as hex.
pub fn git_blob_sha1(content: &[u8]) -> String {
    use fmt::Write;
    use sha1::Digest as _;

    let mut hasher = sha1::Sha1::new();
    hasher.update(format!("blob {}\0", content.len()));
    hasher.update(content);
    hasher.finalize().iter().fold(String::with_capacity(40), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_named_as_git_names_it() {
        // `printf 'hello\n' | git hash-object --stdin`
        assert_eq!(git_blob_sha1(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    }

    #[test]
    fn each_part_of_a_fingerprint_counts() {
        let reading = Reading { parser_version: 1, configuration_version: Digest::of(b"a") };
        let base = fingerprint(&Digest::of(b"x"), &reading);
        assert_ne!(base, fingerprint(&Digest::of(b"y"), &reading));
        assert_ne!(base, fingerprint(&Digest::of(b"x"), &Reading { parser_version: 2, ..reading }));
        let other = Reading { configuration_version: Digest::of(b"b"), ..reading };
        assert_ne!(base, fingerprint(&Digest::of(b"x"), &other));
    }
}
