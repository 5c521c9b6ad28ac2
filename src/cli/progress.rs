//! A running job as it looks: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{Output, count, escaped};
use super::time::about;
use crate::checkpoint::Counters;
use crate::job::JobState;
use crate::progress::Progress;

/// Time between two lines where there is no bar.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// How progress is shown.
pub(super) struct Display<'a> {
    output: &'a Output,
    kind: Kind,
}

enum Kind {
    Silent,
    Lines { last: Instant },
    Bar(ProgressBar),
}

impl<'a> Display<'a> {
    /// What suits standard error; nothing unless `is_wanted`.
    pub(super) fn new(output: &'a Output, is_wanted: bool) -> Self {
        let kind = match is_wanted {
            false => Kind::Silent,
            true if std::io::stderr().is_terminal() => bar(output),
            true => Kind::Lines { last: Instant::now() },
        };
        Self { output, kind }
    }

    /// Shows the job as it is now.
    pub(super) fn show(&mut self, progress: &Progress) {
        match &mut self.kind {
            Kind::Silent => {}
            Kind::Lines { last } => {
                if last.elapsed() >= LINE_EVERY {
                    *last = Instant::now();
                    self.output.note(&line(progress));
                }
            }
            Kind::Bar(bar) => {
                match progress.total {
                    Some(total) => bar.set_length(total),
                    None => bar.unset_length(),
                }
                let item = match progress.state {
                    JobState::Pausing | JobState::Cancelling => "finishing what is in flight",
                    _ => match &progress.waiting {
                        Some(reason) => reason,
                        None => progress.current_item.as_deref().unwrap_or_default(),
                    },
                };
                let outcomes = outcomes(&progress.counters, "  ");
                bar.set_position(progress.counters.finished());
                bar.set_prefix(so_far(progress, "  "));
                bar.set_message(format!("{outcomes}  {}", escaped(item)));
                // Each setter draws when it likes; the last picture must show one moment.
                bar.force_draw();
            }
        }
    }

    /// Shows the job for the last time; what moves is taken away.
    pub(super) fn end(&self, progress: &Progress) {
        match &self.kind {
            Kind::Silent => {}
            Kind::Lines { .. } => self.output.note(&line(progress)),
            Kind::Bar(bar) => bar.finish_and_clear(),
        }
    }
}

fn line(progress: &Progress) -> String {
    let waiting = progress.waiting.as_ref().map(|reason| format!("; {reason}"));
    let outcomes = outcomes(&progress.counters, ", ");
    format!("{}: {outcomes}{}", so_far(progress, ", "), waiting.unwrap_or_default())
}

fn bar(output: &Output) -> Kind {
    // What a terminal shows when Ctrl-C is pressed pushes the picture up by a line; the first
    // one is then left standing, and is empty for that reason.
    let template = " \n{wide_bar:.cyan/dim} {prefix}\n{wide_msg:.dim}";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─");
    Kind::Bar(output.bars().add(ProgressBar::no_length()).with_style(style))
}

/// How far a job is and how long it will take.
fn so_far(progress: &Progress, between: &str) -> String {
    let finished = progress.counters.finished();
    let mut parts = match progress.total {
        Some(total) => {
            let tilde = if progress.total_is_estimate { "~" } else { "" };
            let mut parts = vec![format!("{} of {tilde}{} items", count(finished), count(total))];
            // Of nothing, and of less than there is, no share can be told.
            let is_share = total >= finished;
            let percent = (finished * 100).checked_div(total).filter(|_| is_share);
            parts.extend(percent.map(|percent| format!("{percent}%")));
            parts
        }
        None => vec![format!("{} items", count(finished))],
    };
    parts.push(format!("{}/s", count(progress.items_per_second.round() as u64)));
    let is_underway = finished > 0 && progress.state == JobState::Running;
    if let Some(seconds) = progress.seconds_left.filter(|_| is_underway) {
        parts.push(format!("{} left", about(seconds.ceil())));
    }
    parts.join(between)
}

/// How the items of a job ended: always these four, then what is rare.
pub(super) fn outcomes(counters: &Counters, between: &str) -> String {
    let always = [
        ("written", counters.written),
        ("unchanged", counters.unchanged),
        ("skipped", counters.skipped),
        ("rejected", counters.rejected),
    ];
    let rare = [
        ("superseded", counters.superseded),
        ("retried", counters.retried),
        ("deleted", counters.deleted),
    ];
    let shown = always.into_iter().chain(rare.into_iter().filter(|(_, number)| *number > 0));
    let parts: Vec<_> = shown.map(|(name, number)| format!("{name} {}", count(number))).collect();
    parts.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::JobId;

    fn progress(finished: u64, total: Option<u64>) -> Progress {
        Progress {
            waiting: None,
            job: JobId::new("j"),
            state: JobState::Running,
            counters: Counters { listed: finished, written: finished, ..Counters::default() },
            skips: <_>::default(),
            total,
            total_is_estimate: true,
            current_item: None,
            items_per_second: 812.4,
            seconds_left: Some(3.0),
            recent_errors: Vec::new(),
        }
    }

    #[test]
    fn an_estimate_says_so() {
        assert_eq!(
            so_far(&progress(2310, Some(5000)), ", "),
            "2,310 of ~5,000 items, 46%, 812/s, 3 s left"
        );
        assert_eq!(so_far(&progress(7, None), ", "), "7 items, 812/s, 3 s left");
    }

    #[test]
    fn an_empty_source_is_no_share_of_anything() {
        assert!(!so_far(&progress(0, Some(0)), ", ").contains('%'));
    }

    #[test]
    fn more_items_than_were_estimated_are_no_share_of_the_estimate() {
        assert!(!so_far(&progress(60, Some(50)), ", ").contains('%'));
        assert!(so_far(&progress(50, Some(50)), ", ").contains("100%"));
    }

    #[test]
    fn rare_outcomes_are_shown_when_they_happen() {
        let mut counters = Counters { written: 1200, ..Counters::default() };
        assert_eq!(outcomes(&counters, ", "), "written 1,200, unchanged 0, skipped 0, rejected 0");
        counters.deleted = 3;
        assert!(outcomes(&counters, ", ").ends_with(", deleted 3"));
    }
}
