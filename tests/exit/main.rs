//! Programs that end, each in its way: `ends <name>` runs the one of that name. What they write is
//! looked at in `it/exit.rs`.

#[cfg(all(unix, not(weakref_loom)))]
mod programs;

fn main() {
    #[cfg(all(unix, not(weakref_loom)))]
    programs::main();
}
