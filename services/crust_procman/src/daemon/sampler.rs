//! Processor time and memory of the instances, read when somebody asks or a limit must be held.

use std::collections::HashMap;

use crate::clock::boot_ms;
use crate::procfs::{Usage, tree_usage};

/// What is shown is at most this old.
const FRESH_MS: u64 = 900;

/// A process that has just started grows fast: what was seen of it before this age is not kept.
const YOUNG_MS: u64 = 2000;

/// The last two looks at a process.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measured {
    pub(super) memory: u64,
    /// Hundredths of a per cent of one processor.
    pub(super) cpu: u32,
    last_cpu_ms: u64,
    last_at: u64,
}

#[derive(Default)]
pub(super) struct Sampler {
    by_pid: HashMap<u32, Measured>,
    looked: u64,
    buffer: Vec<u8>,
}

impl Sampler {
    /// Looks at the processes, unless it just did.
    pub(super) fn look(&mut self, processes: &[(u32, u64)]) {
        let now = boot_ms();
        let fresh = now.saturating_sub(self.looked) < FRESH_MS;
        let is_young = |started: u64| now.saturating_sub(started) < YOUNG_MS;
        let known =
            |(pid, started): &(u32, u64)| self.by_pid.contains_key(pid) && !is_young(*started);
        if fresh && processes.iter().all(known) {
            return;
        }
        if !fresh {
            self.looked = now;
        }
        let mut by_pid = HashMap::with_capacity(processes.len());
        for (pid, started) in processes {
            let before = self.by_pid.get(pid).copied();
            if let (true, Some(before)) = (fresh && !is_young(*started), before) {
                by_pid.insert(*pid, before);
                continue;
            }
            let Some(usage) = tree_usage(*pid, &mut self.buffer) else {
                continue;
            };
            by_pid.insert(*pid, Measured::next(before, usage, *started, now));
        }
        self.by_pid = by_pid;
    }

    pub(super) fn of(&self, pid: Option<u32>) -> Measured {
        pid.and_then(|pid| self.by_pid.get(&pid))
            .copied()
            .unwrap_or_default()
    }
}

impl Measured {
    fn next(before: Option<Self>, usage: Usage, started: u64, now: u64) -> Self {
        let (last_cpu_ms, last_at) =
            before.map_or((0, started), |before| (before.last_cpu_ms, before.last_at));
        let elapsed = now.saturating_sub(last_at).max(1);
        let used = usage.cpu_ms.saturating_sub(last_cpu_ms);
        // Ticks are coarse: a process that has just started would show thousands of per cent.
        let cpu = if elapsed < 100 {
            before.map_or(0, |before| u64::from(before.cpu))
        } else {
            used * 10_000 / elapsed
        };
        Self {
            memory: usage.memory,
            cpu: u32::try_from(cpu).unwrap_or(u32::MAX),
            last_cpu_ms: usage.cpu_ms,
            last_at: now,
        }
    }
}
