//! The code that the macros generate, where usual names mean other things and every lint is on.
//!
//! The crate imports `weakref-core` under another name, has no prelude, and defines names that a
//! careless macro would pick up. It has to compile without a warning, under clippy too. The tests
//! at the end check that it also runs.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings)]
#![deny(
    future_incompatible,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused,
    deprecated_in_future,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    missing_debug_implementations,
    missing_docs,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

/// The usual names, for other things.
#[allow(dead_code, clippy::redundant_pub_crate)]
mod decoys {
    /// Not a trait of std's.
    pub(crate) trait Drop {}
    /// Not a trait of std's.
    pub(crate) trait Default {}
    /// Not a trait of the library's.
    pub(crate) trait Weakrefable {}
    /// Not a trait of the library's.
    pub(crate) trait SlotField {}
    /// Not a trait of std's.
    pub(crate) trait Future {}
    /// Not a trait of std's.
    pub(crate) trait Borrow {}
    /// Not a trait of std's.
    pub(crate) trait Send {}
    /// Not a trait of std's.
    pub(crate) trait Sized {}
    /// Not a struct of the library's.
    pub(crate) struct Proxy;
    /// Not a struct of the library's.
    pub(crate) struct Slotted;
    /// Not an enum of std's.
    pub(crate) enum Result {}
    /// Not an enum of std's.
    pub(crate) enum Option {}
    /// Not a crate.
    pub(crate) mod core {}
    /// Not a crate.
    pub(crate) mod std {}
    /// Not a crate.
    pub(crate) mod weakref_core {}
}

pub mod callbacks;
pub mod declared;
pub mod hidden;
pub mod proxies;

/// The library, for crates that depend on this one only.
pub mod library {
    pub use ::renamed::*;
}

/// A library's own macro, which is used in crates that do not depend on `weakref-core`.
#[macro_export]
macro_rules! declare {
    ($hidden:ident, $tuple:ident, $declared:ident, $sensor:ident, $krate:path) => {
        /// A hidden slot.
        #[$crate::library::weakrefable(crate = $crate::library)]
        #[derive(Clone, Debug)]
        pub struct $hidden {
            /// A field.
            pub id: u32,
        }

        /// Another, by a path that is handed on.
        #[$crate::library::weakrefable(local, crate = $krate)]
        #[derive(Clone, Debug)]
        pub struct $tuple(pub u32);

        /// A declared slot.
        #[derive($crate::library::Weakrefable, Debug)]
        #[weakref(crate = $crate::library)]
        pub struct $declared {
            slot: $crate::library::WeakSlot<$crate::library::Local>,
        }

        /// A proxy.
        #[$crate::library::proxy(crate = $crate::library)]
        pub trait $sensor {
            /// A method.
            fn id(&self) -> u32;
        }

        impl $sensor for $hidden {
            fn id(&self) -> u32 {
                self.id
            }
        }

        impl $hidden {
            /// Makes one.
            pub const fn make(id: u32) -> Self {
                $crate::library::new!(Self { id })
            }
        }

        impl $tuple {
            /// Makes one.
            pub const fn make(id: u32) -> Self {
                $crate::library::new!(Self(id))
            }
        }

        impl $declared {
            /// Makes one.
            pub const fn make() -> Self {
                Self { slot: $crate::library::WeakSlot::new() }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use ::std::{assert, assert_eq, rc::Rc, string::String, sync::Arc};

    use ::renamed::{WeakRef, new};

    use crate::{callbacks, declared, hidden, proxies};

    #[test]
    fn it_runs() {
        let named = Arc::new(new!(hidden::Named { this: 1, slot: 2 }));
        let weak = WeakRef::new(&named);
        assert_eq!(weak.with(|named| named.slot), ::core::option::Option::Some(2));
        ::core::mem::drop(named);
        assert!(weak.is_dead());

        let tuple = Rc::new(new!(hidden::Tuple(1, 2)));
        assert!(!WeakRef::new(&tuple).is_dead());
        let unit = Arc::new(new!(hidden::Unit));
        assert!(!WeakRef::new(&unit).is_dead());
        let newtype = Arc::new(new!(hidden::Newtype(3)));
        assert!(!WeakRef::new(&newtype).is_dead());
        let generic = Rc::new(new!(hidden::Generic { values: [&1, &2], last: String::new() }));
        assert!(!WeakRef::new(&generic).is_dead());
        let raw = Arc::new(new!(hidden::r#Type { r#fn: 1 }));
        assert!(!WeakRef::new(&raw).is_dead());
        let private = Arc::new(hidden::Private::make(7));
        assert_eq!(
            WeakRef::new(&private).with(hidden::Private::id),
            ::core::option::Option::Some(7)
        );

        let named = Arc::new(declared::Named::make(1));
        assert!(!WeakRef::new(&named).is_dead());
        let tuple = Rc::new(declared::Tuple::make(1));
        assert!(!WeakRef::new(&tuple).is_dead());
        let tail: Arc<declared::Tail<[u8]>> = Arc::new(declared::Tail::make([1, 2]));
        assert_eq!(
            WeakRef::new(&tail).with(|tail| tail.tail.len()),
            ::core::option::Option::Some(2)
        );
    }

    #[test]
    fn proxies_run() {
        use proxies::{Attempt as _, NumberProxy as _, Sensor as _};

        let number = Arc::new(new!(proxies::Number { value: 7 }));
        let proxy = ::renamed::Proxy::new(&number);
        assert_eq!(proxy.degrees(1, 2), 10);
        assert_eq!(proxy.try_degrees(1, 2), ::core::result::Result::Ok(10));
        assert_eq!(proxy.value(), 7);
        ::core::mem::drop(number);
        assert!(proxy.try_value().is_err());
        assert!(proxy.try_degrees(1, 2).is_err());
    }

    #[test]
    fn callbacks_run() {
        let named = Arc::new(new!(hidden::Named { this: 1, slot: 2 }));
        let (sum, sum_or) = (callbacks::sum(&named), callbacks::sum_or(&named, 7));
        let ignore = callbacks::ignore(&named);
        ignore();
        assert_eq!(sum(10, &20), ::core::option::Option::Some(1131));
        assert_eq!(sum_or(10), 18);
        ::core::mem::drop(named);
        assert!(sum(10, &20).is_none());
        assert_eq!(sum_or(10), 7);
        ignore();
    }
}
