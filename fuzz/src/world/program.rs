//! What happens to objects, references and finalizers.

use arbitrary::{Arbitrary, Unstructured};

const STEPS: usize = 64;
const ACTS: usize = 40;
/// So that deaths run inside each other less deep than where the library puts them off.
pub const OBJECTS: usize = 32;

/// One thing that happens, to the `at`th of its kind, and sometimes to another one.
#[derive(Debug, Clone, Copy)]
pub struct Op {
    pub code: Code,
    pub at: u8,
    pub other: u8,
}

/// Declares the codes, and the list of them.
macro_rules! codes {
    ($($code:ident),* $(,)?) => {
        /// What an [`Op`] does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $($code),*
        }

        const CODES: &[Code] = &[$(Code::$code),*];
    };
}

codes! {
    Make, DropOwner, CloneOwner, Watch, CloneRef, DropRef, DetachRef, Clear, ClearSilently, Unwrap,
    Rewrap, DropMoved, SwapSlots, DropSlot, Finalize, FinalizeOn, FinalizeOnMoved, Call, Detach, Peek,
    Guard, DropGuard, DropFinalizer, SetAtexit, ExitRun,
}

/// What a callback, a finalizer or a look does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Nothing,
    Panic,
    Do(Op),
}

/// A program. The `n`th callback or finalizer that is made takes the next two acts: what it does, and
/// what a look at it does. The `n`th object takes one: what a finalizer does that it makes as it
/// drops.
#[derive(Debug)]
pub struct Program {
    pub ops: Vec<Op>,
    pub acts: Vec<Act>,
}

impl Op {
    /// A choice between two.
    pub fn flag(self) -> bool {
        self.other % 2 == 1
    }
}

impl<'a> Arbitrary<'a> for Op {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let [code, at, other] = u.arbitrary::<[u8; 3]>()?;
        Ok(Self { code: CODES[usize::from(code) % CODES.len()], at, other })
    }
}

impl<'a> Arbitrary<'a> for Act {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(match u.arbitrary::<u8>()? % 8 {
            0..=2 => Self::Nothing,
            3 => Self::Panic,
            _ => Self::Do(u.arbitrary()?),
        })
    }
}

impl Program {
    /// Reads a program in which each operation is one of `codes`, or any if there are none.
    fn read(u: &mut Unstructured<'_>, codes: &[Code]) -> arbitrary::Result<Self> {
        let mut program = Self { ops: Vec::new(), acts: Vec::new() };
        while !u.is_empty() && program.ops.len() < STEPS {
            if u.arbitrary::<u8>()? < 96 && program.acts.len() < ACTS {
                program.acts.push(u.arbitrary()?);
                continue;
            }
            let mut op: Op = u.arbitrary()?;
            if !codes.is_empty() && !codes.contains(&op.code) {
                op.code = codes[op.code as usize % codes.len()];
            }
            program.ops.push(op);
        }
        Ok(program)
    }
}

/// A program on slots: few of its operations are about finalizers.
#[derive(Debug)]
pub struct OnSlots(pub Program);

/// A program on finalizers: few of its operations are about references.
#[derive(Debug)]
pub struct OnFinalizers(pub Program);

impl<'a> Arbitrary<'a> for OnSlots {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        use Code::{
            Clear, ClearSilently, CloneOwner, CloneRef, DetachRef, DropMoved, DropOwner, DropRef,
            DropSlot, Finalize, FinalizeOnMoved, Make, Rewrap, SwapSlots, Unwrap, Watch,
        };
        const CODES: [Code; 16] = [
            Make,
            DropOwner,
            CloneOwner,
            Watch,
            CloneRef,
            DropRef,
            DetachRef,
            Clear,
            ClearSilently,
            Unwrap,
            Rewrap,
            DropMoved,
            SwapSlots,
            DropSlot,
            Finalize,
            FinalizeOnMoved,
        ];
        Program::read(u, &CODES).map(Self)
    }
}

impl<'a> Arbitrary<'a> for OnFinalizers {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Program::read(u, &[]).map(Self)
    }
}
