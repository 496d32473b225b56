//! Python's `weakref` beside this crate: its names, its behaviours, and the differences.
//!
//! # Names
//!
//! | Python | C API | here |
//! |---|---|---|
//! | `__weakref__`, which every class has | `Py_TPFLAGS_MANAGED_WEAKREF` | [`#[weakrefable]`](macro@crate::weakrefable), values by [`new!`](crate::new) |
//! | `__slots__ = (.., "__weakref__")` | `tp_weaklistoffset` | [`#[derive(Weakrefable)]`](macro@crate::Weakrefable), a field [`WeakSlot`](crate::WeakSlot) |
//! | a subclass of a builtin | | [`Slotted<T>`](crate::Slotted) |
//! | `ref(obj)` | `PyWeakref_NewRef` | [`WeakRef::new(&obj)`](crate::WeakRef::new) |
//! | `ref(obj, callback)` | `PyWeakref_NewRef` | [`WeakRef::with_callback(&obj, callback)`](crate::WeakRef::with_callback) |
//! | `r()` | `PyWeakref_GetRef` | [`r.upgrade()`](crate::WeakRef::upgrade), [`r.with(..)`](crate::WeakRef::with) |
//! | `r() is None` | `PyWeakref_IsDead` | [`r.is_dead()`](crate::WeakRef::is_dead) |
//! | `r.__callback__` | `_PyWeakref_ClearRef` drops it | [`r.has_callback()`](crate::WeakRef::has_callback), [`r.detach()`](crate::WeakRef::detach) |
//! | `r == s`, `r is s` | | `r == s`, [`r.is_same_reference(&s)`](crate::WeakRef::is_same_reference) |
//! | `hash(r)` | | [`r.try_hash()`](crate::WeakRef::try_hash), `Hash` |
//! | `isinstance(r, ref)`, `ProxyTypes` | `PyWeakref_Check`, `PyWeakref_CheckRef`, `PyWeakref_CheckProxy` | the traits [`WeakReference`](crate::WeakReference) and [`ProxyType`](crate::reference::ProxyType) |
//! | `getweakrefcount(obj)` | | [`weakref_count(&obj)`](crate::weakref_count) |
//! | `getweakrefs(obj)` | | [`weakrefs(&obj)`](crate::weakrefs) |
//! | | `PyObject_ClearWeakRefs` | [`clear_weakrefs(&obj)`](crate::clear_weakrefs) |
//! | | `PyUnstable_Object_ClearWeakRefsNoCallbacks` | [`clear_weakrefs_silently(&obj)`](crate::clear_weakrefs_silently) |
//! | `WeakValueDictionary()` | | [`WeakValueMap::new()`](crate::WeakValueMap) |
//! | `d[key] = obj`, `d.get(key)` | | `d.insert(key, &obj)`, `d.get(&key)` |
//! | `d.setdefault(key, make())` | | `d.get_or_insert_with(key, make)`: one `make` for all threads |
//! | `d.keys()`, `d.values()`, `d.items()` | | `d.keys()`, `d.values()`, `d.iter()`: snapshots, with owners |
//! | `d.valuerefs()`, `d.itervaluerefs()` | | `d.value_refs()` |
//! | `d.pop(key)`, `del d[key]`, `d.popitem()` | | `d.remove(&key)`, `d.pop()` |
//! | `d.update(e)`, <code>d \| e</code>, <code>d \|= e</code>, `d.copy()` | | `d.update(&e)`, <code>&d \| &e</code>, <code>d \|= &e</code>, `d.clone()` |
//! | `WeakKeyDictionary()` | | [`WeakKeyMap::new()`](crate::WeakKeyMap); by identity: [`PtrWeakKeyMap::new()`](crate::PtrWeakKeyMap) |
//! | `d[obj] = value`, `d[obj]` | | `d.insert(&obj, value)`, `d.get(&*obj)` for a clone, `d.with(&*obj, f)` |
//! | `d[obj] += 1` | | `d.with_mut(&*obj, f)`, if there is an entry; `d.entry(&obj).or_insert(0).with_mut(f)` |
//! | `d.setdefault(obj, []).append(x)` | | `d.entry(&obj).or_default().with_mut(f)` |
//! | `d.keyrefs()` | | `d.key_refs()` |
//! | `WeakSet()` | | [`WeakSet::new()`](crate::WeakSet); by identity: [`PtrWeakSet::new()`](crate::PtrWeakSet) |
//! | `s.add(obj)`, `obj in s`, `s.discard(obj)`, `s.pop()` | | `s.insert(&obj)`, `s.contains(&*obj)`, `s.remove(&*obj)`, `s.pop()` |
//! | <code>s \| t</code>, `s &= t`, `s - t`, `s ^ t` | | the same, with `&t`; `s.union(&t)` and so on |
//! | `s <= t`, `s < t` | | `s.is_subset(&t)`, `s.is_proper_subset(&t)` |
//! | `sys.intern` | | `s.get_or_insert_with("word", <Slotted<str>>::alloc)`, where `s` is a `WeakSet<Slotted<str>>` |
//! | `proxy(obj)`, `proxy(obj, callback)` | `PyWeakref_NewProxy` | [`Proxy::new(&obj)`](crate::Proxy::new), [`Proxy::with_callback(&obj, callback)`](crate::Proxy::with_callback), [`#[proxy]`](macro@crate::proxy) on your traits |
//! | `ProxyType`, `CallableProxyType` | | [`Proxy`](crate::Proxy), [`CallableProxy`](crate::reference::CallableProxy) and [`proxy.call((a, b))`](crate::Proxy::call) |
//! | `WeakMethod(obj.method)` | | [`WeakMethod::new(&obj, Type::method)`](crate::WeakMethod::new) |
//! | `KeyedRef(obj, callback, key)` | | [`KeyedRef::new(&obj, key, callback)`](crate::KeyedRef::new) |
//! | `finalize(obj, f)` | | [`finalize(&obj, f)`](crate::finalize()); in a constructor [`finalize_on(&value, f)`](crate::finalize_on) |
//! | `finalize(obj, f, *args)` | | <code>finalize(&obj, move \|\| f(args))</code> |
//! | `f()`, `f.detach()`, `f.peek()` | | [`f.call()`](crate::Finalizer::call), [`f.detach()`](crate::Finalizer::detach), [`f.peek(..)`](crate::Finalizer::peek) |
//! | `f.alive`, `f.atexit = False` | | [`f.is_alive()`](crate::Finalizer::is_alive), [`f.set_atexit(false)`](crate::Finalizer::set_atexit) |
//! | finalizers at exit | | the same; [`exit::run()`](crate::exit::run) runs them now |
//! | `ReferenceError` | `PyExc_ReferenceError` | [`ReferenceError`](crate::error::ReferenceError) |
//! | `sys.unraisablehook` | `PyErr_WriteUnraisable` | [`set_unraisable_hook`](crate::set_unraisable_hook) |
//!
//! # Behaviours
//!
//! Each row is one behaviour of CPython, as it can be observed from outside. The verdict is `same`;
//! `adapted`, where Rust or this crate has another form for it; or `better`, where CPython has a
//! defect or a cost that this crate does not have. The last column says `yes` if there is a test whose
//! name contains the row's number, names the row whose tests cover this one, or says `no`.
//!
//! ## References
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b001 | A reference is no owner: the object goes with its last strong reference. | same | yes |
//! | b002 | Calling a live reference returns the object itself, as a new owner. | same: `upgrade` | yes |
//! | b003 | A dead reference returns `None` for ever, even if a new object has the address. | same | yes |
//! | b004 | The owner that a call returns can become the last, which postpones the death. | same, also of [owners made inside operations](#the-last-owner-may-be-a-temporary-one) | yes |
//! | b006 | A type that has not opted in raises `TypeError`. | adapted: the bound `T: Weakrefable`, at compile time | yes |
//! | b007 | A class with `__slots__` must list the slot of weak references. | adapted: a field `WeakSlot`, which the derive looks for | yes |
//! | b010 | The callback is an optional positional argument. | adapted: a constructor of its own, `with_callback` | yes |
//! | b011 | `None` as callback means no callback. | adapted: `new` instead of `with_callback` | yes |
//! | b015 | A reference is always true, dead or alive. | adapted: no conversion to `bool`; `is_dead` | yes |
//! | b016 | To test for life and then to call is a race; one call whose result is tested is not. | same: `if let Some(object) = weak.upgrade()` | yes |
//! | b017 | The text of a live reference shows type, address and name of the object. | adapted: `Debug` shows type and address | yes |
//! | b018 | The text of a dead reference says so. | same | yes |
//! | b019 | The text does not depend on code of the object that may raise. | same: `Debug` calls nothing of `T` | yes |
//! | b020 | The text has one word for all kinds of references. | adapted: one word for references with and without callback; other types have theirs | yes |
//! | b021 | A copy of a reference is that reference; pickling raises. | adapted: a clone is `is_same_reference` and shares the callback; no serialization | yes |
//! | b023 | `__callback__` is the callback, or `None`. | adapted: `has_callback` only, as the reference owns the closure | yes |
//! | b024 | `__callback__` cannot be assigned. | same: there is only `detach` | yes |
//! | b025 | `__callback__` is `None` once the object is dead, also during the callbacks. | same: `has_callback` is false | yes |
//! | b027 | The module exports the types of references and proxies; `ReferenceError` is a builtin. | adapted: types and traits of the crate, with its own `ReferenceError` | yes |
//! | b028 | A plain reference cannot be referred to weakly, a subclass of it can. | adapted: no reference has a slot; put it into a type that has | yes |
//! | b029 | A reference to a proxy, and a proxy of a reference or proxy, are errors. | adapted: at compile time | yes |
//! | b031 | A reference to a temporary object is dead at once, as that of a bound method is. | same | yes |
//! | b032 | The memory of a dead object is freed at once. | adapted: the value is dropped; a `Weak` keeps the allocation, as in std | yes |
//!
//! ## Callbacks
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b033 | A callback is called once, with its reference, when the object is about to go. | same | yes |
//! | b034 | Dropping the reference first cancels its callback. | same, for the last clone | yes |
//! | b035 | References that share one callable call it once each. | same | yes |
//! | b036 | The newest registration is called first. | same, [at great depths](#deaths-nested-by-the-dozen) within one object | yes |
//! | b037 | All references and proxies are dead before the first callback runs. | same | yes |
//! | b038 | The result of a callback is ignored. | adapted: it returns nothing | yes |
//! | b039 | An exception goes to the unraisable hook, and the other callbacks run. | adapted: a panic does | yes |
//! | b040 | So do `SystemExit` and `KeyboardInterrupt`. | adapted: a panic with any payload does | yes |
//! | b041 | The hook is given the callback. | adapted: it is given the name of the closure's type | yes |
//! | b045 | The callable is released after its call, though the reference lives on. | same | yes |
//! | b046 | What the callable owns lives until then; if it owns the object, for ever. | same | yes |
//! | b047 | A callback may make and drop objects and references. | same | yes |
//! | b050 | Callbacks run in the thread that dropped the last owner, before it goes on. | same; nothing runs in a collector | yes |
//! | b051 | In the callback, the reference has its identity and its hash. | same | yes |
//! | b052 | A reference that its own object holds is called at the death. | adapted: same by default; with `drop = "slot"`, only if the reference stands after the slot | yes |
//! | b055 | A callable can be referred to weakly. | adapted: in a `Slotted` | yes |
//! | b056 | Without callbacks, no code of the user runs at a death but the destructor. | same | yes |
//! | b057 | A long chain of owners is destroyed without exhausting the stack. | adapted: chains of callbacks are; chains of fields recurse, as in std | yes |
//! | b060 | Clearing takes time linear in the number of references. | same | yes |
//!
//! ## Hash and equality
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b061 | A live reference hashes like its object. | adapted: equal objects have references with equal hashes; `try_hash` | yes |
//! | b062 | The hash is computed once for each reference. | adapted: [clones without callback have their own](#hash-of-clones) | yes |
//! | b064 | A hash computed in life is kept after the death. | adapted: as b062 | yes |
//! | b065 | A dead reference that was never hashed raises `TypeError`. | adapted: `try_hash` returns an error, `Hash` panics | yes |
//! | b067 | Live references are equal if their objects are. | same | yes |
//! | b068 | `!=` asks the objects for `!=`. | same | yes |
//! | b069 | If one is dead, equality is identity of the references. | same | yes |
//! | b071 | The shared reference without callback stays equal to itself after the death. | adapted: all clones and all `WeakRef::new` of one object do | yes |
//! | b074 | A reference equals nothing but references. | adapted: no other comparison compiles | yes |
//! | b075 | References have no order. | same: no `PartialOrd` | yes |
//! | b076 | A reference compared with a proxy gives one answer from the left and another from the right. | better: the two cannot be compared, and all equality is symmetric | yes |
//!
//! ## Sharing of the reference without callback
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b078 | `ref(obj)` returns one object each time. | adapted: all are `is_same_reference`; each is a std `Weak` | yes |
//! | b079 | So does `proxy(obj)`, on its own. | adapted: [they count as one together](#references-without-callback-count-as-one) | yes |
//! | b080 | Neither disturbs the sharing of the other. | same | yes |
//! | b081 | An absent callback and `None` share one reference. | adapted: there is one constructor; `weakrefs` returns that reference too | yes |
//! | b082 | References with callbacks are never shared. | same | yes |
//! | b084 | When the last user drops the shared one, it is unlinked. | adapted: it leaves the count with the last `Weak` | yes |
//!
//! ## Count and list
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b086 | The count is that of registered references and proxies, shared ones once. | adapted: [all without callback are one](#references-without-callback-count-as-one) | yes |
//! | b087 | What is dropped leaves count and list. | same | yes |
//! | b088 | The list has the shared ones first, and then the newest. | same, with one shared reference | yes |
//! | b089 | The list has the very references. | adapted: clones that are `is_same_reference` | yes |
//! | b092 | Entries of containers, finalizers and the like are counted and listed. | adapted: [counted, not listed](#some-references-are-counted-but-not-listed) | yes |
//! | b094 | Counting takes time linear in the number of references. | better: constant time | yes |
//! | b095 | After the death, the list is empty. | same | yes |
//!
//! ## References with data
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b096 | A subclass of `ref` can have attributes. | adapted: `KeyedRef`, or a struct around a `WeakRef` | yes |
//! | b097 | A subclass can override the call. | adapted: a method of that struct | yes |
//! | b098 | The override has no influence on equality, hash and containers. | same | yes |
//! | b099 | A subclass can take more arguments. | adapted: fields of any type | yes |
//! | b101 | References of subclasses with their own callbacks stay distinct. | same | yes |
//! | b103 | `KeyedRef` takes an object, a callback and a key, which can be assigned. | adapted: `key`, and `set_key`, but not while the callback runs | yes |
//! | b104 | All references of one dictionary share one callback. | adapted: a callback may be a function or a clone; a container's entries have none | yes |
//! | b105 | The documentation's `ExtendedRef` counts its calls in life. | same, as a struct | yes |
//!
//! ## Proxies
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b106 | A proxy stands for its object, for reading and writing. | adapted: `get`, `with`, and `#[proxy]` on traits | yes |
//! | b107 | Whether a proxy is callable is fixed when it is made. | adapted: fixed by the type, `Callable` | no |
//! | b108 | Any use after the death raises `ReferenceError`. | adapted: a panic with its message; `try_get` and `try_with` return it | yes |
//! | b109 | `hasattr` and `getattr` with a default raise too. | same: no silent default | yes |
//! | b110 | Type, identity and text work on a dead proxy. | same: `kind`, `is_same_reference`, `Debug`, `is_dead` | yes |
//! | b112 | `repr` is the proxy's own; `str` is the object's. | adapted: `Debug` and `Display` | yes |
//! | b113 | A proxy has no hash. | same | yes |
//! | b114 | So it can be neither key nor element. | same, at compile time | yes |
//! | b115 | A proxy is not its object, but can equal it. | adapted: `PartialEq` with operands and with proxies | yes |
//! | b117 | The callback cannot be read through the proxy. | adapted: through `downgrade`, a `WeakRef` with `has_callback` | yes |
//! | b119 | A bound method taken through a proxy owns the object. | adapted: the guard does, and `ProxyGuard::into_owner` | yes |
//! | b120 | Copies and pickles of a proxy are those of the object. | adapted: `clone` clones the proxy, `cloned` the object | yes |
//! | b123 | Proxies are counted and listed with the references. | adapted: those with callbacks; [the others count as one](#references-without-callback-count-as-one) | yes |
//! | b124 | Binary operators unwrap both sides; one dead side raises. | same, with a panic | yes |
//! | b125 | Some arguments of other operations are unwrapped, and some are not. | better: only operands of operators are | no |
//! | b126 | A result is what the object returns, never a proxy. | same | yes |
//! | b128 | Without the in-place method, the plain operator is used. | adapted: `+=` needs `&T: AddAssign`, or a `Slotted` cell or lock | yes |
//! | b129 | `with`, `round`, format specifications and others are not forwarded. | adapted: the traits listed at `Proxy` are, format specifications among them | no |
//!
//! ## Operators of proxies
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b130 | `+` on either side, and `+=` | adapted: on the left stand the proxy, numbers, and types of yours | yes |
//! | b131 | `-`, `-=` | adapted: as b130 | yes |
//! | b132 | `*`, `*=` | adapted: as b130 | yes |
//! | b134 | `/`, `/=` | adapted: as b130 | yes |
//! | b135 | `//`, `//=` | adapted: no such operator; `get().div_euclid(..)` | no |
//! | b136 | `%`, `%=` | adapted: as b130 | yes |
//! | b140 | `<<`, `<<=` | adapted: as b130 | yes |
//! | b141 | `>>`, `>>=` | adapted: as b130 | yes |
//! | b142 | `&`, `&=` | adapted: as b130 | yes |
//! | b143 | <code>\|</code>, <code>\|=</code> | adapted: as b130 | yes |
//! | b144 | `^`, `^=` | adapted: as b130 | yes |
//! | b145 | unary `-`, `+`, `~`, and `abs` | adapted: `-` and `!`; the others are methods of the object | yes |
//! | b146 | `int`, `float`, `operator.index` | adapted: `TryFrom<&Proxy<T>>` for all numbers | yes |
//! | b147 | `bool` | adapted: `bool::try_from(&proxy)`, if the type has it | yes |
//! | b148 | `<`, `<=`, `>`, `>=`, with both sides unwrapped | adapted: the proxy stands on the left | yes |
//! | b149 | `==`, `!=` | adapted: the proxy stands on the left; [a dead one panics](#comparing-a-dead-proxy) | yes |
//! | b150 | `len` | adapted: a method of the object | yes |
//! | b151 | `p[k]` | adapted: `p.get()[k]` | yes |
//! | b152 | `p[k] = v` | adapted: `with`, and a cell or lock | yes |
//! | b153 | `del p[k]` | adapted: as b152 | yes |
//! | b154 | `x in p` | adapted: a method of the object | yes |
//! | b155 | `iter(p)` owns the object | same, for items that borrow nothing | yes |
//! | b156 | `next(p)`, if the object is an iterator | adapted: if `&T` is, or a `Slotted` cell or lock of one | yes |
//! | b157 | `reversed(p)`, only of objects with `__reversed__` | adapted: `(&p).into_iter().rev()` | as b155 |
//! | b158 | `bytes(p)` | adapted: a method of the object | no |
//! | b159 | `str(p)`; format specifications raise | better: `Display` and the numeric formats, with all options | yes |
//! | b160 | attributes are read, set and deleted | adapted: fields by `get`, methods by `#[proxy]` | as b106 |
//! | b161 | A call passes all arguments on. | adapted: `proxy.call((a, b))`, of every arity that `Callable` has | yes |
//! | b163 | A dead callable proxy raises when called. | adapted: `call` panics, `try_call` returns `ReferenceError` | yes |
//! | b165 | A callable proxy has all operators but two. | better: there is one type of proxy, without a gap | yes |
//!
//! ## Weak methods
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b166 | Object and function are weak; each call gives an equal bound method. | adapted: `upgrade` gives a `BoundMethod`; the function is owned, or weak by `with_weak_fn` | yes |
//! | b167 | A `WeakMethod` is a `ref`. | adapted: both have the trait `WeakReference` | yes |
//! | b170 | It is dead as soon as its object is. | same | yes |
//! | b171 | It is dead as soon as its function is. | adapted: with `with_weak_fn`; a function that it owns never dies | yes |
//! | b173 | It makes no cycle of its own. | same | yes |
//! | b174 | Live ones are equal if their objects and functions are. | adapted: functions are compared by type, or by value with `comparing` | yes |
//! | b175 | Of dead ones, each equals only itself. | adapted: and its clones | yes |
//! | b176 | One equals a plain reference to its object. | better: that cannot be compared | yes |
//! | b177 | It equals nothing else. | adapted: no other comparison compiles | yes |
//! | b178 | Its hash is that of the object. | same, [clones as those of references](#hash-of-clones) | yes |
//! | b182 | Dropped by an earlier callback of the same death, it raises `AttributeError`. | better: [it is not called](#a-dropped-weakmethod-is-not-called-back) | yes |
//!
//! ## Finalizers
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b183 | `finalize(obj, f, ..)` calls `f` when the object dies, without the object. | same, with a closure for the arguments | yes |
//! | b184 | It is registered without its handle. | same | yes |
//! | b187 | Calling it runs the function, returns the result and makes it dead. | same | yes |
//! | b188 | The function runs at most once, whatever triggers it. | same | yes |
//! | b190 | An exception in an explicit call goes to the caller. | same, as a panic | yes |
//! | b191 | An exception at the death goes to the hook, and the others run. | same, as a panic | yes |
//! | b192 | `peek` returns object, function and arguments, and changes nothing. | adapted: it shows object and function to a closure | yes |
//! | b193 | A caller of `peek` can change the arguments. | better: the closure is shown by `&F` | no |
//! | b194 | `detach` returns the same, and nothing runs. | same | yes |
//! | b195 | `peek` and `detach` of a dead one return `None`. | same | yes |
//! | b196 | `alive` is true until call, death or detach. | same | yes |
//! | b197 | `atexit` is true at first, can be set, and is false on a dead one. | same | yes |
//! | b200 | The text shows type and address of the object, or that it is dead. | same | yes |
//! | b201 | Finalizers compare and hash by identity. | same | yes |
//! | b203 | Arguments that own the object keep it until exit, where the finalizer runs. | same | yes |
//! | b206 | A copy of a finalizer is dead. | better: a clone is the same finalizer | yes |
//! | b207 | The newest of an object runs first. | same | yes |
//! | b208 | Callbacks, removals and finalizers are one sequence, the newest first. | same | yes |
//! | b210 | Between the death and its turn, one is alive but cannot be detached. | better: [alive up to its turn](#a-finalizer-can-be-detached-until-it-runs) in all answers | yes |
//! | b212 | It runs after the destructor and before the attributes are released. | adapted: before `on_drop` and the fields; with `drop = "slot"`, after `Drop` | yes |
//!
//! ## The end of the program
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b216 | Live finalizers run at exit, the newest of all objects first. | same, where [`exit`](crate::exit) can reach them | yes |
//! | b217 | Those with `atexit` false do not. | same | yes |
//! | b218 | An exception is printed, and the others run. | adapted: a panic goes to the unraisable hook | yes |
//! | b220 | `SystemExit` and `KeyboardInterrupt` stop the run. | better: the others run after any panic | yes |
//! | b224 | After that, no finalizer calls its function. | same | yes |
//! | b225 | The run has its turn among the exit handlers, that of the first finalizer. | same | yes |
//! | b226 | It happens at every orderly end, and not at an abrupt one. | same | yes |
//! | b230 | Two threads may register the exit handler twice. | better: it is registered once | no |
//!
//! ## Maps with weak values
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b231 | Keys are owned; an entry goes as soon as its value dies. | same | yes |
//! | b232 | A value that only the call owned is gone at once. | same | yes |
//! | b234 | `d[k]` returns an owner, or raises `KeyError`. | adapted: `get` returns an `Option` | yes |
//! | b235 | `k in d` is true only for a live value. | same | yes |
//! | b236 | `get` returns the default for missing and dead entries. | adapted: `None` | yes |
//! | b237 | `del d[k]` of a missing key raises. | adapted: `remove` returns `None` | yes |
//! | b238 | So does that of a key whose value has just died. | adapted: as b237 | yes |
//! | b239 | A replaced value leaves key and place, and gives up its registration. | adapted: maps have no order; the first key stays | yes |
//! | b240 | The death of a replaced value does not remove the newer entry. | same | yes |
//! | b242 | `len` counts the entries. | same | yes |
//! | b243 | `setdefault` returns the live value, or stores the default. | adapted: [it takes a function](#setdefault-with-a-function) | yes |
//! | b245 | It never returns `None` for a live default. | same: it returns an owner | yes |
//! | b246 | `pop(k)` removes and returns the value. | same: `remove` | yes |
//! | b248 | `popitem` returns the newest live pair. | adapted: `pop` returns any live pair | yes |
//! | b250 | `update` takes a mapping, pairs or keywords. | adapted: `update` and `extend` take pairs and maps | yes |
//! | b253 | So does the constructor. | adapted: `from` and `collect` | yes |
//! | b254 | Iterators give the live entries in order of insertion. | adapted: in no order, with owners, and with a length | yes |
//! | b255 | `valuerefs` returns the references, some of which may be dead. | same: `value_refs` | yes |
//! | b256 | Equality compares live entries with those of any mapping. | adapted: with maps of the same kind | yes |
//! | b258 | The text does not show the contents. | better: `Debug` shows the live entries | yes |
//! | b263 | An entry is one registration of its value. | same | yes |
//! | b264 | In the value's destructor, the entry still finds the value. | adapted: [it is dead there](#an-object-is-dead-in-its-own-drop) | yes |
//!
//! ## Maps with weak keys
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b265 | Keys are not owned; an entry and its value go when the key dies. | same | yes |
//! | b266 | An equal key finds the entry. | same; the `Ptr` maps compare by identity | yes |
//! | b267 | Storing under an equal key keeps the first key. | same; `replace_key` takes the second | yes |
//! | b268 | Deleting first and storing again takes the new key. | same | yes |
//! | b269 | `setdefault` with an equal key keeps value and key. | same | yes |
//! | b273 | A missing key raises `KeyError` with a reference as payload. | adapted: `None` | yes |
//! | b274 | `pop(k)` removes by equality. | same: `remove` | yes |
//! | b275 | `popitem` returns the newest live pair. | adapted: `pop` returns any live pair | yes |
//! | b277 | An exception in the keys' equality leaves a search. | same, as a panic | yes |
//! | b279 | The constructor takes one mapping. | adapted: `from` and `collect` | yes |
//! | b280 | Iterators give the entries with live keys, in order of insertion. | adapted: in no order, with owners | yes |
//! | b281 | `keyrefs` returns the references, some of which may be dead. | same: `key_refs` | yes |
//! | b282 | `len` leaves out entries whose removal is still due. | adapted: a removal is due only during a search, or while another thread uses the map | yes |
//! | b284 | A value that owns its key keeps the entry for ever. | same: there are no ephemerons | yes |
//! | b285 | A death removes its entry without calling the keys' equality. | same, nor `Hash` | yes |
//! | b286 | Equality, hash and text are as those of the other dictionary. | adapted: as b256 and b258 | yes |
//! | b287 | An entry is one registration; a lookup makes a temporary reference. | better: a lookup registers nothing | yes |
//!
//! ## Sets
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b289 | Elements are not owned, and leave when they die. | same | yes |
//! | b290 | Membership goes by the elements' equality; other items are no members. | adapted: `contains` takes what an element can be borrowed as | yes |
//! | b291 | Adding an equal element keeps the first. | same: `insert` returns false | yes |
//! | b293 | `remove` of a missing element raises. | adapted: it returns false | yes |
//! | b295 | `pop` returns a live element, or raises. | adapted: `None` | yes |
//! | b296 | `clear` empties the set. | same | yes |
//! | b297 | `update` takes one iterable; what dies meanwhile never appears. | same | yes |
//! | b298 | The constructor takes one iterable. | adapted: `from` and `collect` | yes |
//! | b301 | A set has no hash. | same | yes |
//! | b302 | A `WeakSet` has the methods of `set`. | adapted: those of `HashSet` | yes |
//! | b304 | The text is that of the references. | better: `Debug` shows the live elements | yes |
//! | b305 | A set is true if it has elements. | adapted: `is_empty` | yes |
//! | b306 | Sets may stand in cycles with their elements. | same | yes |
//! | b309 | In a union, the left one's objects win. | same | yes |
//! | b310 | In an intersection, the right one's objects are taken. | adapted: [the left one's](#intersections-hold-the-left-elements) | yes |
//! | b311 | A difference is a copy without what the other has. | same, of sets | yes |
//! | b312 | A symmetric difference has what is in one of them. | same, of sets | yes |
//! | b313 | `isdisjoint` takes any iterable. | adapted: a set | yes |
//! | b314 | `issubset` and `issuperset` take any iterable. | adapted: a set | yes |
//! | b315 | `<` and `>` are proper subsets and supersets. | adapted: `is_proper_subset`, `is_proper_superset` | yes |
//! | b316 | A set equals only weak sets. | same | yes |
//! | b318 | A `set` on the left of an operator raises. | adapted: both sides are weak sets, in either order | yes |
//! | b319 | The named methods take one argument. | same | yes |
//! | b321 | `update`, <code>\|=</code> | same | yes |
//! | b323 | `difference_update`, `-=` | same, but [with itself](#a-set-minus-itself) | yes |
//! | b324 | `symmetric_difference_update`, `^=` | same, but [with itself](#a-set-minus-itself) | yes |
//!
//! ## Iteration while entries die
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b328 | Up to 3.13, removals wait until the last open iterator has ended. | better: entries leave at once, but for what a snapshot owns | yes |
//! | b329 | That begins with the first step of an iterator and ends with its last. | better: an open iterator hinders nothing | yes |
//! | b330 | Several open iterators wait for each other. | better: as b329 | yes |
//! | b331 | An iteration skips what is dead when it is reached. | adapted: what is dead when the snapshot is made | yes |
//! | b332 | An iterator owns the element that it gave last. | adapted: a snapshot owns what it still has to give | yes |
//! | b334 | Lookups do not find the dead whose removal is due. | same | yes |
//! | b335 | `len` and lookups in a loop can make its next step fail. | better: a loop may use the container | yes |
//! | b337 | `len` leaves out what waits for removal. | adapted: entries leave at once; what has left its pointer counts until it is dropped | yes |
//! | b339 | `popitem` in a loop skips the dead. | same | yes |
//! | b342 | `keyrefs` and `valuerefs` can return dead references then. | same | yes |
//! | b343 | A callback that adds to the set in a loop breaks the loop. | better: a loop goes on | yes |
//! | b344 | From 3.14, an iteration copies the table first. | same | yes |
//! | b345 | Deaths then remove their entries at once. | same, but for what the snapshot owns | yes |
//! | b346 | What is removed by hand in the loop is still given, with its old value. | same | yes |
//! | b347 | What dies between snapshot and visit is skipped. | adapted: a snapshot owns it; `for_each` skips it | yes |
//!
//! ## Copies and unions
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b348 | A copy is independent, and has the live entries. | same | yes |
//! | b349 | `copy.copy` is the same. | same: `Clone` | yes |
//! | b351 | A deep copy of a key dictionary keeps its keys and copies the values. | same: a clone clones the values | yes |
//! | b352 | Entries may die during a copy. | same | yes |
//! | b356 | In <code>d \| e</code>, the right side wins. | same | yes |
//! | b357 | A mapping may stand on the left. | adapted: a map of the same kind | yes |
//! | b359 | <code>d \|= e</code> updates in place. | same; `extend` takes pairs | yes |
//! | b361 | Results are weak too. | same | yes |
//!
//! ## Threads
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b362 | A death can strike between any two steps. | same | yes |
//! | b363 | A removal deletes its entry only if what is stored is dead. | same: it means one registration | yes |
//! | b364 | Before 3.14, threads that iterate and remove can raise. | better: they cannot | yes |
//! | b365 | Copying while another thread drops objects works. | same | yes |
//! | b366 | A call that meets the death gives an owner or `None`. | same | yes |
//! | b367 | Free-threaded 3.13 locks the list of an object by its address. | adapted: a lock of the object's own slot, never with user code | yes |
//! | b368 | A reference that is dropped while its object dies is unlinked uncalled. | same | yes |
//! | b369 | References without callback are cleared first. | same: all are dead first | yes |
//! | b370 | Callbacks run in whichever thread released the last owner. | adapted: in `Shared` they are `Send` | yes |
//! | b372 | The free-threaded builds have known races of lists and counts. | better: there are none by construction | yes |
//! | b373 | `setdefault` and operators are not atomic. | better: `get_or_insert_with` runs one function per key; operators are not atomic | yes |
//! | b374 | References and containers belong to no thread. | adapted: in `Shared`; those in `Local` stay in theirs | yes |
//!
//! ## Failures and re-entrancy
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b378 | Hash or equality that raises leaves the container as it was. | same, as a panic | yes |
//! | b379 | A death whose entry was removed by hand does nothing. | same | yes |
//! | b380 | Nor does one after the container has gone. | same | yes |
//! | b382 | `popitem` in a callback skips the dying entry. | same | yes |
//! | b384 | A finalizer may be called from inside itself or another one. | same | yes |
//!
//! ## C API
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b386 | `PyWeakref_Check` is true for references and proxies. | adapted: the trait `WeakReference`, with `kind` | yes |
//! | b390 | `PyWeakref_NewRef` returns a reference that may be shared. | adapted: `WeakRef::new` | as b078 |
//! | b391 | `PyWeakref_NewProxy` picks the callable kind itself. | adapted: `Proxy::new`; the kind is the object's type | as b165 |
//! | b392 | `PyWeakref_GetRef` gives an owner, nothing, or an error. | adapted: `upgrade`, which has no errors | as b002 |
//! | b395 | `PyWeakref_IsDead` has no side effects. | same: `is_dead` makes no owner | yes |
//! | b396 | `PyObject_ClearWeakRefs` clears all and calls back, the newest first. | adapted: `clear_weakrefs`, on a live object too | yes |
//! | b397 | `PyUnstable_Object_ClearWeakRefsNoCallbacks` calls nothing and keeps the callbacks. | same: `clear_weakrefs_silently` | yes |
//! | b398 | `_PyWeakref_ClearRef` clears one reference uncalled. | same: `detach` | yes |
//! | b399 | Extension types opt in by an offset or a flag. | adapted: the macros do it | as b007 |
//!
//! ## The destructor and the order of death
//!
//! | | Python | here | tested |
//! |---|---|---|---|
//! | b400 | In the destructor, references are alive. | adapted: [they are dead there](#an-object-is-dead-in-its-own-drop) | yes |
//! | b402 | Then all die, and the callbacks run, the newest first. | adapted: before `on_drop`; with `drop = "slot"`, at the slot's place | yes |
//! | b403 | Then the attributes are released, and children die after their parents' callbacks. | same | yes |
//! | b405 | A reference made in the destructor is valid there, and dead afterwards. | adapted: the destructor has no owner; what is registered by another way is cleared | yes |
//! | b411 | Finalizers run after the destructor. | adapted: as b212 | yes |
//!
#![doc = include_str!("python_differences.md")]
