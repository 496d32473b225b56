//! References, proxies and methods.

use super::*;

impl State {
    /// Returns whether the slot has this reference, with a callback.
    pub(super) fn has_with_callback(&self, slot: usize, weak: &WeakRef<Obj>) -> bool {
        match &*lock(&self.references[slot]) {
            Some(Reference::Plain(other, true)) => other.is_same_reference(weak),
            Some(Reference::Proxy(other, true)) => other.downgrade().is_same_reference(weak),
            _ => false,
        }
    }

    /// Returns a callback that writes down its number, runs a body, and owns an object.
    fn callback<R>(self: &Ptr<Self>, body: i32, own: i32) -> impl FnOnce(&R) + use<R> {
        let (state, own, n) = (self.clone(), self.object(own), self.next_callback());
        move |_: &R| {
            state.log(format!("cb {n}"));
            state.run(body);
            drop(own);
        }
    }

    fn put_reference(&self, slot: i32, reference: Option<Reference>) {
        put(&self.references[at(slot)], reference);
    }

    fn reference(&self, slot: i32) -> Option<Reference> {
        get(&self.references[at(slot)])
    }

    pub(super) fn on_references(self: &Ptr<Self>, op: &Op) {
        let [a, b, ..] = op.args;
        match op.spec.name {
            "rcp" if a == b => {}
            "rcp" => self.put_reference(a, self.reference(b)),
            "rdel" => self.put_reference(a, None),
            "rq" => {
                if let Some(reference) = self.reference(a) {
                    self.log(format!("rq {}", ask(&reference)));
                }
            }
            "up" => {
                let owner = match self.reference(b) {
                    Some(Reference::Plain(weak, _)) => weak.upgrade(),
                    Some(Reference::Keyed(weak)) => weak.upgrade(),
                    _ => return,
                };
                self.log(format!("up {}", boolean(owner.is_some())));
                if owner.is_some() {
                    put(&self.objects[at(a)], owner.clone());
                }
                drop(owner);
            }
            "req" => {
                if let Some(found) = equal(self.reference(a), self.reference(b)) {
                    self.log(format!("req {found}"));
                }
            }
            "ris" => {
                if let Some(found) = same(self.reference(a), self.reference(b)) {
                    self.log(format!("ris {}", boolean(found)));
                }
            }
            "rcbq" => {
                if let Some(Reference::Plain(weak, _)) = self.reference(a) {
                    self.log(format!("rcbq {}", boolean(weak.has_callback())));
                }
            }
            "hash" => {
                // In the slot: a hash without callback stays with that very reference.
                let slot = lock(&self.references[at(a)]);
                let found = match &*slot {
                    Some(Reference::Plain(weak, _)) => weak.try_hash().is_ok(),
                    Some(Reference::Keyed(weak)) => weak.try_hash().is_ok(),
                    _ => return,
                };
                drop(slot);
                self.log(format!("hash {}", if found { "ok" } else { "error" }));
            }
            "fn" => {
                let function: Ptr<Function> = Ptr::new(Slotted::new(|object: &Obj| object.id * 10));
                put(&self.functions[at(a)], Some(function));
            }
            "fndel" => put(&self.functions[at(a)], None),
            _ => {
                if let Some(object) = self.object(b)
                    && let Some(reference) = self.new_reference(op, &object)
                {
                    drop(object);
                    self.put_reference(a, Some(reference));
                }
            }
        }
    }

    fn new_reference(self: &Ptr<Self>, op: &Op, object: &Ptr<Obj>) -> Option<Reference> {
        let [_, _, c, d, _] = op.args;
        Some(match op.spec.name {
            "ref" => Reference::Plain(WeakRef::new(object), false),
            "refcb" => Reference::Plain(WeakRef::with_callback(object, self.callback(c, d)), true),
            "proxy" => Reference::Proxy(Proxy::new(object), false),
            "proxycb" => Reference::Proxy(Proxy::with_callback(object, self.callback(c, d)), true),
            "keyed" => {
                let (state, n) = (self.clone(), self.next_callback());
                let callback = move |weak: &KeyedRef<u32, Obj>| {
                    state.log(format!("cb {n} {}", weak.key()));
                    state.run(c);
                };
                Reference::Keyed(Ptr::new(KeyedRef::new(object, number(d), callback)))
            }
            "wm" => Reference::Method(WeakMethod::comparing(object, Obj::method as Method)),
            "wmcb" => Reference::MethodWithCallback(WeakMethod::with_callback(
                object,
                Obj::method as Method,
                self.callback(c, -1),
            )),
            "wmf" => {
                let function = get(&self.functions[at(c)])?;
                Reference::WeakFunction(WeakMethod::with_weak_fn(object, &function))
            }
            "wmfcb" => {
                let function = get(&self.functions[at(c)])?;
                let callback = self.callback(d, -1);
                Reference::WeakFunction(WeakMethod::with_weak_fn_and_callback(
                    object, &function, callback,
                ))
            }
            name => unreachable!("{name}"),
        })
    }
}

fn ask(reference: &Reference) -> String {
    let found = match reference {
        Reference::Plain(weak, _) => weak.with(|object| object.id),
        Reference::Proxy(proxy, _) => proxy.try_with(|object| object.id).ok(),
        Reference::Keyed(weak) => weak.upgrade().map(|object| object.id),
        Reference::Method(method) => method.try_call(()).ok(),
        Reference::MethodWithCallback(method) => method.upgrade().map(|bound| bound.call(())),
        Reference::WeakFunction(method) => method.try_call(()).ok(),
    };
    let found = found.map_or_else(|| "dead".to_owned(), |id| id.to_string());
    match reference {
        Reference::Keyed(weak) => format!("{found} {}", weak.key()),
        _ => found,
    }
}

fn equal(one: Option<Reference>, other: Option<Reference>) -> Option<String> {
    // Both operators, which are two functions.
    macro_rules! both {
        ($one:expr, $other:expr) => {{
            #[allow(clippy::nonminimal_bool)]
            let found = ($one == $other, $one != $other);
            found
        }};
    }
    let (is_equal, differs) = match (one?, other?) {
        (Reference::Plain(one, _), Reference::Plain(other, _)) => both!(one, other),
        (Reference::Proxy(one, _), Reference::Proxy(other, _)) => {
            if one.is_dead() || other.is_dead() {
                let panics = catch_unwind(AssertUnwindSafe(|| one == other)).is_err();
                return Some(if panics { "error" } else { "no error" }.to_owned());
            }
            both!(one, other)
        }
        (Reference::Keyed(one), Reference::Keyed(other)) => both!(*one, *other),
        (Reference::Method(one), Reference::Method(other)) => both!(one, other),
        (Reference::WeakFunction(one), Reference::WeakFunction(other)) => both!(one, other),
        _ => return None,
    };
    Some(format!("({}, {})", boolean(is_equal), boolean(differs)))
}

fn same(one: Option<Reference>, other: Option<Reference>) -> Option<bool> {
    Some(match (one?, other?) {
        (Reference::Plain(one, _), Reference::Plain(other, _)) => one.is_same_reference(&other),
        (Reference::Proxy(one, _), Reference::Proxy(other, _)) => one.is_same_reference(&other),
        (Reference::Keyed(one), Reference::Keyed(other)) => one.is_same_reference(&other),
        (Reference::Method(one), Reference::Method(other)) => one.is_same_method(&other),
        (Reference::MethodWithCallback(one), Reference::MethodWithCallback(other)) => {
            one.is_same_method(&other)
        }
        (Reference::WeakFunction(one), Reference::WeakFunction(other)) => {
            one.is_same_method(&other)
        }
        _ => return None,
    })
}
