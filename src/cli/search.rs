//! `driftless search`: documents by their words.

use std::fmt;
use std::path::Path;

use clap::{Args, ValueEnum};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::output::{Output, Sheet, Tone, count};
use crate::store::{Filter, Hit, Reader, SEARCH_LIMIT, SearchQuery, SearchSyntax};

/// Finds pages, classes and rows by their words, the best first. Ends with 1 if nothing is found.
#[derive(Debug, Args)]
pub(super) struct Search {
    /// What to look for: words, all of which must be there.
    #[arg(required = true)]
    query: Vec<String>,
    /// Find only this type: page, class, or the name of an entity; may be repeated.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Find only what has this metadata: category=ropes, price>=100, price=10..20,
    /// extra.color!=null; may be repeated.
    #[arg(long = "where", value_name = "NAME=VALUE", value_parser = Filter::parse)]
    filters: Vec<Vec<Filter>>,
    /// Show at most N.
    #[arg(long, value_name = "N", default_value_t = SEARCH_LIMIT,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// What QUERY is.
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    syntax: Syntax,
}

/// What a query is.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Syntax {
    /// Words, whatever else stands there.
    #[default]
    Words,
    /// An expression of FTS5: dam OR weir, "tide mill", estuar*, title: dam.
    Fts,
}

/// What was found, and whether that is all.
#[derive(Serialize)]
struct Found<'a> {
    hits: &'a [Hit],
    is_complete: bool,
}

impl Search {
    pub(super) fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        self.require_types(&reader, store)?;
        let query = SearchQuery {
            text: self.query.join(" "),
            syntax: match self.syntax {
                Syntax::Words => SearchSyntax::Words,
                Syntax::Fts => SearchSyntax::Fts,
            },
            types: self.types,
            filters: self.filters.concat(),
            // One more than asked for shows whether there are more.
            limit: self.limit + 1,
        };
        let mut hits = reader.search(&query)?;
        let is_complete = hits.len() <= self.limit as usize;
        hits.truncate(self.limit as usize);
        output.show(&Found { hits: &hits, is_complete }, |sheet| {
            if hits.is_empty() {
                return sheet.line("nothing found");
            }
            for hit in &hits {
                draw(sheet, hit);
            }
            if !is_complete {
                let shown = count(hits.len() as u64);
                sheet.dim(&format!("the best {shown}; --limit shows more"));
            }
        })?;
        Ok(Exit::attention(hits.is_empty()))
    }

    /// A type that no document can have is a mistake, not a search without hits.
    fn require_types(&self, reader: &Reader, store: &Path) -> Result<(), Failure> {
        let known = reader.document_types()?;
        let Some(unknown) = self.types.iter().find(|name| !known.contains(name)) else {
            return Ok(());
        };
        let remedy =
            format!("there are: {}; see `{}`", known.join(", "), Command::on(store, &["status"]));
        Err(Failure::unknown(format!("no document is a {unknown}"), remedy))
    }
}

fn draw(sheet: &mut Sheet, hit: &Hit) {
    let title = hit.title.as_deref().unwrap_or(&hit.key);
    let kind = format!("  {} ", hit.document_type);
    sheet.parts(&[(Tone::Strong, title), (Tone::Dim, &kind), (Tone::Plain, &hit.key)]);
    let mut parts = vec![(Tone::Plain, "  ".to_owned())];
    for part in &hit.snippet {
        let tone = if part.is_match { Tone::Good } else { Tone::Plain };
        parts.push((tone, in_one_line(&part.text)));
    }
    let parts: Vec<_> = parts.iter().map(|(tone, text)| (*tone, text.as_str())).collect();
    sheet.parts(&parts);
    let metadata = hit.metadata.as_ref().map(|json| json.get());
    // In the order in which the entity declares it, and with its digits.
    let metadata = metadata.and_then(|json| serde_json::from_str::<Pairs<'_>>(json).ok());
    if let Some(Pairs(metadata)) = metadata {
        let pairs: Vec<_> =
            metadata.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
        sheet.dim(&format!("  {}", pairs.join("  ")));
    }
    sheet.gap();
}

/// A text with each of its white space as one space: a snippet of a page has line breaks.
fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c != ' ' || !line.ends_with(' ') {
            line.push(c);
        }
    }
    line
}

/// The members of a JSON object, in their order.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// A value as a filter would name it.
fn plain(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_one_line_whose_pieces_stay_apart() {
        assert_eq!(in_one_line("a\n\tb "), "a b ");
        assert_eq!(in_one_line(" "), " ");
    }
}
