//! Operations on containers and on their models side by side.

use std::mem;

use weakref_core::{RemovalCause, WeakRef, clear_weakrefs, clear_weakrefs_silently, weakref_count};

use super::{
    super::{
        Ptr,
        harness::{Container, Item, Owner, Pair, owns_values},
    },
    expected::{Expected, Row},
    operation::{CONTAINERS, Operation},
};

/// The removals that a container has told its listener.
type Log = weakref_tests::Log<(WeakRef<Item>, RemovalCause)>;

fn listen<C: Container>(container: &C, log: &Log) {
    let log = log.clone();
    container.on_removal(move |key, cause| log.put((key.clone(), cause)));
}

/// The containers, their models, and the owners of all objects that are not in a container alone.
pub(super) struct World<C> {
    pub(super) containers: Vec<C>,
    logs: Vec<Log>,
    models: Vec<Expected<C>>,
    pub(super) keys: Vec<Owner>,
    pub(super) values: Vec<Owner>,
    /// Of all objects that there have been, by their numbers.
    names: Vec<u32>,
    /// Of those whose owner here is gone, to know them again.
    pub(super) dropped: Vec<(usize, WeakRef<Item>)>,
}

// It maps options, which give what they have.
#[allow(clippy::needless_pass_by_value)]
fn number(owner: Owner) -> usize {
    owner.number
}

fn row((key, value): Pair) -> Row {
    Row { key: key.number, value: value.number }
}

fn rows(pairs: Vec<Pair>) -> Vec<Row> {
    sorted(pairs.into_iter().map(row).collect())
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all
}

impl<C: Container> World<C> {
    pub(super) fn new() -> Self {
        let mut world = Self {
            containers: (0..CONTAINERS).map(|_| C::default()).collect(),
            logs: (0..CONTAINERS).map(|_| Log::default()).collect(),
            models: (0..CONTAINERS).map(|_| Expected::new(Vec::new())).collect(),
            keys: Vec::new(),
            values: Vec::new(),
            // So that no object is number 0.
            names: vec![0],
            dropped: Vec::new(),
        };
        for (container, log) in world.containers.iter().zip(&world.logs) {
            listen(container, log);
        }
        for number in 0..4 {
            let key = world.make(number / 2);
            world.keys.push(key);
            let value = world.make(number);
            world.values.push(value);
        }
        world
    }

    fn make(&mut self, name: u8) -> Owner {
        let name = name.into();
        self.names.push(name);
        Ptr::new(Item::new(name, self.names.len() - 1))
    }

    pub(super) fn forget(&mut self, owner: &Owner) {
        self.dropped.push((owner.number, WeakRef::new(owner)));
    }

    fn key(&self, which: usize) -> Option<Owner> {
        Some(self.keys[which.checked_rem(self.keys.len())?].clone())
    }

    fn pick(&self, key: usize, value: usize) -> Option<Pair> {
        let value = value.checked_rem(self.values.len())?;
        Some((self.key(key)?, self.values[value].clone()))
    }

    /// Takes those rows out whose objects have died.
    pub(super) fn remove_dropped(&mut self) {
        let owns = |owners: &[Owner], number| owners.iter().any(|owner| owner.number == number);
        for model in &mut self.models {
            let (keys, values) = (&self.keys, &self.values);
            model.remove_if(RemovalCause::Died, |row| {
                C::WEAK_KEYS && !owns(keys, row.key) || C::WEAK_VALUES && !owns(values, row.value)
            });
        }
    }

    pub(super) fn apply(&mut self, operation: Operation) {
        use Operation::*;
        match operation {
            MakeKey(name) => {
                let key = self.make(name);
                self.keys.push(key);
            }
            MakeValue(name) => {
                let value = self.make(name);
                self.values.push(value);
            }
            DropKey(key) => {
                if let Some(at) = key.checked_rem(self.keys.len()) {
                    let key = self.keys.swap_remove(at);
                    self.forget(&key);
                }
            }
            DropValue(value) => {
                if let Some(at) = value.checked_rem(self.values.len()) {
                    let value = self.values.swap_remove(at);
                    self.forget(&value);
                }
            }
            ClearWeakrefs(a_key, number, silently) => {
                let Some((key, value)) = self.pick(number, number) else { return };
                let clear = if silently { clear_weakrefs_silently } else { clear_weakrefs };
                clear(if a_key { &key } else { &value });
                for model in &mut self.models {
                    model.remove_if(RemovalCause::Died, |row| {
                        if a_key {
                            C::WEAK_KEYS && row.key == key.number
                        } else {
                            C::WEAK_VALUES && row.value == value.number
                        }
                    });
                }
            }
            InsertDoomed(a, name, value) => {
                let key = self.make(name);
                self.forget(&key);
                if let Some((_, value)) = self.pick(0, value) {
                    let old = self.containers[a].insert(&key, &value).map(number);
                    let model = &mut self.models[a];
                    assert_eq!(old, model.insert(&self.names, key.number, value.number));
                }
            }
            Extract(a, mask, taken, key, goes_on) => self.extract(a, mask, taken, key, goes_on),
            other => self.apply_to_pair(&other),
        }
        self.remove_dropped();
    }

    /// What needs a key and a value.
    fn apply_to_pair(&mut self, operation: &Operation) {
        use Operation::*;
        let &(Insert(a, k, v)
        | Replace(a, k, v)
        | Change(a, k, v)
        | OrInsert(a, k, v)
        | ModifyOrInsert(a, k, v)
        | EntryInsert(a, k, v)
        | GetOrMake(a, k, v)) = operation
        else {
            return self.apply_to_key(operation);
        };
        let Some((key, value)) = self.pick(k, v) else { return };
        let (container, model) = (&self.containers[a], &mut self.models[a]);
        let (names, k, v) = (&self.names, key.number, value.number);
        let (got, expected) = match operation {
            Insert(..) => (container.insert(&key, &value), model.insert(names, k, v)),
            Replace(..) => (container.replace(&key, &value), model.replace(names, k, v)),
            Change(..) => (container.change(&key, &value), model.change(names, k, v)),
            OrInsert(..) => (container.or_insert(&key, &value), Some(model.or_insert(names, k, v))),
            GetOrMake(..) => {
                let made = if C::IS_SET { &key } else { &value };
                let got = container.get_or_make(&key, || made.clone());
                (Some(got), Some(model.or_insert(names, k, v)))
            }
            ModifyOrInsert(..) => {
                let expected = match model.change(names, k, v) {
                    Some(_) => model.find(names, k).map(|row| row.value),
                    None => Some(model.or_insert(names, k, v)),
                };
                (container.modify_or_insert(&key, &value), expected)
            }
            _ => (container.entry_insert(&key, &value), model.insert(names, k, v)),
        };
        assert_eq!(got.map(number), expected);
    }

    /// What needs a key.
    fn apply_to_key(&mut self, operation: &Operation) {
        use Operation::*;
        let &(Remove(a, k) | RemovePair(a, k) | EntryRemove(a, k) | FailToMake(a, k)) = operation
        else {
            return self.apply_to_one(operation);
        };
        let Some(key) = self.key(k) else { return };
        let (container, model, names) = (&self.containers[a], &mut self.models[a], &self.names);
        match operation {
            RemovePair(..) => {
                let removed = container.remove_pair(&key).map(row);
                assert_eq!(removed, model.remove(names, key.number));
            }
            FailToMake(..) => {
                let got = container.get_or_try_make(&key, || Err(())).ok().map(number);
                assert_eq!(got, model.find(names, key.number).map(|row| row.value));
            }
            _ => {
                let removed = match operation {
                    Remove(..) => container.remove(&key),
                    _ => container.entry_remove(&key),
                };
                let expected = model.remove(names, key.number).map(|row| row.value);
                assert_eq!(removed.map(number), expected);
            }
        }
    }

    /// What one container does alone.
    fn apply_to_one(&mut self, operation: &Operation) {
        use Operation::*;
        let &(Pop(a) | Retain(a, _) | VisitAndRemove(a) | Drain(a) | Clear(a) | IntoPairs(a)) =
            operation
        else {
            return self.apply_to_two(operation);
        };
        let (container, model, names) = (&mut self.containers[a], &mut self.models[a], &self.names);
        match *operation {
            Pop(_) => match container.pop().map(row) {
                Some(row) => model.take(row),
                None => assert!(model.rows.is_empty()),
            },
            Retain(_, mask) => {
                container.retain(Box::new(|key, _| mask >> key.name() & 1 == 1));
                let is_removed = |row: Row| mask >> names[row.key] & 1 == 0;
                model.remove_if(RemovalCause::Removed, is_removed);
            }
            VisitAndRemove(_) => {
                let mut seen = Vec::new();
                container.visit(&mut |key, value| {
                    seen.push(Row { key: key.number, value: value.number });
                    // A value that the container owns cannot be taken from who looks at it.
                    assert!(owns_values::<C>() || container.remove_pair(key).is_some());
                });
                if owns_values::<C>() {
                    assert_eq!(sorted(seen), sorted(model.rows.clone()));
                } else {
                    model.take_all(seen);
                }
            }
            Clear(_) => {
                container.clear();
                model.remove_if(RemovalCause::Cleared, |_| true);
            }
            Drain(_) => {
                model.take_all(rows(container.drain()));
                assert!(model.rows.is_empty());
            }
            _ => {
                model.take_all(rows(mem::take(container).into_pairs()));
                assert!(model.rows.is_empty());
                listen(container, &self.logs[a]);
            }
        }
    }

    /// What two containers do, or one and itself.
    fn apply_to_two(&mut self, operation: &Operation) {
        use Operation::*;
        let (names, models) = (&self.names, &mut self.models);
        match *operation {
            Copy(a, b) => {
                let copy = self.containers[a].clone();
                listen(&copy, &self.logs[b]);
                self.containers[b] = copy;
                models[b] = Expected::new(models[a].rows.clone());
            }
            Update(a, b) | OrAssign(a, b) => {
                let (one, two) = (&self.containers[a], &self.containers[b]);
                match operation {
                    Update(..) => one.update(two.pairs()),
                    _ => one.or_assign(two),
                }
                for row in models[b].rows.clone() {
                    models[a].insert(names, row.key, row.value);
                }
            }
            Or(a, b) => {
                let both = self.containers[a].or(&self.containers[b]);
                let mut expected = Expected::<C>::new(models[a].rows.clone());
                for row in &models[b].rows {
                    expected.insert(names, row.key, row.value);
                }
                assert_eq!(rows(both.pairs()), sorted(expected.rows));
            }
            Compare(a, b) => {
                let (one, two) = (&self.containers[a], &self.containers[b]);
                let (first, second) = (&models[a], &models[b]);
                assert_eq!(one.is_within(two), first.is_within(second, names));
                assert_eq!(one.has_keys_within(two), first.has_keys_within(second, names));
                assert_eq!(one == two, first.equals(second, names));
                if let Some([is_disjoint, is_proper, contains]) = one.compared(two) {
                    assert_eq!(is_proper, contains);
                    assert_eq!(is_disjoint, first.is_disjoint(second, names));
                    let is_smaller = first.rows.len() < second.rows.len();
                    assert_eq!(is_proper, first.is_within(second, names) && is_smaller);
                }
            }
            Combined(a, b, with) => {
                let combined = self.containers[a].combined(&self.containers[b], with);
                let Some((elements, set)) = combined else { return };
                let expected = sorted(models[a].combined(&models[b], names, with));
                let expected: Vec<_> = expected.into_iter().map(|row| row.key).collect();
                let found: Vec<_> = rows(set.pairs()).into_iter().map(|row| row.key).collect();
                assert_eq!(found, expected);
                assert_eq!(sorted(elements.into_iter().map(number).collect()), expected);
            }
            Combine(a, b, with) if C::IS_SET => {
                self.containers[a].combine(&self.containers[b], with);
                let other = models[b].rows.clone();
                models[a].combine(&other, names, with);
            }
            Combine(..) => {}
            ref other => unreachable!("{other:?}"),
        }
    }

    fn extract(&mut self, a: usize, mask: u8, taken: usize, key: usize, goes_on: bool) {
        let names = &self.names;
        let mut extracted = Vec::new();
        {
            let pick = Box::new(|key: &Owner, _: &Owner| mask >> key.name() & 1 == 1);
            let mut picked = self.containers[a].extract(pick);
            extracted.extend(picked.by_ref().take(taken));
            if let Some(at) = key.checked_rem(self.keys.len()) {
                let key = self.keys.swap_remove(at);
                self.dropped.push((key.number, WeakRef::new(&key)));
            }
            if goes_on {
                extracted.extend(picked);
            }
        }
        for row in rows(extracted) {
            assert_eq!(mask >> names[row.key] & 1, 1);
            self.models[a].take(row);
        }
        self.remove_dropped();
        if goes_on {
            let left = |row: &Row| mask >> self.names[row.key] & 1 == 0;
            assert!(self.models[a].rows.iter().all(left));
        }
    }

    /// What is known of a key that was told to a listener: of an owned one, which it equals.
    fn told(&self, key: usize) -> usize {
        if C::WEAK_KEYS { key } else { self.names[key] as usize }
    }

    fn recognize(&self, weak: &WeakRef<Item>) -> usize {
        if let Some(owner) = weak.upgrade() {
            return owner.number;
        }
        let it = self.dropped.iter().find(|(_, other)| other.is_same_reference(weak));
        it.expect("the key was given up before").0
    }

    pub(super) fn compare(&mut self) {
        for a in 0..CONTAINERS {
            let told = self.logs[a].take();
            let told = told.iter().map(|(key, cause)| (self.recognize(key), *cause));
            let told: Vec<_> = told.map(|(key, cause)| (self.told(key), cause as u8)).collect();
            let expected = mem::take(&mut self.models[a].removals);
            let expected = expected.iter().map(|(key, cause)| (self.told(*key), *cause as u8));
            assert_eq!(sorted(told), sorted(expected.collect()), "removals");

            let (container, model) = (&self.containers[a], &self.models[a]);
            assert_eq!(rows(container.pairs()), sorted(model.rows.clone()));
            assert_eq!(container.len(), model.rows.len());
            assert_eq!(container.is_empty(), model.rows.is_empty());
            for key in &self.keys {
                let expected = model.find(&self.names, key.number);
                assert_eq!(container.get_pair(key).map(row), expected);
                assert_eq!(container.get(key).map(number), expected.map(|row| row.value));
                assert_eq!(container.contains(key), expected.is_some());
            }
        }
        let all = || self.models.iter().flat_map(|model| &model.rows);
        for key in self.keys.iter().filter(|_| C::WEAK_KEYS) {
            let entries = all().filter(|row| row.key == key.number).count();
            assert_eq!(weakref_count(key), entries, "the registrations of {key:?}");
        }
        for value in self.values.iter().filter(|_| C::WEAK_VALUES) {
            let entries = all().filter(|row| row.value == value.number).count();
            assert_eq!(weakref_count(value), entries, "the registrations of {value:?}");
        }
    }
}
