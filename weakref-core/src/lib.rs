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
//! list of registrations. When the object is dropped, the slot notifies them.
//!
//! A type chooses once, by the type of its slot, the pointer for its objects: [`Shared`] for `Arc`
//! (the default), [`Local`] for `Rc`. So there is one [`WeakRef<T>`](WeakRef) and one
//! [`WeakValueMap<K, V>`](WeakValueMap), which use the pointer that `T` has chosen. In `Shared`,
//! all of them are `Send` and `Sync` if the objects are.
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
//! state. A slot is neutral in all derives: a clone has an empty slot, all slots are equal, and a
//! slot hashes to nothing. serde skips a hidden slot; mark a declared one with `#[serde(skip)]`.
//!
//! # A tour
//!
//! A [`WeakRef`] can be upgraded to a strong pointer until the object is dropped. Without a
//! callback it is a std `Weak` and one word for a hash.
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
//! A callback belongs to its reference: it runs if the reference, or a clone of it, exists when the
//! object is dropped. It owns what it uses, and is given the reference, which is dead by then.
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
//! Callbacks and finalizers run inside the drop of the last strong pointer, on any thread. To
//! handle drops later, on a thread you choose, use a [`DeathQueue`].
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
//! A [`WeakMethod`] is a method of an object, and does not keep the object alive.
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
//! A [`WeakValueMap`] of `Shared` values is a cache for any number of threads, without a size limit
//! to choose: a value is in the map as long as the program uses it.
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
//! A [`WeakKeyMap`] attaches data to objects that it does not own, a [`WeakSet`] interns objects,
//! and a [`WeakWeakMap`] relates two objects as long as both are alive. They compare keys by `Eq`.
//! [`PtrWeakKeyMap`], [`PtrWeakSet`] and [`PtrWeakWeakMap`] compare them by identity, for objects
//! without `Eq` and for `dyn Trait`. A [`WeakList`] keeps objects in order, observers for instance.
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
//! [`weak_fn!`] creates a closure that does not keep its object alive, for whatever takes a `Fn`.
//!
//! ```
//! use std::rc::Rc;
//! use weakref_core::{Local, Slotted, weak_fn};
//!
//! let ann = Rc::new(Slotted::<_, Local>::new("ann"));
//! let on_word: Box<dyn Fn(&str) -> Option<String>> =
//!     Box::new(weak_fn!(&ann, |ann, word| format!("{word}, {}", **ann)));
//! assert_eq!(on_word("hello").as_deref(), Some("hello, ann"));
//! drop(ann);
//! assert_eq!(on_word("hello"), None);
//! ```
//!
//! Trait objects can be weakly referenced by a supertrait (see [`Weakrefable`]), or as
//! `Slotted<dyn Trait>` (see [`Slotted`]).
//!
//! # Listeners
//!
//! None of these keeps an object alive:
//!
//! | to | use |
//! |---|---|
//! | run code once, when an object is dropped | [`WeakRef::with_callback`] |
//! | store a call of one object, compare it, or know that it is dead without calling; different ones together as [`BoxedWeakMethod`] | [`WeakMethod`] |
//! | pass a callback to code that takes a `Fn` and knows nothing of weak references | [`weak_fn!`], [`weak_fn_or!`] |
//! | call any number of listeners in order; one that is dropped leaves | [`WeakList`], of a `dyn Trait` |
//! | handle drops later, in a batch, on a thread you choose | [`DeathQueue`] |
//!
//! A list removes a listener within its drop. A `WeakMethod` or a weak closure stays where it is
//! stored after its object has been dropped, and its next call returns an error or `None`.
//!
//! # Order at death
//!
//! When the last strong pointer to an object is dropped:
//! 1. All weak references to the object become dead, and its entries in maps and sets cannot be
//!    found.
//! 2. Callbacks and finalizers run and entries are removed, in one sequence, with the newest
//!    registration first.
//! 3. The `on_drop` function of the macros runs, if there is one. It replaces a `Drop` of your own.
//! 4. Callbacks that were registered during these steps are dropped uncalled, and finalizers run.
//! 5. The fields are dropped, and the objects that they own in the same way.
//!
//! All of this happens in the thread that drops the pointer, before its `drop` returns, with two
//! exceptions. If another thread is using a map at that moment, that thread removes the entry when
//! it has finished its operation. And if dozens of drops are nested in each other's callbacks, the
//! callbacks of further ones are deferred until one of these returns (but not the functions of
//! [`finalize_with`], which see the object).
//!
//! With `drop = "slot"`, the second step happens when the slot itself is dropped, in its turn among
//! the fields.
//!
//! # What you can rely on
//!
//! - **Your code never runs under a lock of the library**, and your values are never dropped under
//!   one: no key, value, callback or strong pointer. So your code may use the library again, and
//!   the same map too. The only exception is the `Eq` of keys, during a lookup (and the closure of
//!   [`get_by_hash`](WeakValueMap::get_by_hash), which stands in its place); see the limitations.
//!   (Three kinds of closures have exclusive access to one thing while they run: a closure that is
//!   given a value of a [`WeakKeyMap`] to that value, a factory of
//!   [`get_or_insert_with`](WeakValueMap::get_or_insert_with) to its key, and the closure of
//!   [`peek`](Finalizer::peek) to its finalizer.)
//! - **A drop does not wait for a map.** If another thread is using the map, the drop queues the
//!   removal for that thread, and returns; no removal is lost. A drop waits for no closure, factory
//!   or `peek` either. It may spin for a few instructions, for the slot of the other object of a
//!   pair.
//! - **Panics of callbacks and finalizers do not leave a drop.** Each one is caught, and passed to
//!   the hook of [`set_unraisable_hook`]; the remaining callbacks still run.
//! - **Deadlocks in the library panic.** If threads that use maps and finalizers would wait for
//!   each other for ever, one of them panics with a message. The library does not see your code's
//!   other waits; see [the limitations](#only-the-librarys-own-waits-are-watched).
//! - **A drop removes its own entry.** It never removes a newer entry with the same key, and never
//!   calls `Eq` or `Hash`. Which callbacks are called is settled before the first one runs: no
//!   callback can cancel another. (A reference that another thread drops meanwhile may still cancel
//!   its callback.)
//! - **Queries have no side effects.** [`is_dead`](WeakRef::is_dead), a reference's `Debug`,
//!   [`contains_key`](WeakValueMap::contains_key) and [`len`](WeakValueMap::len) make no strong
//!   pointer that could become the last one. (In `Shared`, a thread that uses a map performs the
//!   removals that drops in other threads have queued meanwhile.)
//! - **Chains of callbacks do not overflow the stack.** A million objects, each owned by the
//!   callback of the one before, are dropped on an ordinary stack. Chains of fields do need stack:
//!   see [the limitations](#long-chains-of-owners-overflow-the-stack). So do chains of
//!   [`finalize_with`].
//!
//! # Limitations
//!
//! ## In `Drop`, weak references are dead already
//!
//! Python's `__del__` has the object. Rust's `drop` has `&mut self`, and there is no strong pointer
//! any more: [`upgrade`](WeakRef::upgrade) returns `None`, and no map contains the object. The same
//! is true in `on_drop` and in the drops of the fields.
//!
//! ## Cycles are never dropped
//!
//! There is no cycle collector, and there are no ephemerons. A callback that owns its own object
//! keeps it alive for ever (a finalizer, until the end of the program, when it runs); so does a key
//! that owns its value. Store a [`WeakRef`] instead, or only the data you need: in a callback, a
//! copy of the name instead of the object.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{Slotted, WeakRef};
//!
//! let owner = Arc::new(Slotted::new(String::from("cat")));
//! let name = owner.clone(); // a strong pointer; `String::clone(&owner)` would copy the name
//! let weak = WeakRef::with_callback(&owner, move |_| println!("{} was dropped", *name));
//! drop(owner);
//! assert!(!weak.is_dead());
//! # weak.detach();
//! # assert!(weak.is_dead());
//! ```
//!
//! ## Statics and leaked objects are never dropped
//!
//! Neither is what threads own when the program exits. Callbacks of these objects do not run;
//! finalizers run at the [end of the program](exit). Thread-locals are dropped at the end of their
//! thread, in an unspecified order: a callback that reads one should use `LocalKey::try_with`.
//!
//! ## A temporary strong pointer may become the last one
//!
//! [`upgrade`](WeakRef::upgrade) makes a strong pointer, and so do, for a moment, `with`, `==`, an
//! iteration over a map, a lookup of weak keys by `Eq`, and dropping or detaching a reference whose
//! callback has not run. If another thread drops the other strong pointers meanwhile, the object is
//! dropped with this one, and its callbacks run there.
//!
//! ## A weak pointer keeps the allocation
//!
//! An object is dropped with its last strong pointer, but its memory is freed with the last `Weak`,
//! as in std. So a [`WeakRef`] keeps these bytes allocated (but not a `Vec`'s buffer, for
//! instance). Entries of maps and sets do not, as they are removed when the object is dropped (or,
//! if the object was moved out of its pointer, when it is finally dropped).
//!
//! For the same reason, `Rc::get_mut` and `Arc::get_mut` return `None` for an object that has a
//! [`WeakRef`] or a [`Finalizer`] (but not one made by [`finalize_on`]), is watched or is in a map,
//! and `make_mut` moves the object to a new allocation.
//!
//! ## An object that is moved out of its pointer is not dropped
//!
//! `try_unwrap`, `into_inner` and `make_mut` move a value out of its allocation without dropping
//! it. Its weak references are dead from then on, as in std. Callbacks and entries stay registered
//! with the slot, which is in the value: they run, and are removed, when the value is dropped,
//! wherever it is by then. Until then the entry counts in `len`, but cannot be found; `pop`,
//! `retain` and `extract_if` remove it. In a new pointer, the value can be weakly referenced again.
//!
//! If two entries have equal keys (or equal 32 bits of their hashes), and one belongs to such a
//! value and one to an object that is dropped meanwhile, then each of the two drops removes one of
//! the entries, but not necessarily its own.
//!
//! ## No `WeakRef` before the strong pointer
//!
//! `Rc::new_cyclic` and `Arc::new_cyclic` pass a `Weak` of an object that does not exist yet. A
//! [`WeakRef`] is made from a strong pointer, so that the slot can be reached. Store the std `Weak`
//! in the object, or fill in a cell later.
//!
//! ## `Eq` of keys must not use the map that is being searched
//!
//! It may drop strong pointers to the values, allocate, panic, and use other maps. But if it uses
//! the same map, that panics with a message. A factory of
//! [`get_or_insert_with`](WeakValueMap::get_or_insert_with) that asks for its own key panics too.
//!
//! ## Only the library's own waits are watched
//!
//! In the library, a thread waits for a map that another thread is using, for a factory that
//! another thread is running, for a value of a [`WeakKeyMap`] that is lent to a closure of another
//! thread, and for a [`peek`](Finalizer::peek) of another thread. If such waits would form a cycle,
//! of one thread or several, the thread that would close it panics. A cycle by way of anything
//! else, such as a `join`, a channel or a lock of your own, is not detected, and waits for ever, as
//! with a std `Mutex`:
//!
//! ```no_run
//! use std::{sync::Arc, thread};
//! use weakref_core::{Slotted, WeakValueMap};
//!
//! let map = WeakValueMap::<u32, Slotted<u32>>::new();
//! map.get_or_insert_with(1, || {
//!     thread::scope(|scope| {
//!         // Waits for the factory that it is called from, which waits in `join`: for ever.
//!         let same = scope.spawn(|| map.get_or_insert_with(1, || unreachable!()));
//!         same.join().unwrap()
//!     })
//! });
//! ```
//!
//! So in a factory, in a closure that is given a value, and in the closure of a `peek`, do not wait
//! for threads that may need the same key, value or finalizer.
//!
//! ## After a fork
//!
//! As with a std `Mutex`, the child of a `fork` must not use a container that another thread of the
//! parent may have been using at that moment: the child can hang.
//!
//! ## Long chains of owners overflow the stack
//!
//! A chain of objects in which each owns the next one in a field is dropped by recursion, as
//! everywhere in Rust: 400,000 of them overflow a stack of 8 MiB. The same is true for objects that
//! own their children through an interner, and for callbacks that own each other's references. To
//! drop such a chain in a loop, let the `Drop` of the type, or its `on_drop`, take the children out
//! of each object of which it has the last strong pointer:
//!
//! ```
//! use std::{mem, sync::Arc};
//! use weakref_core::{new, weakrefable};
//!
//! #[weakrefable(on_drop = Self::unlink)]
//! struct Tree {
//!     children: Vec<Arc<Tree>>,
//! }
//!
//! impl Tree {
//!     fn unlink(&mut self) {
//!         let mut rest = mem::take(&mut self.children);
//!         while let Some(child) = rest.pop() {
//!             if let Some(mut child) = Arc::into_inner(child) {
//!                 rest.append(&mut child.children);
//!             } // `child` is dropped here, without children
//!         }
//!     }
//! }
//!
//! let mut tree = Arc::new(new!(Tree { children: Vec::new() }));
//! for _ in 0..400_000 {
//!     tree = Arc::new(new!(Tree { children: vec![tree] }));
//! }
//! drop(tree);
//! ```
//!
//! ## Re-entrant access to a value panics
//!
//! Each value in a [`WeakKeyMap`] has a lock of its own, like an `RwLock`. A closure that may
//! change a value ([`with_mut`](WeakKeyMap::with_mut), `for_each_mut`, `retain`, ..) and reads the
//! same value through the map, also by `iter` or `==`, panics. So does a closure that only reads
//! (`with`, `for_each`, ..) and replaces or removes the same value. Another thread blocks instead.
//! `Debug` does neither, and writes `<locked>`. If a closure panics, the value stays as the closure
//! left it, and is not poisoned.
//!
//! ## Maps own values, and are not ephemerons
//!
//! A value in a [`WeakKeyMap`] that owns its own key keeps the key alive until the entry is
//! removed. Store a [`WeakRef`] to the key in it. A value that owns the map keeps the map alive.
//!
//! ## Panics
//!
//! Panics of callbacks, and of what they own, are caught. A panic of `on_drop` or of the `Drop` of
//! a field is not: it leaves the `drop` of the strong pointer, and aborts the program during
//! unwinding. With `panic = "abort"`, every panic aborts.
//!
//! ## References without callback are not registered
//!
//! A [`WeakRef`] without callback contains a std `Weak`, of which there is no list. So
//! [`weakref_count`] counts all of them as one, and counts your own `Weak`s among them; and
//! [`clear_weakrefs`] does not clear them.
//!
//! ## Shape of types
//!
//! - A type with a generated `Drop` cannot be `Copy`, and its fields cannot be moved out, not even
//!   by `..base` in a literal. With `drop = "slot"`, they can.
//! - Enums, unions and packed structs cannot contain a slot; use `Slotted`.
//! - For serde, a tuple struct with one field and a *declared* slot, which is marked with
//!   `#[serde(skip)]`, is a tuple of one element, and not a newtype. With a hidden slot, it is a
//!   newtype.
//! - Callbacks, finalizers, and keys and values of maps borrow nothing (`'static`). In `Shared`,
//!   they are `Send`, and keys, values and objects are also `Sync`.
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
//! [`docs::python`] has Python's names beside those of this crate, and compares the behaviours.
//!
//! The folder `examples` has applications, and BENCHMARKS.md the figures.
#![deny(missing_docs)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod container;
pub mod docs;
mod error;
mod finalize;
mod flavor;
pub mod list;
#[cfg(feature = "derive")]
mod macros;
pub mod map;
mod method;
mod notify;
mod observer;
mod proxy;
mod queue;
mod reference;
#[cfg(feature = "serde")]
mod serde;
pub mod set;
mod slot;
mod slotted;
mod sync;
mod unraisable;

/// Says which borrowed types a key can be looked up by. Of the `equivalent` crate, which hashbrown and
/// indexmap use too: everything that the key can be borrowed as, and what implements it.
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
pub use error::{ReferenceError, TryReserveError};
#[doc(inline)]
pub use finalize::exit;
pub use finalize::{
    BoxedFinalizer, ErasedFinalizer, Finalizer, FinalizerFunction, FinalizerGuard, LastLook,
    LocalBoxedFinalizer, WithObject, finalize, finalize_on, finalize_with,
};
pub use flavor::{
    AsPointer, Callback, Flavor, Local, MaybeSend, Pointer, Shared, Stored, StrongOf, WeakOf,
};
#[doc(inline)]
pub use list::{ListKey, WeakList};
#[doc(inline)]
pub use map::{
    ByAddress, Lookup, PtrWeakKeyMap, PtrWeakWeakMap, RemovalCause, WeakKeyMap, WeakValueMap,
    WeakWeakMap,
};
pub use method::{
    BoundMethod, BoxedWeakMethod, ByWeak, ErasedWeakMethod, FunctionStorage, LocalBoxedWeakMethod,
    Method, Owned, OwnedEq, WeakMethod,
};
pub use proxy::{Callable, CallableProxy, Operand, Proxy, ProxyGuard, ProxyIter};
#[cfg(feature = "async")]
pub use queue::RecvStream;
pub use queue::{DeathQueue, Drain, RecvFuture, Watch};
pub use reference::{
    Died, KeyedRef, ProxyType, WeakRef, WeakReference, WeakReferenceKind, Weakrefable,
    clear_weakrefs, clear_weakrefs_silently, weakref_count, weakrefs,
};
#[doc(inline)]
pub use set::{PtrWeakSet, WeakSet};
pub use slot::WeakSlot;
pub use slotted::Slotted;
pub use unraisable::{Unraisable, reset_unraisable_hook, set_unraisable_hook};
#[cfg(feature = "derive")]
pub use weakref_derive::{Weakrefable, proxy, weakrefable};

/// The code in the README, run as doctests. A packaged crate has its README elsewhere, but its
/// doctests are the only thing that looks for it.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../../README.md")]
struct Readme;
