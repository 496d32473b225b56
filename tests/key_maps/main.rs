//! `WeakKeyMap` and `PtrWeakKeyMap`.
