//! `WeakMethod`: a weak reference to an object, with a function to call on it.

mod callback;
mod function;

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
    Callback, Flavor, Pointer, ReferenceError, StrongOf, WeakRef, WeakReference, WeakReferenceKind,
    Weakrefable,
};
pub use function::{Compared, HoldsFunction, Method, Owned, Weakly};

/// A method of an object that is held weakly: Python's `WeakMethod`.
///
/// In Python, a bound method is made anew each time that it is asked for, so a weak reference to one is
/// dead at once. Here a closure that calls a method would own the object. This holds the object weakly
/// and the function beside it, and binds the two for each call.
///
/// The function takes `&T` first. It is owned (`H` is [`Owned`] or [`Compared`]), or held weakly too
/// ([`Weakly`]); then the method is dead as soon as either of the two dies.
///
/// # Equality and hash
///
/// Two living methods are equal if their objects are, by `T`'s own equality, and the function is the
/// same; if one is dead, if they are the same, that is, clones. The hash is that of the object,
/// [kept](WeakRef::try_hash) after its death. A method never equals a plain reference.
///
/// # Cost
///
/// That of a [`WeakRef`]; without a callback, it allocates nothing. A call upgrades the object, and
/// the function if that is held weakly.
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
    H: HoldsFunction<F>,
{
    object: WeakRef<T>,
    function: H::Held,
    /// Its clones have the same, and nobody else.
    identity: usize,
    /// There if it has a callback, which is called as long as it or a clone of it is there.
    wanted: Option<Wanted<T>>,
}

/// What a callback can tell by whether the method is still there. If the function is held weakly too, the
/// method's reference to the object, for the callback of the function's death.
type Wanted<T> = <<T as Weakrefable>::Flavor as Flavor>::Strong<OnceLock<WeakRef<T>>>;

impl<T: ?Sized + Weakrefable, F> WeakMethod<T, F> {
    /// Returns the method `function` of the object.
    ///
    /// `function` is a `fn` item (`Listener::hear`), a closure or a `fn` pointer. Of pointers, and of
    /// closures that have captured something, only clones of one method have the same function; to
    /// compare pointers, use [`comparing`](Self::comparing).
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
    pub fn new<P: Pointer<Referent = T>>(owner: &P, function: F) -> Self {
        Self::of(WeakRef::new(owner), function)
    }

    /// Returns a method that calls `callback` when the object dies, with itself, dead by then.
    ///
    /// It is called once, and not if this method and its clones have been dropped before, even by an
    /// earlier callback of the same death. The function is cloned, to be in the method that the callback
    /// is given.
    ///
    /// The method is [counted](crate::weakref_count), but not [listed](crate::weakrefs). Costs two
    /// allocations.
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

impl<T: ?Sized + Weakrefable, F: PartialEq> WeakMethod<T, F, Compared> {
    /// Returns the method `function` of the object, a function that can be compared: a `fn` pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Compared, Slotted, WeakMethod};
    ///
    /// fn len(text: &Slotted<String>) -> usize { text.len() }
    /// fn capacity(text: &Slotted<String>) -> usize { text.capacity() }
    ///
    /// type TextMethod = WeakMethod<Slotted<String>, fn(&Slotted<String>) -> usize, Compared>;
    ///
    /// let text = Arc::new(Slotted::new(String::from("text")));
    /// let methods: [TextMethod; 3] =
    ///     [len, capacity, len].map(|function| WeakMethod::comparing(&text, function as _));
    /// assert!(methods[0] == methods[2] && methods[0] != methods[1]);
    /// ```
    pub fn comparing<P: Pointer<Referent = T>>(owner: &P, function: F) -> Self {
        Self::of(WeakRef::new(owner), function)
    }
}

impl<T: ?Sized + Weakrefable, F: ?Sized + Weakrefable> WeakMethod<T, F, Weakly> {
    /// Returns the method `function` of the object, both held weakly: it is dead as soon as one of them
    /// dies.
    ///
    /// The function needs a slot, as all referents do: it is an `Rc<Slotted<..>>` or `Arc<Slotted<..>>`,
    /// unsized if you like.
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

    /// Returns a method that holds both weakly, and calls `callback` when the first of them dies, with
    /// itself, dead by then.
    ///
    /// It is called once, and not if this method and its clones have been dropped before, even by an
    /// earlier callback of the same death.
    ///
    /// Costs four allocations. [Counted](crate::weakref_count), but not [listed](crate::weakrefs), once
    /// with the object, and with the function twice: what the object's callback knows of it is a
    /// reference without callback.
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
    /// let _method = WeakMethod::with_weak_fn_and_callback(&text, &len, move |_: &WeakMethod<_, _, _>| {
    ///     count.set(count.get() + 1);
    /// });
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
    H: HoldsFunction<F>,
{
    #[inline]
    fn of(object: WeakRef<T>, function: H::Held) -> Self {
        Self { object, function, identity: new_identity(), wanted: None }
    }

    /// Returns the method bound to its object, or `None` if it is dead.
    ///
    /// What this returns keeps the object, and the function.
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
    pub fn upgrade(&self) -> Option<BoundMethod<'_, T, F, H>> {
        let function = H::live(&self.function)?;
        Some(BoundMethod { object: self.object.upgrade()?, function, method: self })
    }

    /// Calls the method with a tuple of arguments, and returns what it returns. The object lives until
    /// then.
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
    /// With [`ReferenceError`]'s message, if the method is dead.
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

    /// Calls the method with a tuple of arguments, if it is not dead, and returns what it returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{ReferenceError, Slotted, WeakMethod};
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
    /// [`ReferenceError`] if the method is dead.
    #[inline]
    pub fn try_call<Args>(&self, args: Args) -> Result<F::Output, ReferenceError>
    where
        F: Method<T, Args>,
    {
        self.upgrade().map(|bound| bound.call(args)).ok_or(ReferenceError)
    }

    /// Returns whether the object is dead, or the function, without making an owner of either.
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

    /// Returns whether the two are the same method: clones of each other.
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
    /// assert!(method.ptr_eq(&method.clone()));
    /// assert!(!method.ptr_eq(&WeakMethod::new(&text, len)));
    /// ```
    pub fn ptr_eq<G: ?Sized, I: HoldsFunction<G>>(&self, other: &WeakMethod<T, G, I>) -> bool {
        self.identity == other.identity
    }

    /// Returns the hash of the object, computed at the first call while it lives and then kept, as
    /// [`WeakRef::try_hash`] does.
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
    /// [`ReferenceError`] if the object died before its hash was asked for.
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
    H: HoldsFunction<F, Held: Clone>,
{
    /// Returns the same method once more.
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            function: self.function.clone(),
            identity: self.identity,
            wanted: self.wanted.clone(),
        }
    }
}

impl<T, F, H> WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: HoldsFunction<F, Held: 'static>,
{
    /// Whether the two have the same function, to both of them: each may compare in its own way.
    fn has_function_of<G, I>(&self, other: &WeakMethod<T, G, I>) -> bool
    where
        G: ?Sized,
        I: HoldsFunction<G, Held: 'static>,
    {
        let (this, that): (&dyn Any, &dyn Any) = (&self.function, &other.function);
        // Functions of two types are two functions.
        let (Some(this), Some(that)) = (this.downcast_ref(), that.downcast_ref()) else {
            return false;
        };
        let is_same = || H::is_same(&self.function, that) && I::is_same(&other.function, this);
        self.ptr_eq(other) || is_same()
    }
}

impl<T, F, H, G, I> PartialEq<WeakMethod<T, G, I>> for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + PartialEq,
    F: ?Sized,
    H: HoldsFunction<F, Held: 'static>,
    G: ?Sized,
    I: HoldsFunction<G, Held: 'static>,
{
    fn eq(&self, other: &WeakMethod<T, G, I>) -> bool {
        let (Some(this), Some(that)) = (self.upgrade(), other.upgrade()) else {
            return self.ptr_eq(other);
        };
        self.has_function_of(other) && *this.object == *that.object
    }
}

impl<T, F, H> Eq for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + Eq,
    F: ?Sized,
    H: HoldsFunction<F, Held: 'static>,
{
}

impl<T, F, H> Hash for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + Hash,
    F: ?Sized,
    H: HoldsFunction<F>,
{
    /// Writes the hash of the object.
    ///
    /// # Panics
    ///
    /// With [`ReferenceError`]'s message, if the object died before its hash was asked for.
    #[track_caller]
    fn hash<S: Hasher>(&self, state: &mut S) {
        self.object.hash(state);
    }
}

impl<T, F, H> fmt::Debug for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: HoldsFunction<F>,
{
    /// Writes the types of object and function, and the object's address or `dead`. Calls into neither.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_dead() { "dead" } else { "alive" };
        write!(f, "WeakMethod({} of {:?}, {state})", type_name::<F>(), self.object)
    }
}

impl<T, F, H> WeakReference for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: HoldsFunction<F>,
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

/// A method that is bound to its object, which it owns: what [`WeakMethod::upgrade`] returns.
///
/// Two are equal if they have the same object, and the same function.
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
    H: HoldsFunction<F>,
{
    object: StrongOf<T>,
    function: H::Live<'a>,
    method: &'a WeakMethod<T, F, H>,
}

impl<T, F, H> BoundMethod<'_, T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: HoldsFunction<F>,
{
    /// Calls the method with a tuple of arguments, and returns what it returns.
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
    H: HoldsFunction<F>,
{
    fn eq(&self, other: &Self) -> bool {
        let same_function = self.method.ptr_eq(other.method)
            || H::is_same(&self.method.function, &other.method.function);
        // Addresses only: two pointers to one object can differ in their vtables.
        same_function && std::ptr::addr_eq(&raw const *self.object, &raw const *other.object)
    }
}

impl<T, F, H> fmt::Debug for BoundMethod<'_, T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: HoldsFunction<F>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = (&raw const *self.object).cast::<()>();
        write!(f, "BoundMethod({} of {} at {address:p})", type_name::<F>(), type_name::<T>())
    }
}
