//! OWL properties as old databases declare them.

use super::catalog::plain;
use super::item::Row;
use super::layout::{Role, Sheet};
use crate::iri::{self, PrefixTable};
use crate::owl::{OwlProperty, OwlPropertyKind};

/// Columns that say what else holds of a property, with OWL 2's names for it.
const CHARACTERISTICS: [(&str, &str); 7] = [
    ("is_asymmetric", "Asymmetric"),
    ("is_functional", "Functional"),
    ("is_inverse_functional", "InverseFunctional"),
    ("is_irreflexive", "Irreflexive"),
    ("is_reflexive", "Reflexive"),
    ("is_symmetric", "Symmetric"),
    ("is_transitive", "Transitive"),
];

/// The property that a row declares; none if it does not say of what kind.
pub(super) fn read(sheet: &Sheet, row: &Row, prefixes: &PrefixTable) -> Option<OwlProperty> {
    let kind = kind(&row.text(sheet, Role::Kind)?)?;
    let iri = prefixes.read(&row.own);
    let label = row.text(sheet, Role::Label).map(|label| label.trim().to_owned());
    let holds = |column: &str| {
        sheet.table.column(column).is_some_and(|column| row.values[column].is_true())
    };
    let characteristics = CHARACTERISTICS.iter().filter(|(column, _)| holds(column));
    Some(OwlProperty {
        label: label.unwrap_or_else(|| iri::local_name(&iri.expanded).to_owned()),
        kind,
        domain: names(row.text(sheet, Role::Domain)),
        range: names(row.text(sheet, Role::Range)),
        characteristics: characteristics.map(|(_, name)| *name).collect(),
        line: 0,
        iri,
    })
}

/// The columns that [`read`] takes characteristics from.
pub(super) fn characteristic_columns(sheet: &Sheet) -> Vec<usize> {
    CHARACTERISTICS.iter().filter_map(|(column, _)| sheet.table.column(column)).collect()
}

fn kind(written: &str) -> Option<OwlPropertyKind> {
    let word = plain(written.rsplit(['#', ':', '/']).next().unwrap_or(written).trim());
    match word.strip_suffix("property").unwrap_or(&word) {
        "object" => Some(OwlPropertyKind::Object),
        "data" | "datatype" => Some(OwlPropertyKind::Data),
        "annotation" => Some(OwlPropertyKind::Annotation),
        _ => None,
    }
}

/// One name, or a JSON list of some.
fn names(written: Option<String>) -> Vec<String> {
    let Some(written) = written else { return Vec::new() };
    match serde_json::from_str::<Vec<String>>(&written) {
        Ok(names) => names,
        Err(_) => vec![written],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_in_every_spelling() {
        for (written, expected) in [
            ("ObjectProperty", OwlPropertyKind::Object),
            ("object", OwlPropertyKind::Object),
            ("owl:DatatypeProperty", OwlPropertyKind::Data),
            ("data_property", OwlPropertyKind::Data),
            ("http://www.w3.org/2002/07/owl#AnnotationProperty", OwlPropertyKind::Annotation),
        ] {
            assert_eq!(kind(written), Some(expected), "{written}");
        }
        assert_eq!(kind("Transitive"), None);
    }

    #[test]
    fn a_list_of_names_is_read_and_a_name_is_one() {
        assert_eq!(names(Some(r#"["ex:A","ex:B"]"#.to_owned())), ["ex:A", "ex:B"]);
        assert_eq!(names(Some("ex:A".to_owned())), ["ex:A"]);
        assert!(names(Some("[]".to_owned())).is_empty());
    }
}
