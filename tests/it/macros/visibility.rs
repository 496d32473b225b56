//! `new!` works wherever all the fields are visible, and the slot is seen no further.

// That it compiles is the point; nobody reads the fields.
#![allow(dead_code)]

use weakref_core::new;

use super::{lives_in_arc, lives_in_rc};

mod outer {
    use super::{lives_in_arc, lives_in_rc};
    use weakref_core::{new, weakrefable};

    /// No fields: as visible as the struct.
    #[weakrefable]
    pub struct Marker;
    #[weakrefable]
    pub(crate) struct Empty {}
    #[weakrefable(local)]
    pub(in crate::macros) struct EmptyTuple();

    #[weakrefable]
    pub struct Open {
        pub left: u8,
        pub right: u8,
    }
    #[weakrefable]
    pub struct InCrate(pub(crate) u8, pub u8);
    #[weakrefable]
    pub struct InPath(pub u8, pub(in crate::macros) u8);
    #[weakrefable]
    pub struct Above {
        pub left: u8,
        pub(super) right: u8,
        pub(crate) rest: u8,
    }

    /// A field that is not there is none that hides the slot.
    #[weakrefable]
    pub struct Conditional {
        pub left: u8,
        #[cfg(any())]
        private: u8,
        #[cfg_attr(all(), allow(dead_code), cfg(any()))]
        private: u8,
        #[cfg_attr(any(), cfg(any()))]
        pub right: u8,
    }
    #[weakrefable(local)]
    pub struct AllConditional(#[cfg(any())] u8, #[cfg(any())] u8);
    #[weakrefable(local)]
    pub struct PartlyThere(#[cfg(not(any()))] pub(crate) u8, #[cfg(any())] u8);

    pub mod inner {
        use weakref_core::{new, weakrefable};

        #[weakrefable(local)]
        pub struct Mixed(pub u8, pub(in super::super) u8, pub(super) u8);
        #[weakrefable(local)]
        pub struct Private {
            pub left: u8,
            right: u8,
        }
        #[weakrefable(local)]
        pub struct SelfOnly(pub(self) u8, pub u8);

        impl Private {
            pub fn make() -> Self {
                new!(Self { left: 1, right: 2 })
            }

            pub fn right(&self) -> u8 {
                self.right
            }
        }

        pub mod below {
            #[test]
            fn private_fields_are_visible_below() {
                super::super::super::lives_in_rc(super::new!(super::Private { left: 1, right: 2 }));
                super::super::super::lives_in_rc(super::new!(super::SelfOnly(1, 2)));
            }
        }
    }

    #[test]
    fn visible_one_above() {
        lives_in_rc(new!(inner::Mixed(1, 2, 3)));
        lives_in_arc(new!(Open { left: 1, right: 2 }));
    }
}

#[test]
fn visible_from_outside() {
    lives_in_arc(new!(outer::Marker));
    lives_in_arc(new!(outer::Empty {}));
    lives_in_rc(new!(outer::EmptyTuple()));
    lives_in_arc(new!(outer::Open { left: 1, right: 2 }));
    lives_in_arc(new!(outer::InCrate(1, 2)));
    lives_in_arc(new!(outer::InPath(1, 2)));
    lives_in_arc(new!(outer::Above { left: 1, right: 2, rest: 3 }));
    lives_in_arc(new!(outer::Conditional { left: 1, right: 2 }));
    lives_in_rc(new!(outer::AllConditional()));
    lives_in_rc(new!(outer::PartlyThere(1)));
}

#[test]
fn made_by_the_module_itself() {
    let private = outer::inner::Private::make();
    assert_eq!((private.left, private.right()), (1, 2));
    lives_in_rc(private);
}
