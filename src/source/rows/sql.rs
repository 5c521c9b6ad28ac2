//! The text of the questions that every database is asked, in its dialect.
//!
//! Names come from what the database said of itself and are quoted; values are parameters. A
//! condition is the text of whoever runs the program, in brackets of its own.

use super::{Column, Flaw, KeyColumn, Range, Selection};
use crate::row::Value;

/// How a database writes what differs.
pub(in crate::source) trait Dialect {
    /// A parameter, the `number`-th from 1, to be compared with a column of this type.
    fn parameter(&self, number: usize, type_name: &str) -> String;

    /// A column's value, in the form in which it is read.
    fn value(&self, name: &str, column: Option<&Column>) -> String;

    /// The collation of a column of a key, as it stands behind the column.
    fn collation(&self, column: &KeyColumn) -> String;
}

/// A question and the values of its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source) struct Sql {
    pub(in crate::source) text: String,
    pub(in crate::source) values: Vec<Value>,
}

/// A name in quotes.
pub(in crate::source) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

struct Question<'a> {
    dialect: &'a dyn Dialect,
    selection: &'a Selection,
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Selection {
    /// The rows of a range, in the order of keys: first the key, then the content.
    pub(in crate::source) fn page_sql(&self, range: &Range, dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        if let Some(after) = &range.after {
            question.compare_key(">", after);
        }
        question.compare_key("<=", &range.up_to);
        let order = question.order("");
        question
            .select(&self.read_columns(dialect), &format!("order by {order} limit {}", range.limit))
    }

    /// The row of one key: first the key, then the content.
    pub(in crate::source) fn row_sql(&self, key: &[Value], dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        question.compare_key("=", key);
        question.select(&self.read_columns(dialect), "limit 1")
    }

    /// The greatest key.
    pub(in crate::source) fn last_key_sql(&self, dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        for column in self.key.iter().filter(|column| column.is_nullable) {
            question.conditions.push(format!("{} is not null", quoted(&column.name)));
        }
        let order = question.order(" desc");
        question.select(&self.key_columns(dialect), &format!("order by {order} limit 1"))
    }

    /// One row, if the key has this flaw.
    pub(in crate::source) fn flaw_sql(&self, flaw: Flaw, dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        let nullable = self.key.iter().filter(|column| column.is_nullable);
        let is_null = nullable.map(|column| format!("{} is null", quoted(&column.name)));
        let is_null = is_null.collect::<Vec<_>>().join(" or ");
        let rest = match flaw {
            Flaw::Null => {
                question.conditions.push(format!("({is_null})"));
                "limit 1".to_owned()
            }
            Flaw::Shared => {
                format!("group by {} having count(*) > 1 limit 1", question.key().join(", "))
            }
        };
        question.select(&["1".to_owned()], &rest)
    }

    /// Nothing, if each condition is one by itself: brackets of its own that do not match would
    /// undo the range of a page.
    pub(in crate::source) fn check_sql(&self, dialect: &dyn Dialect) -> Sql {
        let alone = |condition: &String| format!("case when {condition}\n then true end");
        let mut question = Question::new(self, dialect);
        question.conditions.extend(self.conditions.iter().map(alone));
        question.select(&["1".to_owned()], "limit 0")
    }

    /// How many rows there are.
    pub(in crate::source) fn count_sql(&self, dialect: &dyn Dialect) -> Sql {
        Question::new(self, dialect).select(&["count(*)".to_owned()], "")
    }

    /// All its rows, for the planner's estimate.
    #[cfg(feature = "postgres")]
    pub(in crate::source) fn all_sql(&self, dialect: &dyn Dialect) -> Sql {
        Question::new(self, dialect).select(&["1".to_owned()], "")
    }

    fn key_columns(&self, dialect: &dyn Dialect) -> Vec<String> {
        self.key.iter().map(|column| dialect.value(&column.name, None)).collect()
    }

    fn read_columns(&self, dialect: &dyn Dialect) -> Vec<String> {
        let mut columns = self.key_columns(dialect);
        columns.extend(self.columns.iter().map(|it| dialect.value(&it.name, Some(it))));
        columns
    }
}

impl<'a> Question<'a> {
    fn new(selection: &'a Selection, dialect: &'a dyn Dialect) -> Self {
        // A line break ends a comment that a condition may end with.
        let conditions = selection.conditions.iter().map(|it| format!("({it}\n)")).collect();
        let mut question = Self { dialect, selection, conditions, values: Vec::new() };
        for bound in &selection.versions {
            let parameter = dialect.parameter(question.values.len() + 1, &bound.column.type_name);
            let column = quoted(&bound.column.name);
            question.conditions.push(format!("{column} {} {parameter}", bound.operator));
            question.values.push(Value::text(bound.value.as_str()));
        }
        question
    }

    fn key(&self) -> Vec<String> {
        let column = |it: &KeyColumn| format!("{}{}", quoted(&it.name), self.dialect.collation(it));
        self.selection.key.iter().map(column).collect()
    }

    fn compare_key(&mut self, operator: &str, values: &[Value]) {
        let parameters: Vec<_> = (self.values.len() + 1..)
            .zip(&self.selection.key)
            .map(|(number, column)| self.dialect.parameter(number, &column.type_name))
            .collect();
        let key = self.key().join(", ");
        self.conditions.push(format!("({key}) {operator} ({})", parameters.join(", ")));
        self.values.extend_from_slice(values);
    }

    fn order(&self, direction: &str) -> String {
        let key: Vec<_> = self.key().iter().map(|column| format!("{column}{direction}")).collect();
        key.join(", ")
    }

    fn select(self, columns: &[String], rest: &str) -> Sql {
        let from = &self.selection.from;
        let conditions = self.conditions.join(" and ");
        let conditions =
            if conditions.is_empty() { String::new() } else { format!(" where {conditions}") };
        let text = format!("select {} from {from}{conditions} {rest}", columns.join(", "));
        Sql { text, values: self.values }
    }
}
