//! The hooks of the operating system: the end of the program, the end of a thread, and `fork`.
#![allow(unsafe_code)]

/// Registers the exit handler. Costs one load from the second call on.
///
/// # Panics
///
/// If the operating system has no room for one more exit handler.
#[inline]
pub(super) fn install() {
    #[cfg(all(not(weakref_loom), any(unix, windows)))]
    {
        static INSTALLED: std::sync::Once = std::sync::Once::new();
        // Forced, so that each call says what the system lacks, and not only the first one. If a
        // handler was installed before the failure, it is installed twice, and runs once.
        INSTALLED.call_once_force(|_| imp::install());
    }
}

/// Registers a destructor that runs when this thread ends.
#[inline]
pub(super) fn install_in_thread() {
    #[cfg(not(weakref_loom))]
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

        // If it has been dropped already, the thread is ending, and its finalizers have run.
        let _ = END.try_with(|_| ());
    }
}

/// Whether this is the main thread. False where the operating system does not provide that.
#[cfg_attr(weakref_loom, allow(dead_code))]
pub(super) fn is_main_thread() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: these functions have no preconditions, and only return numbers.
    return unsafe { libc::gettid() == libc::getpid() };
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd"))]
    // SAFETY: this function has no preconditions, and only returns a number.
    return unsafe { libc::pthread_main_np() == 1 };
    #[allow(unreachable_code)]
    false
}

#[cfg(all(not(weakref_loom), any(unix, windows)))]
mod imp {
    /// Registers the handlers.
    ///
    /// `atexit`, and not a destructor of the object file (the `dtor` crate, `.fini_array`): such a
    /// destructor runs after all `atexit` handlers, and in every program that links this crate. An
    /// `atexit` handler runs after `main` has returned or panicked and in `process::exit`, and not
    /// after `abort`.
    pub(super) fn install() {
        extern "C" fn ends() {
            crate::finalize::exit::program_ends();
        }

        // SAFETY: `ends` may be called at any time, on any thread, and does not unwind: finalizers
        // run in `catch_unwind`.
        let failed = unsafe { libc::atexit(ends) };
        assert!(
            failed == 0,
            "`finalize` needs an exit handler (`atexit`), and the system has no room for one more"
        );
        #[cfg(unix)]
        fork();
    }

    #[cfg(unix)]
    fn fork() {
        use crate::finalize::exit;

        extern "C" fn before() {
            exit::before_fork();
        }
        extern "C" fn parent() {
            exit::after_fork(false);
        }
        extern "C" fn child() {
            exit::after_fork(true);
        }

        // SAFETY: these functions do not unwind. The system calls `before` in the thread that
        // forks, and then `parent` or `child` in the same thread, so the locks are released by the
        // thread that has taken them. In the child, they use atomics, and the allocator, which the
        // C library makes usable there.
        let failed = unsafe { libc::pthread_atfork(Some(before), Some(parent), Some(child)) };
        assert!(
            failed == 0,
            "`finalize` needs a fork handler (`pthread_atfork`), and the system has no room for one \
             more"
        );
    }
}
