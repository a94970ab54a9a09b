//! Natives of `node:os`: what the kernel and the user database say about this machine. Answers are JSON
//! where they have many fields: one crossing instead of one per property.

use crust_core::{Call, Op, OpError, OpResult, Scope};
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::SockaddrStorage;
use nix::unistd::{Uid, User};
use rustix::process::{Pid, getpriority_process, setpriority_process};
use serde_json::{Value as Json, json};
use std::fs;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("osFacts", facts),
    Op::new("osMemory", memory),
    Op::new("osUptime", uptime),
    Op::new("osCpus", cpus),
    Op::new("osUser", user),
    Op::new("osInterfaces", interfaces),
    Op::new("osGetPriority", get_priority),
    Op::new("osSetPriority", set_priority),
];

/// `osFacts()`: what `uname` says, as JSON.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn facts<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let name = rustix::system::uname();
    let facts = json!({
        "hostname": name.nodename().to_string_lossy(),
        "system": name.sysname().to_string_lossy(),
        "release": name.release().to_string_lossy(),
        "version": name.version().to_string_lossy(),
        "machine": name.machine().to_string_lossy(),
    });
    Ok(cx.make_string(&facts.to_string()))
}

/// A number of bytes from a line such as `MemAvailable:  123 kB`.
fn meminfo(text: &str, key: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: f64 = line
        .trim_start_matches(':')
        .trim()
        .split(' ')
        .next()?
        .parse()
        .ok()?;
    Some(kibibytes * 1024.0)
}

/// `osMemory()`: total and available bytes, then the three load averages.
fn memory<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = meminfo(&text, "MemTotal").unwrap_or_default();
    let free = meminfo(&text, "MemAvailable").unwrap_or_default();
    let loads = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let loads = loads
        .split(' ')
        .take(3)
        .map(|load| load.parse().unwrap_or_default());
    let numbers: Vec<f64> = [total, free].into_iter().chain(loads).collect();
    cx.make_array(numbers, Scope::number)
}

/// `osUptime()`: seconds since the machine started.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn uptime<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = text
        .split(' ')
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or_default();
    Ok(cx.make_number(seconds))
}

/// `osCpus()`: the processors and how many this process may use, as JSON.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn cpus<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    let answer = json!({ "available": available, "cpus": processors(&info, &stat) });
    Ok(cx.make_string(&answer.to_string()))
}

/// Model and speed from `cpuinfo`, times from `stat`; one entry per `cpuN` line.
fn processors(info: &str, stat: &str) -> Vec<Json> {
    let field = |key: &str| -> Vec<&str> {
        let value =
            |line: &'_ str| -> Option<usize> { line.find(':').filter(|_| line.starts_with(key)) };
        info.lines()
            .filter_map(|line| value(line).map(|at| line.get(at + 1..).unwrap_or_default().trim()))
            .collect()
    };
    let (models, speeds) = (field("model name"), field("cpu MHz"));
    let rows = stat.lines().filter(|line| {
        line.strip_prefix("cpu")
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    });
    rows.enumerate()
        .map(|(index, row)| {
            // Ticks of 1/100 s, as `sysconf(_SC_CLK_TCK)` is on every Linux.
            let ticks: Vec<u64> = row.split_ascii_whitespace().skip(1).map(|tick| tick.parse().unwrap_or(0) * 10).collect();
            let tick = |at: usize| ticks.get(at).copied().unwrap_or(0);
            let speed = speeds.get(index).and_then(|speed| speed.split('.').next()?.parse().ok()).unwrap_or(0_u32);
            json!({
                "model": models.get(index).copied().unwrap_or("unknown"),
                "speed": speed,
                "times": { "user": tick(0), "nice": tick(1), "sys": tick(2), "idle": tick(3), "irq": tick(5) },
            })
        })
        .collect()
}

/// `osUser()`: the entry of the effective user, as JSON.
fn user<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let uid = Uid::effective();
    let missing = || {
        OpError::error(
            "A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)",
        )
        .code("ERR_SYSTEM_ERROR")
    };
    let user = User::from_uid(uid).ok().flatten().ok_or_else(missing)?;
    let answer = json!({
        "uid": user.uid.as_raw(),
        "gid": user.gid.as_raw(),
        "username": user.name,
        "homedir": user.dir,
        "shell": user.shell,
    });
    Ok(cx.make_string(&answer.to_string()))
}

/// `osInterfaces()`: the addresses of interfaces that are up, as JSON.
fn interfaces<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let failed =
        |errno: nix::Error| OpError::from_io(&errno.into(), "uv_interface_addresses", None);
    let all: Vec<InterfaceAddress> = getifaddrs().map_err(failed)?.collect();
    let rows: Vec<Json> = all
        .iter()
        .filter_map(|interface| interface_row(interface, &all))
        .collect();
    Ok(cx.make_string(&Json::Array(rows).to_string()))
}

fn interface_row(interface: &InterfaceAddress, all: &[InterfaceAddress]) -> Option<Json> {
    if !interface
        .flags
        .contains(InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING)
    {
        return None;
    }
    let address = interface.address.as_ref()?;
    let (address, family, scope) = ip_text(address)?;
    let netmask = interface
        .netmask
        .as_ref()
        .and_then(ip_text)
        .map_or(String::new(), |(text, _, _)| text);
    let mut hardware = all
        .iter()
        .filter(|other| other.interface_name == interface.interface_name);
    let hardware = hardware.find_map(|other| other.address.as_ref()?.as_link_addr()?.addr());
    let mac: Vec<String> = hardware
        .unwrap_or_default()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Some(json!({
        "name": interface.interface_name,
        "address": address,
        "netmask": netmask,
        "family": family,
        "mac": mac.join(":"),
        "internal": interface.flags.contains(InterfaceFlags::IFF_LOOPBACK),
        "scopeid": scope,
    }))
}

fn ip_text(address: &SockaddrStorage) -> Option<(String, &'static str, u32)> {
    if let Some(four) = address.as_sockaddr_in() {
        return Some((four.ip().to_string(), "IPv4", 0));
    }
    address
        .as_sockaddr_in6()
        .map(|six| (six.ip().to_string(), "IPv6", six.scope_id()))
}

/// `osGetPriority(pid)`: `[priority, errno]`.
fn get_priority<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pid = Pid::from_raw(cx.integer::<i32>(0)?);
    let (value, errno) = match getpriority_process(pid) {
        Ok(value) => (value, 0),
        Err(error) => (0, error.raw_os_error()),
    };
    cx.make_array([value, errno], |scope, number| {
        scope.number(f64::from(number))
    })
}

/// `osSetPriority(pid, priority)`: 0 or the errno.
fn set_priority<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pid = Pid::from_raw(cx.integer::<i32>(0)?);
    let outcome = setpriority_process(pid, cx.integer::<i32>(1)?);
    Ok(cx.make_number(f64::from(
        outcome.err().map_or(0, rustix::io::Errno::raw_os_error),
    )))
}

#[cfg(test)]
mod tests {
    use super::{meminfo, processors};

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(
            meminfo(
                "MemTotal:       2 kB\nMemAvailable:   1 kB\n",
                "MemAvailable"
            ),
            Some(1024.0)
        );
        assert_eq!(meminfo("", "MemTotal"), None);
        let rows = processors(
            "model name\t: A\ncpu MHz\t\t: 12.5\n",
            "cpu  1 2\ncpu0 1 2 3 4 5 6\nintr 1\n",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["model"], "A");
        assert_eq!(rows[0]["times"]["idle"], 40);
    }
}
