//! How long to wait before a restart. Pure arithmetic.

use super::instance::{Instance, State};
use crate::config::AppConfig;

/// Life after which earlier ends are forgotten.
pub(super) const STABLE: u64 = 30_000;
/// Restarts at once that an application gets although it never lives long: an operator who kills it now
/// and then should not wait, a program that ends every second should not run for ever at that pace.
const QUICK: u32 = 32;
/// First delay of the built-in backoff.
const BASE: u64 = 100;

/// What follows the end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Start again after so many milliseconds; 0 is at once.
    After(u64),
    /// It ended too often.
    GiveUp,
}

/// Counts an end after `uptime` and decides.
pub(super) fn after_end(
    instance: &mut Instance,
    config: &AppConfig,
    uptime: u64,
    jitter: u64,
) -> Next {
    debug_assert!(instance.state != State::Stopped);
    if uptime >= STABLE {
        instance.streak = 0;
    }
    let unstable = uptime < config.min_uptime;
    instance.unstable = if unstable { instance.unstable + 1 } else { 0 };
    instance.streak += 1;
    if unstable && instance.unstable > config.max_restarts {
        return Next::GiveUp;
    }
    if config.restart_delay > 0 {
        return Next::After(config.restart_delay);
    }
    let (base, step) = if config.exp_backoff > 0 {
        (config.exp_backoff, instance.streak)
    } else if unstable {
        (BASE, instance.unstable - 1)
    } else {
        (BASE, instance.streak.saturating_sub(QUICK))
    };
    if step == 0 {
        return Next::After(0);
    }
    let delay = base
        .saturating_mul(1 << (step - 1).min(20))
        .min(config.max_backoff);
    // A tenth more or less, so that what fell together does not rise together.
    let spread = delay / 5;
    Next::After(delay - spread / 2 + jitter.checked_rem(spread.max(1)).unwrap_or(0))
}
