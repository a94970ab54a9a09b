//! One child process in the foreground: it is started, gets the signals we get, and its end is ours.
//! It never captures output.

use std::io;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};

use crate::outcome::Outcome;

/// The signals that a child should see although they were sent to us.
const FORWARDED: [i32; 8] = [
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH,
];

/// Starts `command`, waits for its end and forwards signals meanwhile.
pub(crate) fn run(command: &mut Command) -> io::Result<Outcome> {
    // Before the child exists, so that no signal ends us and leaves the child behind. A new program
    // starts with the default actions again.
    let mut signals = SignalsInfo::<WithOrigin>::new(FORWARDED)?;
    let handle = signals.handle();
    let mut child = command.spawn()?;
    let living = Arc::new(Mutex::new(process_id(&child)));
    let forwarder = {
        let living = Arc::clone(&living);
        std::thread::spawn(move || {
            for origin in &mut signals {
                forward(&living, &origin);
            }
        })
    };
    let outcome = wait(&mut child, &living);
    handle.close();
    // The forwarder holds nothing that could panic; its end is the end of the signals.
    let _ = forwarder.join();
    outcome
}

/// The process id of a child, as the kernel calls take it.
pub(crate) fn process_id(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// Waits for the child's end. Its id is taken out of `living` before it is reaped: until then the id is
/// the child's, afterwards it may be anybody's.
pub(crate) fn wait(child: &mut Child, living: &Mutex<Option<Pid>>) -> io::Result<Outcome> {
    if let Some(pid) = process_id(child) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(
            waitid(WaitId::Pid(pid), options),
            Err(rustix::io::Errno::INTR)
        ) {}
    }
    *living.lock().unwrap_or_else(PoisonError::into_inner) = None;
    child.wait().map(Outcome::from)
}

fn forward(living: &Mutex<Option<Pid>>, origin: &Origin) {
    // What the terminal sends goes to the whole foreground group, the child included.
    if matches!(origin.cause, Cause::Kernel) {
        return;
    }
    let living = living.lock().unwrap_or_else(PoisonError::into_inner);
    if let (Some(pid), Some(signal)) = (*living, Signal::from_named_raw(origin.signal)) {
        let _ = kill_process(pid, signal);
    }
}
