//! Children that run beside the program: start, exit event, keep-alive. Their pipes are `pipes`.

use crate::command::{Spec, spawn_error};
use crate::signals::name_of;
use crate::system;
use crust_core::{
    Call, GlobalValue, Interest, KeepAlive, Op, OpResult, Readiness, Runtime, Scope, Source,
    SourceId, Value,
};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::rc::Rc;
use std::sync::Arc;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("childSpawn", spawn),
    Op::new("childRef", set_referenced),
];

/// One running child.
struct Child {
    pid: i32,
    /// Becomes readable when the child has ended.
    handle: OwnedFd,
    source: Cell<Option<SourceId>>,
    on_exit: GlobalValue,
    keep_alive: RefCell<Option<KeepAlive>>,
    key: Cell<usize>,
}

/// Every running child of a runtime.
#[derive(Default)]
struct Children {
    running: RefCell<Slab<Rc<Child>>>,
}

/// `childSpawn(spec, onExit) -> [id, pid, ...descriptors]`: -1 where no pipe is.
/// `onExit(code | null, signal | null, usage)`.
#[expect(clippy::cast_precision_loss, reason = "a slab index is small")]
fn spawn<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let spec = Spec::read(cx.value(0))?;
    let on_exit = GlobalValue::new(cx.function(1)?);
    let config = Arc::clone(&cx.runtime().process().config);
    cx.runtime().flush();
    let started = spec.start(&config).map_err(|error| spawn_error(&error))?;
    let handle = Pid::from_raw(started.pid)
        .ok_or(rustix::io::Errno::SRCH)
        .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()))
        .map_err(|error| spawn_error(&error.into()))?;
    let child = Rc::new(Child {
        pid: started.pid,
        handle,
        source: Cell::new(None),
        on_exit,
        keep_alive: RefCell::new(Some(cx.runtime().event_loop().keep_alive())),
        key: Cell::new(0),
    });
    let children = cx.runtime().state::<Children>();
    let key = children.running.borrow_mut().insert(Rc::clone(&child));
    child.key.set(key);
    let source = cx
        .runtime()
        .event_loop()
        .register(
            child.handle.as_raw_fd(),
            Interest::READ,
            Rc::<Child>::clone(&child),
        )
        .map_err(|error| spawn_error(&error))?;
    child.source.set(Some(source));
    let pipes = started
        .pipes
        .into_iter()
        .map(|pipe| pipe.map_or(-1, IntoRawFd::into_raw_fd));
    let head = [key as f64, f64::from(child.pid)];
    cx.make_array(head.into_iter().chain(pipes.map(f64::from)), Scope::number)
}

/// `childRef(id, referenced)`: whether the child keeps the process alive.
fn set_referenced<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, referenced): (usize, bool) = (cx.integer(0)?, cx.boolean(1));
    let children = cx.runtime().state::<Children>();
    if let Some(child) = children.running.borrow().get(key) {
        *child.keep_alive.borrow_mut() = referenced.then(|| cx.runtime().event_loop().keep_alive());
    }
    Ok(cx.undefined())
}

impl Source for Child {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        let runtime = Runtime::current();
        let (status, usage) = match system::reap(self.pid) {
            Ok(None) => return,
            Ok(Some(ended)) => (Some(ended.0), Some(ended.1)),
            // Somebody else waited for it: that it ended is all there is to know.
            Err(_) => (None, None),
        };
        if let Some(source) = self.source.take() {
            runtime.event_loop().deregister(source);
        }
        self.keep_alive.borrow_mut().take();
        let children = runtime.state::<Children>();
        let kept = children.running.borrow_mut().try_remove(self.key.get());
        runtime.turn(|scope| {
            let [code, signal] = outcome(scope, status);
            let usage = figures(scope, usage.as_ref())?;
            self.on_exit.get(scope).call(&[code, signal, usage])?;
            Ok(())
        });
        drop(kept);
    }
}

/// Exit code and signal name, one of them `null`.
pub(crate) fn outcome<'s>(scope: Scope<'s>, status: Option<i32>) -> [Value<'s>; 2] {
    let status = status.map(ExitStatus::from_raw);
    let code = status.and_then(|status| status.code());
    let signal = status.and_then(|status| status.signal()).and_then(name_of);
    [
        code.map_or_else(|| scope.null(), |code| scope.number(f64::from(code))),
        signal.map_or_else(|| scope.null(), |signal| scope.string(signal)),
    ]
}

/// `[maxRSS, userMicros, systemMicros, messagesSent, messagesReceived, signals, swaps, voluntary,
/// involuntary, blocksIn, blocksOut, sharedMemory]`.
#[expect(clippy::cast_precision_loss, reason = "counters stay far below 2^53")]
pub(crate) fn figures<'s>(
    scope: Scope<'s>,
    usage: Option<&libc::rusage>,
) -> Result<Value<'s>, crust_core::Exception<'s>> {
    let Some(usage) = usage else {
        return Ok(scope.undefined());
    };
    let micros = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    let all = [
        usage.ru_maxrss as f64 * 1024.0,
        micros(usage.ru_utime),
        micros(usage.ru_stime),
        usage.ru_msgsnd as f64,
        usage.ru_msgrcv as f64,
        usage.ru_nsignals as f64,
        usage.ru_nswap as f64,
        usage.ru_nvcsw as f64,
        usage.ru_nivcsw as f64,
        usage.ru_inblock as f64,
        usage.ru_oublock as f64,
        usage.ru_ixrss as f64,
    ];
    scope.array(&all.map(|figure| scope.number(figure)))
}
