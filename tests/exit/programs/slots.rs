//! Slots that are not what they should be.

use std::{
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use weakref_core::{PtrWeakWeakMap, Shared, Slotted, WeakSlot, Weakrefable};

use super::{say, shared};

super::programs! {
    a_slot_that_panics_at_a_death a_slot_that_panics_in_an_insertion
}

#[derive(Default)]
struct Moody {
    slot: WeakSlot,
    panics: AtomicBool,
}

impl Weakrefable for Moody {
    type Flavor = Shared;

    fn weak_slot(&self) -> &WeakSlot {
        assert!(!self.panics.load(Ordering::Relaxed), "not now");
        &self.slot
    }
}

fn map_of(moody: &Arc<Moody>) -> (PtrWeakWeakMap<Slotted<u32>, Moody>, Arc<Slotted<u32>>) {
    let (map, key) = (PtrWeakWeakMap::new(), shared(1));
    map.insert(&key, moody);
    moody.panics.store(true, Ordering::Relaxed);
    say("inserted");
    (map, key)
}

fn a_slot_that_panics_at_a_death() {
    let moody = Arc::new(Moody::default());
    let (map, key) = map_of(&moody);
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| drop(key)));
    say("the map waits for ever now");
    say(map.len());
}

fn a_slot_that_panics_in_an_insertion() {
    let moody = Arc::new(Moody::default());
    let (map, key) = map_of(&moody);
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| map.insert(&key, &moody)));
    say("what is in the map now?");
    say(map.len());
}
