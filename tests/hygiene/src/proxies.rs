//! `#[proxy]`, on a trait and on an impl.

#[allow(unused_imports)]
use crate::decoys::{
    Borrow, Default, Drop, Future, Option, Proxy, Result, Send, Sized, Slotted, Weakrefable, core,
    std, weakref_core,
};
use ::core::fmt::Debug;
use ::renamed::{proxy, weakrefable};

/// A trait whose names are those that a macro might use.
#[proxy(name = Attempt, crate = "::renamed")]
pub trait Sensor<T: Debug = u8, const F: usize = 3>: Debug {
    /// A type.
    type Output: Debug;
    /// A constant.
    const VALUE: usize;
    /// Two arguments.
    fn degrees(&self, guard: u32, object: u32) -> u32;
    /// With parameters.
    fn generic<'a, U: ::core::clone::Clone>(&self, output: &'a U, error: T) -> (&'a U, T);
    /// With a type of the trait's.
    #[must_use]
    fn output(&self) -> Self::Output;
    /// A future.
    fn later(&self) -> impl ::core::future::Future<Output = u32> + ::core::marker::Send;
    /// Without an object.
    fn kind() -> &'static str;
    /// It does nothing.
    fn nothing(&self, _: u32, _unused: u32) {}
    /// Out of use.
    #[deprecated(note = "it is out of use")]
    fn old(&self) -> u32 {
        0
    }
    /// Fallible by itself.
    ///
    /// # Errors
    ///
    /// None.
    fn fallible(&self) -> ::core::result::Result<u32, ::core::fmt::Error> {
        ::core::result::Result::Ok(1)
    }
}

/// A type.
#[weakrefable(crate = "::renamed")]
#[derive(Debug)]
pub struct Number {
    /// A number.
    pub value: u32,
}

impl Sensor for Number {
    type Output = u32;
    const VALUE: usize = 3;

    fn degrees(&self, guard: u32, object: u32) -> u32 {
        self.value + guard + object
    }
    fn generic<'a, U: ::core::clone::Clone>(&self, output: &'a U, error: u8) -> (&'a U, u8) {
        (output, error)
    }
    fn output(&self) -> u32 {
        self.value
    }
    async fn later(&self) -> u32 {
        self.value
    }
    fn kind() -> &'static str {
        "number"
    }
}

#[proxy(crate = "::renamed")]
impl Number {
    /// The number.
    #[must_use]
    pub const fn value(&self) -> u32 {
        self.value
    }
    /// Nothing.
    pub const fn nothing(&self, _: u32, _unused: u32) {}
    /// Another.
    #[must_use]
    pub const fn twin(&self, object: &Self) -> Self {
        ::renamed::new!(Self { value: object.value + self.value })
    }
    /// Later.
    #[allow(clippy::unused_async)]
    pub async fn later_value(&self, guard: u32) -> u32 {
        self.value + guard
    }
    #[proxy(skip)]
    pub(crate) const fn place(&self) -> &u32 {
        &self.value
    }
}

const _: fn(&Number) -> &u32 = Number::place;
