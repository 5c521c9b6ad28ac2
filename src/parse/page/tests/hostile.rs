//! Sizes at which anything worse than linear time would be felt as a hang.

use super::*;

#[test]
fn a_hundred_thousand_bullets_of_any_depth_are_read() {
    let mut text = String::from("- ### OntologyBlock\n");
    for number in 0..100_000 {
        text.push_str(&"\t".repeat(1 + number % 300));
        text.push_str("- has-part:: [[A]]\n");
    }
    let page = page(text);
    assert_eq!(page.blocks[0].properties.len(), 100_000);
    assert_eq!(links(&page), [("A", 2, 100_000)]);
}

#[test]
fn a_line_of_ten_megabytes_is_read() {
    let line = "[[A]] [[".repeat(10_000_000 / 8);
    let page = page(format!("- ### OntologyBlock\n\t- requires:: {line}\n"));
    assert_eq!(page.blocks[0].references.len(), 1);
    assert_eq!(links(&page), [("A", 2, 1_250_000)]);
}

#[test]
fn a_long_line_of_anything_is_read() {
    for unit in ["a", "[[", "[[b]]", "`", "` ``", "x::", "[[b]]via ", "-", "é", "\t", "a,", "]]"] {
        let line = unit.repeat(500_000);
        for start in ["- ### OntologyBlock\n\t- requires:: ", "- ### OntologyBlock\n\t- "] {
            let _ = page(format!("{start}{line}\n"));
        }
    }
}

#[test]
fn a_hundred_thousand_blocks_with_a_long_alias_are_read() {
    let alias = "a,".repeat(50_000);
    let page = page(format!("alias:: {alias}\n{}", "- ### OntologyBlock\n- x\n".repeat(100_000)));
    assert_eq!(page.blocks.len(), 100_000);
}

#[test]
fn a_hundred_thousand_different_properties_links_and_declarations_are_read() {
    let mut text = String::from("- ### OntologyBlock\n");
    for number in 0..100_000 {
        text.push_str(&format!("\t- objectProperty:: p{number}\n\t- is-a:: [[{number}]]\n"));
    }
    let page = page(text);
    assert_eq!((page.owl_properties.len(), page.links.len()), (100_000, 100_000));
}

#[test]
fn a_value_of_a_hundred_thousand_lines_is_read() {
    let page = page(format!("- ### OntologyBlock\n\t- definition:: a\n{}", "b\n".repeat(100_000)));
    assert_eq!(page.blocks[0].comment.as_ref().map(String::len), Some(200_001));
}
