//! The table that a bench prints: what was measured, and whether that keeps a limit.

use std::borrow::Cow;

/// A line of the table: what, how much, and whether that keeps a limit; none where that is empty.
pub(crate) struct Line {
    pub(crate) what: Cow<'static, str>,
    pub(crate) figure: String,
    pub(crate) limit: Cow<'static, str>,
    pub(crate) is_kept: bool,
}

/// Prints the table; ends the process with 1 if a limit is missed.
pub(crate) fn finish(lines: &[Line]) {
    println!("| what | figure | limit | |\n| --- | --- | --- | --- |");
    for Line { what, figure, limit, is_kept } in lines {
        let mark = match (limit.is_empty(), is_kept) {
            (true, _) => "",
            (false, true) => "kept",
            (false, false) => "MISSED",
        };
        println!("| {what} | {figure} | {limit} | {mark} |");
    }
    if lines.iter().any(|line| !line.is_kept) {
        std::process::exit(1);
    }
}
