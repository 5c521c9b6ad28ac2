//! One ontology block, from its properties to the claim it makes.
//!
//! Checks of its values are in `rules`.

use std::collections::HashSet;

use super::draft::{BlockDraft, Stated};
use super::identifier::{self, Identifier};
use super::keys::{self, Field};
use super::links::Wikilinks;
use super::rules;
use super::values::{bare, is_nothing, mentions};
use crate::claim::{self, Names};
use crate::iri::{Iri, PrefixTable, local_name, page_iri};
use crate::name::{Name, Rank};
use crate::owl::{Ontology, StatedClass};
use crate::parse::findings::{Findings, Quoted};
use crate::record::{Block, Property, Reference, SUBCLASS_OF, SuppliedName};

/// What a block needs to know of its page.
pub(super) struct Surroundings<'a> {
    pub(super) page_name: &'a str,
    /// Page properties that name the page.
    pub(super) aliases: &'a [&'a Property],
    pub(super) prefixes: &'a PrefixTable,
    /// What its fences state.
    pub(super) ontology: &'a Ontology,
}

/// The single values of a block: of each field, the first that says anything.
pub(super) struct Fields<'a>([Option<&'a Property>; Field::COUNT]);

impl<'a> Fields<'a> {
    /// Reads them of the properties of a block; a finding for each other value.
    pub(super) fn read(stated: &'a [Stated], findings: &mut Findings) -> Self {
        let mut fields = Self([None; Field::COUNT]);
        let own = stated.iter().filter(|stated| !stated.of_declaration);
        for property in own.map(|stated| &stated.property) {
            let Some(field) = Field::of(&property.key) else { continue };
            match fields.0[field as usize] {
                _ if is_nothing(&property.value) => {}
                None => fields.0[field as usize] = Some(property),
                Some(first) if first.value == property.value => {}
                Some(first) => {
                    let (key, line) = (&property.key, first.line);
                    let message = format!("{key} has another value on line {line}, which counts");
                    findings.warn("repeated_key", property.line, message);
                }
            }
        }
        fields
    }

    /// The property that fills a field.
    pub(super) fn of(&self, field: Field) -> Option<&'a Property> {
        self.0[field as usize]
    }

    /// What fills a field, without a link around it.
    pub(super) fn value(&self, field: Field) -> Option<&'a str> {
        self.of(field).map(|property| bare(&property.value))
    }

    /// The first line of what fills a field, where that is a name.
    pub(super) fn name(&self, field: Field) -> Option<&'a str> {
        let property = self.of(field)?;
        property.value.lines().next().map(bare).filter(|name| !is_nothing(name))
    }
}

/// Reads a block.
pub(super) fn read(
    draft: BlockDraft,
    surroundings: &Surroundings<'_>,
    findings: &mut Findings,
) -> Block {
    let fields = Fields::read(&draft.stated, findings);
    let stated_class = fields
        .of(Field::Class)
        .and_then(|property| identifier::read(property, surroundings.prefixes, findings));
    let page_name = surroundings.page_name;
    let preferred = fields.name(Field::PreferredTerm);
    let label = preferred.or(fields.name(Field::Label)).unwrap_or(page_name).to_owned();
    let comment = fields.of(Field::Definition).map(|property| property.value.clone());
    let names = names(&draft.stated, stated_class.as_ref(), &fields, surroundings);
    let mut references = references(&draft.stated, findings);
    let class = match &stated_class {
        Some(identifier) => identifier.iri.clone(),
        None => made_class(preferred.unwrap_or(page_name)),
    };
    references.extend(axiomatic_parents(&class, surroundings.ontology));
    let stated = rules::Claim {
        line: draft.line,
        fields: &fields,
        class: stated_class.as_ref().map(|identifier| &identifier.iri),
        names: &names,
        references: &references,
    };
    rules::check(&stated, findings);
    let line = draft.line;
    let properties = draft.stated.into_iter().map(|stated| stated.property).collect();
    Block {
        line,
        class,
        label,
        other_labels: None,
        comment,
        is_mention: false,
        names,
        references,
        properties,
    }
}

/// The namespace of the class that a block states, by the prefix table; for what its fences name
/// with nothing before the colon.
pub(super) fn namespace<'a>(draft: &BlockDraft, prefixes: &'a PrefixTable) -> Option<&'a str> {
    let is_class = |it: &&Stated| Field::of(&it.property.key) == Some(Field::Class);
    let stated = draft.stated.iter().find(is_class)?;
    let (prefix, _) = bare(&stated.property.value).split_once(':')?;
    prefixes.namespace(prefix)
}

/// The parents that the axioms of its page give a class.
pub(super) fn axiomatic_parents(class: &Iri, ontology: &Ontology) -> Vec<Reference> {
    let of_class = |it: &&StatedClass| ontology.entities[it.entity as usize] == *class;
    let stated = ontology.classes.iter().find(of_class);
    stated.map(|stated| claim::parents(ontology, stated).collect()).unwrap_or_default()
}

/// The class of a block that states none.
pub(super) fn made_class(name: &str) -> Iri {
    let exact = Name::new(name).map_or_else(|| name.to_owned(), |name| name.exact);
    let iri = page_iri(&exact);
    Iri { expanded: iri.clone(), compact: iri }
}

/// The names that a block supplies.
pub(super) fn names(
    stated: &[Stated],
    class: Option<&Identifier<'_>>,
    fields: &Fields<'_>,
    surroundings: &Surroundings<'_>,
) -> Vec<SuppliedName> {
    let mut names = Names::default();
    if let Some(Identifier { iri, written }) = class {
        for form in [iri.name(), &iri.compact, written] {
            names.add(Rank::Iri, form);
        }
    }
    names.add(Rank::Page, surroundings.page_name);
    let own = || stated.iter().map(|stated| &stated.property);
    let preferred = fields.name(Field::PreferredTerm);
    preferred.into_iter().for_each(|name| names.add(Rank::PreferredTerm, name));
    let legacy = own().filter(|it| keys::is_same(&it.key, keys::LEGACY_TERM_ID));
    let term_ids = fields.name(Field::TermId).into_iter().chain(legacy.map(|it| bare(&it.value)));
    term_ids.for_each(|name| names.add(Rank::TermId, name));
    add_lists(&mut names, Rank::AltTerm, own().filter(|it| keys::is_alternative(&it.key)));
    add_lists(&mut names, Rank::Alias, own().filter(|it| keys::is_alias(&it.key)));
    add_lists(&mut names, Rank::Alias, surroundings.aliases.iter().copied());
    if let Some(Identifier { iri, .. }) = class {
        names.add(Rank::LocalName, local_name(&iri.expanded));
    }
    names.into_list()
}

/// Adds what lists of names hold, each as wikilinks or between commas.
pub(super) fn add_lists<'a>(
    names: &mut Names,
    rank: Rank,
    lists: impl Iterator<Item = &'a Property>,
) {
    for Property { key, value, .. } in lists {
        let separators: &[char] = if keys::is_title(key) { &[] } else { &[','] };
        for mention in mentions(value, separators) {
            names.add(rank, mention.name);
        }
    }
}

/// The parents and other relations that properties state, each once.
pub(super) fn references(stated: &[Stated], findings: &mut Findings) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut seen = HashSet::new();
    for stated in stated {
        let Some(predicate) = predicate(stated) else { continue };
        let Property { key, value, line } = &stated.property;
        let mentioned = mentions(value, &[',']);
        if mentioned.is_empty() && !is_nothing(value) {
            let message = format!("{key} names no page: {}", Quoted(value));
            findings.error("relation_without_target", *line, message);
        }
        for mention in mentioned {
            let Some(target) = Name::new(mention.name) else { continue };
            if seen.insert((predicate, target.exact.clone(), mention.qualifier)) {
                let qualifier = mention.qualifier.map(str::to_owned);
                let predicate = predicate.to_owned();
                let (line, is_axiom) = (*line, false);
                let label = None;
                let reference = Reference { predicate, target, label, qualifier, line, is_axiom };
                references.push(reference);
            }
        }
    }
    references
}

/// The predicate of a property that states a relation.
fn predicate(stated: &Stated) -> Option<&str> {
    let key = stated.property.key.as_str();
    if stated.of_declaration {
        None
    } else if keys::is_parent(key) {
        Some(SUBCLASS_OF)
    } else if keys::is_relation(key) || stated.in_relations && may_relate(&stated.property) {
        Some(key)
    } else {
        None
    }
}

/// Whether a key of its own among relations is one of them.
fn may_relate(Property { key, value, .. }: &Property) -> bool {
    let means_else = Field::of(key).is_some()
        || keys::is_alternative(key)
        || keys::is_alias(key)
        || keys::is_logseq(key);
    !means_else && value.lines().any(|line| Wikilinks::of(line).next().is_some())
}
