//! Entities as a person would write them into `driftless.yaml`.
//!
//! Written by hand and not by a serializer: the short forms, lists in one line, and comments.
//! Whatever the names are, what is written is read back as it was.

use std::fmt::Write;

use super::variables::unexpanded;
use crate::entity::{Entity, Relation, USUAL_WEIGHT};

/// The lines of an entity below `entities:`.
pub(super) fn entity(source: &str, entity: &Entity) -> String {
    let mut lines = format!("  {}:\n    source: {}\n", scalar(&entity.name), scalar(source));
    let mut line = |key: &str, value: String| {
        // Nothing can fail where a text takes it.
        let _ = writeln!(lines, "    {key}: {value}");
    };
    match &entity.relation {
        Relation::Table(table) => line("table", text(table)),
        Relation::Query(query) => line("query", text(query)),
    }
    match entity.key.as_slice() {
        [] => {}
        [column] => line("key", text(column)),
        columns => line("key", list(columns.iter().map(|column| text(column)))),
    }
    line("title", text(&entity.title));
    if !entity.content.is_empty() {
        let content = entity.content.iter().map(|content| {
            let name = text(&content.column);
            if content.weight == USUAL_WEIGHT {
                return name;
            }
            format!("{{name: {name}, weight: {}}}", content.weight)
        });
        line("content", list(content));
    }
    if !entity.embed.is_empty() {
        line("embed", list(entity.embed.iter().map(|column| text(column))));
    }
    if !entity.metadata.is_empty() {
        let metadata = entity.metadata.iter().map(|metadata| {
            let name = text(&metadata.column);
            match metadata.kind {
                Some(kind) => format!("{{name: {name}, type: {}}}", kind.as_str()),
                None => name,
            }
        });
        line("metadata", list(metadata));
    }
    if let Some(version) = &entity.version {
        line("version", text(version));
    }
    if let Some(filter) = &entity.filter {
        line("filter", text(filter));
    }
    lines
}

/// The lines of a database below `sources:`: `place` is where it is, under the key for that.
pub(super) fn database(name: &str, kind: &str, (key, place): (&str, &str)) -> String {
    format!("  {}:\n    kind: {kind}\n    {key}: {}\n", scalar(name), text(place))
}

/// Lines that are not read, each as a comment of its own.
pub(super) fn comment(indent: &str, text: &str) -> String {
    // What a name holds must not end the comment.
    let is_break = |c: char| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}');
    let text: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    format!("{indent}# {text}\n")
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A text in which no variable is meant.
fn text(text: &str) -> String {
    scalar(&unexpanded(text))
}

/// A text as a scalar of YAML: as it is where nothing else can be read there, else quoted.
fn scalar(text: &str) -> String {
    const MEANT_OTHERWISE: [&str; 9] =
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let begins =
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || text.starts_with("./");
    let is_else = MEANT_OTHERWISE.iter().any(|word| text.eq_ignore_ascii_case(word));
    if begins && !is_else && text.chars().all(is_word) {
        return text.to_owned();
    }
    let quoted = text.chars().fold(String::from("\""), |mut out, c| {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Other letters than these could be taken for breaks, or shown as nothing.
            ' ' => out.push(c),
            c if c.is_ascii_graphic() || c.is_alphanumeric() => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
        out
    });
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::File;
    use crate::entity::{ContentColumn, MetadataColumn, MetadataKind};

    fn again(entity: &Entity) -> Entity {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("driftless.yaml");
        let entities = super::entity("shop", entity) + &comment("  ", "a\nb");
        let text = format!(
            "sources:\n{}entities:\n{entities}",
            database("shop", "sqlite", ("path", "./a b.db"))
        );
        std::fs::write(&path, &text).expect("a file");
        let file = File::read(&path).unwrap_or_else(|error| panic!("{error} in {text}"));
        file.entity(&entity.name).expect("read").expect("an entity").entity
    }

    #[test]
    fn an_entity_is_written_as_a_person_would() {
        let mut product = Entity::new("product", Relation::Table("products".to_owned()), "name");
        product.content = [("name", 2.5), ("text", 1.0)]
            .map(|(column, weight)| ContentColumn { column: column.to_owned(), weight })
            .into();
        product.metadata = [("category", None), ("price", Some(MetadataKind::Number))]
            .map(|(column, kind)| MetadataColumn { column: column.to_owned(), kind })
            .into();
        product.filter = Some("deleted_at is null".to_owned());
        assert_eq!(
            entity("shop", &product),
            "  product:\n    source: shop\n    table: products\n    title: name\n    \
             content: [{name: name, weight: 2.5}, text]\n    \
             metadata: [category, {name: price, type: number}]\n    \
             filter: \"deleted_at is null\"\n"
        );
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-z]{1,5}",
            "(null|true|Yes|~|-|1|0x1|1e3|a: b|a #b|\\$\\{a\\}|\\$\\{|a, b|\\[|'|\"|\\\\|\t|\u{85}|\u{2028}|\u{feff}| a )",
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_whatever_the_names_are(
            table in name(),
            title in name(),
            key in prop::collection::btree_set(name(), 1..3),
            content in prop::collection::btree_map(name(), 0.1..9.0f64, 0..3),
            filter in prop::option::of(name()),
            is_query: bool,
        ) {
            let relation = if is_query { Relation::Query(table) } else { Relation::Table(table) };
            let column = |(column, weight)| ContentColumn { column, weight };
            let entity = Entity {
                key: key.iter().cloned().collect(),
                content: content.into_iter().map(column).collect(),
                embed: key.iter().cloned().collect(),
                metadata: key.into_iter().map(|column| MetadataColumn { column, kind: None }).collect(),
                version: filter.clone(),
                filter,
                ..Entity::new("product", relation, title)
            };
            prop_assert_eq!(again(&entity), entity);
        }
    }
}
