//! Tests of the oracle itself.

use std::collections::BTreeSet;

use crate::{generate::generate, language::Program};

/// The headings of the list of differences, as rustdoc makes anchors of them.
fn documented() -> BTreeSet<String> {
    let text = include_str!("../../../weakref-core/src/docs/python_differences.md");
    let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    let slug = |heading: &str| {
        let keep = |c: char| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c.to_ascii_lowercase()),
            _ => None,
        };
        heading.chars().filter_map(keep).collect()
    };
    headings.map(slug).collect()
}

/// What oracle.py models instead of CPython, as its comments say.
fn modelled() -> BTreeSet<String> {
    let text = include_str!("../oracle.py");
    let marks = text.lines().filter_map(|line| line.split_once("differs: "));
    // The head of the file says what the comments are.
    marks.map(|(_, id)| id.trim().to_owned()).filter(|id| !id.starts_with("ID`")).collect()
}

#[test]
fn every_modelled_difference_is_documented_and_every_documented_one_is_modelled() {
    assert_eq!(modelled(), documented());
}

#[test]
fn a_program_is_the_same_after_it_was_written_and_read() {
    for number in 0..200 {
        let text = generate(7, number).to_string();
        let read: Program = text.parse().expect("a program");
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn every_operation_is_generated() {
    let all: Vec<_> = (0..3000).map(|number| generate(1, number)).collect();
    for spec in crate::language::TABLE {
        assert!(all.iter().any(|program| program.uses(spec.name)), "{}", spec.name);
    }
}
