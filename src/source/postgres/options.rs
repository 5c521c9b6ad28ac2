//! The `options` of a connection string, as settings of each transaction.
//!
//! A server takes them when a connection starts. A pooler refuses them or drops them, and then a
//! `search_path` would be another one without a word; set in each transaction they always hold.

use crate::source::SourceError;

/// Statements that make these options, such as `-c search_path=shop`, hold for a transaction.
///
/// # Errors
///
/// [`SourceError::Settings`] if an option is not a setting.
pub(super) fn statements(options: &str) -> Result<String, SourceError> {
    let wrong = || SourceError::Settings {
        setting: "url".to_owned(),
        reason: "options: each is written `-c name=value` or `--name=value`".to_owned(),
    };
    let mut statements = String::new();
    let mut words = words(options).into_iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.strip_prefix("--") {
            Some(long) => {
                let (name, value) = long.split_once('=').ok_or_else(wrong)?;
                (name.replace('-', "_"), value.to_owned())
            }
            None => {
                let short = word.strip_prefix("-c").ok_or_else(wrong)?;
                let pair = match short {
                    "" => words.next().ok_or_else(wrong)?,
                    attached => attached.to_owned(),
                };
                let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
                (name.replace('-', "_"), value.to_owned())
            }
        };
        let (name, value) = (literal(name.trim()), literal(&value));
        statements.push_str(&format!("select pg_catalog.set_config({name}, {value}, true); "));
    }
    Ok(statements)
}

/// The words between spaces; a backslash takes the next sign as it is.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => word.get_or_insert_default().extend(signs.next()),
            sign if sign.is_whitespace() => words.extend(word.take()),
            sign => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

/// A text in quotes that mean the same whatever the server's settings are.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_becomes_a_setting_of_the_transaction_however_it_is_written() {
        let expected = "select pg_catalog.set_config(E'search_path', E'a, b', true); ";
        for options in [
            "-c search_path=a,\\ b",
            "-csearch_path=a,\\ b",
            "--search_path=a,\\ b",
            " --search-path=a,\\ b ",
        ] {
            assert_eq!(statements(options).expect("an option"), expected, "{options}");
        }
        assert_eq!(statements("").expect("no option"), "");
    }

    #[test]
    fn a_quote_in_an_option_ends_nothing() {
        let one = statements("-c x.y=a'b\\\\c").expect("an option");
        assert_eq!(one, "select pg_catalog.set_config(E'x.y', E'a''b\\\\c', true); ");
    }

    #[test]
    fn what_is_not_a_setting_is_refused() {
        for options in ["-d 3", "-c", "search_path=a", "--fast"] {
            assert!(statements(options).is_err(), "{options}");
        }
    }
}
