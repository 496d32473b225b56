"""What the same takes in CPython, for the scale: `python3 cpython.py [--test] [PART OF A NAME ..]`.

`compare` runs it at its end. It needs Python 3.7, and nothing but the standard library. The figures
contain a turn of the interpreter's loop; the first row says what that takes.
"""

import gc
import platform
import sys
import time
import weakref
from queue import SimpleQueue
from statistics import median

RUNS = 7
TEST = "--test" in sys.argv
FILTERS = [argument for argument in sys.argv[1:] if not argument.startswith("-")]

# The thread's processor time, as for the others, if the system reports it.
clock = getattr(time, "thread_time", time.process_time)


class Item:
    def __init__(self, data):
        self.data = data

    def double(self):
        return 2 * self.data


calls = 0


def count(*_):
    global calls
    calls += 1


def loop(n):
    start = clock()
    for _ in range(n):
        pass
    return clock() - start, 0


def create_drop(n):
    start = clock()
    for index in range(n):
        item = Item(index)
        del item
    return clock() - start, 0


def callback_create_die(n):
    start = clock()
    for index in range(n):
        item = Item(index)
        kept = weakref.ref(item, count)
        del item
        del kept
    return clock() - start, n


def finalize_create_die(n):
    start = clock()
    for index in range(n):
        item = Item(index)
        weakref.finalize(item, count)
        del item
    return clock() - start, n


def crowd(n):
    items = [Item(index) for index in range(n)]
    return items, [weakref.finalize(item, count) for item in items]


def finalize_call(n):
    items, finalizers = crowd(n)
    start = clock()
    for finalizer in finalizers:
        finalizer()
    spent = clock() - start
    assert not any(finalizer.alive for finalizer in finalizers) and len(items) == n
    return spent, n


def finalize_detach(n):
    items, finalizers = crowd(n)
    start = clock()
    for finalizer in finalizers:
        finalizer.detach()
    spent = clock() - start
    assert not any(finalizer.alive for finalizer in finalizers) and len(items) == n
    return spent, 0


def attribute(n):
    item = Item(7)
    start = clock()
    for _ in range(n):
        item.data
    return clock() - start, 0


def proxy_attribute(n):
    item = Item(7)
    proxy = weakref.proxy(item)
    start = clock()
    for _ in range(n):
        proxy.data
    spent = clock() - start
    assert proxy.data == item.data
    return spent, 0


def method_call(n):
    item = Item(7)
    start = clock()
    for _ in range(n):
        item.double()
    return clock() - start, 0


def weak_method_call(n):
    item = Item(7)
    method = weakref.WeakMethod(item.double)
    start = clock()
    for _ in range(n):
        method()()
    spent = clock() - start
    assert method()() == item.double()
    return spent, 0


def queue_watch_die_receive(n):
    queue = SimpleQueue()
    received = 0
    start = clock()
    for index in range(n):
        item = Item(index)
        kept = weakref.ref(item, queue.put)
        del item
        received += queue.get_nowait() is kept
        del kept
    spent = clock() - start
    assert received == n
    return spent, 0


WORKLOADS = [
    ("loop", loop, 200_000),
    ("object/create+drop", create_drop, 200_000),
    ("callback/create+die", callback_create_die, 200_000),
    ("finalize/create+die", finalize_create_die, 200_000),
    ("finalize/1e4/call", finalize_call, 10_000),
    ("finalize/1e4/detach", finalize_detach, 10_000),
    ("finalize/1e6/call", finalize_call, 1_000_000),
    ("finalize/1e6/detach", finalize_detach, 1_000_000),
    ("attribute", attribute, 200_000),
    ("proxy/attribute", proxy_attribute, 200_000),
    ("method/call", method_call, 200_000),
    ("WeakMethod/call", weak_method_call, 200_000),
    ("queue/watch+die+receive", queue_watch_die_receive, 200_000),
]


def nanoseconds(workload, n):
    before = calls
    spent, expected = workload(n)
    assert calls - before == expected, (workload.__name__, calls - before)
    return spent / n * 1e9


def main():
    wanted = [
        (name, workload, min(n, 64) if TEST else n)
        for name, workload, n in WORKLOADS
        if not FILTERS or any(part in name for part in FILTERS)
    ]
    if TEST:
        for _, workload, n in wanted:
            nanoseconds(workload, n)
        return
    if not wanted:
        return
    python = f"{platform.python_implementation()} {platform.python_version()}"
    figures = f"median of {RUNS} runs (of 3 at 1e6)"
    print(f"\n{python}, {figures}, its collector of cycles switched off:\n")
    print("| workload | median | min | max |")
    print("|---|--:|--:|--:|")
    for name, workload, n in wanted:
        runs = RUNS if n <= 200_000 else 3
        figures = [nanoseconds(workload, n) for _ in range(runs)]
        row = (f"{figure:.0f} ns" for figure in (median(figures), min(figures), max(figures)))
        print(f"| {name} | {' | '.join(row)} |", flush=True)


# From time to time it looks at all objects there are, to find cycles: there are none here.
gc.disable()
main()
