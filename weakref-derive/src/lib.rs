//! The macros of [`weakref-core`], which re-exports them. Depend on `weakref-core`, not on this
//! crate.
//!
//! | macro | what it does |
//! |---|---|
//! | [`#[weakrefable]`](macro@weakrefable) | gives a struct a hidden slot, and derives `Weakrefable` |
//! | [`#[derive(Weakrefable)]`](derive@Weakrefable) | makes a declared field the slot |
//! | [`#[proxy]`](macro@proxy) | gives a `Proxy` the methods of its object |
//!
//! The fourth, `new!`, is a macro of `weakref-core` itself.
//!
//! [`weakref-core`]: https://docs.rs/weakref-core
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ast;
mod attr;
mod errors;
mod expand;
mod fallback;
mod inject;
mod new;
mod proxy;
mod serde;
#[cfg(test)]
mod tests;
mod valid;

use proc_macro::TokenStream;

/// Makes a declared field the slot through which values are weakly referenced.
///
/// The slot is the field of type `WeakSlot`. Its type says where values live: `WeakSlot` (or
/// `WeakSlot<Shared>`) in an `Arc`, `WeakSlot<Local>` in an `Rc`. The field may stand anywhere in a
/// struct of any form, and has the name and the visibility that you give it. It does not influence
/// the derives beside it: a clone gets an empty slot, and all slots are equal. Only serde's derives
/// need `#[serde(skip)]` on the field. The slot is what `"__weakref__"` among the `__slots__` of a
/// Python class is. [`#[weakrefable]`](macro@weakrefable) adds a hidden field instead.
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
/// A macro sees the words of a type, not what they mean. If the slot's type is an alias, or if
/// another type is called `WeakSlot` too, mark the field with `#[weakref]`:
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
/// Without a mark, the slot is the field whose type is written `WeakSlot`. If there are several, it
/// is the one that is written with the path of the crate, `weakref_core::WeakSlot`.
///
/// # Options
///
/// The options are written in `#[weakref(..)]` on the struct.
///
/// ## `on_drop = path::to::function`
///
/// A type has one `Drop`, and the derive writes it. Put the code of your own `Drop` into a function
/// that takes `&mut Self`. When a value is dropped,
/// 1. all weak references to it are dead;
/// 2. callbacks run, and weak containers lose their entries, newest registration first;
/// 3. the `on_drop` function runs;
/// 4. the fields are dropped.
///
/// Callbacks and entries that are registered during the third step are cleared silently.
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
/// turn among the fields. Make it the first field, so that callbacks run before the other fields
/// are dropped. Without the generated `Drop` you can write one of your own, which runs first, or
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
/// ## `crate = path`
///
/// Says where the generated code finds `weakref_core`, if not under `::weakref_core`: for a renamed
/// dependency, or for a library that re-exports it. In a `macro_rules!` of that library, the path
/// begins with `$crate`. The path may be written in quotes.
///
/// ```
/// mod library {
///     pub use weakref_core;
/// }
///
/// #[derive(library::weakref_core::Weakrefable)]
/// #[weakref(crate = library::weakref_core)]
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
/// # `cannot move out of type .., which implements the Drop trait`
///
/// That is E0509. The `Drop` is the generated one. If a type has a `Drop`, fields that are not
/// `Copy` cannot be moved out of a value, nor be taken from another value by `..base` in a literal.
///
/// ```compile_fail,E0509
/// # use weakref_core::{WeakSlot, Weakrefable};
/// #[derive(Weakrefable)]
/// struct Parts {
///     slot: WeakSlot,
///     name: String,
/// }
///
/// fn name(parts: Parts) -> String {
///     parts.name
/// }
/// ```
///
/// Take the field's content, `std::mem::take(&mut parts.name)`, or leave the generated `Drop` out
/// with `drop = "slot"`, as described above.
///
/// # `conflicting implementations of trait Drop`
///
/// The type has a `Drop` of your own besides the generated one. Make it a function and name it in
/// `on_drop`, or leave the generated one out with `drop = "slot"`. Both are described above.
#[proc_macro_derive(Weakrefable, attributes(weakref, serde))]
pub fn derive_weakrefable(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive(&input).into()
}

/// Makes the values of a struct weakly referenceable.
///
/// The attribute adds a hidden field that keeps the weak references, as Python does for every class
/// (`__weakref__`), and derives [`Weakrefable`](derive@Weakrefable). Values live in an `Arc`, or,
/// with `#[weakrefable(local)]`, in an `Rc`. Struct literals cannot name the hidden field, so
/// values are made with `new!` or with `Default`.
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
/// Tuple structs and unit structs get a slot in the same way:
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
/// - `slot(attribute, ..)`: attributes to put on the hidden slot, for the derives of
///   [other crates](#derives-of-other-crates).
/// - `on_drop = path::to::function`, `drop = "slot"`, `crate = path`: those of the
///   [derive](derive@Weakrefable#options). They may also be written in `#[weakref(..)]` below.
///
/// # The order of attributes
///
/// Write `#[weakrefable]` first. An attribute or a derive sees what those above it have produced,
/// so only the derives **below** see the hidden field. None of std's is influenced by it: `Clone`
/// gives the copy an empty slot, slots are equal for `PartialEq` and `Ord`, `Hash` skips them,
/// `Default` makes an empty one, and `Debug` shows the number of references.
///
/// A derive **above** does not see the field. `Debug`, `PartialEq` and others do not need to. Those
/// that make a value do, and fail with
/// [this error](#missing-field-__weakref__set_by_new_macro).
///
/// So a `Debug` above does not show the slot:
///
/// ```
/// use weakref_core::{new, weakrefable};
///
/// #[derive(Debug)]
/// #[weakrefable]
/// #[derive(Clone, Default)]
/// struct Image {
///     name: String,
/// }
///
/// let image = new!(Image { name: "dawn".into() });
/// assert_eq!(format!("{image:?}"), r#"Image { name: "dawn" }"#);
/// ```
///
/// # serde
///
/// serde's derives skip the slot, under any name by which they are imported: they write and read
/// the struct as if it had none. Two kinds of struct need the feature `serde` of `weakref-core` for
/// that: `struct Marker;` and `struct Empty();`, which have no fields. A difference remains in
/// formats that show the names of types, such as RON: a newtype is written as its field alone, and
/// a unit struct as `()`, as with `#[serde(transparent)]`.
///
/// With `slot(serde(..))`, the slot has only the attributes that you give, and newtypes and unit
/// structs are not treated specially.
///
/// # Derives of other crates
///
/// Most derives that generate code for every field have an attribute that leaves a field out. The
/// option `slot` puts that attribute on the hidden field:
///
/// ```ignore (needs the crate derive_builder)
/// #[weakrefable(slot(builder(default, setter(skip))))]
/// #[derive(Builder)]
/// struct Image {
///     name: String,
/// }
///
/// let image = ImageBuilder::default().name("dawn".into()).build()?;
/// ```
///
/// | crate | below `#[weakrefable]` | above |
/// |---|---|---|
/// | arbitrary | with `slot(arbitrary(default))` | no |
/// | bon | with `slot(builder(skip))`; or `#[builder]` on a function | no |
/// | borsh | with `slot(borsh(skip))` | `BorshSerialize` |
/// | clap | with `slot(arg(skip))` | no |
/// | `derive_builder` | with `slot(builder(default, setter(skip)))`. Without, it compiles, and `build` returns an error | no |
/// | `derive_more` | `Display` with a format; `Debug`, `Deref`, `DerefMut`, `AsRef` with `slot(debug(skip), deref(ignore), deref_mut(ignore), as_ref(skip))` | `Display`, `Deref`, `AsRef` of a newtype |
/// | derive-new | with `slot(new(default))` | no |
/// | mockall | `#[automock]` on a trait or an `impl` needs nothing. Beside `#[proxy]`, it stands below that | |
/// | schemars | yes: it reads the `#[serde(skip)]` that the slot has | yes |
/// | serde, `serde_with` | yes | `Serialize`; `#[serde_as]` |
/// | thiserror | yes, but for `#[error(transparent)]` and `#[from]` | `#[error(transparent)]`; in place of `#[from]`, write `From` with `new!` |
/// | typed-builder | with `slot(builder(default, setter(skip)))` | no |
/// | zeroize | with `slot(zeroize(skip))`; `ZeroizeOnDrop` besides with `drop = "slot"` | no |
///
/// Put derives that make a value from its parts, or take it apart (`derive_more`'s `Constructor`,
/// `From`, `Into`), on a plain type, and keep that in a `Slotted<..>`.
///
/// # `missing field __weakref__set_by_new_macro`
///
/// The compiler says `missing field __weakref__set_by_new_macro in initializer of ..`; of a tuple
/// struct, `argument #2 of type SlotSetByNewMacro is missing`; of a unit struct, `expected value,
/// found struct`:
///
/// - **at a struct literal**: write `new!` around it.
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
///   A unit struct is made in the same way:
///
///   ```compile_fail,E0423
///   # #[weakref_core::weakrefable] struct Marker;
///   let marker = Marker;
///   ```
///   ```
///   # #[weakref_core::weakrefable] struct Marker;
///   let marker = weakref_core::new!(Marker);
///   ```
///
/// - **at a derive** (`Default`, `Clone`, `Deserialize`): move it below `#[weakrefable]`.
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
/// - **at a pattern** (`pattern does not mention field __weakref__set_by_new_macro`): end it with
///   `..`, as in `let Image { name, .. } = &image`.
///
/// # `cannot move out of type .., which implements the Drop trait`
///
/// That is E0509, at `image.name` by value, at a pattern that moves a field out, and at `..base` in
/// a literal. The `Drop` is the generated one. `drop = "slot"` leaves it out:
///
/// ```compile_fail,E0509
/// # use weakref_core::{new, weakrefable};
/// #[weakrefable]
/// #[derive(Default)]
/// struct Config { name: String, size: u32 }
///
/// let config = new!(Config { size: 3, ..Default::default() });
/// ```
/// ```
/// # use weakref_core::{new, weakrefable};
/// #[weakrefable(drop = "slot")]
/// #[derive(Default)]
/// struct Config { name: String, size: u32 }
///
/// let config = new!(Config { size: 3, ..Default::default() });
/// let name = config.name;
/// ```
///
/// # What it does to the struct
///
/// The hidden field is two words large. It is as visible as the most private of the other fields,
/// so that `new!` works wherever all of them are visible. Fields with a `#[cfg]`, which may not
/// exist, do not count. If no field counts, the hidden one is as visible as the struct.
///
/// It is the first field. In a tuple struct it is the last, so that the others keep their numbers;
/// with `drop = "slot"`, they are then dropped before it. A unit struct becomes one with braces, so
/// that its bare name is no longer a value. As the type has a `Drop`, it cannot be `Copy`, and
/// fields cannot be moved out of it unless `drop = "slot"` is given.
///
/// The attribute cannot be used with `repr(packed)`, with `repr(transparent)`, or on a tuple struct
/// whose last field is unsized. Wrap these, and enums, in `Slotted<..>`.
#[proc_macro_attribute]
pub fn weakrefable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    inject::weakrefable(arguments.into(), &item.into()).into()
}

/// The part of `new!` that needs more than a pattern: `[path of the core crate]`, and the literal.
#[doc(hidden)]
#[proc_macro]
pub fn __new(input: TokenStream) -> TokenStream {
    new::new(input.into()).into()
}

/// Gives a `Proxy` the methods of its object: those of a trait, or those of a type.
///
/// Python's `weakref.proxy(obj)` has all methods of `obj`. Here, a proxy has those of the trait or
/// the `impl` under the attribute. Each call keeps the object alive until it returns. If the object
/// is dead, the call panics with `ReferenceError`'s message, at the place of the call. The form
/// with `try_` before its name returns the error instead. Nothing is allocated.
///
/// # On a trait
///
/// A `Proxy` of an object that implements the trait implements it too. The forms with `try_` are in
/// another trait, `Try<name>`: a subtrait of yours with the same parameters and visibility.
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, error::ReferenceError, new, proxy, weakrefable};
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
/// `Slotted<T>` implements the trait too, if `T` does. Since it owns its value, it also has methods
/// that a proxy cannot have. So trait objects have proxies:
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
/// (`&**owner` is a `&dyn Sensor` of the owner.) Where the object may be dead, as behind the links
/// of a data structure, use the forms with `try_`, as the others panic. If a method returns a
/// `Result` or an `Option` itself, its `try_` form has two layers, `proxy.try_f()??`.
///
/// `Weakrefable` must not be a supertrait, as a proxy has no slot. A proxy must have all other
/// supertraits, either by itself, like `Debug`, or by their own `#[proxy]`; if one is missing, the
/// proxy does not implement the trait. The same holds for conditions like
/// `where for<'a> &'a Self: IntoIterator`.
///
/// # On an inherent impl
///
/// The methods with `&self` become those of a new trait, in both forms. The trait is named after
/// the type, and has to be in scope where the methods are called.
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
/// The trait is implemented for `Proxy<Thermometer>` and for `Proxy<Slotted<Thermometer>>`, so that
/// enums, which have no slot of their own, can use it too.
///
/// The trait is as visible as the most visible of the methods. Less visible methods are left out,
/// as the trait would expose them. An `impl` of private methods has a private trait. Functions
/// without `self`, like `new()`, need no object, and are left out too.
///
/// In your `impl`, the compiler infers that `T` outlives `'a` if a `Chart<'a, T>` contains a `&'a
/// [T]`. In a trait it does not, and reports `the parameter type T may not live long enough`, or,
/// of two lifetimes, `lifetime bound not satisfied`, more than once. Write the bound on the impl,
/// `T: 'a` or `'b: 'a`; to do so, give `'a` a name.
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
/// | `fn f(&self, ..)` | yes, with all its parameters, and with patterns, `impl Trait` and lifetimes in its arguments |
/// | a default method | yes: the object's own version runs |
/// | `async fn`, `-> impl Future` | yes: see below |
/// | `unsafe fn`, `extern "C" fn` | yes. A panic in an `extern` function ends the program: use the form with `try_`, which is not `extern` |
/// | `fn f()`, in a trait | yes, to the type of the object. The object need not be alive, so there is no `try_f` |
/// | associated types and constants | yes: those of the object |
/// | `#[cfg]`, `#[allow]`, `#[deprecated]`, `#[must_use]`, `#[doc(hidden)]` | are copied to the generated code where they apply |
/// | `fn f<'b>(&'b self, other: &'b str)` | yes, if `'b` can be shortened to the call. Otherwise, as with `&mut Vec<&'b str>`, to which the method could add a borrow of the object, the compiler says `temporary value dropped while borrowed` |
/// | `fn f(&self) where Self: Sized`, `type Item where Self: Sized` | yes, but then only proxies of sized objects implement the trait, and `Slotted<dyn Trait>` does not |
/// | `-> impl Trait` | yes, if `+ use<..>`, without the lifetime of `&self`, says that it borrows nothing |
/// | `-> &T`, `-> Cow<'_, T>`, `-> Box<dyn Trait + '_>` and any other type that borrows from `&self` | no: nothing keeps the object alive after the call |
/// | `&mut self`, `self`, `self: Rc<Self>` | no: a proxy can lend its object as `&self` only |
/// | `Self` in a trait's arguments and return types, and in the bounds of its types and parameters | no: `Self` would be the proxy. `Self::Item` can be used, if `Item` is declared in this trait |
/// | a macro that makes methods | no: `#[proxy]` does not see them |
///
/// A method that cannot be forwarded is an error. `#[proxy(skip)]` on the method leaves it out. In
/// a trait, it then needs a default body, which the proxy uses. Call the object's own inside
/// `with`.
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
/// Only the compiler sees a lifetime that is not written, as in `-> Ref<u8>` for `Ref<'_, u8>`. It
/// says `cannot return reference to temporary value` at the type.
///
/// # `async fn`
///
/// The object is kept alive from the call until the future has completed or is dropped. So if the
/// object is dead, the call panics, and not the `.await`; `try_f(..).await` is a `Result`.
///
/// The future is `Send` if the method's own is, and if the object can be kept by another thread
/// (`Shared`, `Send + Sync`). If the trait requires `Send`, by `-> impl Future<Output = T> + Send`,
/// only proxies of such objects implement it. The methods that `#[async_trait]` makes borrow from
/// `&self`, and are not forwarded.
///
/// # Names that a proxy has already
///
/// `Proxy` has a few methods of its own: `get`, `with`, `cloned`, `downgrade` and others, and
/// `try_get` and `try_with`. `proxy.get()` calls that of `Proxy`. Call a trait's method of the same
/// name as `Sensor::get(&proxy)`, or through an `impl Sensor`. If a trait has both `lock` and
/// `try_lock`, write `Sensor::try_lock(&proxy)` for the latter; in an inherent impl, skip one of
/// them.
///
/// # Options
///
/// - `name = Name`: the name of the generated trait, in place of `Try<trait>` or `<type>Proxy`. A
///   second `impl` of the same type needs one.
/// - `crate = path`: as in the [derive](derive@Weakrefable#crate--path).
///
/// ```
/// # use weakref_core::proxy;
/// mod library {
///     pub use weakref_core;
/// }
///
/// #[proxy(name = ReadSensor, crate = library::weakref_core)]
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
/// At the call, by `#[track_caller]`. Through a `dyn Trait`, the compiler knows the method only,
/// and reports its place.
#[proc_macro_attribute]
pub fn proxy(arguments: TokenStream, item: TokenStream) -> TokenStream {
    proxy::proxy(arguments.into(), &item.into()).into()
}
