//! What runs at the end, and in which order.

use std::{
    cell::Cell,
    process,
    rc::Rc,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use weakref_core::{Finalizer, Local, Slotted, exit, finalize, finalize_with};

use super::{leak, local, park_for_ever, say, saying, shared};

super::programs! {
    main_returns exit_in_main exit_in_a_worker panics aborts killed _exits
    order order_of_both order_of_threads
    made_meanwhile set_meanwhile set_late panicking not_at_exit owns_itself
    worker_ends run_and_end run_in_a_finalizer run_twice
    exit_in_a_finalizer_that_run_runs exit_in_a_call
    statics a_million drops_the_last_owner sees_the_living
}

fn some() {
    for number in 1..=2 {
        leak(shared(0), number);
    }
}

fn main_returns() {
    some();
    say("main");
}

fn exit_in_main() {
    some();
    process::exit(3);
}

fn exit_in_a_worker() {
    some();
    let worker = thread::spawn(|| {
        leak(shared(0), "worker's");
        leak(local(0), "worker's local");
        process::exit(3);
    });
    let _ = worker.join();
    park_for_ever();
}

fn panics() {
    some();
    leak(local(0), "local");
    panic!("in main");
}

fn aborts() {
    some();
    process::abort();
}

fn killed() {
    some();
    // SAFETY: nothing comes after.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    park_for_ever();
}

fn _exits() {
    some();
    // SAFETY: nothing comes after.
    unsafe { libc::_exit(4) }
}

/// Objects that die before the end, in between.
fn order() {
    let objects = [(); 3].map(|()| shared(0));
    for round in 0..3 {
        for (number, object) in objects.iter().enumerate() {
            finalize(object, saying(format!("{round} {number}")));
        }
    }
    let [one, two, three] = objects;
    drop(two);
    say("main");
    std::mem::forget((one, three));
}

fn order_of_both() {
    leak(local(0), "1 local");
    leak(shared(0), "2 shared");
    leak(local(0), "3 local");
    leak(local(0), "4 local");
    leak(shared(0), "5 shared");
    leak(shared(0), "6 shared");
    leak(local(0), "7 local");
}

fn order_of_threads() {
    for number in 0..6 {
        if number % 2 == 0 {
            leak(shared(0), number);
        } else {
            thread::spawn(move || leak(shared(0), number)).join().unwrap();
        }
    }
}

fn made_meanwhile() {
    leak(shared(0), "oldest");
    leak(local(0), "older");
    let object = shared(0);
    finalize(&object, || {
        say("newer");
        leak(shared(0), "made, shared");
        leak(local(0), "made, local");
        let object = shared(0);
        finalize(&object, || {
            say("made, newest");
            leak(shared(0), "made by what was made");
        });
        std::mem::forget(object);
        // This one dies at once.
        finalize(&shared(0), saying("made, dies"));
        say("newer again");
    });
    leak(local(0), "newest");
    std::mem::forget(object);
}

fn set_meanwhile() {
    let called = leak(shared(0), "called");
    let detached = leak(shared(0), "detached");
    let switched_off = leak(shared(0), "switched off");
    let switched_on = leak(shared(0), "switched on");
    switched_on.set_atexit(false);
    let dropped = shared(0);
    finalize(&dropped, saying("dropped"));
    leak(local(0), "untouched");
    let object = shared(0);
    finalize(&object, move || {
        say("newest");
        called.call();
        detached.detach();
        switched_off.set_atexit(false);
        switched_on.set_atexit(true);
        drop(dropped);
        say("newest again");
    });
    std::mem::forget(object);
}

/// Its turn has passed when it is asked for.
fn set_late() {
    leak(shared(0), "oldest");
    let object = shared(0);
    let late = Arc::new(OnceLock::<Finalizer<_, super::Function>>::new());
    let inner = late.clone();
    finalize(&object, move || {
        say("older");
        inner.get().unwrap().set_atexit(true);
    });
    std::mem::forget(object);
    let finalizer = leak(shared(0), "late");
    finalizer.set_atexit(false);
    late.set(finalizer).unwrap();
    leak(shared(0), "newest");
}

fn panicking() {
    leak(shared(0), "oldest");
    let object = shared(0);
    finalize(&object, || panic!("shared"));
    std::mem::forget(object);
    leak(local(0), "middle");
    let object = local(0);
    finalize(&object, || panic!("local"));
    std::mem::forget(object);
    leak(shared(0), "newest");
}

fn not_at_exit() {
    leak(shared(0), "runs");
    leak(shared(0), "not").set_atexit(false);
    leak(local(0), "not, local").set_atexit(false);
}

fn owns_itself() {
    let object = shared(7);
    let own = object.clone();
    finalize(&object, move || say(format!("owned {}", **own)));
    drop(object);
    say("main");
}

fn worker_ends() {
    thread::spawn(|| {
        leak(local(0), "1");
        leak(shared(0), "shared");
        leak(local(0), "2").set_atexit(true);
        leak(local(0), "3").set_atexit(false);
        say("worker");
    })
    .join()
    .unwrap();
    say("joined");
}

fn run_and_end() {
    some();
    leak(local(0), "local");
    let skipped = leak(shared(0), "not yet");
    skipped.set_atexit(false);
    exit::run();
    say("run");
    exit::run();
    leak(shared(0), "later");
    skipped.set_atexit(true);
}

fn run_in_a_finalizer() {
    some();
    let object = shared(0);
    finalize(&object, || {
        say("at the end");
        exit::run();
        say("after");
    });
    std::mem::forget(object);
    // By a death, it is a place like any other.
    let object = shared(0);
    leak(shared(0), "by a death");
    finalize(&object, || {
        say("death");
        exit::run();
        say("death again");
        leak(shared(0), "after all");
    });
    drop(object);
    say("main");
}

fn run_twice() {
    let threads = [(); 4].map(|()| {
        thread::spawn(|| {
            for _ in 0..100 {
                leak(shared(0), "one");
                exit::run();
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    say("main");
}

fn exit_in_a_finalizer_that_run_runs() {
    some();
    let object = shared(0);
    finalize(&object, || {
        say("exits");
        process::exit(5)
    });
    std::mem::forget(object);
    leak(local(0), "newest");
    exit::run();
    say("never");
}

fn exit_in_a_call() {
    some();
    let object = shared(0);
    let finalizer = finalize(&object, || process::exit(5));
    finalizer.call();
    say("never");
}

fn statics() {
    static KEPT: OnceLock<super::Here> = OnceLock::new();
    let object = KEPT.get_or_init(|| shared(7));
    finalize(object, || say(format!("a static of {}", ***KEPT.get().unwrap())));
}

fn a_million() {
    let count = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let oldest = shared(0);
    let seen = count.clone();
    let made = Arc::new(OnceLock::new());
    let until = made.clone();
    finalize(&oldest, move || {
        say(seen.load(Ordering::Relaxed));
        let (made, all) = (*until.get().unwrap(), start.elapsed());
        say(if all < 20 * made { "as fast".into() } else { format!("{made:?} of {all:?}") });
    });
    let (object, other) = (shared(0), local(0));
    for _ in 0..500_000 {
        let [one, two] = [(); 2].map(|()| {
            let count = count.clone();
            move || count.fetch_add(1, Ordering::Relaxed)
        });
        finalize(&object, one);
        finalize(&other, two);
    }
    made.set(start.elapsed()).unwrap();
    std::mem::forget((oldest, object, other));
}

/// Each of the functions drops the last owner of its object, which is dropped there: at the end, and by
/// `exit::run`.
fn drops_the_last_owner() {
    fn keep(what: &'static str) {
        let object = shared(0);
        let kept = Arc::new(Mutex::new(Some(object.clone())));
        let place = kept.clone();
        finalize(&object, saying(format!("{what}, shared: older")));
        finalize(&object, move || {
            say(format!("{what}, shared: begins"));
            let object = place.lock().unwrap().take();
            drop(object);
            say(format!("{what}, shared: ends"));
        });
        std::mem::forget(kept);

        let object = local(0);
        let kept = Rc::new(Cell::new(Some(object.clone())));
        let place = kept.clone();
        finalize(&object, saying(format!("{what}, local: older")));
        finalize(&object, move || {
            say(format!("{what}, local: begins"));
            drop(place.take());
            say(format!("{what}, local: ends"));
        });
        std::mem::forget(kept);
    }
    keep("run");
    exit::run();
    keep("end");
}

fn sees_the_living() {
    let object = shared(1);
    finalize_with(&object, |object: Option<&Slotted<u32>>| say(object.unwrap()));
    std::mem::forget(object);
    let object = local(2);
    finalize_with(&object, |object: Option<&Slotted<u32, Local>>| say(object.unwrap()));
    std::mem::forget(object);
    let moved = shared(3);
    finalize_with(&moved, |object: Option<&Slotted<u32>>| say(object.is_none()));
    std::mem::forget(Arc::try_unwrap(moved));
    say("main");
}
