//! Waiting for the next request. Who asks again at once, again and again, is waited for without sleeping, for a
//! moment: falling asleep and being woken takes longer than the answer. Everybody else finds a sleeping daemon.

use std::io;
use std::time::{Duration, Instant};

use crate::poller::Poller;

/// A wait that was this short could have been spared.
const SHORT: Duration = Duration::from_micros(100);
/// So many of them in a row are a habit.
const HABIT: u32 = 3;
/// What is waited without sleeping. It bounds what a habit that ends costs: this much, once.
const SPIN: Duration = Duration::from_micros(50);

/// How the last waits were.
#[derive(Debug, Default)]
pub(super) struct Haste {
    short: u32,
}

impl Haste {
    /// Waits as [`Poller::wait`] does.
    pub(super) fn wait(
        &mut self,
        poller: &mut Poller,
        timeout: Option<Duration>,
    ) -> io::Result<Vec<u64>> {
        let begun = Instant::now();
        if self.is_habit() {
            while begun.elapsed() < SPIN {
                let tokens = poller.wait(Some(Duration::ZERO))?;
                if !tokens.is_empty() {
                    return Ok(tokens);
                }
                // Who asks may need this very processor.
                std::thread::yield_now();
            }
            self.short = 0;
        }
        let tokens = poller.wait(timeout)?;
        self.note(begun.elapsed(), tokens.is_empty());
        Ok(tokens)
    }

    fn is_habit(&self) -> bool {
        self.short >= HABIT
    }

    /// What a sleep was like.
    fn note(&mut self, slept: Duration, in_vain: bool) {
        self.short = if slept < SHORT && !in_vain {
            self.short + 1
        } else {
            0
        };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::poller::Interest;

    #[test]
    fn only_a_habit_is_waited_for_without_sleeping() {
        let mut haste = Haste::default();
        for _ in 0..HABIT - 1 {
            haste.note(Duration::from_micros(10), false);
        }
        assert!(!haste.is_habit());
        haste.note(Duration::from_micros(10), false);
        assert!(haste.is_habit());
        haste.note(Duration::from_millis(1), false);
        assert!(!haste.is_habit());
        // Timers that are due at once are nobody's haste.
        for _ in 0..10 {
            haste.note(Duration::ZERO, true);
        }
        assert!(!haste.is_habit());
    }

    #[test]
    fn a_habit_that_ends_is_forgotten_and_timeouts_hold() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut poller = Poller::new().unwrap();
        poller.add(&ours, 7, Interest::Read).unwrap();
        let mut haste = Haste { short: HABIT };
        let begun = Instant::now();
        assert!(
            haste
                .wait(&mut poller, Some(Duration::from_millis(20)))
                .unwrap()
                .is_empty()
        );
        assert!(begun.elapsed() >= Duration::from_millis(20) && !haste.is_habit());
        haste.short = HABIT;
        theirs.write_all(b"x").unwrap();
        assert_eq!(haste.wait(&mut poller, None).unwrap(), [7]);
        assert!(haste.is_habit());
    }
}
