//! One connection: requests come in, answers go out, and faults strike on the way.
//!
//! Written by hand because most faults are below what an HTTP library lets a server do: a
//! length that is not kept, half a chunk, a reset instead of an answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, sleep_until};

use super::answer::{Answer, Body};
use super::faults::{Faults, Plan};
use super::request::Request;
use super::seen::{Host, Log, Open};
use super::service::Service;

/// Bytes of a body in one chunk at most.
const CHUNK_BYTES: usize = 16_384;

/// How often a slowed body goes on.
const PACE: Duration = Duration::from_millis(20);

/// All that connections share.
pub(crate) struct Shared {
    pub(crate) service: Service,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

/// How a connection stands after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    KeptOpen,
    Closed,
    /// To be held, silent, until the client goes.
    Stalled,
}

/// Answers requests until either side has had enough.
///
/// # Errors
///
/// Whatever the connection says; the client has gone, and there is nobody to tell.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    host: Host,
    mut stream: TcpStream,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reading, writing) = stream.split();
    let (mut reader, mut writer) = (BufReader::new(reading), BufWriter::new(writing));
    while let Some(request) = Request::read(&mut reader).await? {
        let open = shared.log.open(host, &request);
        let plan = shared.faults.plan(host, &request.target);
        if !plan.latency.is_zero() {
            sleep(plan.latency).await;
        }
        if plan.is_reset {
            // Closing a socket that does not linger resets it.
            writer.get_ref().as_ref().set_zero_linger()?;
            return Ok(());
        }
        let is_last = request.is_last();
        let (answer, plan) = settle(shared, host, request, plan).await;
        let ending = Sending { plan: &plan, open: &open, writer: &mut writer }.send(answer).await?;
        match ending {
            Ending::KeptOpen if !is_last => {}
            Ending::KeptOpen | Ending::Closed => break,
            Ending::Stalled => {
                reader.fill_buf().await?;
                break;
            }
        }
    }
    writer.shutdown().await
}

/// Finds the answer, which takes reading from disk, and does what is to be done after it.
async fn settle(shared: &Arc<Shared>, host: Host, request: Request, plan: Plan) -> (Answer, Plan) {
    let shared = Arc::clone(shared);
    let settled = tokio::task::spawn_blocking(move || {
        let answer = shared.service.answer(host, &request, &plan);
        plan.then.iter().for_each(|action| action());
        (answer, plan)
    });
    settled.await.expect("an answer")
}

/// An answer on its way.
struct Sending<'a, W> {
    plan: &'a Plan,
    open: &'a Open<'a>,
    writer: &'a mut W,
}

impl<W: AsyncWrite + Unpin> Sending<'_, W> {
    async fn send(mut self, answer: Answer) -> io::Result<Ending> {
        self.open.answered(answer.status);
        let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let framing = match &answer.body {
            _ if answer.status == 304 => String::new(),
            Body::Whole(bytes) => {
                let promised = bytes.len() + usize::from(self.plan.is_unfinished);
                format!("content-length: {promised}\r\n")
            }
            Body::Chunked(_) | Body::Archive(_) => "transfer-encoding: chunked\r\n".to_owned(),
        };
        self.writer.write_all(format!("{head}{framing}\r\n").as_bytes()).await?;
        let ending = self.body(answer.body).await?;
        self.writer.flush().await?;
        Ok(if self.plan.is_unfinished { Ending::Closed } else { ending })
    }

    async fn body(&mut self, body: Body) -> io::Result<Ending> {
        let is_chunked = !matches!(body, Body::Whole(_));
        let mut source = Source::of(body)?;
        let (start, mut offset) = (Instant::now(), 0);
        let end = self.plan.cut_after.into_iter().chain(self.plan.stall_after).min();
        loop {
            if end == Some(offset) {
                let is_stall = self.plan.stall_after == end;
                return Ok(if is_stall { Ending::Stalled } else { Ending::Closed });
            }
            let mut chunk = source.next().await?;
            if chunk.is_empty() {
                break;
            }
            if is_chunked {
                self.writer.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
            }
            let flipped = self.plan.flip_byte.and_then(|at| at.checked_sub(offset));
            let flipped = flipped.and_then(|at| usize::try_from(at).ok());
            if let Some(byte) = flipped.and_then(|at| chunk.get_mut(at)) {
                *byte ^= 0xff;
            }
            let left = end.map_or(u64::MAX, |end| end - offset);
            let is_cut = left < chunk.len() as u64;
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            self.pieces(&chunk, start, offset).await?;
            offset += chunk.len() as u64;
            if is_chunked && !is_cut {
                self.writer.write_all(b"\r\n").await?;
            }
        }
        if is_chunked && !self.plan.is_unfinished {
            self.writer.write_all(b"0\r\n\r\n").await?;
        }
        Ok(Ending::KeptOpen)
    }

    /// Writes bytes that begin at `offset` of a body begun at `start`, as fast as allowed.
    async fn pieces(&mut self, bytes: &[u8], start: Instant, mut offset: u64) -> io::Result<()> {
        let Some(rate) = self.plan.bytes_per_second else {
            self.open.sent(bytes.len() as u64);
            return self.writer.write_all(bytes).await;
        };
        let a_pace = rate.saturating_mul(PACE.as_millis() as u64) / 1_000;
        let size = usize::try_from(a_pace.max(1)).unwrap_or(usize::MAX);
        for piece in bytes.chunks(size) {
            self.writer.write_all(piece).await?;
            self.writer.flush().await?;
            self.open.sent(piece.len() as u64);
            offset += piece.len() as u64;
            sleep_until(start + Duration::from_millis(offset.saturating_mul(1_000) / rate)).await;
        }
        Ok(())
    }
}

/// Where the bytes of a body come from.
enum Source {
    Memory {
        bytes: Arc<[u8]>,
        at: usize,
    },
    /// A process that is killed when dropped.
    Process(Box<Child>),
}

impl Source {
    fn of(body: Body) -> io::Result<Self> {
        match body {
            Body::Whole(bytes) | Body::Chunked(bytes) => Ok(Self::Memory { bytes, at: 0 }),
            Body::Archive(archive) => {
                let child = Command::from(archive.command()).kill_on_drop(true).spawn()?;
                Ok(Self::Process(Box::new(child)))
            }
        }
    }

    /// The next bytes; none at the end.
    async fn next(&mut self) -> io::Result<Vec<u8>> {
        match self {
            Self::Memory { bytes, at } => {
                let end = bytes.len().min(*at + CHUNK_BYTES);
                let chunk = bytes[*at..end].to_vec();
                *at = end;
                Ok(chunk)
            }
            Self::Process(child) => {
                let output = child.stdout.as_mut().expect("its output");
                let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                if output.read_buf(&mut chunk).await? == 0 {
                    let status = child.wait().await?;
                    assert!(status.success(), "git archive: {status}");
                }
                Ok(chunk)
            }
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Other",
    }
}
