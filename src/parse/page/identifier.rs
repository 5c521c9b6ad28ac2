//! IRIs that a page states for itself: read, and refused where they cannot be its own.

use super::values::bare;
use crate::iri::{Iri, PAGE_NAMESPACE, PrefixTable, STUB_NAMESPACE};
use crate::parse::findings::{Findings, Quoted};
use crate::record::Property;

/// What stands before the colon of a whole IRI; anything else is a prefix.
const SCHEMES: [&str; 4] = ["http", "https", "urn", "did"];

/// An IRI with the token that states it.
#[derive(Clone, Debug)]
pub(super) struct Identifier<'a> {
    pub(super) iri: Iri,
    /// As written, without what encloses it.
    pub(super) written: &'a str,
}

/// Reads the IRI in `property`; `None`, and a finding, if it cannot be used.
pub(super) fn read<'a>(
    property: &'a Property,
    prefixes: &PrefixTable,
    findings: &mut Findings,
) -> Option<Identifier<'a>> {
    let value = bare(&property.value);
    let (token, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    // Of `Power Plant` the first word is no IRI but half a name, which others share.
    if !rest.is_empty() && !token.contains(':') || token.ends_with(':') {
        let message = format!("{} has no IRI: {}", property.key, Quoted(value));
        findings.error("unusable_iri", property.line, message);
        return None;
    }
    if !rest.is_empty() {
        let message = format!("only the IRI is read: {} of {}", Quoted(token), Quoted(value));
        findings.warn("text_after_iri", property.line, message);
    }
    let iri = prefixes.read(token);
    if [STUB_NAMESPACE, PAGE_NAMESPACE].iter().any(|space| iri.expanded.starts_with(space)) {
        let message = format!("{} lies in a reserved namespace", Quoted(token));
        findings.error("reserved_iri", property.line, message);
        return None;
    }
    let written = token.strip_prefix('<').and_then(|it| it.strip_suffix('>')).unwrap_or(token);
    report_prefix(written, prefixes, property, findings);
    Some(Identifier { iri, written })
}

fn report_prefix(written: &str, table: &PrefixTable, property: &Property, findings: &mut Findings) {
    let Some((prefix, local)) = written.split_once(':') else { return };
    let whole = local.starts_with("//") || SCHEMES.contains(&prefix);
    if !whole && !table.knows(prefix) {
        let message = format!("prefix {} is not in the prefix table", Quoted(prefix));
        findings.warn("unknown_prefix", property.line, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expanded IRI and the codes of what was found.
    fn read_value(value: &str) -> (Option<String>, Vec<&'static str>) {
        let property = Property { key: "owl:class".into(), value: value.into(), line: 1 };
        let mut findings = Findings::default();
        let read = read(&property, &PrefixTable::default(), &mut findings);
        let codes = findings.into_diagnostics().iter().map(|finding| finding.code).collect();
        (read.map(|identifier| identifier.iri.compact), codes)
    }

    #[test]
    fn prefixed_whole_linked_and_quoted_iris_are_read() {
        for value in
            ["mv:Dam", "<http://narrativegoldmine.com/metaverse#Dam>", "[[mv:Dam]]", "`mv:Dam`"]
        {
            assert_eq!(read_value(value), (Some("mv:Dam".into()), vec![]), "{value}");
        }
        assert_eq!(read_value("Dam"), (Some("Dam".into()), vec![]));
    }

    #[test]
    fn text_after_an_iri_is_reported_and_not_read() {
        assert_eq!(read_value("mv:Dam (old)"), (Some("mv:Dam".into()), vec!["text_after_iri"]));
    }

    #[test]
    fn a_name_of_several_words_and_a_prefix_alone_are_no_iri() {
        assert_eq!(read_value("Power Plant"), (None, vec!["unusable_iri"]));
        assert_eq!(read_value("mv:"), (None, vec!["unusable_iri"]));
    }

    #[test]
    fn the_namespaces_of_stubs_and_pages_are_refused() {
        assert_eq!(read_value("urn:driftless:stub:Dam"), (None, vec!["reserved_iri"]));
        assert_eq!(read_value("<urn:driftless:page:Dam>"), (None, vec!["reserved_iri"]));
    }

    #[test]
    fn an_unknown_prefix_is_reported_and_kept() {
        assert_eq!(read_value("aigo:Agent"), (Some("aigo:Agent".into()), vec!["unknown_prefix"]));
        assert_eq!(read_value("ftp://example.org/x").1, Vec::<&str>::new());
    }
}
