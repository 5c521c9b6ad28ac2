//! Rules over all that is stored: what each finds, and what it leaves alone.

use std::collections::BTreeSet;

use driftless::store::{Finding, Levels, RULES, Reader};

use crate::repository::Repository;

/// A file: its key and its content.
type File = (&'static str, &'static str);

/// What a rule finds in some files, and others in which it finds nothing.
struct Case {
    code: &'static str,
    files: &'static [File],
    /// Each finding as `key:line message`.
    found: &'static [&'static str],
    silent: &'static [File],
}

/// Wherever a rule asks for a label, all have one.
const DAM: &str = "Declaration(Class(mv:Dam)) AnnotationAssertion(rdfs:label mv:Dam \"Dam\")";

const PREFIXES: &str = "@prefix ex: <http://example.org/> .\n\
    @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n\
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n";

const CASES: [Case; 25] = [
    Case {
        code: "claimed_twice",
        files: &[
            ("a.md", "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n"),
            ("b.md", "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n"),
        ],
        found: &["b.md:1 mv:Dam: defined in a.md too, which is shown"],
        silent: &[
            ("a.md", "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n"),
            ("b.ofn", "SubClassOf(mv:Dam mv:Barrier)"),
        ],
    },
    Case {
        code: "dangling_reference",
        files: &[("a.ofn", "Declaration(Class(mv:Dam))\nSubClassOf(mv:Dam mv:Barrier)")],
        found: &["a.ofn:2 mv:Barrier: used in SubClassOf and nowhere declared"],
        silent: &[
            ("a.ofn", "Declaration(Class(mv:Dam))\nSubClassOf(mv:Dam mv:Barrier)"),
            ("b.ofn", "Declaration(Class(mv:Barrier)) SubClassOf(mv:Barrier owl:Thing)"),
        ],
    },
    // In the namespace of an ontology that is here, which should know.
    Case {
        code: "dangling_reference",
        files: &[(
            "a.ofn",
            "Ontology(<http://example.org/dams> Declaration(ObjectProperty(mv:holds))\n\
             ObjectPropertyRange(mv:holds <http://example.org/dams#Water>)\n\
             ObjectPropertyDomain(mv:holds <http://example.org/dams#Water>))",
        )],
        found: &["a.ofn:2 http://example.org/dams#Water: used in ObjectPropertyRange and nowhere \
                  declared, also not in http://example.org/dams"],
        silent: &[(
            "a.md",
            "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n\t- ```clojure\n\t  \
             SubClassOf(mv:Dam mv:Barrier)\n\t  ```\n",
        )],
    },
    Case {
        code: "duplicate_label",
        files: &[(
            "a.ofn",
            "AnnotationAssertion(rdfs:label mv:Bank \"Bank\"@en)\n\
             AnnotationAssertion(rdfs:label mv:Shore \"Bank\"@en)\n\
             AnnotationAssertion(rdfs:label mv:Weir \"Bank\")",
        )],
        found: &[
            "a.ofn:2 mv:Shore: \"Bank\"@en is the label of mv:Bank too",
            "a.ofn:3 mv:Weir: \"Bank\" is the label of mv:Bank too",
        ],
        silent: &[(
            "a.ofn",
            "AnnotationAssertion(rdfs:label mv:Bank \"Bank\"@en)\n\
             AnnotationAssertion(rdfs:label mv:Bench \"Bank\"@de)\n\
             AnnotationAssertion(rdfs:label mv:Bank \"Bank\"@de-at)",
        )],
    },
    Case {
        code: "kind_conflict",
        files: &[
            ("a.ofn", "Declaration(ObjectProperty(mv:holds))"),
            ("b.ofn", "Declaration(DataProperty(mv:holds))"),
        ],
        found: &["b.ofn:1 mv:holds: DataProperty here, ObjectProperty in a.ofn"],
        silent: &[
            ("a.ofn", "Declaration(Class(mv:Dam)) Declaration(NamedIndividual(mv:Dam))"),
            ("b.ofn", "Declaration(Class(mv:Dam))"),
        ],
    },
    Case {
        code: "label_whitespace",
        files: &[("a.ofn", "AnnotationAssertion(rdfs:label mv:Dam \"Low  dam\")")],
        found: &["a.ofn:1 mv:Dam: the label \"Low  dam\" has white space that nobody sees"],
        silent: &[("a.ofn", "AnnotationAssertion(rdfs:label mv:Dam \"Low dam\"@en)")],
    },
    Case {
        code: "missing_label",
        files: &[
            ("a.ofn", "Declaration(Class(mv:Dam))\nDeclaration(Class(mv:Dam))"),
            ("b.ofn", "Declaration(Class(mv:Dam)) Declaration(ObjectProperty(mv:holds))"),
        ],
        found: &[
            "a.ofn:1 mv:Dam: Class without a label",
            "b.ofn:1 mv:holds: ObjectProperty without a label",
        ],
        silent: &[("a.ofn", DAM), ("b.ofn", "Declaration(NamedIndividual(mv:oldDam))")],
    },
    // What is only said to be there, for it is another's.
    Case {
        code: "missing_label",
        files: &[("a.ofn", "Declaration(Class(<http://example.org/charts#Chart>))")],
        found: &["a.ofn:1 http://example.org/charts#Chart: Class without a label"],
        silent: &[(
            "a.ofn",
            "Ontology(<http://example.org/a> Import(<http://example.org/charts>)\n\
             Declaration(Class(<http://example.org/charts#Chart>))\n\
             Declaration(AnnotationProperty(rdfs:label)) Declaration(Datatype(xsd:date))\n\
             Declaration(AnnotationProperty(skos:note))\n\
             Declaration(AnnotationProperty(<http://purl.org/dc/elements/1.1/title>))\n\
             Declaration(AnnotationProperty(<http://www.geneontology.org/formats/oboInOwl#id>))\n\
             Declaration(AnnotationProperty(<http://purl.obolibrary.org/obo/IAO_0000115>)))",
        )],
    },
    Case {
        code: "ontology_iri_twice",
        files: &[
            ("a.ofn", "Ontology(<http://example.org/dams>)"),
            ("b.ofn", "Ontology(<http://example.org/dams>)"),
        ],
        found: &["b.ofn:0 http://example.org/dams: the ontology of a.ofn too"],
        silent: &[
            ("a.ofn", "Ontology(<http://example.org/dams>)"),
            ("b.ofn", "Ontology(<http://example.org/weirs> Import(<http://example.org/dams>))"),
        ],
    },
    // Spelled wrong in whatever place.
    Case {
        code: "reserved_term",
        files: &[(
            "a.ofn",
            "SubClassOf(owl:thing mv:Dam)\nSubClassOf(mv:Dam owl:Everything)\n\
             SubClassOf(mv:Dam ObjectSomeValuesFrom(owl:holds xsd:integr))\n\
             SubClassOf(mv:Weir owl:Everything)",
        )],
        found: &[
            "a.ofn:1 owl:thing: its vocabulary has no such term",
            "a.ofn:2 owl:Everything: its vocabulary has no such term",
            "a.ofn:3 owl:holds: its vocabulary has no such term",
            "a.ofn:3 xsd:integr: its vocabulary has no such term",
        ],
        silent: &[(
            "a.ofn",
            "SubClassOf(mv:Dam owl:Thing) SubClassOf(mv:Dam DataSomeValuesFrom(mv:m xsd:date))\n\
             AnnotationAssertion(rdfs:seeAlso mv:Dam rdf:_1)",
        )],
    },
    Case {
        code: "reserved_term",
        files: &[("a.ttl", "ex:Dam owl:subClasOf ex:Barrier .")],
        found: &["a.ttl:5 owl:subClasOf: its vocabulary has no such term"],
        silent: &[("a.ttl", "ex:Dam rdfs:subClassOf ex:Barrier .")],
    },
    // Declared to be something else.
    Case {
        code: "reserved_term",
        files: &[(
            "a.ofn",
            "Declaration(Class(owl:topObjectProperty))\nDeclaration(ObjectProperty(rdf:type))\n\
             Declaration(Datatype(xsd:metres))",
        )],
        found: &[
            "a.ofn:1 owl:topObjectProperty: declared as Class, and it is ObjectProperty",
            "a.ofn:2 rdf:type: declared as ObjectProperty, and it is a part of the language",
            "a.ofn:3 xsd:metres: declared as Datatype, and its vocabulary has no such term",
        ],
        silent: &[(
            "a.ofn",
            "Declaration(ObjectProperty(owl:topObjectProperty)) Declaration(Class(owl:Thing))\n\
             Declaration(Datatype(xsd:date)) Declaration(AnnotationProperty(rdfs:label))",
        )],
    },
    Case {
        code: "several_definitions",
        files: &[(
            "a.ofn",
            "AnnotationAssertion(skos:definition mv:Dam \"It holds.\"@en)\n\
             AnnotationAssertion(skos:definition mv:Dam \"It leans.\"@en)",
        )],
        found: &["a.ofn:1 mv:Dam: 2 definitions in one language"],
        silent: &[(
            "a.ofn",
            "AnnotationAssertion(skos:definition mv:Dam \"It holds.\"@en)\n\
             AnnotationAssertion(skos:definition mv:Dam \"Sie hält.\"@de)",
        )],
    },
    Case {
        code: "several_labels",
        files: &[(
            "a.ofn",
            "AnnotationAssertion(rdfs:label mv:Dam \"Dam\"@en)\n\
             AnnotationAssertion(rdfs:label mv:Dam \"Barrage\"@en)",
        )],
        found: &["a.ofn:2 mv:Dam: 2 labels in one language: \"Barrage\"@en, \"Dam\"@en"],
        silent: &[
            ("a.ofn", "AnnotationAssertion(rdfs:label mv:Dam \"Dam\"@en)"),
            ("b.ofn", "AnnotationAssertion(rdfs:label mv:Dam \"Damm\"@de)"),
        ],
    },
    Case {
        code: "redundant_parent",
        files: &[
            ("a.ofn", "SubClassOf(mv:Dam mv:Barrier) SubClassOf(mv:Dam mv:Structure)"),
            ("b.ofn", "SubClassOf(mv:Barrier mv:Wall) SubClassOf(mv:Wall mv:Structure)"),
        ],
        found: &["a.ofn:1 mv:Dam: its parent mv:Structure is above its parent mv:Barrier"],
        silent: &[("a.ofn", "SubClassOf(mv:Dam mv:Barrier) SubClassOf(mv:Dam mv:Structure)")],
    },
    Case {
        code: "subclass_cycle",
        files: &[("a.ofn", "SubClassOf(mv:Dam mv:Weir)"), ("b.ofn", "SubClassOf(mv:Weir mv:Dam)")],
        found: &["a.ofn:1 mv:Dam: 2 classes below each other: mv:Dam < mv:Weir"],
        silent: &[("a.ofn", "SubClassOf(mv:Dam mv:Weir)"), ("b.ofn", "SubClassOf(mv:Sill mv:Dam)")],
    },
    Case {
        code: "undeclared_property",
        files: &[("a.ttl", "ex:a ex:near ex:b .\nex:b ex:near ex:a .")],
        found: &["a.ttl:5 http://example.org/near: nowhere declared, so 2 statements have no type"],
        silent: &[
            ("a.ttl", "ex:a ex:near ex:b .\nex:b ex:near ex:a ."),
            ("b.ttl", "ex:near a owl:ObjectProperty ."),
        ],
    },
    Case {
        code: "undeclared_property",
        files: &[(
            "a.ttl",
            "<urn:a> a owl:Ontology ; owl:imports <http://example.org/> .\nex:a ex:near ex:b .",
        )],
        found: &["a.ttl:6 http://example.org/near: nowhere declared, so a statement has no type; \
                  http://example.org/ is imported and not here"],
        silent: &[("a.ttl", "ex:a rdfs:seeAlso ex:b .")],
    },
    Case {
        code: "unresolved_import",
        files: &[
            ("a.ofn", "Ontology(<urn:a>\nImport(<urn:z>))"),
            ("b.ofn", "Ontology(<urn:b> Import(<urn:z>))"),
        ],
        found: &["a.ofn:2 urn:z: imported 2 times, and no document here is it"],
        silent: &[
            ("a.ofn", "Ontology(<urn:a> Import(<urn:z>) Import(<urn:y/1>))"),
            ("y.ofn", "Ontology(<urn:y> <urn:y/1>)"),
            ("z.ofn", "Ontology(<urn:z>)"),
        ],
    },
    Case {
        code: "unresolved_name",
        files: &[(
            "a.md",
            "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n\t- is-subclass-of:: [[Barrier]]\n",
        )],
        found: &["a.md:3 Barrier: no page has this name; named 1 times"],
        silent: &[
            (
                "a.md",
                "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n\t- is-subclass-of:: [[Barrier]]\n",
            ),
            ("Barrier.md", "- ### OntologyBlock\n\t- owl:class:: mv:Barrier\n"),
        ],
    },
    Case {
        code: "untyped_statement",
        files: &[("a.ttl", "ex:Fog owl:unionOf _:first .\n_:first rdf:first ex:Eddy .")],
        found: &[
            "a.ttl:6 _:b0: a statement without a type, such as one with rdf:first",
            "a.ttl:5 http://example.org/Fog: a statement without a type, such as one with \
             owl:unionOf",
        ],
        silent: &[("a.ttl", "ex:Fog a owl:Class ; owl:unionOf ( ex:Eddy ex:Mist ) .")],
    },
    // What waits for a property is told with the property.
    Case {
        code: "untyped_statement",
        files: &[
            ("a.ttl", "_:x rdf:first ex:a ."),
            ("b.ttl", "_:y rdf:first ex:a .\nex:a ex:near ex:b ."),
        ],
        found: &[
            "a.ttl:5 _:b0: a statement without a type, such as one with rdf:first",
            "b.ttl:5 _:b0: a statement without a type, such as one with rdf:first",
        ],
        silent: &[("a.ttl", "ex:a ex:near ex:b .")],
    },
    Case {
        code: "use_of_absent_import",
        files: &[(
            "a.ofn",
            "Ontology(<urn:a> Import(<http://example.org/charts>) Declaration(Class(mv:Map))\n\
             SubClassOf(mv:Map <http://example.org/charts#Chart>))",
        )],
        found: &["a.ofn:2 http://example.org/charts#Chart: used in SubClassOf and nowhere \
                  declared; http://example.org/charts is imported and not here"],
        silent: &[
            (
                "a.ofn",
                "Ontology(<urn:a> Import(<http://example.org/charts>) Declaration(Class(mv:Map))\n\
                 SubClassOf(mv:Map <http://example.org/charts#Chart>))",
            ),
            ("b.ofn", "Ontology(<http://example.org/charts>)"),
        ],
    },
    Case {
        code: "use_of_deprecated",
        files: &[(
            "a.ofn",
            "AnnotationAssertion(owl:deprecated mv:Sill \"true\"^^xsd:boolean)\n\
             SubClassOf(mv:Dam mv:Sill)\n\
             SubClassOf(mv:Weir ObjectSomeValuesFrom(mv:holds mv:Sill))\n\
             SubClassOf(mv:Weir ObjectAllValuesFrom(mv:holds mv:Sill))",
        )],
        found: &[
            "a.ofn:2 mv:Dam: uses mv:Sill, which is deprecated",
            "a.ofn:3 mv:Weir: uses mv:Sill, which is deprecated",
        ],
        silent: &[(
            "a.ofn",
            "AnnotationAssertion(owl:deprecated mv:Sill \"false\"^^xsd:boolean)\n\
             SubClassOf(mv:Dam mv:Sill)",
        )],
    },
    // A term that a document only mentions is declared by nobody.
    Case {
        code: "dangling_reference",
        files: &[("a.ofn", "SubClassOf(mv:Dam mv:Weir) SubClassOf(mv:Weir mv:Dam)")],
        found: &[
            "a.ofn:1 mv:Dam: used in SubClassOf and nowhere declared",
            "a.ofn:1 mv:Weir: used in SubClassOf and nowhere declared",
        ],
        silent: &[
            ("a.ofn", "SubClassOf(mv:Weir mv:Dam)"),
            ("Dam.md", "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n"),
        ],
    },
];

async fn findings(files: &[File]) -> Vec<Finding> {
    let repository = Repository::empty();
    for (key, content) in files {
        let head = if key.ends_with(".ttl") { PREFIXES } else { "" };
        repository.write(key, format!("{head}{content}"));
    }
    assert_eq!(repository.sync().await.counters.written, files.len() as u64, "{files:?}");
    let reader = Reader::open(&repository.store()).expect("the store");
    reader.findings(None, &Levels::new()).expect("findings")
}

async fn found(code: &str, files: &[File]) -> Vec<String> {
    let of_code = findings(files).await.into_iter().filter(|finding| finding.code == code);
    of_code.map(|it| format!("{}:{} {}", it.key, it.line, it.message)).collect()
}

#[tokio::test]
async fn each_rule_finds_what_it_is_for_and_nothing_else() {
    let mut wrong = Vec::new();
    for Case { code, files, found: expected, silent } in CASES {
        let mut in_files = found(code, files).await;
        in_files.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        if in_files != expected {
            wrong.push(format!("{code}: {in_files:#?}, expected {expected:#?}"));
        }
        let unexpected = found(code, silent).await;
        if !unexpected.is_empty() {
            wrong.push(format!("{code} is not silent: {unexpected:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_is_without_a_case() {
    let tried: BTreeSet<_> = CASES.iter().map(|case| case.code).collect();
    assert_eq!(tried, RULES.iter().map(|rule| rule.code).collect());
}
