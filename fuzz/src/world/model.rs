//! What should happen.

use super::{
    Event,
    program::{Act, Code, OBJECTS, Op},
};

/// A panic is on its way.
pub(super) struct Panicked;

type Outcome = Result<(), Panicked>;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the pointer of this number.
    Pointer(usize),
    Moved,
    Gone,
}

#[derive(Debug)]
struct Object {
    is_shared: bool,
    place: Place,
    owners: usize,
    /// The registrations, oldest first; some may be spent.
    slot: Vec<usize>,
    /// It has been in more than one place: its registrations are not counted here.
    has_moved: bool,
    late: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A reference with a callback.
    Callback,
    /// A finalizer, with a weak pointer to its object or without. With one, it may see the object.
    Finalizer { has_weak: bool, sees: bool },
}

/// A callback or a finalizer.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)]
struct Registration {
    kind: Kind,
    object: usize,
    /// The pointer in which the object was.
    pointer: Option<usize>,
    act: Act,
    look: Act,
    in_slot: bool,
    /// The function is there.
    is_there: bool,
    /// Its references, or the handles of a finalizer.
    handles: usize,
    /// Of a callback: whether it is going to be called whatever becomes of those, and whether the
    /// object was cleared.
    is_due: bool,
    is_cleared: bool,
    /// Of a finalizer.
    at_exit: bool,
    is_listed: bool,
    is_peeked: bool,
    is_owed: bool,
    is_unwanted: bool,
}

#[derive(Debug, Default)]
pub(super) struct Model {
    objects: Vec<Object>,
    registrations: Vec<Registration>,
    pointers: usize,
    acts: std::collections::VecDeque<Act>,
    owners: Vec<usize>,
    moved: Vec<usize>,
    references: Vec<usize>,
    finalizers: Vec<usize>,
    guards: Vec<usize>,
    pub(super) log: Vec<Event>,
    is_exiting: bool,
    /// How many panics are unwinding: during that, no act panics.
    unwinding: usize,
}

fn nth(list: &[usize], at: u8) -> Option<usize> {
    Some(list[usize::from(at).checked_rem(list.len())?])
}

fn take_nth(list: &mut Vec<usize>, at: u8) -> Option<usize> {
    let at = usize::from(at).checked_rem(list.len())?;
    Some(list.swap_remove(at))
}

/// The state of a reference, as it can be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReferenceState {
    pub(super) is_dead: bool,
    pub(super) has_callback: bool,
}

/// The same of a finalizer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FinalizerState {
    pub(super) is_alive: bool,
    pub(super) at_exit: bool,
}

/// The same of an object: the number of weak references, and the callbacks, newest first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ObjectState {
    pub(super) count: usize,
    pub(super) callbacks: Vec<usize>,
}

impl Model {
    pub(super) fn new(acts: &[Act]) -> Self {
        Self { acts: acts.iter().copied().collect(), ..Self::default() }
    }

    fn next_act(&mut self) -> Act {
        self.acts.pop_front().unwrap_or(Act::Nothing)
    }

    pub(super) fn reference(&self, at: usize) -> ReferenceState {
        let one = &self.registrations[self.references[at]];
        let is_dead = one.is_cleared || !self.can_upgrade(self.references[at]);
        ReferenceState { is_dead, has_callback: one.is_there && !is_dead }
    }

    pub(super) fn finalizer(&self, at: usize) -> FinalizerState {
        let id = self.finalizers[at];
        let is_alive = self.is_alive(id);
        FinalizerState { is_alive, at_exit: is_alive && self.registrations[id].at_exit }
    }

    /// What can be asked of an object by its owner, unless it has moved.
    pub(super) fn object(&self, at: usize) -> Option<ObjectState> {
        let id = self.owners[at];
        let object = &self.objects[id];
        if object.has_moved {
            return None;
        }
        let there = |id: &&usize| {
            let one = &self.registrations[**id];
            one.is_there && (one.kind != Kind::Callback || one.handles > 0)
        };
        let registered: Vec<_> = object.slot.iter().filter(there).copied().collect();
        // All weak pointers that are not registered count as one reference without callback.
        let is_plain = |one: &Registration| {
            let has_weak = match one.kind {
                Kind::Callback => one.handles > 0,
                Kind::Finalizer { has_weak, .. } => {
                    has_weak && one.is_there && (one.handles > 0 || one.is_listed)
                }
            };
            one.object == id && has_weak && !one.in_slot
        };
        let plain = self.registrations.iter().any(is_plain);
        let callbacks = registered.iter().rev().copied();
        let callbacks = callbacks.filter(|id| self.registrations[*id].kind == Kind::Callback);
        Some(ObjectState {
            count: registered.len() + usize::from(plain),
            callbacks: callbacks.collect(),
        })
    }

    /// Whether there is still an owner of the object, where it was then.
    fn can_upgrade(&self, id: usize) -> bool {
        let one = &self.registrations[id];
        let object = &self.objects[one.object];
        let there = one.pointer.is_some_and(|pointer| object.place == Place::Pointer(pointer));
        there && object.owners > 0
    }

    fn is_alive(&self, id: usize) -> bool {
        let one = &self.registrations[id];
        one.is_there && !one.is_unwanted
    }

    fn act(&mut self, act: Act) -> Outcome {
        match act {
            Act::Nothing => Ok(()),
            Act::Panic if self.unwinding > 0 => Ok(()),
            Act::Panic => Err(Panicked),
            Act::Do(op) => self.op(op),
        }
    }

    /// Runs a callback or a finalizer, which may see the object `seen`.
    fn function(&mut self, id: usize, seen: Option<usize>) -> Outcome {
        self.log.push(Event::Runs(id));
        if self.sees(id) {
            self.log.push(Event::Sees(id, seen));
        }
        self.act(self.registrations[id].act)?;
        if self.sees(id) {
            self.log.push(Event::Sees(id, seen));
        }
        Ok(())
    }

    /// The same where a panic is caught.
    fn function_caught(&mut self, id: usize, seen: Option<usize>) {
        let _ = self.function(id, seen);
    }

    /// Drops something that may run functions, perhaps during unwinding.
    fn release_after(&mut self, outcome: &Outcome, object: Option<usize>) {
        let Some(object) = object else { return };
        let unwinds = usize::from(outcome.is_err());
        self.unwinding += unwinds;
        self.release(object);
        self.unwinding -= unwinds;
    }

    fn release(&mut self, object: usize) {
        self.objects[object].owners -= 1;
        if self.objects[object].owners == 0 {
            self.die(object);
        }
    }

    fn upgrade(&mut self, id: usize) -> Option<usize> {
        let Registration { kind, object, .. } = self.registrations[id];
        if matches!(kind, Kind::Finalizer { has_weak: false, .. }) || !self.can_upgrade(id) {
            return None;
        }
        self.objects[object].owners += 1;
        Some(object)
    }

    fn die(&mut self, object: usize) {
        let place = std::mem::replace(&mut self.objects[object].place, Place::Gone);
        let all = std::mem::take(&mut self.objects[object].slot);
        self.run(all, Some(place));
        self.log.push(Event::Drops(object));
        let late = self.objects[object].late;
        if !matches!(late, Act::Nothing) {
            let id = self.registrations.len();
            let kind = Kind::Finalizer { has_weak: false, sees: false };
            self.register(kind, object, late, Act::Nothing);
            self.registrations[id].in_slot = false;
            self.objects[object].slot.clear();
            self.registrations[id].is_there = false;
            self.function_caught(id, None);
        }
    }

    /// Whether a finalizer sees its object.
    fn sees(&self, id: usize) -> bool {
        matches!(self.registrations[id].kind, Kind::Finalizer { sees: true, .. })
    }

    /// Runs a function for which nobody waits, outside of the object's drop, with a strong pointer
    /// to the object if that is alive. One that does not see the object runs without.
    fn run_outside_of_drop(&mut self, id: usize, owner: Option<usize>) {
        let kept = owner.filter(|_| self.sees(id));
        if kept.is_none() {
            self.release_after(&Ok(()), owner);
        }
        self.function_caught(id, kept);
        self.release_after(&Ok(()), kept);
    }

    /// Runs those that have left a slot: of an object that is in a drop and was at `place`, or of
    /// one that is alive.
    fn run(&mut self, all: Vec<usize>, place: Option<Place>) {
        for id in &all {
            let one = &mut self.registrations[*id];
            one.is_due |= one.kind == Kind::Callback && one.is_there && one.handles > 0;
        }
        for id in all.into_iter().rev() {
            let one = &mut self.registrations[id];
            one.in_slot = false;
            let is_called = match one.kind {
                Kind::Callback => one.is_there && (one.handles > 0 || one.is_due),
                Kind::Finalizer { .. } if !one.is_there || one.is_unwanted => false,
                Kind::Finalizer { .. } if one.is_peeked => {
                    one.is_owed = true;
                    false
                }
                Kind::Finalizer { .. } => true,
            };
            if is_called {
                one.is_there = false;
                let is_here = |pointer| place == Some(Place::Pointer(pointer));
                if place.is_some() {
                    let seen = one.pointer.is_some_and(is_here).then_some(one.object);
                    self.function_caught(id, seen);
                } else {
                    let owner = if self.sees(id) { self.upgrade(id) } else { None };
                    self.run_outside_of_drop(id, owner);
                }
            }
        }
    }

    fn register(&mut self, kind: Kind, object: usize, act: Act, look: Act) -> usize {
        let id = self.registrations.len();
        let pointer = match (kind, self.objects[object].place) {
            (Kind::Finalizer { has_weak: false, .. }, _) | (_, Place::Moved | Place::Gone) => None,
            (_, Place::Pointer(pointer)) => Some(pointer),
        };
        self.registrations.push(Registration {
            kind,
            object,
            pointer,
            act,
            look,
            in_slot: true,
            is_there: true,
            handles: 1,
            is_due: false,
            is_cleared: false,
            at_exit: kind != Kind::Callback,
            is_listed: kind != Kind::Callback,
            is_peeked: false,
            is_owed: false,
            is_unwanted: false,
        });
        self.objects[object].slot.push(id);
        id
    }

    fn register_next(&mut self, kind: Kind, object: usize) -> usize {
        let (act, look) = (self.next_act(), self.next_act());
        self.register(kind, object, act, look)
    }

    /// The function has gone, and the registration with it.
    fn take_out(&mut self, id: usize) {
        let one = &mut self.registrations[id];
        one.is_there = false;
        one.in_slot = false;
        one.is_listed = false;
    }

    fn clear(&mut self, object: usize, silently: bool) {
        self.objects[object].owners += 1;
        let all = std::mem::take(&mut self.objects[object].slot);
        for id in &all {
            let one = &mut self.registrations[*id];
            // One that was detached is a plain reference from then on.
            one.is_cleared |= one.kind == Kind::Callback && one.in_slot;
            one.in_slot = false;
        }
        if !silently {
            self.run(all, None);
        }
        self.release(object);
    }

    fn peek(&mut self, id: usize) -> Outcome {
        if !self.is_alive(id) {
            return Ok(());
        }
        if self.registrations[id].is_peeked {
            return Err(Panicked);
        }
        self.registrations[id].is_peeked = true;
        let owner = self.upgrade(id);
        self.log.push(Event::Peeks(id, owner.is_some()));
        let outcome = self.act(self.registrations[id].look);
        let unwinds = usize::from(outcome.is_err());
        self.unwinding += unwinds;
        let one = &mut self.registrations[id];
        one.is_peeked = false;
        let (is_owed, is_unwanted) = (one.is_owed, one.is_unwanted);
        if is_owed || is_unwanted {
            // The function runs without a strong pointer that it has not made.
            let second = self.upgrade(id);
            self.take_out(id);
            self.release_after(&Ok(()), owner);
            if is_unwanted {
                self.release_after(&Ok(()), second);
            } else {
                self.run_outside_of_drop(id, second);
            }
        } else {
            self.release_after(&Ok(()), owner);
        }
        self.unwinding -= unwinds;
        outcome
    }

    fn call(&mut self, id: usize) -> Outcome {
        let owner = self.upgrade(id);
        self.take_out(id);
        let kept = owner.filter(|_| self.sees(id));
        if kept.is_none() {
            self.release_after(&Ok(()), owner);
        }
        let outcome = self.function(id, kept);
        self.release_after(&outcome, kept);
        outcome
    }

    fn exit_run(&mut self) {
        if self.is_exiting {
            return;
        }
        self.is_exiting = true;
        let listed = |one: &Registration| one.is_listed && one.is_there;
        while let Some(id) = self.registrations.iter().rposition(listed) {
            let is_wanted = self.is_alive(id) && self.registrations[id].at_exit;
            let one = &mut self.registrations[id];
            one.is_listed = false;
            if is_wanted && one.is_peeked {
                one.is_owed = true;
            } else if is_wanted {
                let owner = self.upgrade(id);
                self.take_out(id);
                self.run_outside_of_drop(id, owner);
            }
        }
        self.is_exiting = false;
    }

    pub(super) fn op(&mut self, op: Op) -> Outcome {
        // As for real: what is not there is not done.
        let _ = self.try_op(op)?;
        Ok(())
    }

    #[allow(clippy::too_many_lines)]
    fn try_op(&mut self, op: Op) -> Result<Option<()>, Panicked> {
        /// The value, or the end of what cannot be done.
        macro_rules! some {
            ($value:expr) => {
                match $value {
                    Some(value) => value,
                    None => return Ok(None),
                }
            };
        }
        match op.code {
            Code::Make => {
                if self.objects.len() == OBJECTS {
                    return Ok(None);
                }
                self.pointers += 1;
                let late = self.next_act();
                self.owners.push(self.objects.len());
                self.objects.push(Object {
                    is_shared: op.flag(),
                    place: Place::Pointer(self.pointers),
                    owners: 1,
                    slot: Vec::new(),
                    has_moved: false,
                    late,
                });
            }
            Code::DropOwner => {
                let object = some!(take_nth(&mut self.owners, op.at));
                self.release(object);
            }
            Code::CloneOwner => {
                let object = some!(nth(&self.owners, op.at));
                self.objects[object].owners += 1;
                self.owners.push(object);
            }
            Code::Watch => {
                let object = some!(nth(&self.owners, op.at));
                let id = self.register_next(Kind::Callback, object);
                self.references.push(id);
            }
            Code::CloneRef => {
                let id = some!(nth(&self.references, op.at));
                self.registrations[id].handles += 1;
                self.references.push(id);
            }
            Code::DropRef => {
                let id = some!(take_nth(&mut self.references, op.at));
                let one = &mut self.registrations[id];
                one.handles -= 1;
                if one.handles == 0 && !one.is_due {
                    one.is_there = false;
                    one.in_slot = false;
                }
            }
            Code::DetachRef => {
                let id = some!(nth(&self.references, op.at));
                let one = &mut self.registrations[id];
                one.is_there = false;
                one.in_slot = false;
            }
            Code::Clear | Code::ClearSilently => {
                let object = some!(nth(&self.owners, op.at));
                self.clear(object, op.code == Code::ClearSilently);
            }
            Code::Unwrap => {
                let object = some!(take_nth(&mut self.owners, op.at));
                if self.objects[object].owners == 1 {
                    self.objects[object].owners = 0;
                    self.objects[object].place = Place::Moved;
                    self.objects[object].has_moved = true;
                    self.moved.push(object);
                } else {
                    self.owners.push(object);
                }
            }
            Code::Rewrap => {
                let object = some!(take_nth(&mut self.moved, op.at));
                self.pointers += 1;
                self.objects[object].place = Place::Pointer(self.pointers);
                self.objects[object].owners = 1;
                self.owners.push(object);
            }
            Code::DropMoved => {
                let object = some!(take_nth(&mut self.moved, op.at));
                self.die(object);
            }
            Code::SwapSlots => {
                let (one, other) =
                    (some!(nth(&self.moved, op.at)), some!(nth(&self.moved, op.other)));
                if one != other && self.objects[one].is_shared == self.objects[other].is_shared {
                    let slot = std::mem::take(&mut self.objects[one].slot);
                    let slot = std::mem::replace(&mut self.objects[other].slot, slot);
                    self.objects[one].slot = slot;
                }
            }
            Code::DropSlot => {
                let object = some!(nth(&self.moved, op.at));
                let all = std::mem::take(&mut self.objects[object].slot);
                self.run(all, Some(Place::Gone));
            }
            Code::Finalize | Code::FinalizeOn => {
                let object = some!(nth(&self.owners, op.at));
                let has_weak = op.code == Code::Finalize;
                let sees = has_weak && op.flag();
                let id = self.register_next(Kind::Finalizer { has_weak, sees }, object);
                self.finalizers.push(id);
            }
            Code::FinalizeOnMoved => {
                let object = some!(nth(&self.moved, op.at));
                let kind = Kind::Finalizer { has_weak: false, sees: false };
                let id = self.register_next(kind, object);
                self.finalizers.push(id);
            }
            Code::Call => {
                let id = some!(nth(&self.finalizers, op.at));
                if !self.is_alive(id) {
                    return Ok(None);
                }
                if self.registrations[id].is_peeked {
                    return Err(Panicked);
                }
                self.call(id)?;
            }
            Code::Detach => {
                let id = some!(nth(&self.finalizers, op.at));
                if !self.is_alive(id) {
                    return Ok(None);
                }
                if self.registrations[id].is_peeked {
                    return Err(Panicked);
                }
                let owner = self.upgrade(id);
                self.take_out(id);
                self.release_after(&Ok(()), owner);
            }
            Code::Peek => {
                let id = some!(nth(&self.finalizers, op.at));
                self.peek(id)?;
            }
            Code::Guard => {
                let id = some!(take_nth(&mut self.finalizers, op.at));
                self.guards.push(id);
            }
            Code::DropGuard => {
                let id = some!(take_nth(&mut self.guards, op.at));
                self.registrations[id].handles -= 1;
                if !self.is_alive(id) {
                    return Ok(None);
                }
                let one = &mut self.registrations[id];
                if one.is_peeked {
                    one.is_unwanted = !one.is_owed;
                } else {
                    let owner = self.upgrade(id);
                    self.take_out(id);
                    self.release_after(&Ok(()), owner);
                }
            }
            Code::DropFinalizer => {
                let id = some!(take_nth(&mut self.finalizers, op.at));
                self.registrations[id].handles -= 1;
            }
            Code::SetAtexit => {
                let id = some!(nth(&self.finalizers, op.at));
                if self.is_alive(id) {
                    self.registrations[id].at_exit = op.flag();
                    self.registrations[id].is_listed |= op.flag();
                }
            }
            Code::ExitRun => self.exit_run(),
        }
        Ok(Some(()))
    }
}
