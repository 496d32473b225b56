"""Runs programs in CPython: one program per line on stdin, its trace per line on stdout.

`python3 oracle.py equality` gives objects `__eq__` and `__hash__`; `python3 oracle.py identity` does
not. The language is described in src/language.rs. Each operation is one method `op_NAME` of `State`.

CPython is right, except where a comment `differs: ID` says what is modelled instead. The IDs are the
headings of weakref-core/src/docs/python_differences.md.
"""
import gc
import os
import sys
import weakref
from types import MethodType
from weakref import KeyedRef, WeakKeyDictionary, WeakSet, WeakValueDictionary, finalize, proxy, ref

# differs: cycles-are-not-collected
gc.disable()
IDENTITY = sys.argv[1] == 'identity'


class Boom(Exception):
    pass


class Hook:
    """Counts what callbacks and finalizers raise. The exceptions are not kept: they own frames."""

    def __init__(self):
        self.count = 0
        sys.excepthook = lambda kind, error, trace: self.raised(kind)
        sys.unraisablehook = self.unraisable

    def raised(self, kind):
        if kind is Boom:
            self.count += 1
        elif kind is not AttributeError:
            # (That is how the callback of a `WeakMethod` fails which has been dropped meanwhile.)
            print('unexpected:', kind, file=sys.stderr)

    def unraisable(self, event):
        self.raised(event.exc_type)


HOOK = Hook()


class Obj:
    __slots__ = ('id', 'key', 'box', 'child', 'dtor', '__weakref__')

    def __init__(self, id, key):
        self.id, self.key = id, key
        self.box = self.child = self.dtor = None

    def me(self):
        return self

    if not IDENTITY:
        def __eq__(self, other):
            return self.key == other.key if isinstance(other, Obj) else NotImplemented

        def __hash__(self):
            return hash(self.key)


class Dtor:
    """A field whose destructor runs a body.

    differs: an-object-is-dead-in-its-own-drop
    (The object itself has no `__del__`, in which references would still be alive.)
    """
    __slots__ = ('st', 'body')

    def __init__(self, st, body):
        self.st, self.body = st, body

    def __del__(self):
        self.st.log('dtor', self.body)
        self.st.guarded(self.body)


class Val:
    """A value of a key map. It can own an object."""
    __slots__ = ('tag', 'own', '__weakref__')

    def __init__(self, tag, own):
        self.tag, self.own = tag, own

    def __eq__(self, other):
        return self.tag == other.tag


class Method(weakref.WeakMethod):
    __slots__ = ('has_callback',)


def method(self):
    return self.id


class Callback:
    """A callback of a reference, or the function of a finalizer. It is called once."""
    __slots__ = ('st', 'body', 'number', 'own')

    def __init__(self, st, body, own=-1):
        st.callbacks += 1
        self.st, self.body, self.number = st, body, st.callbacks
        self.own = st.o[own] if own >= 0 else None

    def __call__(self, handle=None):
        st = self.st
        # What a function that runs once owns is dropped at the end of its call.
        own, self.own = self.own, None
        if handle is None:
            st.log('fin', self.number)
        elif type(handle) is Method:
            # differs: a-dropped-weakmethod-is-not-called-back
            if not any(x is handle for x in st.r):
                return
            st.log('cb', self.number)
        elif type(handle) is KeyedRef:
            st.log('cb', self.number, handle.key)
        else:
            st.log('cb', self.number)
        try:
            st.run(self.body)
        finally:
            own = None


class Finalizer:
    __slots__ = ('callback', 'handle')

    def __init__(self, callback):
        self.callback = callback

    def __call__(self):
        calling = self.callback.st.calling
        calling.append(self.handle)
        try:
            self.callback()
        finally:
            calling.pop()
        return self.callback.number


class Link:
    """The callback of one object of a chain. It owns the next."""
    __slots__ = ('st', 'number', 'own')

    def __init__(self, st, number, own):
        self.st, self.number, self.own = st, number, own

    def __call__(self, handle=None):
        self.st.log('link', self.number)
        own, self.own = self.own, None
        own = None
        self.st.log('unlink', self.number)


# Containers with listeners ("on_removal"), as subclasses. The other programs use CPython's own.

def tell(listeners, key, cause):
    # A listener that is added meanwhile is not told of this one.
    for st, what, body in list(listeners):
        if cause != 'Died':
            # Several entries can leave at a time, in no order.
            st.gone.append((what, key, cause))
            continue
        st.log(what, key, cause)
        try:
            st.run(body)
        except Boom:
            HOOK.raised(Boom)


class Listened:
    __slots__ = ()

    def tell(self, key, cause):
        tell(self.listeners, key, cause)

    def tell_all(self, told, cause):
        listeners = list(self.listeners)
        for key, is_dead in told:
            tell(listeners, key, 'Died' if is_dead else cause)


class ValueDict(WeakValueDictionary, Listened):
    """A walk lends keys in place: what leaves meanwhile is told when it ends.

    differs: listeners
    """
    def __init__(self):
        self.listeners = []
        self.pins = 0
        self.delayed = []
        super().__init__()
        inner = self._remove

        def remove(handle, selfref=ref(self)):
            self = selfref()
            if self is None:
                return
            there = self.data.get(handle.key)
            dies = there is not None and there() is None
            there = None
            inner(handle)
            # A listener may drop the container.
            listeners, delayed = self.listeners, self.delayed if self.pins else None
            self = None
            if dies:
                if delayed is not None:
                    delayed.append((list(listeners), handle.key, 'Died'))
                else:
                    tell(listeners, handle.key, 'Died')
        self._remove = remove

    def pin(self):
        self.pins += 1

    def unpin(self):
        self.pins -= 1
        if self.pins == 0:
            delayed = list(self.delayed)
            self.delayed.clear()
            for listeners, key, cause in delayed:
                tell(listeners, key, cause)

    def tell_removed(self, key, cause):
        if self.pins:
            self.delayed.append((list(self.listeners), key, cause))
        else:
            self.tell(key, cause)

    def tell_all(self, told, cause):
        if self.pins:
            for key, is_dead in told:
                self.tell_removed(key, 'Died' if is_dead else cause)
        else:
            super().tell_all(told, cause)

    def told(self):
        return [(key, handle() is None) for key, handle in self.data.items()]

    def __setitem__(self, key, value):
        there = self.data.get(key)
        is_dead = there is not None and there() is None
        replaces = there is not None
        there = None
        super().__setitem__(key, value)
        if replaces:
            self.tell(key, 'Died' if is_dead else 'Replaced')

    def setdefault(self, key, default):
        value = self.get(key)
        if value is None:
            self[key] = value = default
        return value

    def pop(self, key, default=None):
        there = self.data.get(key)
        is_dead = there is not None and there() is None
        is_there = there is not None
        there = None
        value = super().pop(key, default)
        if is_there:
            self.tell_removed(key, 'Died' if is_dead else 'Removed')
        return value

    def clear(self):
        clear(self)


class KeyDict(WeakKeyDictionary, Listened):
    def __init__(self):
        self.listeners = []
        super().__init__()

        def remove(handle, selfref=ref(self)):
            self = selfref()
            if self is not None and handle in self.data:
                value, listeners = self.data.pop(handle), self.listeners
                self = None
                tell(listeners, None, 'Died')
                value = None
        self._remove = remove

    def told(self):
        return [(living(handle), handle() is None) for handle in self.data]

    def stored(self, key):
        return next((living(h) for h in self.data if is_stored(h, ref(key))), None)

    def __setitem__(self, key, value):
        stored = self.stored(key)
        super().__setitem__(key, value)
        if stored is not None:
            self.tell(stored, 'Replaced')

    def pop(self, key, default=None):
        stored = self.stored(key)
        value = super().pop(key, default)
        if stored is not None:
            self.tell(stored, 'Removed')
        return value

    def clear(self):
        clear(self)


class Set(WeakSet, Listened):
    def __init__(self, items=()):
        self.listeners = []
        super().__init__(items)

        def remove(handle, selfref=ref(self)):
            self = selfref()
            if self is not None and handle in self.data:
                self.data.discard(handle)
                listeners = self.listeners
                self = None
                tell(listeners, None, 'Died')
        self._remove = remove

    def told(self):
        return [(living(handle), handle() is None) for handle in self.data]

    def discard(self, item):
        stored = next((living(h) for h in self.data if is_stored(h, ref(item))), None)
        super().discard(item)
        if stored is not None:
            self.tell(stored, 'Removed')

    def clear(self):
        clear(self)


class PairDict(Listened):
    """A map with weak keys and weak values, which CPython does not have.

    differs: maps-with-weak-keys-and-weak-values
    """

    def __init__(self):
        self.listeners = []
        self.data = {}

        def key_died(handle, selfref=ref(self)):
            self = selfref()
            if self is not None and handle in self.data:
                # The survivor is owned until all listeners have been told.
                there = self.data.pop(handle)
                value = there()
                survivor = value and ref(value)
                there = None
                listeners = self.listeners
                self = None
                tell(listeners, None, 'Died')

        def value_died(handle, selfref=ref(self)):
            self = selfref()
            stored = None if self is None else self.stored(handle)
            if stored is not None:
                del self.data[stored]
                key = stored()
                stored = None
                survivor = key and ref(key)
                listeners = self.listeners
                self = None
                tell(listeners, key and key.id, 'Died')
        self.key_died, self.value_died = key_died, value_died

    def told(self):
        return [(living(k), k() is None or v() is None) for k, v in self.data.items()]

    def set(self, key, value):
        handle = ref(key, self.key_died)
        there = self.data.get(handle)
        old = there and there()
        stored = None
        survivor = None
        if there is not None:
            first = self.stored(there)
            stored = living(first)
            if old is None:
                del self.data[first]
                # The survivor is owned until all listeners have been told.
                own = first()
                survivor = own and ref(own)
            else:
                handle = first
            first = None
        self.data[handle] = ref(value, self.value_died)
        if there is not None:
            there = None
            self.tell(stored, 'Died' if old is None else 'Replaced')
        own = survivor = None
        return old

    def find(self, key):
        return self.data.get(ref(key))

    def stored(self, there):
        """Returns the weak key of the entry with this weak value. (The value does not have it: in the
        middle of a death, CPython still holds weak references that have been dropped.)"""
        return next((k for k, v in self.data.items() if v is there), None)

    def get(self, key):
        there = self.find(key)
        return there and there()

    def pop(self, key):
        there = self.find(key)
        if there is not None:
            stored = self.stored(there)
            del self.data[stored]
            self.tell(living(stored), 'Died' if there() is None else 'Removed')
        return there and there()

    def items(self):
        pairs = [(k(), v()) for k, v in list(self.data.items())]
        return [(k, v) for k, v in pairs if k is not None and v is not None]

    def popitem(self):
        while True:
            handle, there = self.data.popitem()
            key, value = handle(), there()
            if key is not None and value is not None:
                return key, value

    def clear(self):
        clear(self)

    def update(self, other):
        for key, value in other.items():
            self.set(key, value)

    def __len__(self):
        return len(self.data)

    def __eq__(self, other):
        a, b = self.items(), other.items()
        return len(a) == len(b) and all(other.get(k) == v for k, v in a)


def take_all(m):
    """Takes all entries out and returns what they own."""
    if getattr(m, '_pending_removals', None):
        m._commit_removals()
    own = list(m.data.values()) if isinstance(m, WeakKeyDictionary) else None
    m.data.clear()
    return own


def clear(m):
    """`clear` with listeners: until it is empty, as CPython does it."""
    while m.data:
        told = m.told()
        own = take_all(m)
        m.tell_all(told, 'Cleared')
        own = None


def discard_dying(m):
    """Takes out what is in the middle of its death."""
    if isinstance(m, PairDict):
        dying = [k for k, v in m.data.items() if k() is None or v() is None]
    elif isinstance(m, WeakValueDictionary):
        dying = [k for k, v in m.data.items() if v() is None]
    else:
        m.data.difference_update([handle for handle in m.data if handle() is None])
        return
    for k in dying:
        del m.data[k]


def is_settled(m):
    """Whether nothing in it is dying, or nobody listens: for what would tell of several deaths."""
    return not getattr(m, 'listeners', ()) or not has_dying(m)


def has_dying(m):
    living = m.items() if isinstance(m, PairDict) else m if isinstance(m, WeakSet) else m.keys()
    return len(list(living)) != len(m)


def is_stored(handle, key):
    return handle == key and hash(handle) == hash(key)


def living(handle):
    obj = handle()
    return obj and obj.id


def values_own_nothing(m):
    return all(value.own is None for value in m.values())


class State:
    def __init__(self, bodies, listened):
        self.bodies = bodies
        self.out = []
        self.fuel, self.depth, self.serial, self.callbacks = 150, 0, 0, 0
        self.ended = self.chained = False
        self.threaded = self.clearing = self.walks = 0
        # The handles of finalizers that are being called.
        self.calling = []
        # The open entries of key maps: their values, and those they keep.
        self.entries = []
        # What listeners have been told, but for deaths.
        self.gone = []
        # How many operations on each kind of container have run.
        self.touched = dict.fromkeys('vksw', 0)
        self.o, self.r, self.kind, self.hashed = ([None] * 16 for _ in range(4))
        self.has_callback = [False] * 16
        self.f, self.g, self.t = [None] * 3, [None] * 2, [None] * 3
        self.forgotten, self.chain = [], []
        self.q = [[], []]
        if listened:
            self.ValueDict, self.KeyDict, self.Set = ValueDict, KeyDict, Set
        else:
            self.ValueDict, self.KeyDict, self.Set = WeakValueDictionary, WeakKeyDictionary, WeakSet
        self.d = [self.ValueDict() for _ in range(2)]
        self.k = [self.KeyDict() for _ in range(2)]
        self.s = [self.Set() for _ in range(3)]
        self.w = [PairDict() for _ in range(2)]

    def log(self, *words):
        if not self.ended:
            self.out.append(' '.join(map(str, words)))

    def run(self, body):
        if body < 0 or self.depth >= 6 or self.ended:
            return
        self.depth += 1
        try:
            for run, name, args in self.bodies[body]:
                if self.fuel <= 0:
                    break
                self.fuel -= 1
                if name[0] in self.touched:
                    self.touched[name[0]] += 1
                run(self, *args)
        finally:
            self.depth -= 1

    def guarded(self, body):
        boom = False
        try:
            self.run(body)
        except Boom:
            boom = True
        if boom:
            self.log('boom')

    # Objects. CPython holds the new value of an assignment while the old one is dropped. So a slot
    # is
    # exchanged first; what was in it is the result, which the caller drops when the value is not
    # held any more.

    def put(self, slots, i, value):
        old = slots[i]
        slots[i] = value
        return old

    def op_new(self, i, key):
        self.serial += 1
        self.put(self.o, i, Obj(self.serial, key))

    def op_cp(self, i, j):
        self.put(self.o, i, self.o[j])

    def op_del(self, i):
        self.put(self.o, i, None)

    def op_child(self, i, j):
        o = self.o[i]
        if o is not None:
            old = o.child
            o.child = self.o[j]
            old = None

    def op_unchild(self, i):
        o = self.o[i]
        if o is not None:
            old = o.child
            o.child = None
            old = None

    def op_dtor(self, i, body):
        o = self.o[i]
        if o is not None:
            old = o.dtor
            o.dtor = Dtor(self, body)
            old = None

    def op_mut(self, i):
        o = self.o[i]
        if o is not None and o.key < 100:
            o.key = 100 + o.id

    def op_box(self, i, d):
        o = self.o[i]
        if o is not None:
            old = o.box
            o.box = self.d[d]
            old = None

    def op_unbox(self, i):
        o = self.o[i]
        if o is not None:
            old = o.box
            o.box = None
            old = None

    def op_cnt(self, i):
        # differs: references-without-callback-count-as-one
        # differs: a-finalizer-that-runs-is-not-counted
        # An open iterator of CPython's has the handle of its last entry.
        o = self.o[i]
        if o is None or self.walks:
            return
        plain = others = 0
        for h in weakref.getweakrefs(o):
            kind = type(h)
            if kind is ref:
                is_plain = h.__callback__ is None
            elif kind is Method:
                is_plain = not h.has_callback
            elif kind is weakref.ProxyType:
                is_plain = not PROXIES[id(h)]
            else:
                is_plain = False
            if is_plain:
                plain += 1
            else:
                others += id(h) not in self.calling
        h = None
        self.log('cnt', o.id, others + (plain > 0))

    def op_refs(self, i):
        # differs: some-references-are-counted-but-not-listed
        o = self.o[i]
        if o is None:
            return
        found = []
        for h in weakref.getweakrefs(o):
            if type(h) is ref or type(h) is weakref.ProxyType:
                at = [str(n) for n in range(16) if self.r[n] is h and self.has_callback[n]]
                if at:
                    found.append('+'.join(at))
        h = None
        self.log('refs', ' '.join(found))

    def op_chain(self, i, length, kind):
        # differs: deaths-nested-by-the-dozen
        if self.chained:
            return
        self.chained = True
        if kind == 2:
            # CPython nests each of these three times as deep, and defers deaths from 50 on.
            length //= 3
        nxt = None
        for number in range(length, 0, -1):
            self.serial += 1
            o = Obj(self.serial, 200 + self.serial)
            link = Link(self, number, nxt if kind < 2 else None)
            if kind == 1:
                finalize(o, link)
            else:
                self.chain.append(ref(o, link))
            if kind == 2:
                self.k[0][o] = Val(number, nxt)
            elif kind == 3:
                o.child = nxt
            nxt = o
            o = link = None
        old = self.put(self.o, i, nxt)
        nxt = None
        old = None

    # References.

    def put_ref(self, i, kind, handle, has_callback=False, hashed=False):
        old = self.r[i]
        # differs: the-last-owner-may-be-a-temporary-one
        # (The drop of a handle with a callback owns the object for a moment.)
        before = self.kind[i]
        own = None
        if before is not None and before.startswith('wm'):
            own = ref.__call__(old)
        elif before == 'proxy':
            try:
                own = old.me()
            except ReferenceError:
                pass
        elif before is not None:
            own = old()
        self.kind[i], self.has_callback[i], self.hashed[i] = kind, has_callback, hashed
        self.r[i] = handle
        # A tuple drops its last element first.
        return own, old

    def new_proxy(self, o, callback):
        handle = proxy(o, callback)
        PROXIES[id(handle)] = callback is not None
        return handle

    def new_method(self, function, o, callback):
        handle = Method(MethodType(function, o), callback)
        handle.has_callback = callback is not None
        return handle

    def op_ref(self, i, j):
        if self.o[j] is not None:
            self.put_ref(i, 'ref', ref(self.o[j]))

    def op_refcb(self, i, j, body, own):
        if self.o[j] is not None:
            self.put_ref(i, 'ref', ref(self.o[j], Callback(self, body, own)), True)

    def op_proxy(self, i, j):
        if self.o[j] is not None:
            self.put_ref(i, 'proxy', self.new_proxy(self.o[j], None))

    def op_proxycb(self, i, j, body, own):
        if self.o[j] is not None:
            self.put_ref(i, 'proxy', self.new_proxy(self.o[j], Callback(self, body, own)), True)

    def op_keyed(self, i, j, body, key):
        if self.o[j] is not None:
            self.put_ref(i, 'keyed', KeyedRef(self.o[j], Callback(self, body), key))

    def op_wm(self, i, j):
        if self.o[j] is not None:
            self.put_ref(i, 'wm', self.new_method(method, self.o[j], None))

    def op_wmcb(self, i, j, body):
        if self.o[j] is not None:
            self.put_ref(i, 'wmcb', self.new_method(method, self.o[j], Callback(self, body)))

    def op_fn(self, i):
        self.put(self.g, i, lambda o: o.id * 10)

    def op_fndel(self, i):
        self.put(self.g, i, None)

    def op_wmf(self, i, j, g):
        if self.o[j] is not None and self.g[g] is not None:
            self.put_ref(i, 'wmf', self.new_method(self.g[g], self.o[j], None))

    def op_wmfcb(self, i, j, g, body):
        if self.o[j] is not None and self.g[g] is not None:
            self.put_ref(i, 'wmf', self.new_method(self.g[g], self.o[j], Callback(self, body)))

    def op_rcp(self, i, j):
        if i != j:
            self.put_ref(i, self.kind[j], self.r[j], self.has_callback[j], self.hashed[j])

    def op_rdel(self, i):
        self.put_ref(i, None, None)

    def op_rq(self, i):
        kind = self.kind[i]
        if kind is None:
            return
        if kind == 'proxy':
            try:
                found = self.r[i].id
            except ReferenceError:
                found = 'dead'
        else:
            h = self.r[i]()
            found = 'dead' if h is None else h() if kind.startswith('wm') else h.id
            h = None
        self.log('rq', found, *([self.r[i].key] if kind == 'keyed' else []))

    def op_up(self, i, j):
        if self.kind[j] in ('ref', 'keyed'):
            o = self.r[j]()
            self.log('up', o is not None)
            if o is not None:
                self.put(self.o, i, o)

    def op_req(self, i, j):
        a, b = self.kind[i], self.kind[j]
        if a != b or a in (None, 'wmcb'):
            return
        try:
            if a == 'proxy':
                # differs: comparing-a-dead-proxy
                self.r[i].me(), self.r[j].me()
            found = (self.r[i] == self.r[j], self.r[i] != self.r[j])
        except ReferenceError:
            found = 'error'
        self.log('req', found)

    def op_ris(self, i, j):
        a, b = self.kind[i], self.kind[j]
        if a == b and a is not None:
            self.log('ris', self.r[i] is self.r[j])

    def op_rcbq(self, i):
        if self.kind[i] == 'ref':
            self.log('rcbq', self.r[i].__callback__ is not None)

    def op_hash(self, i):
        # differs: hash-of-clones
        if self.kind[i] not in ('ref', 'keyed'):
            return
        try:
            hash(self.r[i])
            found = 'ok'
        except TypeError:
            found = 'error'
        if self.kind[i] == 'ref' and not self.has_callback[i]:
            if self.r[i]() is None and not self.hashed[i]:
                found = 'error'
            self.hashed[i] = found == 'ok'
        self.log('hash', found)

    # Finalizers.

    def op_fin(self, i, j, body, own):
        if self.o[j] is not None:
            function = Finalizer(Callback(self, body, own))
            f = finalize(self.o[j], function)
            function.handle = id(finalize._registry[f].weakref)
            function = None
            self.put(self.f, i, f)
            f = None

    def op_fcall(self, i):
        f = self.f[i]
        if f is None:
            return
        found = None
        try:
            found = f()
        except Boom:
            found = 'boom'
        self.log('fcall', found)

    def op_fdetach(self, i):
        # differs: a-finalizer-can-be-detached-until-it-runs
        f = self.f[i]
        if f is None:
            return
        pending = f.alive and f.peek() is None
        found = f.detach()
        if pending:
            found = (None, finalize._registry.pop(f, None))
        self.log('fdetach', 'none' if found is None else 'dead' if found[0] is None else found[0].id)
        found = None

    def op_fpeek(self, i):
        f = self.f[i]
        if f is not None:
            found = f.peek()
            self.log('fpeek', found[0].id if found else 'dead' if f.alive else 'none')
            found = None

    def op_falive(self, i):
        f = self.f[i]
        if f is not None:
            self.log('falive', f.alive, f.atexit)

    def op_fdel(self, i):
        self.f[i] = None

    def op_fatexit(self, i, on):
        f = self.f[i]
        if f is not None:
            f.atexit = bool(on)

    def op_exit(self):
        self.log('exit')
        # differs: the-end-looks-at-atexit-again
        # (`finalize._exitfunc` makes its list again only if there are new finalizers.)
        while True:
            pending = finalize._select_for_exit()
            if not pending:
                break
            f = pending.pop()
            pending = None
            try:
                f()
            except Boom:
                HOOK.raised(Boom)
            f = None
        self.log('exited')

    # Value maps.

    def op_vset(self, d, key, j):
        if self.o[j] is not None:
            self.d[d][key] = self.o[j]

    def op_vget(self, d, key):
        o = self.d[d].get(key)
        self.log('vget', o and o.id)

    def op_vdel(self, d, key):
        o = self.d[d].pop(key, None)
        self.log('vdel', o and o.id)

    def op_vsd(self, d, key, j):
        m, o = self.d[d], self.o[j]
        if o is not None:
            p = m.setdefault(key, o)
            self.log('vsd', p.id)
            p = None

    def op_vlen(self, d):
        self.log('vlen', len(self.d[d]))

    def op_vhas(self, d, key):
        self.log('vhas', key in self.d[d])

    def op_vitems(self, d):
        self.log('vitems', sorted((k, o.id) for k, o in self.d[d].items()))

    def op_vclear(self, d):
        if is_settled(self.d[d]):
            self.d[d].clear()

    def op_vcopy(self, d, e):
        self.d[d] = self.d[e].copy()

    def op_vupd(self, d, e):
        self.d[d].update(self.d[e])

    def op_vor(self, d, e):
        m = self.d[d]
        m |= self.d[e]

    def op_vunion(self, d, e, f):
        self.d[d] = self.d[e] | self.d[f]

    def op_veq(self, d, e):
        self.log('veq', self.d[d] == self.d[e])

    def op_vpopall(self, d):
        m, got = self.d[d], []
        while True:
            try:
                k, o = m.popitem()
            except KeyError:
                break
            got.append((k, o.id))
            o = None
        self.log('vpopall', sorted(got), len(m))

    def op_vpop(self, d):
        # Which of several is popped, and how many dying ones before, has no order.
        m = self.d[d]
        living = len(list(m.values()))
        if living > 1 or living and has_dying(m):
            return
        try:
            k, o = m.popitem()
        except KeyError:
            self.log('vpop none', len(m))
            return
        self.log('vpop', k, o.id, len(m))

    def op_vnew(self, d):
        self.put(self.d, d, self.ValueDict())

    def each(self, refs, body, what):
        """Visits a snapshot of weak references, in the order of the objects' numbers."""
        refs.sort(key=lambda pair: pair[0])
        refs.reverse()
        while refs:
            i, handle = refs.pop()
            o = handle()
            self.log(what, i, o is not None)
            if o is not None:
                self.guarded(body)
            o = None
            handle = None

    def op_viter(self, d, body):
        m = self.d[d]
        self.each([(o.id, ref(o)) for o in m.values()], body, 'viter')

    def snapshot(self, items, body, what):
        """Visits a snapshot of owners, in order."""
        items.sort(key=lambda pair: pair[0])
        items.reverse()
        while items:
            i, o = items.pop()
            self.log(what, i)
            self.guarded(body)
            o = None

    def op_vsnap(self, d, body):
        m = self.d[d]
        self.snapshot([((k, o.id), o) for k, o in m.items()], body, 'vsnap')

    def pin(self, m):
        if isinstance(m, ValueDict):
            m.pin()

    def unpin(self, m):
        if isinstance(m, ValueDict):
            m.unpin()

    def op_vfor(self, d, body):
        # A walk of at most one entry, as entries have no order.
        m = self.d[d]
        if len(list(m.values())) > 1 or getattr(m, 'listeners', ()):
            return
        self.pin(m)
        walk = m.items()
        for k, o in walk:
            self.log('vfor', k, o.id)
            self.walks += 1
            self.guarded(body)
            self.walks -= 1
            break
        o = None
        walk.close()
        self.unpin(m)

    def op_vsdf(self, d, key, j, body):
        # differs: setdefault-with-a-function
        m, o = self.d[d], self.o[j]
        if o is None:
            return
        p = m.get(key)
        if p is None:
            self.guarded(body)
            p = m.get(key)
            if p is None:
                m[key] = o
                p = o
        self.log('vsdf', p.id)
        # The map may go with this call.
        p = o = None

    def op_ventry(self, d, key, j, body, remove):
        # differs: entries-retain-and-extract
        m, o = self.d[d], self.o[j]
        if o is None:
            return
        there = m.get(key)
        self.guarded(body)
        found = None
        if there is None:
            m[key] = o
        elif not remove:
            found = m.get(key)
            m[key] = o
        elif m.get(key) is there:
            found = m.pop(key, None)
        # The entry is dropped, but not yet what it has returned.
        there = None
        self.log('ventry', found and found.id)
        # The map may go with this call.
        found = o = None

    def op_vretain(self, d, parity):
        m = self.d[d]
        if not is_settled(m):
            return
        items = [(k, o) for k, o in m.items() if (k + o.id) % 2 != parity]
        discard_dying(m)
        for k, o in items:
            m.pop(k, None)
        items = o = None

    def op_vretainb(self, d, parity, body):
        # differs: entries-retain-and-extract
        m = self.d[d]
        items = list(m.items())
        if len(items) > 1 or not is_settled(m):
            return
        discard_dying(m)
        self.pin(m)
        for k, o in items:
            before = self.touched['v']
            self.guarded(body)
            if before == self.touched['v'] and o.id % 2 != parity:
                m.pop(k, None)
        items = o = None
        self.unpin(m)

    def op_vextract(self, d, parity):
        m = self.d[d]
        if not is_settled(m):
            return
        items = [(k, o) for k, o in m.items() if (k + o.id) % 2 == parity]
        discard_dying(m)
        for k, o in items:
            m.pop(k, None)
        self.log('vextract', sorted((k, o.id) for k, o in items))
        items = o = None

    def op_vdrain(self, d):
        m = self.d[d]
        if not is_settled(m):
            return
        items = list(m.items())
        self.take_all(m)
        self.log('vdrain', sorted((k, o.id) for k, o in items), len(m))
        items = o = None

    def take_all(self, m):
        told = m.told() if isinstance(m, Listened) else []
        own = take_all(m)
        if told:
            m.tell_all(told, 'Removed')
        own = None

    # Key maps.

    def value(self, tag, own):
        return Val(tag, self.o[own] if own >= 0 and not self.clearing else None)

    def op_kset(self, k, j, tag, own):
        o = self.o[j]
        if o is not None:
            # What it replaces is dropped when all is done. (In CPython, a temporary handle is still
            # there otherwise.)
            old = self.k[k].get(o)
            self.k[k][o] = self.value(tag, own)
            old = None

    def op_kget(self, k, j):
        o = self.o[j]
        if o is not None:
            v = self.k[k].get(o)
            self.log('kget', v and v.tag)

    def op_kdel(self, k, j):
        o = self.o[j]
        if o is not None:
            v = self.k[k].pop(o, None)
            self.log('kdel', v and v.tag)
            v = None

    def op_ksd(self, k, j, tag, own):
        o = self.o[j]
        if o is not None:
            v = self.k[k].setdefault(o, self.value(tag, own))
            self.log('ksd', v.tag)
            v = None

    def op_klen(self, k):
        self.log('klen', len(self.k[k]))

    def op_khas(self, k, j):
        o = self.o[j]
        if o is not None:
            self.log('khas', o in self.k[k])

    def op_kkey(self, k, j):
        """Which of equal keys is stored?"""
        o = self.o[j]
        if o is not None and o.key < 100:
            found = [p.id for p in self.k[k].keys() if p == o]
            self.log('kkey', found[0] if found else None)

    def op_kinc(self, k, j):
        o = self.o[j]
        if o is not None:
            v = self.k[k].get(o)
            if v is not None:
                self.k[k].data[ref(o)] = Val(v.tag + 1, v.own)
                v = None

    def op_kitems(self, k):
        self.log('kitems', sorted((o.id, v.tag, v.own.id if v.own is not None else 0)
                                  for o, v in self.k[k].items()))

    def op_kclear(self, k):
        # Entries are dropped in no order: at most one value may own something, and what is inserted
        # meanwhile owns nothing.
        m = self.k[k]
        if len(m) <= 1 or len(list(m.keys())) == len(m) and values_own_nothing(m):
            # An entry keeps a value that is dropped. (One that is returned is moved out of it.)
            for value in list(m.data.values()):
                keeper = next((kept for there, kept in self.entries if there() is value), None)
                if keeper is not None:
                    keeper.append(value)
                keeper = value = None
            self.clearing += 1
            m.clear()
            self.clearing -= 1

    def take_pairs(self, m, items, what):
        """Drops pairs in the order of their keys' numbers."""
        items.sort(key=lambda item: item[0])
        items.reverse()
        while items:
            i, o, v = items.pop()
            self.log(what, i)
            v = None
            o = None

    def empty_keys(self, m):
        # The values of the dead go first.
        items = [((o.id, v.tag), o, v) for o, v in m.items()]
        hold = list(m.data.values())
        self.take_all(m)
        hold = None
        self.take_pairs(m, items, 'kempty')

    def op_kdrain(self, k):
        m = self.k[k]
        if len(m) - len(list(m.keys())) <= 1:
            self.empty_keys(m)

    def put_keys(self, k, m):
        old = self.k[k]
        self.k[k] = m
        m = None
        self.empty_keys(old)

    def op_kcopy(self, k, e):
        if k != e:
            self.put_keys(k, self.k[e].copy())

    def op_kupd(self, k, e):
        # Values that own something would be replaced in no order.
        if values_own_nothing(self.k[k]):
            self.k[k].update(self.k[e])

    def op_kor(self, k, e):
        if values_own_nothing(self.k[k]):
            m = self.k[k]
            m |= self.k[e]

    def op_kunion(self, k, e, f):
        self.put_keys(k, self.k[e] | self.k[f])

    def op_keq(self, k, e):
        self.log('keq', self.k[k] == self.k[e])

    def op_kpop(self, k):
        m = self.k[k]
        if len(m) > 1 or len(m) != len(list(m.keys())):
            return
        try:
            o, v = m.popitem()
        except KeyError:
            self.log('kpop none', len(m))
            return
        self.log('kpop', o.id, v.tag, len(m))
        v = None
        o = None

    def op_kiter(self, k, body):
        m = self.k[k]
        self.each([(o.id, ref(o)) for o in m.keys()], body, 'kiter')

    def op_ksnap(self, k, body):
        m = self.k[k]
        items = [((o.id, v.tag), o, v) for o, v in m.items()]
        items.sort(key=lambda item: item[0])
        items.reverse()
        while items:
            i, o, v = items.pop()
            self.log('ksnap', i)
            self.guarded(body)
            v = None
            o = None

    def op_knew(self, k):
        self.put_keys(k, self.KeyDict())

    def op_kentry(self, k, j, tag, body, remove):
        # differs: entries-retain-and-extract
        m, o = self.k[k], self.o[j]
        if o is None:
            return
        is_there = o in m
        # The entry keeps its key, and its value if that is dropped meanwhile.
        own = next((p for p in m.keys() if p == o), None)
        value, kept = m.get(o), []
        self.entries.append((ref(value) if is_there else bool, kept))
        value = None
        before = self.touched['k']
        self.guarded(body)
        self.entries.pop()
        if before != self.touched['k']:
            own = kept = None
            found = 'touched'
        elif is_there and remove:
            v = m.pop(o)
            own = None
            found = v.tag
            v = None
        else:
            old = m.get(o)
            found = old and old.tag
            m[o] = self.value(tag, -1)
            own = None
            old = None
        self.log('kentry', found)
        # The map may go with this call.
        o = None

    def op_kretain(self, k, parity):
        m = self.k[k]
        if values_own_nothing(m) and not has_dying(m):
            items = [o for o in m.keys() if o.id % 2 != parity]
            for o in items:
                m.pop(o, None)
            items = o = None

    def op_kextract(self, k, parity):
        m = self.k[k]
        if has_dying(m):
            return
        items = [((o.id, v.tag), o, v) for o, v in m.items() if o.id % 2 == parity]
        for i, o, v in items:
            m.pop(o, None)
        o = v = None
        self.take_pairs(m, items, 'kextract')

    # Sets.

    def op_sadd(self, s, j):
        if self.o[j] is not None:
            self.s[s].add(self.o[j])

    def op_srem(self, s, j):
        if self.o[j] is not None:
            self.s[s].discard(self.o[j])

    def op_shas(self, s, j):
        if self.o[j] is not None:
            self.log('shas', self.o[j] in self.s[s])

    def op_slen(self, s):
        self.log('slen', len(self.s[s]))

    def op_sitems(self, s):
        self.log('sitems', sorted(o.id for o in self.s[s]))

    def op_sclear(self, s):
        if is_settled(self.s[s]):
            self.s[s].clear()

    def op_scopy(self, s, t):
        self.s[s] = self.s[t].copy()

    def op_sop(self, s, a, b, op):
        a, b = self.s[a], self.s[b]
        if op == 0:
            found = a | b
        elif op == 1:
            # differs: intersections-hold-the-left-elements
            found = self.Set(x for x in a if x in b)
        elif op == 2:
            found = a - b
        else:
            found = a ^ b
        self.s[s] = found

    def op_siop(self, s, a, op):
        s, a = self.s[s], self.s[a]
        if op == 0:
            s |= a
        elif op == 1:
            # differs: an-intersection-in-place-cleans-itself-too
            if s._pending_removals:
                s._commit_removals()
            told = [(None, True) for handle in s.data if handle() is None]
            discard_dying(s)
            if isinstance(s, Set):
                s.tell_all(told, 'Died')
            for x in list(s):
                if x not in a:
                    s.discard(x)
            x = None
        elif s is a:
            # differs: a-set-minus-itself
            for x in list(s):
                s.discard(x)
            x = None
        elif op == 2:
            s -= a
        else:
            s ^= a

    def op_scmp(self, a, b):
        a, b = self.s[a], self.s[b]
        found = (a.isdisjoint(b),)
        if any(has_dying(c) or c._pending_removals for c in (a, b)):
            # differs: comparisons-see-living-elements
            a, b = ({x if IDENTITY else x.key for x in c} for c in (a, b))
        found += (a == b, a <= b, a < b, a >= b, a > b)
        self.log('scmp', found)

    def op_spopall(self, s):
        m, got = self.s[s], []
        while True:
            try:
                got.append(m.pop().id)
            except KeyError:
                break
        self.log('spopall', sorted(got), len(m))

    def op_spop(self, s):
        m = self.s[s]
        living = len(list(m))
        if living > 1 or living and has_dying(m):
            return
        try:
            o = m.pop()
        except KeyError:
            self.log('spop none', len(m))
            return
        self.log('spop', o.id, len(m))

    def op_snew(self, s):
        self.put(self.s, s, self.Set())

    def op_siter(self, s, body):
        m = self.s[s]
        self.each([(o.id, ref(o)) for o in m], body, 'siter')

    def op_ssnap(self, s, body):
        m = self.s[s]
        self.snapshot([(o.id, o) for o in m], body, 'ssnap')

    def op_sfor(self, s, body):
        m = self.s[s]
        if len(list(m)) > 1 or getattr(m, 'listeners', ()):
            return
        walk = iter(m)
        for o in walk:
            self.log('sfor', o.id)
            self.walks += 1
            self.guarded(body)
            self.walks -= 1
            break
        o = None
        walk.close()

    def find(self, m, o):
        for x in m:
            if x == o:
                return x

    def op_ssdf(self, s, j, body):
        # differs: setdefault-with-a-function
        m, o = self.s[s], self.o[j]
        if o is None:
            return
        p = self.find(m, o)
        if p is None:
            self.guarded(body)
            p = self.find(m, o)
            if p is None:
                m.add(o)
                p = o
        self.log('ssdf', p.id)
        # The set may go with this call.
        p = o = None

    def op_sretain(self, s, parity):
        m = self.s[s]
        if not is_settled(m):
            return
        items = [o for o in m if o.id % 2 != parity]
        discard_dying(m)
        for o in items:
            m.discard(o)
        items = o = None

    def op_sextract(self, s, parity):
        m = self.s[s]
        if not is_settled(m):
            return
        items = [o for o in m if o.id % 2 == parity]
        discard_dying(m)
        for o in items:
            m.discard(o)
        self.log('sextract', sorted(o.id for o in items))
        items = o = None

    def op_sdrain(self, s):
        m = self.s[s]
        if not is_settled(m):
            return
        items = list(m)
        self.take_all(m)
        self.log('sdrain', sorted(o.id for o in items), len(m))
        items = o = None

    # Maps with weak keys and weak values.

    def op_wset(self, w, i, j):
        key, value = self.o[i], self.o[j]
        if key is not None and value is not None:
            old = self.w[w].set(key, value)
            self.log('wset', old and old.id)
            old = None
        value = None
        key = None

    def op_wget(self, w, i):
        if self.o[i] is not None:
            v = self.w[w].get(self.o[i])
            self.log('wget', v and v.id)

    def op_wdel(self, w, i):
        if self.o[i] is not None:
            v = self.w[w].pop(self.o[i])
            self.log('wdel', v and v.id)

    def op_wlen(self, w):
        self.log('wlen', len(self.w[w]))

    def op_whas(self, w, i):
        if self.o[i] is not None:
            self.log('whas', self.w[w].get(self.o[i]) is not None)

    def op_wkey(self, w, i):
        if self.o[i] is not None:
            there = self.w[w].find(self.o[i])
            self.log('wkey', there and there() and living(self.w[w].stored(there)))

    def items_of_pairs(self, items):
        return sorted((k.id, v.id) for k, v in items)

    def op_witems(self, w):
        self.log('witems', self.items_of_pairs(self.w[w].items()))

    def op_wclear(self, w):
        if is_settled(self.w[w]):
            self.w[w].clear()

    def op_wcopy(self, w, x):
        copy = PairDict()
        copy.update(self.w[x])
        self.w[w] = copy

    def op_wupd(self, w, x):
        self.w[w].update(self.w[x])

    def op_weq(self, w, x):
        self.log('weq', self.w[w] == self.w[x])

    def op_wpopall(self, w):
        m, got = self.w[w], []
        while True:
            try:
                k, v = m.popitem()
            except KeyError:
                break
            got.append((k.id, v.id))
            k = v = None
        self.log('wpopall', sorted(got), len(m))

    def op_wnew(self, w):
        self.put(self.w, w, PairDict())

    def op_wsdf(self, w, i, j, body):
        m, key, value = self.w[w], self.o[i], self.o[j]
        if key is None or value is None:
            return
        there = m.get(key)
        if there is None:
            self.guarded(body)
            there = m.get(key)
            if there is None:
                m.set(key, value)
                there = value
        self.log('wsdf', there.id)
        there = None
        value = None
        key = None

    def op_wentry(self, w, i, j, body, remove):
        m, key, value = self.w[w], self.o[i], self.o[j]
        if key is None or value is None:
            return
        there = m.find(key)
        there = there and there()
        own = living_key(m, key) if there is not None else None
        self.guarded(body)
        found = None
        if there is None:
            m.set(key, value)
        elif not remove:
            found = m.set(key, value)
        elif m.get(key) is there and living_key(m, key) is own:
            found = m.pop(key)
        # The entry is dropped, but not yet what it has returned.
        there = None
        own = None
        self.log('wentry', found and found.id)
        found = None
        value = None
        key = None

    def op_wretain(self, w, parity):
        m = self.w[w]
        if not is_settled(m):
            return
        items = [(k, v) for k, v in m.items() if (k.id + v.id) % 2 != parity]
        discard_dying(m)
        for k, v in items:
            m.pop(k)
        items = k = v = None

    def op_wextract(self, w, parity):
        m = self.w[w]
        if not is_settled(m):
            return
        items = [(k, v) for k, v in m.items() if (k.id + v.id) % 2 == parity]
        discard_dying(m)
        for k, v in items:
            m.pop(k)
        self.log('wextract', self.items_of_pairs(items))
        items = k = v = None

    def op_wdrain(self, w):
        m = self.w[w]
        if not is_settled(m):
            return
        items = m.items()
        self.take_all(m)
        self.log('wdrain', self.items_of_pairs(items), len(m))
        items = None

    # Queues of deaths.

    def op_qwatch(self, t, q, j, key):
        # differs: queues-of-deaths
        if self.o[j] is not None:
            queue = self.q[q]
            self.put_watch(t, ref(self.o[j], lambda handle: queue.append(key)))

    def put_watch(self, t, handle):
        old = self.t[t]
        own = old and old()
        self.t[t] = handle
        return own, old

    def op_qcancel(self, t):
        self.put_watch(t, None)

    def op_qforget(self, t):
        if self.t[t] is not None:
            self.forgotten.append(self.t[t])
            self.t[t] = None

    def op_qrecv(self, q):
        self.log('qrecv', self.q[q].pop(0) if self.q[q] else None)

    def op_qdrain(self, q):
        keys = list(self.q[q])
        self.q[q].clear()
        self.log('qdrain', keys)

    def op_qlen(self, q):
        self.log('qlen', len(self.q[q]))

    # Listeners.

    def listen(self, m, what, body):
        # differs: listeners
        if not self.walks and len(m.listeners) < 2:
            m.listeners.append((self, what, body))

    def op_onv(self, d, body):
        self.listen(self.d[d], 'onv', body)

    def op_onk(self, k, body):
        self.listen(self.k[k], 'onk', body)

    def op_ons(self, s, body):
        self.listen(self.s[s], 'ons', body)

    def op_onw(self, w, body):
        self.listen(self.w[w], 'onw', body)

    def op_gone(self):
        gone = [' '.join(map(str, words)) for words in self.gone]
        self.gone.clear()
        self.log('gone', ', '.join(sorted(gone)))

    # Threads: what is the same in every order, so here one after the other.

    def op_threads(self, count):
        # differs: threads
        if self.threaded >= 2:
            return
        self.threaded += 1
        values, keys, items = WeakValueDictionary(), WeakKeyDictionary(), WeakSet()
        pairs, queue, calls, made = PairDict(), [], [], []
        shared = Obj(9000, 9000)
        watched = ref(shared, lambda handle: calls.append(0))
        kept, forgotten = [], []
        for thread in range(3):
            mine = shared
            for i in range(count):
                number = 1000 + 100 * thread + i
                o = Obj(number, number)
                values[number] = o
                keys[o] = Val(i, None)
                items.add(o)
                pairs.set(o, mine)
                forgotten.append(ref(o, lambda handle, number=number: queue.append(number)))
                handle = ref(o, lambda handle: calls.append(0))
                forgotten.append(handle)
                if i % 2 == 0:
                    kept.append(o)
                o = None
            found = values.get(7)
            if found is None:
                made.append(0)
                values[7] = found = Obj(8000, 8000)
            kept.append(found)
        found = mine = None
        self.log('threads', len(values), len(keys), len(items), len(pairs), len(calls), len(made))
        self.log('threads', sorted(values), sorted(o.id for o in keys), sorted(queue))
        shared = None
        self.log('threads', len(pairs), len(calls))
        kept = None
        self.log('threads', len(values), len(keys), len(items), len(calls), len(queue))

    def op_raise(self):
        if self.depth > 1:
            raise Boom

    def end(self):
        """Drops all that is left."""
        self.fuel = 60
        self.log('end')
        for i in range(16):
            self.op_del(i)
        for i in range(16):
            self.op_rdel(i)
        for i in range(3):
            self.op_qcancel(i)
            self.op_fdel(i)
        for i in range(2):
            self.op_vlen(i)
            self.op_klen(i)
            self.op_wlen(i)
            self.op_qdrain(i)
        for i in range(3):
            self.op_slen(i)
        for i in range(2):
            self.empty_keys(self.k[i])
        for i in range(2):
            self.op_fndel(i)
        self.op_gone()
        self.log('hook', HOOK.count)
        self.ended = True
        HOOK.count = 0
        # What owns itself is left: nothing of it is to reach the next program.
        finalize._registry.clear()


def living_key(m, key):
    there = m.find(key)
    return there and m.stored(there)()


# Which proxies have a callback: they do not tell.
PROXIES = {}
LISTEN = {'onv', 'onk', 'ons', 'onw'}
OPERATIONS = {name[3:]: f for name, f in vars(State).items() if name.startswith('op_')}


def parse(line):
    bodies = []
    for body in line.split('|'):
        ops = []
        for op in filter(None, body.split(';')):
            name, *args = op.split()
            ops.append((OPERATIONS[name], name, tuple(map(int, args))))
        bodies.append(ops)
    return bodies


def main():
    for line in sys.stdin:
        line = line.rstrip('\n')
        if not line:
            # It asks for what has been written so far.
            sys.stdout.flush()
            continue
        if len(PROXIES) > 10_000:
            gc.collect()
            PROXIES.clear()
        bodies = parse(line)
        st = State(bodies, any(name in LISTEN for body in bodies for _, name, _ in body))
        st.guarded(0)
        st.end()
        print(' ; '.join(st.out))
        st = None
    sys.stdout.flush()
    os._exit(0)


main()
