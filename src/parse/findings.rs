//! What an item's reader should know: diagnostics, sorted and bounded.

use std::fmt;

use super::{Diagnostic, Level};

/// Every code that a diagnostic may have.
pub const CODES: [&str; 53] = [
    "bad_axiom",
    "bad_clause",
    "bad_date",
    "bad_iri",
    "bad_json",
    "bad_json_ld",
    "bad_language",
    "bad_node",
    "class_disagrees",
    "cyclic_expression",
    "expression_too_large",
    "fence_too_large",
    "invalid_utf8",
    "json_repaired",
    "kind_disagrees",
    "label_disagrees",
    "merge_conflict",
    "missing_class",
    "missing_id",
    "missing_ontology_iri",
    "missing_page",
    "missing_required",
    "missing_type",
    "more_findings",
    "nested_too_deep",
    "nested_wikilink",
    "other_spelling",
    "owl_without_block",
    "parents_disagree",
    "prefix_disagrees_with_domain",
    "quality_disagrees",
    "relation_without_target",
    "relative_iri",
    "repeated_key",
    "reserved_iri",
    "score_out_of_range",
    "self_parent",
    "several_classes",
    "slug_disagrees",
    "text_after_iri",
    "unclosed_fence",
    "unclosed_wikilink",
    "unknown_context",
    "unknown_parse_type",
    "unknown_predicate",
    "unknown_prefix",
    "unknown_schema_version",
    "unknown_type",
    "unknown_value",
    "unsupported_format",
    "unusable_iri",
    "unusable_value",
    "wrong_type",
];

/// Diagnostics kept of one page. Nobody reads more of them, and a page of a million
/// unclosed links must not become a million rows.
pub(in crate::parse) const LIMIT: usize = 100;

/// Characters of a page that a message quotes; enough to find the place.
const QUOTED_CHARS: usize = 60;

/// Collects the diagnostics of one page.
#[derive(Default)]
pub(in crate::parse) struct Findings {
    kept: Vec<Diagnostic>,
    /// How many were left out, and the first line of those.
    dropped: usize,
    dropped_line: u32,
}

impl Findings {
    /// Adds something worth knowing.
    pub(in crate::parse) fn info(
        &mut self,
        code: &'static str,
        line: u32,
        message: impl Into<String>,
    ) {
        self.push(Diagnostic { level: Level::Info, code, line, message: message.into() });
    }

    /// Adds something unusual or missing.
    pub(in crate::parse) fn warn(
        &mut self,
        code: &'static str,
        line: u32,
        message: impl Into<String>,
    ) {
        self.push(Diagnostic { level: Level::Warning, code, line, message: message.into() });
    }

    /// Adds something that was stated and could not be used.
    pub(in crate::parse) fn error(
        &mut self,
        code: &'static str,
        line: u32,
        message: impl Into<String>,
    ) {
        self.push(Diagnostic { level: Level::Error, code, line, message: message.into() });
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        debug_assert!(CODES.contains(&diagnostic.code), "{}", diagnostic.code);
        self.kept.push(diagnostic);
        if self.kept.len() >= 2 * LIMIT {
            self.shorten();
        }
    }

    /// The first of what could not be used.
    pub(in crate::parse) fn first_error(&self) -> Option<&Diagnostic> {
        let errors = self.kept.iter().filter(|it| it.level == Level::Error);
        errors.min_by_key(|diagnostic| diagnostic.line)
    }

    /// Keeps the first ones by line; of one line, those that came first.
    fn shorten(&mut self) {
        self.kept.sort_by_key(|diagnostic| diagnostic.line);
        if let Some(first) = self.kept.get(LIMIT) {
            let earlier = self.dropped > 0 && self.dropped_line < first.line;
            self.dropped_line = if earlier { self.dropped_line } else { first.line };
            self.dropped += self.kept.len() - LIMIT;
            self.kept.truncate(LIMIT);
        }
    }

    /// The diagnostics by line; the last one says how many more there were.
    pub(in crate::parse) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.shorten();
        if self.dropped > 0 {
            self.kept.push(Diagnostic {
                level: Level::Warning,
                code: "more_findings",
                line: self.dropped_line,
                message: format!("{} more from this line on are not listed", self.dropped),
            });
        }
        self.kept
    }
}

/// Text of a page within a message: quoted, on one line, and cut where it is long.
pub(in crate::parse) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        f.write_str("`")?;
        for c in chars.by_ref().take(QUOTED_CHARS) {
            write!(f, "{}", if c.is_control() { ' ' } else { c })?;
        }
        f.write_str(if chars.next().is_some() { "...`" } else { "`" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagnostics_come_by_line_and_not_in_the_order_found() {
        let mut findings = Findings::default();
        findings.warn("bad_date", 7, "");
        findings.error("bad_axiom", 2, "");
        let lines: Vec<_> = findings.into_diagnostics().iter().map(|d| d.line).collect();
        assert_eq!(lines, [2, 7]);
    }

    #[test]
    fn beyond_the_limit_the_first_lines_are_kept_and_the_rest_is_counted() {
        let mut findings = Findings::default();
        for line in (1..=1000).rev() {
            findings.warn("bad_date", line, "");
        }
        let all = findings.into_diagnostics();
        assert_eq!(all.len(), LIMIT + 1);
        assert_eq!(all[LIMIT - 1].line, 100);
        assert_eq!((all[LIMIT].code, all[LIMIT].line), ("more_findings", 101));
        assert!(all[LIMIT].message.starts_with("900 "));
    }

    #[test]
    fn a_long_quotation_is_cut() {
        let long = "é".repeat(1_000_000);
        assert_eq!(Quoted(&long).to_string().chars().count(), QUOTED_CHARS + 5);
        assert_eq!(Quoted("a\nb").to_string(), "`a b`");
    }
}
