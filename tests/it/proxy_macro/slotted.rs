//! `Slotted<T>` is what `T` is.

use std::sync::Arc;

use weakref_core::{Local, Proxy, Slotted, proxy};

#[proxy]
trait Counter {
    fn count(&self) -> u32;
    #[proxy(skip)]
    fn add(&mut self, by: u32) -> u32 {
        by
    }
    #[proxy(skip)]
    fn name(&self) -> &str {
        "default"
    }
    #[proxy(skip)]
    fn twin(self) -> u32
    where
        Self: Sized,
    {
        1
    }
}

impl Counter for (u32, &'static str) {
    fn count(&self) -> u32 {
        self.0
    }
    fn add(&mut self, by: u32) -> u32 {
        self.0 += by;
        self.0
    }
    fn name(&self) -> &str {
        self.1
    }
}

/// Also what a proxy cannot do.
#[test]
fn it_forwards_what_it_can_lend() {
    let mut slotted = Slotted::<_, Local>::new((1, "one"));
    assert_eq!(Counter::add(&mut slotted, 2), 3);
    let object: &Slotted<dyn Counter, Local> = &slotted;
    assert_eq!((object.count(), object.name()), (3, "one"));
    assert_eq!(Counter::name(&slotted), "one");
    assert_eq!(slotted.twin(), 1);
}

#[test]
fn a_proxy_of_it_is_one_too() {
    fn take(counters: &[Arc<Slotted<dyn Counter + Send + Sync>>]) -> u32 {
        let proxies: Vec<Box<dyn Counter>> =
            counters.iter().map(|counter| Box::new(Proxy::new(counter)) as Box<_>).collect();
        proxies.iter().map(|counter| counter.count()).sum()
    }
    assert_eq!(take(&[Arc::new(Slotted::new((1, "one"))), Arc::new(Slotted::new((2, "two")))]), 3);
}
