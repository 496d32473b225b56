//! `Died`: an object's death as a future.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use atomic_waker::AtomicWaker;

use crate::{Callback, StrongOf, WeakRef, Weakrefable};

impl<T: ?Sized + Weakrefable + 'static> WeakRef<T> {
    /// Returns a future that is ready once the object is dead: at once if this reference reads dead.
    ///
    /// It is not bound to this reference: it neither borrows it nor keeps its callback, and any number
    /// of futures can wait for one object. Each is woken by the death itself, on whichever executor. It
    /// holds no owner while it waits, and if it is dropped, nothing is left behind.
    ///
    /// Costs nothing until it is polled. The first poll that finds the object alive registers a
    /// callback: two allocations, and the growth of a list from the object's second registration on.
    /// The death allocates nothing and does not wait.
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

/// An object's death as a future: what [`WeakRef::died`] returns.
///
/// Once ready, it stays so. Unlike a reference with a callback, it does not end with
/// [`clear_weakrefs`](crate::clear_weakrefs), after which the object still lives: it is woken, and
/// registers again. `clear_weakrefs_silently` takes its registration and wakes nobody; it is then up to
/// the executor to poll it. An object that has left its pointer is dead, but wakes it only when it is
/// dropped.
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
    /// Goes with the death.
    object: Option<WeakRef<T>>,
    alarm: Option<Alarm<T>>,
}

/// A hidden callback, and the cell in which it finds the waker.
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
        // SAFETY: `Waker: Callback<T, T::Flavor>`, which says in `Shared` that `T` is `Send + Sync`. The
        // closure owns an `Arc` of what is `Send` and `Sync` itself.
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
            // Before the looks: a death after them finds the waker.
            alarm.waker.register(cx.waker());
        }
        // Without one, or where a living object has been cleared.
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

/// Nothing in it is pinned: pointers can be moved.
impl<T: ?Sized + Weakrefable> Unpin for Died<T> {}

impl<T: ?Sized + Weakrefable> fmt::Debug for Died<T> {
    /// Writes the type of the object, and its address or `dead`. Does not call into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Some(weak) => f.debug_tuple("Died").field(weak).finish(),
            None => f.write_str("Died(dead)"),
        }
    }
}
