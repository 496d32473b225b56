//! `clap`, below, with `arg(skip)`.

use clap::{Args, CommandFactory, Parser};
use weakref_core::weakrefable;

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(arg(skip)))]
#[derive(Parser, Debug)]
struct Options {
    name: String,
    #[arg(long, default_value_t = 3)]
    size: u32,
    #[command(flatten)]
    more: More,
}

#[weakrefable(slot(arg(skip)))]
#[derive(Args, Debug)]
struct More {
    #[arg(long)]
    quiet: bool,
}

#[weakrefable(local, slot(arg(skip)))]
#[derive(Parser)]
struct Single {
    name: String,
}

#[test]
fn the_slot_is_no_argument() {
    Options::command().debug_assert();
    let options = Options::try_parse_from(["program", "dawn", "--size", "4", "--quiet"]).unwrap();
    assert_eq!((&*options.name, options.size, options.more.quiet), ("dawn", 4, true));
    assert!(!Options::command().render_long_help().to_string().contains("__weakref"));
    let single = Single::try_parse_from(["program", "dusk"]).unwrap();
    assert_eq!(single.name, "dusk");
    lives_in_arc(options);
    lives_in_rc(single);
}
