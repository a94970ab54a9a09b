//! Ctrl-C while files are being put in their places: that is finished first, so that nothing partial is left.
//! At any other time it ends the process at once, as nothing has been written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::CliError;

/// The signals that ask a build to end.
const ASKS: [(i32, usize); 3] = [(SIGHUP, 1), (SIGINT, 2), (SIGTERM, 15)];

/// Watches these signals for as long as the process lives.
#[derive(Debug)]
pub(super) struct Interrupts {
    /// Whether such a signal ends the process.
    at_once: Arc<AtomicBool>,
    /// The one that came meanwhile; 0 if none did.
    waiting: Arc<AtomicUsize>,
    /// Ends the process as the signal does.
    end: fn(i32),
}

impl Interrupts {
    pub(super) fn new() -> Result<Self, CliError> {
        let (at_once, waiting) = (Arc::new(AtomicBool::new(true)), Arc::default());
        let ignored = ignored();
        for (signal, number) in ASKS {
            if ignored & (1 << (signal - 1)) != 0 {
                continue;
            }
            let noted = signal_hook::flag::register_usize(signal, Arc::clone(&waiting), number);
            let ended =
                signal_hook::flag::register_conditional_default(signal, Arc::clone(&at_once));
            noted.and(ended).map_err(CliError::Signals)?;
        }
        let end = |signal| {
            // It does not come back from this.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        };
        Ok(Self {
            at_once,
            waiting,
            end,
        })
    }

    /// Does `work` to its end, and what a signal asked for meanwhile after it.
    pub(super) fn hold<T>(&self, work: impl FnOnce() -> T) -> T {
        self.at_once.store(false, Ordering::SeqCst);
        let done = work();
        self.at_once.store(true, Ordering::SeqCst);
        let waiting = self.waiting.load(Ordering::SeqCst);
        let asked = ASKS.iter().find(|(_, number)| *number == waiting);
        if let Some((signal, _)) = asked {
            (self.end)(*signal);
        }
        done
    }
}

/// The signals that whoever started us wants ignored, as `nohup` does: a bit each.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    static ENDED_BY: AtomicUsize = AtomicUsize::new(0);

    #[test]
    fn what_has_begun_is_finished_before_a_signal_ends_it() {
        let mut interrupts = Interrupts::new().unwrap();
        interrupts.end = |signal| {
            ENDED_BY.store(usize::try_from(signal).unwrap(), Ordering::SeqCst);
        };
        let done = interrupts.hold(|| {
            signal_hook::low_level::raise(SIGINT).unwrap();
            ENDED_BY.load(Ordering::SeqCst)
        });
        assert_eq!((done, ENDED_BY.load(Ordering::SeqCst)), (0, 2));
    }
}
