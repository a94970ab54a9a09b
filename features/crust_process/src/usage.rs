//! Natives about memory and processor time.

use crate::system::{Who, resource_usage};
use crust_core::{Call, Op, OpError, OpResult, Scope};
use std::fs;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("residentMemory", resident_memory),
    Op::new("resourceUsage", resources),
    Op::new("constrainedMemory", constrained_memory),
    Op::new("availableMemory", available_memory),
    Op::new("uptime", uptime),
    Op::new("hrtime", hrtime),
];

/// Bytes of physical memory in use.
fn resident_memory<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pages = fs::read_to_string("/proc/self/statm")
        .map_err(|error| OpError::from_io(&error, "uv_resident_set_memory", None))?
        .split(' ')
        .nth(1)
        .and_then(|field| field.parse::<f64>().ok())
        .unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "page sizes are small")]
    let page = rustix::param::page_size() as f64;
    Ok(cx.make_number(pages * page))
}

/// `resourceUsage(ofThread)`: the figures of `process.resourceUsage()` in the order of its fields.
#[expect(clippy::cast_precision_loss, reason = "counters stay far below 2^53")]
fn resources<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let who = if cx.boolean(0) {
        Who::Thread
    } else {
        Who::Process
    };
    let usage =
        resource_usage(who).map_err(|error| OpError::from_io(&error, "uv_getrusage", None))?;
    let micros = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    let figures = [
        micros(usage.ru_utime),
        micros(usage.ru_stime),
        usage.ru_maxrss as f64,
        usage.ru_ixrss as f64,
        usage.ru_idrss as f64,
        usage.ru_isrss as f64,
        usage.ru_minflt as f64,
        usage.ru_majflt as f64,
        usage.ru_nswap as f64,
        usage.ru_inblock as f64,
        usage.ru_oublock as f64,
        usage.ru_msgsnd as f64,
        usage.ru_msgrcv as f64,
        usage.ru_nsignals as f64,
        usage.ru_nvcsw as f64,
        usage.ru_nivcsw as f64,
    ];
    cx.make_array(figures, Scope::number)
}

/// The control group's limit, 0 without one.
fn constrained_memory<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_number(group_limit().unwrap_or_default()))
}

fn group_limit() -> Option<f64> {
    [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ]
    .iter()
    .find_map(|path| fs::read_to_string(path).ok())
    .and_then(|text| text.trim().parse().ok())
}

/// What the kernel says can still be used.
fn available_memory<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .unwrap_or_default();
    Ok(cx.make_number(kilobytes * 1024.0))
}

/// Seconds since the kernel started this process.
fn uptime<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let started = fs::read_to_string("/proc/self/stat").ok().and_then(|text| {
        // The second field is a name in parentheses that may hold anything.
        let fields = text.rsplit_once(") ")?.1;
        fields.split(' ').nth(19)?.parse::<f64>().ok()
    });
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds and nanoseconds are small"
    )]
    let now = now.tv_sec as f64 + now.tv_nsec as f64 / 1e9;
    #[expect(clippy::cast_precision_loss, reason = "a hundred or a thousand")]
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    Ok(cx.make_number(started.map_or(0.0, |started| (now - started / ticks).max(0.001))))
}

/// `hrtime(target)`: the monotonic clock into 24 bytes: seconds and nanoseconds as doubles, then all of
/// it in nanoseconds as an unsigned integer.
fn hrtime<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let target = cx.bytes_mut(0)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds and nanoseconds are small"
    )]
    let (seconds, nanoseconds) = (now.tv_sec as f64, now.tv_nsec as f64);
    let total = now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned();
    let words = [
        seconds.to_ne_bytes(),
        nanoseconds.to_ne_bytes(),
        total.to_ne_bytes(),
    ];
    for (bytes, word) in target.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word);
    }
    Ok(cx.undefined())
}
