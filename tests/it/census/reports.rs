//! What is reported.

use std::{
    thread,
    time::{Duration, Instant},
};

use weakref_core::Census;

use super::{Obj, Ptr, owner, table};

#[test]
fn objects_are_grouped_by_the_line_that_registered_them() {
    let census = Census::<Obj<i32>>::new();
    let all = [1, 2, 3].map(owner);
    census.register(&all[0]);
    let first = line!() - 1;
    for one in &all[1..] {
        census.register(one);
    }
    let second = line!() - 2;
    let report = census.alive();
    let found = report.origins().iter().map(|origin| {
        assert_eq!(origin.location.file(), file!());
        (origin.location.line(), origin.count)
    });
    assert!(found.eq([(second, 2), (first, 1)]), "{report}");
    assert_eq!(report.len(), 3);
}

#[test]
fn groups_of_the_same_size_are_in_the_order_of_lines() {
    let census = Census::<Obj<i32>>::new();
    let all = [1, 2, 3].map(owner);
    // Two columns of a line are two places.
    let registered = |at: usize| match at {
        0 => census.register(&all[0]),
        1 => census.register(&all[1]),
        _ => census.register(&all[2]),
    };
    for at in [2, 0, 1] {
        registered(at);
    }
    let report = census.alive();
    let lines: Vec<_> = report.origins().iter().map(|origin| origin.location.line()).collect();
    assert_eq!(lines, [lines[0], lines[0] + 1, lines[0] + 2]);
}

#[test]
fn a_constructor_can_pass_on_the_line_of_its_caller() {
    static CENSUS: Census<Obj<i32>> = Census::new();

    #[track_caller]
    fn new(number: i32) -> Ptr<Obj<i32>> {
        let new = owner(number);
        CENSUS.register_with_label(&new, "new");
        new
    }

    let _one = new(1);
    assert_eq!(CENSUS.alive().origins()[0].location.line(), line!() - 1);
}

#[test]
fn labels_are_counted_the_most_frequent_first() {
    let census = Census::<Obj<i32>>::new();
    let all: Vec<_> = (0..6).map(owner).collect();
    let labels = ["b", "c", "a", "c", "b", "c"];
    for (one, label) in all.iter().zip(labels) {
        census.register_with_label(one, label);
    }
    let report = census.alive();
    let origin = &report.origins()[0];
    assert_eq!(origin.labels, [("c".into(), 3), ("b".into(), 2), ("a".into(), 1)]);

    let without = owner(7);
    census.register(&without);
    let report = census.alive();
    assert_eq!(report.origins().len(), 2);
    assert!(report.origins()[1].labels.is_empty());
}

#[test]
fn the_oldest_is_the_oldest_that_is_alive() {
    let census = Census::<Obj<i32>>::new();
    let started = Instant::now();
    let mut all = Vec::new();
    for number in 0..2 {
        let one = owner(number);
        census.register(&one);
        all.push(one);
        thread::sleep(Duration::from_millis(20));
    }
    let both = census.alive().origins()[0].oldest;
    assert!(both >= Duration::from_millis(40), "{both:?}");
    assert!(both <= started.elapsed(), "{both:?}");
    drop(all.remove(0));
    let newest = census.alive().origins()[0].oldest;
    assert!(newest >= Duration::from_millis(20), "{newest:?}");
    assert!(newest + Duration::from_millis(20) <= started.elapsed(), "{newest:?}");
}

#[test]
fn a_table_has_a_row_for_each_line() {
    let census = Census::<Obj<i32>>::new();
    assert_eq!(census.alive().to_string(), "no object is alive");
    let all = [1, 2, 3].map(owner);
    for one in &all[..2] {
        census.register(one);
    }
    census.register(&all[2]);
    let line = line!() - 1;
    let file = file!();
    let expected = [
        "count made at".to_string(),
        format!("2 {file}:{}:16", line - 2),
        format!("1 {file}:{line}:12"),
    ];
    assert_eq!(table(&census.alive()), expected);
}

#[test]
fn a_table_shows_the_first_labels() {
    let census = Census::<Obj<i32>>::new();
    let all: Vec<_> = (0..7).map(owner).collect();
    for (one, label) in all.iter().zip(["a", "b", "c", "d", "e", "f", "b"]) {
        census.register_with_label(one, label);
    }
    let place = format!("{}:{}:16", file!(), line!() - 2);
    let last = table(&census.alive()).pop();
    assert_eq!(last, Some(format!("7 {place} b (2), a, c, d, 2 more")));
    drop(all);

    let all = [1, 2].map(owner);
    census.register_with_label(&all[0], "label");
    census.register(&all[1]);
    let text = census.alive().to_string();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].ends_with("  labels") && lines[1].ends_with("  label"), "{text}");
    let column = |line: &str| line.find("label").map(|at| line[..at].chars().count());
    assert_eq!(column(lines[0]), column(lines[1]), "{text}");
    assert!(lines.iter().all(|line| *line == line.trim_end()), "{text:?}");
}

#[test]
fn debug_shows_the_number() {
    let census = Census::<Obj<i32>>::new();
    let one = owner(1);
    census.register(&one);
    assert_eq!(format!("{census:?}"), "Census(1)");
}
