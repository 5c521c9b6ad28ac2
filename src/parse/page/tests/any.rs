//! Properties of any page at all.

use proptest::prelude::*;

use super::*;

/// Lines that mean something, so that random pages do too.
fn any_line() -> impl Strategy<Value = String> {
    let indent = prop::sample::select(vec!["", "  ", "\t", "    ", "\t\t", " \t"]);
    let bullet = prop::sample::select(vec!["", "- ", "* "]);
    let body = prop_oneof![
        prop::sample::select(vec![
            "### OntologyBlock",
            "## About",
            "#### Relationships",
            "**Definition**",
            "```",
            "```clojure",
            "```markdown",
            "````",
            "~~~",
            "SubClassOf(mv:A mv:B)",
            "owl:class:: mv:A",
            "owl:functional-syntax::",
            "|",
            "is-a:: [[A]], [[B|b]] via x",
            "requires:: [[A",
            "objectProperty:: p",
            "domain:: A; B",
            "public:: true",
            "<<<<<<< HEAD",
            "=======",
            "[[A [[Bé]] `[[C]]` ]]",
            "",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,20}",
    ];
    let end = prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n"]);
    (indent, bullet, body, end).prop_map(|(i, b, t, e)| format!("{i}{b}{t}{e}"))
}

fn any_page() -> impl Strategy<Value = Vec<u8>> {
    let text = prop::collection::vec(any_line(), 0..40).prop_map(|lines| lines.concat());
    (text, prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3)).prop_map(
        |(text, changes)| {
            let mut bytes = text.into_bytes();
            for (at, byte) in changes {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            bytes
        },
    )
}

fn is_line_start(bytes: &[u8], at: usize) -> bool {
    at == 0 || at == bytes.len() || matches!(bytes[at - 1], b'\n' | b'\r')
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_always_alike(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(parse("a.md", &bytes), parse("a.md", &bytes));
    }

    #[test]
    fn any_page_is_read_always_alike(bytes in any_page()) {
        prop_assert_eq!(parse("a.md", &bytes), parse("a.md", &bytes));
    }

    #[test]
    fn every_fence_lies_within_the_file_between_lines(bytes in any_page()) {
        if let Parsed::Page(page) = parse("a.md", &bytes) {
            let mut end = 0;
            for fence in page.fences {
                prop_assert!(end <= fence.start_byte && fence.start_byte <= fence.end_byte);
                prop_assert!(fence.end_byte <= bytes.len());
                prop_assert!(is_line_start(&bytes, fence.start_byte));
                prop_assert!(is_line_start(&bytes, fence.end_byte));
                end = fence.end_byte;
            }
        }
    }

    #[test]
    fn every_link_stands_on_its_line(bytes in any_page()) {
        if let Parsed::Page(page) = parse("a.md", &bytes) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let lines: Vec<_> = lines::ranges(text.as_bytes()).map(|it| &text[it]).collect();
            for link in page.links {
                let line = lines[link.line as usize - 1];
                prop_assert!(crate::name::Name::new(line).is_some_and(|it| it.exact.contains(&link.target.exact)));
                prop_assert!(link.count > 0);
            }
        }
    }

    #[test]
    fn every_finding_and_statement_has_a_line_of_the_page(bytes in any_page()) {
        if let Parsed::Page(page) = parse("a.md", &bytes) {
            let last = lines::ranges(&bytes).count() as u32;
            let found = page.diagnostics.iter().map(|it| it.line);
            let stated = page.blocks.iter().flat_map(|it| it.properties.iter().map(|it| it.line));
            prop_assert!(found.chain(stated).all(|line| line <= last));
            prop_assert!(page.diagnostics.is_sorted_by_key(|it| it.line));
        }
    }
}
