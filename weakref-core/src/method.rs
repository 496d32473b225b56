//! Weak methods: a weak reference to an object, together with a function to call with it.
//!
//! [`WeakMethod`] is the type to begin with. The others say how it stores its function, and are
//! named only by generic code.

mod callback;
mod erased;
mod function;
mod weak_fn;

use std::{
    any::{Any, type_name},
    fmt,
    hash::{Hash, Hasher},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use crate::{
    Flavor, StrongOf, WeakRef, WeakReference, Weakrefable,
    error::ReferenceError,
    flavor::{Callback, Pointer},
    reference::WeakReferenceKind,
};
pub use erased::{BoxedWeakMethod, ErasedWeakMethod, LocalBoxedWeakMethod};
pub use function::{ByWeak, FunctionStorage, Method, Owned, OwnedEq};

/// A weakly referenced object with a method of it: Python's `WeakMethod`.
///
/// In Python, every access to a bound method makes a new object, so a weak reference to it is dead
/// at once. In Rust, a closure that calls a method would own the object. A `WeakMethod` stores a
/// weak reference to the object and the function, and binds the two for each call.
///
/// The first parameter of the function is `&T`. The method owns the function (`H` is [`Owned`] or
/// [`OwnedEq`]), or refers to it weakly ([`ByWeak`]). In the second case the method is dead as soon
/// as the object or the function is dropped.
///
/// A method is called by [`call`](Self::call), as types cannot implement `Fn` on stable Rust. For a
/// closure, use [`weak_fn!`](crate::weak_fn!). The crate's page compares the two with
/// [other ways to call listeners](crate::docs::choosing#listeners). [`BoxedWeakMethod`] is for collections of methods
/// of different types.
///
/// # Equality and hash
///
/// Two methods that are alive are equal if their objects are equal, by `T`'s own equality, and
/// their functions are the same. If one of them is dead, they are equal if they are clones of each
/// other. A method never equals a plain reference.
///
/// The hash is that of the object, and is kept after the object has been dropped like the hash of a
/// [`WeakRef`](WeakRef#equality-and-hash): all clones of a method with a callback share it, and a
/// method without callback copies it to clones that are made later.
///
/// # Cost
///
/// That of a [`WeakRef`]; without a callback, it allocates nothing. A call upgrades the object, and
/// a weakly referenced function.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{WeakMethod, new, weakrefable};
///
/// #[weakrefable]
/// struct Listener { name: String }
///
/// impl Listener {
///     fn hear(&self, word: &str) -> String { format!("{} hears {word}", self.name) }
/// }
///
/// let ann = Arc::new(new!(Listener { name: "ann".into() }));
/// let method = WeakMethod::new(&ann, Listener::hear);
/// assert_eq!(method.call(("hello",)), "ann hears hello");
///
/// drop(ann);
/// assert!(method.is_dead());
/// assert!(method.try_call(("hello",)).is_err());
/// ```
pub struct WeakMethod<T, F, H = Owned>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    object: WeakRef<T>,
    function: H::Storage,
    /// The same for all clones, and different for all other methods.
    identity: usize,
    /// With a callback: the callback is called only if a method with a clone of this exists.
    liveness: Option<Liveness<T>>,
}

/// Shared by the clones of a method with a callback, which has a weak pointer to it: so it knows
/// whether the method exists. Contains the reference to the object, if the function is weakly
/// referenced, for the callback of the function.
type Liveness<T> = <<T as Weakrefable>::Flavor as Flavor>::Strong<OnceLock<WeakRef<T>>>;

impl<T: ?Sized + Weakrefable, F> WeakMethod<T, F> {
    /// Creates a method of the object, with this function.
    ///
    /// `function` is a `fn` item (`Listener::hear`), a closure or a `fn` pointer. Two methods with
    /// `fn` pointers, or with closures that capture something, have the same function only if they
    /// are clones. To compare `fn` pointers, use [`comparing`](Self::comparing).
    ///
    /// Allocates nothing and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakMethod};
    ///
    /// type Text = Slotted<String, Local>;
    ///
    /// let text: Rc<Text> = Rc::new(Slotted::new("text".into()));
    /// let len = WeakMethod::new(&text, |text: &Text| text.len());
    /// assert_eq!(len.call(()), 4);
    /// ```
    #[inline]
    #[must_use]
    pub fn new<P: Pointer<Referent = T>>(owner: &P, function: F) -> Self {
        Self::of(WeakRef::new(owner), function)
    }

    /// Creates a method that calls `callback` when the object is dropped. The callback is given the
    /// method, which is dead by then.
    ///
    /// The callback is called once; and not if this method and its clones have been dropped before,
    /// even by an earlier callback of the same object. The function is cloned, for the method that
    /// the callback is given.
    ///
    /// The method counts in [`weakref_count`](crate::weakref_count), but
    /// [`weakrefs`](crate::weakrefs) does not return it. Makes two allocations.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
    /// use weakref_core::{Slotted, WeakMethod};
    ///
    /// fn len(text: &Slotted<String>) -> usize { text.len() }
    ///
    /// static GONE: AtomicBool = AtomicBool::new(false);
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::with_callback(&text, len, |method: &WeakMethod<_, _>| {
    ///     GONE.store(method.is_dead(), Ordering::Relaxed);
    /// });
    /// drop(text);
    /// assert!(GONE.load(Ordering::Relaxed));
    /// # drop(method);
    /// ```
    #[must_use = "the callback is cancelled when the last clone of the method is dropped"]
    pub fn with_callback<P, C>(owner: &P, function: F, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        F: Clone + Callback<T, T::Flavor>,
        C: FnOnce(&Self) + Callback<T, T::Flavor>,
    {
        callback::watch_object(owner.strong(), function, callback)
    }
}

impl<T: ?Sized + Weakrefable, F: PartialEq> WeakMethod<T, F, OwnedEq> {
    /// Creates a method of the object, with a function that can be compared: a `fn` pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod, method::OwnedEq};
    ///
    /// fn len(text: &Slotted<String>) -> usize { text.len() }
    /// fn capacity(text: &Slotted<String>) -> usize { text.capacity() }
    ///
    /// type TextMethod = WeakMethod<Slotted<String>, fn(&Slotted<String>) -> usize, OwnedEq>;
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let methods: [TextMethod; 3] =
    ///     [len, capacity, len].map(|function| WeakMethod::comparing(&text, function as _));
    /// assert!(methods[0] == methods[2] && methods[0] != methods[1]);
    /// ```
    #[must_use]
    pub fn comparing<P: Pointer<Referent = T>>(owner: &P, function: F) -> Self {
        Self::of(WeakRef::new(owner), function)
    }

    /// Creates a method with a function that can be compared, which calls `callback` when the
    /// object is dropped. The callback is given the method, which is dead by then.
    ///
    /// The callback is called as that of [`with_callback`](WeakMethod::with_callback), at the same
    /// cost.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{cell::Cell, rc::Rc};
    /// use weakref_core::{Local, Slotted, WeakMethod, method::OwnedEq};
    ///
    /// type Text = Slotted<String, Local>;
    /// type TextMethod = WeakMethod<Text, fn(&Text) -> usize, OwnedEq>;
    ///
    /// fn len(text: &Text) -> usize { text.len() }
    ///
    /// let text: Rc<Text> = Rc::new(Slotted::new("text".into()));
    /// let calls = Rc::new(Cell::new(0));
    /// let count = Rc::clone(&calls);
    /// let callback = move |_: &TextMethod| count.set(count.get() + 1);
    /// let method = TextMethod::comparing_with_callback(&text, len, callback);
    /// assert!(method == TextMethod::comparing(&text, len));
    /// drop(text);
    /// assert_eq!(calls.get(), 1);
    /// ```
    #[must_use = "the callback is cancelled when the last clone of the method is dropped"]
    pub fn comparing_with_callback<P, C>(owner: &P, function: F, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        F: Clone + Callback<T, T::Flavor>,
        C: FnOnce(&Self) + Callback<T, T::Flavor>,
    {
        callback::watch_object(owner.strong(), function, callback)
    }
}

impl<T: ?Sized + Weakrefable, F: ?Sized + Weakrefable> WeakMethod<T, F, ByWeak> {
    /// Creates a method with weak references to the object and the function. It is dead as soon as
    /// one of them is dropped.
    ///
    /// The function needs a slot, so it is in an `Rc<Slotted<..>>` or `Arc<Slotted<..>>`. It may be
    /// unsized.
    ///
    /// Allocates nothing and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod};
    ///
    /// type Text = Slotted<String>;
    /// type Function = Slotted<dyn Fn(&Text) -> usize + Send + Sync>;
    ///
    /// let text: Arc<Text> = Arc::new(Slotted::new("text".into()));
    /// let len: Arc<Function> = Arc::new(Slotted::new(|text: &Text| text.len()));
    /// let method = WeakMethod::with_weak_fn(&text, &len);
    /// assert_eq!(method.call(()), 4);
    /// drop(len);
    /// assert!(method.is_dead());
    /// ```
    pub fn with_weak_fn<P, Q>(owner: &P, function: &Q) -> Self
    where
        P: Pointer<Referent = T>,
        Q: Pointer<Referent = F>,
    {
        Self::of(WeakRef::new(owner), WeakRef::new(function))
    }

    /// Creates a method with weak references to the object and the function, which calls `callback`
    /// when the first of them is dropped. The callback is given the method, which is dead by then.
    ///
    /// The callback is called once; and not if this method and its clones have been dropped before,
    /// even by an earlier callback of the same object or function.
    ///
    /// Makes four allocations. In [`weakref_count`](crate::weakref_count), the method counts once
    /// for the object and twice for the function, as the callback of the object has a reference
    /// without callback to it. [`weakrefs`](crate::weakrefs) does not return it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{cell::Cell, rc::Rc};
    /// use weakref_core::{Local, Slotted, WeakMethod};
    ///
    /// type Text = Slotted<String, Local>;
    /// type Function = Slotted<dyn Fn(&Text) -> usize, Local>;
    ///
    /// let text: Rc<Text> = Rc::new(Slotted::new("text".into()));
    /// let len: Rc<Function> = Rc::new(Slotted::new(|text: &Text| text.len()));
    /// let calls = Rc::new(Cell::new(0));
    /// let count = Rc::clone(&calls);
    /// let callback = move |_: &WeakMethod<_, _, _>| count.set(count.get() + 1);
    /// let _method = WeakMethod::with_weak_fn_and_callback(&text, &len, callback);
    /// drop(len);
    /// drop(text);
    /// assert_eq!(calls.get(), 1);
    /// ```
    pub fn with_weak_fn_and_callback<P, Q, C>(owner: &P, function: &Q, callback: C) -> Self
    where
        T: 'static,
        F: Weakrefable<Flavor = T::Flavor> + 'static,
        P: Pointer<Referent = T>,
        Q: Pointer<Referent = F>,
        C: FnOnce(&Self) + Callback<T, T::Flavor> + Callback<F, T::Flavor>,
    {
        callback::watch_both(owner.strong(), function.strong(), callback)
    }
}

impl<T, F, H> WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    #[inline]
    fn of(object: WeakRef<T>, function: H::Storage) -> Self {
        Self { object, function, identity: new_identity(), liveness: None }
    }

    /// Returns the method bound to its object, or `None` if the method is dead.
    ///
    /// The bound method keeps the object and the function alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod};
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::new(&text, |text: &Slotted<String>| text.len());
    /// let bound = method.upgrade().unwrap();
    /// drop(text);
    /// assert_eq!(bound.call(()), 4);
    /// drop(bound);
    /// assert!(method.upgrade().is_none());
    /// ```
    #[inline]
    #[must_use = "the object may be dropped with this strong pointer"]
    pub fn upgrade(&self) -> Option<BoundMethod<'_, T, F, H>> {
        let function = H::get(&self.function)?;
        Some(BoundMethod { object: self.object.upgrade()?, function, method: self })
    }

    /// Calls the method with a tuple of arguments, and returns its result. The object is alive at
    /// least until the call returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod};
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::new(&text, |text: &Slotted<String>, n: usize| text.repeat(n));
    /// assert_eq!(method.call((2,)), "texttext");
    /// ```
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the method is dead.
    #[inline]
    #[track_caller]
    pub fn call<Args>(&self, args: Args) -> F::Output
    where
        F: Method<T, Args>,
    {
        match self.upgrade() {
            Some(bound) => bound.call(args),
            None => ReferenceError::raise(),
        }
    }

    /// Calls the method with a tuple of arguments and returns its result, if the method is not
    /// dead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod, error::ReferenceError};
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::new(&text, |text: &Slotted<String>| text.len());
    /// assert_eq!(method.try_call(()), Ok(4));
    /// drop(text);
    /// assert_eq!(method.try_call(()), Err(ReferenceError));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the method is dead.
    #[inline]
    pub fn try_call<Args>(&self, args: Args) -> Result<F::Output, ReferenceError>
    where
        F: Method<T, Args>,
    {
        self.upgrade().map(|bound| bound.call(args)).ok_or(ReferenceError)
    }

    /// Returns whether the object, or a weakly referenced function, has been dropped. Makes no
    /// strong pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod};
    ///
    /// let method = WeakMethod::new(&Arc::new(Slotted::new(7)), |_: &Slotted<i32>| ());
    /// assert!(method.is_dead());
    /// ```
    #[inline]
    pub fn is_dead(&self) -> bool {
        self.object.is_dead() || H::is_dead(&self.function)
    }

    /// Returns whether the two methods are clones of each other.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod};
    ///
    /// fn len(text: &Slotted<String>) -> usize { text.len() }
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::new(&text, len);
    /// assert!(method.is_same_method(&method.clone()));
    /// assert!(!method.is_same_method(&WeakMethod::new(&text, len)));
    /// ```
    pub fn is_same_method<G: ?Sized, I: FunctionStorage<G>>(
        &self,
        other: &WeakMethod<T, G, I>,
    ) -> bool {
        self.identity == other.identity
    }

    /// Returns the hash of the object. It is computed by the first call, while the object is alive,
    /// and then kept, as by [`WeakRef::try_hash`]: with a callback, for all clones of this method;
    /// without one, for this method and the clones that are made of it later.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakMethod, WeakRef};
    ///
    /// let text = Arc::new(Slotted::new("text"));
    /// let method = WeakMethod::new(&text, |_: &Slotted<&str>| ());
    /// assert_eq!(method.try_hash(), WeakRef::new(&text).try_hash());
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the object was dropped before the first call.
    pub fn try_hash(&self) -> Result<u64, ReferenceError>
    where
        T: Hash,
    {
        self.object.try_hash()
    }
}

fn new_identity() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Relaxed)
}

impl<T, F, H> Clone for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F, Storage: Clone>,
{
    /// Returns the same method, with the hash if that has been computed by now: see
    /// [`try_hash`](WeakMethod::try_hash).
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            function: self.function.clone(),
            identity: self.identity,
            liveness: self.liveness.clone(),
        }
    }
}

impl<T, F, H> WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F, Storage: 'static>,
{
    /// Whether the two have the same function. Asks both of them, as they may compare in different
    /// ways.
    fn has_function_of<G, I>(&self, other: &WeakMethod<T, G, I>) -> bool
    where
        G: ?Sized,
        I: FunctionStorage<G, Storage: 'static>,
    {
        let (this, that): (&dyn Any, &dyn Any) = (&self.function, &other.function);
        // Functions of two types are two functions.
        let (Some(this), Some(that)) = (this.downcast_ref(), that.downcast_ref()) else {
            return false;
        };
        let is_same = || H::is_same(&self.function, that) && I::is_same(&other.function, this);
        self.is_same_method(other) || is_same()
    }
}

impl<T, F, H, G, I> PartialEq<WeakMethod<T, G, I>> for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + PartialEq,
    F: ?Sized,
    H: FunctionStorage<F, Storage: 'static>,
    G: ?Sized,
    I: FunctionStorage<G, Storage: 'static>,
{
    fn eq(&self, other: &WeakMethod<T, G, I>) -> bool {
        let (Some(this), Some(that)) = (self.upgrade(), other.upgrade()) else {
            return self.is_same_method(other);
        };
        self.has_function_of(other) && *this.object == *that.object
    }
}

impl<T, F, H> Eq for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + Eq,
    F: ?Sized,
    H: FunctionStorage<F, Storage: 'static>,
{
}

impl<T, F, H> Hash for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + Hash,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    /// Writes the hash of the object.
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the object was dropped before this method was
    /// hashed: see [`try_hash`](WeakMethod::try_hash).
    #[track_caller]
    fn hash<S: Hasher>(&self, state: &mut S) {
        self.object.hash(state);
    }
}

impl<T, F, H> fmt::Debug for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    /// Writes the types of object and function, and the object's address or `dead`. Calls no method
    /// of either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_dead() { "dead" } else { "alive" };
        write!(f, "WeakMethod({} of {:?}, {state})", type_name::<F>(), self.object)
    }
}

impl<T, F, H> WeakReference for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    fn kind(&self) -> WeakReferenceKind {
        WeakReferenceKind::Method
    }

    fn is_dead(&self) -> bool {
        self.is_dead()
    }

    fn weakref_count(&self) -> usize {
        self.object.weakref_count()
    }
}

/// A method that is bound to its object, and owns a strong pointer to it. Returned by
/// [`WeakMethod::upgrade`].
///
/// Two bound methods are equal if they have the same object and the same function.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakMethod};
///
/// let text = Arc::new(Slotted::new(String::from("text")));
/// let method = WeakMethod::new(&text, |text: &Slotted<String>| text.len());
/// if let Some(bound) = method.upgrade() {
///     assert_eq!(bound.call(()), bound.object().len());
/// }
/// ```
#[must_use = "it keeps the object only as long as it is there"]
pub struct BoundMethod<'a, T, F, H = Owned>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    object: StrongOf<T>,
    function: H::Guard<'a>,
    method: &'a WeakMethod<T, F, H>,
}

impl<T, F, H> BoundMethod<'_, T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    /// Calls the method with a tuple of arguments, and returns its result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use weakref_core::{Slotted, WeakMethod};
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::new(&text, |text: &Slotted<String>, n: usize| text.repeat(n));
    /// assert_eq!(method.upgrade().unwrap().call((2,)), "texttext");
    /// ```
    #[inline]
    pub fn call<Args>(&self, args: Args) -> F::Output
    where
        F: Method<T, Args>,
    {
        self.function.call_on(&self.object, args)
    }

    /// Returns the object.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use weakref_core::{Slotted, WeakMethod};
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let method = WeakMethod::new(&text, |_: &Slotted<String>| ());
    /// assert!(Arc::ptr_eq(method.upgrade().unwrap().object(), &text));
    /// ```
    pub fn object(&self) -> &StrongOf<T> {
        &self.object
    }
}

impl<T, F, H> PartialEq for BoundMethod<'_, T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    fn eq(&self, other: &Self) -> bool {
        let same_function = self.method.is_same_method(other.method)
            || H::is_same(&self.method.function, &other.method.function);
        // Compares addresses only, as two pointers to one object can have different vtables.
        same_function && std::ptr::addr_eq(&raw const *self.object, &raw const *other.object)
    }
}

impl<T, F, H> fmt::Debug for BoundMethod<'_, T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = (&raw const *self.object).cast::<()>();
        write!(f, "BoundMethod({} of {} at {address:p})", type_name::<F>(), type_name::<T>())
    }
}
