//! `WeakSet` as an interner, used by many threads.

use std::sync::{
    Barrier,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use super::*;

const THREADS: usize = 6;

#[test]
fn b373_all_threads_get_one_object_of_a_word() {
    without_deadlock(|| {
        // With a hash for each word, and with one for all.
        all_get_one_object::<RandomState>();
        all_get_one_object::<AllAlike>();
    });
}

fn all_get_one_object<S>()
where
    S: std::hash::BuildHasher + Default + Sync,
{
    let words = WeakSet::<Word, S>::with_hasher(S::default());
    for round in 0..30 {
        let texts: Vec<_> = (0..10).map(|number| format!("{round} {number}")).collect();
        let (made, barrier) = (AtomicUsize::new(0), Barrier::new(THREADS));
        let got: Vec<Vec<Arc<Word>>> = thread::scope(|scope| {
            let ask = || {
                barrier.wait();
                let intern = |text: &String| {
                    words.get_or_insert_with(text.as_str(), |text| {
                        made.fetch_add(1, Ordering::Relaxed);
                        thread::yield_now();
                        word(text)
                    })
                };
                texts.iter().map(intern).collect()
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        // All keep theirs to the end, so that nobody had reason to make another.
        assert_eq!((made.load(Ordering::Relaxed), words.len()), (10, 10));
        for mine in &got {
            assert!(mine.iter().zip(&got[0]).all(|(one, other)| Arc::ptr_eq(one, other)));
            assert!(mine.iter().zip(&texts).all(|(word, text)| ***word == **text));
        }
        assert!(got[0].iter().all(|word| weakref_count(word) == 1));
        drop(got);
        assert!(words.is_empty());
    }
}

#[test]
fn words_that_come_and_go() {
    without_deadlock(|| {
        let words = WeakSet::<Word>::new();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for round in 0..2000_u32 {
                        let text = (round % 7).to_string();
                        let found = words.get_or_insert_with(text.as_str(), word);
                        assert_eq!(**found, text);
                        if round % 5 == 0 {
                            words.remove(text.as_str());
                        }
                    }
                });
            }
        });
        assert_eq!((words.len(), words.iter().len()), (0, 0));
    });
}

#[test]
fn if_the_factory_fails_the_next_one_tries() {
    without_deadlock(|| {
        for panics in [false, true] {
            let words = WeakSet::<Word>::new();
            let (tries, barrier) = (AtomicUsize::new(0), Barrier::new(THREADS));
            let results: Vec<_> = thread::scope(|scope| {
                let ask = || {
                    barrier.wait();
                    words.get_or_try_insert_with("word", |text| {
                        let number = tries.fetch_add(1, Ordering::Relaxed);
                        thread::yield_now();
                        match number + 2 < THREADS {
                            true if panics => panic!("oops"),
                            true => Err(number),
                            false => Ok(word(text)),
                        }
                    })
                };
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
                threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
            });
            let made: Vec<_> = results.iter().flatten().flatten().collect();
            assert_eq!((made.len(), tries.load(Ordering::Relaxed)), (2, THREADS - 1));
            assert!(Arc::ptr_eq(made[0], made[1]));
        }
    });
}

#[test]
fn who_waits_gets_the_very_object_even_if_the_maker_drops_it_at_once() {
    without_deadlock(|| {
        let words = WeakSet::<Word>::new();
        let mut in_time = 0;
        for _ in 0..20 {
            let asked = Barrier::new(2);
            thread::scope(|scope| {
                scope.spawn(|| {
                    drop(words.get_or_insert_with("word", |text| {
                        asked.wait();
                        thread::sleep(std::time::Duration::from_millis(5));
                        word(text)
                    }));
                });
                asked.wait();
                // On a busy machine this can come too late, when the first has made and dropped it.
                let mut late = false;
                let made = words.get_or_insert_with("word", |text| {
                    late = true;
                    word(text)
                });
                assert_eq!(**made, "word");
                in_time += usize::from(!late);
            });
            assert!(words.is_empty());
        }
        assert!(in_time > 0, "it is never the object of the first");
    });
}

#[test]
fn factories_that_wait_for_each_other_panic() {
    without_deadlock(|| {
        let words = WeakSet::<Word>::new();
        let inside = Barrier::new(2);
        let ask = |mine: &str, other: &str| {
            caught(|| {
                words.get_or_insert_with(mine, |text| {
                    inside.wait();
                    drop(words.get_or_insert_with(other, word));
                    word(text)
                })
            })
        };
        let results = thread::scope(|scope| {
            let other = scope.spawn(|| ask("a", "b").map(drop));
            [ask("b", "a").map(drop), other.join().unwrap()]
        });
        let refused: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
        assert!(!refused.is_empty());
        assert!(refused.iter().all(|message| message.contains(CIRCLE)));
        assert!(words.is_empty());
    });
}

#[test]
fn a_death_does_not_wait_for_a_search() {
    without_deadlock(|| {
        let words = Arc::new(WeakSet::<Slotted<Key>, AllAlike>::default());
        let owners: Vec<_> = (0..3).map(|number| Arc::new(Slotted::new(Key(number)))).collect();
        words.update(owners.iter().cloned());
        let mut owners = owners;
        let doomed = owners.pop().unwrap();
        let (entered, inside) = mpsc::channel();
        let (leave, left) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let words = &words;
            scope.spawn(move || {
                let _until = once(Call::KeyEq, move |_| {
                    entered.send(()).unwrap();
                    left.recv().unwrap();
                });
                assert!(!words.contains(&Key(100)));
            });
            inside.recv().unwrap();
            drop(doomed);
            leave.send(()).unwrap();
        });
        assert_eq!(words.len(), 2);
        let _until = on(Call::KeyHash, |_| ());
        assert!(words.contains(&*owners[0]) && !words.contains(&Key(2)));
    });
}
