//! Documents of one ontology in several syntaxes: classes with labels, comments, parents and
//! restrictions.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Functional,
    OwlXml,
    RdfXml,
}

const SPACE: &str = "http://example.org/waterways/";
/// As long as definitions are on average in the ontologies of biology.
const COMMENT: &str = "A structure across a river or beside one, with the gates, walls and rooms \
    that belong to it and the people who look after them, by which the level of the water behind \
    it is held.";

/// Writes documents of so many classes each; parents may be in another one.
pub(crate) fn write(folder: &Path, syntax: Syntax, documents: usize, classes: usize) {
    fs::create_dir_all(folder).expect("a folder");
    for document in 0..documents {
        let numbers = document * classes..(document + 1) * classes;
        let (extension, text) = match syntax {
            Syntax::Functional => ("ofn", functional(document, numbers)),
            Syntax::OwlXml => ("owx", owl_xml(document, numbers)),
            Syntax::RdfXml => ("rdf", rdf_xml(document, numbers)),
        };
        fs::write(folder.join(format!("{document:04}.{extension}")), text).expect("written");
    }
}

/// Properties that all documents share.
const PROPERTIES: usize = 40;

/// Of these, how many one document speaks of.
const OF_DOCUMENT: usize = 4;

/// The parent of a class and what it is restricted to.
fn related(document: usize, class: usize) -> (usize, usize, usize) {
    let property = (document * 3 + class % OF_DOCUMENT) % PROPERTIES;
    (class / 3, property, (class * 7 + 1) % (class + 2))
}

/// The properties that a document speaks of; it declares them, or some parsers could not tell
/// what they are.
fn properties(document: usize) -> impl Iterator<Item = usize> {
    (0..OF_DOCUMENT).map(move |n| (document * 3 + n) % PROPERTIES)
}

fn functional(document: usize, classes: std::ops::Range<usize>) -> String {
    let mut out = format!(
        "Prefix(:=<{SPACE}>)\nPrefix(rdfs:=<http://www.w3.org/2000/01/rdf-schema#>)\n\
         Ontology(<{SPACE}d{document}>\n"
    );
    for n in properties(document) {
        let _ = writeln!(out, "Declaration(ObjectProperty(:p{n}))");
    }
    for class in classes {
        let (parent, property, filler) = related(document, class);
        let _ = writeln!(
            out,
            "# Class: :Class{class} (Class {class})\n\nDeclaration(Class(:Class{class}))\n\
             AnnotationAssertion(rdfs:label :Class{class} \"Class {class}\"@en)\n\
             AnnotationAssertion(rdfs:comment :Class{class} \"{COMMENT} {class}\")\n\
             SubClassOf(:Class{class} :Class{parent})\n\
             SubClassOf(:Class{class} ObjectSomeValuesFrom(:p{property} :Class{filler}))\n"
        );
    }
    out + ")\n"
}

fn owl_xml(document: usize, classes: std::ops::Range<usize>) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\"?>\n<Ontology xmlns=\"http://www.w3.org/2002/07/owl#\" \
         ontologyIRI=\"{SPACE}d{document}\">\n"
    );
    for n in properties(document) {
        let _ = writeln!(out, "<Declaration><ObjectProperty IRI=\"{SPACE}p{n}\"/></Declaration>");
    }
    for class in classes {
        let (parent, property, filler) = related(document, class);
        let this = format!("<Class IRI=\"{SPACE}Class{class}\"/>");
        let about = |property: &str, literal: String| {
            format!(
                "<AnnotationAssertion><AnnotationProperty \
                 IRI=\"http://www.w3.org/2000/01/rdf-schema#{property}\"/>\
                 <IRI>{SPACE}Class{class}</IRI>{literal}</AnnotationAssertion>"
            )
        };
        let label = about("label", format!("<Literal xml:lang=\"en\">Class {class}</Literal>"));
        let comment = about("comment", format!("<Literal>{COMMENT} {class}</Literal>"));
        let _ = writeln!(
            out,
            "<Declaration>{this}</Declaration>\n{label}\n{comment}\n\
             <SubClassOf>{this}<Class IRI=\"{SPACE}Class{parent}\"/></SubClassOf>\n\
             <SubClassOf>{this}<ObjectSomeValuesFrom><ObjectProperty IRI=\"{SPACE}p{property}\"/>\
             <Class IRI=\"{SPACE}Class{filler}\"/></ObjectSomeValuesFrom></SubClassOf>"
        );
    }
    out + "</Ontology>\n"
}

fn rdf_xml(document: usize, classes: std::ops::Range<usize>) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns:rdfs=\"http://www.w3.org/2000/01/rdf-schema#\" \
         xmlns:owl=\"http://www.w3.org/2002/07/owl#\">\n<owl:Ontology rdf:about=\"{SPACE}d{document}\"/>\n"
    );
    for n in properties(document) {
        let _ = writeln!(out, "<owl:ObjectProperty rdf:about=\"{SPACE}p{n}\"/>");
    }
    for class in classes {
        let (parent, property, filler) = related(document, class);
        let _ = writeln!(
            out,
            "<owl:Class rdf:about=\"{SPACE}Class{class}\">\n\
             <rdfs:label xml:lang=\"en\">Class {class}</rdfs:label>\n\
             <rdfs:comment>{COMMENT} {class}</rdfs:comment>\n\
             <rdfs:subClassOf rdf:resource=\"{SPACE}Class{parent}\"/>\n\
             <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource=\"{SPACE}p{property}\"/>\
             <owl:someValuesFrom rdf:resource=\"{SPACE}Class{filler}\"/></owl:Restriction>\
             </rdfs:subClassOf>\n</owl:Class>"
        );
    }
    out + "</rdf:RDF>\n"
}
