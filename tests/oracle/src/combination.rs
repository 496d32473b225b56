//! The four combinations: objects in an `Rc` or an `Arc`, compared by equality or by identity.

use crate::{language::Program, local, local_identity, shared, shared_identity};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combination {
    Local,
    LocalIdentity,
    Shared,
    SharedIdentity,
}

impl Combination {
    pub(crate) const ALL: [Self; 4] =
        [Self::Local, Self::LocalIdentity, Self::Shared, Self::SharedIdentity];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::LocalIdentity => "local-identity",
            Self::Shared => "shared",
            Self::SharedIdentity => "shared-identity",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|combination| combination.name() == name)
    }

    pub(crate) fn is_by_identity(self) -> bool {
        matches!(self, Self::LocalIdentity | Self::SharedIdentity)
    }

    /// Runs a program with the crate and returns its trace.
    pub(crate) fn run(self, program: Program) -> String {
        match self {
            Self::Local => local::run(program),
            Self::LocalIdentity => local_identity::run(program),
            Self::Shared => shared::run(program),
            Self::SharedIdentity => shared_identity::run(program),
        }
    }
}
