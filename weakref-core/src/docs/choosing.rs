//! Which type do I need?
//!
//! # One object
//!
//! | you want to | use |
//! |---|---|
//! | get at the object if it is still alive | [`WeakRef`](crate::WeakRef) |
//! | run code when it is dropped, unless you have lost interest | [`WeakRef::with_callback`](crate::WeakRef::with_callback): dropping the reference cancels the callback |
//! | run code when it is dropped, in any case, or at the end of the program | [`finalize`](crate::finalize()): dropping the [`Finalizer`](crate::Finalizer) cancels nothing |
//! | the same, in its own constructor, or for a value without an `Rc` or `Arc` | [`finalize_on`](crate::finalize_on) |
//! | wait until it is dropped, in an `async` function | [`WeakRef::died`](crate::WeakRef::died) |
//! | receive a key for each object that is dropped, on a thread you choose | [`DeathQueue`](crate::DeathQueue) |
//! | see it once more when it is dropped: write it back, or record its last state | [`finalize_with`](crate::finalize_with) |
//! | know which objects of a type are alive, and which line made them; fail a test that leaks | [`Census`](crate::Census), in [a constructor](super::recipes#a-census-of-a-type) |
//! | take back the access that you have given | [a recipe](super::recipes#access-that-can-be-revoked) of a few lines |
//! | pass a key to the callback | [`KeyedRef`](crate::KeyedRef) |
//! | use operators or methods of the object through a weak reference | [`Proxy`](crate::Proxy), with [`#[proxy]`](macro@crate::proxy) on your traits |
//!
//! # Many objects
//!
#![doc = include_str!("containers.svg")]
//!
//! | | keys | values | compares by |
//! |---|---|---|---|
//! | [`WeakValueMap`](crate::WeakValueMap) | owned | weak | `Eq` |
//! | [`WeakKeyMap`](crate::WeakKeyMap) | weak | owned | `Eq` |
//! | [`PtrWeakKeyMap`](crate::PtrWeakKeyMap) | weak | owned | identity |
//! | [`WeakWeakMap`](crate::WeakWeakMap) | weak | weak | `Eq` |
//! | [`PtrWeakWeakMap`](crate::PtrWeakWeakMap) | weak | weak | identity |
//! | [`WeakSet`](crate::WeakSet) | weak | | `Eq` |
//! | [`PtrWeakSet`](crate::PtrWeakSet) | weak | | identity |
//! | [`WeakList`](crate::WeakList) | | weak | nothing: it has an order, and [keys](crate::ListKey) |
//!
//! An entry is removed within the drop of an object that it refers to weakly. If the map must also keep
//! some of its objects alive, put strong pointers beside it: [a cache with a bounded number of
//! owners](super::recipes#a-cache-with-a-bounded-number-of-owners).
//!
//! # Listeners
//!
//! None of these keeps an object alive:
//!
//! | to | use |
//! |---|---|
//! | run code once, when an object is dropped | [`WeakRef::with_callback`](crate::WeakRef::with_callback) |
//! | store a call of a method, compare such calls, or ask whether the object is dead without calling | [`WeakMethod`](crate::WeakMethod); for different ones in one collection, [`BoxedWeakMethod`](crate::BoxedWeakMethod) |
//! | pass a callback to code that takes a `Fn` and knows nothing of weak references | [`weak_fn!`](crate::weak_fn), [`weak_fn_or!`](crate::weak_fn_or) |
//! | call any number of listeners in order; one that is dropped leaves | [`WeakList`](crate::WeakList), of a `dyn Trait` |
//! | handle drops later, in a batch, on a thread you choose | [`DeathQueue`](crate::DeathQueue) |
//!
//! A list removes a listener while the listener is being dropped. A `WeakMethod` or a weak closure stays where it is
//! stored after its object has been dropped, and its next call returns an error or `None`.
//!
//! # `Local` or `Shared`
//!
//! A type chooses once, by the type of its slot, the pointer for its objects. Choose
//! [`Local`](crate::Local) if the type is used in an `Rc`, and [`Shared`](crate::Shared), the default,
//! if it is used in an `Arc`. All references and containers follow this choice: those of `Shared`
//! objects can be sent to other threads, and those of `Local` objects use no atomic operations for the
//! slot and the lock of a container.
//!
//! # Where the slot is
//!
//! | the type is | write | make values with |
//! |---|---|---|
//! | a struct of yours | [`#[weakrefable]`](macro@crate::weakrefable): the slot is hidden | [`new!`](crate::new!) around a literal, or `Default` |
//! | a struct of yours, with the slot in sight | [`#[derive(Weakrefable)]`](macro@crate::Weakrefable) and a field [`WeakSlot`](crate::WeakSlot) | a literal, with [`WeakSlot::new()`](crate::WeakSlot::new) |
//! | an enum, a closure, of another crate, a `Mutex` or `RefCell` | [`Slotted<T>`](crate::Slotted): the slot is beside the value | [`Slotted::new(value)`](crate::Slotted::new) |
//! | a `str` or a slice | `Slotted<str>`, `Slotted<[T]>` | [`Slotted::<str>::alloc`](crate::Slotted::alloc) |
//! | a trait object | `trait Name: Weakrefable<Flavor = Shared>`, or `Slotted<dyn Name>` | [a coercion](super::recipes#from-an-object-to-a-trait-object) |
//!
//! A slot is neutral in all derives: a clone has an empty slot, all slots are equal, and a slot hashes
//! to nothing. serde skips a hidden slot; mark a declared one with `#[serde(skip)]`.
