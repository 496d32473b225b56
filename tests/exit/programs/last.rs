//! What comes after the end, and beside it.

use std::{
    cell::{Cell, RefCell},
    mem, process,
    rc::Rc,
    sync::{Mutex, OnceLock, mpsc},
    thread,
};

use weakref_core::{Census, Finalizer, Local, Slotted, exit, finalize, finalize_on};

use super::{Function, Here, leak, local, park_for_ever, say, saying, shared};

super::programs! {
    after_the_end between_the_handlers
    thread_locals_of_main thread_locals_of_a_worker a_thread_local_makes_one
    without_thread_locals made_by_another_thread asked_for_by_the_end
    others_own exit_at_a_worker_s_end exits_twice a_census_at_the_end
}

type OfShared = Finalizer<Slotted<u32>, Function>;

static KEPT: Mutex<Vec<(Option<Here>, OfShared)>> = Mutex::new(Vec::new());

fn keep(what: &'static str, atexit: bool) {
    let object = shared(0);
    let function: Function = Box::new(saying(what));
    let finalizer = finalize(&object, function);
    finalizer.set_atexit(atexit);
    KEPT.lock().unwrap().push((Some(object), finalizer));
}

extern "C" fn after_the_last() {
    say("handler");
    let kept = mem::take(&mut *KEPT.lock().unwrap());
    for (object, finalizer) in kept {
        say(format!("alive: {}", finalizer.is_alive()));
        say(format!("called: {}", finalizer.call().is_some()));
        drop(object);
    }
    keep("made", true);
    let made = KEPT.lock().unwrap().pop().unwrap();
    drop(made.0);
    say(format!("alive: {}", made.1.is_alive()));
    let object = shared(0);
    let value = Slotted::<u32>::new(0);
    finalize_on(&value, saying("unowned"));
    finalize(&object, saying("died"));
    drop((object, value));
    keep("left", true);
    exit::run();
    say("handled");
}

/// The handler was there before the first finalizer, so it comes after the last.
fn after_the_end() {
    // SAFETY: it may be called at any time.
    unsafe { libc::atexit(after_the_last) };
    keep("ran", true);
    keep("not at exit", false);
    keep("not at exit either", false);
    KEPT.lock().unwrap()[1].0.as_ref().map(|object| finalize(object, saying("of the same")));
}

extern "C" fn handler() {
    say("handler");
    leak(shared(0), "made by a handler");
}

/// The handler came after the first finalizer, so it comes before the end.
fn between_the_handlers() {
    leak(shared(0), "old");
    // SAFETY: as above.
    unsafe { libc::atexit(handler) };
    leak(shared(0), "new");
}

struct Says(&'static str);

impl Drop for Says {
    fn drop(&mut self) {
        say(self.0);
    }
}

thread_local! {
    static EARLY: RefCell<Vec<Rc<Slotted<Says, Local>>>> = const { RefCell::new(Vec::new()) };
    static LATE: RefCell<Vec<Rc<Slotted<Says, Local>>>> = const { RefCell::new(Vec::new()) };
}

/// One is dropped after the finalizers run, and the other before.
fn thread_locals() {
    EARLY.with(|_| ());
    let object = Rc::new(Slotted::<_, Local>::new(Says("early dropped")));
    finalize(&object, || say(format!("early, {}", LATE.try_with(|_| ()).is_ok())));
    EARLY.with_borrow_mut(|early| early.push(object));
    let object = Rc::new(Slotted::<_, Local>::new(Says("late dropped")));
    finalize(&object, || say(format!("late, {}", EARLY.try_with(|_| ()).is_ok())));
    LATE.with_borrow_mut(|late| late.push(object));
    say("body");
}

fn thread_locals_of_main() {
    thread_locals();
}

fn thread_locals_of_a_worker() {
    thread::spawn(thread_locals).join().unwrap();
    say("joined");
}

struct Makes;

impl Drop for Makes {
    fn drop(&mut self) {
        say("thread-local");
        let object = local(0);
        finalize(&object, saying("dies"));
        drop(object);
        leak(local(0), "local of a thread-local");
        leak(shared(0), "shared of a thread-local");
    }
}

fn a_thread_local_makes_one() {
    thread_local! {
        static MAKES: Makes = const { Makes };
    }
    fn body() {
        MAKES.with(|_| ());
        leak(local(0), "local");
    }
    thread::spawn(body).join().unwrap();
    say("joined");
    body();
}

/// Of `Shared`, in the exit handler itself.
fn without_thread_locals() {
    thread_local! {
        static TEXT: RefCell<String> = RefCell::new("text".into());
    }
    let object = shared(0);
    finalize(&object, || {
        say(format!("there: {}", TEXT.try_with(|text| text.borrow().len()).is_ok()));
        // These have no destructor.
        thread_local! {
            static NUMBER: Cell<u32> = const { Cell::new(7) };
        }
        say(NUMBER.get());
    });
    TEXT.with_borrow_mut(|text| text.push('!'));
    std::mem::forget(object);
}

/// While the end runs: nothing comes of it.
fn made_by_another_thread() {
    let (ask, asked) = mpsc::channel::<()>();
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        asked.recv().unwrap();
        let late = leak(shared(0), "late");
        let object = shared(0);
        finalize(&object, saying("dies"));
        drop(object);
        say(format!("alive: {}", late.is_alive()));
        let called = leak(shared(0), "called");
        say(called.call().is_some());
        leak(local(0), "late local");
        done.send(()).unwrap();
        park_for_ever();
    });
    leak(shared(0), "old");
    let object = shared(0);
    finalize(&object, move || {
        ask.send(()).unwrap();
        is_done.recv().unwrap();
        say("new");
    });
    std::mem::forget(object);
}

/// The end takes in hand what another thread has made while it ran.
fn asked_for_by_the_end() {
    let (ask, asked) = mpsc::channel::<()>();
    let (give, given) = mpsc::channel();
    thread::spawn(move || {
        asked.recv().unwrap();
        for number in 1..=3 {
            give.send(leak(shared(0), format!("asked for {number}"))).unwrap();
        }
        drop(give);
        park_for_ever();
    });
    leak(shared(0), "old");
    let object = shared(0);
    finalize(&object, move || {
        ask.send(()).unwrap();
        for finalizer in given {
            OfShared::set_atexit(&finalizer, true);
        }
        say("new");
    });
    std::mem::forget(object);
}

fn others_own() {
    static KEPT: OnceLock<Here> = OnceLock::new();
    let object = shared(7);
    finalize(&object, saying("owned by another thread"));
    let (started, starts) = mpsc::channel();
    thread::spawn(move || {
        let object = object;
        let other = local(0);
        finalize(&other, saying("lost"));
        started.send(()).unwrap();
        loop {
            thread::park();
            say(**object);
        }
    });
    starts.recv().unwrap();
    assert!(KEPT.get().is_none());
}

fn exit_at_a_worker_s_end() {
    leak(shared(0), "shared");
    let worker = thread::spawn(|| {
        leak(local(0), "worker's oldest");
        let object = local(0);
        finalize(&object, || process::exit(6));
        std::mem::forget(object);
        leak(local(0), "worker's newest");
    });
    let _ = worker.join();
    park_for_ever();
}

/// std ends the program at once when `exit` comes back to itself.
fn exits_twice() {
    leak(shared(0), "oldest");
    let object = shared(0);
    finalize(&object, || {
        say("exits again");
        process::exit(7)
    });
    std::mem::forget(object);
    process::exit(8);
}

static CENSUS: Census<Slotted<u32>> = Census::new();
static LOCAL_CENSUS: Census<Slotted<u32, Local>> = Census::new();

fn say_who_is_alive(when: &str) {
    say(format!("{when}: {}, {}", CENSUS.alive().len(), LOCAL_CENSUS.alive().len()));
}

extern "C" fn report_after_the_last() {
    let object = shared(3);
    CENSUS.register(&object);
    say_who_is_alive("handler");
    drop(object);
    say_who_is_alive("handled");
}

/// The end does not end a registration, and a drop after it does.
fn a_census_at_the_end() {
    // SAFETY: it may be called at any time.
    unsafe { libc::atexit(report_after_the_last) };
    let (object, local_object) = (shared(1), local(2));
    CENSUS.register(&object);
    LOCAL_CENSUS.register(&local_object);
    finalize(&object, || say_who_is_alive("finalizer"));
    mem::forget((object, local_object));
    exit::run();
    say_who_is_alive("body");
}
