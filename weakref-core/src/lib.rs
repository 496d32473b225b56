//! Python's `weakref` over std's `Rc` and `Arc`: callbacks and finalizers at an object's death,
//! proxies, and maps and sets whose entries leave with the objects they name.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{WeakRef, WeakValueMap, new, weakrefable};
//!
//! #[weakrefable]
//! struct Image {
//!     name: String,
//! }
//!
//! let images = WeakValueMap::new();
//! let cat = Arc::new(new!(Image { name: "cat".into() }));
//! images.insert("cat.png", &cat);
//! let _watch = WeakRef::with_callback(&cat, |_| println!("the cat has gone"));
//!
//! assert_eq!(images.get("cat.png").unwrap().name, "cat");
//! drop(cat); // prints "the cat has gone", and the entry leaves
//! assert!(images.is_empty());
//! ```
//!
//! # The idea
//!
//! Owners are `Rc<T>` and `Arc<T>`, and stay what they are. What a std `Weak` lacks is somebody who
//! tells when the object dies: here the object does. It carries a [`WeakSlot`], as a Python object
//! carries `__weakref__`, in which those who want to know are registered; when it is dropped, it
//! tells them.
//!
//! The type says once, by its slot, which pointer its values live in: [`Shared`] for `Arc` (the
//! default), [`Local`] for `Rc`. So there is one [`WeakRef<T>`](WeakRef) and one
//! [`WeakValueMap<K, V>`](WeakValueMap), and each deals in the pointer that `T` has chosen. In
//! `Shared`, all of them are `Send` and `Sync` if what they refer to is.
//!
//! # How a type gets its slot
//!
//! | | the slot | values are made with |
//! |---|---|---|
//! | [`#[weakrefable]`](macro@weakrefable) on a struct | is hidden | [`new!`] around an ordinary literal, or `Default` |
//! | [`#[derive(Weakrefable)]`](macro@Weakrefable) | is a field of type [`WeakSlot`] | a literal, with [`WeakSlot::new()`](WeakSlot::new) for the field |
//! | [`Slotted<T>`](Slotted) | stands beside the value | [`Slotted::new(value)`](Slotted::new) |
//!
//! `Slotted` is for enums, for types of other crates, for closures, for a `Mutex` or `RefCell` around
//! a state. The slot is neutral in all derives: a clone's is empty, it equals any other, it hashes to
//! nothing, serde passes over it.
//!
//! # A tour
//!
//! A [`WeakRef`] gives an owner as long as there is one. Without a callback it is a std `Weak`.
//!
//! ```
//! use std::rc::Rc;
//! use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable, weakref_count};
//!
//! #[derive(Weakrefable)]
//! struct Node {
//!     name: String,
//!     slot: WeakSlot<Local>,
//! }
//!
//! let node = Rc::new(Node { name: "root".into(), slot: WeakSlot::new() });
//! let weak = WeakRef::new(&node);
//! assert!(Rc::ptr_eq(&weak.upgrade().unwrap(), &node));
//! assert_eq!(weak.with(|node| node.name.len()), Some(4));
//! assert_eq!(weakref_count(&node), 1);
//! drop(node);
//! assert!(weak.is_dead());
//! ```
//!
//! A callback belongs to its reference: it runs if that, or a clone of it, still exists at the death.
//! It owns what it uses, and is given the reference, which is dead by then.
//!
//! ```
//! use std::{cell::RefCell, rc::Rc};
//! use weakref_core::{Local, Slotted, WeakRef};
//!
//! let log = Rc::new(RefCell::new(Vec::new()));
//! let say = |word| {
//!     let log = Rc::clone(&log);
//!     move |_: &WeakRef<_>| log.borrow_mut().push(word)
//! };
//!
//! let owner = Rc::new(Slotted::<_, Local>::new("root"));
//! let _first = WeakRef::with_callback(&owner, say("first"));
//! let _second = WeakRef::with_callback(&owner, say("second"));
//! drop(WeakRef::with_callback(&owner, say("never")));
//! drop(owner);
//! assert_eq!(*log.borrow(), ["second", "first"], "the newest is called first");
//! ```
//!
//! A [`Finalizer`] needs nobody to hold it. It runs when the object dies, when it is called, or when
//! the program [ends](exit), whichever is first.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{finalize, new, weakrefable};
//!
//! #[weakrefable]
//! struct Connection { peer: String }
//!
//! let connection = Arc::new(new!(Connection { peer: "ann".into() }));
//! let peer = connection.peer.clone();
//! finalize(&connection, move || println!("{peer} has left")); // nothing is kept
//! drop(connection); // prints "ann has left"
//! ```
//!
//! Callbacks and finalizers run inside the drop of the last owner, wherever that is. Who wants to hear
//! of deaths at a time and on a thread of their own has them put into a [`DeathQueue`].
//!
//! ```
//! use std::{sync::Arc, thread};
//! use weakref_core::{DeathQueue, Slotted};
//!
//! let dead = DeathQueue::new();
//! let texture = Arc::new(Slotted::new("a texture, to be freed on this thread"));
//! let _watch = dead.watch(&texture, 7);
//! thread::spawn(move || drop(texture)).join().unwrap();
//! assert_eq!(dead.drain().collect::<Vec<_>>(), [7]);
//! ```
//!
//! A [`Proxy`] is a weak reference that is used like the object: through a guard, by the operators of
//! std, and by your own traits.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{Proxy, new, proxy, weakrefable};
//!
//! #[proxy]
//! trait Sensor {
//!     fn read(&self) -> f64;
//! }
//!
//! #[weakrefable]
//! struct Thermometer { degrees: f64 }
//!
//! impl Sensor for Thermometer {
//!     fn read(&self) -> f64 { self.degrees }
//! }
//!
//! let thermometer = Arc::new(new!(Thermometer { degrees: 21.5 }));
//! let sensors: Vec<Box<dyn Sensor>> = vec![Box::new(Proxy::new(&thermometer))];
//! assert_eq!(sensors[0].read(), 21.5);
//! ```
//!
//! A [`WeakMethod`] is an object's method that does not keep the object.
//!
//! ```
//! use std::rc::Rc;
//! use weakref_core::{Local, Slotted, WeakMethod};
//!
//! type Name = Slotted<String, Local>;
//!
//! let ann: Rc<Name> = Rc::new(Slotted::new("ann".into()));
//! let greet = WeakMethod::new(&ann, |name: &Name, word: &str| format!("{word}, {}", **name));
//! assert_eq!(greet.call(("hello",)), "hello, ann");
//! drop(ann);
//! assert!(greet.is_dead());
//! ```
//!
//! A [`WeakValueMap`] over `Shared` values is a cache for any number of threads, without a size to
//! choose: a value is there while anybody uses it.
//!
//! ```
//! use std::{sync::Arc, thread};
//! use weakref_core::{Slotted, WeakValueMap};
//!
//! let open = WeakValueMap::<u32, Slotted<String>>::new();
//! let page = |number| {
//!     open.get_or_insert_with(number, || Arc::new(Slotted::new(format!("page {number}"))))
//! };
//! thread::scope(|scope| {
//!     for number in [1, 2, 1, 2] {
//!         scope.spawn(move || assert_eq!(**page(number), format!("page {number}")));
//!     }
//! });
//! assert!(open.is_empty());
//! ```
//!
//! A [`WeakKeyMap`] attaches data to objects that somebody else owns, a [`WeakSet`] interns, a
//! [`WeakWeakMap`] joins two objects as long as both live. They compare by `Eq`; [`PtrWeakKeyMap`],
//! [`PtrWeakSet`] and [`PtrWeakWeakMap`] by identity, for objects that have no `Eq`, or are a
//! `dyn Trait`.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{PtrWeakKeyMap, Slotted, WeakSet};
//!
//! let words = WeakSet::<Slotted<String>>::new();
//! let intern = |word: &str| {
//!     words.get_or_insert_with(word, |word| Arc::new(Slotted::new(word.to_owned())))
//! };
//! let (here, there) = (intern("weak"), intern("weak"));
//! assert!(Arc::ptr_eq(&here, &there));
//!
//! let counts = PtrWeakKeyMap::new();
//! for word in [&here, &there] {
//!     counts.entry(word).and_modify(|count| *count += 1).or_insert(1);
//! }
//! assert_eq!(counts.get(&here), Some(2));
//!
//! drop((here, there));
//! assert!(words.is_empty() && counts.is_empty());
//! ```
//!
//! Trait objects are referred to like anything else: by a supertrait (see [`Weakrefable`]), or as
//! `Slotted<dyn Trait>` (see [`Slotted`]).
//!
//! # Order at death
//!
//! When the last owner goes,
//! 1. all weak references to the object are dead, the entries of it in maps and sets cannot be found;
//! 2. callbacks and finalizers run and entries leave, in one sequence, the newest registration
//!    first;
//! 3. the `on_drop` function of the macros runs, if there is one: the place for what would be in a
//!    `Drop` of the type's own;
//! 4. what was registered during that is cleared, uncalled; finalizers run;
//! 5. the fields drop, and whatever they own dies in the same way.
//!
//! All of it happens in the thread that drops the owner, before that `drop` returns. There are two
//! exceptions. If another thread is inside a map at that moment, it removes the entry on its way out.
//! And if dozens of deaths run inside each other's callbacks, further ones wait for one of those.
//!
//! With `drop = "slot"`, and in `Slotted`, the second step is taken when the slot itself drops, in its
//! turn among the fields (in `Slotted`, before the value).
//!
//! # What you can rely on
//!
//! - **None of your code runs under a lock of ours**, and none of your values drops under one: no
//!   key, value, callback or upgraded owner. So all of them may come back, into the same map too. The
//!   one exception is the keys' `Eq`, in the middle of a search; see the limitations. (A closure that
//!   changes a value of a [`WeakKeyMap`] has that value for itself, and nothing else.)
//! - **A death does not block.** If it finds a map in use, it leaves a note for whoever is inside, and
//!   goes on. Nothing is lost.
//! - **A death does not panic.** Each callback and finalizer runs in a `catch_unwind` of its own; what it panics with
//!   goes to the hook of [`set_unraisable_hook`], and the others still run.
//! - **A death means one entry.** It never removes a newer one under the same key, and never calls
//!   `Eq` or `Hash`. Who is called is settled before the first callback runs: none can cancel another. (A
//!   reference that another thread drops meanwhile can still be in time.)
//! - **Asking has no consequences.** [`is_dead`](WeakRef::is_dead), a reference's `Debug`,
//!   [`contains_key`](WeakValueMap::contains_key) and [`len`](WeakValueMap::len) make no owner that
//!   could turn out to be the last.
//! - **Chains are fine.** A million objects, each kept alive by the callback of the one before, die on
//!   an ordinary stack. (A million that own each other as fields do not, nor do callbacks that own each
//!   other's references: that recursion is Rust's.)
//!
//! # Limitations
//!
//! ## In `Drop`, the object is dead already
//!
//! Where Python's `__del__` still has the whole object, Rust's `drop` has `&mut self`, and no owner:
//! [`upgrade`](WeakRef::upgrade) is `None`, and the object is in no map. That holds for `on_drop` and
//! for the drops of the fields too.
//!
//! ## What owns itself never dies
//!
//! There is no collector of cycles and there are no ephemerons. A callback that owns its own referent
//! keeps it for ever (a finalizer, to the end of the program, where it runs); so does a key that owns the value it stands for. Let them hold a [`WeakRef`], or
//! what they need to know: in a callback, a copy of the name and not the object.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{Slotted, WeakRef};
//!
//! let owner = Arc::new(Slotted::new(String::from("cat")));
//! let name = owner.clone(); // an owner, not a copy of the name: `String::clone(&owner)` is that
//! let weak = WeakRef::with_callback(&owner, move |_| println!("{} has gone", *name));
//! drop(owner);
//! assert!(!weak.is_dead());
//! # weak.detach();
//! # assert!(weak.is_dead());
//! ```
//!
//! ## What is never dropped never dies
//!
//! Statics are not dropped, nor what is leaked or forgotten, nor what threads still own when the
//! program exits. Their callbacks do not run; their finalizers do, at the [end](exit). Thread-locals are dropped at the end of their thread, in no certain order: a
//! callback that reads one then uses `LocalKey::try_with`.
//!
//! ## The last owner may be a passing one
//!
//! [`upgrade`](WeakRef::upgrade) makes an owner, and so do, for a moment, `with`, `==`, a walk through
//! a map, a search among weak keys by `Eq`, and the dropping or detaching of a reference whose callback has not run. If the other owners
//! go meanwhile, in another thread, the object dies where this one is dropped, with its callbacks.
//!
//! ## A weak pointer keeps the allocation
//!
//! The object is dropped with its last owner, but its memory is given back with the last `Weak`, as
//! std has it. A [`WeakRef`] that is kept keeps those bytes (not what they owned: a `Vec`'s buffer is
//! freed). Entries of maps and sets do not, as they leave at the death (or, of a value that has left its
//! pointer alive, when it is dropped).
//!
//! For the same reason `Rc::get_mut` and `Arc::get_mut` return `None` for an object that has a
//! [`WeakRef`] or a [`Finalizer`] (but not one made by [`finalize_on`]), is watched or stands in a map,
//! and `make_mut` moves it to a new place.
//!
//! ## Leaving the pointer is not dying
//!
//! `try_unwrap`, `into_inner` and `make_mut` take a value out of its allocation without dropping it.
//! Its weak references are dead from then on, as std's are. Callbacks and entries go with the slot,
//! which is in the value: they run, and leave, when the value is dropped, wherever it is by then. Up
//! to there the entry counts in `len`, but cannot be found. In a new pointer, the value can be
//! referred to anew. Of two entries with equal keys (or equal 32 bits of their hash), one of such a value
//! and one of an object that dies meanwhile, the death may take either, and the drop the other.
//!
//! ## No `WeakRef` before the owner
//!
//! `Rc::new_cyclic` and `Arc::new_cyclic` hand out a `Weak` of an object that is still to come. A
//! [`WeakRef`] is made from an owner, so that the slot can be reached: keep the std `Weak` in the
//! object, or fill a cell in afterwards.
//!
//! ## `Eq` of keys may not use the map that is being searched
//!
//! It may drop owners of its values, allocate, panic, use other maps; but if it comes back to the same
//! map, that panics and says so. A factory of
//! [`get_or_insert_with`](WeakValueMap::get_or_insert_with) that needs its own key, by way of other
//! threads or not, panics too. None ever deadlocks.
//!
//! ## A closure has the value that it is shown
//!
//! Each value in a [`WeakKeyMap`] is behind a lock of its own, as in a `RefCell` or an `RwLock`. A closure
//! that changes a value ([`with_mut`](WeakKeyMap::with_mut), `for_each_mut`, `retain`, ..) and looks at the
//! same one through the map, be it with `iter` or `==`, panics; and so does one that only looks
//! (`with`, `for_each`, ..) and replaces or removes it. In another thread, they wait. `Debug` does neither,
//! and writes `<locked>`.
//!
//! ## Maps own values, but no ephemerons
//!
//! A value in a [`WeakKeyMap`] that owns its own key keeps the entry, and so the key, until it is
//! removed. Let it hold a [`WeakRef`] to the key. A value that owns the map keeps the map.
//!
//! ## Panics
//!
//! Callbacks and what they own are looked after, but an `on_drop` or the `Drop` of a field is what it
//! is everywhere: its panic leaves the `drop` of the owner, and during unwinding it aborts the
//! program. With `panic = "abort"`, every panic does.
//!
//! ## Counting and clearing see the registered
//!
//! A [`WeakRef`] without callback is a std `Weak` of which nothing keeps a list. So [`weakref_count`]
//! counts all of them as one, and counts a `Weak` of your own among them; [`clear_weakrefs`] leaves
//! them alive.
//!
//! ## Shape of types
//!
//! - A type with a generated `Drop` cannot be `Copy`, and its fields cannot be moved out, nor by
//!   `..base` in a literal. `drop = "slot"` lifts the latter.
//! - Enums, unions and packed structs have no room for a slot; `Slotted` has.
//! - To serde, a tuple struct with a *declared* slot is a tuple of two fields, or of one if the slot is
//!   marked `#[serde(skip)]`, but not a newtype. With the hidden slot, it stays one.
//! - Callbacks, finalizers, and keys and values of maps, borrow nothing (`'static`); in `Shared`, they
//!   are `Send`, keys, values and referents also `Sync`.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `derive` | yes | the macros |
//! | `serde` | no | `Serialize` and `Deserialize` for [`Slotted`], which is its value, and for [`WeakSlot`], which is nothing; `Serialize` for maps and sets, which are what lives in them (values that a map owns are cloned for it) |
//!
//! It needs std, and Rust 1.88.
//!
//! The README has the table of Python's names beside these, `examples` has applications, BENCHMARKS.md
//! the figures.
#![deny(missing_docs)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod callback;
mod death;
mod died;
mod error;
pub mod exit;
mod finalize;
mod flavor;
mod gate;
mod keyed;
mod kind;
pub mod map;
mod method;
mod node;
mod observer;
mod proxy;
mod queue;
#[cfg(feature = "serde")]
mod serde;
pub mod set;
mod slot;
mod slotted;
mod sync;
mod waits;
mod weakref;

pub use callback::{Unraisable, reset_unraisable_hook, set_unraisable_hook};
pub use died::Died;
pub use error::{ReferenceError, TryReserveError};
pub use finalize::{Finalizer, FinalizerGuard, finalize, finalize_on};
pub use flavor::{Callback, Flavor, Local, MaybeSend, Pointer, Shared, Stored, StrongOf};
pub use keyed::KeyedRef;
pub use kind::{ProxyType, WeakReference, WeakReferenceKind};
#[doc(inline)]
pub use map::{
    ByAddress, Lookup, PtrWeakKeyMap, PtrWeakWeakMap, RemovalCause, WeakKeyMap, WeakValueMap,
    WeakWeakMap,
};
pub use method::{BoundMethod, Compared, HoldsFunction, Method, Owned, WeakMethod, Weakly};
pub use proxy::{Callable, CallableProxy, Operand, Proxy, ProxyGuard, ProxyIter};
pub use queue::{DeathQueue, Drain, RecvFuture, Watch};
#[doc(inline)]
pub use set::{PtrWeakSet, WeakSet};
pub use slot::WeakSlot;
pub use slotted::Slotted;
pub use weakref::{
    WeakRef, Weakrefable, clear_weakrefs, clear_weakrefs_silently, weakref_count, weakrefs,
};
#[cfg(feature = "derive")]
pub use weakref_derive::{Weakrefable, new, proxy, weakrefable};

/// The code in the README, run as doctests. A packaged crate has its README elsewhere, but its
/// doctests are the only thing that looks for it.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../../README.md")]
struct Readme;
