//! Random programs over the operations of Python's `weakref`, run in CPython and with the crate,
//! and
//! their traces compared. See README.md.

mod combination;
mod engine;
mod generate;
mod language;
mod local;
mod local_identity;
mod shared;
mod shared_identity;
mod shrink;
mod worker;

#[cfg(test)]
mod tests;

use std::{
    env, io,
    process::{Command, ExitCode},
    time::Instant,
};

use combination::Combination;
use engine::{Engine, Kind};
use language::Program;

/// How many programs are sent at a time.
const BATCH: u64 = 500;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, name] = &arguments[..]
        && flag == "--work"
    {
        let combination = Combination::named(name).ok_or_else(|| io::Error::other("which?"))?;
        return worker::work(combination).map(|()| ExitCode::SUCCESS);
    }
    let Some(version) = python() else {
        println!("oracle: skipped, there is no python3 of version 3.9 or later");
        return Ok(ExitCode::SUCCESS);
    };
    let mut oracle = Oracle::new();
    if let Ok(number) = env::var("ORACLE_NUMBER") {
        let number = number.parse().map_err(io::Error::other)?;
        return oracle.explain(&generate::generate(setting("ORACLE_SEED", 0)?, number));
    }
    if let Ok(text) = env::var("ORACLE_PROGRAM") {
        let program: Program = text.parse().map_err(io::Error::other)?;
        return oracle.explain(&program);
    }
    let (count, seed) = (setting("ORACLE_PROGRAMS", 5000)?, setting("ORACLE_SEED", 0)?);
    oracle.show = setting("ORACLE_SHOW", 3)?;
    let start = Instant::now();
    let mut first = 0;
    while first < count {
        let last = count.min(first + BATCH);
        oracle.compare(seed, first..last)?;
        first = last;
        if first % 50_000 == 0 && first < count {
            println!("oracle: {first} programs, {} differences", oracle.differences());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let counts: Vec<_> = Combination::ALL
        .iter()
        .zip(oracle.differing)
        .map(|(combination, differing)| format!("{differing} {}", combination.name()))
        .collect();
    println!(
        "oracle: {count} programs of seed {seed}, {} events, CPython {version}, {seconds:.0} s; \
         differences: {}",
        oracle.events,
        counts.join(", "),
    );
    Ok(if oracle.differences() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the version of `python3`, if it is recent enough.
fn python() -> Option<String> {
    let script = "import sys; print(*sys.version_info[:3], sep='.'); \
                  sys.exit(sys.version_info < (3, 9) or sys.implementation.name != 'cpython')";
    let output = Command::new("python3").args(["-c", script]).output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| version.trim().to_owned())
}

fn setting(name: &str, default: u64) -> io::Result<u64> {
    match env::var(name) {
        Ok(text) => text.parse().map_err(|_| io::Error::other(format!("{name} is a number"))),
        Err(_) => Ok(default),
    }
}

struct Oracle {
    /// By equality, and by identity.
    pythons: [Engine; 2],
    crates: [Engine; 4],
    /// How many programs differed, in each combination.
    differing: [u64; 4],
    events: usize,
    /// How many differences are still shown.
    show: u64,
}

impl Oracle {
    fn new() -> Self {
        let python = |by_identity| Engine::new(Kind::Python { by_identity }, false);
        Self {
            pythons: [python(false), python(true)],
            crates: Combination::ALL
                .map(|combination| Engine::new(Kind::Crate(combination), false)),
            differing: [0; 4],
            events: 0,
            show: 3,
        }
    }

    fn differences(&self) -> u64 {
        self.differing.iter().sum()
    }

    /// Runs the programs of these numbers everywhere.
    fn compare(&mut self, seed: u64, numbers: std::ops::Range<u64>) -> io::Result<()> {
        let programs: Vec<_> = numbers.clone().map(|n| generate::generate(seed, n)).collect();
        let texts: Vec<_> = programs.iter().map(Program::to_string).collect();
        let engines = self.pythons.iter_mut().chain(&mut self.crates);
        engines.into_iter().try_for_each(|engine| engine.send(&texts))?;
        let mut expected = Vec::new();
        for python in &mut self.pythons {
            expected.push(python.receive(&texts)?);
        }
        for (which, combination) in Combination::ALL.into_iter().enumerate() {
            let expected = &expected[usize::from(combination.is_by_identity())];
            let found = self.crates[which].receive(&texts)?;
            for (at, (expected, found)) in expected.iter().zip(&found).enumerate() {
                self.events += expected.matches(" ; ").count() + 1;
                if expected == found {
                    continue;
                }
                self.differing[which] += 1;
                if self.show > 0 {
                    self.show -= 1;
                    let number = numbers.start + at as u64;
                    println!("\n== {}, program {number} of seed {seed}", combination.name());
                    show(combination, &programs[at]);
                }
            }
        }
        Ok(())
    }

    /// Prints the traces of one program.
    fn explain(&mut self, program: &Program) -> io::Result<ExitCode> {
        let texts = [program.to_string()];
        println!("{program}\n\n{}", program.python());
        let mut differs = false;
        let mut expected = Vec::new();
        for (python, name) in self.pythons.iter_mut().zip(["equality", "identity"]) {
            expected.extend(python.run(&texts)?);
            println!("CPython, {name}: {}", expected[expected.len() - 1]);
        }
        for (combination, engine) in Combination::ALL.into_iter().zip(&mut self.crates) {
            let found = engine.run(&texts)?.remove(0);
            differs |= found != expected[usize::from(combination.is_by_identity())];
            println!("{}: {found}", combination.name());
        }
        Ok(if differs { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Prints a program that differs, made small.
fn show(combination: Combination, program: &Program) {
    let by_identity = combination.is_by_identity();
    let mut python = Engine::new(Kind::Python { by_identity }, true);
    let mut ours = Engine::new(Kind::Crate(combination), true);
    let mut traces = |program: &Program| {
        let texts = [program.to_string()];
        ours.send(&texts)?;
        let expected = python.run(&texts)?.remove(0);
        io::Result::Ok((expected, ours.receive(&texts)?.remove(0)))
    };
    // Hashes are different each time, and so is the order of entries: some differences are rare.
    let mut differing = |program: &Program, tries| {
        (0..tries).find_map(|_| traces(program).ok().filter(|(one, other)| one != other))
    };
    let Some(tries) = [1, 10, 100].into_iter().find(|&tries| differing(program, tries).is_some())
    else {
        println!("It does not differ when it runs alone: {program}");
        return;
    };
    let small = shrink::shrink(program.clone(), |program| differing(program, tries).is_some());
    let Some((expected, found)) = differing(&small, 100 * tries) else {
        println!("It differs now and then: {small}");
        return;
    };
    println!("program: {small}\n{}", small.python());
    let mark = |trace: &str, other: &str| {
        let (events, others): (Vec<_>, Vec<_>) =
            (trace.split(" ; ").collect(), other.split(" ; ").collect());
        let same = events.iter().zip(&others).take_while(|(one, other)| one == other).count();
        let marked = events.iter().enumerate().map(|(at, event)| {
            if at == same { format!(">>> {event} <<<") } else { (*event).to_owned() }
        });
        marked.collect::<Vec<_>>().join(" ; ")
    };
    println!("CPython: {}", mark(&expected, &found));
    println!("crate:   {}", mark(&found, &expected));
}
