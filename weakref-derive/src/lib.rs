//! The macros of [`weakref-core`], which re-exports them: depend on that, not on this.
//!
//! | macro | what it does |
//! |---|---|
//! | [`#[weakrefable]`](macro@weakrefable) | gives a struct a hidden slot, and derives `Weakrefable` |
//! | [`#[derive(Weakrefable)]`](derive@Weakrefable) | makes a declared field the slot |
//! | [`new!`] | makes a value of a struct with a hidden slot |
//! | [`#[proxy]`](macro@proxy) | gives a `Proxy` the methods of its object |
//!
//! [`weakref-core`]: https://docs.rs/weakref-core
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ast;
mod attr;
mod expand;
mod fallback;
mod inject;
mod new;
mod proxy;
mod serde;
mod valid;

use proc_macro::TokenStream;

/// Makes a declared field the slot through which values are weakly referenced.
///
/// The field is the one of type `WeakSlot`, and its type says where values live: `WeakSlot` (or
/// `WeakSlot<Shared>`) in an `Arc`, `WeakSlot<Local>` in an `Rc`. It may stand anywhere in a struct
/// of any form, has the name and the visibility you give it, and takes no part in the derives
/// beside it: a clone gets an empty one, and all are equal. It is what `"__weakref__"` among the
/// `__slots__` of a Python class is. [`#[weakrefable]`](macro@weakrefable) adds such a field unseen.
///
/// The derive implements the trait `Weakrefable`, and `Drop`.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable};
///
/// #[derive(Weakrefable, Clone, Debug, PartialEq)]
/// struct Node<T> {
///     value: T,
///     slot: WeakSlot<Local>,
/// }
///
/// let node = Rc::new(Node { value: 7, slot: WeakSlot::new() });
/// let weak = WeakRef::new(&node);
/// assert_eq!(weak.with(|node| node.value), Some(7));
/// drop(node);
/// assert!(weak.is_dead());
/// ```
///
/// # A slot whose type has another name
///
/// A macro sees the words of a type, not what they mean. Where the slot's type is an alias, mark
/// the field with `#[weakref]`:
///
/// ```
/// # use weakref_core::{Local, WeakSlot, Weakrefable};
/// type Slot = WeakSlot<Local>;
///
/// #[derive(Weakrefable)]
/// struct Node {
///     #[weakref]
///     slot: Slot,
/// }
/// ```
///
/// # Options
///
/// They stand in `#[weakref(..)]` on the struct.
///
/// ## `on_drop = path::to::function`
///
/// A type has one `Drop`, and the derive writes it. What would stand in yours goes into a function
/// that takes `&mut Self`. When a value dies,
/// 1. all weak references to it are dead;
/// 2. callbacks run, and weak containers lose their entries, newest registration first;
/// 3. the `on_drop` function runs;
/// 4. the fields are dropped.
///
/// Whatever is registered during the third step is cleared silently.
///
/// ```
/// # use std::sync::Arc;
/// # use weakref_core::{WeakSlot, Weakrefable};
/// #[derive(Weakrefable)]
/// #[weakref(on_drop = Self::close)]
/// struct Session {
///     name: String,
///     slot: WeakSlot,
/// }
///
/// impl Session {
///     fn close(&mut self) {
///         println!("{} closed", self.name);
///     }
/// }
/// # drop(Arc::new(Session { name: "first".into(), slot: WeakSlot::new() }));
/// ```
///
/// ## `drop = "slot"`
///
/// Leaves the generated `Drop` out. The slot then does its work when it is dropped itself, in its
/// turn among the fields; put it first, so that those who asked hear of the death before the other
/// fields go. This leaves you free to write a `Drop` of your own, which runs before all of it, or to
/// move fields out of a value, which no type with a `Drop` allows.
///
/// ```
/// # use weakref_core::{WeakSlot, Weakrefable};
/// #[derive(Weakrefable)]
/// #[weakref(drop = "slot")]
/// struct Parts {
///     slot: WeakSlot,
///     name: String,
/// }
///
/// fn name(parts: Parts) -> String {
///     parts.name
/// }
/// # assert_eq!(name(Parts { slot: WeakSlot::new(), name: "a".into() }), "a");
/// ```
///
/// ## `crate = "path"`
///
/// Where the generated code finds `weakref_core`, if not under `::weakref_core`: for a renamed
/// dependency, or for a library that re-exports it.
///
/// ```
/// mod library {
///     pub use weakref_core;
/// }
///
/// #[derive(library::weakref_core::Weakrefable)]
/// #[weakref(crate = "library::weakref_core")]
/// struct Image {
///     slot: library::weakref_core::WeakSlot,
/// }
/// ```
///
/// # What cannot have a slot
///
/// Enums and unions; wrap them, as `Slotted<..>`. Packed structs, as their fields cannot be
/// borrowed. A type that is `Copy`, as it can have no `Drop`: the compiler says `the trait Copy
/// cannot be implemented for this type`.
///
/// # `conflicting implementations of trait Drop`
///
/// The type has a `Drop` of yours besides the generated one. Make it a function and name it in
/// `on_drop`, or leave the generated one out with `drop = "slot"`; both are described above.
#[proc_macro_derive(Weakrefable, attributes(weakref))]
pub fn derive_weakrefable(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive(&input).into()
}

/// Makes the values of a struct weakly referenceable.
///
/// It adds a hidden field, `__weakref__`, in which the weak references are kept, as Python does for
/// every class, and derives [`Weakrefable`](derive@Weakrefable). Values live in an `Arc`; with
/// `#[weakrefable(local)]`, in an `Rc`. As the field is not yours to write, values are made with
/// [`new!`], or with `Default`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{WeakRef, new, weakrefable};
///
/// #[weakrefable]
/// #[derive(Debug, Clone, Default, PartialEq)]
/// pub struct Image {
///     pub name: String,
///     pub pixels: Vec<u8>,
/// }
///
/// let image = Arc::new(new!(Image { name: "dawn".into(), pixels: vec![0; 16] }));
/// let weak = WeakRef::with_callback(&image, |_| println!("gone"));
/// assert_eq!(weak.with(|image| image.pixels.len()), Some(16));
/// drop(image);
/// assert!(weak.is_dead());
/// ```
///
/// Tuple structs and unit structs have theirs too:
///
/// ```
/// # use std::rc::Rc;
/// # use weakref_core::{WeakRef, new, weakrefable};
/// #[weakrefable(local)]
/// struct Id(u32);
///
/// #[weakrefable(local)]
/// struct Marker;
///
/// let (id, marker) = (Rc::new(new!(Id(3))), Rc::new(new!(Marker)));
/// assert_eq!(id.0, 3);
/// assert!(!WeakRef::new(&id).is_dead() && !WeakRef::new(&marker).is_dead());
/// ```
///
/// # Options
///
/// - `local`: values live in an `Rc`, for one thread.
/// - `on_drop = path::to::function`, `drop = "slot"`, `crate = "path"`: those of the
///   [derive](derive@Weakrefable#options). They may also stand in `#[weakref(..)]` below.
///
/// # The order of attributes
///
/// Write `#[weakrefable]` first. An attribute or derive sees what those above it have left, so only
/// the derives **below** see the hidden field, and they all leave it alone: `Clone` gives the copy
/// an empty slot, `PartialEq` and `Ord` find it equal, `Hash` passes over it, `Default` makes an
/// empty one, `Debug` shows how many references there are. With the feature `serde`, `Serialize` and
/// `Deserialize` do not see it either: what is written is what it would be without the slot. (One form
/// is not: `struct Empty();` is written as `struct Empty;` is.)
///
/// A derive **above** does not see it. `Debug`, `PartialEq` and others can do without; those that
/// make a value cannot, which is the next heading.
///
/// # `missing field __weakref__`
///
/// The compiler says `missing field __weakref__ in initializer of ..`, or, of a tuple struct,
/// `argument #2 of type WeakSlot is missing`, or, of a unit struct, `expected value, found struct`:
///
/// - **at a struct literal**: write [`new!`] around it.
///
///   ```compile_fail,E0063
///   # #[weakref_core::weakrefable] struct Image { name: String }
///   let image = Image { name: "dawn".into() };
///   ```
///   ```
///   # #[weakref_core::weakrefable] struct Image { name: String }
///   let image = weakref_core::new!(Image { name: "dawn".into() });
///   ```
///
/// - **at a derive** (`Default`, `Clone`, `Deserialize`): it stands above `#[weakrefable]`. Move it
///   below.
///
///   ```compile_fail,E0063
///   # use weakref_core::weakrefable;
///   #[derive(Clone)]
///   #[weakrefable]
///   struct Image { name: String }
///   ```
///   ```
///   # use weakref_core::weakrefable;
///   #[weakrefable]
///   #[derive(Clone)]
///   struct Image { name: String }
///   ```
///
/// - **at a pattern** (`pattern does not mention field __weakref__`): end it with `..`, as in
///   `let Image { name, .. } = &image`.
///
/// # What it does to the struct
///
/// The hidden field is two words large, and as visible as the most private of the fields, so that
/// [`new!`] works wherever all of them are visible; in a struct without fields, it is as visible as
/// the struct. Fields with a `#[cfg]` do not count for this, as they may not be there; where all have
/// one, it is as visible as the struct, too. It is the first field (of a tuple struct, the last, so that
/// the others keep their numbers; the others are then dropped before it, if `drop = "slot"`). A unit
/// struct becomes one with braces, so that its bare name is no longer a value. As the type has a
/// `Drop`, fields cannot be moved out of it (`cannot move out of type .., which implements the Drop
/// trait`), and it cannot be `Copy`; `drop = "slot"` lifts the first.
///
/// It does not go with `repr(packed)`, nor with `repr(transparent)`, nor with a tuple struct whose
/// last field is unsized. For these, and for enums, there is `Slotted<..>`.
#[proc_macro_attribute]
pub fn weakrefable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    inject::weakrefable(arguments.into(), &item.into()).into()
}

/// Makes a value of a struct that has a hidden slot, from an ordinary literal.
///
/// It takes what would be the literal without the slot, and adds that: `Path { field: value, field,
/// ..base }`, `Path(value, ..)`, or `Path` alone for a unit struct. `Path` may be `Self`, and may
/// have parameters. It works wherever the struct's fields are visible, and is of no use for a struct
/// that declares its slot: there the slot is written as the field it is.
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
/// `..base` takes the other fields from a value, but not its weak references. Like in any struct
/// that has a `Drop`, they have to be `Copy`, unless the struct is declared with `drop = "slot"`:
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
#[proc_macro]
pub fn new(input: TokenStream) -> TokenStream {
    new::new(input.into()).into()
}

/// Gives a `Proxy` the methods of its object: those of a trait, or those of a type.
///
/// Python's `weakref.proxy(obj)` has all methods of `obj`. Here, a trait says which, or an `impl`.
/// Each call keeps the object alive until it returns; when the object is dead, it panics with
/// `ReferenceError`'s message, at the place of the call. With `try_` before its name, it returns the
/// error. Nothing is allocated.
///
/// # On a trait
///
/// A `Proxy` of anything that implements the trait implements it too, and goes wherever it is asked
/// for. The methods with `try_` are in a trait of their own beside it, `Try<name>`, as visible, with
/// the same parameters, and a subtrait of it.
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, ReferenceError, new, proxy, weakrefable};
///
/// #[proxy]
/// trait Sensor {
///     fn degrees(&self) -> f64;
///     fn describe(&self) -> String {
///         format!("{} degrees", self.degrees())
///     }
/// }
///
/// #[weakrefable]
/// struct Thermometer { degrees: f64 }
///
/// impl Sensor for Thermometer {
///     fn degrees(&self) -> f64 { self.degrees }
/// }
///
/// fn read(sensor: impl Sensor) -> String { sensor.describe() }
///
/// let owner = Arc::new(new!(Thermometer { degrees: 21.5 }));
/// let proxy = Proxy::new(&owner);
/// assert_eq!(read(proxy.clone()), "21.5 degrees");
/// let display: Vec<Box<dyn Sensor>> = vec![Box::new(proxy.clone())];
/// assert_eq!(display[0].degrees(), 21.5);
///
/// drop(owner);
/// assert_eq!(proxy.try_degrees(), Err(ReferenceError));
/// ```
///
/// `Slotted<T>` implements the trait too, if `T` does: it is a `T` with a slot, and does all that it
/// can lend its value for, also what a proxy cannot. So trait objects have proxies:
///
/// ```
/// # use std::sync::Arc;
/// # use weakref_core::{Proxy, Slotted, proxy};
/// # #[proxy] trait Sensor { fn degrees(&self) -> f64; }
/// # impl Sensor for f64 { fn degrees(&self) -> f64 { *self } }
/// let owner: Arc<Slotted<dyn Sensor>> = Arc::new(Slotted::new(21.5));
/// let proxy: Box<dyn Sensor> = Box::new(Proxy::new(&owner));
/// assert_eq!(proxy.degrees(), 21.5);
/// ```
///
/// (From the owner, a `&dyn Sensor` is `&**owner`.) Where the object may well be dead, as behind the links
/// of a structure, use the methods with `try_`: the others panic. What returns a `Result` or an `Option`
/// itself then has two layers, `proxy.try_f()??`.
///
/// For trait objects to have proxies, `Weakrefable` must not be a supertrait: a proxy has no slot. Of other supertraits, a
/// proxy has those that it has by itself, as `Debug`, or by their own `#[proxy]`; if one is missing, it
/// does not implement the trait. The same goes for conditions like `where for<'a> &'a Self: IntoIterator`.
///
/// # On an inherent impl
///
/// The methods with `&self`, in both forms, are those of a new trait, named after the type: it has to
/// be in scope where they are called.
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Proxy, new};
///
/// mod weather {
///     use weakref_core::{proxy, weakrefable};
///
///     #[weakrefable(local)]
///     pub struct Thermometer { pub degrees: f64 }
///
///     #[proxy]
///     impl Thermometer {
///         pub fn degrees(&self) -> f64 { self.degrees }
///         pub fn warmer(&self, other: &Self) -> bool { self.degrees > other.degrees }
///     }
/// }
/// use weather::ThermometerProxy;
///
/// let owner = Rc::new(new!(weather::Thermometer { degrees: 21.5 }));
/// let proxy = Proxy::new(&owner);
/// assert!(!proxy.warmer(&owner));
/// assert_eq!(proxy.try_degrees(), Ok(21.5));
/// ```
///
/// It is implemented for `Proxy<Thermometer>` and for `Proxy<Slotted<Thermometer>>`, so that enums,
/// which have no slot inside, have it too.
///
/// The trait is as visible as the most visible of the methods. Those that are less visible are left
/// out, as they would be seen by all who see the trait; an `impl` of private methods has a private
/// trait. A method `new()` or another without `self` needs no object and is no part of it.
///
/// That `T` outlives `'a` in a `Chart<'a, T>` that has a `&'a [T]` inside, the compiler knows in your
/// `impl` by itself, but not in a trait: it says, more than once, `the parameter type T may not live
/// long enough`, or, of two lifetimes, `lifetime bound not satisfied`. Give the impl the bound, `T: 'a`
/// or `'b: 'a`; for it, `'a` needs a name.
///
/// ```compile_fail,E0309
/// # use weakref_core::{proxy, weakrefable};
/// #[weakrefable]
/// struct Chart<'a, T> { points: &'a [T] }
///
/// #[proxy]
/// impl<T> Chart<'_, T> {
///     fn len(&self) -> usize { self.points.len() }
/// }
/// ```
/// ```
/// # use weakref_core::{proxy, weakrefable};
/// # #[weakrefable]
/// # struct Chart<'a, T> { points: &'a [T] }
/// #[proxy]
/// impl<'a, T: 'a> Chart<'a, T> {
///     fn len(&self) -> usize { self.points.len() }
/// }
/// # let owner = std::sync::Arc::new(weakref_core::new!(Chart { points: &[1, 2] }));
/// # assert_eq!(weakref_core::Proxy::new(&owner).len(), 2);
/// ```
///
/// # What is forwarded
///
/// | | |
/// |---|---|
/// | `fn f(&self, ..)` | yes, with all its parameters; with patterns, `impl Trait` and lifetimes in its arguments |
/// | a default method | yes: the object's own version runs |
/// | `async fn`, `-> impl Future` | yes: see below |
/// | `unsafe fn`, `extern "C" fn` | yes (in the latter, a panic ends the program: use the form with `try_`, which is not `extern`) |
/// | `fn f()`, in a trait | yes, to the type of the object, which need not be alive; there is no `try_f` |
/// | associated types and constants | yes: those of the object |
/// | `#[cfg]`, `#[allow]`, `#[deprecated]`, `#[must_use]`, `#[doc(hidden)]` | apply to what is generated where that makes sense |
/// | `fn f<'b>(&'b self, other: &'b str)` | yes, where `'b` may be cut down to the call. Not where it may not, as in `&mut Vec<&'b str>`, into which what is borrowed from the object could be put: the compiler says `temporary value dropped while borrowed` |
/// | `fn f(&self) where Self: Sized`, `type Item where Self: Sized` | yes, but then only sized objects have the trait through a proxy, and `Slotted<dyn Trait>` has not |
/// | `-> impl Trait` | if it says by `+ use<..>`, without the lifetime of `&self`, that it borrows nothing |
/// | `-> &T`, `-> Cow<'_, T>`, `-> Box<dyn Trait + '_>` and whatever else borrows from `&self` | no: nobody keeps the object alive after the call |
/// | `&mut self`, `self`, `self: Rc<Self>` | no: a proxy has no more than `&self` to lend |
/// | `Self` in a trait's arguments and return types, and in the bounds of its types and parameters | no: it would be the proxy; `Self::Item` is fine, if it is the trait's own |
/// | a macro that makes methods | no: what it makes is not seen |
///
/// What is not forwarded is an error, and goes with `#[proxy(skip)]` on the method. In a trait it needs
/// a default body, which a proxy then has; on the object, it is called inside `with`.
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, new, proxy, weakrefable};
///
/// #[weakrefable]
/// struct User { name: String }
///
/// #[proxy]
/// impl User {
///     fn name(&self) -> String { self.name.clone() }
///     #[proxy(skip)]
///     fn name_str(&self) -> &str { &self.name }
/// }
///
/// let owner = Arc::new(new!(User { name: "Ada".into() }));
/// let proxy = Proxy::new(&owner);
/// assert_eq!(proxy.name(), "Ada");
/// assert_eq!(proxy.with(|user| user.name_str().len()), 3);
/// ```
///
/// A lifetime that is not written, as in `-> Ref<u8>` for `Ref<'_, u8>`, is found by the compiler only:
/// it says `cannot return reference to temporary value` at the type.
///
/// # `async fn`
///
/// The object is kept alive from the call until the future is done or dropped, as it would be borrowed
/// by a call without a proxy. So it is the call that panics when the object is dead; `try_f(..).await` is a
/// `Result`. (What `#[async_trait]` makes of a method borrows from `&self`, and is not forwarded.) The future is `Send` if the method's own is, and the object may be kept by another thread
/// (`Shared`, `Send + Sync`). A trait that promises it for all, by `-> impl Future<Output = T> + Send`,
/// keeps the promise: only proxies of such objects implement it.
///
/// # Names that a proxy has already
///
/// `Proxy` has a few methods of its own: `get`, `with`, `cloned`, `downgrade` and others, the first two
/// with `try_`. In `proxy.get()` they come first. A method of the same name is reached as
/// `Sensor::get(&proxy)`, and through any `impl Sensor` as always. If a trait has both `lock` and
/// `try_lock`, write `Sensor::try_lock(&proxy)` for the latter; in an inherent impl, skip one.
///
/// # Options
///
/// - `name = Name`: the name of the generated trait, in place of `Try<trait>` or `<type>Proxy`. A second
///   `impl` of the same type needs one.
/// - `crate = "path"`: as in the [derive](derive@Weakrefable#crate--path).
///
/// ```
/// # use weakref_core::proxy;
/// mod library {
///     pub use weakref_core;
/// }
///
/// #[proxy(name = ReadSensor, crate = "library::weakref_core")]
/// trait Sensor {
///     fn degrees(&self) -> f64;
/// }
///
/// fn read(sensor: &impl ReadSensor) -> Option<f64> {
///     sensor.try_degrees().ok()
/// }
/// ```
///
/// # Where the panic is
///
/// At the call, by `#[track_caller]`. Through a `dyn Trait`, the compiler only knows the method, and
/// names that.
#[proc_macro_attribute]
pub fn proxy(arguments: TokenStream, item: TokenStream) -> TokenStream {
    proxy::proxy(arguments.into(), &item.into()).into()
}
