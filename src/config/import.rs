//! `ai-entity-config.yml`, the file of another product, as a `driftless.yaml`.
//!
//! Pure: text in, text and notes out. What is not understood is named, never dropped in
//! silence; what that file does not say is left for a person to fill in.

use serde_json::{Map, Value};

use super::declaration;
use crate::entity::{
    ContentColumn, Entity, MetadataColumn, MetadataKind, Relation, USUAL_WEIGHT, WEIGHTS,
};

/// The key under which the file has its entities.
const ENTITIES: &str = "ai-entities";

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// A whole `driftless.yaml`.
    pub yaml: String,
    /// The names of the entities in it.
    pub entities: Vec<String>,
    /// The path of each key that was not used.
    pub unused: Vec<String>,
    /// What was left out or changed, and why, a line each.
    pub changed: Vec<String>,
    /// What a person has to fill in or look at, a line each.
    pub remaining: Vec<String>,
}

/// The `driftless.yaml` that says the same; its entities are of a source named `source`.
///
/// # Errors
///
/// Why it is no such file, with line and column where it is no YAML.
pub fn import(text: &str, source: &str) -> Result<Imported, String> {
    let options = serde_saphyr::options! { with_snippet: false };
    let file: Map<String, Value> =
        serde_saphyr::from_str_with_options(text, options).map_err(|e| e.to_string())?;
    let mut imported = Imported::default();
    let mut entities = String::new();
    let mut is_known = false;
    for (key, value) in &file {
        match value {
            Value::Object(all) if is_key(key, ENTITIES) => {
                is_known = true;
                for (name, value) in all {
                    if let Some(entity) = imported.entity(&format!("{key}.{name}"), name, value) {
                        entities += &declaration::comment("  ", "Its table is a guess.");
                        entities += &declaration::entity(source, &entity);
                        imported.entities.push(name.clone());
                    }
                }
            }
            _ => imported.unused.push(key.clone()),
        }
    }
    if !is_known {
        return Err(format!("it has no `{ENTITIES}` with entities in it"));
    }
    if imported.entities.iter().any(|name| name == source) {
        return Err(format!("an entity is called {source} too; call the database otherwise"));
    }
    let path = format!("./{source}.db");
    imported.remaining.insert(0, format!("sources.{source}: which database it is"));
    let mut yaml = "sources:\n".to_owned();
    yaml += &declaration::comment("  ", "The imported file does not say which database it is.");
    yaml += &declaration::database(source, "sqlite", ("path", &path));
    yaml += if entities.is_empty() { "entities: {}\n" } else { "entities:\n" };
    imported.yaml = yaml + &entities;
    Ok(imported)
}

/// Whether a key is this one, in any of the spellings that Spring takes for the same.
fn is_key(written: &str, key: &str) -> bool {
    let plain = |c: &char| !matches!(c, '-' | '_');
    let written = written.chars().filter(plain).map(|c| c.to_ascii_lowercase());
    written.eq(key.chars().filter(plain))
}

/// One field of a list, with whatever is said of it.
struct Field<'a> {
    name: &'a str,
    path: String,
    said: Option<&'a Map<String, Value>>,
}

impl Imported {
    /// The entity at `path`; nothing if it has to be left out.
    fn entity(&mut self, path: &str, name: &str, value: &Value) -> Option<Entity> {
        let Value::Object(said) = value else {
            return self.leave_out(path, "it is no mapping");
        };
        let get = |key: &str| said.iter().find(|(written, _)| is_key(written, key));
        if get("indexable").is_some_and(|(_, value)| *value == Value::Bool(false)) {
            return self.leave_out(path, "it is not indexable");
        }
        let mut entity = Entity::new(name, Relation::Table(name.to_owned()), "");
        for (key, value) in said {
            let path = format!("{path}.{key}");
            if is_key(key, "searchable-fields") {
                let fields = self.fields(&path, value);
                entity.content = fields.iter().map(|field| self.content(field)).collect();
            } else if is_key(key, "embeddable-fields") {
                let fields = self.fields(&path, value);
                entity.embed = fields.iter().map(|field| self.embedded(field)).collect();
            } else if is_key(key, "metadata-fields") {
                let fields = self.fields(&path, value);
                entity.metadata = fields.iter().map(|field| self.metadata(field)).collect();
            } else if !is_used(key, value, name) {
                self.unused.push(path);
            }
        }
        let first = entity.content.iter().map(|content| &content.column);
        let mut first =
            first.chain(&entity.embed).chain(entity.metadata.iter().map(|it| &it.column));
        let Some(title) = first.next().cloned() else {
            return self.leave_out(path, "it names no field");
        };
        entity.title = title;
        self.limit_weights(path, &mut entity);
        if let Some(mistake) = entity.mistakes().into_iter().next() {
            return self.leave_out(path, &mistake);
        }
        self.look_at(&entity);
        Some(entity)
    }

    fn leave_out<T>(&mut self, path: &str, why: &str) -> Option<T> {
        self.changed.push(format!("{path} is left out: {why}"));
        None
    }

    /// The fields of a list, each once.
    fn fields<'a>(&mut self, path: &str, value: &'a Value) -> Vec<Field<'a>> {
        let Value::Array(items) = value else {
            self.changed.push(format!("{path} is left out: it is no list"));
            return Vec::new();
        };
        let mut fields: Vec<Field<'a>> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let said = item.as_object();
            let named = said.and_then(|said| said.get("name")).unwrap_or(item).as_str();
            let Some(name) = named.filter(|name| !name.is_empty()) else {
                self.changed.push(format!("{path}[{at}] is left out: it has no name"));
                continue;
            };
            let path = format!("{path}.{name}");
            if fields.iter().any(|field| field.name == name) {
                self.changed.push(format!("{path} is there twice: the first one counts"));
                continue;
            }
            fields.push(Field { name, path, said });
        }
        fields
    }

    /// What is said of a field under `key`; other keys are noted as unused.
    fn said<'a>(&mut self, field: &Field<'a>, key: Option<&str>) -> Option<&'a Value> {
        let mut found = None;
        for (written, value) in field.said.into_iter().flatten().filter(|(it, _)| *it != "name") {
            if key.is_some_and(|key| is_key(written, key)) {
                found = Some(value);
            } else {
                self.unused.push(format!("{}.{written}", field.path));
            }
        }
        found
    }

    fn content(&mut self, field: &Field<'_>) -> ContentColumn {
        let mut weight = USUAL_WEIGHT;
        if let Some(value) = self.said(field, Some("weight")) {
            match value.as_f64().filter(|weight| *weight > 0.0) {
                Some(declared) => weight = declared,
                None => self.changed.push(format!(
                    "{}.weight is left out: {value} is no number above 0",
                    field.path
                )),
            }
        }
        ContentColumn { column: field.name.to_owned(), weight }
    }

    fn embedded(&mut self, field: &Field<'_>) -> String {
        self.said(field, None);
        field.name.to_owned()
    }

    fn metadata(&mut self, field: &Field<'_>) -> MetadataColumn {
        let mut kind = None;
        if let Some(value) = self.said(field, Some("type")) {
            kind = value.as_str().and_then(kind_of);
            if kind.is_none() {
                let changed = format!("{}.type is left out: {value} is not known", field.path);
                self.changed.push(changed);
            }
        }
        MetadataColumn { column: field.name.to_owned(), kind }
    }

    /// Where there are more different weights than can be used, gives each further one the
    /// nearest of the first.
    fn limit_weights(&mut self, path: &str, entity: &mut Entity) {
        let mut kept = entity.weights();
        if kept.len() <= WEIGHTS {
            return;
        }
        kept.truncate(WEIGHTS);
        let title = entity.title.clone();
        for content in entity.content.iter_mut().filter(|content| content.column != title) {
            let distance = |weight: &f64| (weight - content.weight).abs();
            let nearest = kept.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
            let Some(nearest) = nearest.filter(|nearest| **nearest != content.weight) else {
                continue;
            };
            self.changed.push(format!(
                "{path}.searchable-fields.{}.weight is {nearest} instead of {}: no more than \
                 {WEIGHTS} different weights can be used",
                content.column, content.weight
            ));
            content.weight = *nearest;
        }
    }

    /// Notes what a person has to look at.
    fn look_at(&mut self, entity: &Entity) {
        let name = &entity.name;
        self.remaining.push(format!("entities.{name}.table: which table or view its rows are in"));
        let is_camel = |column: &&str| column.chars().any(char::is_uppercase);
        let camel: Vec<_> = entity.columns().into_iter().filter(is_camel).collect();
        if !camel.is_empty() {
            self.remaining.push(format!(
                "entities.{name}: whether its columns are named like fields of Java: {}",
                camel.join(", ")
            ));
        }
    }
}

/// Whether a key says nothing that the entity does not say by being there.
fn is_used(key: &str, value: &Value, name: &str) -> bool {
    is_key(key, "indexable") && *value == Value::Bool(true)
        || is_key(key, "entity-type") && value.as_str() == Some(name)
}

fn kind_of(word: &str) -> Option<MetadataKind> {
    Some(match word.to_ascii_uppercase().as_str() {
        "TEXT" | "STRING" => MetadataKind::Text,
        "NUMERIC" | "NUMBER" | "DECIMAL" | "DOUBLE" | "FLOAT" => MetadataKind::Number,
        "INTEGER" | "LONG" => MetadataKind::Integer,
        "BOOLEAN" => MetadataKind::Boolean,
        "DATE" => MetadataKind::Date,
        "TIMESTAMP" | "DATETIME" => MetadataKind::Timestamp,
        "JSON" => MetadataKind::Json,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{File, FileEntity};

    const PRODUCT: &str = "
ai-config: {default-provider: onnx}
ai-entities:
  product:
    entity-type: product
    features: [search, embedding]
    indexable: true
    auto-process: true
    searchable-fields:
      - {name: name, weight: 2.0, include-in-rag: true}
      - {name: description}
      - fullText
    embeddable-fields: [{name: description, model: onnx, auto-generate: true}]
    metadata-fields:
      - {name: category, type: TEXT, include-in-search: true}
      - {name: price, type: NUMERIC}
      - {name: colour, type: RAINBOW}
    crud-operations: {create: {generate-embedding: true}}
  secret: {indexable: false, searchable-fields: [{name: a}]}
";

    fn read(imported: &Imported, name: &str) -> FileEntity {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("driftless.yaml");
        std::fs::write(&path, &imported.yaml).expect("a file");
        let file = File::read(&path).unwrap_or_else(|e| panic!("{e} in {}", imported.yaml));
        file.entity(name).expect("read").expect("an entity")
    }

    #[test]
    fn what_is_imported_is_read_by_ourselves() {
        let imported = import(PRODUCT, "shop").expect("imported");
        assert_eq!(imported.entities, ["product"]);
        let FileEntity { source, entity, .. } = read(&imported, "product");
        assert_eq!((source.as_str(), entity.title.as_str()), ("shop", "name"));
        let content: Vec<_> =
            entity.content.iter().map(|it| (it.column.as_str(), it.weight)).collect();
        assert_eq!(content, [("name", 2.0), ("description", 1.0), ("fullText", 1.0)]);
        assert_eq!(entity.embed, ["description"]);
        let kinds: Vec<_> = entity.metadata.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [Some(MetadataKind::Text), Some(MetadataKind::Number), None]);
    }

    #[test]
    fn every_key_that_is_not_used_is_named() {
        let imported = import(PRODUCT, "shop").expect("imported");
        let product = "ai-entities.product";
        assert_eq!(
            imported.unused,
            [
                "ai-config".to_owned(),
                format!("{product}.auto-process"),
                format!("{product}.crud-operations"),
                format!("{product}.embeddable-fields.description.auto-generate"),
                format!("{product}.embeddable-fields.description.model"),
                format!("{product}.features"),
                format!("{product}.metadata-fields.category.include-in-search"),
                format!("{product}.searchable-fields.name.include-in-rag"),
            ]
        );
        assert_eq!(
            imported.changed,
            [
                format!(
                    "{product}.metadata-fields.colour.type is left out: \"RAINBOW\" is not known"
                ),
                "ai-entities.secret is left out: it is not indexable".to_owned(),
            ]
        );
        let remaining = imported.remaining.join("\n");
        for part in ["sources.shop:", "entities.product.table:", "fullText"] {
            assert!(remaining.contains(part), "{remaining}");
        }
    }

    #[test]
    fn too_many_weights_are_brought_together_and_named() {
        let fields = (1..=7).map(|n| format!("{{name: f{n}, weight: {n}}}"));
        let fields = fields.collect::<Vec<_>>().join(", ");
        let text = format!("aiEntities: {{p: {{searchableFields: [{fields}]}}}}");
        let imported = import(&text, "shop").expect("imported");
        let weights = read(&imported, "p").entity.weights();
        assert_eq!(weights, [2.0, 3.0, 4.0, 5.0]);
        assert_eq!(imported.changed.len(), 2, "{:?}", imported.changed);
        assert!(imported.changed[0].contains("f6.weight is 5 instead of 6"));
    }

    #[test]
    fn what_makes_no_sense_is_left_out_and_named() {
        let text = "ai-entities:\n  a: 5\n  b: {searchable-fields: {x: y}}\n  c d: {searchable-fields: [e]}\n  \
                    f: {searchable-fields: [{name: g, weight: -1}, {weight: 2}, {name: g}]}\n  h:\n";
        let imported = import(text, "shop").expect("imported");
        assert_eq!(imported.entities, ["f"]);
        assert_eq!(read(&imported, "f").entity.content.len(), 1);
        let changed = imported.changed.join("\n");
        for part in ["a is left out", "b is left out", "c d is left out", "h is left out"] {
            assert!(changed.contains(&format!("ai-entities.{part}")), "{changed}");
        }
        for part in ["g.weight", "[1] is left out", "g is there twice"] {
            assert!(
                changed.contains(&format!("f.searchable-fields{part}"))
                    || changed.contains(&format!("f.searchable-fields.{part}")),
                "{changed}"
            );
        }
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        assert!(import("a: b", "shop").expect_err("refused").contains("ai-entities"));
        assert!(import("a: [", "shop").expect_err("refused").contains("line"));
        assert!(import("[]", "shop").is_err());
        assert!(import(PRODUCT, "product").expect_err("refused").contains("product"));
        let nothing = import("ai-entities: {}", "shop").expect("imported");
        assert!(nothing.entities.is_empty());
    }
}
