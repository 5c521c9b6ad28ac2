//! Entities: what of a table is worth finding, as declared.
//!
//! Words only. Whether such a table and such columns exist is found out by the source that
//! reads them; what becomes of a row is the row parser's business.

use serde::{Deserialize, Serialize};

/// Different weights of content, beside the title's. Each is a column of the search index.
pub const WEIGHTS: usize = 4;

/// The weight of content that declares none.
pub const USUAL_WEIGHT: f64 = 1.0;

/// The weight of a title that is not declared as content: a word in it says more of the whole
/// than one in a text.
pub const TITLE_WEIGHT: f64 = 2.0;

/// Types of documents that no entity has.
pub(crate) const RESERVED: [&str; 2] = ["page", "class"];

/// One type of entity: which rows, and what of them is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// The type's name, such as `product`.
    pub name: String,
    /// Where its rows come from.
    pub relation: Relation,
    /// The columns that identify a row; empty means the primary key.
    pub key: Vec<String>,
    /// The column that names a row.
    pub title: String,
    /// The columns that are searched.
    pub content: Vec<ContentColumn>,
    /// The columns whose text an embedding is made of.
    pub embed: Vec<String>,
    /// The columns that results show and searches filter by.
    pub metadata: Vec<MetadataColumn>,
    /// The column that says when a row changed: what `since` and `before` are about.
    pub version: Option<String>,
    /// A condition in the database's SQL that a row must meet.
    pub filter: Option<String>,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A table or a view, with its schema where it needs one: `public.products`.
    Table(String),
    /// A query in the database's SQL.
    Query(String),
}

/// A column that is searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentColumn {
    /// The column.
    pub column: String,
    /// How much a word in it counts beside one of weight 1.
    pub weight: f64,
}

/// A column that results show and searches filter by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetadataColumn {
    /// The column.
    pub column: String,
    /// What its values must be; anything if that is not declared.
    pub kind: Option<MetadataKind>,
}

/// What the values of a metadata column must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetadataKind {
    /// A text of any kind.
    Text,
    /// A number, kept as a number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A date, or the beginning of a timestamp.
    Date,
    /// A timestamp.
    Timestamp,
    /// A JSON value.
    Json,
}

impl MetadataKind {
    /// The word for it, in the configuration and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
        }
    }
}

impl Entity {
    /// An entity whose title alone is found.
    pub fn new(name: impl Into<String>, relation: Relation, title: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            relation,
            key: Vec::new(),
            title: title.into(),
            content: Vec::new(),
            embed: Vec::new(),
            metadata: Vec::new(),
            version: None,
            filter: None,
        }
    }

    /// The columns that a document is made of, each once, in the order in which a row's content
    /// has them. The key and the version are not among them unless they are declared as more.
    pub fn columns(&self) -> Vec<&str> {
        let declared = std::iter::once(&self.title)
            .chain(self.content.iter().map(|content| &content.column))
            .chain(&self.embed)
            .chain(self.metadata.iter().map(|metadata| &metadata.column));
        let mut columns: Vec<&str> = Vec::new();
        for column in declared {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }

    /// The different weights of its content in the order of their first use, the title's left
    /// out. No more than [`WEIGHTS`] can be used.
    pub fn weights(&self) -> Vec<f64> {
        let mut weights = Vec::new();
        for content in self.content.iter().filter(|content| content.column != self.title) {
            if !weights.contains(&content.weight) {
                weights.push(content.weight);
            }
        }
        weights
    }

    /// The weight of its title.
    pub fn title_weight(&self) -> f64 {
        let declared = self.content.iter().find(|content| content.column == self.title);
        declared.map_or(TITLE_WEIGHT, |content| content.weight)
    }

    /// What of the declaration makes no sense by itself, as lines for a person.
    pub fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.name.is_empty()
            || !self.name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
        {
            found.push("a name has letters, digits, `_`, `-` and `.` only".to_owned());
        }
        if RESERVED.contains(&self.name.as_str()) {
            found.push(format!("{} is what ontologies are found by; take another name", self.name));
        }
        if matches!(self.relation, Relation::Query(_)) && self.key.is_empty() {
            found.push("a query needs a `key`: the columns that identify a row of it".to_owned());
        }
        let used = self.weights().len();
        if used > WEIGHTS {
            found.push(format!(
                "content has {used} different weights; at most {WEIGHTS} can be used"
            ));
        }
        for content in &self.content {
            if !content.weight.is_finite() || content.weight <= 0.0 {
                found.push(format!("the weight of {} is no number above 0", content.column));
            }
        }
        let lists = [
            ("key", self.key.iter().map(String::as_str).collect::<Vec<_>>()),
            ("content", self.content.iter().map(|it| it.column.as_str()).collect()),
            ("embed", self.embed.iter().map(String::as_str).collect()),
            ("metadata", self.metadata.iter().map(|it| it.column.as_str()).collect()),
        ];
        for (list, columns) in lists {
            for (at, column) in columns.iter().enumerate() {
                if columns[..at].contains(column) {
                    found.push(format!("{list} names {column} twice"));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> Entity {
        let content = |column: &str, weight| ContentColumn { column: column.to_owned(), weight };
        Entity {
            content: vec![content("name", 3.0), content("text", 1.0), content("notes", 1.0)],
            embed: vec!["text".to_owned()],
            ..Entity::new("product", Relation::Table("products".to_owned()), "name")
        }
    }

    #[test]
    fn a_column_that_is_used_twice_is_read_once() {
        assert_eq!(product().columns(), ["name", "text", "notes"]);
    }

    #[test]
    fn a_title_that_is_content_has_the_weight_of_that() {
        assert_eq!((product().title_weight(), product().weights()), (3.0, vec![1.0]));
        let plain = Entity::new("p", Relation::Table("p".to_owned()), "name");
        assert_eq!((plain.title_weight(), plain.weights()), (TITLE_WEIGHT, vec![]));
    }

    #[test]
    fn mistakes_are_told_all_at_once() {
        let mut wrong = product();
        wrong.name = "a b".to_owned();
        wrong.relation = Relation::Query("select 1".to_owned());
        wrong.content[1].weight = f64::NAN;
        wrong.embed.push("text".to_owned());
        assert_eq!(wrong.mistakes().len(), 4, "{:?}", wrong.mistakes());
        assert!(product().mistakes().is_empty());
    }
}
