//! The few system calls that have no safe form elsewhere, each behind a safe function. Knows no JS.
#![expect(
    unsafe_code,
    reason = "system calls of libc that rustix does not offer"
)]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;

/// Whose resources `getrusage` counts.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Process,
    Thread,
}

/// `getrusage`.
pub(crate) fn resource_usage(who: Who) -> io::Result<libc::rusage> {
    let who = match who {
        Who::Process => libc::RUSAGE_SELF,
        Who::Thread => libc::RUSAGE_THREAD,
    };
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is valid for one `rusage`, which the call fills when it answers 0.
    if unsafe { libc::getrusage(who, usage.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: filled by the successful call above.
    Ok(unsafe { usage.assume_init() })
}

/// `kill`.
pub(crate) fn kill(pid: i32, signal: i32) -> io::Result<()> {
    // SAFETY: takes two integers and touches no memory of ours.
    check(unsafe { libc::kill(pid, signal) })
}

/// The calls that change who the process is.
#[derive(Clone, Copy)]
pub(crate) enum SetId {
    User,
    Group,
    EffectiveUser,
    EffectiveGroup,
}

/// `setuid` and its relatives.
pub(crate) fn set_id(which: SetId, id: u32) -> io::Result<()> {
    // SAFETY: each takes one integer and touches no memory of ours.
    check(unsafe {
        match which {
            SetId::User => libc::setuid(id),
            SetId::Group => libc::setgid(id),
            SetId::EffectiveUser => libc::seteuid(id),
            SetId::EffectiveGroup => libc::setegid(id),
        }
    })
}

/// `setgroups`.
pub(crate) fn set_groups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: the pointer is valid for `len` group ids.
    check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) })
}

/// Sets what a signal does: a handler of ours or the kernel's default.
pub(crate) fn set_signal_handler(
    signal: i32,
    handler: Option<extern "C" fn(i32)>,
) -> io::Result<()> {
    // SAFETY: an all-zero `sigaction` is a valid one: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_flags = libc::SA_RESTART;
    action.sa_sigaction = handler.map_or(libc::SIG_DFL, |handler| handler as libc::sighandler_t);
    // SAFETY: the action is valid for the call, and handlers given here are async-signal-safe.
    check(unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) })
}

/// Writes one byte, in a signal handler.
pub(crate) fn write_byte(fd: i32, byte: u8) {
    // SAFETY: `write` is async-signal-safe and the pointer is valid for one byte. A full pipe has
    // already the wake-up that this would be, so the answer does not matter.
    unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
}

/// A descriptor by its number. The caller owns it or knows who does.
pub(crate) fn borrow<'a>(fd: i32) -> BorrowedFd<'a> {
    // SAFETY: used for one system call; a number that is not open gives EBADF.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// Descriptors a child receives beyond the first three, its session and its process name.
pub(crate) struct ChildSetup {
    /// Ours, the child's.
    pub(crate) descriptors: Vec<(i32, i32)>,
    /// Start a session of its own.
    pub(crate) detached: bool,
    /// Start a session whose terminal is standard input, if that is one.
    pub(crate) terminal: bool,
}

/// Applies the setup in the child, between fork and exec.
pub(crate) fn set_up(command: &mut std::process::Command, setup: ChildSetup) {
    use std::os::unix::process::CommandExt;
    // SAFETY: the closure calls only async-signal-safe functions and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            if (setup.detached || setup.terminal) && libc::setsid() < 0 {
                return Err(io::Error::last_os_error());
            }
            if setup.terminal && libc::isatty(0) == 1 && libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                return Err(io::Error::last_os_error());
            }
            for (from, to) in &setup.descriptors {
                let result = if from == to {
                    libc::fcntl(*from, libc::F_SETFD, 0)
                } else {
                    libc::dup2(*from, *to)
                };
                if result < 0 {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        });
    }
}

/// Asks for the end of a child without waiting for it: its wait status and what it used.
pub(crate) fn reap(pid: i32) -> io::Result<Option<(i32, libc::rusage)>> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers are valid for what the call writes.
    let result = unsafe { libc::wait4(pid, &raw mut status, libc::WNOHANG, usage.as_mut_ptr()) };
    match result {
        0 => Ok(None),
        // SAFETY: zeroed, which is a valid value, and filled by the successful call.
        1.. => Ok(Some((status, unsafe { usage.assume_init() }))),
        _ => Err(io::Error::last_os_error()),
    }
}

fn check(result: i32) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
