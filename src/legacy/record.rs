//! What the rows of one item state: a page, as if it had been parsed.

use std::collections::{BTreeMap, HashMap};

use super::account::{Accounts, Fate};
use super::axiom::{self, Axioms};
use super::index::{IS_REPEATED, IS_STATED, OTHER_IS_KNOWN, OWN_IS_KNOWN};
use super::item::{Item, Row, Value};
use super::layout::{Layout, Part, Role, Sheet};
use super::property;
use crate::iri::{self, PrefixTable};
use crate::name::{Name, Rank};
use crate::parse::page::page_name;
use crate::record::{
    Block, Diagnostic, Level, Link, Page, Property, Reference, SUBCLASS_OF, SuppliedName,
};

/// An item as it is written.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) page: Page,
    /// The page's text, where a row has one.
    pub(crate) content: Vec<u8>,
    /// Git's name for the file, as the old database has it.
    pub(crate) git_sha1: Option<String>,
}

/// Reads an item; none if no row of it says anything. Every row is accounted for.
pub(super) fn record(
    layout: &Layout,
    item: &Item,
    prefixes: &PrefixTable,
    accounts: &mut Accounts,
) -> Option<Record> {
    let mut draft = Draft::new(prefixes);
    let mut says_something = false;
    for row in &item.rows {
        let Some(sheet) = layout.sheet(row.part) else { continue };
        let fate = draft.add(sheet, row);
        says_something |= !matches!(fate, Fate::Unrepresentable(_));
        accounts.note(sheet, row.number, fate);
    }
    says_something.then(|| draft.into_record(item))
}

struct Draft<'a> {
    prefixes: &'a PrefixTable,
    page: Page,
    content: Option<Vec<u8>>,
    git_sha1: Option<String>,
    /// The blocks by the identity of their class.
    blocks: HashMap<String, usize>,
    axioms: Axioms<'a>,
    /// The links by their target.
    links: BTreeMap<String, usize>,
    has_file: bool,
}

impl<'a> Draft<'a> {
    fn new(prefixes: &'a PrefixTable) -> Self {
        Self {
            prefixes,
            page: Page::default(),
            content: None,
            git_sha1: None,
            blocks: HashMap::new(),
            axioms: Axioms::new(prefixes),
            links: BTreeMap::new(),
            has_file: false,
        }
    }

    fn into_record(mut self, item: &Item) -> Record {
        if self.page.name.is_empty() {
            self.page.name = match item.is_file() {
                true => page_name(&item.key),
                false => item.key.to_string(),
            };
        }
        self.page.ontology = self.axioms.into_ontology();
        let content = self.content.unwrap_or_default();
        Record { page: self.page, content, git_sha1: self.git_sha1 }
    }

    fn add(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        if matches!(row.part, Part::Class | Part::Parent | Part::Property | Part::Axiom)
            && Name::new(&row.own).is_none()
        {
            return Fate::Unrepresentable("it names nothing that it is about");
        }
        match row.part {
            Part::Ontology if row.own.trim().is_empty() => {
                Fate::Unrepresentable("the ontology has no name")
            }
            Part::Ontology => {
                self.keep(sheet, row, &[Role::Id]);
                Fate::TakenOver
            }
            Part::File => self.file(sheet, row),
            Part::Class => self.class(sheet, row),
            Part::Parent => self.parent(sheet, row),
            Part::Property => self.property(sheet, row),
            Part::Axiom => self.axiom(sheet, row),
            Part::Node => {
                self.page.is_graph = true;
                self.page.name.clone_from(&row.own);
                self.keep(sheet, row, &[Role::Id]);
                Fate::TakenOver
            }
            Part::Edge => self.edge(sheet, row),
        }
    }

    fn file(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        if row.own.is_empty() {
            return Fate::Unrepresentable("the file has no path");
        }
        self.keep(sheet, row, &[Role::File, Role::Sha1]);
        self.git_sha1 = self.git_sha1.take().or_else(|| row.text(sheet, Role::Sha1));
        match std::mem::replace(&mut self.has_file, true) {
            true => Fate::Duplicate,
            false => Fate::TakenOver,
        }
    }

    fn class(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        let label = row.text(sheet, Role::Label);
        let mut block = self.block(&row.own, label.as_deref());
        block.comment = row.text(sheet, Role::Comment);
        for column in sheet.extra(&[Role::Id]) {
            block.properties.extend(said(&sheet.table.columns[column], &row.values[column]));
        }
        let column = |role| sheet.roles.get(&role).map(|at| (*at, &sheet.table.columns[*at]));
        if let Some((at, name)) = column(Role::Content) {
            let content = match &row.values[at] {
                Value::Text(text) => Some(text.clone().into_bytes()),
                Value::Bytes(bytes) => Some(bytes.clone()),
                _ => None,
            };
            let is_other = content.is_some() && self.content.is_some() && content != self.content;
            block.properties.extend(is_other.then(|| said(name, &row.values[at])).flatten());
            self.content = self.content.take().or(content);
        }
        if let Some((at, name)) = column(Role::Sha1) {
            let sha1 = row.text(sheet, Role::Sha1);
            let is_other = self.git_sha1.is_some() && sha1 != self.git_sha1;
            block.properties.extend(is_other.then(|| said(name, &row.values[at])).flatten());
            self.git_sha1 = self.git_sha1.take().or(sha1);
        }
        if let Some((at, name)) =
            column(Role::Deprecated).filter(|(at, _)| row.values[*at].is_true())
        {
            block.properties.extend(said(name, &row.values[at]));
            self.axioms.deprecate(&row.own);
        }
        let mut is_whole = true;
        if let Some(parent) = row.other.as_deref().and_then(Name::new) {
            is_whole = self.is_known(row, OTHER_IS_KNOWN, "the parent");
            let is_axiom = row.has(IS_STATED);
            block.references.push(self.subclass_of(&parent.exact, is_axiom));
        }
        let identity = block.class.expanded.clone();
        self.page.blocks.push(block);
        self.blocks.entry(identity).or_insert(self.page.blocks.len() - 1);
        match (row.has(IS_REPEATED), is_whole) {
            (true, _) => Fate::Duplicate,
            (false, true) => Fate::TakenOver,
            (false, false) => Fate::Stub,
        }
    }

    fn parent(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        let Some(parent) = row.other.as_deref().and_then(Name::new) else {
            return Fate::Unrepresentable("it names no parent");
        };
        let identity = self.prefixes.read(&row.own).expanded;
        let at = match self.blocks.get(&identity) {
            Some(at) => *at,
            // Nothing says what this class is, but that it has a parent.
            None => {
                let block = Block { is_mention: true, ..self.block(&row.own, None) };
                self.page.blocks.push(block);
                self.blocks.insert(identity, self.page.blocks.len() - 1);
                self.page.blocks.len() - 1
            }
        };
        let child_is_known = self.is_known(row, OWN_IS_KNOWN, "the class");
        let is_known = self.is_known(row, OTHER_IS_KNOWN, "the parent") && child_is_known;
        let reference = self.subclass_of(&parent.exact, row.has(IS_STATED));
        let kept = kept(sheet, row, &[Role::Id]);
        let block = &mut self.page.blocks[at];
        if let Some(mut extra) = kept {
            extra.insert("parent".to_owned(), parent.exact.into());
            block.properties.push(property(&sheet.table.name, extra));
        }
        if block.references.iter().any(|known| known.target == reference.target) {
            return Fate::Duplicate;
        }
        block.references.push(reference);
        if is_known { Fate::TakenOver } else { Fate::Stub }
    }

    fn property(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        match property::read(sheet, row, self.prefixes) {
            Some(declared) => self.page.owl_properties.push(declared),
            None => self.axioms.kind(&row.own, row.text(sheet, Role::Kind).as_deref()),
        }
        let consumed = property::characteristic_columns(sheet);
        if let Some(mut extra) = kept_but(sheet, row, &[Role::Id], &consumed) {
            extra.insert("iri".to_owned(), row.own.clone().into());
            self.page.properties.push(property(&sheet.table.name, extra));
        }
        if row.has(IS_REPEATED) { Fate::Duplicate } else { Fate::TakenOver }
    }

    fn axiom(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        if !self.axioms.add(axiom::Parts::of(sheet, row)) {
            return Fate::Duplicate;
        }
        match self.is_known(row, OWN_IS_KNOWN, "the subject of an axiom") {
            true => Fate::TakenOver,
            false => Fate::Stub,
        }
    }

    fn edge(&mut self, sheet: &Sheet, row: &Row) -> Fate {
        let Some(target) = row.other.as_deref().and_then(Name::new) else {
            return Fate::Unrepresentable("it names no target");
        };
        if row.text(sheet, Role::Source).is_none() {
            return Fate::Unrepresentable("it names no source");
        }
        self.page.is_graph = true;
        if !row.has(OWN_IS_KNOWN) {
            self.page.name.clone_from(&row.own);
        }
        let source_is_known = self.is_known(row, OWN_IS_KNOWN, "the source of an edge");
        let is_known =
            self.is_known(row, OTHER_IS_KNOWN, "the target of an edge") && source_is_known;
        if let Some(mut extra) = kept(sheet, row, &[Role::Id]) {
            extra.insert("target".to_owned(), target.exact.clone().into());
            self.page.properties.push(property(&sheet.table.name, extra));
        }
        if let Some(at) = self.links.get(&target.exact) {
            self.page.links[*at].count += 1;
            return Fate::Duplicate;
        }
        self.links.insert(target.exact.clone(), self.page.links.len());
        self.page.links.push(Link { target, line: 0, count: 1 });
        if is_known { Fate::TakenOver } else { Fate::Stub }
    }

    /// Whether the old database has an end of a row; says so where it has not. Terms of the
    /// built-in vocabularies are known to everybody.
    fn is_known(&mut self, row: &Row, flag: i64, what: &str) -> bool {
        let end = if flag == OWN_IS_KNOWN { &row.own } else { row.other() };
        if row.has(flag) || iri::built_in(end).is_some() {
            return true;
        }
        self.page.diagnostics.push(Diagnostic {
            level: Level::Warning,
            code: "dangling_reference",
            line: 0,
            message: format!("the old database does not have {what}, {end}"),
        });
        false
    }

    fn block(&self, written: &str, label: Option<&str>) -> Block {
        let class = self.prefixes.read(written);
        let local = iri::local_name(&class.expanded).to_owned();
        let mut names: Vec<SuppliedName> = Vec::new();
        let mut supply = |rank: Rank, text: &str| {
            if let Some(name) = Name::new(text)
                && names.iter().all(|known| known.name.exact != name.exact)
            {
                names.push(SuppliedName { name, rank });
            }
        };
        supply(Rank::Iri, &class.expanded);
        supply(Rank::Iri, &class.compact);
        label.iter().for_each(|label| supply(Rank::PreferredTerm, label));
        supply(Rank::LocalName, &local);
        let label = label.map_or_else(
            || if local.is_empty() { class.compact.clone() } else { local.clone() },
            |label| label.trim().to_owned(),
        );
        Block {
            line: 0,
            class,
            label,
            other_labels: None,
            comment: None,
            is_mention: false,
            names,
            references: Vec::new(),
            properties: Vec::new(),
        }
    }

    fn subclass_of(&self, parent: &str, is_axiom: bool) -> Reference {
        // By its whole IRI, in whatever form it was written; a plain name stays one.
        let iri = self.prefixes.read(parent).expanded;
        let target = Name::new(&iri).unwrap_or(Name { exact: iri.clone(), folded: iri });
        let predicate = SUBCLASS_OF.to_owned();
        Reference { predicate, target, label: None, qualifier: None, line: 0, is_axiom }
    }

    /// Keeps on the page what columns without a meaning hold.
    fn keep(&mut self, sheet: &Sheet, row: &Row, others: &[Role]) {
        if let Some(extra) = kept(sheet, row, others) {
            self.page.properties.push(property(&sheet.table.name, extra));
        }
    }
}

type Extra = serde_json::Map<String, serde_json::Value>;

/// What columns without a meaning hold, and those of `others`; none if they hold nothing.
fn kept(sheet: &Sheet, row: &Row, others: &[Role]) -> Option<Extra> {
    kept_but(sheet, row, others, &[])
}

fn kept_but(sheet: &Sheet, row: &Row, others: &[Role], consumed: &[usize]) -> Option<Extra> {
    let columns = sheet.extra(others).into_iter().filter(|at| !consumed.contains(at));
    let said = columns.filter(|at| row.values[*at] != Value::Null);
    let extra: Extra =
        said.map(|at| (sheet.table.columns[at].clone(), row.values[at].json())).collect();
    (!extra.is_empty()).then_some(extra)
}

fn property(table: &str, extra: Extra) -> Property {
    let value = serde_json::Value::Object(extra).to_string();
    Property { key: table.to_owned(), value, line: 0 }
}

/// A column as a property, if it says something.
fn said(column: &str, value: &Value) -> Option<Property> {
    Some(Property { key: column.to_owned(), value: value.shown()?, line: 0 })
}
