//! `DeathQueue`: the dead, as keys, for somebody to fetch.

mod inbox;
mod links;
mod recv;

use std::{fmt, iter::FusedIterator, marker::PhantomData, sync::Arc};

#[cfg(not(loom))]
use std::time::{Duration, Instant};

use crate::{Callback, Flavor, Local, Pointer, Shared, WeakRef, Weakrefable, callback, sync::park};
use inbox::Core;
use links::Link;

pub use recv::RecvFuture;

/// A queue into which objects put a key when they die: Java's `ReferenceQueue`.
///
/// It is for those who must not run code inside of a drop: because of a lock that the dropping thread
/// may hold, or because what is to be done belongs to one thread. A death only puts the key in; somebody
/// fetches it, when and where it suits.
///
/// Keys arrive in the order of the deaths in a thread, those of one object newest first. A key is whatever
/// says what is to be done: a number, a path, a handle of a foreign library.
///
/// `F` is the flavour of the objects. A queue of `Shared` is `Send` and `Sync` if its keys are `Send`,
/// and any number of threads can receive, each key going to one of them.
///
/// # Dropping it
///
/// The keys in it are dropped. Later deaths are silent, and drop theirs; a panic in that goes to the
/// [unraisable hook](crate::set_unraisable_hook).
///
/// # Cost
///
/// Two allocations for the queue's first [`watch`](Self::watch) of an object, one for the node of a
/// [`WeakRef`] and one for the key's link; and the growth of a list from the object's second
/// registration on. A death allocates nothing and takes no lock: it swaps a pointer, and looks whether
/// somebody waits. Receivers lock the queue for a few instructions, and never while code of yours runs:
/// no key drops and no waker is cloned, woken or dropped in there. A death that finds the queue locked
/// leaves the waking to the receiver who is inside.
///
/// # Examples
///
/// Textures belong to the thread that draws, but are dropped anywhere:
///
/// ```
/// use std::{sync::Arc, thread};
/// use weakref_core::{DeathQueue, new, weakrefable};
///
/// #[weakrefable]
/// struct Texture { handle: u32 }
///
/// let dead = DeathQueue::new();
/// let texture = Arc::new(new!(Texture { handle: 7 }));
/// dead.watch(&texture, texture.handle).forget();
///
/// thread::spawn(move || drop(texture)).join().unwrap();
/// // Once a frame, in the thread that draws:
/// for handle in dead.drain() {
///     println!("free {handle}");
/// #   assert_eq!(handle, 7);
/// }
/// assert!(dead.is_empty());
/// ```
pub struct DeathQueue<K, F: Flavor = Shared> {
    core: Arc<Core<K>>,
    /// As the pointers in which the objects live, it stays in its thread or not.
    flavor: PhantomData<F::Strong<()>>,
}

impl<K> DeathQueue<K> {
    /// Returns an empty queue for objects that live in an `Arc`. Costs one allocation.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// assert_eq!(dead.try_recv(), None);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the next key, and waits for a death if there is none.
    ///
    /// If nothing that is watched dies any more, it waits for ever. A queue of [`Local`] has no such
    /// method: its objects die in the thread that would be waiting.
    ///
    /// Costs two allocations if it has to wait, and parks the thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{sync::Arc, thread};
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// let thread = thread::spawn(move || drop(object));
    /// assert_eq!(dead.recv(), "seven");
    /// # thread.join().unwrap();
    /// ```
    pub fn recv(&self) -> K {
        loop {
            let forever = || {
                park();
                true
            };
            if let Some(key) = self.wait(forever) {
                return key;
            }
        }
    }

    /// Returns the next key, waiting for a death no longer than `timeout`; or `None`.
    ///
    /// Costs two allocations if it has to wait, and parks the thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use weakref_core::DeathQueue;
    ///
    /// let dead = DeathQueue::<u32>::new();
    /// assert_eq!(dead.recv_timeout(Duration::from_millis(10)), None);
    /// ```
    #[cfg(not(loom))]
    pub fn recv_timeout(&self, timeout: Duration) -> Option<K> {
        let Some(end) = Instant::now().checked_add(timeout) else {
            return Some(self.recv());
        };
        let pause = || {
            let left = end.saturating_duration_since(Instant::now());
            crate::sync::park_timeout(left);
            !left.is_zero()
        };
        // One more look: a death may have left its key at the last moment.
        self.wait(pause).or_else(|| self.try_recv())
    }

    fn wait(&self, pause: impl FnMut() -> bool) -> Option<K> {
        // Most often there is one, and no need for a waker.
        self.try_recv().or_else(|| recv::block_on(self.recv_async(), pause))
    }
}

impl<K> DeathQueue<K, Local> {
    /// Returns an empty queue for objects that live in an `Rc`. Costs one allocation.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{DeathQueue, Local, Slotted};
    ///
    /// let dead = DeathQueue::local();
    /// let object = Rc::new(Slotted::<_, Local>::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// drop(object);
    /// assert_eq!(dead.try_recv(), Some("seven"));
    /// ```
    pub fn local() -> Self {
        Self::default()
    }
}

impl<K, F: Flavor> DeathQueue<K, F> {
    /// Has `key` put into the queue when the object dies, if the [`Watch`] that this returns still
    /// exists then, or has been [forgotten](Watch::forget).
    ///
    /// [`clear_weakrefs`](crate::clear_weakrefs) is a death here too. A key that owns the object keeps
    /// it alive for ever.
    ///
    /// Costs two allocations (from the object's second registration on, the growth of a list too), and
    /// in `Shared` holds the object's slot for a few instructions.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let [cat, dog] = ["cat", "dog"].map(|name| Arc::new(Slotted::new(name)));
    /// let _cat = dead.watch(&cat, 1);
    /// let _dog = dead.watch(&dog, 2);
    /// drop(dog);
    /// drop(cat);
    /// assert!(dead.drain().eq([2, 1]));
    /// ```
    pub fn watch<T, P>(&self, owner: &P, key: K) -> Watch<T>
    where
        T: ?Sized + Weakrefable<Flavor = F> + 'static,
        P: Pointer<Referent = T>,
        K: Callback<T, F>,
    {
        let link = Box::new(Link::new(key));
        let core = Arc::downgrade(&self.core);
        let push = move |_: &WeakRef<T>| match core.upgrade() {
            Some(core) => core.push(link),
            None => callback::run::<K>(|| drop(link)),
        };
        // SAFETY: `K: Callback<T, F>`, which says in `Shared` that `K` is `Send` and `T` is
        // `Send + Sync`. What the closure owns is a key, in a link of its own, and a pointer to a core,
        // which is `Send` and `Sync` where keys are `Send`.
        #[allow(unsafe_code)]
        let weak = unsafe { WeakRef::with_hidden_callback(owner.strong(), push) };
        Watch(weak)
    }

    /// Returns the next key, if there is one. Does not wait for a death. O(1) amortized; allocates
    /// nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// assert_eq!(dead.try_recv(), None);
    /// drop(object);
    /// assert_eq!(dead.try_recv(), Some("seven"));
    /// ```
    pub fn try_recv(&self) -> Option<K> {
        self.core.try_recv()
    }

    /// Returns an iterator that receives until the queue is empty. What it has not reached stays.
    ///
    /// Each step is a [`try_recv`](Self::try_recv): keys that arrive meanwhile come too.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// for number in 0..3 {
    ///     dead.watch(&Arc::new(Slotted::new(number)), number).forget();
    /// }
    /// assert!(dead.drain().eq([0, 1, 2]));
    /// ```
    pub fn drain(&self) -> Drain<'_, K, F> {
        Drain(Some(self))
    }

    /// Returns the next key as a future. It costs nothing until it is polled.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::DeathQueue;
    ///
    /// /// Reports the connections that close, by their numbers.
    /// async fn report(closed: &DeathQueue<u32>) {
    ///     loop {
    ///         println!("connection {} is closed", closed.recv_async().await);
    ///     }
    /// }
    /// ```
    pub fn recv_async(&self) -> RecvFuture<'_, K, F> {
        RecvFuture::new(self)
    }

    /// Returns how many keys are in the queue. O(1) amortized; locks the queue as a receiver does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// dead.watch(&Arc::new(Slotted::new(7)), "seven").forget();
    /// assert_eq!(dead.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.core.len()
    }

    /// Returns whether there is no key in the queue. Costs what [`len`](Self::len) costs.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::DeathQueue;
    ///
    /// assert!(DeathQueue::<u32>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K, F: Flavor> Default for DeathQueue<K, F> {
    /// Returns an empty queue. Costs one allocation.
    fn default() -> Self {
        Self { core: Arc::new(Core::new()), flavor: PhantomData }
    }
}

impl<K, F: Flavor> fmt::Debug for DeathQueue<K, F> {
    /// Writes how many keys are in the queue. Does not call into them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeathQueue({})", self.len())
    }
}

/// An object that is watched for a [`DeathQueue`]: what [`watch`](DeathQueue::watch) returns.
///
/// To drop it is to [`cancel`](Self::cancel). It counts in [`weakref_count`](crate::weakref_count), but
/// is not among the [`weakrefs`](crate::weakrefs): nobody else gets hold of it. Like a [`WeakRef`], it
/// keeps the memory of the object (not the object), and is `Send` and `Sync` where that is.
///
/// Whether the key goes into the queue is settled before the first callback of that death runs: a
/// callback that drops the watch comes too late. (Another thread that drops it meanwhile may be in time.)
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{DeathQueue, Slotted};
///
/// let dead = DeathQueue::new();
/// let object = Arc::new(Slotted::new(7));
/// let kept = dead.watch(&object, "kept");
/// let cancelled = dead.watch(&object, "cancelled");
/// drop(cancelled);
/// drop(object);
/// assert!(dead.drain().eq(["kept"]));
/// # drop(kept);
/// ```
#[must_use = "dropping a `Watch` cancels it; `forget` lets it stand"]
pub struct Watch<T: ?Sized + Weakrefable>(WeakRef<T>);

impl<T: ?Sized + Weakrefable> Watch<T> {
    /// Takes the key back, and drops it, unless it is in the queue already.
    ///
    /// O(1). Makes an owner for a moment, which may be the last by then.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// dead.watch(&object, "seven").cancel();
    /// drop(object);
    /// assert!(dead.is_empty());
    /// ```
    pub fn cancel(self) {
        drop(self);
    }

    /// Lets the watch stand without this: the key goes into the queue in any case. What it needs is
    /// freed at the death.
    ///
    /// O(1). Allocates nothing and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// dead.watch(&object, "seven").forget();
    /// drop(object);
    /// assert_eq!(dead.try_recv(), Some("seven"));
    /// ```
    pub fn forget(self) {
        self.0.let_stand();
    }
}

impl<T: ?Sized + Weakrefable> fmt::Debug for Watch<T> {
    /// Writes the type of the object, and its address or `dead`. Does not call into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.0).finish()
    }
}

/// An iterator that receives until a [`DeathQueue`] is empty: what [`drain`](DeathQueue::drain) returns.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{DeathQueue, Slotted};
///
/// let dead = DeathQueue::new();
/// let mut drain = dead.drain();
/// assert_eq!(drain.next(), None);
/// dead.watch(&Arc::new(Slotted::new(7)), "late").forget();
/// assert_eq!(drain.next(), None, "it has ended");
/// assert_eq!(dead.len(), 1);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Drain<'a, K, F: Flavor = Shared>(Option<&'a DeathQueue<K, F>>);

impl<K, F: Flavor> Iterator for Drain<'_, K, F> {
    type Item = K;

    fn next(&mut self) -> Option<K> {
        let key = self.0?.try_recv();
        if key.is_none() {
            self.0 = None;
        }
        key
    }
}

impl<K, F: Flavor> FusedIterator for Drain<'_, K, F> {}

impl<K, F: Flavor> fmt::Debug for Drain<'_, K, F> {
    /// Writes how many keys are in the queue, unless it has ended. Does not call into them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drain").field(&self.0).finish()
    }
}
