//! Interning: the words of a text, each kept once while somebody uses it.

use std::{hint::black_box, sync::Arc};

use internment::ArcIntern;
use lasso::{Spur, ThreadedRodeo};
use weakref_core::{Slotted, WeakSet};

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
    together::together,
};

/// Source code and documentation of this repository.
const TEXTS: [&str; 6] = [
    include_str!("../../CHANGELOG.md"),
    include_str!("../../weakref-core/ARCHITECTURE.md"),
    include_str!("../../weakref-core/src/container/shards.rs"),
    include_str!("../../weakref-core/src/container/table.rs"),
    include_str!("../../weakref-core/src/slot.rs"),
    include_str!("../../weakref-core/src/set/single_flight.rs"),
];

/// An interner for several threads.
trait Interner: Sync {
    /// An interned word.
    type Word: Send;

    fn new() -> Self;
    fn intern(&self, word: &str) -> Self::Word;
}

/// Ours. A word is freed with its last owner.
impl Interner for WeakSet<Slotted<str>> {
    type Word = Arc<Slotted<str>>;

    fn new() -> Self {
        Self::new()
    }

    fn intern(&self, word: &str) -> Self::Word {
        self.get_or_insert_with(word, Slotted::<str>::alloc)
    }
}

/// internment's, which frees words as well. It is one for the whole program.
#[derive(Debug)]
struct Internment;

impl Interner for Internment {
    type Word = ArcIntern<str>;

    fn new() -> Self {
        Self
    }

    fn intern(&self, word: &str) -> Self::Word {
        ArcIntern::from(word)
    }
}

/// lasso's, which keeps all words until it is dropped.
impl Interner for ThreadedRodeo {
    type Word = Spur;

    fn new() -> Self {
        Self::new()
    }

    fn intern(&self, word: &str) -> Spur {
        self.get_or_intern(word)
    }
}

/// Returns the words of the texts in their order, at most so many.
pub(crate) fn words(most: usize) -> Vec<&'static str> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words = TEXTS.iter().flat_map(|text| text.split(move |letter| !is_part(letter)));
    words.filter(|word| !word.is_empty()).take(most).collect()
}

fn all<I: Interner>(interner: &I, words: &[&str]) -> Vec<I::Word> {
    words.iter().map(|word| interner.intern(word)).collect()
}

/// What [`alone`] measures.
const FIGURES: [&str; 3] = ["new", "hit", "drop"];

/// Interns a text, then once more while the words are kept; then drops the words.
fn alone<I: Interner>(most: usize) -> impl FnMut() -> Vec<f64> {
    let words = words(most);
    let count = u32::try_from(words.len()).expect("a short text");
    move || {
        let interner = I::new();
        let mut clocks: [Clock; FIGURES.len()] = Default::default();
        let kept = clocks[0].time(count, || all(&interner, &words));
        drop(clocks[1].time(count, || black_box(all(&interner, &words))));
        clocks[2].time(count, || drop(kept));
        clocks.iter().map(Clock::figure).collect()
    }
}

/// Two threads intern a text whose words are kept by a third one.
fn in_two_threads<I: Interner>(most: usize) -> impl FnMut() -> Vec<f64> {
    let words = words(most);
    let count = u32::try_from(words.len()).expect("a short text");
    move || {
        let interner = I::new();
        let kept = all(&interner, &words);
        let mut clock = Clock::default();
        together(2, &mut clock, 2 * count, |_| drop(black_box(all(&interner, &words))));
        drop(kept);
        vec![clock.figure()]
    }
}

/// The groups: one thread, and two.
pub fn groups(options: &Options) -> [Group; 2] {
    let most = if options.test { 64 } else { usize::MAX };
    let group = |names: Vec<String>, cases: [Case; 3]| Group {
        names,
        cases: cases.into(),
        turns: options.times(4),
        warm_up: true,
        runs: None,
    };
    [
        group(
            FIGURES.map(|figure| format!("words/1 thread/{figure}")).into(),
            [
                Case::new("ours", alone::<WeakSet<Slotted<str>>>(most)),
                Case::new("internment", alone::<Internment>(most)),
                Case::new("lasso", alone::<ThreadedRodeo>(most)),
            ],
        ),
        group(
            vec!["words/2 threads/hit".into()],
            [
                Case::new("ours", in_two_threads::<WeakSet<Slotted<str>>>(most)),
                Case::new("internment", in_two_threads::<Internment>(most)),
                Case::new("lasso", in_two_threads::<ThreadedRodeo>(most)),
            ],
        ),
    ]
}
