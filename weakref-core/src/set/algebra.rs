//! What two sets make together.

macro_rules! algebra {
    ($Name:ident [$($S:ident)?] [$($S2:ident)?] $H:ty, $H2:ty) => {
        impl<T: ?Sized + Weakrefable $(, $S)?> $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
        {
            /// Returns whether `other` has an equal element for each of this set.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b] = ["a", "b"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone()]);")]
            #[doc = concat!("let both = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            /// assert!(one.is_subset(&both) && both.is_subset(&both) && !both.is_subset(&one));
            /// ```
            pub fn is_subset$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> bool
            where
                $H2: Lookup<T, T>,
            {
                self.all(|element| other.contains(&**element))
            }

            /// Returns whether this set has an equal element for each of `other`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b] = ["a", "b"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone()]);")]
            #[doc = concat!("let both = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            /// assert!(both.is_superset(&one) && !one.is_superset(&both));
            /// ```
            pub fn is_superset$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> bool
            where
                $H2: Lookup<T, T>,
            {
                other.is_subset(self)
            }

            /// Returns whether this is a subset of `other`, which has more: Python's `<`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b] = ["a", "b"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone()]);")]
            #[doc = concat!("let both = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            /// assert!(one.is_proper_subset(&both) && !both.is_proper_subset(&both));
            /// ```
            pub fn is_proper_subset$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> bool
            where
                $H2: Lookup<T, T>,
            {
                self.is_subset(other) && !other.is_subset(self)
            }

            /// Returns whether this is a superset of `other`, and has more: Python's `>`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b] = ["a", "b"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone()]);")]
            #[doc = concat!("let both = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            /// assert!(both.is_proper_superset(&one) && !both.is_proper_superset(&both));
            /// ```
            pub fn is_proper_superset$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> bool
            where
                $H2: Lookup<T, T>,
            {
                other.is_proper_subset(self)
            }

            /// Returns whether no element of this set equals one of `other`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b] = ["a", "b"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone()]);")]
            #[doc = concat!("let both = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            /// assert!(!one.is_disjoint(&both));
            /// ```
            pub fn is_disjoint$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> bool
            where
                $H2: Lookup<T, T>,
            {
                self.all(|element| !other.contains(&**element))
            }

            /// Returns the elements of this set, and then those of `other` that equal none of them.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// assert_eq!(one.union(&two).len(), 3);
            /// ```
            pub fn union$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> Iter<StrongOf<T>>
            where
                $H2: Lookup<T, T>,
            {
                let mut all: Vec<_> = self.iter().collect();
                all.extend(other.difference(self));
                Iter::new(all)
            }

            /// Returns the elements of this set that equal one of `other`: this set's own.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// assert!(one.intersection(&two).eq([b]));
            /// ```
            pub fn intersection$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> Iter<StrongOf<T>>
            where
                $H2: Lookup<T, T>,
            {
                Iter::new(self.iter().filter(|element| other.contains(&**element)).collect())
            }

            /// Returns the elements of this set that equal none of `other`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// assert!(one.difference(&two).eq([a]));
            /// ```
            pub fn difference$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> Iter<StrongOf<T>>
            where
                $H2: Lookup<T, T>,
            {
                Iter::new(self.iter().filter(|element| !other.contains(&**element)).collect())
            }

            /// Returns the elements of this set that equal none of `other`, and then the other way round.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// assert_eq!(one.symmetric_difference(&two).len(), 2);
            /// ```
            pub fn symmetric_difference$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>) -> Iter<StrongOf<T>>
            where
                $H2: Lookup<T, T>,
            {
                let mut all: Vec<_> = self.difference(other).collect();
                all.extend(other.difference(self));
                Iter::new(all)
            }

            /// Removes the elements that equal none of `other`: `&=`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// one.intersection_update(&two);
            /// assert!(one.iter().eq([b]));
            /// ```
            pub fn intersection_update$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>)
            where
                $H2: Lookup<T, T>,
            {
                self.retain(|element| other.contains(&**element));
            }

            /// Removes the elements that equal one of `other`: `-=`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// one.difference_update(&two);
            /// assert!(one.iter().eq([a]));
            /// ```
            pub fn difference_update$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>)
            where
                $H2: Lookup<T, T>,
            {
                for element in other {
                    self.remove(&*element);
                }
            }

            /// Removes the elements that equal one of `other`, and adds the others of `other`: `^=`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b, c] = ["a", "b", "c"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let one = ", stringify!($Name), "::from([a.clone(), b.clone()]);")]
            #[doc = concat!("let two = ", stringify!($Name), "::from([b.clone(), c.clone()]);")]
            /// one.symmetric_difference_update(&two);
            /// assert!(one.contains(&*a) && !one.contains(&*b) && one.contains(&*c));
            /// ```
            pub fn symmetric_difference_update$(<$S2>)?(&self, other: &$Name<T $(, $S2)?>)
            where
                $H2: Lookup<T, T>,
            {
                for element in other {
                    if !self.remove(&*element) {
                        self.insert_strong(&element);
                    }
                }
            }

            /// Adds all objects: Python's `update`. One whose owner came with the call, and was the only
            /// one, goes at once.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [a, b] = ["a", "b"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let set = ", stringify!($Name), "::from([a.clone()]);")]
            /// set.update([b.clone()]);
            /// assert!(set.contains(&*b));
            /// ```
            pub fn update<P: Pointer<Referent = T>>(&self, owners: impl IntoIterator<Item = P>) {
                for owner in owners {
                    self.insert(&owner);
                }
            }

            fn update_strong(&self, owners: impl IntoIterator<Item = StrongOf<T>>) {
                for owner in owners {
                    self.insert_strong(&owner);
                }
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> PartialEq<$Name<T $(, $S2)?>> for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Compares the elements that live.
            fn eq(&self, other: &$Name<T $(, $S2)?>) -> bool {
                self.is_subset(other) && other.is_subset(self)
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)?> Eq for $Name<T $(, $S)?> where $H: Lookup<T, T> {}

        impl<T: ?Sized + Weakrefable + Stored<T::Flavor> $(, $S)?> BitOr for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T> + Clone,
        {
            type Output = $Name<T $(, $S)?>;

            /// Returns a new set: the union.
            fn bitor(self, other: Self) -> Self::Output {
                let set = $Name { shards: Shards::with_capacity(0), hasher: self.hasher.clone() };
                set.update_strong(self.union(other));
                set
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> BitOrAssign<&$Name<T $(, $S2)?>> for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Adds the elements of `other`.
            fn bitor_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.update_strong(other);
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> BitOrAssign<&$Name<T $(, $S2)?>> for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Adds the elements of `other`. `other` can be this very set.
            fn bitor_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.update_strong(other);
            }
        }

        impl<T: ?Sized + Weakrefable + Stored<T::Flavor> $(, $S)?> BitAnd for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T> + Clone,
        {
            type Output = $Name<T $(, $S)?>;

            /// Returns a new set: the intersection.
            fn bitand(self, other: Self) -> Self::Output {
                let set = $Name { shards: Shards::with_capacity(0), hasher: self.hasher.clone() };
                set.update_strong(self.intersection(other));
                set
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> BitAndAssign<&$Name<T $(, $S2)?>> for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Removes the elements that equal none of `other`.
            fn bitand_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.intersection_update(other);
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> BitAndAssign<&$Name<T $(, $S2)?>> for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Removes the elements that equal none of `other`. `other` can be this very set.
            fn bitand_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.intersection_update(other);
            }
        }

        impl<T: ?Sized + Weakrefable + Stored<T::Flavor> $(, $S)?> Sub for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T> + Clone,
        {
            type Output = $Name<T $(, $S)?>;

            /// Returns a new set: the difference.
            fn sub(self, other: Self) -> Self::Output {
                let set = $Name { shards: Shards::with_capacity(0), hasher: self.hasher.clone() };
                set.update_strong(self.difference(other));
                set
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> SubAssign<&$Name<T $(, $S2)?>> for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Removes the elements that equal one of `other`.
            fn sub_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.difference_update(other);
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> SubAssign<&$Name<T $(, $S2)?>> for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Removes the elements that equal one of `other`. `other` can be this very set.
            fn sub_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.difference_update(other);
            }
        }

        impl<T: ?Sized + Weakrefable + Stored<T::Flavor> $(, $S)?> BitXor for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T> + Clone,
        {
            type Output = $Name<T $(, $S)?>;

            /// Returns a new set: the symmetric difference.
            fn bitxor(self, other: Self) -> Self::Output {
                let set = $Name { shards: Shards::with_capacity(0), hasher: self.hasher.clone() };
                set.update_strong(self.symmetric_difference(other));
                set
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> BitXorAssign<&$Name<T $(, $S2)?>> for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Removes the elements that equal one of `other`, and adds its others.
            fn bitxor_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.symmetric_difference_update(other);
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)? $(, $S2)?> BitXorAssign<&$Name<T $(, $S2)?>> for &$Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
            $H2: Lookup<T, T>,
        {
            /// Removes the elements that equal one of `other`, and adds its others. `other` can be this very set.
            fn bitxor_assign(&mut self, other: &$Name<T $(, $S2)?>) {
                self.symmetric_difference_update(other);
            }
        }
    };
}
pub(super) use algebra;
