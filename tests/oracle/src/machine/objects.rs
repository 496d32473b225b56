//! Objects, finalizers, queues, listeners and threads.

use weakref_core::{finalize, weakref_count, weakrefs};

use super::*;

impl State {
    pub(super) fn on_objects(self: &Ptr<Self>, op: &Op) {
        let [a, b, c, ..] = op.args;
        match op.spec.name {
            "new" => {
                let id = self.serial.fetch_add(1, Relaxed) + 1;
                put(&self.objects[at(a)], Some(self.make(id, number(b))));
            }
            "cp" => put(&self.objects[at(a)], self.object(b)),
            "del" => put(&self.objects[at(a)], None),
            "chain" => self.chain(a, number(b), c),
            "raise" => {
                if self.depth.load(Relaxed) > 1 {
                    std::panic::panic_any(Boom);
                }
            }
            "threads" => self.threads(number(a)),
            name => {
                if let Some(object) = self.object(a) {
                    self.on_object(name, &object, b);
                }
            }
        }
    }

    fn on_object(self: &Ptr<Self>, name: &str, object: &Ptr<Obj>, b: i32) {
        match name {
            "child" => put(&object.fields.child, self.object(b)),
            "unchild" => put(&object.fields.child, None),
            "dtor" => put(&object.fields.dtor, Some(Dtor { state: self.clone(), body: b })),
            "box" => put(&object.fields.map, Some(self.values_of(b))),
            "unbox" => put(&object.fields.map, None),
            "mut" => {
                if object.key() < 100 {
                    object.key.store(100 + object.id, Relaxed);
                }
            }
            // As an open walk of CPython's counts.
            "cnt" if self.walks.load(Relaxed) > 0 => {}
            "cnt" => self.log(format!("cnt {} {}", object.id, weakref_count(object))),
            "refs" => {
                let listed = weakrefs(object);
                let found = listed.iter().filter_map(|weak| {
                    let slots = (0..16).filter(|&slot| self.has_with_callback(slot, weak));
                    let slots: Vec<_> = slots.map(|slot| slot.to_string()).collect();
                    (!slots.is_empty()).then(|| slots.join("+"))
                });
                let found: Vec<_> = found.collect();
                drop(listed);
                self.log(format!("refs {}", found.join(" ")));
            }
            name => unreachable!("{name}"),
        }
    }

    /// Makes objects each of which is owned by what goes with the one before.
    fn chain(self: &Ptr<Self>, slot: i32, length: u32, kind: i32) {
        if self.chained.swap(true, Relaxed) {
            return;
        }
        // CPython nests each of these three times as deep.
        let length = if kind == 2 { length / 3 } else { length };
        let mut next = None;
        for number in (1..=length).rev() {
            let id = self.serial.fetch_add(1, Relaxed) + 1;
            let object = self.make(id, 200 + id);
            let state = self.clone();
            let own = if kind < 2 { next.clone() } else { None };
            let link = move || {
                state.log(format!("link {number}"));
                drop(own);
                state.log(format!("unlink {number}"));
            };
            if kind == 1 {
                let function = move || {
                    link();
                    0
                };
                finalize(&object, function);
            } else {
                let weak = WeakRef::with_callback(&object, move |_: &WeakRef<Obj>| link());
                lock(&self.chain).push(weak);
            }
            match kind {
                2 => drop(self.keys_of(0).insert(&object, Val { tag: number, own: next })),
                3 => put(&object.fields.child, next),
                _ => drop(next),
            }
            next = Some(object);
        }
        put(&self.objects[at(slot)], next);
    }

    pub(super) fn on_finalizers(self: &Ptr<Self>, op: &Op) {
        let [a, b, c, d, _] = op.args;
        match op.spec.name {
            "fin" => {
                if let Some(object) = self.object(b) {
                    let (state, own, n) = (self.clone(), self.object(d), self.next_callback());
                    let function: FinalizerFn = Box::new(move || {
                        state.log(format!("fin {n}"));
                        state.run(c);
                        drop(own);
                        n
                    });
                    put(&self.finalizers[at(a)], Some(finalize(&object, function)));
                }
            }
            "fdel" => put(&self.finalizers[at(a)], None),
            "exit" => {
                self.log("exit");
                exit::run();
                self.log("exited");
            }
            name => {
                if let Some(finalizer) = get(&self.finalizers[at(a)]) {
                    self.on_finalizer(name, &finalizer, b);
                }
            }
        }
    }

    fn on_finalizer(&self, name: &str, finalizer: &Finalizer<Obj, FinalizerFn>, b: i32) {
        match name {
            "fcall" => match catch_unwind(AssertUnwindSafe(|| finalizer.call())) {
                Ok(found) => self.log(format!("fcall {}", option(found))),
                Err(payload) if payload.is::<Boom>() => self.log("fcall boom"),
                Err(payload) => resume_unwind(payload),
            },
            "fdetach" => {
                let found = finalizer.detach();
                let what = match &found {
                    None => "none".to_owned(),
                    Some((None, _)) => "dead".to_owned(),
                    Some((Some(object), _)) => object.id.to_string(),
                };
                self.log(format!("fdetach {what}"));
                if let Some((object, function)) = found {
                    drop(function);
                    drop(object);
                }
            }
            "fpeek" => {
                let what = match finalizer.peek(|object, _| object.map(|object| object.id)) {
                    None => "none".to_owned(),
                    Some(None) => "dead".to_owned(),
                    Some(Some(id)) => id.to_string(),
                };
                self.log(format!("fpeek {what}"));
            }
            "falive" => {
                let (alive, atexit) = (finalizer.is_alive(), finalizer.atexit());
                self.log(format!("falive {} {}", boolean(alive), boolean(atexit)));
            }
            "fatexit" => finalizer.set_atexit(b != 0),
            name => unreachable!("{name}"),
        }
    }

    pub(super) fn on_queues(&self, op: &Op) {
        let [a, b, c, d, _] = op.args;
        match op.spec.name {
            "qwatch" => {
                if let Some(object) = self.object(c) {
                    let watch = self.queues[at(b)].watch(&object, number(d));
                    drop(object);
                    put(&self.watches[at(a)], Some(watch));
                }
            }
            "qcancel" => put(&self.watches[at(a)], None),
            "qforget" => {
                let watch = lock(&self.watches[at(a)]).take();
                if let Some(watch) = watch {
                    watch.forget();
                }
            }
            "qrecv" => self.log(format!("qrecv {}", option(self.queues[at(a)].try_recv()))),
            "qdrain" => self.drain_queue(a),
            "qlen" => self.log(format!("qlen {}", self.queues[at(a)].len())),
            name => unreachable!("{name}"),
        }
    }

    pub(super) fn drain_queue(&self, queue: i32) {
        let keys: Vec<_> = self.queues[at(queue)].drain().collect();
        self.log(format!("qdrain {keys:?}"));
    }

    pub(super) fn on_listeners(self: &Ptr<Self>, op: &Op) {
        let [a, body, ..] = op.args;
        let state = self.clone();
        match op.spec.name {
            "onv" => {
                let map = self.values_of(a);
                if self.may_listen(&map.listeners) {
                    map.on_removal(move |key, cause| {
                        state.told("onv", &key.to_string(), cause, body);
                    });
                }
            }
            "onk" => {
                let map = self.keys_of(a);
                if self.may_listen(&map.listeners) {
                    map.on_removal(move |key, cause| {
                        state.told("onk", &id_of(key), cause, body);
                    });
                }
            }
            "ons" => {
                let set = self.set_of(a);
                if self.may_listen(&set.listeners) {
                    set.on_removal(move |key, cause| {
                        state.told("ons", &id_of(key), cause, body);
                    });
                }
            }
            "onw" => {
                let map = self.pairs_of(a);
                if self.may_listen(&map.listeners) {
                    map.on_removal(move |key, cause| {
                        state.told("onw", &id_of(key), cause, body);
                    });
                }
            }
            "gone" => self.log_gone(),
            name => unreachable!("{name}"),
        }
    }

    fn may_listen(&self, listeners: &AtomicUsize) -> bool {
        let may = self.walks.load(Relaxed) == 0 && listeners.load(Relaxed) < 2;
        listeners.fetch_add(usize::from(may), Relaxed);
        may
    }

    fn told(self: &Ptr<Self>, what: &str, key: &str, cause: RemovalCause, body: i32) {
        if cause == RemovalCause::Died {
            self.log(format!("{what} {key} {cause:?}"));
            self.run(body);
        } else {
            // Several entries can leave at a time, in no order.
            lock(&self.gone).push(format!("{what} {key} {cause:?}"));
        }
    }

    pub(super) fn log_gone(&self) {
        let mut gone = mem::take(&mut *lock(&self.gone));
        gone.sort();
        self.log(format!("gone {}", words(gone)));
    }

    /// Has threads fill containers and drop objects, and writes down what is the same in every
    /// order.
    fn threads(&self, count: u32) {
        if self.threaded.fetch_add(1, Relaxed) >= 2 {
            return;
        }
        let (values, keys, set) = (Values::default(), Keys::default(), Elements::default());
        let (pairs, queue) = (Pairs::default(), DeathQueue::<u32, Here>::default());
        let calls = Ptr::new(AtomicUsize::new(0));
        let made = AtomicUsize::new(0);
        let call = || {
            let calls = calls.clone();
            move |_: &WeakRef<Obj>| {
                calls.fetch_add(1, Relaxed);
            }
        };
        let shared = Obj::new(9000, 9000);
        let _watched = WeakRef::with_callback(&shared, call());
        let kept = in_threads(3, |thread| {
            let mine = shared.clone();
            let mut kept = Vec::new();
            let mut refs = Vec::new();
            for i in 0..count {
                let id = 1000 + 100 * thread + i;
                let object = Obj::new(id, id);
                values.insert(id, &object);
                keys.insert(&object, Val { tag: i, own: None });
                set.insert(&object);
                pairs.insert(&object, &mine);
                queue.watch(&object, id).forget();
                refs.push(WeakRef::with_callback(&object, call()));
                if i % 2 == 0 {
                    kept.push(object);
                }
            }
            kept.push(values.get_or_insert_with(7, || {
                made.fetch_add(1, Relaxed);
                Obj::new(8000, 8000)
            }));
            (kept, refs)
        });
        let calls = || calls.load(Relaxed);
        let lengths = [values.len(), keys.len(), set.len(), pairs.len(), calls()];
        let [a, b, c, d, e] = lengths;
        self.log(format!("threads {a} {b} {c} {d} {e} {}", made.load(Relaxed)));
        let stored = list(keys.keys().map(|key| key.id).collect());
        let died: Vec<_> = queue.drain().collect();
        let length = died.len();
        self.log(format!("threads {} {stored} {}", list(values.keys().collect()), list(died)));
        drop(shared);
        self.log(format!("threads {} {}", pairs.len(), calls()));
        let (owners, _refs): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
        drop(owners);
        let [a, b, c] = [values.len(), keys.len(), set.len()];
        let queued = length + queue.len();
        self.log(format!("threads {a} {b} {c} {} {queued}", calls()));
    }
}

fn id_of(weak: &WeakRef<Obj>) -> String {
    option(weak.upgrade().map(|object| object.id))
}
