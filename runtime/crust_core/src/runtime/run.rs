//! Turns and the loop: how callbacks run, what follows each, and when the process may end
//! (Node's *event loop*, `process.nextTick()` and *process events* pages).

use super::{Runtime, UnhandledRejections};
use crate::event_loop::{Readiness, Source};
use jsc::{Exception, Global, Scope, Value};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Timers run per turn of the loop before I/O gets its chance.
const TIMERS_PER_TURN: usize = 10_000;
/// Posted events taken per turn of the loop.
const POSTED_PER_TURN: usize = 10_000;
/// Sources of the engine's run loop dispatched per turn.
const RUN_LOOP_PER_TURN: usize = 64;

/// Where an uncaught error came from (the second argument of `uncaughtException`).
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    Exception,
    Rejection,
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Self::Exception => "uncaughtException",
            Self::Rejection => "unhandledRejection",
        }
    }
}

impl Runtime {
    /// Runs one callback, then nextTicks and microtasks until none is left. Errors are reported as
    /// uncaught.
    pub fn turn(&self, work: impl for<'s> FnOnce(Scope<'s>) -> Result<(), Exception<'s>>) {
        // Within another turn (a native that calls back) the outer one finishes the job.
        let nested = self.depth.replace(self.depth.get() + 1) > 0;
        self.vm.locked(|scope| {
            if let Err(thrown) = work(scope) {
                self.report_uncaught(scope, thrown.value(), Origin::Exception);
            }
            if !nested {
                self.run_ticks(scope);
            }
        });
        self.depth.set(self.depth.get() - 1);
        if !nested {
            self.settle();
        }
    }

    /// Between two callbacks of one turn: nextTicks and microtasks that the first left, as if it had a
    /// turn of its own. Only for natives that no JavaScript called; within a nested turn it does nothing.
    pub fn checkpoint(&self, scope: Scope<'_>) {
        if self.depth.get() != 1 {
            return;
        }
        self.run_ticks(scope);
        self.vm.checkpoint();
        while self.ticks_pending.get() {
            self.run_ticks(scope);
            self.vm.checkpoint();
        }
    }

    /// After the microtasks of a turn: the nextTicks and rejections they left behind.
    fn settle(&self) {
        while self.ticks_pending.get() || !self.rejections.is_empty() {
            self.depth.set(1);
            self.vm.locked(|scope| {
                self.run_ticks(scope);
            });
            self.depth.set(0);
            self.report_rejections();
        }
        self.end_if_doomed();
        if self.rejections.has_reported() {
            self.report_handled();
        }
    }

    /// `rejectionHandled` for promises that got a handler after they were reported.
    fn report_handled(&self) {
        let Some(handler) = self.handled.borrow().clone() else {
            return;
        };
        self.vm.locked(|scope| {
            while let Some(promise) = self.rejections.next_handled(scope) {
                if let Err(thrown) = handler.get(scope).call(&[promise.get(scope)]) {
                    self.report_uncaught(scope, thrown.value(), Origin::Exception);
                }
            }
        });
    }

    fn run_ticks(&self, scope: Scope<'_>) {
        while self.ticks_pending.replace(false) {
            let Some(tick) = self.tick.borrow().clone() else {
                return;
            };
            if let Err(thrown) = tick.get(scope).call(&[]) {
                // The queue keeps what is behind the tick that threw.
                self.ticks_pending.set(true);
                self.report_uncaught(scope, thrown.value(), Origin::Exception);
            }
        }
    }

    fn report_rejections(&self) {
        while let Some(rejection) = self.rejections.next() {
            self.vm.locked(|scope| {
                let (promise, reason) = (rejection.promise.get(scope), rejection.reason.get(scope));
                self.report_rejection(scope, promise, reason);
            });
        }
    }

    fn report_rejection<'s>(&self, scope: Scope<'s>, promise: Value<'s>, reason: Value<'s>) {
        let mode = self.unhandled_rejections;
        if mode == UnhandledRejections::Strict {
            self.report_uncaught(scope, reason, Origin::Rejection);
        }
        let handler = self.rejected.borrow().clone();
        let handled =
            handler.is_some_and(
                |handler| match handler.get(scope).call(&[reason, promise]) {
                    Ok(handled) => handled.to_boolean(),
                    Err(thrown) => {
                        self.report_uncaught(scope, thrown.value(), Origin::Exception);
                        true
                    }
                },
            );
        if handled {
            self.rejections.reported(Global::new(promise));
        }
        match mode {
            UnhandledRejections::Throw if !handled => {
                self.report_uncaught(scope, reason, Origin::Rejection);
            }
            UnhandledRejections::Warn => self.warn_rejection(scope, reason),
            UnhandledRejections::WarnWithErrorCode if !handled => {
                self.warn_rejection(scope, reason);
                self.set_exit_code(1);
            }
            _ => {}
        }
    }

    /// By `process.emitWarning`, as programs can listen for it.
    fn warn_rejection<'s>(&self, scope: Scope<'s>, reason: Value<'s>) {
        let warned = self
            .builtin(scope, "crust:process/warnings")
            .and_then(|module| Ok(module.get("warnRejection")?.call(&[reason])?));
        if warned.is_ok() {
            return;
        }
        self.flush();
        (self.hooks.print_error)(&format!(
            "UnhandledPromiseRejectionWarning: {}\n",
            self.describe(scope, reason)
        ));
    }

    /// Reports an error that a callback threw and nobody can catch any more.
    pub fn report_error<'s>(&self, scope: Scope<'s>, error: Value<'s>) {
        self.report_uncaught(scope, error, Origin::Exception);
    }

    /// Hands an error to `uncaughtException` listeners; without one, prints it and ends the process.
    pub(crate) fn report_uncaught<'s>(&self, scope: Scope<'s>, error: Value<'s>, origin: Origin) {
        if !self.offer_uncaught(scope, error, origin) {
            self.die(scope, error, 1);
        }
    }

    /// Whether a listener of `uncaughtException` took the error.
    fn offer_uncaught<'s>(&self, scope: Scope<'s>, error: Value<'s>, origin: Origin) -> bool {
        let handler = self.uncaught.borrow().clone();
        handler.is_some_and(|handler| {
            match handler
                .get(scope)
                .call(&[error, scope.string(origin.name())])
            {
                Ok(handled) => handled.to_boolean(),
                Err(thrown) => self.die(scope, thrown.value(), 7),
            }
        })
    }

    /// An error of a callback whose caller goes on (an event listener, a microtask): without a
    /// listener it is printed now, and the process ends with the turn.
    pub(crate) fn report_within_turn<'s>(&self, scope: Scope<'s>, error: Value<'s>) {
        if !self.offer_uncaught(scope, error, Origin::Exception) {
            let text = self.describe(scope, error);
            self.flush();
            (self.hooks.print_error)(&text);
            self.doomed.set(true);
        }
    }

    /// Ends the process if an error was reported within the turn that is over.
    fn end_if_doomed(&self) {
        if self.doomed.get() {
            self.vm.locked(|scope| self.end(scope, 1));
        }
    }

    /// Prints `error`, emits `exit` and ends the process.
    fn die<'s>(&self, scope: Scope<'s>, error: Value<'s>, code: i32) -> ! {
        let text = self.describe(scope, error);
        self.flush();
        (self.hooks.print_error)(&text);
        self.end(scope, code)
    }

    /// Emits `exit` and ends the process.
    fn end(&self, scope: Scope<'_>, code: i32) -> ! {
        self.set_exit_code(code);
        self.emit_exit(scope);
        self.exit_now(if self.exit_code() == 0 {
            code
        } else {
            self.exit_code()
        })
    }

    /// An error as people see it: a diagnostic's own text, else the console's inspection.
    fn describe<'s>(&self, scope: Scope<'s>, error: Value<'s>) -> String {
        // Nothing to do where stacks are formatted at the source.
        let _ = self.core_function(scope, "formatError").call(&[error]);
        if let Some(rendered) = crate::modules::rendered(error) {
            return rendered;
        }
        let inspected = self
            .builtin(scope, "crust:console/fatal")
            .and_then(|module| Ok(module.get("describe")?.call(&[error])?.to_text()?));
        let mut text = inspected.unwrap_or_else(|_| plain(error));
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// Evaluates a program and runs the loop until nothing is pending. Answers the exit code.
    pub fn run_program(
        &self,
        start: impl for<'s> FnOnce(Scope<'s>) -> Result<Option<Value<'s>>, Exception<'s>>,
    ) -> i32 {
        let mut main: Option<Global> = None;
        self.turn(|scope| {
            main = self.track(scope, start(scope)?)?;
            Ok(())
        });
        self.run_until_idle();
        self.flush();
        if main.is_some_and(|promise| self.is_pending(&promise)) && self.exit_code() == 0 {
            self.set_exit_code(UNSETTLED_TOP_LEVEL_AWAIT);
            (self.hooks.print_error)(
                "Warning: the program ended before its top-level await was settled\n",
            );
        }
        self.keep_code();
        self.exit_code()
    }

    /// Starts something that must be settled before the program begins.
    pub fn run_first(
        &self,
        start: impl for<'s> FnOnce(Scope<'s>) -> Result<Option<Value<'s>>, Exception<'s>>,
    ) {
        let mut promise: Option<Global> = None;
        self.turn(|scope| {
            promise = self.track(scope, start(scope)?)?;
            Ok(())
        });
        while promise
            .as_ref()
            .is_some_and(|promise| self.is_pending(promise))
            && self.is_alive()
        {
            self.run_once();
        }
    }

    /// An object by which the state of a promise can be asked for at every engine level.
    fn track<'s>(
        &self,
        scope: Scope<'s>,
        promise: Option<Value<'s>>,
    ) -> Result<Option<Global>, Exception<'s>> {
        let track = |promise| {
            self.core_function(scope, "track")
                .call(&[promise])
                .map(Global::new)
        };
        promise.map(track).transpose()
    }

    fn is_pending(&self, tracked: &Global) -> bool {
        self.vm.locked(|scope| {
            tracked
                .get(scope)
                .get("pending")
                .is_ok_and(Value::to_boolean)
        })
    }

    /// Runs the loop, `beforeExit` and the loop again until both leave nothing, then `exit`.
    fn run_until_idle(&self) {
        loop {
            while self.is_alive() {
                self.run_once();
            }
            self.turn(|scope| self.emit(scope, "beforeExit"));
            if !self.is_alive() {
                break;
            }
        }
        self.vm.locked(|scope| self.emit_exit(scope));
    }

    fn emit<'s>(&self, scope: Scope<'s>, event: &str) -> Result<(), Exception<'s>> {
        let exiting = self.exiting.borrow().clone();
        if let Some(exiting) = exiting {
            let code = scope.number(f64::from(self.exit_code()));
            exiting.get(scope).call(&[scope.string(event), code])?;
        }
        Ok(())
    }

    /// Emits `exit`; an error in a listener ends the process with its own report.
    fn emit_exit(&self, scope: Scope<'_>) {
        if let Err(thrown) = self.emit(scope, "exit") {
            let text = self.describe(scope, thrown.value());
            self.flush();
            (self.hooks.print_error)(&text);
            self.exit_now(7);
        }
    }

    fn is_alive(&self) -> bool {
        let event_loop = self.event_loop();
        event_loop.is_referenced() || event_loop.timers.is_referenced() || event_loop.has_posted()
    }

    /// One turn of the loop: timers, posted events, I/O, immediates.
    fn run_once(&self) {
        self.run_timers();
        self.run_posted();
        if self.engine_due.replace(false) {
            self.run_engine_tasks();
        }
        self.flush();
        for (source, readiness) in self.poll() {
            self.run_source(&source, readiness);
        }
        self.run_after_io();
        self.run_posted();
        self.run_immediates();
    }

    /// Waits for what comes first. Whether the engine's run loop has something to do shows by its
    /// descriptor or its time, so that it is asked only then.
    fn poll(&self) -> Vec<(Rc<dyn Source>, Readiness)> {
        let (fds, engine_wait) = self
            .vm
            .main_context()
            .map(jsc::MainContext::poll_state)
            .unwrap_or_default();
        let start = if engine_wait.is_some() {
            Instant::now()
        } else {
            self.event_loop().now()
        };
        let ready = self.event_loop().poll(&fds, self.sleep_time(engine_wait));
        let waited = self.event_loop().now().saturating_duration_since(start);
        let is_due = engine_wait.is_some_and(|wait| waited >= wait);
        self.engine_due
            .set(is_due || self.event_loop().is_engine_ready());
        ready
    }

    fn run_source(&self, source: &Rc<dyn Source>, readiness: Readiness) {
        self.turn(|scope| {
            source.ready(scope, readiness);
            Ok(())
        });
    }

    /// What sources left for the end of the round. What this leaves again waits for the next round.
    fn run_after_io(&self) {
        for work in self.event_loop().take_after_io() {
            self.turn(|scope| {
                work.run(scope);
                Ok(())
            });
        }
    }

    fn sleep_time(&self, engine_wait: Option<Duration>) -> Option<Duration> {
        let event_loop = self.event_loop();
        if event_loop.timers.has_immediates()
            || event_loop.has_posted()
            || event_loop.has_after_io()
            || !self.is_alive()
        {
            return Some(Duration::ZERO);
        }
        match (event_loop.timers.wait(), engine_wait) {
            (Some(timer), Some(engine)) => Some(timer.min(engine)),
            (timer, engine) => timer.or(engine),
        }
    }

    fn run_timers(&self) {
        let timers = &self.event_loop().timers;
        let Some(callbacks) = timers.callbacks() else {
            return;
        };
        let now = timers.now();
        for _ in 0..TIMERS_PER_TURN {
            if !timers.is_due() {
                return;
            }
            let mut more = true;
            self.turn(|scope| {
                more = callbacks
                    .run_timer
                    .get(scope)
                    .call(&[scope.number(now)])?
                    .to_boolean();
                Ok(())
            });
            if !more {
                return;
            }
        }
    }

    fn run_immediates(&self) {
        let timers = &self.event_loop().timers;
        let Some(callbacks) = timers.callbacks().filter(|_| timers.has_immediates()) else {
            return;
        };
        let mut remaining = true;
        while remaining {
            self.turn(|scope| {
                remaining = callbacks.run_immediate.get(scope).call(&[])?.to_boolean();
                Ok(())
            });
        }
    }

    fn run_posted(&self) {
        use crate::event_loop::Posted;
        for _ in 0..POSTED_PER_TURN {
            let Some(task) = self.event_loop().next_posted() else {
                return;
            };
            self.turn(|scope| {
                match task {
                    Posted::Run(run) => run(scope),
                    Posted::Completed(key, outcome) => {
                        if let Some(finish) = self.event_loop().take_completion(key) {
                            finish(scope, outcome);
                        }
                    }
                }
                Ok(())
            });
        }
    }

    /// Dispatches what the engine posted to its run loop.
    fn run_engine_tasks(&self) {
        let Some(context) = self.vm.main_context() else {
            return;
        };
        self.depth.set(self.depth.get() + 1);
        context.iterate(RUN_LOOP_PER_TURN);
        self.depth.set(self.depth.get() - 1);
        self.turn(|_| Ok(()));
    }
}

/// Node's exit code 13: a top-level `await` never settled.
const UNSETTLED_TOP_LEVEL_AWAIT: i32 = 13;

/// An error without the help of any builtin module.
fn plain(error: Value<'_>) -> String {
    let stack = error
        .get("stack")
        .and_then(Value::to_text)
        .unwrap_or_default();
    if stack.is_empty() || stack == "undefined" {
        return error
            .to_text()
            .unwrap_or_else(|_| "an error without a text".to_owned());
    }
    stack
}
