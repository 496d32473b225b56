//! Programs, run on containers and compared with the models.
//!
//! An operation is compared exactly if no user code did anything during it: its result, what is in
//! each container afterwards, and the removals that were told. This also holds for an operation in
//! the middle of another one, for what can be found at that moment. If user code did something, only
//! what holds in any case is checked when the outermost operation has ended: no key stands there
//! twice, lookups agree with walks, `len` counts the entries, each entry that was ever put there is
//! there or has been told of once, and each object has as many registrations as it has entries.
#![allow(unsafe_code)]

use std::{
    cell::{Cell, RefCell},
    mem,
    rc::Rc,
    sync::Mutex,
};

use weakref_core::{RemovalCause, WeakRef, clear_weakrefs, clear_weakrefs_silently, weakref_count};

use super::{
    Ptr, Weak,
    container::{Container, How, Log, Told},
    item::{Item, Owner, Pair, there},
    model::{Model, Row, owns_values},
};
use crate::{
    check, check_eq,
    containers::{
        hashers::hash_alike,
        program::{Act, Armed, CONTAINERS, Code, Op, Point, Program, Step, fire, on_fire},
    },
    harness::{caught, panic_as_planned, panics},
};

/// A container, and what its listener was told.
struct Place<C> {
    container: C,
    log: Log,
    told: Cell<usize>,
    /// The entries that were put there since the listener listens, where that is known.
    puts: Cell<Option<usize>>,
    /// An iterator was forgotten that had lent its keys.
    has_forgotten: Cell<bool>,
}

/// An object that there is or has been.
struct Object {
    name: u32,
    weak: Weak<Item>,
    same: WeakRef<Item>,
}

/// An iterator that is kept.
struct Open<C> {
    /// Before the container that it borrows from.
    pairs: Box<dyn Iterator<Item = Pair>>,
    place: Rc<Place<C>>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Extract,
    Iter,
    Drain,
}

struct Stage<C> {
    places: RefCell<Vec<Rc<Place<C>>>>,
    keys: RefCell<Vec<Owner>>,
    values: RefCell<Vec<Owner>>,
    /// By their numbers.
    objects: RefCell<Vec<Object>>,
    watches: RefCell<Vec<(usize, WeakRef<Item>)>>,
    /// Objects that have left their pointer.
    moved: RefCell<Vec<Item>>,
    /// The numbers of objects that have been in another pointer.
    rewrapped: RefCell<Vec<usize>>,
    open: RefCell<Vec<Open<C>>>,
    forgotten: RefCell<Vec<Open<C>>>,
    armed: RefCell<Vec<Armed>>,
    /// What user code has done since the outermost operation began.
    fired: RefCell<Vec<(Point, bool)>>,
    /// How often user code has done something.
    noise: Cell<usize>,
    depth: Cell<usize>,
    /// User code does nothing.
    silent: Cell<bool>,
    /// Objects have left their pointer: their entries count, but cannot be found.
    has_ghosts: Cell<bool>,
}

fn row((key, value): &Pair) -> Row {
    Row { key: key.number, value: value.number }
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all
}

/// The numbers of what was found, which is dropped: here, and not at the end of the scope, where a
/// panic would leak the result.
fn rows(pairs: Vec<Pair>) -> Vec<Row> {
    let rows = sorted(pairs.iter().map(row).collect());
    drop(pairs);
    rows
}

/// The number of what was found, which is dropped.
#[allow(clippy::needless_pass_by_value)]
fn number(owner: Owner) -> usize {
    owner.number
}

/// What differs between what was found and what was expected. It owns nothing, as it would be lost
/// if the end of the function that returns it panics.
type Difference = Option<&'static str>;

thread_local! {
    static DETAIL: RefCell<String> = const { RefCell::new(String::new()) };
}

fn differ<T: PartialEq + std::fmt::Debug>(
    what: &'static str,
    found: &T,
    expected: &T,
) -> Difference {
    if found == expected {
        return None;
    }
    DETAIL.set(format!("found {found:?}, expected {expected:?}"));
    Some(what)
}

fn unless(holds: bool, what: &'static str) -> Difference {
    (!holds).then_some(what)
}

/// Calls a function at the end of a scope.
struct AtEnd<F: Fn()>(F);

impl<F: Fn()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs a program on containers of type `C`.
pub fn run<C: Container>(program: &Program) {
    let there_before = there();
    hash_alike(program.hashes_alike());
    let stage = Stage::<C>::new();
    let hook = Rc::downgrade(&stage);
    on_fire(Some(Rc::new(move |point| {
        if let Some(stage) = hook.upgrade() {
            stage.fire(point);
        }
    })));
    for step in &program.steps {
        match step {
            Step::Arm(armed) => stage.armed.borrow_mut().push(*armed),
            Step::Do(op) => stage.step(*op),
        }
    }
    stage.end();
    on_fire(None);
    drop(stage);
    check_eq!(there(), there_before, "objects that are left");
}

impl<C: Container> Place<C> {
    fn new(container: C) -> Rc<Self> {
        let log = Log::new(Mutex::new(Vec::new()));
        container.listen(&log);
        let puts = Cell::new(Some(container.len()));
        Rc::new(Self { container, log, told: Cell::new(0), puts, has_forgotten: Cell::new(false) })
    }

    fn put(&self, count: usize) {
        self.puts.set(self.puts.get().map(|puts| puts + count));
    }

    fn put_unknown(&self) {
        self.puts.set(None);
    }
}

impl<C: Container> Stage<C> {
    fn new() -> Rc<Self> {
        let stage = Self {
            places: RefCell::new((0..CONTAINERS).map(|_| Place::new(C::default())).collect()),
            keys: RefCell::default(),
            values: RefCell::default(),
            objects: RefCell::default(),
            watches: RefCell::default(),
            moved: RefCell::default(),
            rewrapped: RefCell::default(),
            open: RefCell::default(),
            forgotten: RefCell::default(),
            armed: RefCell::default(),
            fired: RefCell::default(),
            noise: Cell::new(0),
            depth: Cell::new(0),
            silent: Cell::new(false),
            has_ghosts: Cell::new(false),
        };
        // So that no object is number 0.
        drop(stage.make(0));
        for name in 0..4 {
            let (key, value) = (stage.make(name / 2), stage.make(name));
            stage.keys.borrow_mut().push(key);
            stage.values.borrow_mut().push(value);
        }
        Rc::new(stage)
    }

    fn make(&self, name: u32) -> Owner {
        let number = self.objects.borrow().len();
        self.wrap(Item::new(name, number))
    }

    /// Puts an object into a pointer. It has the next number.
    fn wrap(&self, item: Item) -> Owner {
        let owner = Ptr::new(item);
        self.know(&owner);
        owner
    }

    fn know(&self, owner: &Owner) {
        let (weak, same) = (Ptr::downgrade(owner), WeakRef::new(owner));
        self.objects.borrow_mut().push(Object { name: owner.name, weak, same });
    }

    fn is_alive(&self, number: usize) -> bool {
        self.objects.borrow()[number].weak.strong_count() > 0
    }

    fn names(&self) -> Vec<u32> {
        self.objects.borrow().iter().map(|object| object.name).collect()
    }

    fn place(&self, a: usize) -> Rc<Place<C>> {
        self.places.borrow()[a].clone()
    }

    /// Replaces a container.
    fn set_place(&self, a: usize, place: Rc<Place<C>>) {
        let old = mem::replace(&mut self.places.borrow_mut()[a], place);
        drop(old);
    }

    /// Takes an owner out of a list, or shows which there is.
    fn nth(list: &RefCell<Vec<Owner>>, at: u8) -> Option<Owner> {
        let list = list.borrow();
        Some(list[usize::from(at).checked_rem(list.len())?].clone())
    }

    fn take_nth<T>(list: &RefCell<Vec<T>>, at: u8) -> Option<T> {
        let mut list = list.borrow_mut();
        let at = usize::from(at).checked_rem(list.len())?;
        Some(list.swap_remove(at))
    }

    fn list(&self, of_keys: bool) -> &RefCell<Vec<Owner>> {
        if of_keys { &self.keys } else { &self.values }
    }

    /// User code is called.
    fn fire(&self, point: Point) {
        if self.silent.get() {
            return;
        }
        let act = {
            let mut armed = self.armed.borrow_mut();
            let Some(at) = armed.iter().position(|armed| armed.point == point) else { return };
            if armed[at].skip > 0 {
                armed[at].skip -= 1;
                return;
            }
            armed.remove(at).act
        };
        self.noise.set(self.noise.get() + 1);
        self.fired.borrow_mut().push((point, matches!(act, Act::Panic)));
        match act {
            Act::Panic => panic_as_planned(),
            Act::DropKey(key) => drop(Self::take_nth(&self.keys, key)),
            Act::DropValue(value) => drop(Self::take_nth(&self.values, value)),
            Act::Do(op) => {
                if op.code == Code::ClearWeakrefs {
                    // Inside of an insertion of the same object, the new entry may leave with the old
                    // one, and its registration stays until the object is dropped.
                    self.has_ghosts.set(true);
                }
                drop(self.op(op));
            }
        }
    }

    /// What can be found in the container, unless one of its functions cannot be called here.
    fn snapshot(&self, place: &Place<C>) -> Option<Vec<Row>> {
        let before = self.silent.replace(true);
        let _back = AtEnd(|| self.silent.set(before));
        caught(|| rows(place.container.pairs()))
    }

    /// Takes those rows out whose objects have died.
    fn bury(&self, models: &mut [Model<C>]) {
        for model in models {
            model.leave_if(RemovalCause::Died, |row| {
                C::WEAK_KEYS && !self.is_alive(row.key)
                    || C::WEAK_VALUES && !self.is_alive(row.value)
            });
        }
    }

    /// Runs one operation. Returns the models afterwards, if user code did nothing.
    fn op(&self, op: Op) -> Option<Vec<Model<C>>> {
        self.depth.set(self.depth.get() + 1);
        let _back = AtEnd(|| self.depth.set(self.depth.get() - 1));
        let places = self.places.borrow().clone();
        let before: Option<Vec<_>> = places.iter().map(|place| self.snapshot(place)).collect();
        let known = before.is_some();
        let before = before.unwrap_or_else(|| vec![Vec::new(); CONTAINERS]);
        let mut models: Vec<_> = before.into_iter().map(Model::new).collect();
        drop(places);
        let noise = self.noise.get();
        let difference = self.perform(op, &mut models);
        if !known || self.noise.get() != noise {
            return None;
        }
        if let Some(difference) = difference {
            let detail = DETAIL.take();
            check!(false, "{op:?}, which user code did not disturb: {difference}: {detail}");
        }
        self.bury(&mut models);
        for (a, model) in models.iter().enumerate() {
            let found = self.snapshot(&self.place(a));
            check_eq!(
                found,
                Some(sorted(model.rows.clone())),
                "container {a} after {op:?}, which user code did not disturb"
            );
        }
        Some(models)
    }

    /// Runs one outermost operation, and checks what holds afterwards.
    fn step(&self, op: Op) {
        self.fired.borrow_mut().clear();
        let panics_before = panics();
        let before: Vec<_> =
            (0..CONTAINERS).filter_map(|a| self.snapshot(&self.place(a))).collect();
        check_eq!(before.len(), CONTAINERS, "a container cannot be used");
        let models = caught(|| self.op(op));
        let has_panicked = panics() != panics_before;
        check!(models.is_some() || has_panicked, "a panic that nobody has planned, in {op:?}");
        if has_panicked {
            self.places.borrow().iter().for_each(|place| place.put_unknown());
        }
        let fired = self.fired.borrow().clone();
        if models.is_none()
            && matches!(fired[..], [(Point::Eq | Point::Hash, true)])
            && is_single_search(op.code)
        {
            let mut models: Vec<_> = before.into_iter().map(Model::new).collect();
            self.bury(&mut models);
            for (a, model) in models.iter().enumerate() {
                let found = self.snapshot(&self.place(a));
                check_eq!(
                    found,
                    Some(sorted(model.rows.clone())),
                    "container {a} after a panic in {op:?}"
                );
            }
        }
        self.settle(op, models.flatten());
    }

    /// Checks what holds between operations.
    #[allow(clippy::needless_pass_by_value)]
    fn settle(&self, op: Op, models: Option<Vec<Model<C>>>) {
        let before = self.silent.replace(true);
        let _back = AtEnd(|| self.silent.set(before));
        let names = self.names();
        let mut all = Vec::new();
        for (a, place) in self.places.borrow().clone().iter().enumerate() {
            let container = &place.container;
            let found = Model::<C>::new(rows(container.pairs()));
            found.check_keys(&names);
            check!(
                found.rows.iter().all(|row| self.is_alive(row.key) && self.is_alive(row.value)),
                "a dead object in {:?}",
                found.rows
            );
            let (len, walked) = (container.len(), found.rows.len());
            if self.has_ghosts.get() {
                check!(len >= walked, "{len} entries, and {walked} that can be found");
            } else {
                check_eq!(len, walked, "the length of container {a} after {op:?}");
            }
            check_eq!(container.is_empty(), len == 0, "whether container {a} is empty");
            check!(container.capacity() >= len, "the capacity is too small");
            for key in self.keys.borrow().iter() {
                let expected = found.find(&names, key.number);
                let pair = container.get_pair(key).as_ref().map(row);
                check_eq!(pair, expected, "the pair of {key:?} in container {a} after {op:?}");
                let value = container.get(key).map(number);
                check_eq!(value, expected.map(|row| row.value), "the value of {key:?}");
                check_eq!(container.contains(key), expected.is_some(), "{key:?} is there");
            }
            self.check_told(a, place, op, models.as_ref().map(|models| &models[a]));
            all.extend(found.rows);
        }
        // Those that are used by an iterator alone.
        let mut others: Vec<_> = Vec::new();
        for open in self.open.borrow().iter().chain(self.forgotten.borrow().iter()) {
            let known = self.places.borrow();
            if !known.iter().chain(&others).any(|place| Rc::ptr_eq(place, &open.place)) {
                others.push(open.place.clone());
            }
        }
        all.extend(others.iter().flat_map(|place| rows(place.container.pairs())));
        self.check_counts(&all, op);
    }

    /// Checks the removals that were told.
    fn check_told(&self, a: usize, place: &Place<C>, op: Op, model: Option<&Model<C>>) {
        let told = mem::take(&mut *place.log.lock().unwrap());
        place.told.set(place.told.get() + told.len());
        // Of keys that are lent, the listeners are told later.
        let is_lent = |open: &RefCell<Vec<Open<C>>>| {
            open.borrow().iter().any(|open| Rc::as_ptr(&open.place) == place)
        };
        if place.has_forgotten.get() || is_lent(&self.open) {
            return;
        }
        let there = place.container.len();
        match place.puts.get() {
            None => place.puts.set(Some(place.told.get() + there)),
            Some(puts) => check_eq!(
                place.told.get() + there,
                puts,
                "entries told of and there, and entries put into container {a}, after {op:?}"
            ),
        }
        let Some(model) = model else { return };
        if self.has_ghosts.get() || op.code == Code::CloseOpen {
            return;
        }
        let key = |told: &Told| match told {
            Told::Owned(name) => *name as usize,
            Told::Weak(weak) => self.recognize(weak),
        };
        let found = told.iter().map(|(told, cause)| (key(told), *cause as u8)).collect();
        let names = self.names();
        let expected = model.told.iter().map(|(number, cause)| {
            (if C::WEAK_KEYS { *number } else { names[*number] as usize }, *cause as u8)
        });
        check_eq!(
            sorted(found),
            sorted(expected.collect()),
            "the removals told by container {a} after {op:?}"
        );
    }

    fn recognize(&self, weak: &WeakRef<Item>) -> usize {
        let objects = self.objects.borrow();
        let at = objects.iter().position(|object| object.same.is_same_reference(weak));
        check!(at.is_some(), "an object that nobody knows was told of");
        at.unwrap_or_default()
    }

    /// Checks how many registrations each object has.
    fn check_counts(&self, all: &[Row], op: Op) {
        let keys = self.keys.borrow();
        let values = self.values.borrow();
        for owner in keys.iter().chain(values.iter()) {
            let number = owner.number;
            if self.rewrapped.borrow().contains(&number) {
                continue;
            }
            let has = |row: &&Row, weak, at: fn(&Row) -> usize| weak && at(row) == number;
            let as_key = all.iter().filter(|row| has(row, C::WEAK_KEYS, |row| row.key)).count();
            let is_value = C::WEAK_VALUES && !C::IS_SET;
            let as_value = all.iter().filter(|row| has(row, is_value, |row| row.value)).count();
            let watches = self.watches.borrow();
            let watches =
                watches.iter().filter(|(other, weak)| *other == number && weak.has_callback());
            // And one reference without callback, in the list of all objects.
            let expected = as_key + as_value + watches.count() + 1;
            let count = weakref_count(owner);
            if self.has_ghosts.get() {
                // The entry of an object that has left its pointer also counts with its partner.
                check!(
                    count >= expected,
                    "{count} registrations of {owner:?}, and {expected} seen"
                );
            } else {
                check_eq!(count, expected, "the registrations of {owner:?} after {op:?}");
            }
        }
    }

    fn open(&self, place: &Rc<Place<C>>, kind: Kind, mask: u8) {
        let pairs: Box<dyn Iterator<Item = Pair> + '_> = match kind {
            Kind::Extract => place.container.extract(Box::new(move |key, _| {
                fire(Point::Closure);
                mask >> key.name & 1 == 1
            })),
            Kind::Iter => place.container.iter(),
            Kind::Drain => place.container.drain(),
        };
        // SAFETY: the iterator borrows from the container alone, which stays at its place in the
        // `Rc` beside it; `Open` drops the iterator first, and lends it to nobody for longer.
        let pairs = unsafe {
            mem::transmute::<Box<dyn Iterator<Item = Pair> + '_>, Box<dyn Iterator<Item = Pair>>>(
                pairs,
            )
        };
        self.open.borrow_mut().push(Open { pairs, place: place.clone(), kind });
    }

    /// Does it to the containers and to the models. Returns how they differ, which counts if user code
    /// did nothing meanwhile.
    #[allow(clippy::too_many_lines, clippy::single_match_else)]
    fn perform(&self, op: Op, models: &mut [Model<C>]) -> Difference {
        let (a, b) = (op.a(), op.b());
        let place = self.place(a);
        let container = &place.container;
        let key = || Self::nth(&self.keys, op.k);
        let value = || Self::nth(&self.values, op.v);
        let mask = op.v;
        match op.code {
            Code::MakeKey | Code::MakeValue => {
                let owner = self.make(op.name());
                self.list(op.code == Code::MakeKey).borrow_mut().push(owner);
                None
            }
            Code::MakeBoth => {
                // What is owned by a container's entry of its own would never die.
                if C::WEAK_KEYS && (C::WEAK_VALUES || C::IS_SET) {
                    let owner = self.make(op.name());
                    self.keys.borrow_mut().push(owner.clone());
                    self.values.borrow_mut().push(owner);
                }
                None
            }
            Code::DropKey | Code::DropValue => {
                drop(Self::take_nth(self.list(op.code == Code::DropKey), op.k));
                None
            }
            Code::ClearWeakrefs => {
                let owner = Self::nth(self.list(op.k & 1 == 0), op.v)?;
                let clear = if op.flag() { clear_weakrefs_silently } else { clear_weakrefs };
                clear(&owner);
                for model in models {
                    model.leave_if(RemovalCause::Died, |row| {
                        C::WEAK_KEYS && row.key == owner.number
                            || C::WEAK_VALUES && row.value == owner.number
                    });
                }
                None
            }
            Code::Unwrap => {
                let list = self.list(op.k & 1 == 0);
                match Ptr::try_unwrap(Self::take_nth(list, op.v)?) {
                    Ok(item) => {
                        self.has_ghosts.set(true);
                        self.moved.borrow_mut().push(item);
                    }
                    Err(owner) => list.borrow_mut().push(owner),
                }
                None
            }
            Code::MakeMut => {
                let list = self.list(op.k & 1 == 0);
                let mut owner = Self::take_nth(list, op.v)?;
                let number = self.objects.borrow().len();
                self.has_ghosts.set(true);
                Ptr::make_mut(&mut owner).number = number;
                self.know(&owner);
                self.rewrapped.borrow_mut().push(number);
                list.borrow_mut().push(owner);
                None
            }
            Code::DropMoved => {
                drop(Self::take_nth(&self.moved, op.v));
                None
            }
            Code::Rewrap => {
                let mut item = Self::take_nth(&self.moved, op.v)?;
                item.number = self.objects.borrow().len();
                self.rewrapped.borrow_mut().push(item.number);
                let owner = self.wrap(item);
                self.list(op.k & 1 == 0).borrow_mut().push(owner);
                None
            }
            Code::Watch => {
                let owner = Self::nth(self.list(op.k & 1 == 0), op.v)?;
                let weak = WeakRef::with_callback(&owner, |weak| {
                    check!(weak.is_dead(), "a callback is given a living reference");
                    fire(Point::Callback);
                });
                self.watches.borrow_mut().push((owner.number, weak));
                None
            }
            Code::DropWatch => {
                drop(Self::take_nth(&self.watches, op.v));
                None
            }
            Code::Insert
            | Code::Replace
            | Code::Change
            | Code::OrInsert
            | Code::ModifyOrInsert
            | Code::EntryInsert
            | Code::GetOrMake => self.perform_pair(op, &place, &mut models[a], &key()?, &value()?),
            Code::InsertDoomed => {
                let (key, value) = (self.make(op.name()), value()?);
                let difference = self.perform_pair(
                    Op { code: Code::Insert, ..op },
                    &place,
                    &mut models[a],
                    &key,
                    &value,
                );
                drop(key);
                difference
            }
            Code::Remove | Code::EntryRemove => {
                let key = key()?;
                let removed = match op.code {
                    Code::Remove => container.remove(&key),
                    _ => container.entry_remove(&key),
                };
                let expected = models[a].remove(&self.names(), key.number).map(|row| row.value);
                differ("removed", &removed.map(number), &expected)
            }
            Code::RemovePair => {
                let key = key()?;
                let removed = container.remove_pair(&key);
                let expected = models[a].remove(&self.names(), key.number);
                differ("removed", &removed.as_ref().map(row), &expected)
            }
            Code::FailToMake => {
                let key = key()?;
                if !C::HAS_FACTORIES {
                    return None;
                }
                let make = || {
                    fire(Point::Factory);
                    None
                };
                let got = container.get_or_make(&key, Box::new(make));
                let expected = models[a].find(&self.names(), key.number).map(|row| row.value);
                differ("found", &got.map(number), &expected)
            }
            Code::Get => {
                let key = key()?;
                let got = container.get(&key).map(number);
                let expected = models[a].find(&self.names(), key.number).map(|row| row.value);
                differ("found", &got, &expected)
            }
            Code::Pop => match container.pop() {
                Some(pair) => {
                    let row = row(&pair);
                    let was_there = models[a].take(row);
                    unless(was_there, "what was popped was not there")
                }
                None => {
                    let is_empty = container.len() == 0;
                    unless(models[a].rows.is_empty() && is_empty, "nothing was popped")
                }
            },
            Code::Retain => {
                container.retain(Box::new(|key, _| {
                    fire(Point::Closure);
                    mask >> key.name & 1 == 1
                }));
                let names = self.names();
                let leaves = |row: Row| mask >> names[row.key] & 1 == 0;
                models[a].leave_if(RemovalCause::Removed, leaves);
                None
            }
            Code::Extract => {
                let pick = Box::new(|key: &Owner, _: &Owner| {
                    fire(Point::Closure);
                    mask >> key.name & 1 == 1
                });
                let mut extracted = Vec::new();
                for pair in container.extract(pick).take(usize::from(op.k % 8)) {
                    fire(Point::Closure);
                    extracted.push(pair);
                }
                let rows = rows(extracted);
                let names = self.names();
                let fit = rows.iter().all(|row| mask >> names[row.key] & 1 == 1);
                let all = models[a].take_all(&rows) && fit;
                let left = models[a].rows.iter().any(|row| mask >> names[row.key] & 1 == 1);
                let is_all = !left || rows.len() == usize::from(op.k % 8);
                unless(all && is_all, "what was extracted is not what was picked")
            }
            Code::Visit => {
                let mut seen = Vec::new();
                container.visit(&mut |key, value| {
                    fire(Point::Closure);
                    seen.push(Row { key: key.number, value: value.number });
                });
                differ("seen", &sorted(seen), &sorted(models[a].rows.clone()))
            }
            Code::VisitAndRemove => {
                // A value that the container owns cannot be taken from who looks at it.
                if owns_values::<C>() {
                    return None;
                }
                let mut removed = Vec::new();
                container.visit(&mut |key, _| {
                    fire(Point::Closure);
                    removed.extend(container.remove_pair(key).as_ref().map(row));
                });
                let were_there = models[a].take_all(&removed);
                unless(were_there && models[a].rows.is_empty(), "not all was removed")
            }
            Code::Drain => {
                let drained: Vec<_> = container.drain().collect();
                let were_there = models[a].take_all(&rows(drained));
                unless(were_there && models[a].rows.is_empty(), "not all was drained")
            }
            Code::Clear => {
                container.clear();
                models[a].leave_if(RemovalCause::Cleared, |_| true);
                let found = self.snapshot(&place);
                check_eq!(found, Some(Vec::new()), "what is there after a clear");
                None
            }
            Code::Dissolve => {
                self.set_place(a, Place::new(C::default()));
                // If an operation is in the middle of it, or an iterator is open, it only goes.
                let expected = mem::take(&mut models[a].rows);
                models[a].told.clear();
                let dissolved = match Rc::try_unwrap(place) {
                    Ok(place) => rows(place.container.dissolve()),
                    Err(_) => return None,
                };
                differ("dissolved", &dissolved, &sorted(expected))
            }
            Code::Copy => {
                let copy = container.clone();
                self.set_place(b, Place::new(copy));
                models[b] = Model::new(models[a].rows.clone());
                None
            }
            Code::Update | Code::OrAssign => {
                let two = self.place(b);
                if op.code == Code::Update {
                    let pairs = two.container.pairs();
                    place.put(if C::IS_SET { 0 } else { pairs.len() });
                    container.update(pairs);
                } else {
                    // The numbers of entries that were put there cannot be known from outside.
                    place.put_unknown();
                    container.or_assign(&two.container);
                }
                if C::IS_SET {
                    place.put_unknown();
                }
                let names = self.names();
                for row in models[b].rows.clone() {
                    models[a].insert(&names, row.key, row.value);
                }
                None
            }
            Code::Or => {
                let two = self.place(b);
                let both = container.or(&two.container);
                let names = self.names();
                let mut expected = Model::<C>::new(models[a].rows.clone());
                for row in &models[b].rows {
                    expected.insert(&names, row.key, row.value);
                }
                differ("both", &rows(both.pairs()), &sorted(expected.rows))
            }
            Code::Compare => {
                let two = self.place(b);
                let (one, two) = (container, &two.container);
                let names = self.names();
                let (first, second) = (&models[a], &models[b]);
                let found = (one.is_within(two), one.has_keys_within(two), one == two);
                let expected = (
                    first.is_within(second, &names),
                    first.has_keys_within(second, &names),
                    first.equals(second, &names),
                );
                let difference = differ("compared", &found, &expected);
                let compared = one.compared(two);
                let Some(compared) = compared else { return difference };
                let is_smaller = first.rows.len() < second.rows.len();
                let expected = (
                    first.is_disjoint(second, &names),
                    first.is_within(second, &names) && is_smaller,
                );
                difference.or_else(|| differ("compared", &compared, &expected))
            }
            Code::Combined => {
                let two = self.place(b);
                let how = how(op);
                let (elements, set) = container.combined(&two.container, how)?;
                let expected = sorted(models[a].combined(&models[b], &self.names(), how));
                let expected: Vec<_> = expected.into_iter().map(|row| row.key).collect();
                let elements = sorted(elements.into_iter().map(number).collect());
                let found: Vec<_> = rows(set.pairs()).into_iter().map(|row| row.key).collect();
                differ("combined", &(elements, found), &(expected.clone(), expected))
            }
            Code::Combine => {
                if !C::IS_SET {
                    return None;
                }
                let two = self.place(b);
                place.put_unknown();
                container.combine(&two.container, how(op));
                let other = models[b].rows.clone();
                models[a].combine(&other, &self.names(), how(op));
                None
            }
            Code::Reserve => {
                let more = usize::from(op.v) * 4;
                container.reserve(more);
                let enough = container.capacity() >= container.len();
                unless(enough, "the capacity is too small")
            }
            Code::TryReserve => {
                let too_much = container.try_reserve(usize::MAX);
                let some = container.try_reserve(usize::from(op.v));
                unless(some && !too_much, "room was refused, or too much was given")
            }
            Code::ShrinkTo => {
                if op.flag() {
                    container.shrink_to_fit();
                } else {
                    container.shrink_to(usize::from(op.v));
                }
                unless(container.capacity() >= container.len(), "the capacity is too small")
            }
            Code::Debug => {
                let text = container.debug();
                let named = text.matches("Item {").count();
                let each = if C::IS_SET { 1 } else { 2 };
                let locked = text.matches("<locked>").count();
                differ("written", &(named + locked), &(each * models[a].rows.len()))
            }
            Code::Refs => {
                let refs = container.refs();
                let living = refs.iter().filter_map(WeakRef::upgrade);
                let found = sorted(living.map(number).collect());
                let weak = |row: &Row| if C::WEAK_KEYS { row.key } else { row.value };
                let expected: Vec<_> = models[a].rows.iter().map(weak).collect();
                // In a map of two weak ones, a living key whose value has died may still be there.
                if C::WEAK_KEYS && C::WEAK_VALUES {
                    let listed = expected.iter().all(|number| found.contains(number));
                    return unless(listed, "a key is not listed");
                }
                differ("the references", &found, &sorted(expected))
            }
            Code::OpenExtract => {
                self.open(&place, Kind::Extract, mask);
                None
            }
            Code::OpenIter => {
                self.open(&place, Kind::Iter, mask);
                None
            }
            Code::OpenDrain => {
                self.open(&place, Kind::Drain, mask);
                models[a].leave_if(RemovalCause::Removed, |_| true);
                None
            }
            Code::StepOpen => {
                let mut open = Self::take_nth(&self.open, op.v)?;
                let next = open.pairs.next();
                let Open { place, kind, .. } = &open;
                let a = self.places.borrow().iter().position(|other| Rc::ptr_eq(other, place));
                let row = next.as_ref().map(row);
                let difference = match (row, a, kind) {
                    (Some(row), Some(a), Kind::Extract) => {
                        unless(models[a].take(row), "what was extracted was not there")
                    }
                    _ => None,
                };
                drop(next);
                self.open.borrow_mut().push(open);
                difference
            }
            Code::CloseOpen => {
                drop(Self::take_nth(&self.open, op.v));
                None
            }
            Code::ForgetOpen => {
                let open = Self::take_nth(&self.open, op.v)?;
                open.place.has_forgotten.set(true);
                self.forgotten.borrow_mut().push(open);
                None
            }
        }
    }

    /// What needs a key and a value.
    fn perform_pair(
        &self,
        op: Op,
        place: &Place<C>,
        model: &mut Model<C>,
        key: &Owner,
        value: &Owner,
    ) -> Difference {
        let container = &place.container;
        let names = self.names();
        let names = &names[..];
        let (k, v) = (key.number, value.number);
        let had = model.find(names, k).is_some();
        // Of a set, what is there stays.
        let mut puts = usize::from(!had || !C::IS_SET);
        let noise = self.noise.get();
        let (got, expected) = match op.code {
            Code::Insert => {
                let got = container.insert(key, value);
                if C::IS_SET {
                    puts = usize::from(got.is_none());
                }
                (got, model.insert(names, k, v))
            }
            Code::Replace => {
                puts = 1;
                (container.replace(key, value), model.replace(names, k, v))
            }
            Code::Change => {
                puts = 0;
                (container.change(key, value), model.change(names, k, v))
            }
            Code::EntryInsert => {
                let got = container.entry_insert(key, value);
                if C::IS_SET {
                    puts = usize::from(got.is_none());
                }
                (got, model.insert(names, k, v))
            }
            _ => {
                puts = usize::from(!had);
                let got = match op.code {
                    Code::OrInsert => container.or_insert(key, value),
                    Code::ModifyOrInsert => container.modify_or_insert(key, value),
                    _ => {
                        let make = || {
                            fire(Point::Factory);
                            Some(value.clone())
                        };
                        container.get_or_make(key, Box::new(make))
                    }
                };
                if op.code == Code::ModifyOrInsert && had {
                    model.change(names, k, v);
                    (got, model.find(names, k).map(|row| row.value))
                } else {
                    (got, model.or_insert(names, k, v))
                }
            }
        };
        let got = got.map(number);
        let is_plain = matches!(op.code, Code::Insert | Code::Replace | Code::Change);
        if self.noise.get() == noise || is_plain && !C::IS_SET {
            place.put(puts);
        } else {
            place.put_unknown();
        }
        differ("the value", &got, &expected)
    }

    /// Drops all owners, and checks that nothing is left.
    fn end(&self) {
        self.armed.borrow_mut().clear();
        while !self.keys.borrow().is_empty() {
            self.step(Op::first(Code::DropKey));
        }
        while !self.values.borrow().is_empty() {
            self.step(Op::first(Code::DropValue));
        }
        while !self.moved.borrow().is_empty() {
            self.step(Op::first(Code::DropMoved));
        }
        while !self.open.borrow().is_empty() {
            self.step(Op::first(Code::CloseOpen));
        }
        self.watches.take();
        // From here on, nothing is forgotten any more.
        let forgotten = self.forgotten.take();
        drop(forgotten);
        for place in &*self.places.borrow() {
            check_eq!(place.container.len(), 0, "the entries of dead objects");
        }
        let places = self.places.take();
        for place in &places {
            check_eq!(Rc::strong_count(place), 1, "the users of a container");
        }
        drop(places);
        let is_left = |object: &Object| object.weak.strong_count() > 0;
        check!(!self.objects.borrow().iter().any(is_left), "an object is kept");
    }
}

fn how(op: Op) -> How {
    match op.v % 4 {
        0 => How::Or,
        1 => How::And,
        2 => How::Without,
        _ => How::Xor,
    }
}

/// Whether an operation changes something by one search, or not at all.
fn is_single_search(code: Code) -> bool {
    matches!(
        code,
        Code::Insert | Code::InsertDoomed | Code::Replace | Code::Remove | Code::RemovePair
    )
}
