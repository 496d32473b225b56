//! `Operand`: the types that can be an operand beside a proxy.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::{OsStr, OsString},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::{NonZero, Saturating, Wrapping},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use crate::{Flavor, Slotted};

/// A type whose values can be the right-hand operand of a [`Proxy`](crate::Proxy)'s operators as
/// they are, while another proxy stands for its object.
///
/// The trait has no methods. It is implemented for the types of std, for [`Slotted`], for types
/// with [`#[weakrefable]`](macro@crate::weakrefable) or
/// [`#[derive(Weakrefable)]`](macro@crate::Weakrefable), and for references to all of them.
/// Implement it for your other types. For a type of another crate, use the object itself:
/// `&*proxy.get() + value`.
///
/// (Rust cannot express "all types that are not proxies".)
///
/// # Examples
///
/// ```
/// use std::{ops::Mul, sync::Arc};
/// use weakref_core::{Proxy, new, reference::Operand, weakrefable};
///
/// #[weakrefable]
/// struct Price { cents: u64 }
///
/// struct Pieces(u64);
/// impl Operand for Pieces {}
///
/// impl Mul<Pieces> for &Price {
///     type Output = u64;
///
///     fn mul(self, pieces: Pieces) -> u64 { self.cents * pieces.0 }
/// }
///
/// let price = Arc::new(new!(Price { cents: 250 }));
/// assert_eq!(Proxy::new(&price) * Pieces(3), 750);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand on the right of a proxy's operators",
    label = "not an `Operand`",
    note = "if it is a type of yours: `impl weakref_core::reference::Operand for {Self} {{}}`",
    note = "any other goes with the object, `&*proxy.get()`, instead of the proxy"
)]
pub trait Operand {}

impl<R: ?Sized + Operand> Operand for &R {}
impl<R: ?Sized + Operand> Operand for &mut R {}
impl<R: ?Sized + Operand> Operand for Box<R> {}
impl<T: ?Sized, F: Flavor> Operand for Slotted<T, F> {}

macro_rules! operands {
    ($([$($generics:tt)*] $Type:ty;)*) => {$(
        #[doc(hidden)]
        impl<$($generics)*> Operand for $Type {}
    )*};
}

operands! {
    [] i8; [] i16; [] i32; [] i64; [] i128; [] isize;
    [] u8; [] u16; [] u32; [] u64; [] u128; [] usize;
    [] f32; [] f64; [] bool; [] char; [] ();
    [T] Wrapping<T>; [T] Saturating<T>;
    [] str; [] String; [] OsStr; [] OsString; [] Path; [] PathBuf;
    [B: ?Sized + ToOwned] Cow<'_, B>;
    [] Duration; [] Instant; [] SystemTime; [] IpAddr; [] Ipv4Addr; [] Ipv6Addr;
    [] std::cmp::Ordering;
    [T] [T]; [T, const N: usize] [T; N]; [T] Vec<T>; [T] VecDeque<T>; [T] LinkedList<T>;
    [T] BinaryHeap<T>; [T] BTreeSet<T>; [K, V] BTreeMap<K, V>;
    [T, S] HashSet<T, S>; [K, V, S] HashMap<K, V, S>;
    [T] Option<T>; [T, E] Result<T, E>; [T: ?Sized] Rc<T>; [T: ?Sized] Arc<T>;
    [A] (A,); [A, B] (A, B); [A, B, C] (A, B, C); [A, B, C, D] (A, B, C, D);
}

macro_rules! non_zero {
    ($($N:ident)*) => {$(
        #[doc(hidden)]
        impl Operand for NonZero<$N> {}
    )*};
}

non_zero!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
