//! Containers that outgrow one shard while several threads use them.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicUsize, Ordering},
};

use weakref_core::{Slotted, WeakValueMap, weakref_count};
use weakref_tests::rounds;

use super::{
    Usable,
    harness::{Container, Sharded, weak_half},
    in_threads,
};

for_kinds! {
    all:
    a_container_grows_beside_deaths
    any_number_of_shards_works
}

const THREADS: u32 = 4;
/// So many for each thread that any machine's containers are split.
const OBJECTS: u32 = 1200;

/// Several threads insert at once; half of what they insert dies at once. The listener uses the
/// container, which so must not be locked by the thread that splits it.
fn a_container_grows_beside_deaths<C: Container + Usable>() {
    for _ in 0..rounds(20) {
        let container = Arc::new(C::default());
        let (used, heard) = (Arc::downgrade(&container), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&heard);
        container.on_removal(move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
            if let Some(container) = Weak::upgrade(&used) {
                assert!(container.len() <= (THREADS * OBJECTS) as usize);
            }
        });
        let insert = |thread: u32| {
            let mut kept = Vec::new();
            for name in (thread * OBJECTS)..(thread + 1) * OBJECTS {
                let pair = C::pair(name);
                container.insert(&pair.0, &pair.1);
                assert!(container.contains(&pair.0));
                if name % 2 == 0 {
                    kept.push(pair);
                }
            }
            kept
        };
        let kept: Vec<_> = in_threads(THREADS, insert).into_iter().flatten().collect();
        let half = (THREADS * OBJECTS / 2) as usize;
        assert_eq!((kept.len(), heard.load(Ordering::Relaxed)), (half, half));
        assert_eq!((container.len(), visited(&*container)), (half, half));
        assert!(kept.iter().all(|pair| container.contains(&pair.0)));
        assert!(kept.iter().all(|pair| weakref_count(weak_half::<C>(pair)) == 1));
        drop(kept);
        assert_eq!((container.len(), visited(&*container)), (0, 0));
        assert_eq!(heard.load(Ordering::Relaxed), 2 * half);
    }
}

/// Returns how many entries a visit shows.
fn visited<C: Container>(container: &C) -> usize {
    let mut count = 0;
    container.visit(&mut |_, _| count += 1);
    count
}

fn any_number_of_shards_works<C: Sharded + Usable>() {
    for shards in [0, 1, 2, 3, 16, usize::MAX] {
        let container = C::with_shards(shards);
        let pairs = C::new_pairs(OBJECTS);
        in_threads(2, |half| {
            for (key, value) in &pairs[(half * OBJECTS / 2) as usize..][..OBJECTS as usize / 2] {
                assert!(container.insert(key, value).is_none());
            }
        });
        let found = |pair: &(_, _)| {
            container.get(&pair.0).is_some_and(|found| Arc::ptr_eq(&found, &pair.1))
        };
        assert!(pairs.iter().all(found));
        let copy = container.clone();
        assert_eq!((container.len(), copy.len()), (pairs.len(), pairs.len()));
        container.clear();
        assert_eq!((container.len(), copy.len()), (0, pairs.len()));
        assert_eq!(copy.drain().len(), pairs.len());
        drop(pairs);
        assert!(container.is_empty() && copy.is_empty());
    }
}

#[test]
fn a_map_that_is_visited_grows_when_the_visit_has_ended() {
    let map = WeakValueMap::new();
    let objects: Vec<_> = (0..OBJECTS).map(|number| Arc::new(Slotted::new(number))).collect();
    map.insert(u32::MAX, &objects[0]);
    let mut seen = 0;
    map.for_each(|key, _| {
        assert_eq!(*key, u32::MAX);
        // More than there is room for, several times over.
        objects.iter().enumerate().for_each(|(number, object)| {
            map.insert(u32::try_from(number).unwrap(), object);
        });
        assert_eq!(map.len(), objects.len() + 1);
        assert!(map.remove(key).is_some() && !map.contains_key(key));
        // Another one under an equal key, while the first is still shown.
        map.insert(*key, &objects[1]);
        seen += 1;
    });
    assert_eq!((seen, map.len()), (1, objects.len() + 1));
    assert!(Arc::ptr_eq(&map.get(&u32::MAX).unwrap(), &objects[1]));
    drop(objects);
    assert!(map.is_empty());
}
