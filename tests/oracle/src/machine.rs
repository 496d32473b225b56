//! What runs a program with the crate: compiled four times, with the names of the module above it.
//!
//! oracle.py is the same in Python. What is at stake is the order in which user code runs. So a
//! slot
//! is exchanged first, and its old content dropped then; and nothing is locked meanwhile.

// The arguments of an operation have no better names: what they are depends on the operation.
#![allow(clippy::many_single_char_names)]
// One machine, in several files.
#![allow(clippy::wildcard_imports)]

#[path = "machine/keys.rs"]
mod keys;
#[path = "machine/objects.rs"]
mod objects;
#[path = "machine/pairs.rs"]
mod pairs;
#[path = "machine/references.rs"]
mod references;
#[path = "machine/sets.rs"]
mod sets;
#[path = "machine/values.rs"]
mod values;

use std::{
    array,
    fmt::{self, Display},
    hash::{Hash, Hasher},
    mem,
    ops::Deref,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed},
    },
};

use weakref_core::{
    DeathQueue, Finalizer, KeyedRef, Proxy, RemovalCause, Slotted, Watch, WeakMethod, WeakRef,
    WeakSlot, WeakValueMap, Weakrefable, exit,
    method::{ByWeak, OwnedEq},
};

use super::{
    BY_IDENTITY, FinalizerFn, Here, KeyMap, MethodFn, PairMap, Ptr, Set, Weak, get_or_add,
    in_threads,
};
use crate::{
    language::{Op, Program},
    worker::{Boom, UNRAISABLE},
};

type Values = Watched<WeakValueMap<u32, Obj>>;
type Keys = Watched<KeyMap<Obj, Val>>;
type Elements = Watched<Set<Obj>>;
type Pairs = Watched<PairMap<Obj, Obj>>;
type Function = Slotted<MethodFn, Here>;
type Method = fn(&Obj) -> u32;

/// An object of a program.
#[derive(Weakrefable)]
pub(super) struct Obj {
    id: u32,
    key: AtomicU32,
    fields: Ptr<Fields>,
    slot: WeakSlot<Here>,
}

/// What an object owns. They are dropped in this order, which is that of CPython.
#[derive(Default)]
struct Fields {
    map: Mutex<Option<Ptr<Values>>>,
    child: Mutex<Option<Ptr<Obj>>>,
    dtor: Mutex<Option<Dtor>>,
}

impl Obj {
    fn new(id: u32, key: u32) -> Ptr<Self> {
        let fields = Ptr::default();
        Ptr::new(Self { id, key: key.into(), fields, slot: WeakSlot::new() })
    }

    fn key(&self) -> u32 {
        self.key.load(Relaxed)
    }

    fn method(&self) -> u32 {
        self.id
    }
}

impl PartialEq for Obj {
    fn eq(&self, other: &Self) -> bool {
        if BY_IDENTITY { std::ptr::eq(self, other) } else { self.key() == other.key() }
    }
}

impl Eq for Obj {}

impl Hash for Obj {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// A field whose destructor runs a body.
struct Dtor {
    state: Ptr<State>,
    body: i32,
}

impl Drop for Dtor {
    fn drop(&mut self) {
        self.state.log(format!("dtor {}", self.body));
        self.state.guarded(self.body);
    }
}

/// A value of a key map.
#[derive(Clone)]
struct Val {
    tag: u32,
    own: Option<Ptr<Obj>>,
}

impl PartialEq for Val {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

/// A container that knows how many listeners it has.
#[derive(Default)]
struct Watched<C> {
    container: C,
    listeners: AtomicUsize,
}

impl<C> From<C> for Watched<C> {
    fn from(container: C) -> Self {
        Self { container, listeners: AtomicUsize::new(0) }
    }
}

impl<C> Deref for Watched<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.container
    }
}

/// What is in a slot for references.
#[derive(Clone)]
enum Reference {
    /// With whether it has a callback.
    Plain(WeakRef<Obj>, bool),
    Proxy(Proxy<Obj>, bool),
    Keyed(Ptr<KeyedRef<u32, Obj>>),
    Method(WeakMethod<Obj, Method, OwnedEq>),
    MethodWithCallback(WeakMethod<Obj, Method>),
    WeakFunction(WeakMethod<Obj, Function, ByWeak>),
}

/// A program that runs.
struct State {
    program: Program,
    events: Mutex<Vec<String>>,
    /// How many operations may still run.
    fuel: AtomicUsize,
    /// How many bodies are running.
    depth: AtomicUsize,
    serial: AtomicU32,
    callbacks: AtomicU32,
    ended: AtomicBool,
    chained: AtomicBool,
    threaded: AtomicUsize,
    clearing: AtomicUsize,
    walks: AtomicUsize,
    /// How many operations on value maps, key maps, sets and maps of pairs have run.
    touched: [AtomicUsize; 4],
    /// What listeners have been told, but for deaths.
    gone: Mutex<Vec<String>>,
    objects: [Mutex<Option<Ptr<Obj>>>; 16],
    references: [Mutex<Option<Reference>>; 16],
    finalizers: [Mutex<Option<Finalizer<Obj, FinalizerFn>>>; 3],
    values: [Mutex<Ptr<Values>>; 2],
    keys: [Mutex<Ptr<Keys>>; 2],
    sets: [Mutex<Ptr<Elements>>; 3],
    pairs: [Mutex<Ptr<Pairs>>; 2],
    functions: [Mutex<Option<Ptr<Function>>>; 2],
    watches: [Mutex<Option<Watch<Obj>>>; 3],
    queues: [DeathQueue<u32, Here>; 2],
    /// The references whose callbacks are the links of a chain.
    chain: Mutex<Vec<WeakRef<Obj>>>,
    /// The fields of all objects, to take circles of owners apart in the end.
    fields: Mutex<Vec<Weak<Fields>>>,
}

/// Runs a program and returns its trace.
pub(crate) fn run(program: Program) -> String {
    let state = Ptr::new(State::new(program));
    state.guarded(0);
    state.end();
    let events = mem::take(&mut *lock(&state.events));
    state.take_apart();
    events.join(" ; ")
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic of a program does not harm what is in it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn get<T: Clone>(slot: &Mutex<T>) -> T {
    lock(slot).clone()
}

/// Puts a value into a slot; then drops the old one.
fn put<T>(slot: &Mutex<T>, value: T) {
    let old = mem::replace(&mut *lock(slot), value);
    drop(old);
}

fn at(number: i32) -> usize {
    usize::try_from(number).expect("the number of a slot")
}

fn number(number: i32) -> u32 {
    number.try_into().expect("a number that is not negative")
}

fn is_odd(id: u32) -> bool {
    id % 2 == 1
}

// Values as Python writes them.

fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn option(value: Option<impl Display>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| value.to_string())
}

fn list(mut all: Vec<u32>) -> String {
    all.sort_unstable();
    format!("{all:?}")
}

fn pairs_list(mut all: Vec<(u32, u32)>) -> String {
    all.sort_unstable();
    format!("{all:?}")
}

fn words(all: impl IntoIterator<Item = impl fmt::Display>) -> String {
    let all: Vec<_> = all.into_iter().map(|word| word.to_string()).collect();
    all.join(", ")
}

impl State {
    fn new(program: Program) -> Self {
        Self {
            program,
            events: Mutex::default(),
            fuel: AtomicUsize::new(150),
            depth: AtomicUsize::default(),
            serial: AtomicU32::default(),
            callbacks: AtomicU32::default(),
            ended: AtomicBool::default(),
            chained: AtomicBool::default(),
            threaded: AtomicUsize::default(),
            clearing: AtomicUsize::default(),
            walks: AtomicUsize::default(),
            touched: array::from_fn(|_| AtomicUsize::default()),
            gone: Mutex::default(),
            objects: array::from_fn(|_| Mutex::default()),
            references: array::from_fn(|_| Mutex::default()),
            finalizers: array::from_fn(|_| Mutex::default()),
            values: array::from_fn(|_| Mutex::default()),
            keys: array::from_fn(|_| Mutex::default()),
            sets: array::from_fn(|_| Mutex::default()),
            pairs: array::from_fn(|_| Mutex::default()),
            functions: array::from_fn(|_| Mutex::default()),
            watches: array::from_fn(|_| Mutex::default()),
            queues: array::from_fn(|_| DeathQueue::default()),
            chain: Mutex::default(),
            fields: Mutex::default(),
        }
    }

    fn log(&self, event: impl Into<String>) {
        if !self.ended.load(Relaxed) {
            lock(&self.events).push(event.into());
        }
    }

    fn run(self: &Ptr<Self>, body: i32) {
        struct Depth<'a>(&'a AtomicUsize);

        impl Drop for Depth<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Relaxed);
            }
        }

        if body < 0 || self.depth.load(Relaxed) >= 6 || self.ended.load(Relaxed) {
            return;
        }
        self.depth.fetch_add(1, Relaxed);
        let _depth = Depth(&self.depth);
        for op in &self.program.bodies[at(body)] {
            let fuel = self.fuel.load(Relaxed);
            if fuel == 0 {
                break;
            }
            self.fuel.store(fuel - 1, Relaxed);
            self.operate(op);
        }
    }

    fn operate(self: &Ptr<Self>, op: &Op) {
        if let Some(kind) = touched(op.spec.name) {
            self.touched[kind].fetch_add(1, Relaxed);
        }
        match op.spec.group {
            'v' => self.on_values(op),
            'k' => self.on_keys(op),
            's' => self.on_sets(op),
            'w' => self.on_pairs(op),
            'r' | 'm' => self.on_references(op),
            'q' => self.on_queues(op),
            'l' => self.on_listeners(op),
            'f' => self.on_finalizers(op),
            _ => self.on_objects(op),
        }
    }

    /// Runs a body, and writes down if it raises.
    fn guarded(self: &Ptr<Self>, body: i32) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.run(body))) {
            if !payload.is::<Boom>() {
                resume_unwind(payload)
            }
            self.log("boom");
        }
    }

    fn touched(&self, kind: usize) -> usize {
        self.touched[kind].load(Relaxed)
    }

    fn object(&self, slot: i32) -> Option<Ptr<Obj>> {
        if slot < 0 { None } else { get(&self.objects[at(slot)]) }
    }

    fn make(&self, id: u32, key: u32) -> Ptr<Obj> {
        let object = Obj::new(id, key);
        lock(&self.fields).push(Ptr::downgrade(&object.fields));
        object
    }

    fn next_callback(&self) -> u32 {
        self.callbacks.fetch_add(1, Relaxed) + 1
    }

    fn values_of(&self, slot: i32) -> Ptr<Values> {
        get(&self.values[at(slot)])
    }

    fn keys_of(&self, slot: i32) -> Ptr<Keys> {
        get(&self.keys[at(slot)])
    }

    fn set_of(&self, slot: i32) -> Ptr<Elements> {
        get(&self.sets[at(slot)])
    }

    fn pairs_of(&self, slot: i32) -> Ptr<Pairs> {
        get(&self.pairs[at(slot)])
    }

    /// Visits a snapshot of weak references, in the order of the objects' numbers.
    fn each(self: &Ptr<Self>, refs: Vec<WeakRef<Obj>>, body: i32, what: &str) {
        let numbered = |weak: WeakRef<Obj>| {
            let id = weak.upgrade()?.id;
            Some((id, weak))
        };
        let mut refs: Vec<_> = refs.into_iter().filter_map(numbered).collect();
        refs.sort_by_key(|pair| pair.0);
        refs.reverse();
        while let Some((id, weak)) = refs.pop() {
            let owner = weak.upgrade();
            self.log(format!("{what} {id} {}", boolean(owner.is_some())));
            if owner.is_some() {
                self.guarded(body);
            }
            drop(owner);
            drop(weak);
        }
    }

    /// Visits a snapshot of owners, in order.
    fn snapshot<I: Ord + Copy + fmt::Debug>(
        self: &Ptr<Self>,
        mut items: Vec<(I, Ptr<Obj>)>,
        body: i32,
        what: &str,
    ) {
        items.sort_by_key(|pair| pair.0);
        items.reverse();
        while let Some((id, owner)) = items.pop() {
            self.log(format!("{what} {id:?}"));
            self.guarded(body);
            drop(owner);
        }
    }

    /// Drops all that is left.
    fn end(self: &Ptr<Self>) {
        self.fuel.store(60, Relaxed);
        self.log("end");
        self.objects.iter().for_each(|slot| put(slot, None));
        self.references.iter().for_each(|slot| put(slot, None));
        for slot in 0..3 {
            put(&self.watches[slot], None);
            put(&self.finalizers[slot], None);
        }
        for slot in 0..2 {
            self.log(format!("vlen {}", self.values_of(slot).len()));
            self.log(format!("klen {}", self.keys_of(slot).len()));
            self.log(format!("wlen {}", self.pairs_of(slot).len()));
            self.drain_queue(slot);
        }
        for slot in 0..3 {
            self.log(format!("slen {}", self.set_of(slot).len()));
        }
        for slot in 0..2 {
            self.empty_keys(&self.keys_of(slot));
        }
        self.functions.iter().for_each(|slot| put(slot, None));
        self.log_gone();
        self.log(format!("hook {}", UNRAISABLE.swap(0, Relaxed)));
        self.ended.store(true, Relaxed);
    }

    /// Takes circles of owners apart, which nothing collects, so that a million programs have room.
    fn take_apart(&self) {
        for fields in mem::take(&mut *lock(&self.fields)).iter().filter_map(Weak::upgrade) {
            put(&fields.map, None);
            put(&fields.child, None);
            put(&fields.dtor, None);
        }
        // Listeners own this state.
        self.values.iter().for_each(|slot| put(slot, Ptr::default()));
        self.keys.iter().for_each(|slot| put(slot, Ptr::default()));
        self.sets.iter().for_each(|slot| put(slot, Ptr::default()));
        self.pairs.iter().for_each(|slot| put(slot, Ptr::default()));
        put(&self.chain, Vec::new());
        // A finalizer may own its object.
        exit::run();
    }
}

/// Which of the counters of [`State::touched`] an operation is counted in.
fn touched(name: &str) -> Option<usize> {
    "vksw".find(&name[..1])
}
