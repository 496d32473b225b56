//! Python's `weakref` for std's `Rc` and `Arc`: callbacks and finalizers that run when an object is
//! dropped, proxies, and maps and sets from which an entry is removed when its object is dropped.
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
//! let _watch = WeakRef::with_callback(&cat, |_| println!("the cat was dropped"));
//!
//! assert_eq!(images.get("cat.png").unwrap().name, "cat");
//! drop(cat); // prints "the cat was dropped", and removes the entry
//! assert!(images.is_empty());
//! ```
//!
//! # The idea
//!
//! You keep std's `Rc<T>` and `Arc<T>`. A std `Weak` cannot notify you when its object is dropped.
//! Here the object itself does: it has a [`WeakSlot`], as a Python object has `__weakref__`, with a
//! list of registrations. When the object is dropped, the slot [notifies them](docs::lifecycle).
//!
//! A type chooses once, by the type of its slot, the pointer for its objects: [`Shared`] for `Arc`
//! (the default), [`Local`] for `Rc`. References and containers follow that choice. In `Shared`, all
//! of them are `Send` and `Sync` if the objects are.
//!
//! # Which type do I need?
//!
//! | to | use |
//! |---|---|
//! | refer to an object without keeping it alive | [`WeakRef`] |
//! | run code when it is dropped | [`WeakRef::with_callback`], [`finalize`](finalize()) |
//! | run code at the latest when the program [ends](exit) | [`finalize`](finalize()) |
//! | handle drops later, on a thread you choose | [`DeathQueue`] |
//! | use a weak reference like the object | [`Proxy`], [`#[proxy]`](macro@proxy) |
//! | store or pass a call that does not keep its object alive | [`WeakMethod`], [`weak_fn!`] |
//! | cache objects while they are in use | [`WeakValueMap`] |
//! | attach data to objects of others | [`WeakKeyMap`], by identity [`PtrWeakKeyMap`] |
//! | intern or collect objects | [`WeakSet`], by identity [`PtrWeakSet`] |
//! | relate two objects as long as both are alive | [`WeakWeakMap`], by identity [`PtrWeakWeakMap`] |
//! | keep observers in order | [`WeakList`] |
//! | see which objects are alive, and where they were made; fail a test that leaks | [`Census`] |
//!
//! [`docs::choosing`] has more rows, and [`docs::recipes`] a program for each common task.
//!
//! Iterators, guards, futures and errors, and the traits of generic code, are in the modules
//! [`reference`](mod@reference), [`method`], [`map`], [`set`], [`list`], [`queue`], [`finalizer`],
//! [`flavor`] and [`error`].
//!
//! # How a type gets its slot
//!
//! | | the slot | make values with |
//! |---|---|---|
//! | [`#[weakrefable]`](macro@weakrefable) on a struct | is hidden | [`new!`] around a literal, or `Default` |
//! | [`#[derive(Weakrefable)]`](macro@Weakrefable) | is a field: [`WeakSlot`] | a literal, with [`WeakSlot::new()`](WeakSlot::new) |
//! | [`Slotted<T>`](Slotted) | is beside the value | [`Slotted::new(value)`](Slotted::new) |
//!
//! `Slotted` is for enums, types of other crates, closures, and a `Mutex` or `RefCell` around a
//! state. A slot is [neutral in all derives](docs::choosing#where-the-slot-is). A trait object has a
//! slot by a supertrait (see [`Weakrefable`]), or as `Slotted<dyn Trait>`.
//!
//! # A tour
//!
//! A [`WeakRef`] can be upgraded to a strong pointer until the object is dropped. Its callback runs
//! if the reference, or a clone of it, exists when the object is dropped.
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
//! let first = WeakRef::with_callback(&owner, say("first"));
//! let _second = WeakRef::with_callback(&owner, say("second"));
//! drop(WeakRef::with_callback(&owner, say("never")));
//! assert!(Rc::ptr_eq(&first.upgrade().unwrap(), &owner));
//!
//! drop(owner);
//! assert!(first.is_dead());
//! assert_eq!(*log.borrow(), ["second", "first"], "the newest callback is called first");
//! ```
//!
//! You need not keep a [`Finalizer`]. Its function runs when the object is dropped, when you call
//! it, or when the program [ends](exit), whichever comes first.
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
//! finalize(&connection, move || println!("{peer} has left"));
//! drop(connection); // prints "ann has left"
//! ```
//!
//! The function of [`finalize_with`] sees the object once more, before its fields are dropped.
//!
//! Callbacks and finalizers run inside the drop of the last strong pointer, on any thread. A
//! [`DeathQueue`] only receives a key there.
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
//! A [`Proxy`] is a weak reference that is used like the object: by a guard, by the operators of
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
//! A container removes an entry within the drop of the object. The `Ptr` containers compare by
//! identity, for objects without `Eq` and for `dyn Trait`.
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
//!     counts.entry(word).or_insert(0).with_mut(|count| *count += 1);
//! }
//! assert_eq!(counts.get(&here), Some(2));
//!
//! drop((here, there));
//! assert!(words.is_empty() && counts.is_empty());
//! ```
//!
//! # What you can rely on
//!
//! [`docs::lifecycle`] has the details and the order of events.
//!
//! - Your code never runs under a lock of the library, except the `Eq` of keys during a lookup.
//! - A drop does not wait for a container, and no panic of a callback leaves it.
//! - A drop removes its own entry, never a newer one, and calls neither `Eq` nor `Hash`.
//! - If threads would wait for each other in the library for ever, one of them panics.
//!
//! # Traps
//!
//! [`docs::limitations`] has the reasons, and more.
//!
//! - In `Drop`, weak references to the object [are dead
//!   already](docs::limitations#in-drop-weak-references-are-dead-already).
//! - A callback that owns its object, or a value that owns its key, [keeps it alive for
//!   ever](docs::limitations#cycles-are-never-dropped).
//! - `upgrade` makes a strong pointer, which [may become the last
//!   one](docs::limitations#a-temporary-strong-pointer-may-become-the-last-one). So do, for a moment,
//!   `==` and a walk over a map.
//! - [`get_mut` returns `None`](docs::limitations#get_mut-returns-none) for an object that has a
//!   [`WeakRef`].
//! - An object that `try_unwrap` moves out of its pointer [is not
//!   dropped](docs::limitations#an-object-that-is-moved-out-of-its-pointer-is-not-dropped): callbacks
//!   run later.
//! - [Statics and leaked objects](docs::limitations#statics-and-leaked-objects-are-never-dropped) are
//!   never dropped; only finalizers run at the end.
//! - In a factory or a closure with a value, [do not wait for other
//!   threads](docs::limitations#only-the-librarys-own-waits-are-watched) that may need the same.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `derive` | yes | the macros |
//! | `async` | no | `get_or_insert_with_async` and `get_or_try_insert_with_async` of [`WeakValueMap`], and [`DeathQueue`] as a stream of the `futures-core` crate; no runtime. (The futures [`WeakRef::died`] and [`DeathQueue::recv_async`] are always there.) |
//! | `serde` | no | `Serialize` and `Deserialize` for [`Slotted`], as its value, and for structs without fields that have a hidden slot; `Serialize` for maps, sets and lists, as the entries that are alive (values that a map owns are cloned) |
//!
//! The crate needs std, and Rust 1.91.
//!
//! # The book
//!
//! [`docs::choosing`] · [`docs::recipes`] · [`docs::lifecycle`] · [`docs::performance`] ·
//! [`docs::limitations`] · [`docs::coming_from`] (Java, C#, Swift, glib, C++) · [`docs::python`]
//!
//! The folder `examples` has applications, and BENCHMARKS.md the figures.
#![deny(missing_docs)]
// On docs.rs: which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod census;
mod container;
pub mod docs;
pub mod error;
mod finalize;
/// Finalizers: functions that run when an object is dropped, or when the program ends.
///
/// This module has the traits and the erased forms of [`Finalizer`]s, which [`finalize`],
/// [`finalize_on`] and [`finalize_with`] return.
///
/// [`finalize`]: crate::finalize()
pub mod finalizer {
    pub use crate::finalize::{
        BoxedFinalizer, ErasedFinalizer, Finalizer, FinalizerFunction, FinalizerGuard, LastLook,
        LocalBoxedFinalizer, WithObject, finalize, finalize_on, finalize_with,
    };
}
pub mod flavor;
pub mod list;
#[cfg(feature = "derive")]
mod macros;
pub mod map;
pub mod method;
mod notify;
mod observer;
mod proxy;
pub mod queue;
pub mod reference;
#[cfg(feature = "serde")]
mod serde;
pub mod set;
mod slot;
mod slotted;
mod sync;
mod unraisable;

#[doc(inline)]
pub use census::Census;
/// Says by which borrowed types a key can be looked up: all that the key can be borrowed as, and
/// those that implement this trait.
///
/// It is the trait of the `equivalent` crate, which hashbrown and indexmap use too.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Equivalent, Slotted, WeakValueMap};
///
/// /// A key of two parts, borrowed.
/// #[derive(Hash)]
/// struct Tile<'a>(&'a str, u32);
///
/// impl Equivalent<(String, u32)> for Tile<'_> {
///     fn equivalent(&self, key: &(String, u32)) -> bool {
///         self.0 == key.0 && self.1 == key.1
///     }
/// }
///
/// let grass = Arc::new(Slotted::new("pixels"));
/// let tiles = WeakValueMap::from([((String::from("grass"), 7), grass.clone())]);
/// assert_eq!(tiles.get(&Tile("grass", 7)), Some(grass));
/// ```
pub use equivalent::Equivalent;
#[doc(inline)]
pub use finalize::exit;
pub use finalize::{
    BoxedFinalizer, Finalizer, LocalBoxedFinalizer, finalize, finalize_on, finalize_with,
};
#[doc(inline)]
pub use flavor::{Flavor, Local, Shared, StrongOf, WeakOf};
#[doc(inline)]
pub use list::{ListKey, WeakList};
#[doc(inline)]
pub use map::{PtrWeakKeyMap, PtrWeakWeakMap, RemovalCause, WeakKeyMap, WeakValueMap, WeakWeakMap};
#[doc(inline)]
pub use method::{BoxedWeakMethod, LocalBoxedWeakMethod, WeakMethod};
#[doc(inline)]
pub use queue::{DeathQueue, Watch};
#[doc(inline)]
pub use reference::{
    KeyedRef, Proxy, WeakRef, WeakReference, Weakrefable, clear_weakrefs, clear_weakrefs_silently,
    weakref_count, weakrefs,
};
#[doc(inline)]
pub use set::{PtrWeakSet, WeakSet};
pub use slot::WeakSlot;
pub use slotted::Slotted;
pub use unraisable::{Unraisable, reset_unraisable_hook, set_unraisable_hook};
#[cfg(feature = "derive")]
pub use weakref_derive::{Weakrefable, proxy, weakrefable};

/// The code in the README, run as doctests.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../README.md")]
struct Readme;
