//! Which property belongs to what: to a block, to the page, or to an OWL property.
//!
//! Nothing is interpreted here; `block` and `declaration` read what was gathered.

use super::keys;
use super::kind::Classes;
use super::lines::{Heading, Indent};
use super::outline::{Entry, EntryKind, Extent};
use crate::owl::OwlPropertyKind;
use crate::record::Property;

/// A property of a block, with where it stands.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) property: Property,
    /// Whether its section holds relations only.
    pub(super) in_relations: bool,
    /// Whether it belongs to an OWL property and so says nothing about the class.
    pub(super) of_declaration: bool,
}

/// A block before it is read.
#[derive(Debug)]
pub(super) struct BlockDraft {
    pub(super) line: u32,
    pub(super) stated: Vec<Stated>,
}

/// A declared OWL property before it is read.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) kind: OwlPropertyKind,
    /// The property that declares it.
    pub(super) stated: Property,
    /// The properties below or beside it.
    pub(super) details: Vec<Property>,
}

/// Everything a page states, each property in its place.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) blocks: Vec<BlockDraft>,
    pub(super) page: Vec<Property>,
    pub(super) declarations: Vec<Declaration>,
}

/// Puts every property in its place.
pub(super) fn gather(entries: Vec<Entry<'_>>, classes: Classes) -> Drafts {
    let mut gathering = Gathering::default();
    if matches!(classes, Classes::WholePage | Classes::IriFirst) {
        let first = entries.iter().find(|entry| entry.property().is_some());
        gathering.open_block(Extent::WHOLE_PAGE, first.map_or(0, |entry| entry.line));
    }
    for entry in entries {
        gathering.take(entry);
    }
    gathering.drafts
}

#[derive(Default)]
struct Gathering {
    drafts: Drafts,
    /// Blocks that still last, the innermost last, each with its place among the drafts.
    open: Vec<(Extent, usize)>,
    /// The section of relations that still lasts.
    relations: Option<Extent>,
    /// Where the OWL property stands whose details may follow.
    declaration: Option<Indent>,
}

impl Gathering {
    fn take(&mut self, entry: Entry<'_>) {
        while self.open.pop_if(|(extent, _)| extent.ends_at(&entry)).is_some() {}
        self.relations.take_if(|extent| extent.ends_at(&entry));
        match entry.kind {
            EntryKind::Heading(heading) => self.enter(&entry, &heading),
            EntryKind::Property { key, value } => {
                let (key, value) = (key.to_owned(), value.into_owned());
                self.put(entry.indent, Property { key, value, line: entry.line });
            }
            EntryKind::Prose => {
                self.declaration.take_if(|declared| !entry.indent.deeper_than(*declared));
            }
        }
    }

    fn enter(&mut self, entry: &Entry<'_>, heading: &Heading<'_>) {
        self.declaration = None;
        let extent = Extent::of(entry, heading);
        if heading.opens_block() {
            self.relations = None;
            self.open_block(extent, entry.line);
        } else if self.relations.is_none() && keys::is_relation_section(heading.title) {
            self.relations = Some(extent);
        }
    }

    fn open_block(&mut self, extent: Extent, line: u32) {
        self.open.push((extent, self.drafts.blocks.len()));
        self.drafts.blocks.push(BlockDraft { line, stated: Vec::new() });
    }

    fn put(&mut self, indent: Indent, property: Property) {
        let of_declaration = self.declare(indent, &property) || self.detail(indent, &property);
        match self.open.last() {
            Some((_, block)) => {
                let in_relations = self.relations.is_some();
                let stated = Stated { property, in_relations, of_declaration };
                self.drafts.blocks[*block].stated.push(stated);
            }
            None => self.drafts.page.push(property),
        }
    }

    /// Takes `property` as the declaration of an OWL property, if it is one.
    fn declare(&mut self, indent: Indent, property: &Property) -> bool {
        let Some(kind) = keys::declared_kind(&property.key) else { return false };
        let stated = property.clone();
        self.drafts.declarations.push(Declaration { kind, stated, details: Vec::new() });
        self.declaration = Some(indent);
        true
    }

    /// Takes `property` as a detail of the OWL property above it, if it is one. Another
    /// property beside that one ends its details.
    fn detail(&mut self, indent: Indent, property: &Property) -> bool {
        let Some(declared) = self.declaration else { return false };
        let belongs = !indent.shallower_than(declared) && keys::is_detail(&property.key);
        match self.drafts.declarations.last_mut() {
            Some(declaration) if belongs => declaration.details.push(property.clone()),
            _ if indent.deeper_than(declared) => {}
            _ => self.declaration = None,
        }
        belongs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::findings::Findings;
    use crate::parse::page::{lines, outline};

    fn drafts(text: &str, classes: Classes) -> Drafts {
        let lines = lines::split(text.as_bytes(), text);
        gather(outline::read(&lines, &mut Findings::default()), classes)
    }

    fn block_keys(drafts: &Drafts) -> Vec<Vec<&str>> {
        drafts
            .blocks
            .iter()
            .map(|block| block.stated.iter().map(|stated| stated.property.key.as_str()).collect())
            .collect()
    }

    #[test]
    fn what_stands_after_a_block_belongs_to_the_page() {
        let text = "public:: true\n- ### OntologyBlock\n  id:: x\n\t- a:: 1\n- ## About\n  b:: 2\n\t- c:: 3\n";
        let drafts = drafts(text, Classes::Blocks);
        assert_eq!(block_keys(&drafts), [["id", "a"]]);
        let page: Vec<_> = drafts.page.iter().map(|property| property.key.as_str()).collect();
        assert_eq!(page, ["public", "b", "c"]);
    }

    #[test]
    fn each_of_several_blocks_has_its_own_properties() {
        let text = "- ### OntologyBlock\n\t- a:: 1\n- x\n- ### OntologyBlock\n\t- b:: 2\n";
        assert_eq!(block_keys(&drafts(text, Classes::Blocks)), [["a"], ["b"]]);
    }

    #[test]
    fn a_block_within_a_block_interrupts_it() {
        let text = "- ### OntologyBlock\n  - a:: 1\n  - ### OntologyBlock\n    - b:: 2\n  - prose\n  - c:: 3\n";
        assert_eq!(block_keys(&drafts(text, Classes::Blocks)), [vec!["a", "c"], vec!["b"]]);
    }

    #[test]
    fn a_section_of_relations_includes_its_subsections_and_no_more() {
        let text = "- ### OntologyBlock\n  - **Relationships**\n    - **Parts**\n      - a:: [[A]]\n    - b:: [[B]]\n  - **Sources**\n    - c:: [[C]]\n";
        let drafts = drafts(text, Classes::Blocks);
        let inside: Vec<_> = drafts.blocks[0].stated.iter().map(|s| s.in_relations).collect();
        assert_eq!(inside, [true, true, false]);
    }

    #[test]
    fn details_stand_below_or_beside_an_owl_property() {
        let nested = "- ### OntologyBlock\n  - objectProperty:: p\n    - domain:: A\n    - range:: B\n  - label:: L\n  - x:: y\n  - label:: M\n";
        let drafts = drafts(nested, Classes::Blocks);
        let details: Vec<_> =
            drafts.declarations[0].details.iter().map(|p| p.key.as_str()).collect();
        assert_eq!(details, ["domain", "range", "label"]);
        let last = drafts.blocks[0].stated.last().expect("a property");
        assert!(!last.of_declaration);
    }

    #[test]
    fn a_hundred_thousand_nested_bullets_and_blocks_are_gathered_without_recursion() {
        let mut text = String::new();
        for depth in 0..3000 {
            text.push_str(&" ".repeat(depth));
            text.push_str("- ### OntologyBlock\n");
        }
        text.push_str(&"- a:: b\n- ### OntologyBlock\n".repeat(100_000));
        assert_eq!(drafts(&text, Classes::Blocks).blocks.len(), 103_000);
    }
}
