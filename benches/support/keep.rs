//! Three caches of large objects replay the same accesses: a weak map, a strong cache, and the weak
//! map with the strong cache as a front of owners.
//!
//! Some views show an object each. At each access, one of the views opens the next object of the
//! trace and closes its own. What is counted does not depend on the machine.

use std::{
    collections::HashMap,
    error::Error,
    fmt::Write as _,
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
    },
};

use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, sync};
use weakref_core::{Slotted, WeakValueMap};

use crate::{
    measure::{Clock, Spread, count},
    options::Options,
    report::duration,
    words::words,
};

/// How many views are open.
const VIEWS: u32 = 200;
/// How many objects the random trace knows.
const OBJECTS: u32 = 20_000;
/// The accesses of the random trace.
const ACCESSES: u32 = 200_000;
/// How often a trace is replayed, for the time.
const RUNS: u32 = 5;

/// A sequence of objects, by number, and how large each is.
struct Trace {
    accesses: Vec<u32>,
    bytes: Vec<u64>,
}

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound)).expect("below a u32")
    }

    /// Between 0 and 1.
    fn part(&mut self) -> f64 {
        f64::from(self.below(u32::MAX)) / f64::from(u32::MAX)
    }
}

impl Trace {
    fn new(accesses: Vec<u32>, objects: u32) -> Self {
        let mut random = Random(1);
        let bytes = (0..objects).map(|_| 4096 * u64::from(1 + random.below(64))).collect();
        Self { accesses, bytes }
    }

    /// Independent accesses. The object of rank r has a share in proportion to `r.powf(-0.9)`.
    fn zipf(objects: u32, accesses: u32) -> Self {
        let mut sum = 0.0;
        let sums: Vec<f64> = (1..=objects)
            .map(|rank| {
                sum += f64::from(rank).powf(-0.9);
                sum
            })
            .collect();
        let mut random = Random(2);
        let mut access = || {
            let point = random.part() * sum;
            let rank = sums.partition_point(|&sum| sum < point);
            u32::try_from(rank).expect("a u32 of objects").min(objects - 1)
        };
        Self::new((0..accesses).map(|_| access()).collect(), objects)
    }

    /// The words of a text as they come, each an object.
    fn text(most: usize) -> Self {
        let mut numbers = HashMap::new();
        let accesses = (words(most).into_iter())
            .map(|word| {
                let next = u32::try_from(numbers.len()).expect("a short text");
                *numbers.entry(word).or_insert(next)
            })
            .collect();
        let objects = u32::try_from(numbers.len()).expect("a short text");
        Self::new(accesses, objects)
    }
}

/// What is alive, and what was made.
#[derive(Debug)]
struct Ledger {
    /// By object.
    copies: Vec<AtomicU32>,
    alive: AtomicU64,
    most_alive: AtomicU64,
    made: AtomicU32,
    /// Made while there was a copy.
    made_again: AtomicU32,
}

impl Ledger {
    fn new(objects: usize) -> Self {
        Self {
            copies: (0..objects).map(|_| AtomicU32::new(0)).collect(),
            alive: AtomicU64::new(0),
            most_alive: AtomicU64::new(0),
            made: AtomicU32::new(0),
            made_again: AtomicU32::new(0),
        }
    }
}

/// A large object, of which there is only its size.
#[derive(Debug)]
struct Decoded {
    number: u32,
    bytes: u64,
    ledger: Arc<Ledger>,
}

type Object = Slotted<Decoded>;

impl Decoded {
    fn object(number: u32, bytes: u64, ledger: &Arc<Ledger>) -> Arc<Object> {
        ledger.made.fetch_add(1, Relaxed);
        let alive = ledger.alive.fetch_add(bytes, Relaxed) + bytes;
        ledger.most_alive.fetch_max(alive, Relaxed);
        if ledger.copies[number as usize].fetch_add(1, Relaxed) > 0 {
            ledger.made_again.fetch_add(1, Relaxed);
        }
        Arc::new(Slotted::new(Self { number, bytes, ledger: Arc::clone(ledger) }))
    }
}

impl Drop for Decoded {
    fn drop(&mut self) {
        self.ledger.alive.fetch_sub(self.bytes, Relaxed);
        self.ledger.copies[self.number as usize].fetch_sub(1, Relaxed);
    }
}

/// A cache of objects, of which it owns at most so many bytes.
trait Cache {
    fn new(keep: u64) -> Self;
    fn get(&self, number: u32, make: impl FnOnce() -> Arc<Object>) -> Arc<Object>;
}

/// The weak map alone, which owns nothing.
impl Cache for WeakValueMap<u32, Object> {
    fn new(_: u64) -> Self {
        Self::new()
    }

    fn get(&self, number: u32, make: impl FnOnce() -> Arc<Object>) -> Arc<Object> {
        self.get_or_insert_with(number, make)
    }
}

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<u32, Arc<Object>> for Bytes {
    fn weight(&self, _: &u32, object: &Arc<Object>) -> u64 {
        object.bytes
    }
}

impl Lifecycle<u32, Arc<Object>> for Bytes {
    type RequestState = Vec<Arc<Object>>;

    fn on_evict(&self, evicted: &mut Vec<Arc<Object>>, _: u32, object: Arc<Object>) {
        evicted.push(object);
    }
}

/// The strong cache alone.
type Strong = sync::Cache<u32, Arc<Object>, Bytes, DefaultHashBuilder, Bytes>;

impl Cache for Strong {
    fn new(keep: u64) -> Self {
        Self::with(32, keep, Bytes, DefaultHashBuilder::default(), Bytes)
    }

    fn get(&self, number: u32, make: impl FnOnce() -> Arc<Object>) -> Arc<Object> {
        Self::get(self, &number).unwrap_or_else(|| {
            let object = make();
            self.insert(number, Arc::clone(&object));
            object
        })
    }
}

/// The weak map with the strong cache as its front.
struct Kept {
    front: Strong,
    known: WeakValueMap<u32, Object>,
}

impl Cache for Kept {
    fn new(keep: u64) -> Self {
        Self { front: Cache::new(keep), known: WeakValueMap::new() }
    }

    fn get(&self, number: u32, make: impl FnOnce() -> Arc<Object>) -> Arc<Object> {
        Cache::get(&self.front, number, || self.known.get_or_insert_with(number, make))
    }
}

/// What a replay came to.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    /// The part of the accesses that made nothing.
    hits: f64,
    /// The part of the accesses that made an object of which there was a copy.
    made_again: f64,
    /// Parts of the bytes of all objects.
    mean_alive: f64,
    most_alive: f64,
    /// Nanoseconds an access.
    time: f64,
}

fn replay<C: Cache>(trace: &Trace, keep: u64) -> Outcome {
    let ledger = Arc::new(Ledger::new(trace.bytes.len()));
    let (cache, mut random, mut clock) = (C::new(keep), Random(3), Clock::default());
    let mut views = vec![None; VIEWS as usize];
    let mut alive = 0;
    let accesses = u32::try_from(trace.accesses.len()).expect("a short trace");
    clock.time(accesses, || {
        for &number in &trace.accesses {
            let make = || Decoded::object(number, trace.bytes[number as usize], &ledger);
            let object = cache.get(number, make);
            assert_eq!(object.number, number);
            views[random.below(VIEWS) as usize] = Some(object);
            alive += ledger.alive.load(Relaxed);
        }
    });
    drop((cache, views));
    assert_eq!(ledger.alive.load(Relaxed), 0);
    let all = count(trace.bytes.iter().sum());
    let part = |number: &AtomicU32| f64::from(number.load(Relaxed)) / f64::from(accesses);
    Outcome {
        hits: 1.0 - part(&ledger.made),
        made_again: part(&ledger.made_again),
        mean_alive: count(alive) / f64::from(accesses) / all,
        most_alive: count(ledger.most_alive.load(Relaxed)) / all,
        time: clock.figure(),
    }
}

const HEAD: &str = "| trace, bytes kept | cache | hits | made again while alive \
                    | bytes alive, mean | at most | time an access |\n|---|---|--:|--:|--:|--:|--:|\n";

/// What the columns of the table are.
const NOTE: &str = "\
- hits: accesses that made no object
- made again while alive: accesses that made an object of which a view still showed a copy
- bytes kept, bytes alive: parts of the bytes of all objects of the trace
- time: the median of 5 replays, without what it takes to make an object
";

type Replay = fn(&Trace, u64) -> Outcome;

/// Prints the table of what the caches did. A run with results also writes `keep.csv` and `keep.md`.
pub fn print(options: &Options, machine: &str) -> Result<(), Box<dyn Error>> {
    let caches: [(&str, Replay); 3] = [
        ("weak map with a front", replay::<Kept>),
        ("weak map", replay::<WeakValueMap<u32, Object>>),
        ("strong cache", replay::<Strong>),
    ];
    let mut table = String::from(HEAD);
    let mut csv = String::from("workload,cache,hits,made_again,mean_alive,most_alive,time_ns\n");
    let mut is_wanted = false;
    for trace_name in ["zipf", "text"] {
        let names = [1_u32, 10].map(|percent| (format!("keep/{trace_name}/{percent}%"), percent));
        if !names.iter().any(|(name, _)| options.wants(name)) {
            continue;
        }
        let trace = match trace_name {
            "zipf" => Trace::zipf(options.size(OBJECTS), options.size(ACCESSES)),
            _ => Trace::text(if options.test { 64 } else { usize::MAX }),
        };
        for (name, percent) in names.iter().filter(|(name, _)| options.wants(name)) {
            is_wanted = true;
            let keep = trace.bytes.iter().sum::<u64>() * u64::from(*percent) / 100;
            let mut runs = caches.map(|_| Vec::new());
            for _ in 0..options.times(RUNS) {
                for (outcomes, (_, replay)) in runs.iter_mut().zip(caches) {
                    outcomes.push(replay(&trace, keep));
                }
            }
            let [kept, weak, strong] = [&runs[0][0], &runs[1][0], &runs[2][0]];
            assert_eq!((kept.made_again, weak.made_again), (0.0, 0.0), "an object has one copy");
            assert!(kept.hits >= weak.hits.max(strong.hits), "both caches know more than one");
            for (outcomes, (cache, _)) in runs.iter().zip(caches) {
                let Outcome { hits, made_again, mean_alive, most_alive, .. } = outcomes[0];
                let times: Vec<_> = outcomes.iter().map(|outcome| outcome.time).collect();
                let time = Spread::of(&times).median;
                let _ = writeln!(
                    csv,
                    "\"{name}\",\"{cache}\",{hits:.5},{made_again:.5},{mean_alive:.5},\
                     {most_alive:.5},{time:.1}"
                );
                let [hits, again, mean, most] =
                    [hits, made_again, mean_alive, most_alive].map(|part| 100.0 * part);
                let _ = writeln!(
                    table,
                    "| {name} | {cache} | {hits:.1} % | {again:.2} % | {mean:.2} % | {most:.2} % \
                     | {} |",
                    duration(time)
                );
            }
        }
    }
    if is_wanted && !options.test {
        println!("\n{table}");
    }
    if let Some(directory) = options.results().filter(|_| is_wanted) {
        fs::write(directory.join("keep.csv"), csv)?;
        fs::write(
            directory.join("keep.md"),
            format!("# A front of owners\n\n{machine}{NOTE}\n{table}"),
        )?;
    }
    Ok(())
}
