//! A class as a block of its page: its names, its references, and what disagrees.

use super::Stated;
use super::node::{ClassDraft, PageNode};
use crate::claim::Names;
use crate::iri::{Iri, local_name};
use crate::name::{Name, Rank};
use crate::parse::findings::{Findings, Quoted};
use crate::parse::page::block::{self, Surroundings, add_lists};
use crate::parse::page::keys::{self, Field};
use crate::parse::page::values::{bare, is_nothing};
use crate::record::{Block, Property, SUBCLASS_OF, SuppliedName};

impl Stated {
    /// The blocks that the classes are. The first one answers to what names the page.
    pub(in crate::parse::page) fn blocks(
        &mut self,
        surroundings: &Surroundings<'_>,
        findings: &mut Findings,
    ) -> Vec<Block> {
        if let Some(class) = self.classes.first() {
            report(&self.page, class, findings);
        }
        if let [first, second, ..] = self.classes.as_slice() {
            let message = format!("the page has another class on line {}", first.line);
            findings.info("several_classes", second.line, message);
        }
        let drafts = std::mem::take(&mut self.classes).into_iter().enumerate();
        drafts
            .map(|(at, draft)| block(draft, &self.page, at == 0, surroundings, findings))
            .collect()
    }
}

fn block(
    draft: ClassDraft,
    page: &PageNode,
    is_first: bool,
    surroundings: &Surroundings<'_>,
    findings: &mut Findings,
) -> Block {
    let title = || page.titles.first().map(|(title, _)| title.clone()).filter(|_| is_first);
    let label = draft.label.clone().or_else(title);
    let label = label.unwrap_or_else(|| surroundings.page_name.to_owned());
    let class = match &draft.iri {
        Some(iri) => surroundings.prefixes.whole(iri),
        None => block::made_class(&label),
    };
    let names = names(&draft, &class, &label, is_first.then_some(page), surroundings);
    let mut references = draft.references;
    references.extend(block::axiomatic_parents(&class, surroundings.ontology));
    for parent in references.iter().filter(|it| it.predicate == SUBCLASS_OF) {
        if parent.target.exact == class.expanded {
            let message = format!("{} is the class itself", Quoted(&parent.target.exact));
            findings.warn("self_parent", parent.line, message);
        }
    }
    Block {
        line: draft.line,
        class,
        label,
        other_labels: (!draft.alternatives.is_empty()).then(|| draft.alternatives.join("\n")),
        comment: draft.comment,
        is_mention: false,
        names,
        references,
        properties: draft.properties,
    }
}

fn names(
    draft: &ClassDraft,
    class: &Iri,
    label: &str,
    page: Option<&PageNode>,
    surroundings: &Surroundings<'_>,
) -> Vec<SuppliedName> {
    let mut names = Names::default();
    if draft.iri.is_some() {
        names.add(Rank::Iri, class.name());
        names.add(Rank::Iri, &class.compact);
    }
    names.add(Rank::Page, surroundings.page_name);
    let of_page = page.map(|page| page.properties.as_slice()).unwrap_or_default();
    let aliases = page.map_or(&[][..], |_| surroundings.aliases);
    let properties = || draft.properties.iter().chain(of_page);
    for property in properties().filter(|it| is_field(it, Field::PreferredTerm)) {
        names.add(Rank::PreferredTerm, bare(&property.value));
    }
    names.add(Rank::PreferredTerm, label);
    for property in properties().filter(|it| is_field(it, Field::TermId)) {
        names.add(Rank::TermId, bare(&property.value));
    }
    draft.alternatives.iter().for_each(|name| names.add(Rank::AltTerm, name));
    add_lists(&mut names, Rank::AltTerm, properties().filter(|it| keys::is_alternative(&it.key)));
    if let Some(page) = page {
        page.titles.iter().for_each(|(title, _)| names.add(Rank::Alias, title));
        page.slug.iter().for_each(|(slug, _)| names.add(Rank::Alias, slug));
    }
    let is_alias = |it: &&Property| keys::is_alias(&it.key) && !keys::is_title(&it.key);
    add_lists(&mut names, Rank::Alias, properties().filter(is_alias));
    add_lists(&mut names, Rank::Alias, aliases.iter().copied());
    if draft.iri.is_some() {
        names.add(Rank::LocalName, local_name(&class.expanded));
    }
    names.into_list()
}

/// Whether a property says something for a field, under its own key or one that the vocabulary gave it.
fn is_field(property: &Property, field: Field) -> bool {
    let key = property.key.strip_prefix("vc:").unwrap_or(&property.key);
    let key = key.strip_prefix("legacy-").unwrap_or(key);
    let key = if key == "termId" { "term-id" } else { key };
    Field::of(key) == Some(field) && !is_nothing(&property.value)
}

/// What of a page and its class ought to agree.
fn report(page: &PageNode, class: &ClassDraft, findings: &mut Findings) {
    let fold = |text: &str| Name::new(text).map(|name| name.folded);
    if let (Some((title, _)), Some(label)) = (page.titles.first(), &class.label)
        && fold(title) != fold(label)
    {
        let (title, label) = (Quoted(title), Quoted(label));
        let message = format!("the label is {label}, and the title of the page is {title}");
        findings.warn("label_disagrees", class.line, message);
    }
    if let (Some((slug, line)), Some(iri)) = (&page.slug, &class.iri)
        && local_name(iri) != slug
    {
        let message = format!("the slug is {}, and the class is {}", Quoted(slug), Quoted(iri));
        findings.warn("slug_disagrees", *line, message);
    }
}
