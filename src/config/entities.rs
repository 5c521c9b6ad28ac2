//! The entities of `driftless.yaml`: how they are written, and what is wrong with them.
//!
//! Whether the declared columns exist is found out by the source that reads them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::json;
use serde_saphyr::Spanned;

use super::variables::Text;
use crate::entity::{ContentColumn, Entity, MetadataColumn, MetadataKind, Relation, USUAL_WEIGHT};

/// A type of entity: which rows of a database, and what of them is found.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Entity", transform = relation_rules)]
pub(super) struct WrittenEntity {
    /// The database, by its name under `sources`.
    #[schemars(with = "String")]
    pub(super) source: Spanned<String>,
    /// A table or a view, with its schema where it needs one.
    table: Option<Text>,
    /// A query in the database's SQL, instead of a table.
    query: Option<Text>,
    /// The column or columns that identify a row; by default the primary key.
    key: Option<Shorthand<Columns>>,
    /// The column that names a row.
    title: Text,
    /// The columns that are searched.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    content: Vec<Shorthand<WrittenContent>>,
    /// The columns whose text an embedding is made of.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    embed: Vec<Text>,
    /// The columns that results show and searches filter by.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    metadata: Vec<Shorthand<WrittenMetadata>>,
    /// The column that says when a row changed.
    version: Option<Text>,
    /// A condition in the database's SQL that a row must meet.
    filter: Option<Text>,
}

/// A column that is searched, and how much a word in it counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Content")]
struct WrittenContent {
    /// The column.
    name: Text,
    /// How much a word in it counts beside one of weight 1. An entity may use four different
    /// weights beside the title's.
    #[schemars(extend("exclusiveMinimum" = 0))]
    weight: Option<f64>,
}

/// A column that results show and searches filter by, and what its values must be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Metadata")]
struct WrittenMetadata {
    /// The column.
    name: Text,
    /// What its values must be; anything if that is not declared.
    #[serde(rename = "type")]
    kind: Option<MetadataKind>,
}

/// Columns that identify a row together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "uniqueItems" = true))]
struct Columns(Vec<Text>);

/// What [`WrittenEntity::entity`] and [`Entity::mistakes`] refuse of how rows are named, for
/// the schema: a table or a query, and with a query a key.
fn relation_rules(schema: &mut Schema) {
    let nothing = json!({ "type": "null" });
    let text = json!({ "type": "string" });
    let rules = json!([
        { "required": ["table"], "properties": { "table": text, "query": nothing } },
        {
            "required": ["query", "key"],
            "properties": { "query": text, "table": nothing, "key": { "not": nothing } },
        },
    ]);
    schema.insert("oneOf".to_owned(), rules);
}

impl WrittenEntity {
    /// The entity with the environment's variables put in.
    pub(super) fn read(&self, name: &str) -> Result<Entity, String> {
        self.entity(name, Text::expanded)
    }

    /// What is wrong with it whatever the environment holds.
    pub(super) fn check(&self, name: &str) -> Result<(), String> {
        self.entity(name, |text| Ok(text.written())).map(|_| ())
    }

    fn entity(
        &self,
        name: &str,
        text: impl Fn(&Text) -> Result<String, String>,
    ) -> Result<Entity, String> {
        let relation = match (&self.table, &self.query) {
            (Some(table), None) => Relation::Table(text(table)?),
            (None, Some(query)) => Relation::Query(text(query)?),
            (Some(_), Some(_)) => return Err("say `table` or `query`, not both".to_owned()),
            (None, None) => return Err("say where rows come from: `table` or `query`".to_owned()),
        };
        let texts = |list: &[Text]| list.iter().map(&text).collect::<Result<Vec<_>, _>>();
        let key = match &self.key {
            None => Vec::new(),
            Some(Shorthand::Short(column)) => vec![text(column)?],
            Some(Shorthand::Long(Columns(columns))) if columns.is_empty() => {
                return Err("`key` names no column; without it the primary key is used".to_owned());
            }
            Some(Shorthand::Long(Columns(columns))) => texts(columns)?,
        };
        let content = self.content.iter().map(|written| {
            let (column, weight) = match written {
                Shorthand::Short(name) => (name, None),
                Shorthand::Long(long) => (&long.name, long.weight),
            };
            let weight = weight.unwrap_or(USUAL_WEIGHT);
            Ok(ContentColumn { column: text(column)?, weight })
        });
        let metadata = self.metadata.iter().map(|written| {
            let (column, kind) = match written {
                Shorthand::Short(name) => (name, None),
                Shorthand::Long(long) => (&long.name, long.kind),
            };
            Ok(MetadataColumn { column: text(column)?, kind })
        });
        let entity = Entity {
            name: name.to_owned(),
            relation,
            key,
            title: text(&self.title)?,
            content: content.collect::<Result<_, String>>()?,
            embed: texts(&self.embed)?,
            metadata: metadata.collect::<Result<_, String>>()?,
            version: self.version.as_ref().map(&text).transpose()?,
            filter: self.filter.as_ref().map(&text).transpose()?,
        };
        let mistakes = entity.mistakes();
        if mistakes.is_empty() { Ok(entity) } else { Err(mistakes.join("; ")) }
    }
}

/// Something that is written as one text, or at length as a mapping or a list.
#[derive(Clone, Debug)]
enum Shorthand<L> {
    Short(Text),
    Long(L),
}

/// Reads whichever form stands there. Serde's untagged enums would lose where a mistake is, and
/// say only that no form fits.
struct ShorthandVisitor<L>(PhantomData<L>);

impl<'de, L: Deserialize<'de>> Visitor<'de> for ShorthandVisitor<L> {
    type Value = Shorthand<L>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name, or its longer form")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Text::deserialize(StrDeserializer::new(text)).map(Shorthand::Short)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        L::deserialize(SeqAccessDeserializer::new(list)).map(Shorthand::Long)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        L::deserialize(MapAccessDeserializer::new(map)).map(Shorthand::Long)
    }
}

impl<'de, L: Deserialize<'de>> Deserialize<'de> for Shorthand<L> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShorthandVisitor(PhantomData))
    }
}

impl<L: JsonSchema> JsonSchema for Shorthand<L> {
    fn schema_name() -> Cow<'static, str> {
        format!("Shorthand{}", L::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let long = generator.subschema_for::<L>();
        json_schema!({ "anyOf": [{ "type": "string" }, long] })
    }
}
