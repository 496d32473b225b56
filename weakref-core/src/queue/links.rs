//! The containers of keys: a stack to which drops push without a lock, and a chain in their order.
//!
//! A [`Link`] is allocated when the watch is made, so that a drop allocates nothing.
#![allow(unsafe_code)]

use std::{
    marker::PhantomData,
    ptr,
    sync::{
        Mutex,
        atomic::Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::{sync::AtomicPtr, unraisable};

/// A key, and a pointer to its neighbour.
pub(super) struct Link<K> {
    key: K,
    /// In a stack, the next older link; in a chain, the next newer one; null at the end. Written by the owner of the link: the thread that pushes it, and
    /// later the owner of the chain.
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

/// The keys that no receiver has gathered yet, newest first.
///
/// Links are pushed one by one, and taken only all together. As in
/// [`deferred_lock`](crate::sync::deferred_lock), a push is right also if the link that it has read
/// was taken, and another one is at the same address: it does not dereference that link.
pub(super) struct Stack<K> {
    /// The newest link, or null. The stack owns all links that can be reached from here. A push
    /// writes it with Release, and `empty_into` swaps it with Acquire.
    newest: AtomicPtr<Link<K>>,
    /// Keys are moved from thread to thread, and no two threads have a reference to one at the same
    /// time. So the stack is `Send` and `Sync` as a `Mutex` is.
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
            // SAFETY: the link comes from `Box::into_raw` above, and no other thread has the
            // pointer before the exchange succeeds. `below` is not dereferenced.
            unsafe { (*link).next = below };
            match self.newest.compare_exchange_weak(below, link, Release, Relaxed) {
                Ok(_) => return,
                Err(newer) => below = newer,
            }
        }
    }

    /// Moves all keys to the end of `chain`, in the order in which they were pushed.
    pub(super) fn empty_into(&self, chain: &mut Chain<K>) {
        // Acquire, with the Release of each push, as all writes in between are read-modify-write
        // operations: the links and keys.
        let newest = self.newest.swap(ptr::null_mut(), Acquire);
        let (mut oldest, mut link, mut count) = (ptr::null_mut(), newest, 0);
        while !link.is_null() {
            // SAFETY: this is a link of the stack, all of which the swap has given to this thread
            // alone. The pointer comes from `Box::into_raw` in `push`, with the reservation about
            // provenance in `deferred_lock`.
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
            // SAFETY: the chain owns its links, and is here by `&mut`. The pointer was made above,
            // by an earlier call.
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

/// Keys in the order in which they were pushed. The chain owns its links.
pub(super) struct Chain<K> {
    /// The oldest link, or null if the chain is empty. The others follow by `next`.
    first: *mut Link<K>,
    /// The newest link, or null if the chain is empty.
    last: *mut Link<K>,
    /// The number of links.
    len: usize,
}

// SAFETY: the chain owns its links as a `Vec<K>` owns its elements: no other pointer to them is
// used. So `K: Send` is enough.
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
        // SAFETY: `empty_into` made the pointer, with the provenance from `Box::into_raw` in
        // `push`. The chain owns the link, which is removed from it here.
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
    /// Drops all keys. Does not panic if one of them does: the drop of an object may do this, if
    /// the queue was dropped while it pushed.
    fn drop(&mut self) {
        while let Some(link) = self.pop() {
            unraisable::catch::<K>(|| drop(link));
        }
    }
}
