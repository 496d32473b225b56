//! A profiler of expressions. It keeps its data of each node in a table of its own, by the identity
//! of the nodes. The data is dropped with the node.
//!
//! ```text
//! cargo run --release --example side_table -- [EXPRESSION] [--runs N]
//! ```
//!
//! Read `profile.rs` first: it is the part that needs `weakref_core`.

mod expr;
mod parse;
mod profile;
mod prune;

use std::process::ExitCode;

use clap::{Parser, value_parser};

use expr::{Owner, Place};
use profile::Profile;

/// Evaluates an expression many times, prunes what never ran, and shows what is known of its nodes
#[derive(Parser)]
#[command(name = "side_table")]
struct Args {
    /// Numbers, `x`, `+ - * / <`, `condition ? then : otherwise` and parentheses
    #[arg(
        value_name = "EXPRESSION",
        default_value = "(x < 0 ? 0 - x : x) + (x < 10 ? x * x : x * x / 2)"
    )]
    expression: String,

    /// How often to evaluate it: with x from 1 to N
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        value_parser = value_parser!(u16).range(1..),
    )]
    runs: u16,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("side_table: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let tree = Place::new(parse::expression(&args.expression)?);
    let profile = Profile::new();

    println!("evaluated with x from 1 to {}", args.runs);
    let sum = evaluate(&tree, args.runs, &profile);
    print(&tree, &profile)?;

    println!("\nwithout the branches that never ran");
    prune::prune(&tree, &profile);
    print(&tree, &profile)?;

    println!("\nevaluated again: the nodes that are left are the same");
    let same = evaluate(&tree, args.runs, &profile);
    print(&tree, &profile)?;
    if sum.total_cmp(&same).is_ne() {
        return Err(format!("the values sum up to {same} now, and did to {sum}"));
    }

    println!("\nthe tree goes");
    drop(tree);
    print_counts(&profile);
    agree(&profile, 0)
}

/// Returns the sum of the values.
fn evaluate(tree: &Place, runs: u16, profile: &Profile) -> f64 {
    (1..=runs).map(|x| expr::evaluate(tree, x.into(), profile)).sum()
}

/// Prints the tree with what is known of its nodes, and checks that nothing else is known.
fn print(tree: &Place, profile: &Profile) -> Result<(), String> {
    println!("   count      least       most  node");
    let known = print_node(&tree.borrow(), 0, profile);
    print_counts(profile);
    agree(profile, known)
}

/// Returns how many nodes are known, of this one and those below.
fn print_node(node: &Owner, level: usize, profile: &Profile) -> usize {
    let known = profile.of(node, |visits| {
        let (least, most) = visits.range.unwrap_or_default();
        format!("{:>8} {:>10} {:>10}", visits.count, rounded(least), rounded(most))
    });
    let columns = known.as_deref().unwrap_or("   never                      ");
    println!("{columns}  {:indent$}{node}", "", indent = 2 * level);
    let below = node.operands().into_iter();
    let below = below.map(|operand| print_node(&operand.borrow(), level + 1, profile));
    usize::from(known.is_some()) + below.sum::<usize>()
}

/// Returns the value with at most two decimals, so that it fits its column.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn print_counts(profile: &Profile) {
    let (known, forgotten) = (profile.len(), profile.forgotten());
    println!(
        "nodes known: {known}, forgotten: {forgotten}, evaluations: {}",
        profile.evaluations()
    );
}

fn agree(profile: &Profile, expected: usize) -> Result<(), String> {
    match profile.len() {
        known if known == expected => Ok(()),
        known => Err(format!("{known} nodes are known, but {expected} live")),
    }
}
