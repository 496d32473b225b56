//! The keys on their way: a stack that deaths push on without a lock, and a chain in their order.
//!
//! A [`Link`] is allocated when the watch is made, so that a death has nothing to allocate.
#![allow(unsafe_code)]

use std::{
    marker::PhantomData,
    ptr,
    sync::{
        Mutex,
        atomic::Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::{callback, sync::AtomicPtr};

/// A key, and the place for its neighbour: on the stack the older one, in a chain the newer one.
pub(super) struct Link<K> {
    key: K,
    next: *mut Self,
}

impl<K> Link<K> {
    pub(super) fn new(key: K) -> Self {
        Self { key, next: ptr::null_mut() }
    }

    pub(super) fn into_key(self) -> K {
        self.key
    }
}

/// The keys that nobody has looked at yet, the newest on top.
///
/// Links are only pushed one by one, and only taken all together. So there is no link that could be
/// freed and come back between two looks of one push.
pub(super) struct Stack<K> {
    newest: AtomicPtr<Link<K>>,
    /// Keys go in on one thread and out on another, and are never seen by two: as in a lock.
    keys: PhantomData<Mutex<K>>,
}

impl<K> Stack<K> {
    pub(super) fn new() -> Self {
        Self { newest: AtomicPtr::new(ptr::null_mut()), keys: PhantomData }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.newest.load(Relaxed).is_null()
    }

    pub(super) fn push(&self, link: Box<Link<K>>) {
        let link = Box::into_raw(link);
        let mut below = self.newest.load(Relaxed);
        loop {
            // SAFETY: until the exchange succeeds, the link is this function's own.
            unsafe { (*link).next = below };
            match self.newest.compare_exchange_weak(below, link, Release, Relaxed) {
                Ok(_) => return,
                Err(newer) => below = newer,
            }
        }
    }

    /// Moves all to the end of `chain`, in the order in which they were pushed.
    pub(super) fn empty_into(&self, chain: &mut Chain<K>) {
        // With the `Release` of each push, as all writes in between are exchanges: the links and keys.
        let newest = self.newest.swap(ptr::null_mut(), Acquire);
        let (mut oldest, mut link, mut count) = (ptr::null_mut(), newest, 0);
        while !link.is_null() {
            // SAFETY: the swap has made all of them this function's own.
            let older = unsafe { ptr::replace(&raw mut (*link).next, oldest) };
            oldest = link;
            link = older;
            count += 1;
        }
        if newest.is_null() {
            return;
        }
        if chain.last.is_null() {
            chain.first = oldest;
        } else {
            // SAFETY: the links of a chain are its own.
            unsafe { (*chain.last).next = oldest };
        }
        chain.last = newest;
        chain.len += count;
    }
}

impl<K> Drop for Stack<K> {
    fn drop(&mut self) {
        let mut chain = Chain::default();
        self.empty_into(&mut chain);
    }
}

/// Keys in the order of the deaths. It owns its links.
pub(super) struct Chain<K> {
    first: *mut Link<K>,
    /// Null if and only if `first` is: then there is none.
    last: *mut Link<K>,
    len: usize,
}

// SAFETY: it owns its links as a `Vec<K>` would, and nobody else has a pointer to them.
unsafe impl<K: Send> Send for Chain<K> {}

impl<K> Default for Chain<K> {
    fn default() -> Self {
        Self { first: ptr::null_mut(), last: ptr::null_mut(), len: 0 }
    }
}

impl<K> Chain<K> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn pop(&mut self) -> Option<Box<Link<K>>> {
        if self.first.is_null() {
            return None;
        }
        // SAFETY: it comes from `Box::into_raw` in `push`, and leaves the chain with this.
        let first = unsafe { Box::from_raw(self.first) };
        self.first = first.next;
        if self.first.is_null() {
            self.last = ptr::null_mut();
        }
        self.len -= 1;
        Some(first)
    }
}

impl<K> Drop for Chain<K> {
    /// Drops all keys, also if one of them panics. It can be a death that does it: the queue has been
    /// dropped in the middle of its push.
    fn drop(&mut self) {
        while let Some(link) = self.pop() {
            callback::run::<K>(|| drop(link));
        }
    }
}
