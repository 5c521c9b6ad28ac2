//! The least HTTP client that notices what a better one would hide.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Longer than a busy machine takes to answer anything; silence of this length is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, as far as it came.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What kept the body from being whole.
    pub(crate) failure: Option<io::ErrorKind>,
}

/// A connection that is used again and again.
pub(crate) struct Client {
    host: String,
    stream: BufReader<TcpStream>,
}

/// Gets one URL over a connection of its own, as a client with a name.
pub(crate) fn get(url: &str, headers: &[(&str, &str)]) -> Reply {
    let named = [&[("user-agent", "a test")], headers].concat();
    Client::of(url).get(path(url), &named).expect("an answer")
}

/// What follows the host in a URL.
pub(crate) fn path(url: &str) -> &str {
    let rest = url.strip_prefix("http://").expect("a URL");
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// Unpacks a tarball.
pub(crate) fn unpacked(tarball: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut tar = Command::new("tar")
        .args(["-xzf", "-", "--strip-components=1", "-C"])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program tar");
    tar.stdin.take().expect("its input").write_all(tarball).expect("a listening tar");
    assert!(tar.wait().expect("its end").success());
    folder
}

impl Client {
    pub(crate) fn of(url: &str) -> Self {
        let host = url.strip_prefix("http://").expect("a URL").split('/').next().expect("a host");
        let stream = TcpStream::connect(host).expect("a server");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { host: host.to_owned(), stream: BufReader::new(stream) }
    }

    /// Takes less silence for a stall.
    pub(crate) fn impatient(self, patience: Duration) -> Self {
        self.stream.get_ref().set_read_timeout(Some(patience)).expect("a timeout");
        self
    }

    /// # Errors
    ///
    /// If no head comes.
    pub(crate) fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> io::Result<Reply> {
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n", self.host);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        self.stream.get_mut().write_all(format!("{head}\r\n").as_bytes())?;
        let status = self.line()?.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut reply = Reply { status, ..Reply::default() };
        while let Some((name, value)) = self.line()?.split_once(": ") {
            reply.headers.push((name.to_owned(), value.to_owned()));
        }
        reply.failure = self.body(&mut reply).err().map(|error| error.kind());
        Ok(reply)
    }

    fn body(&mut self, reply: &mut Reply) -> io::Result<()> {
        let length = reply.header("content-length").map(|it| it.parse().expect("a length"));
        if reply.header("transfer-encoding").is_none() {
            return self.part(length.unwrap_or(0), &mut reply.body);
        }
        loop {
            let line = self.line()?;
            let length =
                u64::from_str_radix(&line, 16).map_err(|_| io::ErrorKind::UnexpectedEof)?;
            self.part(length, &mut reply.body)?;
            self.line()?;
            if length == 0 {
                return Ok(());
            }
        }
    }

    /// Reads so many bytes, and keeps those that come if they are fewer.
    fn part(&mut self, length: u64, into: &mut Vec<u8>) -> io::Result<()> {
        let read = self.stream.by_ref().take(length).read_to_end(into)?;
        if (read as u64) < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str) -> i64 {
        self.header(name).and_then(|value| value.parse().ok()).expect("a number")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().expect("a message").to_owned()
    }
}
