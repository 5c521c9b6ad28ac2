//! How an item stands, and the command that changes that for the better.

use std::path::Path;

use super::command::Command;
use super::failure::Failure;
use super::present::Present;
use super::remembered::Remembered;
use crate::item::SkipReason;
use crate::parse::Stage;
use crate::store::{ItemRecord, RejectedRecord};

/// How an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// For a person.
    pub(super) text: String,
    /// The command that would change it; none if nothing is to be done, or none can.
    pub(super) fix: Option<Command>,
}

/// What is known of an item, to be weighed.
pub(super) struct Weighing<'a> {
    pub(super) record: &'a ItemRecord,
    pub(super) present: &'a Present,
    pub(super) differs_by: &'a [&'static str],
    pub(super) remembered: &'a Remembered,
    /// Deletions of its source that are withheld.
    pub(super) withheld: usize,
    pub(super) store: &'a Path,
}

impl Weighing<'_> {
    /// How the item stands, and the command that would change that for the better.
    pub(super) fn weigh(&self) -> Verdict {
        if let (true, Some(reason)) = (self.record.is_deletion_candidate, self.skip_reason())
            && !reason.keeps_stored_version()
            && !matches!(self.present, Present::Absent | Present::Unknown { .. })
        {
            return self.weigh_emptied(reason);
        }
        match self.present {
            Present::Unknown { error } => {
                let Failure { message, remedy, .. } = error;
                self.sync(format!("its source cannot be read now: {message}; {remedy}"))
            }
            Present::Absent => self.weigh_absent(),
            Present::Skipped { reason, detail, size_bytes } => {
                self.weigh_skip(*reason, detail, *size_bytes)
            }
            Present::Here { .. } if self.skip_reason() == Some(SkipReason::LfsPointer) => {
                self.sync("Git LFS keeps its content elsewhere: `git lfs pull`, then sync")
            }
            Present::Here { .. } if self.skip_reason() == Some(SkipReason::TimedOut) => {
                self.sync("reading it took too long: syncs try it again, three in all")
            }
            Present::Here { .. } if !self.differs_by.is_empty() => {
                self.sync(format!("its {} changed since", self.differs_by.join(" and ")))
            }
            Present::Here { .. } => self.weigh_same(),
        }
    }

    fn weigh_absent(&self) -> Verdict {
        let record = self.record;
        if record.is_deletion_candidate {
            let text = "its source no longer has it; the deletion is withheld until approved";
            return self.approve(text.to_owned());
        }
        match self.skip_reason() {
            _ if record.outcome == "deleted" => {
                settled("it was deleted: its source no longer has it")
            }
            // Such names are listed and never looked up.
            Some(SkipReason::NameNotUtf8) => self.sync("its name is not UTF-8: rename the file"),
            _ => self.sync("its source no longer has it, or leaves it out: a sync deletes it"),
        }
    }

    /// An item that is skipped for what it is, and of which something is stored.
    fn weigh_emptied(&self, reason: SkipReason) -> Verdict {
        if matches!(self.present, Present::Here { .. }) && self.differs_by.is_empty() {
            return self.sync("it is back as it was stored");
        }
        self.approve(format!(
            "{}; that what it stated before goes is withheld until approved",
            why_skipped(reason)
        ))
    }

    fn approve(&self, text: String) -> Verdict {
        let number = self.withheld.to_string();
        let approved = self.remembered.sync_command(self.store);
        Verdict { text, fix: Some(approved.with(&["--approve-deletions", &number])) }
    }

    /// An item whose present version is the one that was decided on.
    fn weigh_same(&self) -> Verdict {
        let record = self.record;
        if let Some(rejected) = &record.rejected {
            return self.weigh_rejected(rejected);
        }
        match (record.outcome.as_str(), self.skip_reason()) {
            ("written", _) if record.is_deletion_candidate => {
                self.sync("it is back since a listing lacked it")
            }
            ("written", _) => settled("it is stored as its source has it"),
            ("deleted", _) => self.sync("it is back since it was deleted"),
            (_, Some(reason)) if record.fingerprint.is_some() && !reason.keeps_stored_version() => {
                settled(format!("it is left out: {}", why_skipped(reason)))
            }
            _ => self.sync("what kept it out is over"),
        }
    }

    fn weigh_rejected(&self, rejected: &RejectedRecord) -> Verdict {
        if let Some(reason) = &rejected.discard_reason {
            return settled(format!("it was given up, until it changes: {reason}"));
        }
        if rejected.stage == Stage::Parse.as_str() {
            return self.sync("this version cannot be used: correct the file, then sync");
        }
        let retry = ["dead-letters", "retry", "--key", &self.record.key];
        let text = "it failed for a reason that may have passed: try it again".to_owned();
        Verdict { text, fix: Some(Command::on(self.store, &retry)) }
    }

    /// An item that would be left out unread.
    fn weigh_skip(&self, reason: SkipReason, detail: &str, size_bytes: Option<u64>) -> Verdict {
        match (reason, size_bytes) {
            (SkipReason::TooLarge, Some(bytes)) => {
                let allowing = self.remembered.clone().allowing(bytes);
                let fix = allowing.map(|allowing| allowing.sync_command(self.store));
                let text = format!("it is {detail}, the largest that is read");
                Verdict { text, fix }
            }
            (SkipReason::Unreadable, _) => {
                self.sync(format!("it cannot be read: {detail}; make it readable, then sync"))
            }
            (SkipReason::Unstable, _) => self.sync("it is being written: sync when that has ended"),
            _ => match self.skip_reason() {
                Some(before) => settled(format!("it is left out: {}", why_skipped(before))),
                None => self.sync(format!("it is no longer a file: {detail}")),
            },
        }
    }

    /// Why the store has the item as skipped, if it has.
    fn skip_reason(&self) -> Option<SkipReason> {
        SkipReason::from_name(self.record.skip_reason.as_deref()?)
    }

    fn sync(&self, text: impl Into<String>) -> Verdict {
        Verdict { text: text.into(), fix: Some(self.remembered.sync_command(self.store)) }
    }
}

fn settled(text: impl Into<String>) -> Verdict {
    Verdict { text: text.into(), fix: None }
}

/// What a person can make of a reason.
fn why_skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::NoMarkers => {
            "it has no ontology block, no term properties and no `public:: true`"
        }
        SkipReason::UnsupportedFormat => "its format is known by name and not read yet",
        SkipReason::TooLarge => "it is larger than allowed",
        SkipReason::Symlink | SkipReason::SymlinkOutside => "links are not followed",
        SkipReason::Submodule => "it is another repository, which would be a source of its own",
        SkipReason::LfsPointer => "Git LFS keeps its content elsewhere",
        SkipReason::NotAFile => "it is a socket, a pipe or a device",
        SkipReason::NameNotUtf8 => "its name is not UTF-8",
        SkipReason::Unreadable => "it could not be read",
        SkipReason::Unstable => "it changed each time it was read",
        SkipReason::Vanished => "it was gone when it was to be read",
        SkipReason::TimedOut => "reading it took too long",
        SkipReason::Discarded => "it was given up",
    }
}
