//! What applications report of themselves: the delay of their event loop, their heap, requests served. One datagram
//! each, named by the key of the process; whatever is no report is dropped.

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::driver::Daemon;
use crate::clock::boot_ms;

/// A report is a few hundred bytes.
const LONGEST: usize = 1024;
/// Reports taken in one turn, so that a flood of them keeps nobody waiting.
const MOST_A_TURN: usize = 1000;
/// What is older says nothing about now.
const FRESH_MS: u64 = 15_000;

/// What a program sends.
#[derive(Debug, Deserialize)]
struct Report {
    key: String,
    pid: u32,
    lag: f64,
    lag_max: f64,
    heap: f64,
    requests: u64,
}

/// The last report of a process.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Vital {
    /// Milliseconds that the event loop was late, on average and at most, since the report before.
    pub(super) lag: f64,
    pub(super) lag_max: f64,
    /// Bytes of the JavaScript heap.
    pub(super) heap: f64,
    /// Since the start.
    pub(super) requests: u64,
    /// A second, since the report before.
    pub(super) rate: f64,
    at: u64,
}

/// What lists show of a report.
#[derive(Debug, Serialize)]
pub(super) struct VitalFields {
    lag: f64,
    lag_max: f64,
    heap: f64,
    requests: u64,
    request_rate: f64,
}

/// The reports, by the key of the process.
#[derive(Default)]
pub(super) struct Vitals {
    last: HashMap<String, Vital>,
}

/// The socket that takes reports. One that is left of a daemon before us is replaced.
pub(super) fn listen(path: &Path) -> io::Result<UnixDatagram> {
    let _ = std::fs::remove_file(path);
    let socket = UnixDatagram::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

impl Vitals {
    pub(super) fn of(&self, key: &str) -> Option<Vital> {
        let vital = self.last.get(key).copied()?;
        (boot_ms().saturating_sub(vital.at) < FRESH_MS).then_some(vital)
    }

    fn take(&mut self, report: &Report) {
        let now = boot_ms();
        let before = self.last.get(&report.key).copied();
        let rate = before.map_or(0.0, |before| {
            let elapsed = now.saturating_sub(before.at).max(1);
            let more = report.requests.saturating_sub(before.requests);
            to_f64(more) * 1000.0 / to_f64(elapsed)
        });
        let vital = Vital {
            lag: sane(report.lag),
            lag_max: sane(report.lag_max),
            heap: sane(report.heap),
            requests: report.requests,
            rate,
            at: now,
        };
        self.last.insert(report.key.clone(), vital);
    }
}

/// A number that can be shown and stored.
fn sane(number: f64) -> f64 {
    if number.is_finite() {
        number.max(0.0)
    } else {
        0.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "rates need no 53 bits")]
fn to_f64(number: u64) -> f64 {
    number as f64
}

impl Daemon {
    /// Reports have arrived.
    pub(super) fn read_vitals(&mut self, socket: &UnixDatagram) {
        let mut bytes = [0_u8; LONGEST];
        for _ in 0..MOST_A_TURN {
            let Ok(length) = socket.recv(&mut bytes) else {
                break;
            };
            let report = bytes.get(..length).unwrap_or_default();
            let Ok(report) = serde_json::from_slice::<Report>(report) else {
                continue;
            };
            // Children of an application inherit its key; only its main process speaks for it.
            let is_own = self
                .supervisor
                .instance_of(&report.key)
                .and_then(|instance| instance.process(&report.key)?.pid)
                .is_some_and(|pid| pid == report.pid);
            if is_own {
                self.vitals.take(&report);
            }
        }
    }

    /// Reports of processes that are gone go too.
    pub(super) fn forget_vitals(&mut self) {
        let supervisor = &self.supervisor;
        self.vitals
            .last
            .retain(|key, _| supervisor.instance_of(key).is_some());
    }

    /// The fields that a row has of its process's reports.
    pub(super) fn vital_fields(&self, key: Option<&str>) -> Option<VitalFields> {
        let vital = self.vitals.of(key?)?;
        Some(VitalFields {
            lag: vital.lag,
            lag_max: vital.lag_max,
            heap: vital.heap,
            requests: vital.requests,
            request_rate: vital.rate,
        })
    }
}
