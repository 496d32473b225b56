//! The order of death: references, callbacks, `on_drop`, fields.

use std::sync::OnceLock;

use weakref_core::{WeakRef, WeakSlot, Weakrefable};
use weakref_tests::{Log, NotesDrop};

use super::{Here, Obj, Ptr, Shelf, owner};

/// A type whose `Drop` is the generated one. The slot is not the first field: it need not be.
#[derive(Weakrefable)]
#[weakref(on_drop = Parent::on_drop)]
struct Parent {
    log: Log,
    child: Option<Ptr<Obj<NotesDrop>>>,
    me: OnceLock<WeakRef<Parent>>,
    slot: WeakSlot<Here>,
}

impl Parent {
    fn new(log: &Log) -> Ptr<Self> {
        Ptr::new(Self {
            log: log.clone(),
            child: Some(owner(log.drop("child"))),
            me: OnceLock::new(),
            slot: WeakSlot::new(),
        })
    }

    fn on_drop(&mut self) {
        let upgraded = self.me.get().map(|me| me.upgrade().is_some());
        self.log.note(format!("on_drop {upgraded:?}"));
    }
}

/// A type with a `Drop` of its own: the slot drops as the field that it is.
#[derive(Weakrefable)]
#[weakref(drop = "slot")]
struct OwnDrop {
    log: Log,
    me: OnceLock<WeakRef<OwnDrop>>,
    _before: NotesDrop,
    slot: WeakSlot<Here>,
    _after: NotesDrop,
}

impl OwnDrop {
    fn new(log: &Log) -> Ptr<Self> {
        Ptr::new(Self {
            log: log.clone(),
            me: OnceLock::new(),
            _before: log.drop("before"),
            slot: WeakSlot::new(),
            _after: log.drop("after"),
        })
    }
}

impl Drop for OwnDrop {
    fn drop(&mut self) {
        let upgraded = self.me.get().map(|me| me.upgrade().is_some());
        self.log.note(format!("drop {upgraded:?}"));
    }
}

#[test]
fn b400_the_destructor_finds_its_own_references_dead() {
    let log = Log::default();
    let parent = Parent::new(&log);
    assert!(parent.me.set(WeakRef::new(&parent)).is_ok());
    drop(parent);
    assert_eq!(log.take(), ["on_drop Some(false)", "child"]);

    let own = OwnDrop::new(&log);
    assert!(own.me.set(WeakRef::new(&own)).is_ok());
    drop(own);
    assert_eq!(log.take(), ["drop Some(false)", "before", "after"]);
}

#[test]
fn b402_b411_callbacks_newest_first_then_on_drop() {
    let log = Log::default();
    let parent = Parent::new(&log);
    let refs = ["older", "newer"].map(|name| WeakRef::with_callback(&parent, log.call(name)));
    drop(parent);
    assert_eq!(log.take(), ["newer", "older", "on_drop None", "child"]);
    assert!(refs.iter().all(WeakRef::is_dead));
}

/// There the user's destructor comes first, as in Python, and the slot in the order of the fields.
#[test]
fn b402_with_drop_by_slot_the_fields_order_decides() {
    let log = Log::default();
    let own = OwnDrop::new(&log);
    let refs = ["older", "newer"].map(|name| WeakRef::with_callback(&own, log.call(name)));
    drop(own);
    assert_eq!(log.take(), ["drop None", "before", "newer", "older", "after"]);
    drop(refs);
}

#[test]
fn b403_children_die_after_the_parents_callbacks() {
    let log = Log::default();
    let parent = Parent::new(&log);
    let of_child = WeakRef::with_callback(parent.child.as_ref().unwrap(), log.call("of child"));
    let of_parent = WeakRef::with_callback(&parent, {
        let (log, of_child) = (log.clone(), of_child.clone());
        move |_: &WeakRef<_>| log.note(format!("of parent, child lives: {}", !of_child.is_dead()))
    });
    drop(parent);
    let expected = ["of parent, child lives: true", "on_drop None", "of child", "child"];
    assert_eq!(log.take(), expected);
    drop((of_parent, of_child));
}

#[test]
fn b403_also_in_slotted() {
    let log = Log::default();
    let child = owner(log.drop("child"));
    let of_child = WeakRef::with_callback(&child, log.call("of child"));
    let parent = owner(child);
    let of_parent = WeakRef::with_callback(&parent, log.call("of parent"));
    drop(parent);
    assert_eq!(log.take(), ["of parent", "of child", "child"]);
    drop((of_parent, of_child));
}

/// The slot need not be the first field where the generated `Drop` empties it.
#[test]
fn b052_a_reference_held_by_its_referent_is_called() {
    let log = Log::default();
    let parent = Parent::new(&log);
    let weak = WeakRef::with_callback(&parent, log.call("called"));
    assert!(parent.me.set(weak).is_ok());
    drop(parent);
    assert_eq!(log.take(), ["called", "on_drop Some(false)", "child"]);
}

#[test]
fn b052_with_drop_by_slot_only_if_it_comes_after_the_slot() {
    #[derive(Weakrefable)]
    #[weakref(drop = "slot")]
    struct Holder {
        before: OnceLock<WeakRef<Holder>>,
        slot: WeakSlot<Here>,
        after: OnceLock<WeakRef<Holder>>,
    }

    let log = Log::default();
    let holder =
        Ptr::new(Holder { before: OnceLock::new(), slot: WeakSlot::new(), after: OnceLock::new() });
    assert!(holder.before.set(WeakRef::with_callback(&holder, log.call("before"))).is_ok());
    assert!(holder.after.set(WeakRef::with_callback(&holder, log.call("after"))).is_ok());
    drop(holder);
    assert_eq!(log.take(), ["after"]);
}

/// `on_drop` has no owner to make a reference of. But it has the value, and can give it one for a
/// while.
#[derive(Weakrefable)]
#[weakref(on_drop = Phoenix::on_drop)]
struct Phoenix {
    log: Option<Log>,
    refs: Shelf<WeakRef<Phoenix>>,
    slot: WeakSlot<Here>,
}

impl Phoenix {
    fn on_drop(&mut self) {
        let Some(log) = self.log.clone() else { return };
        let ashes = Self { log: None, refs: self.refs.clone(), slot: WeakSlot::new() };
        let owner = Ptr::new(std::mem::replace(self, ashes));
        let weak = WeakRef::with_callback(&owner, log.call("called"));
        log.note(format!("alive: {}", !weak.is_dead()));
        owner.refs.put(weak);
        *self = Ptr::into_inner(owner).unwrap();
    }
}

#[test]
fn b405_what_is_registered_in_the_destructor_is_cleared_silently() {
    let log = Log::default();
    let refs = Shelf::new([]);
    let phoenix =
        Ptr::new(Phoenix { log: Some(log.clone()), refs: refs.clone(), slot: WeakSlot::new() });
    refs.put(WeakRef::with_callback(&phoenix, log.call("from before")));
    drop(phoenix);
    assert_eq!(log.take(), ["from before", "alive: true"]);
    let refs = refs.take();
    assert!(refs.len() == 2 && refs.iter().all(WeakRef::is_dead));
    drop(refs);
    assert!(log.take().is_empty());
}

#[test]
fn every_owner_but_the_last_goes_in_silence() {
    let log = Log::default();
    let object = owner(());
    let weak = WeakRef::with_callback(&object, log.call("called"));
    let mut owners = vec![object; 10];
    while owners.len() > 1 {
        owners.pop();
        assert!(log.take().is_empty());
    }
    owners.pop();
    assert_eq!(log.take(), ["called"]);
    drop(weak);
}

/// The parts of an object that go one by one, each with callbacks, and a container of objects.
#[test]
fn many_deaths_in_one_drop() {
    let log = Log::default();
    let objects: Vec<_> = (0..5).map(owner).collect();
    let refs: Vec<_> =
        objects.iter().map(|object| WeakRef::with_callback(object, log.call(***object))).collect();
    drop(objects);
    assert_eq!(log.take(), ["0", "1", "2", "3", "4"]);
    drop(refs);
}

#[test]
fn a_cycle_through_weak_references_dies() {
    struct Person {
        friend: OnceLock<WeakRef<Obj<Person>>>,
        _dropped: NotesDrop,
    }

    let log = Log::default();
    let [one, two] = ["one", "two"]
        .map(|name| owner(Person { friend: OnceLock::new(), _dropped: log.drop(name) }));
    assert!(one.friend.set(WeakRef::with_callback(&two, log.call("two is dead"))).is_ok());
    assert!(two.friend.set(WeakRef::with_callback(&one, log.call("one is dead"))).is_ok());
    drop(one);
    assert_eq!(log.take(), ["one is dead", "one"]);
    drop(two);
    assert_eq!(log.take(), ["two"], "the reference to it has gone with the first");
}
