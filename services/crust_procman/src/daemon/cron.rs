//! Restart times and a wall clock that people and time servers set. Pure: the time is an argument.
//!
//! What is over counts once, however many times a jump has skipped. A clock that goes back by less than
//! [`CORRECTION`] does not repeat what it has done; one that goes back further begins anew.

use chrono::{DateTime, TimeZone};

/// Clocks are corrected, and summer time ends, by less than this; in milliseconds.
const CORRECTION: i64 = 3 * 3_600_000;

/// One application's times.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    pattern: String,
    cron: croner::Cron,
    /// The next time, in milliseconds since 1970.
    due: Option<i64>,
    /// When one was served last.
    served: Option<i64>,
}

impl Schedule {
    /// The times of a pattern from now on.
    pub(super) fn new<Z: TimeZone>(pattern: &str, now: &DateTime<Z>) -> Option<Self> {
        let cron: croner::Cron = pattern.parse().ok()?;
        let mut schedule = Self {
            pattern: pattern.to_owned(),
            cron,
            due: None,
            served: None,
        };
        schedule.plan(now);
        Some(schedule)
    }

    pub(super) fn is_of(&self, pattern: &str) -> bool {
        self.pattern == pattern
    }

    /// Milliseconds until the next time.
    pub(super) fn left(&self, now: i64) -> Option<u64> {
        let left = self.due?.saturating_sub(now).max(0);
        u64::try_from(left).ok()
    }

    /// Whether a time has come. The next one is planned.
    pub(super) fn look<Z: TimeZone>(&mut self, now: &DateTime<Z>) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now.timestamp_millis());
        if is_due {
            self.served = Some(now.timestamp_millis());
        }
        self.plan(now);
        is_due
    }

    /// The next time after now, and after what was served already.
    fn plan<Z: TimeZone>(&mut self, now: &DateTime<Z>) {
        let wall = now.timestamp_millis();
        let ahead = |served: &i64| *served > wall && served - wall < CORRECTION;
        let from = match self.served.filter(ahead) {
            Some(served) => now.timezone().timestamp_millis_opt(served).single(),
            None => Some(now.clone()),
        };
        let next = from.and_then(|from| self.cron.find_next_occurrence(&from, false).ok());
        self.due = next.map(|next| next.timestamp_millis());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;
    use proptest::prelude::*;

    const DAY: i64 = 86_400_000;
    /// Some midnight.
    const START: i64 = 20_000 * DAY;

    fn at(wall: i64) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(wall).unwrap()
    }

    #[test]
    fn a_day_forward_is_one_restart_and_a_day_back_is_no_storm() {
        // Every hour.
        let mut schedule = Schedule::new("0 * * * *", &at(START + 1)).unwrap();
        assert_eq!(schedule.left(START + 1), Some(3_600_000 - 1));
        assert!(!schedule.look(&at(START + 2)));
        assert!(schedule.look(&at(START + DAY + 2)));
        assert!(!schedule.look(&at(START + DAY + 3)));
        // A day back: the next full hour of the new time, not a day of waiting.
        assert!(!schedule.look(&at(START + 2)));
        assert_eq!(schedule.left(START + 2), Some(3_600_000 - 2));
        assert!(schedule.look(&at(START + 3_600_000)));
    }

    #[test]
    fn an_hour_back_repeats_nothing() {
        let mut schedule = Schedule::new("30 2 * * *", &at(START)).unwrap();
        let due = START + 2 * 3_600_000 + 30 * 60_000;
        assert!(schedule.look(&at(due)));
        // Summer time ends: half past two comes a second time.
        assert!(!schedule.look(&at(due - 3_600_000)));
        assert_eq!(
            schedule.left(due - 3_600_000),
            Some(u64::try_from(DAY + 3_600_000).unwrap())
        );
        assert!(!schedule.look(&at(due)));
        assert!(schedule.look(&at(due + DAY)));
    }

    proptest! {
        /// However the clock moves, a restart is at a time of the pattern that was not served before, and never
        /// two at one moment.
        #[test]
        fn any_clock(steps in proptest::collection::vec(-2 * DAY..2 * DAY, 1..40)) {
            let mut schedule = Schedule::new("*/10 * * * *", &at(START)).unwrap();
            let mut wall = START;
            for step in steps {
                wall = (wall + step).max(DAY);
                let before = schedule.due;
                let fired = schedule.look(&at(wall));
                prop_assert_eq!(fired, before.is_some_and(|due| due <= wall));
                prop_assert!(!schedule.look(&at(wall)), "a second one at the same moment");
                let left = schedule.left(wall).unwrap();
                prop_assert!(left <= 600_000 + u64::try_from(CORRECTION).unwrap());
            }
        }
    }
}
