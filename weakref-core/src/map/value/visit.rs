//! What visits or takes out several entries.

use std::fmt;

use super::WeakValueMap;
use crate::{
    StrongOf, WeakRef, Weakrefable,
    map::{
        gone::RemovalCause,
        iter::{ExtractIf, IntoIter, Keys, Values},
        lease::Lease,
        table::Entry,
    },
};

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S> {
    /// Visits the living entries, up to the first one that `f` refuses.
    pub(super) fn all(&self, mut f: impl FnMut(&K, &StrongOf<V>) -> bool) -> bool {
        let mut all =
            |number| Lease::all(&self.shards, number).iter().all(|(key, owner)| f(key, owner));
        (0..self.shards.count()).all(&mut all)
    }

    pub(super) fn take_all(&self) -> Vec<(K, StrongOf<V>)>
    where
        K: Clone,
    {
        let shards = 0..self.shards.count();
        shards.flat_map(|number| Lease::take_all(&self.shards, number, |owner| owner)).collect()
    }

    pub(super) fn take_any(&self, number: usize) -> Option<(K, StrongOf<V>)>
    where
        K: Clone,
    {
        Lease::take_any(&self.shards, number, |owner| owner)
    }

    /// Removes the living entries that `keep` refuses.
    ///
    /// Nothing is locked while `keep` runs: it may use the map. It is asked about each entry as it
    /// was when the turn of its shard came; an entry that has been replaced since is not touched.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(()));
    /// let map: WeakValueMap<_, _> = (0..10).map(|key| (key, value.clone())).collect();
    /// map.retain(|key, _| key % 2 == 0);
    /// assert_eq!(map.len(), 5);
    /// ```
    pub fn retain(&self, mut keep: impl FnMut(&K, &StrongOf<V>) -> bool) {
        for number in 0..self.shards.count() {
            let lease = Lease::all(&self.shards, number);
            for which in 0..lease.len() {
                if lease.get(which).is_some_and(|(key, owner)| !keep(key, owner)) {
                    lease.remove(which);
                }
            }
        }
    }

    /// Returns an iterator that removes the living entries that `pick` accepts, each when its turn
    /// comes, and gives them.
    ///
    /// Nothing is locked while `pick` runs: it may use the map. The keys are cloned.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(()));
    /// let map: WeakValueMap<_, _> = (0..10).map(|key| (key, value.clone())).collect();
    /// let mut odd: Vec<_> = map.extract_if(|key, _| key % 2 == 1).map(|(key, _)| key).collect();
    /// odd.sort();
    /// assert_eq!(odd, [1, 3, 5, 7, 9]);
    /// assert_eq!(map.len(), 5);
    /// ```
    pub fn extract_if<'a>(
        &'a self,
        mut pick: impl FnMut(&K, &StrongOf<V>) -> bool + 'a,
    ) -> ExtractIf<'a, K, StrongOf<V>>
    where
        K: Clone,
    {
        let mut numbers = 0..self.shards.count();
        let mut here: Option<(Lease<'_, _, _>, _)> = None;
        ExtractIf::new(std::iter::from_fn(move || {
            loop {
                if let Some((lease, all)) = &mut here {
                    for which in all {
                        let Some((key, owner)) = lease.get(which) else { continue };
                        if pick(key, owner) && lease.remove(which) {
                            return Some((key.clone(), owner.clone()));
                        }
                    }
                }
                here = None;
                let lease = Lease::all(&self.shards, numbers.next()?);
                let all = 0..lease.len();
                here = Some((lease, all));
            }
        }))
    }

    /// Returns the keys of the living entries of this moment.
    ///
    /// O(n), with an allocation for all, and one for each shard; the keys are cloned while nothing is
    /// locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.keys().eq(["a"]));
    /// ```
    pub fn keys(&self) -> Keys<K>
    where
        K: Clone,
    {
        let mut keys = Vec::new();
        self.for_each(|key, _| keys.push(key.clone()));
        Keys::new(keys)
    }

    /// Returns owners of the living values of this moment; a value under two keys comes twice.
    ///
    /// O(n), with one allocation for all.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.values().all(|other| Rc::ptr_eq(&other, &value)));
    /// ```
    pub fn values(&self) -> Values<StrongOf<V>> {
        let mut owners = Vec::new();
        for shard in self.shards.each() {
            owners.extend(shard.entries.iter().filter_map(|entry| entry.upgrade().ok()));
        }
        Values::new(owners)
    }

    /// Returns weak references to the values: Python's `valuerefs`. Some may be dead when they are
    /// looked at.
    ///
    /// O(n), with one allocation for all; makes no owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// let refs = map.value_refs();
    /// drop(value);
    /// assert!(refs[0].is_dead() && map.is_empty());
    /// ```
    #[doc(alias = "valuerefs")]
    pub fn value_refs(&self) -> Vec<WeakRef<V>> {
        let mut refs = Vec::new();
        for shard in self.shards.each() {
            refs.extend(shard.entries.iter().map(|entry| WeakRef::from_weak(entry.weak.clone())));
        }
        refs
    }
}

impl<K, V: ?Sized + Weakrefable, S> IntoIterator for WeakValueMap<K, V, S> {
    type Item = (K, StrongOf<V>);
    type IntoIter = IntoIter<K, StrongOf<V>>;

    /// Returns the living entries, and dissolves the map. What an iterator that was forgotten has lent stays
    /// with that.
    fn into_iter(self) -> Self::IntoIter {
        let all = self.shards.empty(RemovalCause::Removed).into_iter();
        let pairs = all.filter_map(|gone| {
            // A key is still lent if an iterator that had it was forgotten.
            let key = gone.entry.into_cell().into_key().ok()?;
            Some((key, gone.owners?))
        });
        let pairs = pairs.collect();
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(self);
        IntoIter::new(pairs)
    }
}

impl<K, V, S> fmt::Debug for WeakValueMap<K, V, S>
where
    K: fmt::Debug,
    V: ?Sized + Weakrefable + fmt::Debug,
{
    /// Writes the living entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.for_each(|key, owner| {
            map.entry(key, &&**owner);
        });
        map.finish()
    }
}
