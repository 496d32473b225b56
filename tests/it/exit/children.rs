//! Forked children run what they have made, and nothing that they have inherited.

use super::writes;

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_child_runs_its_own() {
    writes(
        "child",
        &[
            "dies",
            "called",
            "child's local",
            "child's",
            "child has run",
            "child's own local end",
            "child's own end",
            "child's end: 0",
            "parent",
            "dies",
            "called",
            "inherited local",
            "inherited",
        ],
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_child_of_a_finalizer() {
    writes("child_in_a_finalizer", &["child's", "child's end: 0", "parent", "oldest"]);
    writes("child_in_run", &["child", "main", "last", "child's end: 0", "oldest", "main", "last"]);
}

/// The end of the parent is not that of the child.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_child_that_is_forked_while_the_parent_ends() {
    writes("child_beside_the_end", &["child's", "child's end: 0", "parent", "inherited"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_child_of_a_worker() {
    writes(
        "child_of_a_worker",
        &["child's", "child's local", "child's end: 9", "worker's", "main", "inherited"],
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn children_do_not_wait_for_threads_that_they_do_not_have() {
    writes("children_beside_threads", &["main", "inherited"]);
}
