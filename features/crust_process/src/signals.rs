//! Signals: sending them, and delivering those a program listens to as events of the loop. A signal
//! without a listener keeps what the kernel does with it.

use crate::system;
use crust_core::{
    Call, GlobalValue, Interest, Op, OpError, OpResult, Readiness, Runtime, Scope, Source,
};
use rustix::pipe::{PipeFlags, pipe_with};
use std::cell::RefCell;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::sync::atomic::{AtomicI32, Ordering};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("signalNumbers", signal_numbers),
    Op::new("kill", kill),
    Op::new("watchSignal", watch_signal),
    Op::new("onSignal", on_signal),
];

macro_rules! signals {
    ($($name:ident)*) => {
        /// Names and numbers in Node's order (`os.constants.signals`).
        pub(crate) const SIGNALS: &[(&str, i32)] = &[$((stringify!($name), libc::$name),)*];
    };
}

signals! {
    SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGIOT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2
    SIGPIPE SIGALRM SIGTERM SIGCHLD SIGSTKFLT SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU
    SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPOLL SIGPWR SIGSYS
}

/// The first name of a signal.
pub(crate) fn name_of(signal: i32) -> Option<&'static str> {
    SIGNALS
        .iter()
        .find(|(_, number)| *number == signal)
        .map(|(name, _)| *name)
}

/// Where the handler writes signal numbers; -1 before the first listener.
static PIPE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn deliver(signal: i32) {
    if let Ok(byte) = u8::try_from(signal) {
        system::write_byte(PIPE.load(Ordering::Relaxed), byte);
    }
}

/// The reading end of the pipe and who is told.
#[derive(Default)]
struct Signals {
    pipe: RefCell<Option<(OwnedFd, OwnedFd)>>,
    listener: RefCell<Option<GlobalValue>>,
}

struct Reader;

impl Source for Reader {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        let runtime = Runtime::current();
        let signals = runtime.state::<Signals>();
        let mut bytes = [0_u8; 64];
        let count = match &*signals.pipe.borrow() {
            Some((reader, _)) => rustix::io::read(reader, &mut bytes).unwrap_or_default(),
            None => 0,
        };
        let Some(listener) = signals.listener.borrow().clone() else {
            return;
        };
        for signal in bytes.iter().take(count) {
            runtime.turn(|scope| {
                listener
                    .get(scope)
                    .call(&[scope.number(f64::from(*signal))])?;
                Ok(())
            });
        }
    }
}

/// `signalNumbers()`: names and numbers in turn.
fn signal_numbers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let array = cx.scope().array(&[])?;
    for (index, (name, number)) in (0..).step_by(2).zip(SIGNALS) {
        array.set_index(index, cx.make_string(name))?;
        array.set_index(index + 1, cx.make_number(f64::from(*number)))?;
    }
    Ok(array)
}

/// `kill(pid, signal)`.
fn kill<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (pid, signal) = (cx.integer(0)?, cx.integer(1)?);
    cx.runtime().flush();
    system::kill(pid, signal).map_err(|error| OpError::from_io(&error, "kill", None))?;
    Ok(cx.undefined())
}

/// `onSignal(listener)`: the function that gets the number of each signal.
fn on_signal<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let listener = GlobalValue::new(cx.function(0)?);
    *cx.runtime().state::<Signals>().listener.borrow_mut() = Some(listener);
    Ok(cx.undefined())
}

/// `watchSignal(number, watched)`: deliver it as an event, or leave it to the kernel again.
fn watch_signal<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (signal, watched): (i32, bool) = (cx.integer(0)?, cx.boolean(1));
    let failed = |error: std::io::Error| OpError::from_io(&error, "uv_signal_start", None);
    open_pipe(cx.runtime()).map_err(failed)?;
    system::set_signal_handler(signal, watched.then_some(deliver as extern "C" fn(i32)))
        .map_err(failed)?;
    Ok(cx.undefined())
}

fn open_pipe(runtime: &Runtime) -> std::io::Result<()> {
    let signals = runtime.state::<Signals>();
    if signals.pipe.borrow().is_some() {
        return Ok(());
    }
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    runtime
        .event_loop()
        .register(reader.as_raw_fd(), Interest::READ, Rc::new(Reader))?;
    PIPE.store(writer.as_raw_fd(), Ordering::Relaxed);
    *signals.pipe.borrow_mut() = Some((reader, writer));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn aliases_answer_their_first_name() {
        assert_eq!(name_of(libc::SIGTERM), Some("SIGTERM"));
        assert_eq!(name_of(libc::SIGABRT), Some("SIGABRT"));
        assert_eq!(name_of(0), None);
    }
}
