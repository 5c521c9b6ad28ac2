//! Translation in processes of its own: what a foreign parser does there, it does to nobody else.
//!
//! A process serves one document after the other and is killed when it takes too long or too
//! much; the next document gets a new one. Both ends of the protocol are here.

use std::fmt;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::cpu_time::{CpuBudget, CpuClock};
use crate::parse::owl::{Translator, translate};
use crate::parse::{Rejection, Stage, TIMED_OUT};
use crate::record::OwlFormat;

/// How long one document may take, in processor time where the system tells it. The largest real
/// ones take two seconds.
pub const TRANSLATION_LIMIT: Duration = Duration::from_secs(10);

/// Memory that one process may ask for.
pub const TRANSLATION_BYTES: u64 = 512 * 1024 * 1024;

/// The longest statement or message that is taken from another process.
const LARGEST_FRAME_BYTES: u32 = 64 * 1024 * 1024;

/// How a frame begins that ends an answer.
const END: u32 = 0;

/// How a frame begins that holds a rejection: its code follows, then its message.
const REJECTED: u32 = u32::MAX;

/// Codes that a rejection may come with. They are static text, so they are looked up here.
const CODES: [&str; 14] = [
    "bad_manchester",
    "bad_owl_xml",
    "bad_xml",
    "entity_expansion",
    "external_entity",
    "iri_too_long",
    "literal_too_long",
    "nested_too_deep",
    "not_text",
    "parser_panicked",
    "tag_too_long",
    "too_many_attributes",
    "too_many_namespaces",
    "unsupported_format",
];

/// Where foreign syntaxes are parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// In the process that asks. A parser that aborts takes it along; one that loops keeps a
    /// thread, and its item is rejected after the item's time.
    #[default]
    Thread,
    /// In processes that run this program, which must call [`serve`]: nothing that a document
    /// makes a parser do is felt here but as that item's rejection.
    Process {
        /// The program.
        program: PathBuf,
        /// What it is called with.
        arguments: Vec<String>,
    },
}

/// Processes that translate, kept while there is work for them.
pub struct Processes {
    program: PathBuf,
    arguments: Vec<String>,
    limit: Duration,
    idle: Mutex<Vec<Process>>,
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processes").field("program", &self.program).finish_non_exhaustive()
    }
}

impl Processes {
    /// Processes that run `program` with these arguments, none before there is a document.
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self { program, arguments, limit: TRANSLATION_LIMIT, idle: Mutex::default() }
    }

    /// The same with another limit on a document's time.
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    fn start(&self) -> Result<Process, Rejection> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| {
                let program = self.program.display();
                rejected("no_process", format!("{program} does not run: {e}"))
            })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            unreachable!("both were asked for");
        };
        let (clock, output) = (CpuClock::of_process(child.id()), BufReader::new(output));
        Ok(Process { child: Mutex::new(child), input, output, clock })
    }
}

impl Translator for Processes {
    fn translate(
        &self,
        content: &[u8],
        format: OwlFormat,
        take: &mut dyn FnMut(&str),
    ) -> Result<(), Rejection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut process = idle.map_or_else(|| self.start(), Ok)?;
        let answer = process.ask(content, format, self.limit, take)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        answer
    }
}

/// One process; killed when it is dropped.
struct Process {
    child: Mutex<Child>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    clock: CpuClock,
}

impl Process {
    /// Asks for one document. The outer error means that the process is of no more use.
    fn ask(
        &mut self,
        content: &[u8],
        format: OwlFormat,
        limit: Duration,
        take: &mut dyn FnMut(&str),
    ) -> Result<Result<(), Rejection>, Rejection> {
        let Self { child, input, output, clock } = self;
        let (child, clock) = (&*child, &*clock);
        let budget = CpuBudget::new(limit, clock);
        let (done, wait) = mpsc::channel::<()>();
        let (answer, is_late) = thread::scope(|scope| {
            let watch = scope.spawn(move || {
                while let Some(left) = budget.left(clock) {
                    if wait.recv_timeout(left) != Err(RecvTimeoutError::Timeout) {
                        return false;
                    }
                }
                kill(child);
                true
            });
            // It may answer, and even end, before it has read all.
            let asking = scope.spawn(|| request(input, content, format));
            let answer = answer(output, take);
            if answer.is_err() {
                kill(child);
            }
            let asked = asking.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
            drop(done);
            let is_late = watch.join().unwrap_or(false);
            (answer.and_then(|answer| asked.map(|()| answer)), is_late)
        });
        answer.map_err(|error| {
            let seconds = limit.as_secs_f64();
            let mebibytes = TRANSLATION_BYTES >> 20;
            match is_late {
                true => rejected(TIMED_OUT, format!("not parsed within {seconds} s")),
                false => rejected(
                    "parser_died",
                    format!(
                        "its parser ended; it may have needed more than {mebibytes} MiB ({error})"
                    ),
                ),
            }
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill(&self.child);
    }
}

/// Ends a process and waits for it, or it would stay behind as a zombie.
fn kill(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    // It may be gone already.
    let _ = child.kill();
    let _ = child.wait();
}

fn request(input: &mut ChildStdin, content: &[u8], format: OwlFormat) -> io::Result<()> {
    let format = OwlFormat::ALL.iter().position(|it| *it == format).unwrap_or_default() as u8;
    let mut head = vec![format];
    head.extend((content.len() as u64).to_le_bytes());
    input.write_all(&head)?;
    input.write_all(content)?;
    input.flush()
}

fn answer(output: &mut impl Read, take: &mut dyn FnMut(&str)) -> io::Result<Result<(), Rejection>> {
    loop {
        match length(output)? {
            END => return Ok(Ok(())),
            REJECTED => {
                let (code, message) = (text(output)?, text(output)?);
                let code = CODES.into_iter().find(|it| *it == code).unwrap_or("rejected");
                return Ok(Err(rejected(code, message)));
            }
            length => take(&text_of(output, length)?),
        }
    }
}

fn length(input: &mut impl Read) -> io::Result<u32> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    Ok(u32::from_le_bytes(length))
}

fn text(input: &mut impl Read) -> io::Result<String> {
    let length = length(input)?;
    text_of(input, length)
}

fn text_of(input: &mut impl Read, length: u32) -> io::Result<String> {
    if length > LARGEST_FRAME_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
    }
    let mut bytes = vec![0; length as usize];
    input.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

fn rejected(code: &'static str, message: String) -> Rejection {
    Rejection { stage: Stage::Parse, code, message }
}

/// Serves documents from standard input until that ends: the other end of
/// [`Isolation::Process`]. Limits this process's memory first, so it is to be called in one that
/// does nothing else.
///
/// # Errors
///
/// Whatever reading and writing reports.
pub fn serve() -> io::Result<()> {
    rlimit::setrlimit(rlimit::Resource::AS, TRANSLATION_BYTES, TRANSLATION_BYTES)?;
    let mut input = io::stdin().lock();
    let mut output = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let mut content = Vec::new();
    loop {
        let mut head = [0; 9];
        match input.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let [format, length @ ..] = head;
        let format = OwlFormat::ALL.get(usize::from(format)).copied();
        let format = format.ok_or(io::ErrorKind::InvalidData)?;
        content.clear();
        let length = u64::from_le_bytes(length);
        if input.by_ref().take(length).read_to_end(&mut content)? as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        serve_one(&content, format, &mut output)?;
        output.flush()?;
    }
}

fn serve_one(content: &[u8], format: OwlFormat, output: &mut impl Write) -> io::Result<()> {
    let mut written = Ok(());
    let mut take = |text: &str| {
        if written.is_ok() && !text.is_empty() {
            written = frame(output, text);
        }
    };
    let translated = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        translate(content, format, &mut take)
    }));
    let translated = translated
        .unwrap_or_else(|_| Err(rejected("parser_panicked", "the parser panicked".to_owned())));
    written?;
    match translated {
        Ok(()) => output.write_all(&END.to_le_bytes()),
        Err(rejection) => {
            output.write_all(&REJECTED.to_le_bytes())?;
            frame(output, rejection.code)?;
            frame(output, &rejection.message)
        }
    }
}

fn frame(output: &mut impl Write, text: &str) -> io::Result<()> {
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidData)?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(text.as_bytes())
}
