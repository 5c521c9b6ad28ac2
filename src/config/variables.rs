//! Texts of the configuration, with the environment's variables put in when they are needed.
//!
//! A text may hold a secret, so neither an error nor a log shows it.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A `${` that stands for itself: nothing, or else what begins a variable.
const LITERAL: &str = "${:${}";

/// A text in which the environment's variables are still to be put. It may be a secret.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Text(String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl Text {
    /// The text with the variables of this process.
    pub(super) fn expanded(&self) -> Result<String, String> {
        expanded(&self.0, |name| std::env::var(name).ok())
    }

    /// The text as it is written.
    pub(super) fn written(&self) -> String {
        self.0.clone()
    }
}

/// A text as it has to be written so that [`Text::expanded`] gives it.
pub(super) fn unexpanded(text: &str) -> String {
    text.replace("${", LITERAL)
}

/// `text` with each `${NAME}` or `${NAME:default}` replaced. What is put in is not read again.
fn expanded(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let inside = &rest[at + 2..];
        let end = inside.find('}').ok_or("a `${` without its `}`")?;
        let (name, default) = match inside[..end].split_once(':') {
            Some((name, default)) => (name, Some(default)),
            None => (&inside[..end], None),
        };
        let value = variable(name).filter(|value| !value.is_empty() || default.is_none());
        match value.as_deref().or(default) {
            Some(value) => out.push_str(value),
            None => {
                return Err(format!(
                    "the environment holds no {name}; set it, or write ${{{name}:default}}"
                ));
            }
        }
        rest = &inside[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_and_what_is_put_in_is_not_read_again() {
        let variable = |name: &str| match name {
            "A" => Some("x${B}".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let expanded = |text| expanded(text, variable);
        assert_eq!(expanded("1 ${A} 2").as_deref(), Ok("1 x${B} 2"));
        assert_eq!(expanded("${NONE:a:b}$${EMPTY:c}").as_deref(), Ok("a:b$c"));
        assert_eq!(expanded("${NONE:}").as_deref(), Ok(""));
        assert!(expanded("${NONE}").is_err_and(|e| e.contains("NONE")));
        assert!(expanded("${A").is_err());
    }

    #[test]
    fn a_text_that_looks_like_a_variable_can_be_written() {
        for text in ["a${b}c", "${", "$${${x}", "plain"] {
            assert_eq!(Text(unexpanded(text)).expanded().as_deref(), Ok(text));
        }
    }
}
