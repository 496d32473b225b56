//! An event bus that holds its listeners weakly. A listener is unsubscribed when it is dropped, in
//! any thread, and also in the middle of a dispatch.
//!
//! ```text
//! cargo run --release --example event_bus -- [--listeners N] [--events N] [--threads N] [--seed N]
//! ```
//!
//! The bus is a `WeakList<dyn Listener>`: see `listeners.rs`.

mod listeners;
mod plan;
mod publisher;

use std::{
    process::ExitCode,
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
};

use clap::{Parser, value_parser};

use listeners::{Bus, House, Tally};
use plan::{Counts, Plan};

/// Publishes events from several threads to listeners that come and go, and counts them all
#[derive(Parser)]
#[command(name = "event_bus")]
struct Args {
    /// How many listeners there are at the beginning; about half of them leave
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    listeners: u16,

    /// How many events the threads publish, all together
    #[arg(
        long,
        value_name = "N",
        default_value_t = 400,
        value_parser = value_parser!(u16).range(1..),
    )]
    events: u16,

    /// How many threads publish them
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = value_parser!(u16).range(1..=256),
    )]
    threads: u16,

    /// Seed of the random numbers that decide when listeners leave
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let (listeners, events) = (usize::from(args.listeners), usize::from(args.events));
    let plan = Plan::new(args.seed, listeners, events, usize::from(args.threads));

    let (bus, house) = (Bus::new(), Arc::new(House::default()));
    let counts = run(&plan, &bus, &house);
    // The remaining listeners, all at once.
    drop(house);
    let at_the_very_end = bus.len();
    print_table(counts, at_the_very_end);

    let as_expected = counts == plan.expected() && at_the_very_end == 0;
    if as_expected {
        return ExitCode::SUCCESS;
    }
    eprintln!("error: this is not what must come out:");
    print_table(plan.expected(), 0);
    ExitCode::FAILURE
}

fn run(plan: &Plan, bus: &Bus, house: &Arc<House>) -> Counts {
    let tally = Arc::new(Tally::default());
    for &patience in &plan.patience {
        bus.push(&house.admit(patience, &tally));
    }
    thread::scope(|scope| {
        for (publisher, stays) in plan.stays.iter().enumerate() {
            let tally = &tally;
            scope.spawn(move || publisher::publish(publisher, stays, bus, tally));
        }
    });
    Counts {
        published: plan.stays.iter().map(Vec::len).sum(),
        subscribed: tally.made.load(Relaxed),
        delivered: tally.delivered.load(Relaxed),
        dropped: tally.dropped.load(Relaxed),
        left: bus.len(),
    }
}

fn print_table(counts: Counts, at_the_very_end: usize) {
    let Counts { published, subscribed, delivered, dropped, left } = counts;
    let row = |name: &str, count: usize| println!("{name:<34}{count:>10}");

    row("events published", published);
    row("listeners subscribed", subscribed);
    row("delivered", delivered);
    row("listeners dropped", dropped);
    row("left at the end", left);
    row("left when their owner has gone", at_the_very_end);
}
