//! What happens to containers and to what is in them, and what user code does meanwhile.

use std::{cell::RefCell, rc::Rc};

use arbitrary::{Arbitrary, Unstructured};

pub const CONTAINERS: usize = 3;
/// The number of different names, by which objects are equal.
pub const NAMES: u8 = 5;
const STEPS: usize = 64;
const ARMED: usize = 24;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Op {
    pub code: Code,
    pub a: u8,
    pub k: u8,
    pub v: u8,
}

impl Op {
    /// An operation on the first of everything.
    pub fn first(code: Code) -> Self {
        Self { code, a: 0, k: 0, v: 0 }
    }

    /// The container.
    pub fn a(self) -> usize {
        usize::from(self.a % 4) % CONTAINERS
    }

    /// The other container.
    pub fn b(self) -> usize {
        usize::from(self.a / 4 % 4) % CONTAINERS
    }

    /// A choice between two.
    pub fn flag(self) -> bool {
        self.a >= 128
    }

    /// The name of a new object.
    pub fn name(self) -> u32 {
        u32::from(self.v % NAMES)
    }
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
    Insert, Replace, MakeKey, MakeValue, DropKey, DropValue, Remove, RemovePair, InsertDoomed, Change,
    OrInsert, ModifyOrInsert, EntryInsert, EntryRemove, GetOrMake, FailToMake, Get, Pop, Retain,
    Extract, Visit, VisitAndRemove, Drain, Clear, Dissolve, Copy, Update, Or, OrAssign, Compare,
    Combined, Combine, Reserve, TryReserve, ShrinkTo, Debug, Refs, ClearWeakrefs, Unwrap, MakeMut,
    DropMoved, Rewrap, Watch, DropWatch, OpenExtract, OpenIter, OpenDrain, StepOpen, CloseOpen,
    ForgetOpen, MakeBoth,
}

/// Where user code is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Eq,
    Hash,
    Clone,
    /// Of a key or value that a container owns.
    HeldDrop,
    /// By the macros' `on_drop`.
    OnDrop,
    /// Of a field of an object, after that.
    FieldDrop,
    Closure,
    Factory,
    Listener,
    Callback,
}

const POINTS: [Point; 10] = [
    Point::Eq,
    Point::Hash,
    Point::Clone,
    Point::HeldDrop,
    Point::OnDrop,
    Point::FieldDrop,
    Point::Closure,
    Point::Factory,
    Point::Listener,
    Point::Callback,
];

/// What user code does, once.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Panic,
    DropKey(u8),
    DropValue(u8),
    Do(Op),
}

/// What user code is to do when it is called there for the `skip + 1`st time.
#[derive(Debug, Clone, Copy)]
pub struct Armed {
    pub point: Point,
    pub skip: u8,
    pub act: Act,
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Do(Op),
    Arm(Armed),
}

/// A program, and the container that it runs on.
#[derive(Debug)]
pub struct Program {
    which: u8,
    pub steps: Vec<Step>,
}

impl Program {
    /// One of so many kinds of containers.
    pub fn which(&self, kinds: usize) -> usize {
        usize::from(self.which / 2) % kinds
    }

    /// Whether all keys hash alike.
    pub fn hashes_alike(&self) -> bool {
        self.which % 2 == 1
    }
}

impl<'a> Arbitrary<'a> for Op {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let [code, a, k, v] = u.arbitrary::<[u8; 4]>()?;
        Ok(Self { code: CODES[usize::from(code) % CODES.len()], a, k, v })
    }
}

impl<'a> Arbitrary<'a> for Step {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let kind = u.arbitrary::<u8>()?;
        if kind < 192 {
            return u.arbitrary().map(Self::Do);
        }
        let [point, skip, what] = u.arbitrary::<[u8; 3]>()?;
        let act = match kind % 8 {
            0 => Act::Panic,
            1 => Act::DropKey(what),
            2 => Act::DropValue(what),
            _ => Act::Do(u.arbitrary()?),
        };
        let point = POINTS[usize::from(point) % POINTS.len()];
        Ok(Self::Arm(Armed { point, skip: skip % 16, act }))
    }
}

impl<'a> Arbitrary<'a> for Program {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let which = u.arbitrary()?;
        let (mut steps, mut armed) = (Vec::new(), 0);
        while !u.is_empty() && steps.len() < STEPS {
            let step = u.arbitrary()?;
            if matches!(step, Step::Arm(_)) {
                armed += 1;
                if armed > ARMED {
                    continue;
                }
            }
            steps.push(step);
        }
        Ok(Self { which, steps })
    }
}

type Hook = Rc<dyn Fn(Point)>;

thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Calls what [`on_fire`] has been given, if there is something.
pub fn fire(point: Point) {
    let hook = HOOK.with_borrow(Clone::clone);
    if let Some(hook) = hook {
        hook(point);
    }
}

/// Like [`fire`], called by a drop: does nothing while this thread unwinds, as a panic that leaves a
/// drop then aborts the process, whoever runs it.
pub fn fire_in_drop(point: Point) {
    if !std::thread::panicking() {
        fire(point);
    }
}

/// Sets what user code does.
pub fn on_fire(hook: Option<Hook>) {
    let old = HOOK.replace(hook);
    drop(old);
}
