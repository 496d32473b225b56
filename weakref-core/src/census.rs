//! Which objects are alive, and which lines made them: [`Census`], and its [`Report`].

// Built of other parts of the crate. Each registration is a finalizer of the object, whose function
// owns a record in a list of weak pointers. So a drop does not wait for a census.

mod report;

use std::{
    any::type_name,
    borrow::Cow,
    fmt,
    marker::PhantomData,
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, ThreadId},
    time::Instant,
};

pub use self::report::{Origin, Report};
use crate::{Slotted, WeakList, Weakrefable, finalize::finalize_until_drop};

/// The registrations of objects of one type: which of them are alive, and where they were made.
///
/// An object is [registered](Self::register) with the line of the caller. The census does not keep
/// it alive, and forgets it within its drop. [`alive`](Self::alive) returns a [`Report`] of the
/// others, grouped by line. Use it to find leaks: objects that a cycle, or a callback that owns its
/// own object, [keeps alive for ever](crate::docs::limitations#cycles-are-never-dropped).
///
/// Register the objects in the constructor of the type, and mark the constructor with
/// `#[track_caller]`: then a report names the callers of the constructor. A `#[cfg(..)]` on that
/// statement and on the census leaves both out of other builds. [A
/// recipe](crate::docs::recipes#a-census-of-a-type) shows it.
///
/// All methods take `&self`. A census is `Send` and `Sync`, also of [`Local`](crate::Local)
/// objects: it has what is known of an object, and no pointer to it. So it can be a `static`, in
/// both flavours.
///
/// # What counts
///
/// An object counts from its registration until its drop, wherever it is: in the constructor, in an
/// `Rc` or `Arc`, or [moved out of
/// it](crate::docs::limitations#an-object-that-is-moved-out-of-its-pointer-is-not-dropped). In a
/// drop, the registration has its place among the callbacks and finalizers, newest first: those
/// that were registered earlier find the object gone from the census, later ones do not.
///
/// - An object that is registered twice counts twice.
/// - A clone of an object is another object, and is not registered.
/// - [`clear_weakrefs`](crate::clear_weakrefs) ends the registration of an object that is alive.
/// - Objects that are forgotten (`mem::forget`) or owned by a static count for ever. A finalizer
///   that runs at the [end of the program](crate::exit) can report them.
///
/// A registration has no weak pointer to the object. So it has no effect on `get_mut` or on the
/// object's memory, and no method of a census makes a strong pointer that may become the last one.
/// [`weakref_count`](crate::weakref_count) counts it, as it counts every finalizer.
///
/// # Cost
///
/// A registration is a [finalizer](crate::finalize()) and a record: two allocations of 216 bytes
/// together, an element of a list, and O(1) under the lock of that list. A drop takes O(1), and
/// never waits for a thread that uses the census. An empty census allocates nothing.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Census, new, weakrefable};
///
/// #[weakrefable]
/// struct Image { name: String }
///
/// static IMAGES: Census<Image> = Census::new();
///
/// impl Image {
///     #[track_caller]
///     fn new(name: &str) -> Arc<Self> {
///         let image = Arc::new(new!(Self { name: name.into() }));
///         IMAGES.register_with_label(&image, name.to_owned());
///         image
///     }
/// }
///
/// let (cat, dog) = (Image::new("cat.png"), Image::new("dog.png"));
/// drop(dog);
/// let report = IMAGES.alive();
/// println!("{report}");
/// // count  oldest  made at          labels
/// //     1  12.4µs  src/main.rs:18   cat.png
/// # assert_eq!(report.len(), 1);
/// # assert_eq!(report.origins()[0].labels, [("cat.png".into(), 1)]);
///
/// drop(cat);
/// IMAGES.assert_empty();
/// ```
pub struct Census<T: ?Sized + Weakrefable> {
    /// Always `Shared`, so that the same code serves both flavours.
    registered: WeakList<Slotted<Details>>,
    /// It has no `T`, and is `Send` and `Sync` for all of them.
    objects: PhantomData<fn(&T)>,
}

/// What is known of an object that was registered.
struct Details {
    location: &'static Location<'static>,
    label: Option<Cow<'static, str>>,
    since: Instant,
    thread: ThreadId,
    /// Counts up in all registrations of the program.
    number: u64,
    /// Set before the object's share of these details is dropped. A report makes strong pointers to
    /// them for a moment; another report must not take those for objects. Relaxed: the flag is the
    /// whole message, and a thread that knows of the drop knows of the flag.
    is_gone: AtomicBool,
}

/// The number of the next registration. Relaxed: only numbers of the same thread are compared.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Stands for an object that is alive. Owned by the function of its finalizer, which is dropped
/// when the registration ends, in whichever way.
struct Presence(Arc<Slotted<Details>>);

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.is_gone.store(true, Relaxed);
    }
}

impl<T: ?Sized + Weakrefable> Census<T> {
    /// Returns an empty census. It allocates nothing before the first registration.
    ///
    /// It is a `const fn`, so that a census can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Census, Local, Slotted};
    ///
    /// static NAMES: Census<Slotted<String, Local>> = Census::new();
    ///
    /// let name = Rc::new(Slotted::new(String::from("Ada")));
    /// NAMES.register(&name);
    /// assert_eq!(NAMES.alive().len(), 1);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { registered: WeakList::new(), objects: PhantomData }
    }

    /// Registers an object, with the line of the caller.
    ///
    /// A `&Rc<T>` or `&Arc<T>` coerces to the `&T`, if the type of the census is written somewhere,
    /// as in `Census::<T>::new()`. In a constructor, the object need not be in a pointer yet.
    ///
    /// O(1), with two allocations. The line is that of the nearest caller without
    /// `#[track_caller]`.
    ///
    /// # Panics
    ///
    /// If the operating system has no room for one more exit handler. Only the first finalizer
    /// registers one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Census, Slotted};
    ///
    /// let names = Census::<Slotted<String>>::new();
    /// let name = Arc::new(Slotted::new(String::from("Ada")));
    /// names.register(&name);
    /// assert_eq!(names.alive().origins()[0].location.line(), line!() - 1);
    /// ```
    #[track_caller]
    pub fn register(&self, object: &T) {
        self.insert(object, None);
    }

    /// Registers an object like [`register`](Self::register), with a label for reports.
    ///
    /// A label tells apart objects that were registered by the same line. Reports have each label
    /// with the number of objects that have it.
    ///
    /// # Panics
    ///
    /// Panics like [`register`](Self::register).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Census, Slotted};
    ///
    /// let names = Census::<Slotted<&str>>::new();
    /// let all = ["Ada", "Bob", "Ada"].map(|name| Arc::new(Slotted::new(name)));
    /// for name in &all {
    ///     names.register_with_label(name, ***name);
    /// }
    /// let report = names.alive();
    /// assert_eq!(report.origins()[0].labels, [("Ada".into(), 2), ("Bob".into(), 1)]);
    /// ```
    #[track_caller]
    pub fn register_with_label(&self, object: &T, label: impl Into<Cow<'static, str>>) {
        self.insert(object, Some(label.into()));
    }

    #[track_caller]
    fn insert(&self, object: &T, label: Option<Cow<'static, str>>) {
        let details = Arc::new(Slotted::new(Details {
            location: Location::caller(),
            label,
            since: Instant::now(),
            thread: thread::current().id(),
            number: NEXT.fetch_add(1, Relaxed),
            is_gone: AtomicBool::new(false),
        }));
        self.registered.push(&details);
        let presence = Presence(details);
        finalize_until_drop(object, move || drop(presence));
    }

    /// Returns a report of the objects that are alive, grouped by the line that registered them.
    ///
    /// O(n log n), with allocations. Objects may be registered and dropped meanwhile, by other
    /// threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{rc::Rc, time::Duration};
    /// use weakref_core::{Census, new, weakrefable};
    ///
    /// #[weakrefable(local)]
    /// struct Node { number: u32 }
    ///
    /// let nodes = Census::<Node>::new();
    /// let mut all = Vec::new();
    /// for number in 0..10 {
    ///     let node = Rc::new(new!(Node { number }));
    ///     nodes.register(&node);
    ///     all.push(node);
    /// }
    /// all.retain(|node| node.number < 7);
    ///
    /// let report = nodes.alive();
    /// assert_eq!((report.len(), report.origins().len()), (7, 1));
    /// assert!(report.origins()[0].oldest < Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn alive(&self) -> Report {
        self.report(|_| true)
    }

    fn report(&self, counts: impl Fn(&Details) -> bool) -> Report {
        let registered: Vec<_> = self.registered.iter().collect();
        let alive = registered.iter().map(|details| &***details);
        Report::of(alive.filter(|details| !details.is_gone.load(Relaxed) && counts(details)))
    }

    /// Panics if an object is alive.
    ///
    /// Takes as long as [`alive`](Self::alive).
    ///
    /// # Panics
    ///
    /// If an object is alive. The message has the report.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// use std::{cell::OnceCell, rc::Rc};
    /// use weakref_core::{Census, new, weakrefable};
    ///
    /// #[weakrefable(local)]
    /// struct Node { next: OnceCell<Rc<Node>> }
    ///
    /// let nodes = Census::<Node>::new();
    /// let node = Rc::new(new!(Node { next: OnceCell::new() }));
    /// nodes.register(&node);
    /// node.next.set(node.clone()).ok(); // a cycle
    /// drop(node);
    /// nodes.assert_empty(); // panics, and names the line of `register`
    /// ```
    #[track_caller]
    pub fn assert_empty(&self) {
        let report = self.alive();
        assert!(report.is_empty(), "{}", Self::complaint("assert_empty", &report));
    }

    /// Calls `f` and returns its result. Panics if an object is alive then that this thread has
    /// registered meanwhile: a test that leaves objects behind fails.
    ///
    /// What was registered before, and what other threads register, does not matter. So tests that
    /// run at the same time can use one census, which is a `static`. Where objects are registered
    /// by several threads, use [`assert_empty`](Self::assert_empty) of a census that no other test
    /// uses.
    ///
    /// If `f` panics, the panic is passed on, and nothing is checked. Objects that the result owns
    /// are alive, so `f` should return none.
    ///
    /// Takes as long as [`alive`](Self::alive), beside `f`.
    ///
    /// # Panics
    ///
    /// If such an object is alive. The message has a report of these objects.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Census, Slotted};
    ///
    /// static NAMES: Census<Slotted<String>> = Census::new();
    ///
    /// fn name(name: &str) -> Arc<Slotted<String>> {
    ///     let name = Arc::new(Slotted::new(name.to_owned()));
    ///     NAMES.register(&name);
    ///     name
    /// }
    ///
    /// let _earlier = name("Ada");
    /// let length = NAMES.assert_no_leaks(|| name("Bob").len());
    /// assert_eq!(length, 3);
    /// ```
    #[track_caller]
    pub fn assert_no_leaks<R>(&self, f: impl FnOnce() -> R) -> R {
        let (first, this_thread) = (NEXT.load(Relaxed), thread::current().id());
        let result = f();
        let report =
            self.report(|details| details.thread == this_thread && details.number >= first);
        assert!(report.is_empty(), "{}", Self::complaint("assert_no_leaks", &report));
        result
    }

    /// The message of a panic.
    fn complaint(method: &str, report: &Report) -> String {
        let (count, name) = (report.len(), type_name::<T>());
        let are = if count == 1 { "object is" } else { "objects are" };
        format!(
            "`{method}` of a census: {count} {are} alive, of type `{name}`: drop the strong \
             pointers first, or look for a cycle, or for a callback that owns its own object; the \
             objects were registered at these lines:\n{report}"
        )
    }
}

impl<T: ?Sized + Weakrefable> Default for Census<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized + Weakrefable> fmt::Debug for Census<T> {
    /// Writes the number of objects that are alive.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Census({})", self.alive().len())
    }
}
