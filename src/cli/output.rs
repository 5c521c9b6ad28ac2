//! Output: the only place that prints, and where text from outside is made safe to show.
//!
//! Answers go to standard output, as text or as one JSON object; everything about the way there
//! goes to standard error. What an answer says is decided elsewhere.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};
use indicatif::MultiProgress;
use serde::Serialize;
use tracing_subscriber::fmt::MakeWriter;

use super::failure::Failure;

/// Columns of the narrowest terminal that lines are fitted to.
const NARROWEST: u16 = 20;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Even when piped.
    Always,
    /// Not at all.
    Never,
}

/// Where the program prints.
#[derive(Debug)]
pub(super) struct Output {
    is_json: bool,
    is_styled: bool,
    is_error_styled: bool,
    /// Whatever moves on standard error; it is taken away while something else is printed there.
    bars: MultiProgress,
}

impl Output {
    pub(super) fn new(is_json: bool, color: ColorChoice) -> Self {
        let is_wanted = |is_terminal: bool| match color {
            ColorChoice::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none(),
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        Self {
            is_json,
            is_styled: is_wanted(io::stdout().is_terminal()),
            is_error_styled: is_wanted(io::stderr().is_terminal()),
            bars: MultiProgress::new(),
        }
    }

    /// Prints an answer: `value` as JSON, or what `draw` makes of it.
    pub(super) fn show(
        &self,
        value: &impl Serialize,
        draw: impl FnOnce(&mut Sheet),
    ) -> Result<(), Failure> {
        if self.is_json {
            return self.print_json(value);
        }
        let mut sheet = Sheet::new(self.is_styled, Table::new().width());
        draw(&mut sheet);
        self.print(&sheet.text)
    }

    /// Prints an answer that is JSON whoever reads it.
    pub(super) fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        self.print(&(json(value) + "\n"))
    }

    /// Prints text that is meant for a program, as it is.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever read has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::output(&error)),
            Ok(()) => Ok(()),
        }
    }

    /// Prints what went wrong: as an object on standard output where that is read by a
    /// program, for a person on standard error.
    pub(super) fn fail(&self, failure: &Failure) {
        if self.is_json {
            // If standard output is what failed, the exit code says so alone.
            let _ = self.print(&(json(&serde_json::json!({ "error": failure })) + "\n"));
            return;
        }
        self.explain_failure(failure);
    }

    /// Prints what went wrong for a person, beside an answer that says it too.
    pub(super) fn explain_failure(&self, failure: &Failure) {
        let mut sheet = self.aside_sheet();
        let code = format!("error[{}]", failure.code);
        sheet.parts(&[(Tone::Bad, &code), (Tone::Plain, ": "), (Tone::Plain, &failure.message)]);
        sheet.copyable("  help: ", &failure.remedy);
        self.aside(&sheet.text);
    }

    /// Prints a line about the way, unless a program reads everything.
    pub(super) fn note(&self, text: &str) {
        let mut sheet = self.aside_sheet();
        sheet.line(text);
        self.aside(&sheet.text);
    }

    /// Asks a question that only `y` answers with yes; nobody there to ask means no.
    pub(super) fn confirm(&self, question: &str) -> bool {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return false;
        }
        self.aside(&format!("{} [y/N] ", escaped(question)));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).is_ok()
            && matches!(answer.trim(), "y" | "Y" | "yes" | "Yes")
    }

    /// Whether a program reads the answers.
    pub(super) fn is_json(&self) -> bool {
        self.is_json
    }

    /// Where moving things are drawn.
    pub(super) fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Where the log goes.
    pub(super) fn log(&self) -> LogWriter {
        LogWriter(self.bars.clone())
    }

    fn aside_sheet(&self) -> Sheet {
        Sheet::new(self.is_error_styled, Table::new().use_stderr().width())
    }

    fn aside(&self, text: &str) {
        // Nobody is left to be told that standard error is gone.
        let _ = self.bars.suspend(|| io::stderr().lock().write_all(text.as_bytes()));
    }
}

/// Prints clap's help, version or complaint, where each belongs.
pub(super) fn print_help(help: &clap::Error) {
    // Nobody is left to be told that the stream is gone.
    let _ = help.print();
}

/// Writes log lines between the moving things, each made safe to show.
#[derive(Clone, Debug)]
pub(super) struct LogWriter(MultiProgress);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let line = escaped(text.trim_end_matches('\n')) + "\n";
        self.0.suspend(|| io::stderr().lock().write_all(line.as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogWriter {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Dim,
    Good,
    Warn,
    Bad,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Good => "\u{1b}[32m",
            Self::Warn => "\u{1b}[33m",
            Self::Bad => "\u{1b}[1;31m",
        }
    }
}

/// One field of a table.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    lines: Vec<String>,
    tone: Tone,
    is_number: bool,
    /// Whether it is copied as a rule, and so never broken.
    is_whole: bool,
}

impl Cell {
    /// Several lines below each other.
    pub(super) fn lines(lines: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let lines = lines.into_iter().map(|line| escaped(line.as_ref())).collect();
        Self { lines, tone: Tone::Plain, is_number: false, is_whole: false }
    }

    /// The same text, meant in this way.
    pub(super) fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// The same text, which is copied as a rule, such as a place or an id: however narrow the
    /// terminal is, it stands on one line.
    pub(super) fn whole(self) -> Self {
        Self { is_whole: true, ..self }
    }

    fn draw(self) -> comfy_table::Cell {
        let cell = comfy_table::Cell::new_owned(self.lines.join("\n"));
        let cell = if self.is_number { cell.set_alignment(CellAlignment::Right) } else { cell };
        match self.tone {
            Tone::Plain => cell,
            Tone::Strong => cell.add_attribute(Attribute::Bold),
            Tone::Dim => cell.add_attribute(Attribute::Dim),
            Tone::Good => cell.fg(Color::DarkGreen),
            Tone::Warn => cell.fg(Color::DarkYellow),
            Tone::Bad => cell.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::lines([text])
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::lines([text])
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self { is_number: true, ..Self::from(count(number)) }
    }
}

/// An answer for a person, put together from top to bottom. All text that comes in is made
/// safe to show.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
    is_styled: bool,
    /// Columns of the terminal; none where lines may be of any length.
    width: Option<u16>,
}

impl Sheet {
    fn new(is_styled: bool, width: Option<u16>) -> Self {
        // A terminal that says it has no room does not know its size.
        let width = width.filter(|width| *width >= NARROWEST);
        Self { text: String::new(), is_styled, width }
    }

    /// A heading, with an empty line before all but the first.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.parts(&[(Tone::Strong, text)]);
    }

    /// An empty line, except at the top.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A line.
    pub(super) fn line(&mut self, text: &str) {
        self.flow(&[(Tone::Plain, text)], "");
    }

    /// A line that nobody has to read.
    pub(super) fn dim(&mut self, text: &str) {
        self.parts(&[(Tone::Dim, text)]);
    }

    /// A line of several parts, continued further in where it is too long.
    pub(super) fn parts(&mut self, parts: &[(Tone, &str)]) {
        self.flow(parts, "    ");
    }

    fn flow(&mut self, parts: &[(Tone, &str)], hanging: &str) {
        let width = self.width.map_or(usize::MAX, usize::from);
        let mut column = 0;
        for (tone, text) in parts {
            self.open(*tone);
            for word in escaped(text).split_inclusive(' ') {
                let length = word.trim_end().chars().count();
                if column > hanging.len() && column + length > width {
                    self.text.truncate(self.text.trim_end_matches(' ').len());
                    self.text.extend(["\n", hanging]);
                    column = hanging.len();
                }
                self.text.push_str(word);
                column += word.chars().count();
            }
            self.close(*tone);
        }
        self.text.push('\n');
    }

    /// A line that somebody may copy, and so is never broken, behind what it is for.
    pub(super) fn copyable(&mut self, label: &str, text: &str) {
        self.open(Tone::Dim);
        self.text.push_str(&escaped(label));
        self.close(Tone::Dim);
        self.text.extend([&escaped(text), "\n"]);
    }

    fn open(&mut self, tone: Tone) {
        if self.is_styled {
            self.text.push_str(tone.code());
        }
    }

    fn close(&mut self, tone: Tone) {
        if self.is_styled && tone != Tone::Plain {
            self.text.push_str("\u{1b}[0m");
        }
    }

    /// Names with what stands for each.
    pub(super) fn pairs(&mut self, rows: impl IntoIterator<Item = (&'static str, Cell)>) {
        let rows =
            rows.into_iter().map(|(name, cell)| vec![Cell::from(name).tone(Tone::Dim), cell]);
        self.rows(None, rows);
    }

    /// A table whose columns need no names.
    pub(super) fn plain_table(&mut self, rows: impl IntoIterator<Item = Vec<Cell>>) {
        self.rows(None, rows);
    }

    /// A table.
    pub(super) fn table(&mut self, header: &[&str], rows: impl IntoIterator<Item = Vec<Cell>>) {
        self.rows(Some(header), rows);
    }

    fn rows(&mut self, header: Option<&[&str]>, rows: impl IntoIterator<Item = Vec<Cell>>) {
        const INDENT: u16 = 2;
        let mut table = Table::new();
        table.force_no_tty().load_style(comfy_table::presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(width) = self.width {
            table.set_width(width.saturating_sub(INDENT));
        }
        if self.is_styled {
            table.enforce_styling();
        }
        let (mut numbers, mut whole) = (Vec::new(), Vec::new());
        for row in rows {
            numbers = row.iter().map(|cell| cell.is_number).collect();
            whole.resize(whole.len().max(row.len()), false);
            row.iter().zip(&mut whole).for_each(|(cell, whole)| *whole |= cell.is_whole);
            table.add_row(row.into_iter().map(Cell::draw).collect::<Vec<_>>());
        }
        if let Some(header) = header {
            let is_number = numbers.into_iter().chain(std::iter::repeat(false));
            let cell = |(name, is_number): (&&str, bool)| {
                Cell { is_number, ..Cell::from(*name) }.tone(Tone::Dim).draw()
            };
            table.set_header(header.iter().zip(is_number).map(cell).collect::<Vec<_>>());
        }
        for (column, is_whole) in table.column_iter_mut().zip(whole) {
            column.set_padding((0, 2));
            if is_whole {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        for line in table.lines() {
            self.text.extend(["  ", line.trim_end(), "\n"]);
        }
    }
}

/// Text as it may be shown: whatever could move the cursor, hide text or turn its direction
/// round is spelled out. Names of files and contents of pages are chosen by others.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_unsafe(c) {
            out.extend(c.escape_default())
        } else {
            out.push(c)
        }
        out
    })
}

/// Whether a terminal does anything with a character but show it.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}

/// A number with its thousands apart.
pub(super) fn count(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}

/// `1 item`, `2 items`.
pub(super) fn plural(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// JSON that may be shown on a terminal as well: what is unsafe there is always inside a
/// string, where JSON has a spelling for it.
fn json(value: &impl Serialize) -> String {
    let text = match serde_json::to_string_pretty(value) {
        Ok(text) => text,
        Err(error) => serde_json::json!({ "error": error.to_string() }).to_string(),
    };
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_unsafe(c) && c != '\n' {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shown_moves_the_cursor_or_turns_text_round() {
        let hostile = "a\u{1b}[2Jb\nc\u{9b}d\u{202e}e\u{2066}f";
        let shown = escaped(hostile);
        assert_eq!(shown, "a\\u{1b}[2Jb\\nc\\u{9b}d\\u{202e}e\\u{2066}f");
        assert!(!shown.chars().any(is_unsafe));
    }

    #[test]
    fn names_in_any_script_are_shown_as_they_are() {
        for name in ["Écluse.md", "Ferryman’s Rope.md", "日本語.md", "Pegel Gießen.md"] {
            assert_eq!(escaped(name), name);
        }
    }

    #[test]
    fn escaped_json_still_says_the_same() {
        let value = serde_json::json!({ "key": "a\u{9b}\u{202e}\u{1b}b" });
        let shown = json(&value);
        assert!(!shown.chars().any(|c| is_unsafe(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
    }

    #[test]
    fn a_sheet_escapes_its_lines_and_its_cells() {
        let mut sheet = Sheet::new(false, None);
        sheet.heading("a\u{1b}b");
        sheet.line("c\rd");
        sheet.table(&["key"], [vec![Cell::from("e\u{202e}f")]]);
        assert_eq!(sheet.text, "a\\u{1b}b\nc\\rd\n  key\n  e\\u{202e}f\n");
    }

    #[test]
    fn a_place_is_never_broken() {
        let mut sheet = Sheet::new(false, Some(30));
        let place = Cell::from("ferries/Kettle Wharf.md:12").whole();
        sheet.plain_table([vec![place, Cell::from("a message of several words")]]);
        assert!(sheet.text.starts_with("  ferries/Kettle Wharf.md:12  "), "{}", sheet.text);
        assert!(sheet.text.lines().count() > 1, "{}", sheet.text);
    }

    #[test]
    fn a_line_too_long_for_the_terminal_is_broken_between_words() {
        let mut sheet = Sheet::new(false, Some(20));
        sheet.line("the parents of three pages are missing");
        sheet.parts(&[(Tone::Bad, "error"), (Tone::Plain, ": the disk is full")]);
        let (line, parts) =
            ("the parents of three\npages are missing\n", "error: the disk is\n    full\n");
        assert_eq!(sheet.text, format!("{line}{parts}"));
        let mut sheet = Sheet::new(false, Some(20));
        sheet.copyable("fix: ", "driftless sync /a/rather/long/path");
        assert_eq!(sheet.text, "fix: driftless sync /a/rather/long/path\n");
    }
}
