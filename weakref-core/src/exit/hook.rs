//! Where the end is noticed: of a thread, of the program, and of what a fork inherits.
#![allow(unsafe_code)]

/// Sees to it that the end of the program is noticed. Costs one load from the second call on.
///
/// # Panics
///
/// If the operating system has no room for one more exit handler.
#[inline]
pub(super) fn install() {
    #[cfg(all(not(loom), any(unix, windows)))]
    {
        static INSTALLED: std::sync::Once = std::sync::Once::new();
        INSTALLED.call_once(imp::install);
    }
}

/// Sees to it that the end of this thread is noticed.
#[inline]
pub(super) fn install_in_thread() {
    #[cfg(not(loom))]
    {
        /// Dropped with the thread's other thread-locals.
        struct End;

        impl Drop for End {
            fn drop(&mut self) {
                super::thread_ends();
            }
        }

        thread_local! {
            static END: End = const { End };
        }

        // If it has been dropped already, so have the finalizers run: the thread is over.
        let _ = END.try_with(|_| ());
    }
}

/// Whether this is the main thread, as far as the operating system tells.
pub(super) fn is_main_thread() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: they only return numbers.
    return unsafe { libc::gettid() == libc::getpid() };
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd"))]
    // SAFETY: it only returns a number.
    return unsafe { libc::pthread_main_np() == 1 };
    #[allow(unreachable_code)]
    false
}

#[cfg(all(not(loom), any(unix, windows)))]
mod imp {
    /// `atexit` and not a destructor of the object file (the `dtor` crate, `.fini_array`): those run
    /// after every `atexit` handler, whoever uses this library or not, and before `main` there is
    /// nothing to know. It runs after `main` has returned or panicked and in `process::exit`, not
    /// after `abort`.
    pub(super) fn install() {
        extern "C" fn ends() {
            crate::exit::program_ends();
        }

        // SAFETY: the function may be called at any time, and does not unwind.
        let failed = unsafe { libc::atexit(ends) };
        assert!(failed == 0, "no room for an exit handler");
        #[cfg(unix)]
        fork();
    }

    #[cfg(unix)]
    fn fork() {
        use crate::exit::registry::SharedRegistry;

        extern "C" fn before() {
            SharedRegistry::before_fork();
        }
        extern "C" fn parent() {
            SharedRegistry::after_fork(false);
        }
        extern "C" fn child() {
            SharedRegistry::after_fork(true);
            crate::exit::has_forked();
        }

        // SAFETY: these may be called at any time and do not unwind; in the child, they use nothing
        // but atomics and memory that is there.
        let failed = unsafe { libc::pthread_atfork(Some(before), Some(parent), Some(child)) };
        assert!(failed == 0, "no room for a fork handler");
    }
}
