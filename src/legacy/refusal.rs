//! Why an old database is refused: what was found, and what would have been taken.

use std::fmt;

use super::LegacyError;
use super::catalog::Table;
use super::shape::{Misfit, Shape};

/// An old database that is of no shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub reason: String,
    /// Its tables, each with its columns.
    pub found: Vec<String>,
    /// What each shape must have.
    pub expected: Vec<String>,
    is_mixed: bool,
}

impl Refusal {
    pub(super) fn of(misfit: Misfit, tables: &[Table]) -> Self {
        let (reason, is_mixed) = match misfit {
            Misfit::Unknown(reason) => (reason, false),
            Misfit::Mixed(reason) => (reason, true),
        };
        let expected = |shape: Shape| format!("{}: {}", shape.as_str(), shape.expectation());
        Self {
            reason,
            found: tables.iter().map(Table::described).collect(),
            expected: Shape::ALL.into_iter().map(expected).collect(),
            is_mixed,
        }
    }
}

impl From<Refusal> for LegacyError {
    fn from(refusal: Refusal) -> Self {
        let is_mixed = refusal.is_mixed;
        let refusal = Box::new(refusal);
        if is_mixed { Self::MixedShapes(refusal) } else { Self::UnknownShape(refusal) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = if self.found.is_empty() { "no tables".into() } else { self.found.join(", ") };
        write!(f, "{}; found: {found}; expected one of: {}", self.reason, self.expected.join("; "))
    }
}
