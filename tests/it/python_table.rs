//! The table of Python's behaviours and the tests name each other by numbers.
//!
//! A row of `weakref-core/src/docs/python.rs` is `| b036 | .. | .. | yes |`. A test says in its
//! name which rows it covers: `b036_newest_first`, `b010_b011_..`, and `b150_to_b154_..`, a range.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

#[cfg_attr(miri, ignore = "reads files")]
#[test]
fn rows_and_tests_name_each_other() {
    let rows = rows(include_str!("../../weakref-core/src/docs/python.rs"));
    let tests = tests(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(!rows.is_empty() && !tests.is_empty());

    let mut faults = Vec::new();
    for (number, names) in &tests {
        if !rows.contains_key(number) {
            faults.push(format!("b{number:03} has no row, but tests: {names:?}"));
        }
    }
    for (number, tested) in &rows {
        if tested.len() > 1 {
            faults.push(format!("b{number:03} has {} rows", tested.len()));
        }
        for cell in tested {
            match covering(*number, cell) {
                Err(cell) => faults.push(format!("b{number:03} is neither tested nor not: {cell}")),
                Ok(Some(covering)) if !tests.contains_key(&covering) => {
                    faults.push(format!(
                        "b{number:03} is tested as b{covering:03}, which no test names"
                    ));
                }
                Ok(None) if tests.contains_key(number) => {
                    faults.push(format!("b{number:03} is not tested, but {:?}", tests[number]));
                }
                Ok(_) => {}
            }
        }
    }
    assert!(faults.is_empty(), "the table and the tests disagree:\n{}", faults.join("\n"));
}

/// Returns the last cells of the rows of each number.
fn rows(table: &str) -> BTreeMap<u32, Vec<&str>> {
    let mut rows = BTreeMap::<_, Vec<_>>::new();
    for line in table.lines() {
        let Some(row) = line.strip_prefix("//! | b") else { continue };
        let number = row.split(' ').next().and_then(|number| number.parse().ok());
        let number = number.unwrap_or_else(|| panic!("a row without a number: {line}"));
        let tested = row.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap_or_default();
        rows.entry(number).or_default().push(tested);
    }
    rows
}

/// Returns the number that tests must name for a row to be tested as its last cell says, if any.
fn covering(number: u32, cell: &str) -> Result<Option<u32>, &str> {
    match cell {
        "yes" => Ok(Some(number)),
        "no" => Ok(None),
        _ => cell.strip_prefix("as ").and_then(numbered).map(Some).ok_or(cell),
    }
}

/// Returns the names of tests that contain each number.
fn tests(folder: &Path) -> BTreeMap<u32, BTreeSet<String>> {
    let mut tests = BTreeMap::<_, BTreeSet<_>>::new();
    for file in sources(folder) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for name in code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')) {
            for number in numbers(name) {
                tests.entry(number).or_default().insert(name.to_owned());
            }
        }
    }
    tests
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with(file!())
        {
            found.push(path);
        }
    }
    found
}

/// Returns the numbers in the name of a test, with those in the middle of a range.
fn numbers(name: &str) -> Vec<u32> {
    let parts: Vec<_> = name.split('_').collect();
    let mut found: Vec<_> = parts.iter().filter_map(|part| numbered(part)).collect();
    // A number alone, without words, is not the name of a test.
    if parts.len() == 1 {
        found.clear();
    }
    for range in parts.windows(3) {
        if let (Some(first), "to", Some(last)) = (numbered(range[0]), range[1], numbered(range[2]))
        {
            found.extend(first..last);
        }
    }
    found
}

/// Reads `b036`: always three digits.
fn numbered(part: &str) -> Option<u32> {
    let digits = part.strip_prefix('b').filter(|digits| digits.len() == 3)?;
    digits.parse().ok()
}

#[test]
fn a_name_may_have_several_numbers() {
    assert_eq!(numbers("b036_newest_first"), [36]);
    assert_eq!(numbers("slow_b010_b011_in_the_constructor"), [10, 11]);
    assert_eq!(numbers("b147_truth_and_b159_text"), [147, 159]);
    assert_eq!(numbers("b150_to_b152_by_methods"), [150, 152, 150, 151]);
    assert!(numbers("b036").is_empty() && numbers("b36_b1234_bits").is_empty());
}
