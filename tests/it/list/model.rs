//! Random programs, beside a `Vec`.

use weakref_core::{ListKey, WeakList, WeakRef, clear_weakrefs, weakref_count};
use weakref_tests::{Numbers, rounds};

use super::{Obj, Ptr, owner};

type Object = Obj<u32>;

/// What the list should be, and the objects.
#[derive(Default)]
struct Model {
    /// The elements that should be in the list: keys and names of objects.
    elements: Vec<(ListKey, u32)>,
    /// Keys of elements that have left.
    stale: Vec<ListKey>,
    objects: Vec<Ptr<Object>>,
    /// Objects that were moved out of their pointers.
    moved: Vec<Object>,
}

impl Model {
    fn leave(&mut self, leaves: impl Fn(&(ListKey, u32)) -> bool) {
        let gone = self.elements.extract_if(.., |element| leaves(element));
        self.stale.extend(gone.map(|(key, _)| key));
    }

    fn is_alive(&self, name: u32) -> bool {
        self.objects.iter().any(|object| ***object == name)
    }

    /// The elements that can be found.
    fn living(&self) -> Vec<u32> {
        let names = self.elements.iter().map(|&(_, name)| name);
        names.filter(|&name| self.is_alive(name)).collect()
    }

    fn pop(&mut self, at_front: bool) -> Option<u32> {
        while !self.elements.is_empty() {
            let at = if at_front { 0 } else { self.elements.len() - 1 };
            let (key, name) = self.elements.remove(at);
            self.stale.push(key);
            if self.is_alive(name) {
                return Some(name);
            }
        }
        None
    }

    #[track_caller]
    fn assert_same(&self, list: &WeakList<Object>) {
        assert_eq!(list.iter().map(|object| **object).collect::<Vec<_>>(), self.living());
        assert_eq!(list.len(), self.elements.len());
        assert_eq!(list.front().map(|object| **object), self.living().first().copied());
        assert_eq!(list.back().map(|object| **object), self.living().last().copied());
        for &(key, name) in &self.elements {
            let found = list.get(key).map(|object| **object);
            assert_eq!(found, Some(name).filter(|&name| self.is_alive(name)));
        }
        for &key in self.stale.iter().rev().take(20) {
            assert!(list.get(key).is_none());
        }
        for object in &self.objects {
            let times = self.elements.iter().filter(|(_, name)| *name == ***object).count();
            assert_eq!(list.contains(object), times != 0);
            assert_eq!(weakref_count(object), times, "registrations of {}", ***object);
        }
    }
}

/// Runs one random program.
fn play(seed: u64, steps: usize) {
    let mut chance = Numbers(seed);
    let list = WeakList::<Object>::new();
    let mut model = Model::default();
    let mut names = 0;
    for _ in 0..steps {
        if model.objects.len() < 2 || chance.below(6) == 0 {
            names += 1;
            model.objects.push(owner(names));
        }
        let object = model.objects[chance.below(model.objects.len())].clone();
        let name = **object;
        let at = chance.below(model.elements.len().max(1));
        let key = model.elements.get(at).map(|&(key, _)| key);
        match chance.below(16) {
            0..4 => model.elements.push((list.push(&object), name)),
            4 => model.elements.insert(0, (list.push_front(&object), name)),
            5 => {
                if let Some(key) = key {
                    let new = list.insert_before(key, &object).unwrap();
                    model.elements.insert(at, (new, name));
                }
            }
            6 => {
                if let Some(key) = key {
                    let new = list.insert_after(key, &object).unwrap();
                    model.elements.insert(at + 1, (new, name));
                }
            }
            7 => {
                if let Some(key) = key {
                    let expected = model.elements[at].1;
                    let removed = list.remove(key).map(|object| **object);
                    assert_eq!(removed, Some(expected).filter(|&it| model.is_alive(it)));
                    model.leave(|element| element.0 == key);
                }
            }
            8 => {
                let times = list.remove_object(&object);
                let before = model.elements.len();
                model.leave(|element| element.1 == name);
                assert_eq!(times, before - model.elements.len());
            }
            9 => {
                let at_front = chance.below(2) == 0;
                let popped = if at_front { list.pop_front() } else { list.pop_back() };
                assert_eq!(popped.map(|object| **object), model.pop(at_front));
            }
            10 => {
                drop(object);
                model.objects.retain(|object| ***object != name);
                model.leave(|element| element.1 == name);
            }
            11 => {
                drop(object);
                let at = model.objects.iter().position(|object| ***object == name).unwrap();
                let object = model.objects.swap_remove(at);
                model.moved.push(Ptr::try_unwrap(object).unwrap());
            }
            12 => {
                if !model.moved.is_empty() {
                    let moved = model.moved.swap_remove(chance.below(model.moved.len()));
                    model.leave(|element| element.1 == *moved);
                }
            }
            13 => {
                let divisor = 2 + u32::try_from(chance.below(3)).unwrap();
                let mut shown = Vec::new();
                list.retain(|object| {
                    shown.push(***object);
                    ***object % divisor != 0
                });
                assert_eq!(shown, model.living());
                let alive: Vec<_> = model.living();
                model.leave(|(_, name)| name % divisor == 0 || !alive.contains(name));
            }
            14 => {
                clear_weakrefs(&object);
                model.leave(|element| element.1 == name);
            }
            _ => {
                if chance.below(8) == 0 {
                    list.clear();
                    model.leave(|_| true);
                } else if let Some(&stale) = model.stale.last() {
                    assert!(list.insert_after(stale, &object).is_none());
                    assert!(list.remove(stale).is_none());
                }
            }
        }
        model.assert_same(&list);
    }
    let rest = model.objects.first().map(WeakRef::new);
    if seed.is_multiple_of(2) {
        drop(model);
        assert!(list.is_empty() && rest.is_none_or(|weak| weak.is_dead()));
    } else {
        drop(list);
        assert!(model.objects[1..].iter().all(|object| weakref_count(object) == 0));
    }
}

#[test]
fn random_programs() {
    for seed in 1..=rounds(60_u64) {
        play(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), 120);
    }
}

#[test]
fn a_long_random_program() {
    play(0x0123_4567_89AB_CDEF, rounds(3_000_usize).max(150));
}
