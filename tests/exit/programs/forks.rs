//! Children.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use weakref_core::{exit, finalize};
use weakref_tests::rounds;

use super::{leak, local, say, saying, shared};

super::programs! {
    child child_in_a_finalizer child_in_run child_beside_the_end children_beside_threads
    child_of_a_worker
}

/// Returns whether this is the child. In the parent, waits for its end.
fn fork() -> bool {
    // SAFETY: the child does what any thread may.
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        return true;
    }
    let mut status = 0;
    // SAFETY: the status is there.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child);
    say(format!("child's end: {}", status >> 8 | status & 255));
    false
}

fn child() {
    leak(shared(0), "inherited");
    leak(local(0), "inherited local");
    let off = leak(shared(0), "inherited, off");
    off.set_atexit(false);
    let object = shared(0);
    finalize(&object, saying("dies"));
    let called = leak(shared(0), "called");
    if fork() {
        leak(shared(0), "child's");
        leak(local(0), "child's local");
        drop(object);
        called.call();
        exit::run();
        say("child has run");
        leak(shared(0), "child's own end");
        leak(local(0), "child's own local end");
        return;
    }
    say("parent");
    drop(object);
}

fn child_in_a_finalizer() {
    leak(shared(0), "oldest");
    let object = shared(0);
    finalize(&object, || {
        if fork() {
            leak(shared(0), "child's");
            return;
        }
        say("parent");
    });
    std::mem::forget(object);
}

fn child_in_run() {
    leak(shared(0), "oldest");
    let object = shared(0);
    finalize(&object, || {
        if fork() {
            say("child");
        }
    });
    std::mem::forget(object);
    exit::run();
    say("main");
    leak(shared(0), "last");
}

/// The child is forked by another thread than the one that ends the program.
fn child_beside_the_end() {
    leak(shared(0), "inherited");
    let (ends, ending) = mpsc::channel();
    let (goes_on, going_on) = mpsc::channel();
    thread::spawn(move || {
        ending.recv().unwrap();
        if fork() {
            leak(shared(0), "child's");
            exit::run();
            // SAFETY: nothing comes after.
            unsafe { libc::_exit(0) };
        }
        goes_on.send(()).unwrap();
    });
    let object = shared(0);
    finalize(&object, move || {
        ends.send(()).unwrap();
        going_on.recv().unwrap();
        say("parent");
    });
    std::mem::forget(object);
}

fn child_of_a_worker() {
    leak(shared(0), "inherited");
    thread::spawn(|| {
        leak(local(0), "worker's");
        if fork() {
            leak(local(0), "child's local");
            leak(shared(0), "child's");
            std::process::exit(9);
        }
    })
    .join()
    .unwrap();
    say("main");
}

/// None of them waits for a thread that it does not have.
fn children_beside_threads() {
    static STOP: AtomicBool = AtomicBool::new(false);
    leak(shared(0), "inherited");
    let threads = [(); 2].map(|()| {
        thread::spawn(|| {
            while !STOP.load(Ordering::Relaxed) {
                let objects = [(); 4].map(|()| shared(0));
                for object in &objects {
                    finalize(object, || ());
                }
            }
        })
    });
    for _ in 0..rounds(300) {
        // SAFETY: as above.
        let child = unsafe { libc::fork() };
        assert!(child >= 0);
        if child == 0 {
            let object = shared(0);
            finalize(&object, || ());
            drop(object);
            let object = shared(0);
            // SAFETY: nothing comes after.
            finalize(&object, || unsafe { libc::_exit(11) });
            std::mem::forget(object);
            std::process::exit(0);
        }
        let mut status = 0;
        // SAFETY: the status is there.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 11 << 8);
    }
    STOP.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    say("main");
}
