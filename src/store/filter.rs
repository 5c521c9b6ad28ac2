//! Conditions on metadata: `category=ropes`, `price>=100`, `price=10..20`, `extra.color!=null`.

use serde_json::Value;

use super::StoreError;

/// All comparisons, those with the longest signs first.
const COMPARISONS: [Comparison; 6] = [
    Comparison::AtLeast,
    Comparison::AtMost,
    Comparison::Unequal,
    Comparison::Equal,
    Comparison::Greater,
    Comparison::Less,
];

/// How a value of a document is held against that of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    /// As a person and SQL write it.
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A condition on one value of the metadata. Of a list one element must meet it. `null` is what
/// has no value; it is neither equal nor unequal to anything else, nor greater or less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column, and behind dots members of an object in it.
    pub field: String,
    /// How its value is compared.
    pub comparison: Comparison,
    /// With what: as a number where both are numbers, as a text where both are none.
    pub value: String,
}

impl Filter {
    /// Reads a condition; `10..20` behind an equals sign is a range, both ends included.
    ///
    /// # Errors
    ///
    /// What is expected, for a person.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        let at = text.find(['=', '<', '>', '!']).filter(|at| *at > 0);
        let found = at.and_then(|at| {
            let (field, rest) = text.split_at(at);
            let of = |comparison: Comparison| {
                rest.strip_prefix(comparison.sign()).map(|value| (field, comparison, value))
            };
            COMPARISONS.into_iter().find_map(of)
        });
        let Some((field, comparison, value)) = found else {
            return Err("expected NAME=VALUE, such as category=ropes; there are = != < <= > >= \
                        and ranges, price=10..20"
                .to_owned());
        };
        let one = |comparison, value: &str| Self {
            field: field.to_owned(),
            comparison,
            value: value.to_owned(),
        };
        let ends = value.split_once("..").filter(|(from, to)| !from.is_empty() && !to.is_empty());
        Ok(match ends.filter(|_| comparison == Comparison::Equal) {
            Some((from, to)) => vec![one(Comparison::AtLeast, from), one(Comparison::AtMost, to)],
            None => vec![one(comparison, value)],
        })
    }

    /// As the statement reads it: where to look, how, and the value as a text and as a number.
    /// `known` are the columns that documents have as metadata.
    pub(super) fn wanted(&self, known: &[String]) -> Result<Value, StoreError> {
        let wrong = |reason: String| Err(StoreError::BadQuery(reason));
        let is_column = |name: &&str| known.iter().any(|column| column == name);
        // A column's own name may have dots.
        let dots = self.field.match_indices('.').map(|(at, _)| &self.field[..at]);
        let column = std::iter::once(self.field.as_str()).chain(dots).find(is_column);
        let Some(column) = column else {
            let there =
                if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
            return wrong(format!("no metadata is called {}; there are: {there}", self.field));
        };
        if self.field.contains('"') {
            return wrong(format!("{}: a name with quotes cannot be asked for", self.field));
        }
        let members = self.field[column.len()..].split('.').skip(1);
        let path: String =
            std::iter::once(column).chain(members).map(|part| format!(".\"{part}\"")).collect();
        // A whole number must not lose its last digits on the way.
        let value = self.value.as_str();
        let whole = value.parse::<i64>().ok().map(Value::from);
        let number = whole.or_else(|| value.parse::<f64>().ok().map(Value::from));
        let comparison = self.comparison.sign();
        Ok(serde_json::json!({
            "path": format!("${path}"), "comparison": comparison, "text": value, "number": number,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, Comparison, String)> {
        let filters = Filter::parse(text).expect(text).into_iter();
        filters.map(|it| (it.field, it.comparison, it.value)).collect()
    }

    #[test]
    fn a_condition_is_a_name_a_sign_and_a_value() {
        let one = |name: &str, comparison, value: &str| {
            vec![(name.to_owned(), comparison, value.to_owned())]
        };
        assert_eq!(parsed("a=b=c"), one("a", Comparison::Equal, "b=c"));
        assert_eq!(parsed("a>=1"), one("a", Comparison::AtLeast, "1"));
        assert_eq!(parsed("a<1"), one("a", Comparison::Less, "1"));
        assert_eq!(parsed("a!="), one("a", Comparison::Unequal, ""));
        let [from, to] = &parsed("a=1..2")[..] else { panic!("a range") };
        assert_eq!((from.1, to.1), (Comparison::AtLeast, Comparison::AtMost));
        for wrong in ["a", "=1", ">=1", "a!1", ""] {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_with_dots_is_a_column_before_it_is_a_member() {
        let known = ["extra".to_owned(), "extra.color".to_owned()];
        let path = |text: &str| {
            Filter::parse(text).expect(text)[0].wanted(&known).expect(text)["path"].clone()
        };
        assert_eq!(path("extra.color=x"), "$.\"extra.color\"");
        assert_eq!(path("extra.size.x=1"), "$.\"extra\".\"size\".\"x\"");
        assert!(Filter::parse("size=1").expect("one")[0].wanted(&known).is_err());
    }
}
