//! The same work on several threads at once, and how much of the time they really were.

use std::{
    fs,
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use crate::measure::{Clock, count};

/// How often a turn is tried when other programs kept the threads from running side by side.
/// Threads that take turns do not meet in a lock, and the figure would be too good.
const TRIES: u32 = 20;
/// The part of their time that the threads may spend waiting for a processor.
const UNDISTURBED: f64 = 0.02;

/// The greatest such part, in millionths, of all the turns that were taken.
static WAITED: AtomicU64 = AtomicU64::new(0);

/// Returns how large a part of their time the threads waited for a processor, at the worst.
pub fn waited() -> f64 {
    count(WAITED.load(Relaxed)) / 1e6
}

/// One thread's work: when it began and ended, and how long it waited for a processor.
struct Span {
    start: Instant,
    end: Instant,
    waited: Duration,
}

/// How long this thread has waited for a processor since it began, if the system reports that.
fn waited_so_far() -> Duration {
    let all = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = all.split(' ').nth(1).and_then(|waited| waited.parse().ok());
    Duration::from_nanos(waited.unwrap_or(0))
}

/// Runs `work` on some threads, each with its number, and adds the time from the first start to the
/// last end.
pub(crate) fn together(
    threads: u32,
    clock: &mut Clock,
    operations: u32,
    work: impl Fn(u32) + Sync,
) {
    let mut best: Option<(f64, Duration)> = None;
    for _ in 0..TRIES {
        let (waited, wall) = attempt(threads, &work);
        if best.is_none_or(|(least, _)| waited < least) {
            best = Some((waited, wall));
        }
        if waited <= UNDISTURBED {
            break;
        }
    }
    if let Some((waited, wall)) = best {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part")]
        WAITED.fetch_max((waited * 1e6) as u64, Relaxed);
        clock.add(operations, wall);
    }
}

fn attempt(threads: u32, work: &(impl Fn(u32) + Sync)) -> (f64, Duration) {
    let gate = Barrier::new(threads as usize);
    let spans: Vec<Span> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|number| {
                let gate = &gate;
                scope.spawn(move || {
                    gate.wait();
                    let (start, before) = (Instant::now(), waited_so_far());
                    work(number);
                    let end = Instant::now();
                    Span { start, end, waited: waited_so_far().saturating_sub(before) }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread panicked")).collect()
    });
    let now = Instant::now();
    let start = spans.iter().map(|span| span.start).min().unwrap_or(now);
    let end = spans.iter().map(|span| span.end).max().unwrap_or(now);
    let waited: Duration = spans.iter().map(|span| span.waited).sum();
    (waited.as_secs_f64() / ((end - start).as_secs_f64() * f64::from(threads)), end - start)
}
