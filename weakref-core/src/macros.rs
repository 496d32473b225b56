//! `new!`, and the part of it that supports editors.

/// Creates a value of a struct with a hidden slot, from a struct literal.
///
/// The argument is the literal without the slot: `Path { field: value, field, ..base }`,
/// `Path(value, ..)`, or `Path` for a unit struct. `Path` may be `Self`, and may have generic
/// arguments. A tuple struct may be written with numbers, `Path { 0: value }`; then all of its
/// fields must be named. The macro works wherever the fields of the struct are visible. It is not
/// for a struct that declares its slot: there, write the slot like every other field.
///
/// # Examples
///
/// ```
/// use weakref_core::{new, weakrefable};
///
/// #[weakrefable]
/// pub struct Point<T> {
///     x: T,
///     y: T,
/// }
///
/// impl<T> Point<T> {
///     pub fn new(x: T, y: T) -> Self {
///         new!(Self { x, y })
///     }
/// }
///
/// #[weakrefable]
/// struct Id(u32);
///
/// #[weakrefable]
/// struct Marker;
///
/// let y = 2;
/// let point = new!(Point::<u8> { x: 1, y });
/// let id = new!(Id(3));
/// let marker = new!(Marker);
/// # assert_eq!((point.x, point.y, id.0), (1, 2, 3));
/// ```
///
/// `..base` takes the other fields from a value, but not its weak references. As for every struct
/// with a `Drop`, these fields must be `Copy`, unless the struct is declared with `drop = "slot"`:
///
/// ```
/// # use weakref_core::{new, weakrefable};
/// #[weakrefable(drop = "slot")]
/// #[derive(Default)]
/// struct Config {
///     name: String,
///     size: u32,
/// }
///
/// let config = new!(Config { size: 3, ..Config::default() });
/// # assert_eq!((&*config.name, config.size), ("", 3));
/// ```
///
/// With constant values, the macro can be used in a constant:
///
/// ```
/// # use weakref_core::{new, weakrefable};
/// #[weakrefable]
/// struct Theme {
///     name: &'static str,
/// }
///
/// const DEFAULT: Theme = new!(Theme { name: "dark" });
/// static CURRENT: Theme = new!(Theme { name: "light" });
/// # assert_eq!((DEFAULT.name, CURRENT.name), ("dark", "light"));
/// ```
#[macro_export]
macro_rules! new {
    // Passes the path of this crate, which the procedural macro does not know.
    ($($literal:tt)*) => {
        $crate::__private::__new!([$crate] $($literal)*)
    };
}

/// The result of `new!`: the literal with its slot, or the errors and the input they are about.
///
/// The input is ignored, as it would lead to more errors.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __new_literal {
    ([right] ($($literal:tt)*)) => { $($literal)* };
    // This never returns, so it has every type.
    ([wrong] ($($input:tt)*) $($error:tt)*) => {{ $($error)* loop {} }};
}

/// The same for an editor, which is given the input instead, so that completion works in an
/// incomplete literal. The editor shows the errors of the compiler.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __new_literal {
    ([right] ($($literal:tt)*)) => { $($literal)* };
    ([wrong] ($($input:tt)*) $($error:tt)*) => { $($input)* };
}
