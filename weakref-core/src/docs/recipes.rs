//! Short programs for common tasks. Copy one, and change the types.
//!
//! - [Observers](#observers)
//! - [A callback for code that takes a `Fn`](#a-callback-for-code-that-takes-a-fn)
//! - [A cache with a bounded number of owners](#a-cache-with-a-bounded-number-of-owners)
//! - [An async cache](#an-async-cache)
//! - [An interner](#an-interner)
//! - [A side table](#a-side-table)
//! - [Data that is flushed with its object](#data-that-is-flushed-with-its-object)
//! - [A resource that one thread must free](#a-resource-that-one-thread-must-free)
//! - [A file that is removed in any case](#a-file-that-is-removed-in-any-case)
//! - [A host for an interpreter, or for forks](#a-host-for-an-interpreter-or-for-forks)
//! - [A census of a type](#a-census-of-a-type)
//! - [A test for leaks](#a-test-for-leaks)
//! - [Access that can be revoked](#access-that-can-be-revoked)
//! - [A weak reference to itself](#a-weak-reference-to-itself)
//! - [From an object to a trait object](#from-an-object-to-a-trait-object)
//!
//! # Observers
//!
//! A [`WeakList`](crate::WeakList) calls its elements in the order in which they were pushed. An
//! observer leaves the list within the drop of its last strong pointer, even while the list is
//! calling its elements. So that pointer can serve as the subscription: to drop it is to unsubscribe.
//!
//! ```
//! use std::{cell::Cell, rc::Rc};
//! use weakref_core::{Local, WeakList, Weakrefable, new, weakrefable};
//!
//! trait Observer: Weakrefable<Flavor = Local> {
//!     fn changed(&self, value: u32);
//! }
//!
//! #[weakrefable(local)]
//! struct Label { shown: Cell<u32> }
//!
//! impl Observer for Label {
//!     fn changed(&self, value: u32) { self.shown.set(value); }
//! }
//!
//! let observers = WeakList::<dyn Observer>::new();
//! let label = Rc::new(new!(Label { shown: Cell::new(0) }));
//! observers.push(&(label.clone() as Rc<dyn Observer>));
//! observers.for_each(|observer| observer.changed(40));
//! assert_eq!(label.shown.get(), 40);
//!
//! drop(label);
//! assert!(observers.is_empty());
//! ```
//!
//! # A callback for code that takes a `Fn`
//!
//! [`weak_fn!`](crate::weak_fn) creates a closure that holds its object weakly and returns `None`
//! after the object has been dropped. [`weak_fn_or!`](crate::weak_fn_or) returns a value of your
//! choice instead.
//!
//! ```
//! use std::{cell::Cell, rc::Rc};
//! use weakref_core::{new, weak_fn_or, weakrefable};
//!
//! #[derive(Default)]
//! struct Button { on_click: Vec<Box<dyn Fn(u32) -> bool>> } // knows nothing of weak references
//!
//! #[weakrefable(local)]
//! struct Window { clicks: Cell<u32> }
//!
//! let mut button = Button::default();
//! let window = Rc::new(new!(Window { clicks: Cell::new(0) }));
//! button.on_click.push(Box::new(weak_fn_or!(&window, false, |window, count| {
//!     window.clicks.set(window.clicks.get() + count);
//!     true
//! })));
//! assert!(button.on_click[0](2));
//! assert_eq!(window.clicks.get(), 2);
//!
//! drop(window); // the button does not keep it alive
//! button.on_click.retain(|call| call(1));
//! assert!(button.on_click.is_empty());
//! ```
//!
//! # A cache with a bounded number of owners
//!
//! The [`WeakValueMap`](crate::WeakValueMap) finds each page that the program still uses, and a
//! front of owners, a cache of the crate `quick_cache`, keeps some pages alive that nobody uses.
//! `Bytes` weighs a page, and leaves the drop of evicted ones, which can run callbacks, to the time
//! when the front is unlocked.
//!
//! ```
//! use std::sync::Arc;
//! use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, sync::Cache};
//! use weakref_core::{Slotted, WeakValueMap};
//!
//! type Page = Slotted<String>;
//! type Front = Cache<u32, Arc<Page>, Bytes, DefaultHashBuilder, Bytes>;
//!
//! #[derive(Clone)] struct Bytes;
//! impl Weighter<u32, Arc<Page>> for Bytes {
//!     fn weight(&self, _: &u32, page: &Arc<Page>) -> u64 { page.len() as u64 }
//! }
//! impl Lifecycle<u32, Arc<Page>> for Bytes {
//!     type RequestState = Vec<Arc<Page>>;
//!     fn on_evict(&self, evicted: &mut Vec<Arc<Page>>, _: u32, page: Arc<Page>) { evicted.push(page) }
//! }
//!
//! struct Pages { kept: Front, open: WeakValueMap<u32, Page> }
//! impl Pages {
//!     fn get(&self, number: u32) -> Arc<Page> {
//!         if let Some(page) = self.kept.get(&number) { return page; }
//!         let load = || Arc::new(Slotted::new(format!("page {number}")));
//!         let page = self.open.get_or_insert_with(number, load);
//!         self.kept.insert(number, page.clone());
//!         page
//!     }
//! }
//!
//! // 13 bytes have room for two pages. With no more than 32 expected, the front has one shard.
//! let kept = Cache::with(32, 13, Bytes, DefaultHashBuilder::default(), Bytes);
//! let pages = Pages { kept, open: WeakValueMap::new() };
//! drop(pages.get(1));
//! assert!(pages.open.contains_key(&1), "it is kept, although nobody uses it");
//! (2..=9).for_each(|number| drop(pages.get(number)));
//! assert_eq!(pages.open.len(), 2);
//! ```
//!
//! # An async cache
//!
//! With the feature `async`, `get_or_insert_with_async` awaits one future for each key, however many
//! tasks ask for it. It works on any executor, and if the task that makes the value is cancelled,
//! the next one takes over.
//!
//! ```
//! # #[cfg(feature = "async")] {
//! # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
//! # fn block_on<F: Future>(future: F) -> F::Output {
//! #     let mut future = pin!(future);
//! #     loop {
//! #         let mut cx = Context::from_waker(Waker::noop());
//! #         if let Poll::Ready(result) = future.as_mut().poll(&mut cx) { return result }
//! #     }
//! # }
//! use std::sync::Arc;
//! use weakref_core::{WeakValueMap, new, weakrefable};
//!
//! #[weakrefable]
//! struct Profile { name: String }
//!
//! struct Client { profiles: WeakValueMap<u64, Profile> }
//!
//! impl Client {
//!     async fn profile(&self, id: u64) -> Arc<Profile> {
//!         self.profiles.get_or_insert_with_async(id, Self::fetch(id)).await
//!     }
//!
//!     async fn fetch(id: u64) -> Arc<Profile> {
//!         // .. a request over the network
//!         # std::future::ready(()).await;
//!         Arc::new(new!(Profile { name: format!("user {id}") }))
//!     }
//! }
//!
//! # block_on(async {
//! let client = Client { profiles: WeakValueMap::new() };
//! let (ann, same) = (client.profile(7).await, client.profile(7).await);
//! assert!(Arc::ptr_eq(&ann, &same));
//! assert_eq!(ann.name, "user 7");
//! # });
//! # }
//! ```
//!
//! # An interner
//!
//! A [`WeakSet`](crate::WeakSet) returns the same pointer for equal values, so that they can be
//! compared by address. It is searched by a `&str`, and allocates only for a word that it does not
//! have.
//!
//! ```
//! use std::sync::{Arc, LazyLock};
//! use weakref_core::{Slotted, WeakSet};
//!
//! type Symbol = Arc<Slotted<String>>;
//!
//! static SYMBOLS: LazyLock<WeakSet<Slotted<String>>> = LazyLock::new(WeakSet::new);
//!
//! fn symbol(text: &str) -> Symbol {
//!     SYMBOLS.get_or_insert_with(text, |text| Arc::new(Slotted::new(text.to_owned())))
//! }
//!
//! let (here, there) = (symbol("while"), symbol("while"));
//! assert!(Arc::ptr_eq(&here, &there));
//! assert!(!Arc::ptr_eq(&here, &symbol("until")));
//!
//! drop((here, there));
//! assert!(SYMBOLS.is_empty());
//! ```
//!
//! # A side table
//!
//! A [`PtrWeakKeyMap`](crate::PtrWeakKeyMap) attaches data to objects by identity, without a field in
//! their type. An entry is removed when its object is dropped.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{PtrWeakKeyMap, new, weakrefable};
//!
//! #[weakrefable]
//! struct Node { children: Vec<Arc<Node>> }
//!
//! fn visit(node: &Arc<Node>, visits: &PtrWeakKeyMap<Node, u32>) {
//!     visits.entry(node).or_insert(0).with_mut(|count| *count += 1);
//!     node.children.iter().for_each(|child| visit(child, visits));
//! }
//!
//! let leaf = Arc::new(new!(Node { children: Vec::new() }));
//! let root = Arc::new(new!(Node { children: vec![leaf.clone(), leaf.clone()] }));
//! let visits = PtrWeakKeyMap::new();
//! visit(&root, &visits);
//! assert_eq!((visits.get(&root), visits.get(&leaf)), (Some(1), Some(2)));
//!
//! drop(root);
//! assert_eq!(visits.len(), 1);
//! ```
//!
//! # Data that is flushed with its object
//!
//! The finalizer of [`finalize_with`](crate::finalize_with) sees the object in its drop, and shares
//! the entry's value with the map. An [`on_removal`](crate::WeakKeyMap::on_removal) cannot be given
//! the object: if another thread is using the map, the drop leaves the removal to that thread.
//!
//! ```
//! use std::{cell::{Cell, RefCell}, rc::Rc};
//! use weakref_core::{Local, PtrWeakKeyMap, Slotted, finalize_with};
//!
//! type Account = Slotted<Cell<i64>, Local>;
//!
//! #[derive(Default)]
//! struct Bank {
//!     bookings: PtrWeakKeyMap<Account, Rc<Cell<u32>>>,
//!     closed: Rc<RefCell<Vec<(i64, u32)>>>,
//! }
//!
//! impl Bank {
//!     fn open(&self, account: &Rc<Account>) {
//!         let (bookings, closed) = (Rc::new(Cell::new(0)), self.closed.clone());
//!         self.bookings.insert(account, bookings.clone());
//!         finalize_with(account, move |account| {
//!             closed.borrow_mut().push((account.map_or(0, |it| it.get()), bookings.get()));
//!         });
//!     }
//! }
//!
//! let (bank, account) = (Bank::default(), Rc::new(Account::new(Cell::new(0))));
//! bank.open(&account);
//! account.set(70);
//! bank.bookings.with(&account, |bookings| bookings.set(bookings.get() + 1));
//! drop(account);
//! assert_eq!(*bank.closed.borrow(), [(70, 1)]);
//! ```
//!
//! # A resource that one thread must free
//!
//! The object may be dropped on any thread. Its drop only puts the handle into a
//! [`DeathQueue`](crate::DeathQueue), and the thread that owns the resource frees it.
//!
//! ```
//! use std::{sync::Arc, thread};
//! use weakref_core::{DeathQueue, new, weakrefable};
//!
//! #[weakrefable]
//! struct Texture { handle: u32 }
//!
//! struct Device { dead: DeathQueue<u32>, freed: Vec<u32> }
//!
//! impl Device {
//!     fn texture(&self, handle: u32) -> Arc<Texture> {
//!         let texture = Arc::new(new!(Texture { handle }));
//!         self.dead.watch(&texture, handle).forget();
//!         texture
//!     }
//!
//!     fn end_frame(&mut self) { self.freed.extend(self.dead.drain()); }
//! }
//!
//! let mut device = Device { dead: DeathQueue::new(), freed: Vec::new() };
//! let texture = device.texture(7);
//! thread::spawn(move || drop(texture)).join().unwrap();
//! device.end_frame();
//! assert_eq!(device.freed, [7]);
//! ```
//!
//! # A file that is removed in any case
//!
//! A finalizer runs when the object is dropped, when you call it, or at the end of the program,
//! whichever comes first, and only once. It owns a copy of the path, not the object.
//!
//! ```
//! use std::{env, fs, io, path::PathBuf, process, sync::Arc};
//! use weakref_core::{finalize, new, weakrefable};
//!
//! #[weakrefable]
//! struct Scratch { path: PathBuf }
//!
//! fn scratch(name: &str) -> io::Result<Arc<Scratch>> {
//!     let path = env::temp_dir().join(format!("{name}-{}", process::id()));
//!     fs::write(&path, "work in progress")?;
//!     let scratch = Arc::new(new!(Scratch { path: path.clone() }));
//!     finalize(&scratch, move || fs::remove_file(path));
//!     Ok(scratch)
//! }
//!
//! let file = scratch("recipe")?;
//! let path = file.path.clone();
//! assert!(path.exists());
//! drop(file);
//! assert!(!path.exists());
//! # io::Result::Ok(())
//! ```
//!
//! # A host for an interpreter, or for forks
//!
//! Finalizers that call into a runtime must run before the runtime is shut down: call
//! [`exit::run`](crate::exit::run) first. Call it also before a `fork` whose child must not inherit
//! open resources, and before an `abort`; in the child of a fork, the parent's finalizers do not run.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use weakref_core::{Slotted, exit, finalize};
//!
//! /// A foreign runtime.
//! static LOG: Mutex<Vec<&str>> = Mutex::new(Vec::new());
//!
//! fn call_runtime(message: &'static str) { LOG.lock().unwrap().push(message); }
//!
//! let object = Arc::new(Slotted::new("a handle of the runtime"));
//! finalize(&object, || call_runtime("handle released"));
//! let leaked = Box::leak(Box::new(object)); // as if a static owned it
//!
//! exit::run(); // all live finalizers, the newest first
//! call_runtime("runtime shut down");
//! assert_eq!(*LOG.lock().unwrap(), ["handle released", "runtime shut down"]);
//! assert_eq!(Arc::strong_count(leaked), 1, "the object itself is alive");
//! ```
//!
//! # A census of a type
//!
//! The constructor registers each object with the line of its caller, and the
//! [`Census`](crate::Census) reports those that are alive. In a build without debug assertions,
//! both are left out.
//!
//! ```
//! # #[cfg(debug_assertions)] {
//! use std::sync::Arc;
//! #[cfg(debug_assertions)]
//! use weakref_core::Census;
//! use weakref_core::{new, weakrefable};
//!
//! #[weakrefable]
//! pub struct Texture { name: String }
//!
//! #[cfg(debug_assertions)]
//! pub static TEXTURES: Census<Texture> = Census::new();
//!
//! impl Texture {
//!     #[track_caller]
//!     pub fn new(name: &str) -> Arc<Self> {
//!         let texture = Arc::new(new!(Self { name: name.into() }));
//!         #[cfg(debug_assertions)]
//!         TEXTURES.register_with_label(&texture, texture.name.clone());
//!         texture
//!     }
//! }
//!
//! let (grass, stone) = (Texture::new("grass"), Texture::new("stone"));
//! drop(stone);
//! println!("{}", TEXTURES.alive()); // a table: the line above, 1 object, its age, `grass`
//! assert_eq!(TEXTURES.alive().origins()[0].labels, [("grass".into(), 1)]);
//! # drop(grass);
//! # }
//! ```
//!
//! # A test for leaks
//!
//! [`assert_no_leaks`](crate::Census::assert_no_leaks) panics if an object that was registered in
//! its closure is still alive: because of a cycle, or of a callback that owns its own object. The
//! message has the lines that made these objects.
//!
//! ```should_panic
//! use std::{cell::RefCell, rc::Rc};
//! use weakref_core::{Census, new, weakrefable};
//!
//! #[weakrefable(local)]
//! struct Node { parent: RefCell<Option<Rc<Node>>>, children: RefCell<Vec<Rc<Node>>> }
//!
//! static NODES: Census<Node> = Census::new();
//!
//! #[track_caller]
//! fn node() -> Rc<Node> {
//!     let node = Rc::new(new!(Node { parent: RefCell::default(), children: RefCell::default() }));
//!     NODES.register(&node);
//!     node
//! }
//!
//! // .. in a #[test]
//! NODES.assert_no_leaks(|| {
//!     let (parent, child) = (node(), node());
//!     child.parent.replace(Some(parent.clone())); // a `WeakRef` would make no cycle
//!     parent.children.borrow_mut().push(child);
//! }); // panics: 2 objects are alive
//! ```
//!
//! # Access that can be revoked
//!
//! A caretaker without a flag to test: the target is in another object, the access, which only the
//! handle owns, and when it is revoked, all references to the access are dead, while the target and
//! other references to it are not touched. A call that has begun keeps the access, so a callback of
//! the access tells when the last call has ended.
//!
//! ```
//! use std::sync::{Arc, mpsc};
//! use weakref_core::{Slotted, WeakRef};
//!
//! type Access<T> = Slotted<Arc<T>>;
//!
//! struct Revocable<T>(Arc<Access<T>>);
//!
//! impl<T: Send + Sync + 'static> Revocable<T> {
//!     fn new(target: &Arc<T>) -> Self { Self(Arc::new(Slotted::new(target.clone()))) }
//!     fn lend(&self) -> WeakRef<Access<T>> { WeakRef::new(&self.0) }
//!     fn revoke(self) {} // does not wait for calls that have begun
//!     fn revoke_and_wait(self) { // not to be called in such a call
//!         let (running, ended) = mpsc::channel::<()>();
//!         let _watch = WeakRef::with_callback(&self.0, move |_| drop(running));
//!         drop(self);
//!         ended.recv().ok();
//!     }
//! }
//!
//! let printer = Arc::new(String::from("printer"));
//! let (first, second) = (Revocable::new(&printer), Revocable::new(&printer));
//! let (lent, other) = (first.lend(), second.lend());
//! assert_eq!(lent.with(|access| access.len()), Some(7));
//! first.revoke_and_wait();
//! assert_eq!((lent.with(|access| access.len()), other.is_dead()), (None, false));
//! # second.revoke();
//! ```
//!
//! # A weak reference to itself
//!
//! `new_cyclic` passes a std `Weak` of the object that is being made, and `WeakRef::from` takes it. A
//! callback or an entry needs the object's slot, and so can be registered only when the object exists.
//!
//! ```
//! use std::sync::Arc;
//! use weakref_core::{WeakRef, new, weakrefable};
//!
//! #[weakrefable]
//! struct Task { name: String, me: WeakRef<Task> }
//!
//! impl Task {
//!     fn new(name: &str) -> Arc<Self> {
//!         Arc::new_cyclic(|weak| {
//!             new!(Self { name: name.into(), me: WeakRef::from(weak.clone()) })
//!         })
//!     }
//!
//!     fn spawn(&self) -> impl FnOnce() -> Option<String> + use<> {
//!         let me = self.me.clone();
//!         move || me.with(|task| task.name.clone())
//!     }
//! }
//!
//! let task = Task::new("sweep");
//! let (early, late) = (task.spawn(), task.spawn());
//! assert_eq!(early().as_deref(), Some("sweep"));
//! drop(task);
//! assert_eq!(late(), None);
//! ```
//!
//! # From an object to a trait object
//!
//! Strong pointers coerce to `dyn Trait` as always, and a reference is then made from the coerced
//! pointer. An existing [`WeakRef`](crate::WeakRef) does not coerce: unsize the std `Weak` inside of
//! it, which [`as_weak`](crate::WeakRef::as_weak) returns.
//!
//! ```
//! use std::sync::{Arc, Weak};
//! use weakref_core::{Shared, Slotted, WeakRef, Weakrefable, new, weakrefable};
//!
//! trait Shape: Weakrefable<Flavor = Shared> {
//!     fn area(&self) -> f64;
//! }
//!
//! #[weakrefable]
//! struct Square(f64);
//!
//! impl Shape for Square {
//!     fn area(&self) -> f64 { self.0 * self.0 }
//! }
//!
//! let square = Arc::new(new!(Square(2.0)));
//! let weak: WeakRef<Square> = WeakRef::new(&square);
//! let unsized_weak: Weak<dyn Shape> = weak.as_weak().clone();
//! let shape = WeakRef::from(unsized_weak);
//! assert_eq!(shape.with(|shape| shape.area()), Some(4.0));
//!
//! // A trait that has no supertrait: the slot is beside the value.
//! let text: Arc<Slotted<dyn ToString>> = Arc::new(Slotted::new(7));
//! assert_eq!(WeakRef::new(&text).with(|text| text.to_string()).as_deref(), Some("7"));
//! ```
