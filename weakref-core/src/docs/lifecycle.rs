//! What happens when an object is dropped, and what you can rely on.
//!
//! # What points to what
//!
//! An object contains its [slot](crate::WeakSlot), which lists registrations: a callback, a finalizer
//! or an entry of a container. Each of these reaches the object by a std `Weak`. Nothing points to the
//! slot itself, so that a value with a slot can be moved, swapped and unwrapped.
//!
#![doc = include_str!("pointers.svg")]
//!
//! In a [`WeakKeyMap`](crate::WeakKeyMap) and a [`WeakSet`](crate::WeakSet), the keys and elements are
//! the objects; in a [`WeakWeakMap`](crate::WeakWeakMap), an entry has a registration with each of its
//! two objects. A [`DeathQueue`](crate::DeathQueue) watches an object by a callback, which puts a key
//! into the queue.
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
#![doc = include_str!("drop.svg")]
//!
//! All of this happens in the thread that drops the pointer, before its `drop` returns, with two
//! exceptions. If another thread is using a map at that moment, that thread removes the entry when
//! it has finished its operation. And if dozens of drops are nested in each other's callbacks, the
//! callbacks of further ones are deferred until one of these returns (but not the functions of
//! [`finalize_with`](crate::finalize_with), which see the object).
//!
//! With `drop = "slot"`, the second step happens when the slot itself is dropped, in its turn among
//! the fields.
//!
//! # The life of a finalizer
//!
//! The function of a [`Finalizer`](crate::Finalizer) runs at most once. If several threads call it, or
//! the object is dropped meanwhile, one of them runs it.
//!
#![doc = include_str!("finalizer.svg")]
//!
//! While a thread is in [`peek`](crate::Finalizer::peek), others that call, detach or peek wait for it.
//! The drop of the object, the end of the program and the drop of a
//! [guard](crate::Finalizer::guard) do not wait: the peek runs or drops the function for them when it
//! ends.
//!
//! # What you can rely on
//!
//! - **Your code never runs under a lock of the library**, and your values are never dropped under
//!   one: no key, value, callback or strong pointer. So your code may use the library again, and
//!   the same map too. The only exception is the `Eq` of keys, during a lookup (and the closure of
//!   [`get_by_hash`](crate::WeakValueMap::get_by_hash), which stands in its place); see [the
//!   limitations](super::limitations#eq-of-keys-must-not-use-the-map-that-is-being-searched).
//! - **Three kinds of closures reserve one thing while they run.** A closure that may change a value
//!   of a [`WeakKeyMap`](crate::WeakKeyMap) reserves that value; a factory of
//!   [`get_or_insert_with`](crate::WeakValueMap::get_or_insert_with), its key; the closure of
//!   [`peek`](crate::Finalizer::peek), its finalizer. Other threads that need the same wait.
//! - **A drop does not wait for a map.** If another thread is using the map, the drop queues the
//!   removal for that thread, and returns; no removal is lost. A drop waits for no closure, factory
//!   or `peek` either. It may spin for a few instructions, for the slot of the other object of a
//!   pair.
//! - **Panics of callbacks and finalizers do not leave a drop.** Each one is caught, and passed to
//!   the hook of [`set_unraisable_hook`](crate::set_unraisable_hook); the remaining callbacks still
//!   run.
//! - **Deadlocks in the library panic.** If threads that use maps and finalizers would wait for
//!   each other for ever, one of them panics with a message. The library does not see your code's
//!   other waits; see [the
//!   limitations](super::limitations#only-the-librarys-own-waits-are-watched).
//! - **A drop removes its own entry.** It never removes a newer entry with the same key, and never
//!   calls `Eq` or `Hash`. Which callbacks are called is settled before the first one runs: no
//!   callback can cancel another. (A reference that another thread drops meanwhile may still cancel
//!   its callback.)
//! - **Queries have no side effects.** [`is_dead`](crate::WeakRef::is_dead), a reference's `Debug`,
//!   [`contains_key`](crate::WeakValueMap::contains_key) and [`len`](crate::WeakValueMap::len) make
//!   no strong pointer that could become the last one. (In `Shared`, a thread that uses a map performs
//!   the removals that drops in other threads have queued meanwhile.)
//! - **Chains of callbacks do not overflow the stack.** A million objects, each owned by the
//!   callback of the one before, are dropped on an ordinary stack. Chains of fields do need stack:
//!   see [the limitations](super::limitations#long-chains-of-owners-overflow-the-stack).
//!   So do chains of [`finalize_with`](crate::finalize_with).
