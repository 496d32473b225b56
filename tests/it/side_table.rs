//! The example of data that is attached to nodes by their identity, run as its users run it.

use std::process::Command;

use crate::examples::{Printed, program};

const TOLD: &str = "\
evaluated with x from 1 to 100
   count      least       most  node
     100          2       5100  (((x < 0) ? (0 - x) : x) + ((x < 10) ? (x * x) : ((x * x) / 2)))
     100          1        100    ((x < 0) ? (0 - x) : x)
     100          0          0      (x < 0)
     100          1        100        x
     100          0          0        0
   never                            (0 - x)
   never                              0
   never                              x
     100          1        100      x
     100          1       5000    ((x < 10) ? (x * x) : ((x * x) / 2))
     100          0          1      (x < 10)
     100          1        100        x
     100         10         10        10
       9          1         81      (x * x)
       9          1          9        x
       9          1          9        x
      91         50       5000      ((x * x) / 2)
      91        100      10000        (x * x)
      91         10        100          x
      91         10        100          x
      91          2          2        2
nodes known: 18, forgotten: 0, evaluations: 1482

without the branches that never ran
   count      least       most  node
     100          2       5100  (x + ((x < 10) ? (x * x) : ((x * x) / 2)))
     100          1        100    x
     100          1       5000    ((x < 10) ? (x * x) : ((x * x) / 2))
     100          0          1      (x < 10)
     100          1        100        x
     100         10         10        10
       9          1         81      (x * x)
       9          1          9        x
       9          1          9        x
      91         50       5000      ((x * x) / 2)
      91        100      10000        (x * x)
      91         10        100          x
      91         10        100          x
      91          2          2        2
nodes known: 14, forgotten: 4, evaluations: 1082

evaluated again: the nodes that are left are the same
   count      least       most  node
     200          2       5100  (x + ((x < 10) ? (x * x) : ((x * x) / 2)))
     200          1        100    x
     200          1       5000    ((x < 10) ? (x * x) : ((x * x) / 2))
     200          0          1      (x < 10)
     200          1        100        x
     200         10         10        10
      18          1         81      (x * x)
      18          1          9        x
      18          1          9        x
     182         50       5000      ((x * x) / 2)
     182        100      10000        (x * x)
     182         10        100          x
     182         10        100          x
     182          2          2        2
nodes known: 14, forgotten: 4, evaluations: 2164

the tree goes
nodes known: 0, forgotten: 18, evaluations: 0
";

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_whole_story_without_arguments() {
    let run = run(&[]);
    run.assert_success();
    assert_eq!(run.stdout, TOLD);
}

/// Runs with this expression, and checks what is known, forgotten and counted: after the first time, when
/// it has been pruned, and after the second time.
#[track_caller]
fn runs(expression: &str, runs: usize, counts: [[usize; 3]; 3]) -> Printed {
    let run = run(&[expression, "--runs", &runs.to_string()]);
    run.assert_success();
    let at_the_end = [0, counts[0][0], 0];
    let [first, pruned, second] = counts;
    assert_eq!(run.counts("nodes known: "), [first, pruned, second, at_the_end], "{}", run.stdout);
    run
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_single_node_is_known_until_it_goes() {
    runs("x", 1, [[1, 0, 1], [1, 0, 1], [1, 0, 2]]);
    runs("7", 65_535, [[1, 0, 65_535], [1, 0, 65_535], [1, 0, 131_070]]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn where_every_branch_ran_nothing_goes() {
    // `x < 3` and its operands four times, and so is the choice; each branch twice.
    runs("x < 3 ? 1 : 1", 4, [[6, 0, 20], [6, 0, 20], [6, 0, 40]]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_branch_that_is_left_keeps_what_is_known_of_it() {
    let run = runs("x < 9 ? x * 5 : x * 5", 4, [[7, 0, 28], [3, 4, 12], [3, 4, 24]]);
    // The other reads the same, and is another.
    assert_eq!(rows(&run, "(x * 5)"), ["4 5 20", "never", "4 5 20", "8 5 20"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn choices_in_choices_go_too() {
    // In the place of the choice, in its condition, and below what stays.
    runs("x < 9 ? (x < 5 ? 1 : 2) : 3", 3, [[9, 0, 27], [1, 8, 3], [1, 8, 6]]);
    runs("(x < 5 ? x : 0) < 2 ? 1 : 2", 2, [[10, 0, 18], [6, 4, 10], [6, 4, 20]]);
    runs("x + (x * (0 ? 1 : 2))", 1, [[7, 0, 7], [5, 2, 5], [5, 2, 10]]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn values_are_what_the_operators_say() {
    let table = [
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("7 - 2 - 1", "4"),
        ("8 / 4 / 2", "1"),
        ("(1 + 2) * 3", "9"),
        ("1 + 1 < 3", "1"),
        ("3 < 1 + 1", "0"),
        ("0 ? 1 : 0 ? 2 : 3", "3"),
        ("1 ? 0 ? 4 : 5 : 6", "5"),
        ("\t 1.5*x ", "1.5"),
        ("2 / 3", "0.67"),
        ("1 / 0", "inf"),
        ("0 / 0", "NaN"),
    ];
    for (expression, value) in table {
        let run = run(&[expression, "--runs", "1"]);
        run.assert_success();
        let root = run.stdout.lines().nth(2).unwrap();
        let columns: Vec<_> = root.split_whitespace().take(3).collect();
        assert_eq!(columns, ["1", value, value], "{expression}");
    }
}

/// Each level is in the stack several times.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_deepest_trees_are_no_danger() {
    let parentheses = format!("{}x{}", "(".repeat(499), ")".repeat(499));
    runs(&parentheses, 1, [[1, 0, 1], [1, 0, 1], [1, 0, 2]]);
    let sum = format!("x{}", "+x".repeat(499));
    runs(&sum, 1, [[999, 0, 999], [999, 0, 999], [999, 0, 1998]]);
    // It ends in its last branch.
    let choices = format!("{}x", "0?0:".repeat(249));
    runs(&choices, 1, [[499, 0, 499], [1, 498, 1], [1, 498, 2]]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_cannot_be_parsed_is_refused() {
    let table = [
        ("", "expected a number, `x` or `(` at character 1, found the end"),
        ("1 +", "expected a number, `x` or `(` at character 4, found the end"),
        ("(x", "expected `)` at character 3, found the end"),
        ("x ? 1", "expected `:` at character 6, found the end"),
        ("x x", "expected the end at character 3, found `x`"),
        ("größe", "expected a number, `x` or `(` at character 1, found `g`"),
        ("x ö", "expected the end at character 3, found `ö`"),
        ("1.2.3", "`1.2.3` is not a number"),
    ];
    for (expression, complaint) in table {
        assert_refused(expression, complaint);
    }
    assert_refused(&"x".repeat(1_001), "the expression has more than 1000 characters");
}

#[track_caller]
fn assert_refused(expression: &str, complaint: &str) {
    let run = run(&[expression]);
    assert_eq!(run.status, Some(1));
    assert_eq!(run.stderr, format!("side_table: {complaint}\n"));
    assert_eq!(run.stdout, "");
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn it_has_to_run_at_least_once() {
    let run = run(&["x", "--runs", "0"]);
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("--runs"), "{}", run.stderr);
}
/// What is known of the nodes that read like this, each time that it is printed.
fn rows(run: &Printed, node: &str) -> Vec<String> {
    let known = run.stdout.lines().filter_map(|line| line.strip_suffix(node));
    let columns = known.map(|known| known.split_whitespace().collect::<Vec<_>>().join(" "));
    columns.filter(|known| !known.contains('(')).collect()
}

fn run(arguments: &[&str]) -> Printed {
    Printed::by(Command::new(program("side_table")).args(arguments))
}
