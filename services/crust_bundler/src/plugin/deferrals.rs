//! `defer()` of `onLoad`: which modules of a run are under way, and who waits until all others are loaded. A module is
//! under way from when an import of it is resolved until its own imports are resolved, so between a module and what it
//! brings there is no moment at which nothing is. Loads nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Notify;

/// Called once, when nothing else is under way.
type Then = Box<dyn FnOnce() + Send>;

/// How often a deferred load looks whether the tasks that it waits for still exist. A module that does not parse ends
/// its task without a word, so only builds that fail wait for this.
const LOOK: Duration = Duration::from_millis(20);
/// What is expected in vain for so long, with no task left, will not come; only where an import led nowhere.
const IN_VAIN: Duration = Duration::from_secs(1);

/// How far a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Something imports it.
    Expected,
    /// It is loaded or parsed, or its imports are resolved.
    Started,
    /// Its `onLoad` waits for the others.
    Deferred,
}

#[derive(Default)]
struct State {
    open: BTreeMap<String, Stage>,
    /// How many of these are not deferred.
    busy: usize,
    /// All modules of the run so far.
    seen: BTreeSet<String>,
    waiting: Vec<Then>,
    /// An import led nowhere: what else its module imports may be expected in vain.
    is_doubtful: bool,
    /// Since when no task has been left.
    quiet: Option<Instant>,
}

/// The modules of a run.
#[derive(Default)]
pub(crate) struct Deferrals {
    state: Mutex<State>,
    /// Tasks of this build that only wait: for other modules, or for a worker's build.
    resting: Arc<AtomicUsize>,
}

impl fmt::Debug for Deferrals {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Deferrals").finish_non_exhaustive()
    }
}

impl Deferrals {
    /// For the build of a worker, whose tasks are on the same threads.
    pub(super) fn of_worker(&self) -> Self {
        Self {
            resting: Arc::clone(&self.resting),
            ..Self::default()
        }
    }

    fn change(&self, change: impl FnOnce(&Self, &mut State)) {
        let due = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.quiet = None;
            change(self, &mut state);
            self.due(&mut state)
        };
        for then in due {
            then();
        }
    }

    /// What is to be called now. Who was deferred goes on.
    fn due(&self, state: &mut State) -> Vec<Then> {
        if state.busy > 0 || state.waiting.is_empty() {
            return Vec::new();
        }
        for stage in state.open.values_mut() {
            *stage = Stage::Started;
        }
        state.busy = state.open.len();
        self.resting.fetch_sub(state.busy, Ordering::Relaxed);
        std::mem::take(&mut state.waiting)
    }

    /// Where a module is now; `None` when it is done.
    fn set(&self, state: &mut State, id: &str, stage: Option<Stage>) {
        let was = match stage {
            Some(stage) => state.open.insert(id.to_owned(), stage),
            None => state.open.remove(id),
        };
        match was {
            Some(Stage::Deferred) => drop(self.resting.fetch_sub(1, Ordering::Relaxed)),
            Some(_) => state.busy = state.busy.saturating_sub(1),
            None => {}
        }
        match stage {
            Some(Stage::Deferred) => drop(self.resting.fetch_add(1, Ordering::Relaxed)),
            Some(_) => state.busy += 1,
            None => {}
        }
    }

    /// Forgets the modules that are not deferred.
    fn give_up_busy(state: &mut State) {
        state.open.retain(|_, stage| *stage == Stage::Deferred);
        state.busy = 0;
    }

    /// Another run reads its modules anew.
    pub(crate) fn begin(&self) {
        self.end();
        self.change(|_, state| state.seen.clear());
    }

    /// The run is over, whatever came of it.
    pub(crate) fn end(&self) {
        self.change(|_, state| Self::give_up_busy(state));
    }

    /// An import leads to this module.
    pub(super) fn expect(&self, id: &str) {
        self.change(|this, state| {
            if state.seen.insert(id.to_owned()) {
                this.set(state, id, Some(Stage::Expected));
            }
        });
    }

    /// An import leads nowhere.
    pub(super) fn doubt(&self) {
        self.change(|_, state| state.is_doubtful = true);
    }

    pub(super) fn start(&self, id: &str) {
        self.change(|this, state| {
            state.seen.insert(id.to_owned());
            this.set(state, id, Some(Stage::Started));
        });
    }

    /// The module and where its imports lead are known.
    pub(super) fn finish(&self, id: &str) {
        self.change(|this, state| this.set(state, id, None));
    }

    /// Waits for something that is no module of this run.
    pub(super) fn rest(&self) -> Rest {
        self.resting.fetch_add(1, Ordering::Relaxed);
        Rest(Arc::clone(&self.resting))
    }

    fn is_deferred(&self, id: &str) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.open.get(id) == Some(&Stage::Deferred)
    }

    /// Gives up modules whose tasks have ended without being finished.
    fn look(&self) {
        let due = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever has started and is neither done nor resting has a task, or failed. Counted while nobody can
            // start.
            let alive = Handle::current().metrics().num_alive_tasks();
            if alive > self.resting.load(Ordering::Relaxed) {
                state.quiet = None;
                return;
            }
            // What is expected gets its task as soon as rolldown reads what its importer's task said.
            let is_expected = state.open.values().any(|stage| *stage == Stage::Expected);
            let quiet = state.quiet.get_or_insert_with(Instant::now).elapsed();
            if is_expected && !(state.is_doubtful && quiet >= IN_VAIN) {
                return;
            }
            Self::give_up_busy(&mut state);
            self.due(&mut state)
        };
        for then in due {
            then();
        }
    }
}

/// A task that only waits, as long as this exists.
pub(super) struct Rest(Arc<AtomicUsize>);

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct Load {
    run: Arc<Deferrals>,
    id: String,
    deferred: Notify,
}

/// What `defer()` of a load does.
#[derive(Clone, Debug)]
pub struct Deferral(Option<Arc<Load>>);

impl Deferral {
    /// For what is loaded when all modules are.
    pub(crate) const NONE: Self = Self(None);

    pub(super) fn new(run: &Arc<Deferrals>, id: &str) -> Self {
        Self(Some(Arc::new(Load {
            run: Arc::clone(run),
            id: id.to_owned(),
            deferred: Notify::new(),
        })))
    }

    /// Calls `then` once all modules are loaded that are not deferred themselves, or the build is over.
    pub fn wait(&self, then: impl FnOnce() + Send + 'static) {
        let Some(load) = &self.0 else {
            then();
            return;
        };
        load.run.change(|run, state| {
            if state.open.contains_key(&load.id) {
                run.set(state, &load.id, Some(Stage::Deferred));
            }
            state.waiting.push(Box::new(then));
        });
        load.deferred.notify_one();
    }

    /// The load has its answer, which is about to be given.
    pub fn resume(&self) {
        if let Some(load) = &self.0
            && load.run.is_deferred(&load.id)
        {
            load.run.start(&load.id);
        }
    }

    /// Waits for the answer of a load, which may be deferred meanwhile.
    pub(super) async fn load<T>(&self, answer: impl Future<Output = T>) -> T {
        let Some(load) = &self.0 else {
            return answer.await;
        };
        let mut answer = pin!(answer);
        loop {
            let is_deferred = load.run.is_deferred(&load.id);
            tokio::select! {
                biased;
                answer = &mut answer => return answer,
                () = load.deferred.notified(), if !is_deferred => {}
                () = tokio::time::sleep(LOOK), if is_deferred => load.run.look(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    fn wait(deferral: &Deferral) -> Arc<AtomicBool> {
        let called = Arc::new(AtomicBool::new(false));
        let here = Arc::clone(&called);
        deferral.wait(move || here.store(true, Ordering::Relaxed));
        called
    }

    fn is(called: &Arc<AtomicBool>) -> bool {
        called.load(Ordering::Relaxed)
    }

    #[test]
    fn deferred_modules_wait_for_what_others_bring() {
        let run = Arc::new(Deferrals::default());
        run.start("a");
        let (first, second) = (Deferral::new(&run, "b"), Deferral::new(&run, "c"));
        for id in ["b", "c", "d"] {
            run.expect(id);
        }
        run.start("b");
        run.start("c");
        let called = [wait(&first), wait(&second)];
        run.finish("a");
        run.start("d");
        run.expect("e");
        run.finish("d");
        assert!(!called.iter().any(is));
        run.start("e");
        run.finish("e");
        assert!(called.iter().all(is));
        // They go on, and what they bring may be deferred in turn.
        run.expect("f");
        run.start("f");
        let third = wait(&Deferral::new(&run, "f"));
        run.finish("b");
        assert!(!is(&third));
        run.finish("c");
        assert!(is(&third));
        assert_eq!(run.resting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn who_answers_without_waiting_counts_again() {
        let run = Arc::new(Deferrals::default());
        run.start("a");
        run.start("b");
        let deferral = Deferral::new(&run, "a");
        let called = wait(&deferral);
        deferral.resume();
        run.finish("b");
        assert!(!is(&called));
        run.finish("a");
        assert!(is(&called));
    }

    #[test]
    fn the_end_of_a_run_ends_all_waiting() {
        let run = Arc::new(Deferrals::default());
        run.start("a");
        run.expect("b");
        let called = wait(&Deferral::new(&run, "a"));
        run.end();
        assert!(is(&called));
    }
}
