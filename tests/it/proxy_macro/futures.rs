//! Methods that are `async`, and those that return a future.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use weakref_core::{Local, Proxy, Slotted, error::ReferenceError, proxy};

use crate::proxy_macro::{MESSAGE, panics};

#[proxy]
trait Source {
    async fn fetch(&self, text: &str) -> String;
    async fn ready() -> u8;
    async fn with_default(&self) -> usize {
        self.fetch("four").await.len()
    }
}

#[proxy]
trait SendSource {
    fn fetch_send(&self, text: &str) -> impl Future<Output = String> + Send;
}

struct Net(u8);

impl Source for Net {
    async fn fetch(&self, text: &str) -> String {
        once().await;
        format!("{text}{}", self.0)
    }
    async fn ready() -> u8 {
        3
    }
}

impl SendSource for Net {
    async fn fetch_send(&self, text: &str) -> String {
        once().await;
        format!("{text}{}", self.0)
    }
}

impl Net {
    fn new() -> Self {
        Self(1)
    }
}

#[proxy]
impl Net {
    async fn number(&self) -> u8 {
        once().await;
        self.0
    }
    fn later(&self) -> impl Future<Output = u8> + Send {
        let number = &self.0;
        async move { *number }
    }
    fn up(&self) -> impl Iterator<Item = u8> + use<> {
        self.0..3
    }
}

/// Waits for one poll.
async fn once() {
    let mut polled = false;
    poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

/// Polls until it is ready, and calls `meanwhile` before the second poll.
fn run<F: Future>(future: F, meanwhile: impl FnOnce()) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    let mut meanwhile = Some(meanwhile);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => meanwhile.take().expect("one wait")(),
        }
    }
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn the_object_lives_until_the_future_ends() {
    let owner: Arc<Slotted<Net>> = Arc::new(Slotted::new(Net::new()));
    let proxy = Proxy::new(&owner);
    let dead = Cell::new(true);
    let fetched = run(proxy.fetch("x"), || {
        drop(owner);
        dead.set(proxy.is_dead());
    });
    assert_eq!((&*fetched, dead.get(), proxy.is_dead()), ("x1", false, true));
}

/// As a call of the object itself borrows it, whether or not the future is polled.
#[test]
fn it_is_held_from_the_call_on() {
    let owner: Rc<Slotted<Net, Local>> = Rc::new(Slotted::new(Net::new()));
    let proxy = Proxy::new(&owner);
    let (future, fallible) = (proxy.fetch("x"), proxy.try_number());
    drop(owner);
    assert_eq!(run(future, || ()), "x1");
    assert!(!proxy.is_dead());
    drop(fallible);
    assert!(proxy.is_dead());

    let here = line!() + 1;
    assert_eq!(panics(|| drop(proxy.fetch("x"))), (MESSAGE.to_owned(), here));
    assert_eq!(run(proxy.try_fetch("x"), || ()), Err(ReferenceError));
    assert_eq!(run(proxy.try_number(), || ()), Err(ReferenceError));
}

#[test]
fn it_is_send_if_the_users_is() {
    let owner: Arc<Slotted<Net>> = Arc::new(Slotted::new(Net::new()));
    let proxy = Proxy::new(&owner);
    assert_eq!(run(assert_send(proxy.fetch("a")), || ()), "a1");
    assert_eq!(run(assert_send(proxy.try_fetch("a")), || ()).as_deref(), Ok("a1"));
    assert_eq!(run(assert_send(proxy.number()), || ()), 1);
    assert_eq!(run(assert_send(proxy.try_later()), || ()), Ok(1));
    assert_eq!(run(assert_send(proxy.with_default()), || ()), 5);
    assert_eq!(run(<Proxy<Slotted<Net>> as Source>::ready(), || ()), 3);

    fn in_general<S: SendSource>(source: &S) -> impl Future<Output = String> + Send {
        source.fetch_send("b")
    }
    assert_eq!(run(in_general(&proxy), || ()), "b1");
    assert_eq!(run(in_general(&*owner), || ()), "b1");
    assert_eq!(run(assert_send(proxy.try_fetch_send("b")), || ()).as_deref(), Ok("b1"));
}

#[test]
fn what_captures_nothing_is_not_held() {
    let owner: Arc<Slotted<Net>> = Arc::new(Slotted::new(Net::new()));
    let proxy = Proxy::new(&owner);
    let up = proxy.up();
    drop(owner);
    assert!(proxy.is_dead());
    drop(proxy);
    assert_eq!(up.collect::<Vec<_>>(), [1, 2]);
}
