//! The natives of `crust:ops/core`: clock, timers, ticks, error handlers, exit, garbage collection
//! and the module system's.

use crate::event_loop::Callbacks;
use crate::op::{Call, Op, OpResult};
use crate::runtime::Runtime;
use crate::stack;
use jsc::Global;
use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

const OWN: &[Op] = &[
    Op::new("now", now),
    Op::new("timeOrigin", time_origin),
    Op::new("idleTime", idle_time),
    Op::new("registerTimers", register_timers),
    Op::new("setTimerDeadline", set_timer_deadline),
    Op::new("setRefCounts", set_ref_counts),
    Op::new("setTickCallback", set_tick_callback),
    Op::new("requestTick", request_tick),
    Op::new("setUncaughtHandler", set_uncaught_handler),
    Op::new("setRejectionHandler", set_rejection_handler),
    Op::new("setExitHandler", set_exit_handler),
    Op::new("reportUncaught", report_uncaught),
    Op::new("reallyExit", really_exit),
    Op::new("exitCode", exit_code),
    Op::new("setExitCode", set_exit_code),
    Op::new("setHandledHandler", set_handled_handler),
    Op::new("formatStack", format_stack),
    Op::new("stackFrames", stack_frames),
    Op::new("setPreparesStack", set_prepares_stack),
    Op::new("flush", flush),
    Op::new("isReferenced", is_referenced),
    Op::new("watchBuiltins", watch_builtins),
    Op::new("collectGarbage", collect_garbage),
    Op::new("heapUsage", heap_usage),
];

/// Every native of the core.
pub(crate) const OPS: &[&[Op]] = &[
    OWN,
    crate::modules::OPS,
    crate::modules::PLUGIN_OPS,
    crate::modules::MACRO_OPS,
    crate::modules::TESTING_OPS,
];

/// Milliseconds since the runtime started, fractional, monotonic.
fn now<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_number(cx.runtime().event_loop().timers.now()))
}

/// Milliseconds in which the event loop had nothing to do.
fn idle_time<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_number(cx.runtime().event_loop().idle().as_secs_f64() * 1e3))
}

/// When `now()` was 0, in milliseconds since the Unix epoch.
fn time_origin<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(cx.make_number(epoch.as_secs_f64() * 1e3 - cx.runtime().event_loop().timers.now()))
}

/// `registerTimers({runTimer, runImmediate})`.
fn register_timers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let object = cx.value(0);
    let callbacks = Callbacks {
        run_timer: Global::new(object.get("runTimer")?),
        run_immediate: Global::new(object.get("runImmediate")?),
    };
    cx.runtime().event_loop().timers.set_callbacks(callbacks);
    Ok(cx.undefined())
}

/// `setTimerDeadline(ms | -1)` in the time of `now()`.
fn set_timer_deadline<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().event_loop().timers.set_deadline(cx.number(0)?);
    Ok(cx.undefined())
}

/// `setRefCounts(refedTimers, refedImmediates, pendingImmediates)`.
fn set_ref_counts<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (timers, immediates, pending) = (cx.integer(0)?, cx.integer(1)?, cx.integer(2)?);
    cx.runtime()
        .event_loop()
        .timers
        .set_counts(timers, immediates, pending);
    Ok(cx.undefined())
}

fn keep<'s>(
    cx: &mut Call<'s>,
    slot: impl Fn(&Runtime) -> &RefCell<Option<Global>>,
) -> OpResult<'s> {
    let function = Global::new(cx.function(0)?);
    *slot(cx.runtime()).borrow_mut() = Some(function);
    Ok(cx.undefined())
}

/// The function that runs the nextTick queue; called when `requestTick` was.
fn set_tick_callback<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    keep(cx, |runtime| &runtime.tick)
}

/// Asks for the tick callback after the current callback.
fn request_tick<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().ticks_pending.set(true);
    Ok(cx.undefined())
}

/// `(error, origin) => handled`.
fn set_uncaught_handler<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    keep(cx, |runtime| &runtime.uncaught)
}

/// `(reason, promise) => handled`.
fn set_rejection_handler<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    keep(cx, |runtime| &runtime.rejected)
}

/// `(promise) => void` for rejections that are handled after they were reported.
fn set_handled_handler<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    keep(cx, |runtime| &runtime.handled)
}

/// `formatStack(header, frames)`: the text of a stack from the engine's frames.
fn format_stack<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (header, frames) = (cx.string(0)?, cx.string(1)?);
    Ok(cx.make_string(&stack::text(&header, &frames)))
}

/// `stackFrames(frames)`: `[function, file, line, column]` of each of the engine's frames.
fn stack_frames<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let list = cx.scope().array(&[])?;
    for (index, frame) in (0..).zip(stack::frames_of(&cx.string(0)?)) {
        let fields = [
            cx.make_string(&frame.function),
            cx.make_string(&frame.file),
            cx.make_number(f64::from(frame.line)),
            cx.make_number(f64::from(frame.column)),
        ];
        list.set_index(index, cx.scope().array(&fields)?)?;
    }
    Ok(list)
}

fn set_prepares_stack<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    stack::set_prepares(cx.boolean(0));
    Ok(cx.undefined())
}

/// `(event, code) => void` for `beforeExit` and `exit`.
fn set_exit_handler<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    keep(cx, |runtime| &runtime.exiting)
}

/// Reports an error of a callback whose caller goes on, such as an event listener's.
fn report_uncaught<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().report_within_turn(cx.scope(), cx.value(0));
    Ok(cx.undefined())
}

fn really_exit<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().exit_now(cx.integer(0)?)
}

fn exit_code<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_number(f64::from(cx.runtime().exit_code())))
}

fn set_exit_code<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().set_exit_code(cx.integer(0)?);
    Ok(cx.undefined())
}

/// Writes buffered output.
fn flush<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().flush();
    Ok(cx.undefined())
}

/// Whether something besides timers keeps the loop alive.
fn is_referenced<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let event_loop = cx.runtime().event_loop();
    Ok(cx.make_bool(event_loop.is_referenced() || event_loop.has_posted()))
}

fn collect_garbage<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.scope().collect_garbage();
    Ok(cx.undefined())
}

/// `[heapSize, heapCapacity, external, objects]` as of the last collection.
fn heap_usage<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let usage = cx.runtime().vm().memory_usage();
    let figures = [
        usage.heap_size,
        usage.heap_capacity,
        usage.external,
        usage.objects,
    ];
    cx.make_array(figures, jsc::Scope::number)
}

/// `watchBuiltins(watcher)`: calls it with the namespace of every public builtin module, when it is loaded.
fn watch_builtins<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().builtins.watch(cx.scope(), cx.value(0))?;
    Ok(cx.undefined())
}
