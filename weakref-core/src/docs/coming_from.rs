//! Names and differences for those who know weak references from another language or library.
//!
//! Python has a page of its own: [`python`](super::python).
//!
//! Languages with a tracing garbage collector clear weak references when the collector finds that an
//! object is unreachable, at an unknown time and often on another thread. Here, as in Swift and C++,
//! that happens inside the drop of the last strong pointer, and [cycles are not
//! collected](super::limitations#cycles-are-never-dropped).
//!
//! # Java
//!
//! | Java | here | difference |
//! |---|---|---|
//! | `WeakReference<T>` | [`WeakRef<T>`](crate::WeakRef) | `get()` is [`upgrade()`](crate::WeakRef::upgrade); `refersTo` is [`refers_to`](crate::WeakRef::refers_to). |
//! | `ReferenceQueue<T>` | [`DeathQueue<K>`](crate::DeathQueue) | It delivers a key that you choose, not the reference. `poll`, `remove` are [`try_recv`](crate::DeathQueue::try_recv), [`recv`](crate::DeathQueue::recv). |
//! | `WeakHashMap<K, V>` | [`WeakKeyMap<K, V>`](crate::WeakKeyMap) | An entry is removed with its key, not by the next operation after a collection. Any number of threads may use the map. |
//! | `Collections.newSetFromMap(new WeakHashMap<>())` | [`WeakSet<T>`](crate::WeakSet) | It also returns the element that is equal to a given one. |
//! | `Interner` of Guava, `Interners.newWeakInterner()` | [`WeakSet::get_or_insert_with`](crate::WeakSet::get_or_insert_with) | It can be searched by a borrowed key. |
//! | `CacheBuilder.weakValues()` of Guava | [`WeakValueMap<K, V>`](crate::WeakValueMap) | Keys are compared by `Eq`. [`get_or_insert_with`](crate::WeakValueMap::get_or_insert_with) runs one factory for each key, as `get(key, loader)` does. |
//! | `CacheBuilder.weakKeys()` of Guava | [`PtrWeakKeyMap<K, V>`](crate::PtrWeakKeyMap) | Both compare by identity. |
//! | `RemovalListener` of Guava | [`on_removal`](crate::WeakValueMap::on_removal) | `COLLECTED` is [`RemovalCause::Died`](crate::RemovalCause::Died). |
//! | `Cleaner.register(object, action)` | [`finalize`](crate::finalize()) | The action runs in the thread that drops the object, not in a thread of its own; for that, use a queue. It also runs at the end of the program. |
//! | `Cleanable.clean()` | [`Finalizer::call`](crate::Finalizer::call) | It returns the result of the function. |
//! | `SoftReference<T>` | a bounded front of owners | [A cache with a bounded number of owners](super::recipes#a-cache-with-a-bounded-number-of-owners). Nothing reacts to a lack of memory. |
//! | `PhantomReference<T>` | [`DeathQueue::watch`](crate::DeathQueue::watch) | The object has been dropped, and cannot be reached. |
//!
//! # C\#
//!
//! | .NET | here | difference |
//! |---|---|---|
//! | `WeakReference<T>` | [`WeakRef<T>`](crate::WeakRef) | `TryGetTarget` is [`upgrade`](crate::WeakRef::upgrade). `SetTarget` does not exist: assign a new reference. |
//! | `WeakReference(target, trackResurrection: true)` | | An object cannot be resurrected: its references are dead before its `Drop` runs. |
//! | `ConditionalWeakTable<K, V>` | [`PtrWeakKeyMap<K, V>`](crate::PtrWeakKeyMap) | Both compare by identity. It is [not an ephemeron](super::limitations#maps-own-values-and-are-not-ephemerons): a value that owns its key keeps the key alive. |
//! | `GetValue(key, create)` | [`get_or_insert_with`](crate::PtrWeakKeyMap::get_or_insert_with) | One factory runs for each key, not several of which one result is kept. |
//! | `~Type()`, a finalizer | [`finalize`](crate::finalize()), `on_drop` | It runs at once, in the thread that drops the object. |
//! | `IDisposable`, `using` | `Drop`, [`FinalizerGuard`](crate::finalizer::FinalizerGuard) | A guard takes the function back at the end of its scope; [`Finalizer::call`](crate::Finalizer::call) runs it early. |
//! | `GC.SuppressFinalize(this)` | [`Finalizer::detach`](crate::Finalizer::detach) | It returns the function. |
//! | `DependentHandle` | [`WeakKeyMap`](crate::WeakKeyMap) | As `ConditionalWeakTable`. |
//! | `WeakEventManager` | [`WeakList`](crate::WeakList), [`WeakMethod`](crate::WeakMethod) | A listener leaves the list when it is dropped, not at the next clean-up. |
//!
//! # Swift
//!
//! | Swift | here | difference |
//! |---|---|---|
//! | `weak var delegate: Delegate?` | `Option<WeakRef<dyn Delegate>>` | Reading is explicit: [`upgrade`](crate::WeakRef::upgrade) or [`with`](crate::WeakRef::with). For a type that is not a trait object, [`WeakRef::dead()`](crate::WeakRef::dead) is the `nil`, and needs no `Option`. |
//! | `unowned let owner` | [`Proxy<T>`](crate::Proxy) | Use after the drop panics, or is an error by the `try_` methods; it is never undefined. |
//! | `{ [weak self] x in .. }` | [`weak_fn!(&this, \|this, x\| ..)`](crate::weak_fn) | `guard let self else { return value }` is [`weak_fn_or!`](crate::weak_fn_or). |
//! | `deinit` | `Drop`, or `on_drop` of [`#[weakrefable]`](macro@crate::weakrefable) | Weak references to the object are dead in both. |
//! | `NSMapTable.strongToWeakObjects()` | [`WeakValueMap`](crate::WeakValueMap) | Entries of dropped objects are removed at once, and `len` does not count them. |
//! | `NSMapTable.weakToStrongObjects()` | [`WeakKeyMap`](crate::WeakKeyMap), [`PtrWeakKeyMap`](crate::PtrWeakKeyMap) | The same. |
//! | `NSMapTable.weakToWeakObjects()` | [`WeakWeakMap`](crate::WeakWeakMap) | The same. |
//! | `NSHashTable.weakObjects()` | [`WeakSet`](crate::WeakSet), [`PtrWeakSet`](crate::PtrWeakSet) | The same. |
//! | `NSPointerArray.weakObjects()` | [`WeakList`](crate::WeakList) | An element that is dropped leaves the list; no `nil` stays in its place. |
//! | `objc_setAssociatedObject` | [`PtrWeakKeyMap`](crate::PtrWeakKeyMap) | The data is in the map, not in the object. |
//!
//! # GLib and gtk-rs
//!
//! | GLib | here | difference |
//! |---|---|---|
//! | `GWeakRef`, `glib::WeakRef<T>` | [`WeakRef<T>`](crate::WeakRef) | The object is in an `Rc` or `Arc` of std, and has no base class. |
//! | `g_object_weak_ref(object, notify, data)`, `add_weak_ref_notify` | [`WeakRef::with_callback`](crate::WeakRef::with_callback) | The reference owns the callback: keep it. |
//! | `g_object_add_weak_pointer` | [`WeakRef::is_dead`](crate::WeakRef::is_dead) | There is no raw pointer to set to null. |
//! | `clone!(#[weak] this, move \|x\| ..)` | [`weak_fn!(&this, \|this, x\| ..)`](crate::weak_fn) | There is one weak object; captures of others are written as usual. |
//! | `#[upgrade_or] value` | [`weak_fn_or!`](crate::weak_fn_or) | The value is given before the closure. |
//! | `#[weak_allow_none]` | [`WeakRef`](crate::WeakRef) in the closure | Upgrade it in the body. |
//! | `g_signal_connect_object`, `connect_object` | [`WeakList`](crate::WeakList), [`WeakMethod`](crate::WeakMethod) | The handler is gone when its object is dropped. |
//! | `dispose`, `finalize` | `on_drop`, `Drop` of the fields | There is no dispose that runs twice. Weak references are dead before both. |
//! | `GOBJECT_DEBUG=instance-count`, `g_type_get_instance_count` | [`Census`](crate::Census) | Objects are registered by their constructor, and grouped by the line that made them. |
//! | `g_object_set_data_full` | [`PtrWeakKeyMap`](crate::PtrWeakKeyMap) | The data has a type, and is dropped with the object. |
//!
//! # C++ and Boost
//!
//! | C++ | here | difference |
//! |---|---|---|
//! | `std::weak_ptr<T>` | [`WeakRef<T>`](crate::WeakRef) | `lock()` is [`upgrade()`](crate::WeakRef::upgrade), `expired()` is [`is_dead()`](crate::WeakRef::is_dead), `use_count()` is [`strong_count()`](crate::WeakRef::strong_count). |
//! | `std::owner_less`, `owner_before` | [`WeakRef::ptr_eq`](crate::WeakRef::ptr_eq), [`PtrWeakSet`](crate::PtrWeakSet) | A container removes what is dropped; a `std::set<weak_ptr>` keeps it. |
//! | `enable_shared_from_this` | [`new_cyclic` and `WeakRef::from`](super::recipes#a-weak-reference-to-itself) | The reference is a field of yours. |
//! | a `shared_ptr` with a custom deleter | [`finalize`](crate::finalize()) | It is added to an object that exists, any number of times. |
//! | `boost::signals2::signal` | [`WeakList<dyn Trait>`](crate::WeakList) | Listeners are objects; the list does not own them. There is no combiner: use [`iter`](crate::WeakList::iter). |
//! | `slot.track(weak_ptr)`, `track_foreign` | [`WeakMethod`](crate::WeakMethod), [`weak_fn!`](crate::weak_fn) | The tracked object is kept alive during a call, as there. |
//! | `boost::signals2::connection` | [`ListKey`](crate::ListKey) | `disconnect()` is [`remove(key)`](crate::WeakList::remove), `connected()` is [`contains_key(key)`](crate::WeakList::contains_key). |
//! | `scoped_connection` | the strong pointer to the listener | Dropping it disconnects. |
//! | `QPointer<T>` | [`Proxy<T>`](crate::Proxy), [`WeakRef<T>`](crate::WeakRef) | The object can be shared by several owners. |
//! | `QObject::destroyed` | [`WeakRef::with_callback`](crate::WeakRef::with_callback) | The object cannot be reached any more in the callback. |
