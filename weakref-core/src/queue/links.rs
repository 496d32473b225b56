//! The containers of keys: a stack to which drops push without a lock, and a chain in their order.
//!
//! A [`Link`] is allocated when the watch is made, so that a drop allocates nothing.
#![allow(unsafe_code)]

use std::{
    marker::PhantomData,
    mem, ptr,
    sync::{
        Mutex,
        atomic::Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::{sync::AtomicPtr, unraisable};

/// A key, and a pointer to its neighbour.
pub(super) struct Link<K> {
    key: K,
    /// In a stack, the next older link; in a chain, the next newer one; null at the end. Written by
    /// the owner of the link: the thread that pushes it, and later the owner of the chain.
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
    /// The newest link; or null; or `closed()`, if no link can be pushed any more. The stack owns
    /// all links that can be reached from here. A push writes it with Release, and `swap_into` swaps
    /// it with Acquire.
    newest: AtomicPtr<Link<K>>,
    /// Keys are moved from thread to thread, and no two threads have a reference to one at the same
    /// time. So the stack is `Send` and `Sync` as a `Mutex` is.
    keys: PhantomData<Mutex<K>>,
}

impl<K> Stack<K> {
    pub(super) fn new() -> Self {
        Self { newest: AtomicPtr::new(ptr::null_mut()), keys: PhantomData }
    }

    /// The pointer of a closed stack. It is never dereferenced, and no link is at an odd address.
    fn closed() -> *mut Link<K> {
        const { assert!(align_of::<Link<K>>() > 1) };
        ptr::without_provenance_mut(1)
    }

    pub(super) fn is_empty(&self) -> bool {
        let newest = self.newest.load(Relaxed);
        newest.is_null() || newest == Self::closed()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.newest.load(Relaxed) == Self::closed()
    }

    /// Pushes a link, or gives it back if the stack is closed.
    pub(super) fn push(&self, link: Box<Link<K>>) -> Result<(), Box<Link<K>>> {
        let mut below = self.newest.load(Relaxed);
        if below == Self::closed() {
            return Err(link);
        }
        let link = Box::into_raw(link);
        loop {
            // SAFETY: the link comes from `Box::into_raw` above, and no other thread has the
            // pointer before the exchange succeeds. `below` is not dereferenced.
            unsafe { (*link).next = below };
            match self.newest.compare_exchange_weak(below, link, Release, Relaxed) {
                Ok(_) => return Ok(()),
                Err(newer) => below = newer,
            }
            if below == Self::closed() {
                // SAFETY: the link comes from `Box::into_raw` above, and the exchange has failed,
                // so no other thread has the pointer.
                return Err(unsafe { Box::from_raw(link) });
            }
        }
    }

    /// Moves all keys to the end of `chain`, in the order in which they were pushed. The stack is
    /// not closed, nor closed by another thread meanwhile: it would be open again.
    pub(super) fn empty_into(&self, chain: &mut Chain<K>) {
        self.swap_into(ptr::null_mut(), chain);
    }

    /// Closes the stack for ever. Moves all keys to the end of `chain`, like `empty_into`.
    pub(super) fn close_into(&self, chain: &mut Chain<K>) {
        self.swap_into(Self::closed(), chain);
    }

    fn swap_into(&self, new: *mut Link<K>, chain: &mut Chain<K>) {
        // Acquire, with the Release of each push, as all writes in between are read-modify-write
        // operations: the links and keys.
        let newest = self.newest.swap(new, Acquire);
        if newest == Self::closed() {
            return;
        }
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
        self.close_into(&mut chain);
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

    /// Removes the oldest `limit` links, or all if there are fewer, and returns them. O(`limit`);
    /// O(1) if they are all.
    pub(super) fn pop_many(&mut self, limit: usize) -> Self {
        if self.len <= limit {
            return mem::take(self);
        }
        let mut popped = Self::default();
        for _ in 0..limit {
            popped.last = if popped.last.is_null() {
                self.first
            } else {
                // SAFETY: a link of this chain, which owns its links and is here by `&mut`. The
                // pointer was made by `empty_into`.
                unsafe { (*popped.last).next }
            };
        }
        if !popped.last.is_null() {
            popped.first = self.first;
            popped.len = limit;
            // SAFETY: as above. More than `limit` links are in the chain, so the next is not null.
            self.first = unsafe { ptr::replace(&raw mut (*popped.last).next, ptr::null_mut()) };
            self.len -= limit;
        }
        popped
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
