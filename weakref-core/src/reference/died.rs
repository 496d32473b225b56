//! `Died`: a future that is ready once an object is dropped.

use std::{
    fmt,
    future::Future,
    panic::{RefUnwindSafe, UnwindSafe},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use atomic_waker::AtomicWaker;

use crate::{StrongOf, WeakRef, Weakrefable, flavor::Callback};

impl<T: ?Sized + Weakrefable + 'static> WeakRef<T> {
    /// Returns a future that is ready once the object is dropped; at once if this reference is
    /// dead.
    ///
    /// The future is independent of this reference: it neither borrows it nor shares its callback.
    /// Any number of futures can wait for one object, on any executor: the drop of the object wakes
    /// them. A future owns no strong pointer while it waits, and removes its registration when it
    /// is dropped.
    ///
    /// It costs nothing until it is polled. The first poll that finds the object alive registers a
    /// callback: two allocations, and from the object's second registration on, the growth of a
    /// list. The drop of the object allocates nothing and does not block.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{WeakRef, new, weakrefable};
    ///
    /// #[weakrefable]
    /// struct Session { user: String }
    ///
    /// async fn log_out(session: WeakRef<Session>, user: String) {
    ///     session.died().await;
    ///     println!("{user} has left");
    /// }
    ///
    /// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
    /// let session = Arc::new(new!(Session { user: "ann".into() }));
    /// let mut task = pin!(log_out(WeakRef::new(&session), session.user.clone()));
    /// let mut cx = Context::from_waker(Waker::noop()); // an executor has one
    /// assert!(task.as_mut().poll(&mut cx).is_pending());
    /// drop(session);
    /// assert!(task.as_mut().poll(&mut cx).is_ready());
    /// ```
    pub fn died(&self) -> Died<T>
    where
        Waker: Callback<T, T::Flavor>,
    {
        Died { object: (!self.is_dead()).then(|| self.without_callback()), alarm: None }
    }
}

/// A future that is ready once an object is dropped. Returned by [`WeakRef::died`].
///
/// Once it is ready, it stays ready. [`clear_weakrefs`](crate::clear_weakrefs) does not end it, as
/// the object is still alive: it wakes the future, which registers again. `clear_weakrefs_silently`
/// removes the registration and wakes nothing; then the future registers again when it is next
/// polled. An object that was moved out of its pointer counts as dropped, but wakes the future only
/// when it is really dropped.
///
/// # Examples
///
/// ```
/// use std::{rc::Rc, pin::pin, future::Future, task::{Context, Waker}};
/// use weakref_core::{Local, Slotted, WeakRef, weakref_count};
///
/// let object = Rc::new(Slotted::<_, Local>::new(7));
/// let mut died = Box::pin(WeakRef::new(&object).died());
/// let mut cx = Context::from_waker(Waker::noop());
/// assert!(died.as_mut().poll(&mut cx).is_pending());
/// drop(died);
/// assert_eq!(weakref_count(&object), 0);
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Died<T: ?Sized + Weakrefable> {
    /// The object, without a callback. `None` once the future is ready.
    object: Option<WeakRef<T>>,
    /// Set by the first poll that finds the object alive.
    alarm: Option<Alarm<T>>,
}

/// A hidden callback, and the cell from which it takes the waker.
struct Alarm<T: ?Sized + Weakrefable> {
    callback: WeakRef<T>,
    waker: Arc<AtomicWaker>,
}

impl<T: ?Sized + Weakrefable + 'static> Alarm<T>
where
    Waker: Callback<T, T::Flavor>,
{
    fn set(owner: &StrongOf<T>, waker: &Waker) -> Self {
        let cell = Arc::new(AtomicWaker::new());
        cell.register(waker);
        let wake = {
            let cell = Arc::clone(&cell);
            move |_: &WeakRef<T>| cell.wake()
        };
        // SAFETY: `Waker: Callback<T, T::Flavor>` says that in `Shared`, `T` is `Send + Sync`. The
        // closure owns an `Arc<AtomicWaker>`, which is `Send`.
        #[allow(unsafe_code)]
        let callback = unsafe { WeakRef::with_hidden_callback(owner, wake) };
        Self { callback, waker: cell }
    }
}

impl<T: ?Sized + Weakrefable + 'static> Future for Died<T>
where
    Waker: Callback<T, T::Flavor>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { object, alarm } = self.get_mut();
        let Some(weak) = object else { return Poll::Ready(()) };
        if let Some(alarm) = alarm {
            // Registered before the checks below: if the object is dropped after them, the waker is
            // woken.
            alarm.waker.register(cx.waker());
        }
        // There is no callback yet, or the object is alive and was cleared.
        if !alarm.as_ref().is_some_and(|alarm| alarm.callback.is_registered())
            && let Some(owner) = weak.upgrade()
        {
            *alarm = Some(Alarm::set(&owner, cx.waker()));
            // `owner` may have become the last one.
        }
        if !weak.is_dead() {
            return Poll::Pending;
        }
        *alarm = None;
        *object = None;
        Poll::Ready(())
    }
}

// There are references to the object, and a cell of a waker, which is unwind safe.
impl<T: ?Sized + Weakrefable + RefUnwindSafe> UnwindSafe for Died<T> {}
impl<T: ?Sized + Weakrefable + RefUnwindSafe> RefUnwindSafe for Died<T> {}

/// Nothing in a future is pinned.
impl<T: ?Sized + Weakrefable> Unpin for Died<T> {}

impl<T: ?Sized + Weakrefable> fmt::Debug for Died<T> {
    /// Writes the type of the object, and its address or `dead`. Calls no method of the object.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Some(weak) => f.debug_tuple("Died").field(weak).finish(),
            None => f.write_str("Died(dead)"),
        }
    }
}
