//! `WeakSet`, `PtrWeakSet`, `WeakWeakMap` and `PtrWeakWeakMap`.
