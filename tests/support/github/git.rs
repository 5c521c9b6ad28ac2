//! The program `git`, run on one repository and deaf to whatever the machine has configured.
//!
//! A `git` that fails is a broken test: everything here panics with what it said.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A git directory to run commands on.
#[derive(Clone, Debug)]
pub(crate) struct Git {
    directory: PathBuf,
}

impl Git {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// A command, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // No variable of the caller's may name another repository, another time zone or a
        // language; what is left is what finding and running programs takes.
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.env("TZ", "UTC").env("LC_ALL", "C");
        command.arg("--git-dir").arg(&self.directory).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What a command prints.
    pub(crate) fn bytes(&self, arguments: &[&str]) -> Vec<u8> {
        let done = self.command(arguments).output().expect("the program git");
        printed(arguments, done)
    }

    /// What a command prints, on one line.
    pub(crate) fn line(&self, arguments: &[&str]) -> String {
        text(self.bytes(arguments))
    }

    /// What a command prints on one line after `feed` wrote its input.
    pub(crate) fn fed(&self, arguments: &[&str], feed: impl FnOnce(&mut dyn Write)) -> String {
        let mut child =
            self.command(arguments).stdin(Stdio::piped()).spawn().expect("the program git");
        let mut input = std::io::BufWriter::new(child.stdin.take().expect("its input"));
        feed(&mut input);
        // It waits for the end of its input, which is when the last handle is dropped.
        drop(input);
        text(printed(arguments, child.wait_with_output().expect("its end")))
    }
}

fn printed(arguments: &[&str], done: Output) -> Vec<u8> {
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "git {}: {complaint}", arguments.join(" "));
    done.stdout
}

fn text(printed: Vec<u8>) -> String {
    String::from_utf8(printed).expect("text").trim_end().to_owned()
}
