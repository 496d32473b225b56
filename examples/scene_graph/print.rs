//! The tree, as text.

use crate::node::{self, Link, Node};

/// Prints a node and so many levels below it.
pub(crate) fn tree(node: &dyn Node, levels: u16) {
    print(node, levels, "", "");
}

fn print(node: &dyn Node, levels: u16, branch: &str, indent: &str) {
    println!("{branch}{} ({})", node.name(), node.content());
    let Some(levels) = levels.checked_sub(1) else { return };
    for child in node::children(node) {
        let (fork, line) = match child.place().next {
            Some(_) => ("├── ", "│   "),
            None => ("└── ", "    "),
        };
        print(&child, levels, &format!("{indent}{fork}"), &format!("{indent}{line}"));
    }
}

/// Prints what the links of a node lead to.
pub(crate) fn place(node: &dyn Node) {
    let node::Place { parent, previous, next } = node.place();
    println!(
        "  {}: parent {}, previous {}, next {}",
        node.name(),
        seen(parent),
        seen(previous),
        seen(next)
    );
}

fn seen(link: Option<Link>) -> String {
    use node::TryNode as _;

    link.map_or("none".into(), |link| link.try_name().unwrap_or("dead".into()))
}
