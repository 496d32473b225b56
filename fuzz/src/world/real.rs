//! What happens.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem,
    rc::Rc,
    sync::Arc,
};

use weakref_core::{
    Finalizer, Flavor, Local, Shared, WeakRef, WeakSlot, Weakrefable, clear_weakrefs,
    clear_weakrefs_silently, exit, finalize, finalize_on, finalize_with,
    finalizer::{FinalizerGuard, WithObject},
    weakref_count, weakrefs,
};

use super::{
    Event,
    model::{FinalizerState, Model, ObjectState, ReferenceState},
    program::{Act, Code, OBJECTS, Op, Program},
};
use crate::{
    check, check_eq,
    harness::{caught, panic_as_planned},
};

/// An object that makes a finalizer of its own as it drops.
#[derive(Debug, Weakrefable)]
#[weakref(on_drop = Self::end)]
struct Object<F: Late> {
    number: usize,
    late: Act,
    #[weakref]
    slot: WeakSlot<F>,
}

type Function = Box<dyn FnOnce() + Send>;

/// The function of a finalizer that sees the object.
type Seeing<F> = WithObject<Box<dyn FnOnce(Option<&Object<F>>) + Send>>;

#[derive(Clone)]
enum Owner {
    Local(Rc<Object<Local>>),
    Shared(Arc<Object<Shared>>),
}

enum Value {
    Local(Object<Local>),
    Shared(Object<Shared>),
}

#[derive(Clone)]
enum Reference {
    Local(WeakRef<Object<Local>>),
    Shared(WeakRef<Object<Shared>>),
}

#[derive(Clone)]
enum Final {
    Local(Finalizer<Object<Local>, Function>),
    Shared(Finalizer<Object<Shared>, Function>),
    LocalSeeing(Finalizer<Object<Local>, Seeing<Local>>),
    SharedSeeing(Finalizer<Object<Shared>, Seeing<Shared>>),
}

enum Guard {
    Local(#[allow(dead_code)] FinalizerGuard<Object<Local>, Function>),
    Shared(#[allow(dead_code)] FinalizerGuard<Object<Shared>, Function>),
    LocalSeeing(#[allow(dead_code)] FinalizerGuard<Object<Local>, Seeing<Local>>),
    SharedSeeing(#[allow(dead_code)] FinalizerGuard<Object<Shared>, Seeing<Shared>>),
}

/// The same code for both flavours.
macro_rules! both {
    ($Enum:ident, $it:expr, |$name:ident| $code:expr) => {
        match $it {
            $Enum::Local($name) => $code,
            $Enum::Shared($name) => $code,
        }
    };
    ($Enum:ident, $it:expr, |$name:ident| $Result:ident of $code:expr) => {
        match $it {
            $Enum::Local($name) => $Result::Local($code),
            $Enum::Shared($name) => $Result::Shared($code),
        }
    };
}

/// The same code for all kinds of finalizers.
macro_rules! each {
    ($it:expr, |$name:ident| $code:expr) => {
        match $it {
            Final::Local($name) => $code,
            Final::Shared($name) => $code,
            Final::LocalSeeing($name) => $code,
            Final::SharedSeeing($name) => $code,
        }
    };
}

#[derive(Default)]
struct World {
    objects: Cell<usize>,
    registrations: Cell<usize>,
    acts: RefCell<VecDeque<Act>>,
    owners: RefCell<Vec<Owner>>,
    moved: RefCell<Vec<Value>>,
    references: RefCell<Vec<(usize, Reference)>>,
    finalizers: RefCell<Vec<(usize, Act, Final)>>,
    guards: RefCell<Vec<Guard>>,
    log: RefCell<Vec<Event>>,
    /// The callbacks and finalizers that have not been dropped.
    functions: Cell<usize>,
}

thread_local! {
    static WORLD: RefCell<Option<Rc<World>>> = const { RefCell::new(None) };
}

fn world() -> Rc<World> {
    let world = WORLD.with_borrow(Clone::clone);
    check!(world.is_some(), "something runs after the end of its world");
    world.unwrap_or_default()
}

/// Counts the functions that own one.
struct Token;

impl Token {
    fn new() -> Self {
        let world = world();
        world.functions.set(world.functions.get() + 1);
        Self
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let world = world();
        world.functions.set(world.functions.get() - 1);
    }
}

impl<F: Late> Object<F> {
    fn end(&mut self) {
        let world = world();
        world.log.borrow_mut().push(Event::Drops(self.number));
        if !matches!(self.late, Act::Nothing) {
            let function = world.function(self.late).1;
            F::finalize_late(self, function);
        }
    }
}

/// What [`Flavor`] alone does not say.
trait Late: Flavor {
    fn finalize_late(object: &Object<Self>, function: Function);
}

fn nth<T: Clone>(list: &RefCell<Vec<T>>, at: u8) -> Option<T> {
    let list = list.borrow();
    Some(list[usize::from(at).checked_rem(list.len())?].clone())
}

fn take_nth<T>(list: &RefCell<Vec<T>>, at: u8) -> Option<T> {
    let mut list = list.borrow_mut();
    let at = usize::from(at).checked_rem(list.len())?;
    Some(list.swap_remove(at))
}

impl World {
    fn next_act(&self) -> Act {
        self.acts.borrow_mut().pop_front().unwrap_or(Act::Nothing)
    }

    fn act(&self, act: Act) {
        match act {
            Act::Nothing => {}
            Act::Panic => panic_as_planned(),
            Act::Do(op) => drop(self.op(op)),
        }
    }

    /// Makes a callback or finalizer, and its number.
    fn function(&self, act: Act) -> (usize, Function) {
        let number = self.registrations.get();
        self.registrations.set(number + 1);
        let token = Token::new();
        let function = move || {
            let _token = token;
            let world = world();
            world.log.borrow_mut().push(Event::Runs(number));
            world.act(act);
        };
        (number, Box::new(function))
    }

    /// Makes a function that sees an object, and its number.
    fn seeing<F: Late>(&self, act: Act) -> (usize, Box<dyn FnOnce(Option<&Object<F>>) + Send>) {
        let number = self.registrations.get();
        self.registrations.set(number + 1);
        let token = Token::new();
        let function = move |object: Option<&Object<F>>| {
            let _token = token;
            let world = world();
            world.log.borrow_mut().push(Event::Runs(number));
            let seen = object.map(|object| object.number);
            world.log.borrow_mut().push(Event::Sees(number, seen));
            world.act(act);
            // It is still there, whatever has happened.
            let still = object.map(|object| object.number);
            world.log.borrow_mut().push(Event::Sees(number, still));
        };
        (number, Box::new(function))
    }

    #[allow(clippy::too_many_lines)]
    fn op(&self, op: Op) -> Option<()> {
        match op.code {
            Code::Make => {
                let number = self.objects.get();
                if number == OBJECTS {
                    return None;
                }
                self.objects.set(number + 1);
                let late = self.next_act();
                let owner = if op.flag() {
                    Owner::Shared(Arc::new(Object { number, late, slot: WeakSlot::new() }))
                } else {
                    Owner::Local(Rc::new(Object { number, late, slot: WeakSlot::new() }))
                };
                self.owners.borrow_mut().push(owner);
            }
            Code::DropOwner => drop(take_nth(&self.owners, op.at)?),
            Code::CloneOwner => {
                let owner = nth(&self.owners, op.at)?;
                self.owners.borrow_mut().push(owner);
            }
            Code::Watch => {
                let owner = nth(&self.owners, op.at)?;
                let (act, _look) = (self.next_act(), self.next_act());
                let (number, function) = self.function(act);
                let reference = both!(Owner, &owner, |owner| Reference of
                WeakRef::with_callback(owner, move |weak| {
                    check!(weak.is_dead() && !weak.has_callback(), "a callback sees a living one");
                    function();
                }));
                self.references.borrow_mut().push((number, reference));
            }
            Code::CloneRef => {
                let reference = nth(&self.references, op.at)?;
                self.references.borrow_mut().push(reference);
            }
            Code::DropRef => drop(take_nth(&self.references, op.at)?),
            Code::DetachRef => {
                let (_, reference) = nth(&self.references, op.at)?;
                both!(Reference, reference, |weak| weak.detach());
            }
            Code::Clear => {
                let owner = nth(&self.owners, op.at)?;
                both!(Owner, &owner, |owner| clear_weakrefs(owner));
            }
            Code::ClearSilently => {
                let owner = nth(&self.owners, op.at)?;
                both!(Owner, &owner, |owner| clear_weakrefs_silently(owner));
            }
            Code::Unwrap => {
                let owner = take_nth(&self.owners, op.at)?;
                let value = match owner {
                    Owner::Local(owner) => {
                        Rc::try_unwrap(owner).map(Value::Local).map_err(Owner::Local)
                    }
                    Owner::Shared(owner) => {
                        Arc::try_unwrap(owner).map(Value::Shared).map_err(Owner::Shared)
                    }
                };
                match value {
                    Ok(value) => self.moved.borrow_mut().push(value),
                    Err(owner) => self.owners.borrow_mut().push(owner),
                }
            }
            Code::Rewrap => {
                let owner = match take_nth(&self.moved, op.at)? {
                    Value::Local(value) => Owner::Local(Rc::new(value)),
                    Value::Shared(value) => Owner::Shared(Arc::new(value)),
                };
                self.owners.borrow_mut().push(owner);
            }
            Code::DropMoved => drop(take_nth(&self.moved, op.at)?),
            Code::SwapSlots => {
                let mut moved = self.moved.borrow_mut();
                let one = usize::from(op.at).checked_rem(moved.len())?;
                let other = usize::from(op.other).checked_rem(moved.len())?;
                if let Ok([one, other]) = moved.get_disjoint_mut([one, other]) {
                    match (one, other) {
                        (Value::Local(one), Value::Local(other)) => {
                            mem::swap(&mut one.slot, &mut other.slot);
                        }
                        (Value::Shared(one), Value::Shared(other)) => {
                            mem::swap(&mut one.slot, &mut other.slot);
                        }
                        _ => {}
                    }
                }
            }
            Code::DropSlot => {
                enum Slot {
                    Local(#[allow(dead_code)] WeakSlot<Local>),
                    Shared(#[allow(dead_code)] WeakSlot<Shared>),
                }
                let slot = {
                    let mut moved = self.moved.borrow_mut();
                    let at = usize::from(op.at).checked_rem(moved.len())?;
                    both!(Value, &mut moved[at], |value| Slot of mem::take(&mut value.slot))
                };
                drop(slot);
            }
            Code::Finalize | Code::FinalizeOn => {
                let owner = nth(&self.owners, op.at)?;
                let (act, look) = (self.next_act(), self.next_act());
                let (number, finalizer) = match (op.code, &owner) {
                    (Code::Finalize, Owner::Local(owner)) if op.flag() => {
                        let (number, function) = self.seeing(act);
                        (number, Final::LocalSeeing(finalize_with(owner, function)))
                    }
                    (Code::Finalize, Owner::Shared(owner)) if op.flag() => {
                        let (number, function) = self.seeing(act);
                        (number, Final::SharedSeeing(finalize_with(owner, function)))
                    }
                    (Code::Finalize, owner) => {
                        let (number, function) = self.function(act);
                        (number, both!(Owner, owner, |owner| Final of finalize(owner, function)))
                    }
                    (_, owner) => {
                        let (number, function) = self.function(act);
                        let on =
                            both!(Owner, owner, |owner| Final of finalize_on(&**owner, function));
                        (number, on)
                    }
                };
                self.finalizers.borrow_mut().push((number, look, finalizer));
            }
            Code::FinalizeOnMoved => {
                let at = usize::from(op.at).checked_rem(self.moved.borrow().len())?;
                let (act, look) = (self.next_act(), self.next_act());
                let (number, function) = self.function(act);
                let finalizer = both!(Value, &self.moved.borrow()[at], |value| Final of
                    finalize_on(value, function));
                self.finalizers.borrow_mut().push((number, look, finalizer));
            }
            Code::Call => {
                let (.., finalizer) = nth(&self.finalizers, op.at)?;
                each!(finalizer, |finalizer| drop(finalizer.call()));
            }
            Code::Detach => {
                let (.., finalizer) = nth(&self.finalizers, op.at)?;
                each!(finalizer, |finalizer| drop(finalizer.detach()));
            }
            Code::Peek => {
                let (number, look, finalizer) = nth(&self.finalizers, op.at)?;
                each!(finalizer, |finalizer| finalizer.peek(|owner, _| {
                    self.log.borrow_mut().push(Event::Peeks(number, owner.is_some()));
                    self.act(look);
                }));
            }
            Code::Guard => {
                let (.., finalizer) = take_nth(&self.finalizers, op.at)?;
                let guard = match finalizer {
                    Final::Local(finalizer) => Guard::Local(finalizer.guard()),
                    Final::Shared(finalizer) => Guard::Shared(finalizer.guard()),
                    Final::LocalSeeing(finalizer) => Guard::LocalSeeing(finalizer.guard()),
                    Final::SharedSeeing(finalizer) => Guard::SharedSeeing(finalizer.guard()),
                };
                self.guards.borrow_mut().push(guard);
            }
            Code::DropGuard => drop(take_nth(&self.guards, op.at)?),
            Code::DropFinalizer => drop(take_nth(&self.finalizers, op.at)?),
            Code::SetAtexit => {
                let (.., finalizer) = nth(&self.finalizers, op.at)?;
                each!(finalizer, |finalizer| finalizer.set_atexit(op.flag()));
            }
            Code::ExitRun => exit::run(),
        }
        Some(())
    }

    /// Runs an outermost operation for real and in the model, and compares.
    fn step(&self, model: &mut Model, op: Op) {
        let has_panicked = caught(|| self.op(op)).is_none();
        let panics = model.op(op).is_err();
        check_eq!(self.log.take(), mem::take(&mut model.log), "what happens in {op:?}");
        check_eq!(has_panicked, panics, "whether {op:?} panics");
        for (at, (_, reference)) in self.references.borrow().iter().enumerate() {
            let state = both!(Reference, reference, |weak| {
                let (is_dead, has_callback) = (weak.is_dead(), weak.has_callback());
                check_eq!(weak.upgrade().is_none(), is_dead, "whether a reference gives an owner");
                ReferenceState { is_dead, has_callback }
            });
            check_eq!(state, model.reference(at), "reference {at} after {op:?}");
        }
        for (at, (.., finalizer)) in self.finalizers.borrow().iter().enumerate() {
            let state = each!(finalizer, |it| FinalizerState {
                is_alive: it.is_alive(),
                at_exit: it.atexit()
            });
            check_eq!(state, model.finalizer(at), "finalizer {at} after {op:?}");
        }
        for (at, owner) in self.owners.borrow().iter().enumerate() {
            let Some(expected) = model.object(at) else { continue };
            let count = both!(Owner, owner, |owner| weakref_count(owner));
            let callbacks = match owner {
                Owner::Local(owner) => self.callbacks(&weakrefs(owner)),
                Owner::Shared(owner) => self.callbacks(&weakrefs(owner)),
            };
            let found = ObjectState { count, callbacks };
            check_eq!(found, expected, "object {at} after {op:?}");
        }
    }

    fn is_empty(&self) -> bool {
        self.owners.borrow().is_empty()
            && self.moved.borrow().is_empty()
            && self.references.borrow().is_empty()
            && self.guards.borrow().is_empty()
            && self.finalizers.borrow().is_empty()
    }

    /// The numbers of the references that have a callback.
    fn callbacks<T: Weakrefable>(&self, all: &[WeakRef<T>]) -> Vec<usize>
    where
        Reference: Same<T>,
    {
        let with = all.iter().filter(|weak| weak.has_callback());
        let number = |weak: &WeakRef<T>| {
            let references = self.references.borrow();
            let found = references.iter().find(|(_, reference)| reference.is_same(weak));
            found.map_or(usize::MAX, |(number, _)| *number)
        };
        with.map(number).collect()
    }
}

trait Same<T: Weakrefable> {
    fn is_same(&self, weak: &WeakRef<T>) -> bool;
}

macro_rules! flavours {
    ($($Flavor:ident)*) => {$(
        impl Same<Object<$Flavor>> for Reference {
            fn is_same(&self, weak: &WeakRef<Object<$Flavor>>) -> bool {
                matches!(self, Self::$Flavor(this) if this.is_same_reference(weak))
            }
        }

        impl Late for $Flavor {
            fn finalize_late(object: &Object<Self>, function: Function) {
                drop(finalize_on(object, function));
            }
        }
    )*};
}
flavours!(Local Shared);

pub(super) fn run(program: &Program) {
    let world = Rc::new(World::default());
    WORLD.set(Some(world.clone()));
    world.acts.borrow_mut().extend(&program.acts);
    let mut model = Model::new(&program.acts);
    for op in &program.ops {
        world.step(&mut model, *op);
    }
    let first = |code| Op { code, at: 0, other: 0 };
    // What runs meanwhile can make new ones, as often as there are acts.
    loop {
        while !world.is_empty() {
            for code in [
                Code::DropOwner,
                Code::DropMoved,
                Code::DropRef,
                Code::DropGuard,
                Code::Detach,
                Code::DropFinalizer,
            ] {
                world.step(&mut model, first(code));
            }
        }
        // Those whose objects were silently cleared.
        world.step(&mut model, first(Code::ExitRun));
        if world.is_empty() {
            break;
        }
    }
    drop(model);
    check_eq!(world.functions.get(), 0, "the callbacks and finalizers that were not dropped");
    WORLD.set(None);
}
