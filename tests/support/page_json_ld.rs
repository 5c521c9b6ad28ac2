//! Pages of today: a page, its class and what a tool noted of its links, each in a JSON-LD fence.
//!
//! The fences take about two fifths of a page's bytes; names lead by IRI.

use super::page_sheet::{PUBLIC, Sheet, sentence};
use super::{Corpus, Reference, Rng, slug};

/// How a context is cited.
const CONTEXT: &str = "https://narrativegoldmine.com/ns/v2.jsonld";

/// Predicates, with how many of a thousand pages have them.
const PREDICATES: [(&str, usize); 12] = [
    ("relatedTo", 780),
    ("enables", 730),
    ("requires", 570),
    ("uses", 560),
    ("contrastsWith", 370),
    ("bridgesTo", 360),
    ("partOf", 350),
    ("supports", 350),
    ("hasPart", 330),
    ("dependsOn", 240),
    ("depends-on", 3),
    ("producesPowerFor", 3),
];

impl Corpus {
    pub(super) fn json_ld(&self, index: usize, rng: &mut Rng, sheet: &mut Sheet) {
        let (name, slug) = (self.name(index), slug(&self.name(index)));
        sheet.flush(&format!("{PUBLIC}\n\n# {name}"));
        let links: Vec<_> = (0..2 + rng.below(8))
            .map(|_| {
                let label = self.mention(rng);
                let id = format!("urn:visionflow:linked:{}", super::slug(&label));
                format!(
                    "    {{\n      \"@id\": {},\n      \"vc:label\": {}\n    }}",
                    text(&id),
                    text(&label)
                )
            })
            .collect();
        let mut page = Object::of("Page", &format!("urn:visionflow:page:{slug}"));
        page.text("vc:slug", &slug);
        page.text("title", &name);
        page.raw("vc:public", "true");
        page.raw("vc:schemaVersion", "2");
        page.raw("vc:outboundWikilinks", &format!("[\n{}\n  ]", links.join(",\n")));
        let legacy = format!(
            "[{{\"vc:key\": \"legacy-term-id\", \"vc:value\": {}}}]",
            text(&self.term_id(index))
        );
        page.raw("vc:legacyProperties", &legacy);
        page.flush(sheet, rng);
        self.class_object(index, rng).flush(sheet, rng);
        if rng.chance(460) {
            let mut note = Object::of("vc:LinkResolutionsAnnotation", &format!("urn:note:{slug}"));
            let resolved = "[{\"raw\": \"[[Water Body]]\", \"resolved\": \"urn:visionflow:linked:water-body\", \"kind\": \"StubLink\"}]";
            note.raw("vc:resolutions", resolved);
            note.flush(sheet, rng);
        }
        sheet.bullet(0, "### Relationships", rng);
        for parent in self.parents(index, rng) {
            sheet.bullet(1, &format!("is-subclass-of:: [[{}]]", parent.name), rng);
        }
    }

    fn class_object(&self, index: usize, rng: &mut Rng) -> Object {
        let mut class = Object::of("Class", &self.class(index));
        class.text("label", &self.name(index));
        let definition: Vec<_> = (0..2 + rng.below(4)).map(|_| sentence(rng)).collect();
        class.text("definition", &definition.join(" "));
        let domain = rng.pick(&["infrastructure", "data", "robotics", "security", "rivers"]);
        class.text("domain", domain);
        class.text("maturity", rng.pick(&["draft", "emerging", "mature", "established"]));
        let parents = self.parents(index, rng);
        class.raw("subClassOf", &targets(&parents, "  "));
        let mut relations = Vec::new();
        for (predicate, per_mille) in PREDICATES {
            if rng.chance(per_mille) {
                let others: Vec<_> = (0..1 + rng.below(4)).map(|_| self.related(rng)).collect();
                relations.push(format!("    \"{predicate}\": {}", targets(&others, "    ")));
            }
        }
        class.raw("relations", &format!("{{\n{}\n  }}", relations.join(",\n")));
        if rng.chance(420) {
            class.raw("sameAs", &targets(&[self.related(rng)], "  "));
        }
        class.raw("quality", &format!("0.{:02}", 1 + rng.below(98)));
        let provenance = "{\n    \"attributedTo\": \"did:example:swarm\",\n    \"generatedAt\": \"2026-05-18T07:12:05Z\"\n  }";
        class.raw("provenance", provenance);
        class
    }

    /// Any class, or one that no page states.
    fn related(&self, rng: &mut Rng) -> Reference {
        let target = rng.below(self.pages);
        if rng.chance(600) && self.kind(target).claims() {
            return Reference { name: self.name(target), class: self.class(target) };
        }
        let Reference { name, .. } = self.nowhere(rng);
        let class = format!("urn:ngm:class:{}", slug(&name));
        // What is beside one IRI differs from page to page.
        let name = if rng.chance(80) { format!("The {name}") } else { name };
        Reference { name, class }
    }
}

/// An object as it is written, a member on each line.
struct Object(Vec<String>);

impl Object {
    fn of(kind: &str, id: &str) -> Self {
        let mut object = Self(Vec::new());
        object.text("@context", CONTEXT);
        object.text("@id", id);
        object.text("@type", kind);
        object
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &text(value));
    }

    fn raw(&mut self, key: &str, value: &str) {
        self.0.push(format!("  \"{key}\": {value}"));
    }

    /// Writes the fence: as a rule whole, now and then with a comma too many or cut short.
    fn flush(self, sheet: &mut Sheet, rng: &mut Rng) {
        let end = match rng.below(1000) {
            0..3 => "\n",
            3..8 => ",\n}\n",
            _ => "\n}\n",
        };
        sheet.flush(&format!("```json-ld\n{{\n{}{end}```\n", self.0.join(",\n")));
    }
}

/// Objects that name classes, with labels beside their IRIs.
fn targets(others: &[Reference], indent: &str) -> String {
    if others.is_empty() {
        return "[]".to_owned();
    }
    let object = |Reference { name, class }: &Reference| {
        format!(
            "{indent}  {{\n{indent}    \"@id\": {},\n{indent}    \"label\": {}\n{indent}  }}",
            text(class),
            text(name)
        )
    };
    let objects: Vec<_> = others.iter().map(object).collect();
    format!("[\n{}\n{indent}]", objects.join(",\n"))
}

/// A text as JSON has it. Names and sentences hold nothing to escape.
fn text(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
