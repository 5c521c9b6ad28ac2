//! OWL properties that a page declares as `objectProperty:: p` and the like.
//!
//! Those declared in fences are not read here.

use super::draft::Declaration;
use super::identifier::{self, Identifier};
use super::keys;
use super::values::{bare, is_nothing, mentions};
use crate::iri::{PrefixTable, local_name};
use crate::owl::OwlProperty;
use crate::parse::findings::Findings;
use crate::record::Property;

/// Reads a declaration; `None`, and a finding, if it names no property.
pub(super) fn read(
    declaration: &Declaration,
    prefixes: &PrefixTable,
    findings: &mut Findings,
) -> Option<OwlProperty> {
    let Identifier { iri, .. } = identifier::read(&declaration.stated, prefixes, findings)?;
    let stated = |matches: fn(&str) -> bool| {
        declaration.details.iter().filter(move |detail| matches(&detail.key))
    };
    let label = stated(|key| !keys::is_domain(key) && !keys::is_range(key))
        .map(|detail| bare(&detail.value))
        .find(|label| !is_nothing(label))
        .unwrap_or(local_name(&iri.expanded))
        .to_owned();
    let names = |details: Vec<&Property>| details.into_iter().flat_map(class_names).collect();
    Some(OwlProperty {
        characteristics: Vec::new(),
        label,
        kind: declaration.kind,
        domain: names(stated(keys::is_domain).collect()),
        range: names(stated(keys::is_range).collect()),
        line: declaration.stated.line,
        iri,
    })
}

fn class_names(detail: &Property) -> Vec<String> {
    let named = mentions(&detail.value, &[',', ';']).into_iter();
    named.map(|mention| mention.name.to_owned()).collect()
}
