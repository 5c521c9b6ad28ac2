//! The text of the questions that every database is asked, in its dialect.
//!
//! Names come from what the database said of itself and are quoted; values are parameters. A
//! condition is the text of whoever runs the program, in brackets of its own.

#[cfg(feature = "postgres")]
use super::PAGE_BYTES;
use super::{Column, Flaw, KeyColumn, Range, Selection};
use crate::row::Value;

/// How a database writes what differs.
pub(in crate::source) trait Dialect {
    /// A parameter, the `number`-th from 1, to be compared with a column of this type.
    fn parameter(&self, number: usize, type_name: &str) -> String;

    /// A column's value, in the form in which it is read; `sql` is the column's name.
    fn value(&self, sql: &str, column: Option<&Column>) -> String;

    /// The collation of a column of a key, as it stands behind the column.
    fn collation(&self, column: &KeyColumn) -> String;
}

/// How a database writes what measures values before it sends them.
#[cfg(feature = "postgres")]
pub(in crate::source) trait Measuring: Dialect {
    /// A value of this type as text.
    fn text(&self, value: &str, type_name: &str) -> String;

    /// How many bytes it is long; nothing if values of the type are all short.
    fn length(&self, value: &str, type_name: &str) -> Option<String>;
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
    /// A column, named with its relation: then it can be nothing but a column.
    pub(in crate::source) fn column(&self, name: &str) -> String {
        format!("{}.{}", self.qualifier, quoted(name))
    }

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

    /// Every so many rows the key of one, in the order of keys.
    pub(in crate::source) fn steps_sql(&self, range: &Range, dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        if let Some(after) = &range.after {
            question.compare_key(">", after);
        }
        question.compare_key("<=", &range.up_to);
        let order = question.order("");
        let name = |at: usize| format!("\"part {at} of the key\"");
        let mut inner: Vec<_> = self.key.iter().map(|it| self.column(&it.name)).collect();
        inner
            .iter_mut()
            .enumerate()
            .for_each(|(at, column)| *column += &format!(" as {}", name(at)));
        inner.push(format!("row_number() over (order by {order}) as \"number of the row\""));
        let parts: Vec<_> = (0..self.key.len()).map(|at| dialect.value(&name(at), None)).collect();
        let Sql { text, values } = question.select(&inner, "");
        let text = format!(
            "select {} from ({text}) as \"rows\" where \"number of the row\" % {} = 0 \
             order by \"number of the row\"",
            parts.join(", "),
            range.limit
        );
        Sql { text, values }
    }

    /// The row of one key: first the key, then the content.
    pub(in crate::source) fn row_sql(&self, key: &[Value], dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        question.compare_key("=", key);
        question.select(&self.read_columns(dialect), "limit 1")
    }

    /// [`page_sql`](Self::page_sql) of a database that sends all that it is asked for: it measures
    /// the rows itself and ends the page behind the row with which it has [`PAGE_BYTES`]. First
    /// comes the key, then the bytes of the content, then the content, unless it is too long.
    #[cfg(feature = "postgres")]
    pub(in crate::source) fn page_measured_sql(
        &self,
        range: &Range,
        dialect: &dyn Measuring,
    ) -> Sql {
        let mut question = Question::new(self, dialect);
        if let Some(after) = &range.after {
            question.compare_key(">", after);
        }
        question.compare_key("<=", &range.up_to);
        question.measured(range.limit, dialect)
    }

    /// [`row_sql`](Self::row_sql) in the columns of [`page_measured_sql`](Self::page_measured_sql).
    #[cfg(feature = "postgres")]
    pub(in crate::source) fn row_measured_sql(
        &self,
        key: &[Value],
        dialect: &dyn Measuring,
    ) -> Sql {
        let mut question = Question::new(self, dialect);
        question.compare_key("=", key);
        question.measured(1, dialect)
    }

    /// The greatest key.
    pub(in crate::source) fn last_key_sql(&self, dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        for column in self.key.iter().filter(|column| column.is_nullable) {
            question.conditions.push(format!("{} is not null", self.column(&column.name)));
        }
        let order = question.order(" desc");
        question.select(&self.key_columns(dialect), &format!("order by {order} limit 1"))
    }

    /// One row, if the key has this flaw.
    pub(in crate::source) fn flaw_sql(&self, flaw: Flaw, dialect: &dyn Dialect) -> Sql {
        let mut question = Question::new(self, dialect);
        let nullable = self.key.iter().filter(|column| column.is_nullable);
        let is_null = nullable.map(|column| format!("{} is null", self.column(&column.name)));
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
        self.key.iter().map(|it| dialect.value(&self.column(&it.name), None)).collect()
    }

    fn read_columns(&self, dialect: &dyn Dialect) -> Vec<String> {
        let mut columns = self.key_columns(dialect);
        columns
            .extend(self.columns.iter().map(|it| dialect.value(&self.column(&it.name), Some(it))));
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
            let column = selection.column(&bound.column.name);
            question.conditions.push(format!("{column} {} {parameter}", bound.operator));
            question.values.push(Value::text(bound.value.as_str()));
        }
        question
    }

    fn key(&self) -> Vec<String> {
        let column = |it: &KeyColumn| {
            format!("{}{}", self.selection.column(&it.name), self.dialect.collation(it))
        };
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

    #[cfg(feature = "postgres")]
    fn measured(self, limit: usize, dialect: &dyn Measuring) -> Sql {
        let Selection { key, columns, largest_bytes, .. } = self.selection;
        // Names that no column has by accident: `order by` prefers them.
        let (mut inner, mut outer, mut order) = (Vec::new(), Vec::new(), Vec::new());
        for (at, column) in key.iter().enumerate() {
            let name = format!("\"part {at} of the key\"");
            inner.push(format!("{} as {name}", self.selection.column(&column.name)));
            // Unnamed, the text would have the name of the part, and be what `order by` means.
            outer.push(format!("{} as \"text\"", dialect.text(&name, &column.type_name)));
            order.push(format!("{name}{}", dialect.collation(column)));
        }
        outer.push("\"bytes of the row\"".to_owned());
        let mut lengths = vec!["0::bigint".to_owned()];
        for (at, column) in columns.iter().enumerate() {
            let (name, own) =
                (format!("\"value {at} of the row\""), self.selection.column(&column.name));
            let length = dialect.length(&own, &column.type_name);
            lengths.extend(length.map(|length| format!("coalesce({length}, 0)")));
            inner.push(format!("{own} as {name}"));
            let text = dialect.text(&name, &column.type_name);
            let largest = i64::try_from(*largest_bytes).unwrap_or(i64::MAX);
            outer.push(format!("case when \"bytes of the row\" <= {largest} then {text} end"));
        }
        inner.push(format!("{} as \"bytes of the row\"", lengths.join(" + ")));
        let (by, order) = (self.order(""), order.join(", "));
        let Sql { text, values } = self.select(&inner, &format!("order by {by} limit {limit}"));
        let text = format!(
            "select {} from (select *, sum(\"bytes of the row\") over (order by {order} \
             rows unbounded preceding) as \"bytes so far\" from ({text}) as \"rows\") as \"sums\" \
             where \"bytes so far\" - \"bytes of the row\" < {PAGE_BYTES} order by {order}",
            outer.join(", ")
        );
        Sql { text, values }
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
