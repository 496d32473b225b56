//! What this crate cannot do, and why.
//!
//! - Objects: [`Drop` finds weak references dead](#in-drop-weak-references-are-dead-already) ·
//!   [cycles](#cycles-are-never-dropped) · [ephemerons](#maps-own-values-and-are-not-ephemerons) ·
//!   [statics and leaks](#statics-and-leaked-objects-are-never-dropped) ·
//!   [thread-locals](#thread-locals-may-be-gone) ·
//!   [moves out of the pointer](#an-object-that-is-moved-out-of-its-pointer-is-not-dropped) ·
//!   [long chains](#long-chains-of-owners-overflow-the-stack)
//! - References: [temporary owners](#a-temporary-strong-pointer-may-become-the-last-one) ·
//!   [memory](#a-weak-pointer-keeps-the-allocation) · [`get_mut`](#get_mut-returns-none) ·
//!   [`new_cyclic`](#no-callback-before-the-strong-pointer) ·
//!   [counts](#references-without-callback-are-not-registered) ·
//!   [std pointers only](#only-the-pointers-of-std) · [text](#text-and-slices-need-a-slot-beside-them)
//! - Containers: [`Eq`](#eq-of-keys-must-not-use-the-map-that-is-being-searched) ·
//!   [values](#re-entrant-access-to-a-value-panics) ·
//!   [guards](#no-reference-into-a-container) ·
//!   [forgotten iterators](#a-forgotten-extract_if-pins-its-part-of-the-map) ·
//!   [forgotten futures](#a-forgotten-future-holds-up-the-others) ·
//!   [hashes of 32 bits](#entries-are-told-apart-by-32-bits-of-a-hash)
//! - Programs: [deadlocks](#only-the-librarys-own-waits-are-watched) · [forks](#after-a-fork) ·
//!   [panics](#panics) · [types](#shape-of-types) · [`no_std`](#no-no_std)
//!
//! # In `Drop`, weak references are dead already
//!
//! Python's `__del__` has the object. Rust's `drop` has `&mut self`, and there is no strong pointer
//! any more: [`upgrade`](crate::WeakRef::upgrade) returns `None`, and no map contains the object.
//! The same is true in `on_drop` and in the drops of the fields.
//!
//! # Cycles are never dropped
//!
//! There is no cycle collector, because `Rc` and `Arc` have none. A callback that owns its own object
//! keeps it alive for ever. A finalizer that does keeps it alive until the end of the program, when it
//! runs. Store a [`WeakRef`](crate::WeakRef) instead, or only the data you need: in a callback, a copy
//! of the name instead of the object. A [`Census`](crate::Census) finds such objects, and the lines
//! that made them.
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
//! # Maps own values, and are not ephemerons
//!
//! A value in a [`WeakKeyMap`](crate::WeakKeyMap) that owns its own key keeps the key alive until the
//! entry is removed: only a garbage collector can see that nothing else owns the key. Store a
//! [`WeakRef`](crate::WeakRef) to the key in the value. A value that owns the map keeps the map alive.
//!
//! # Statics and leaked objects are never dropped
//!
//! The same is true for objects that other threads own when the program exits. Callbacks of these
//! objects do not run, because there is no drop; finalizers run at the [end of the
//! program](crate::exit).
//!
//! # Thread-locals may be gone
//!
//! Thread-locals are dropped at the end of their thread, in an unspecified order. A callback that
//! reads one should use `LocalKey::try_with`, and so should a [finalizer](crate::exit) that runs at
//! the end of the program.
//!
//! # An object that is moved out of its pointer is not dropped
//!
//! `try_unwrap`, `into_inner` and `make_mut` move a value out of its allocation without dropping
//! it. Its weak references are dead from then on, as in std. Callbacks and entries stay registered
//! with the slot, which is in the value: they run, and are removed, when the value is dropped,
//! wherever it is by then. Until then the entry counts in `len`, but cannot be found; `pop`,
//! `retain` and `extract_if` remove it. In a new pointer, the value can be weakly referenced again.
//!
//! # Long chains of owners overflow the stack
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
//! # A temporary strong pointer may become the last one
//!
//! [`upgrade`](crate::WeakRef::upgrade) makes a strong pointer, and so do, for a moment, `with`, `==`,
//! an iteration over a map, a lookup of weak keys by `Eq`, and dropping or detaching a reference whose
//! callback has not run. If another thread drops the other strong pointers meanwhile, the object is
//! dropped with this one, and its callbacks run there.
//!
//! # A weak pointer keeps the allocation
//!
//! An object is dropped with its last strong pointer, but its memory is freed with the last `Weak`,
//! as in std. So a [`WeakRef`](crate::WeakRef) keeps these bytes allocated (but not a `Vec`'s buffer,
//! for instance). Entries of maps and sets do not, as they are removed when the object is dropped (or,
//! if the object was moved out of its pointer, when it is finally dropped).
//!
//! # `get_mut` returns `None`
//!
//! `Rc::get_mut` and `Arc::get_mut` refuse an object that has a `Weak`, and so one that has a
//! [`WeakRef`](crate::WeakRef) or a [`Finalizer`](crate::Finalizer), is watched or is in a map (but
//! not one whose finalizer was made by [`finalize_on`](crate::finalize_on)). `make_mut` moves such an
//! object to a new allocation.
//!
//! # No callback before the strong pointer
//!
//! `Rc::new_cyclic` and `Arc::new_cyclic` pass a `Weak` of an object that does not exist yet, and
//! whose slot cannot be reached. `WeakRef::from` makes a [reference without
//! callback](super::recipes#a-weak-reference-to-itself) of it; register callbacks and entries after
//! the constructor has returned, or a finalizer in it by [`finalize_on`](crate::finalize_on).
//!
//! # References without callback are not registered
//!
//! A [`WeakRef`](crate::WeakRef) without callback contains a std `Weak`, of which there is no list. So
//! [`weakref_count`](crate::weakref_count) counts all of them as one, and counts your own `Weak`s
//! among them; and [`clear_weakrefs`](crate::clear_weakrefs) does not clear them.
//!
//! # Only the pointers of std
//!
//! An object must be in an `Rc` or an `Arc`, with the default allocator, to be weakly referenced: a
//! reference is a std `Weak`. For a value on the stack or in a `Box`, only
//! [`finalize_on`](crate::finalize_on) is available.
//!
//! # Text and slices need a slot beside them
//!
//! An `Arc<str>` or an `Arc<[T]>` has no room for a slot. Use an `Arc<Slotted<str>>`, which
//! [`Slotted::<str>::alloc`](crate::Slotted::alloc) makes in one allocation, and which dereferences
//! to `str`.
//!
//! # `Eq` of keys must not use the map that is being searched
//!
//! `Eq` runs in the middle of a search, under a lock. It may drop strong pointers to the values,
//! allocate, panic, and use other maps; if it uses the same map, that panics with a message. A factory
//! of [`get_or_insert_with`](crate::WeakValueMap::get_or_insert_with) that asks for its own key panics
//! too. The panic names the line of your call. That of the iterator of `extract_if` names a line of
//! this crate, because mostly std's adapters advance it.
//!
//! # Re-entrant access to a value panics
//!
//! Each value in a [`WeakKeyMap`](crate::WeakKeyMap) has a lock of its own, like an `RwLock`. A closure
//! that may change a value ([`with_mut`](crate::WeakKeyMap::with_mut), `for_each_mut`, `retain`, ..)
//! and reads the same value through the map, also by `iter` or `==`, panics. So does a closure that
//! only reads (`with`, `for_each`, ..) and replaces or removes the same value. Another thread blocks
//! instead. `Debug` does neither, and writes `<locked>`. If a closure panics, the value stays as the
//! closure left it, and is not poisoned.
//!
//! # No reference into a container
//!
//! A container returns clones, strong pointers and snapshots, or calls a closure, and never returns a
//! `&V` or a `&mut V`: an entry can be removed at any moment, by a drop in another thread. For the same
//! reason, there is no `Index`, and `len` is exact only while nothing else uses the container.
//!
//! # A forgotten `extract_if` pins its part of the map
//!
//! The iterator of `extract_if` keeps the entries of a shard in their places while it exists. If it is
//! forgotten (`mem::forget`), entries of that shard that are removed later keep their memory, and
//! lookups become slower as the shard grows; the results stay right. A forgotten snapshot (`iter`,
//! `drain`) leaks its strong pointers, and so keeps their objects alive.
//!
//! # A forgotten future holds up the others
//!
//! A future of `get_or_insert_with_async` that is neither polled nor dropped keeps the tasks waiting
//! that ask for the same key: the map cannot know that the future will never be polled again.
//!
//! # Entries are told apart by 32 bits of a hash
//!
//! An object knows its entry in a container by 32 bits of the key's hash, so that a drop calls neither
//! `Eq` nor `Hash`. If two entries have equal keys or equal bits, and one belongs to a value that was
//! [moved out of its pointer](#an-object-that-is-moved-out-of-its-pointer-is-not-dropped) and one to an
//! object that is dropped meanwhile, then each of the two drops removes one of the entries, but not
//! necessarily its own. An entry of an object that is alive is never removed.
//!
//! # Only the library's own waits are watched
//!
//! In the library, a thread waits for a map that another thread is using, for a factory that
//! another thread is running, for a value of a [`WeakKeyMap`](crate::WeakKeyMap) that is lent to a
//! closure of another thread, and for a [`peek`](crate::Finalizer::peek) of another thread. If such
//! waits would form a cycle, of one thread or several, the thread that would close it panics. A cycle
//! by way of anything else, such as a `join`, a channel or a lock of your own, is not detected, and
//! waits for ever, as with a std `Mutex`:
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
//! # After a fork
//!
//! As with a std `Mutex`, the child of a `fork` must not use a container that another thread of the
//! parent may have been using at that moment: the child can hang. The parent's finalizers
//! [do not run](crate::exit#when) at the end of the child.
//!
//! # Panics
//!
//! Panics of callbacks, and of what they own, are caught. A panic of `on_drop` or of the `Drop` of
//! a field is not: it leaves the `drop` of the strong pointer, and aborts the program during
//! unwinding. With `panic = "abort"`, every panic aborts.
//!
//! # Shape of types
//!
//! - A type with a generated `Drop` cannot be `Copy`, and its fields cannot be moved out, not even
//!   by `..base` in a literal. With `drop = "slot"`, they can.
//! - Enums, unions and packed structs cannot contain a slot; use [`Slotted`](crate::Slotted).
//! - A type chooses [`Local`](crate::Local) or [`Shared`](crate::Shared) once. Objects of one type
//!   cannot be in an `Rc` here and in an `Arc` there.
//! - A `#[derive(Debug)]` below [`#[weakrefable]`](macro@crate::weakrefable) shows the hidden slot
//!   as a field `__weakref__set_by_new_macro`. [Above it](macro@crate::weakrefable#the-order-of-attributes),
//!   it does not.
//! - For serde, a tuple struct with one field and a *declared* slot, which is marked with
//!   `#[serde(skip)]`, is a tuple of one element, and not a newtype. With a hidden slot, it is a
//!   newtype.
//! - Callbacks, finalizers, and keys and values of maps borrow nothing (`'static`). In `Shared`,
//!   they are `Send`, and keys, values and objects are also `Sync`.
//!
//! # No `no_std`
//!
//! The crate needs threads, thread-locals, panics that can be caught, and the exit handlers of the C
//! library.
