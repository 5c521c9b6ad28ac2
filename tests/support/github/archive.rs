//! The tarball of a commit, as `git archive` makes it; or one with a file that is not the
//! commit's, in a sound envelope.

use std::process::Command;

use super::git::Git;

/// Bytes of a block of a tar file: a header, or a part of a content.
const BLOCK_BYTES: usize = 512;

/// The most that a stored block of a gzip file can hold.
const STORED_BYTES: usize = 0xffff;

/// What `git archive` is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) git: Git,
    /// A commit's SHA.
    pub(crate) commit: String,
    /// The folder that everything is in, without a slash.
    pub(crate) folder: String,
}

impl Archive {
    /// The command that prints the tarball.
    pub(crate) fn command(&self) -> Command {
        self.git.command(&["archive", "--format=tar.gz", &self.prefix(), &self.commit])
    }

    /// The whole tarball, with the first byte of the content of `path` altered: it unpacks
    /// without a complaint.
    pub(crate) fn falsified(&self, path: &[u8]) -> Vec<u8> {
        let mut tar = self.git.bytes(&["archive", "--format=tar", &self.prefix(), &self.commit]);
        let path = [self.folder.as_bytes(), b"/", path].concat();
        let at = content_of(&tar, &path).expect("a file of the archive that is not empty");
        tar[at] ^= 1;
        stored(&tar)
    }

    fn prefix(&self) -> String {
        format!("--prefix={}/", self.folder)
    }
}

/// Where in a tar file the content of a path begins.
fn content_of(tar: &[u8], path: &[u8]) -> Option<usize> {
    let until_nul = |bytes: &[u8]| bytes.split(|&byte| byte == 0).next().map(<[u8]>::to_vec);
    let (mut at, mut long_name) = (0, None);
    while at + BLOCK_BYTES <= tar.len() {
        let (header, content) = (&tar[at..at + BLOCK_BYTES], at + BLOCK_BYTES);
        let digits = String::from_utf8(until_nul(&header[124..136])?).ok()?;
        let size_bytes = usize::from_str_radix(digits.trim(), 8).unwrap_or(0);
        let name = until_nul(&header[..100])?;
        let name = match until_nul(&header[345..500])? {
            folder if folder.is_empty() => name,
            folder => [&folder[..], b"/", &name].concat(),
        };
        let kind = header[156];
        if kind == b'x' {
            long_name = pax_path(&tar[content..content + size_bytes]);
        } else if long_name.take().unwrap_or(name) == path && size_bytes > 0 {
            return Some(content);
        }
        at = content + size_bytes.next_multiple_of(BLOCK_BYTES);
    }
    None
}

/// The path in an extended header, which is lines of `<length> <key>=<value>`.
fn pax_path(mut lines: &[u8]) -> Option<Vec<u8>> {
    while let Some(space) = lines.iter().position(|&byte| byte == b' ') {
        let length: usize = String::from_utf8_lossy(&lines[..space]).parse().ok()?;
        if let Some(path) = lines[space + 1..length - 1].strip_prefix(b"path=") {
            return Some(path.to_vec());
        }
        lines = &lines[length..];
    }
    None
}

/// A gzip file that holds bytes as they are.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let mut blocks = bytes.chunks(STORED_BYTES).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a stored block");
        gzip.push(u8::from(blocks.peek().is_none()));
        gzip.extend(length.to_le_bytes());
        gzip.extend((!length).to_le_bytes());
        gzip.extend(block);
    }
    gzip.extend(crc32(bytes).to_le_bytes());
    let length_bytes = bytes.len() as u64 & u64::from(u32::MAX);
    gzip.extend(u32::try_from(length_bytes).expect("32 bits").to_le_bytes());
    gzip
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, &byte| (0..8).fold(sum ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_checksum_is_that_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
