//! What a weak method counts as.

use weakref_core::{
    Slotted, WeakMethod, WeakRef, WeakReference, method::ByWeak, weakref_count, weakrefs,
};

use super::{Function, Obj, Ptr, owner};

type Text = Obj<String>;
type Both = WeakMethod<Text, Function, ByWeak>;

fn len(text: &Text) -> usize {
    text.len()
}

fn function() -> Ptr<Function> {
    Ptr::new(Slotted::new(|text: &Text, _: &str| text.to_string()))
}

/// As all references without callback, together.
#[test]
fn without_a_callback_it_counts_as_a_reference() {
    let (text, function) = (owner("text".to_owned()), function());
    let methods = (WeakMethod::new(&text, len), WeakMethod::new(&text, len), WeakRef::new(&text));
    assert_eq!(weakref_count(&text), 1);
    let weakly = WeakMethod::with_weak_fn(&text, &function);
    assert_eq!((weakref_count(&text), weakref_count(&function)), (1, 1));
    assert_eq!(weakrefs(&text).len(), 1);
    assert_eq!(weakly.weakref_count(), 1);
    drop((methods, weakly));
    assert_eq!((weakref_count(&text), weakref_count(&function)), (0, 0));
    assert_eq!((Ptr::weak_count(&text), Ptr::weak_count(&function)), (0, 0));
}

#[test]
fn with_a_callback_it_counts_but_is_not_listed() {
    let text = owner("text".to_owned());
    let methods =
        [(); 3].map(|()| WeakMethod::with_callback(&text, len, |_: &WeakMethod<_, _>| ()));
    assert_eq!(weakref_count(&text), 3);
    assert!(weakrefs(&text).is_empty());
    let clones = methods.clone();
    assert_eq!(weakref_count(&text), 3, "clones are the same");
    let other = WeakRef::with_callback(&text, |_| ());
    assert_eq!((weakref_count(&text), weakrefs(&text).len()), (4, 1));
    assert!(weakrefs(&text)[0].is_same_reference(&other));
    drop(methods);
    assert_eq!(weakref_count(&text), 4);
    drop((clones, other));
    assert_eq!((weakref_count(&text), Ptr::weak_count(&text)), (0, 0));
}

#[test]
fn with_both_it_counts_once_with_the_object_and_twice_with_the_function() {
    let (text, function) = (owner("text".to_owned()), function());
    let watch = || WeakMethod::with_weak_fn_and_callback(&text, &function, |_: &Both| ());
    let method = watch();
    assert_eq!((weakref_count(&text), weakref_count(&function)), (1, 2));
    assert_eq!((weakrefs(&text).len(), weakrefs(&function).len()), (0, 1));
    let second = watch();
    assert_eq!((weakref_count(&text), weakref_count(&function)), (2, 3));
    drop((method, second));
    assert_eq!((weakref_count(&text), weakref_count(&function)), (0, 0));
    assert_eq!((Ptr::weak_count(&text), Ptr::weak_count(&function)), (0, 0));

    // What is left of the other side, when the one has died.
    let method = watch();
    drop(function);
    assert_eq!((weakref_count(&text), method.weakref_count()), (1, 1));
    drop(method);
    assert_eq!((weakref_count(&text), Ptr::weak_count(&text)), (0, 0));
    let function = self::function();
    let method = WeakMethod::with_weak_fn_and_callback(&text, &function, |_: &Both| ());
    drop(text);
    assert_eq!((weakref_count(&function), method.weakref_count()), (1, 0));
    drop(method);
    assert_eq!((weakref_count(&function), Ptr::weak_count(&function)), (0, 0));
}
