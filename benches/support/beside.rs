//! Which containers of weak keys are beside which.

use std::{rc::Rc, sync::Arc};

use weak_table::{
    PtrWeakHashSet, PtrWeakKeyHashMap, PtrWeakWeakHashMap, WeakHashSet, WeakKeyHashMap,
    WeakWeakHashMap,
};
use weakref_core::{PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakWeakMap};

use crate::{
    container::Container,
    shape::{Equality, Identity, Nothing, Number, Value},
    told::Told,
    value::{LocalItem, Owner, Plain, SharedItem},
};

/// A container of weak keys.
pub trait OfKeys: Container<Keys = (), Owner: 'static> + 'static {}

impl<C: Container<Keys = (), Owner: 'static> + 'static> OfKeys for C {}

/// Is shown each of our containers beside the hand-written one and that of weak-table.
pub trait Show {
    /// Is called once for each; the name is that of ours.
    fn show<Ours: OfKeys, Exact: OfKeys, Theirs: OfKeys>(&mut self, name: &'static str);
}

type Weak<P> = <P as Owner>::Weak;

macro_rules! all {
    ($($function:ident $flavor:literal $P:ident $Item:ident;)*) => {$(
        #[doc = concat!("Shows all with `", stringify!($P), "`.")]
        pub fn $function(to: &mut impl Show) {
            type P = $P<Plain>;
            type Item = $Item;
            to.show::<WeakKeyMap<Item, u64>, Told<Equality, Number, P>, WeakKeyHashMap<Weak<P>, u64>>(
                concat!("map/WeakKeyMap/", $flavor),
            );
            to.show::<PtrWeakKeyMap<Item, u64>, Told<Identity, Number, P>, PtrWeakKeyHashMap<Weak<P>, u64>>(
                concat!("map/PtrWeakKeyMap/", $flavor),
            );
            to.show::<WeakWeakMap<Item, Item>, Told<Equality, Value, P>, WeakWeakHashMap<Weak<P>, Weak<P>>>(
                concat!("map/WeakWeakMap/", $flavor),
            );
            to.show::<PtrWeakWeakMap<Item, Item>, Told<Identity, Value, P>, PtrWeakWeakHashMap<Weak<P>, Weak<P>>>(
                concat!("map/PtrWeakWeakMap/", $flavor),
            );
            to.show::<WeakSet<Item>, Told<Equality, Nothing, P>, WeakHashSet<Weak<P>>>(
                concat!("set/WeakSet/", $flavor),
            );
            to.show::<PtrWeakSet<Item>, Told<Identity, Nothing, P>, PtrWeakHashSet<Weak<P>>>(
                concat!("set/PtrWeakSet/", $flavor),
            );
        }
    )*};
}
all! {
    local "rc" Rc LocalItem;
    shared "arc" Arc SharedItem;
}
