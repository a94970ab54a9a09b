//! What the loop knows of timers and immediates: when the next is due and whether one keeps the
//! process alive. The queues themselves live in JS (`crust:web/timers`).

use jsc::Global;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// The clock and the figures that JS keeps up to date.
pub(crate) struct Timers {
    origin: Instant,
    deadline: Cell<f64>,
    refed: Cell<u32>,
    refed_immediates: Cell<u32>,
    pending_immediates: Cell<u32>,
    callbacks: RefCell<Option<Callbacks>>,
}

/// The functions that `registerTimers` received.
#[derive(Clone)]
pub(crate) struct Callbacks {
    pub(crate) run_timer: Global,
    pub(crate) run_immediate: Global,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
            deadline: Cell::new(-1.0),
            refed: Cell::new(0),
            refed_immediates: Cell::new(0),
            pending_immediates: Cell::new(0),
            callbacks: RefCell::new(None),
        }
    }
}

impl Timers {
    /// Milliseconds since the runtime started, monotonic.
    pub(crate) fn now(&self) -> f64 {
        self.origin.elapsed().as_secs_f64() * 1e3
    }

    pub(crate) fn set_callbacks(&self, callbacks: Callbacks) {
        *self.callbacks.borrow_mut() = Some(callbacks);
    }

    pub(crate) fn callbacks(&self) -> Option<Callbacks> {
        self.callbacks.borrow().clone()
    }

    /// When the next timer is due in [`Timers::now`]'s time; negative for none.
    pub(crate) fn set_deadline(&self, deadline: f64) {
        self.deadline.set(deadline);
    }

    pub(crate) fn set_counts(
        &self,
        refed_timers: u32,
        refed_immediates: u32,
        pending_immediates: u32,
    ) {
        self.refed.set(refed_timers);
        self.refed_immediates.set(refed_immediates);
        self.pending_immediates.set(pending_immediates);
    }

    pub(crate) fn is_referenced(&self) -> bool {
        self.refed.get() > 0 || self.refed_immediates.get() > 0
    }

    pub(crate) fn has_immediates(&self) -> bool {
        self.pending_immediates.get() > 0
    }

    pub(crate) fn is_due(&self) -> bool {
        let deadline = self.deadline.get();
        deadline >= 0.0 && deadline <= self.now()
    }

    /// How long until the next timer; `None` without one.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let deadline = self.deadline.get();
        (deadline >= 0.0).then(|| {
            // A timer never fires early: round up to the microsecond.
            let micros = ((deadline - self.now()).max(0.0) * 1e3).ceil();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative; saturates"
            )]
            Duration::from_micros(micros as u64)
        })
    }
}
