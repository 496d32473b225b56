//! `on_drop`, `drop = "slot"`, and the order in which things happen at a death.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable, new, weakrefable};

/// What happened, in order.
type Log = Rc<RefCell<Vec<&'static str>>>;

/// A field that notes its own drop.
struct Noted(Log, &'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

/// A callback that notes a death.
fn note<T: Weakrefable + 'static>(
    log: &Log,
    text: &'static str,
) -> impl FnOnce(&WeakRef<T>) + 'static {
    let log = log.clone();
    move |weak| {
        assert!(weak.is_dead());
        log.borrow_mut().push(text);
    }
}

#[weakrefable(local, on_drop = Self::close)]
struct File {
    log: Log,
    seen: Rc<RefCell<Option<WeakRef<File>>>>,
    _first: Noted,
    _second: Noted,
}

impl File {
    fn make(log: &Log) -> Rc<Self> {
        Rc::new(new!(Self {
            log: log.clone(),
            seen: Rc::default(),
            _first: Noted(log.clone(), "first field"),
            _second: Noted(log.clone(), "second field"),
        }))
    }

    fn close(&mut self) {
        let seen = self.seen.borrow();
        assert!(seen.as_ref().is_none_or(WeakRef::is_dead), "the references die first");
        self.log.borrow_mut().push("on_drop");
    }
}

#[test]
fn callbacks_then_on_drop_then_the_fields() {
    let log = Log::default();
    let file = File::make(&log);
    *file.seen.borrow_mut() = Some(WeakRef::new(&file));
    let _older = WeakRef::with_callback(&file, note(&log, "older callback"));
    let _newer = WeakRef::with_callback(&file, note(&log, "newer callback"));
    drop(file);
    let expected = ["newer callback", "older callback", "on_drop", "first field", "second field"];
    assert_eq!(*log.borrow(), expected);
}

#[test]
fn on_drop_is_called_without_references_and_without_a_pointer() {
    let log = Log::default();
    drop(File::make(&log));
    assert_eq!(*log.borrow(), ["on_drop", "first field", "second field"]);
    log.borrow_mut().clear();
    drop(Rc::into_inner(File::make(&log)).unwrap());
    assert_eq!(*log.borrow(), ["on_drop", "first field", "second field"]);
}

#[test]
fn on_drop_by_every_path() {
    trait Close {
        fn close(&mut self);
    }
    mod free {
        pub trait Close {
            fn close(&mut self);
        }
        pub fn close<T: Close>(value: &mut T) {
            value.close();
        }
    }
    thread_local!(static CLOSED: Cell<u8> = const { Cell::new(0) });
    fn count() {
        CLOSED.set(CLOSED.get() + 1);
    }

    #[weakrefable(local, on_drop = <Self as Close>::close)]
    struct ByTrait;
    impl Close for ByTrait {
        fn close(&mut self) {
            count();
        }
    }
    #[derive(Weakrefable)]
    #[weakref(on_drop = free::close)]
    struct ByInference<T: Copy>(T, WeakSlot);
    impl<T: Copy> free::Close for ByInference<T> {
        fn close(&mut self) {
            count();
        }
    }
    #[weakrefable(on_drop = close_both::<T, 2>)]
    struct ByTurbofish<T> {
        value: Option<T>,
    }
    fn close_both<T, const N: u8>(holder: &mut ByTurbofish<T>) {
        assert!(holder.value.take().is_some());
        CLOSED.set(CLOSED.get() + N);
    }

    drop(new!(ByTrait));
    assert_eq!(CLOSED.get(), 1);
    drop(ByInference(1, WeakSlot::new()));
    assert_eq!(CLOSED.get(), 2);
    drop(new!(ByTurbofish { value: Some("x") }));
    assert_eq!(CLOSED.get(), 4);
}

/// Moves itself into a new pointer, registers, and moves back.
#[weakrefable(local, on_drop = Self::come_back)]
#[derive(Default)]
struct Restless {
    log: Log,
    weak: Rc<RefCell<Option<WeakRef<Restless>>>>,
    panics: bool,
    moving: bool,
}

impl Restless {
    fn come_back(&mut self) {
        if std::mem::replace(&mut self.moving, true) {
            // The value that stands in while the other is away.
            return;
        }
        let (log, kept, panics) = (self.log.clone(), self.weak.clone(), self.panics);
        let stand_in =
            new!(Self { moving: true, log: Log::default(), weak: Rc::default(), panics });
        let pointer = Rc::new(std::mem::replace(self, stand_in));
        *kept.borrow_mut() = Some(WeakRef::with_callback(&pointer, note(&log, "late callback")));
        let back = Rc::into_inner(pointer).expect("the only owner");
        drop(std::mem::replace(self, back));
        log.borrow_mut().push("on_drop");
        assert!(!panics, "as it was told to");
    }
}

#[test]
fn what_on_drop_registers_is_cleared_silently() {
    let log = Log::default();
    let kept: Rc<RefCell<Option<WeakRef<Restless>>>> = Rc::default();
    let value =
        new!(Restless { log: log.clone(), weak: kept.clone(), panics: false, moving: false });
    drop(Rc::new(value));
    assert_eq!(*log.borrow(), ["on_drop"]);
    assert!(kept.borrow().as_ref().is_some_and(WeakRef::is_dead));
}

#[test]
fn also_if_on_drop_panics() {
    let log = Log::default();
    let kept: Rc<RefCell<Option<WeakRef<Restless>>>> = Rc::default();
    let value =
        new!(Restless { log: log.clone(), weak: kept.clone(), panics: true, moving: false });
    let value = Rc::new(value);
    let _weak = WeakRef::with_callback(&value, note(&log, "callback"));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(value))).is_err(), "the panic is the user's");
    assert_eq!(*log.borrow(), ["callback", "on_drop"]);
}

#[test]
fn by_slot_the_users_own_drop_runs_first() {
    #[weakrefable(local, drop = "slot")]
    struct Hidden {
        log: Log,
        _field: Noted,
    }
    impl Drop for Hidden {
        fn drop(&mut self) {
            self.log.borrow_mut().push("own drop");
        }
    }

    let log = Log::default();
    let field = Noted(log.clone(), "field");
    let hidden = Rc::new(new!(Hidden { log: log.clone(), _field: field }));
    let _weak = WeakRef::with_callback(&hidden, note(&log, "callback"));
    drop(hidden);
    // The hidden slot is the first field, so those who asked hear of it before the rest goes.
    assert_eq!(*log.borrow(), ["own drop", "callback", "field"]);
}

#[test]
fn by_slot_the_callbacks_run_in_the_order_of_the_fields() {
    #[weakrefable(local, drop = "slot")]
    struct Tuple(#[allow(dead_code)] Noted);
    #[derive(Weakrefable)]
    #[weakref(drop = "slot")]
    struct Declared {
        _before: Noted,
        slot: WeakSlot<Local>,
        _after: Noted,
    }

    let log = Log::default();
    let tuple = Rc::new(new!(Tuple(Noted(log.clone(), "field"))));
    let _weak = WeakRef::with_callback(&tuple, note(&log, "callback"));
    drop(tuple);
    assert_eq!(*log.borrow(), ["field", "callback"]);

    log.borrow_mut().clear();
    let declared = Rc::new(Declared {
        _before: Noted(log.clone(), "before"),
        slot: WeakSlot::new(),
        _after: Noted(log.clone(), "after"),
    });
    let _weak = WeakRef::with_callback(&declared, note(&log, "callback"));
    drop(declared);
    assert_eq!(*log.borrow(), ["before", "callback", "after"]);
}

#[test]
fn by_slot_fields_can_be_moved_out() {
    #[weakrefable(local, drop = "slot")]
    struct Parts {
        name: String,
        _rest: Noted,
    }

    let log = Log::default();
    let parts = Rc::new(new!(Parts { name: "a".into(), _rest: Noted(log.clone(), "rest") }));
    let weak = WeakRef::with_callback(&parts, note(&log, "callback"));
    let parts = Rc::into_inner(parts).unwrap();
    assert!(weak.is_dead());
    let Parts { name, .. } = parts;
    assert_eq!(name, "a");
}

#[test]
fn a_generated_drop_tells_before_any_field_wherever_the_slot_stands() {
    #[derive(Weakrefable)]
    struct Last {
        _field: Noted,
        slot: WeakSlot<Local>,
    }

    let log = Log::default();
    let last = Rc::new(Last { _field: Noted(log.clone(), "field"), slot: WeakSlot::new() });
    let _weak = WeakRef::with_callback(&last, note(&log, "callback"));
    drop(last);
    assert_eq!(*log.borrow(), ["callback", "field"]);
}

#[test]
fn a_value_that_dies_in_a_panic_still_tells() {
    let log = Log::default();
    let file = File::make(&log);
    let _weak = WeakRef::with_callback(&file, note(&log, "callback"));
    let died = catch_unwind(AssertUnwindSafe(move || {
        let _file = file;
        panic!("while it is alive");
    }));
    assert!(died.is_err());
    assert_eq!(*log.borrow(), ["callback", "on_drop", "first field", "second field"]);
}
