//! What prefixes stand for: those of the document first, then the configured ones.

use std::collections::BTreeMap;

use super::soundness::UnsoundNames;
use super::statement::Statements;
use super::tokens::{Kind, Token};
use crate::iri::PrefixTable;
use crate::owl::EntityId;
use crate::parse::findings::{Findings, Quoted};

/// The prefixes of one item.
#[derive(Debug)]
pub(super) struct Prefixes<'a> {
    configured: &'a PrefixTable,
    own: BTreeMap<String, String>,
    /// Prefixes that nobody knows, with the line each is first used on.
    unknown: BTreeMap<String, u32>,
    /// The line of the first name without a prefix.
    bare: Option<u32>,
    pub(super) unsound: UnsoundNames,
}

impl<'a> Prefixes<'a> {
    pub(super) fn new(configured: &'a PrefixTable) -> Self {
        Self {
            configured,
            own: BTreeMap::new(),
            unknown: BTreeMap::new(),
            bare: None,
            unsound: UnsoundNames::default(),
        }
    }

    /// Lets the item itself say what a prefix stands for.
    pub(super) fn insert(&mut self, name: String, namespace: String) {
        self.own.insert(name, namespace);
    }

    pub(super) fn knows(&self, prefix: &str) -> bool {
        self.own.contains_key(prefix) || self.configured.knows(prefix)
    }

    /// The entity that a token names, its prefix written out. What has an unknown prefix is
    /// kept as it is.
    pub(super) fn entity(
        &mut self,
        token: &Token<'_>,
        statements: &mut Statements<'_>,
    ) -> EntityId {
        let name = match token.kind {
            Kind::Iri(iri) => {
                self.unsound.iri(iri, token.line);
                return statements.id(iri);
            }
            Kind::Word(word) => word,
            _ => "",
        };
        let Some((prefix, local)) = name.split_once(':') else {
            self.bare.get_or_insert(token.line);
            return statements.id(name);
        };
        if let Some(namespace) = self.own.get(prefix) {
            let expanded = format!("{namespace}{local}");
            self.unsound.iri(&expanded, token.line);
            return statements.id(&expanded);
        }
        if !self.configured.knows(prefix) {
            self.unknown.entry(prefix.to_owned()).or_insert(token.line);
        }
        let iri = self.configured.read(name);
        statements.id(&iri.expanded)
    }

    /// Reports what could not be written out.
    pub(super) fn report(self, findings: &mut Findings) {
        self.unsound.report(findings);
        for (prefix, line) in self.unknown {
            let message = match prefix.as_str() {
                "" => "what `:` stands for is not known; names are kept as they are".to_owned(),
                _ => format!("prefix {} is not in the prefix table", Quoted(&prefix)),
            };
            findings.warn("unknown_prefix", line, message);
        }
        if let Some(line) = self.bare {
            findings.warn("relative_iri", line, "a name without a prefix is kept as it is");
        }
    }
}
