//! A question about types.

/// Returns whether a type implements a trait, which need not be so for the program to compile.
///
/// An associated constant of the type itself is preferred to one of a trait's: the first exists
/// only where the bound holds.
#[macro_export]
macro_rules! implements {
    ($type:ty: $($bound:tt)+) => {{
        // One of the two constants is never read.
        #[allow(dead_code)]
        trait Otherwise {
            const IT_DOES: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Type<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $($bound)+> Type<T> {
            const IT_DOES: bool = true;
        }
        <Type<$type>>::IT_DOES
    }};
}
