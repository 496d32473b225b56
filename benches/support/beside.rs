//! Which containers of weak keys are compared with which.

use std::{rc::Rc, sync::Arc};

use weak_table::{
    PtrWeakHashSet, PtrWeakKeyHashMap, PtrWeakWeakHashMap, WeakHashSet, WeakKeyHashMap,
    WeakWeakHashMap,
};
use weakref_core::{PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakWeakMap};

use crate::{
    container::Container,
    manual::Manual,
    shape::{Equality, Identity, Nothing, Number, Value},
    value::{LocalItem, Owner, Plain, SharedItem},
};

/// A container of weak keys.
pub trait OfKeys: Container<Keys = (), Owner: 'static> + 'static {}

impl<C: Container<Keys = (), Owner: 'static> + 'static> OfKeys for C {}

/// A visitor of our containers, each beside the hand-written one and that of weak-table.
pub trait Show {
    /// Visits one of our containers. `name` is its name.
    fn show<Ours: OfKeys, Exact: OfKeys, Theirs: OfKeys>(&mut self, name: &'static str);
}

type Weak<P> = <P as Owner>::Weak;

macro_rules! all {
    ($($function:ident $flavor:literal $P:ident $Item:ident;)*) => {$(
        #[doc = concat!("Shows all with `", stringify!($P), "`.")]
        pub fn $function(to: &mut impl Show) {
            type P = $P<Plain>;
            type Item = $Item;
            to.show::<
                WeakKeyMap<Item, u64>,
                Manual<Equality, Number, P>,
                WeakKeyHashMap<Weak<P>, u64>,
            >(concat!("map/WeakKeyMap/", $flavor));
            to.show::<
                PtrWeakKeyMap<Item, u64>,
                Manual<Identity, Number, P>,
                PtrWeakKeyHashMap<Weak<P>, u64>,
            >(concat!("map/PtrWeakKeyMap/", $flavor));
            to.show::<
                WeakWeakMap<Item, Item>,
                Manual<Equality, Value, P>,
                WeakWeakHashMap<Weak<P>, Weak<P>>,
            >(concat!("map/WeakWeakMap/", $flavor));
            to.show::<
                PtrWeakWeakMap<Item, Item>,
                Manual<Identity, Value, P>,
                PtrWeakWeakHashMap<Weak<P>, Weak<P>>,
            >(concat!("map/PtrWeakWeakMap/", $flavor));
            to.show::<
                WeakSet<Item>,
                Manual<Equality, Nothing, P>,
                WeakHashSet<Weak<P>>,
            >(concat!("set/WeakSet/", $flavor));
            to.show::<
                PtrWeakSet<Item>,
                Manual<Identity, Nothing, P>,
                PtrWeakHashSet<Weak<P>>,
            >(concat!("set/PtrWeakSet/", $flavor));
        }
    )*};
}
all! {
    local "rc" Rc LocalItem;
    shared "arc" Arc SharedItem;
}
