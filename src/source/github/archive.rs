//! A commit's archive as a stream: read forward as files are wanted, never unpacked.
//!
//! Its files come in the order of their paths, as Git walks a tree, which is the order in
//! which they are listed. What is left out or altered in it shows when a file is compared
//! with its name, which is done by whoever asks here.

use std::cmp::Ordering;
use std::io;
use std::pin::Pin;

use async_compression::tokio::bufread::GzipDecoder;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use tokio::io::{AsyncRead, AsyncReadExt, Take};
use tokio_tar::{Archive as Tar, Entries, Entry};
use tokio_util::io::StreamReader;

use super::client::{Body, Incoming};

type Packed = StreamReader<BoxStream<'static, io::Result<Bytes>>, Bytes>;
type Unpacked = Take<Pin<Box<dyn AsyncRead + Send>>>;

/// See the module.
pub(super) struct Archive {
    entries: Pin<Box<Entries<Unpacked>>>,
    /// The file that was come to and not asked for yet.
    next: Option<(Vec<u8>, Entry<Tar<Unpacked>>)>,
    has_ended: bool,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("has_ended", &self.has_ended).finish_non_exhaustive()
    }
}

impl Archive {
    /// Reads the archive in `body`, as long as what is in it takes no more than `limit_bytes`.
    /// `received` is told of bytes as they come.
    pub(super) fn new(
        body: Body,
        limit_bytes: u64,
        received: impl Fn(usize) + Send + 'static,
    ) -> io::Result<Self> {
        let incoming = (Incoming::new(body), received);
        let packed = unfold(incoming, |(mut incoming, received)| async {
            let bytes = incoming.next().await?.map_err(io::Error::other);
            if let Ok(bytes) = &bytes {
                received(bytes.len());
            }
            Some((bytes, (incoming, received)))
        });
        let packed: Packed = StreamReader::new(packed.boxed());
        let unpacked: Pin<Box<dyn AsyncRead + Send>> = Box::pin(GzipDecoder::new(packed));
        let mut tar = Tar::new(unpacked.take(limit_bytes));
        Ok(Self { entries: Box::pin(tar.entries()?), next: None, has_ended: false })
    }

    /// What stands at `path` for a file of `size` bytes: nothing if it is so much longer that not
    /// even line ends of two bytes explain it, if the archive lacks it, or if it was passed already.
    pub(super) async fn take(&mut self, path: &str, size: u64) -> io::Result<Option<Vec<u8>>> {
        loop {
            let Some((at, entry)) = self.advance().await? else { return Ok(None) };
            match at.as_slice().cmp(path.as_bytes()) {
                Ordering::Less => self.next = None,
                Ordering::Greater => return Ok(None),
                Ordering::Equal if entry.effective_size() > size.saturating_mul(2) => {
                    return Ok(None);
                }
                Ordering::Equal => break,
            }
        }
        let Some((_, mut entry)) = self.next.take() else { return Ok(None) };
        let length = entry.effective_size();
        let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        entry.read_to_end(&mut content).await?;
        if content.len() as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(content))
    }

    /// The next file, left where it is; none at the end.
    async fn advance(&mut self) -> io::Result<Option<&(Vec<u8>, Entry<Tar<Unpacked>>)>> {
        while self.next.is_none() && !self.has_ended {
            match self.entries.next().await {
                None => self.has_ended = true,
                Some(entry) => {
                    let entry = entry?;
                    if entry.header().entry_type().is_file() {
                        let path = below_top(&entry.path_bytes()?).map(<[u8]>::to_vec);
                        self.next = path.map(|path| (path, entry));
                    }
                }
            }
        }
        Ok(self.next.as_ref())
    }
}

/// A path without the folder that GitHub puts everything into.
fn below_top(path: &[u8]) -> Option<&[u8]> {
    let slash = memchr::memchr(b'/', path)?;
    Some(&path[slash + 1..])
}
