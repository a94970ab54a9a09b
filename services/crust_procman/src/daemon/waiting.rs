//! Requests that are answered when something is reached: started, stopped, reloaded.

use serde_json::{Value, json};

use crate::supervisor::{Goal, State, Supervisor};

/// What a request waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Every instance runs, or has failed to.
    Up,
    /// No process is left.
    Down,
    /// The reloads of their applications are over.
    Reloaded,
}

/// One request that waits.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) connection: u64,
    pub(super) ids: Vec<u32>,
    /// Those not there yet.
    pub(super) left: Vec<u32>,
    pub(super) until: Until,
    /// Milliseconds of the clock; then it is answered as it is.
    pub(super) deadline: u64,
}

impl Waiter {
    /// Whether the answer can be given.
    pub(super) fn is_done(&mut self, supervisor: &Supervisor, now: u64) -> bool {
        let until = self.until;
        self.left.retain(|id| !reached(supervisor, *id, until));
        self.left.is_empty() || self.deadline <= now
    }

    /// What did not go as asked, by instance.
    pub(super) fn problems(&self, supervisor: &Supervisor) -> Vec<Value> {
        let mut problems = Vec::new();
        for id in &self.ids {
            let Some(instance) = supervisor.instance(*id) else {
                continue;
            };
            let Some(app) = supervisor.app(&instance.app) else {
                continue;
            };
            let failed = match self.until {
                Until::Up => matches!(instance.state, State::Errored | State::Backoff),
                Until::Reloaded => app.reload_problem.is_some() || instance.state == State::Errored,
                Until::Down => false,
            };
            if failed {
                let text = match (&app.reload_problem, self.until) {
                    (Some(problem), Until::Reloaded) => {
                        json!({"code": "not-ready", "text": format!("{problem}; the old process keeps serving")})
                    }
                    _ => super::view::why(instance, app),
                };
                problems.push(json!({"id": id, "name": app.config.name, "why": text}));
            } else if self.until == Until::Down
                && instance.goal == Goal::Up
                && instance.state == State::Online
            {
                let text = "another command has started it again";
                problems.push(json!({"id": id, "name": app.config.name, "why": {"code": "superseded", "text": text}}));
            } else if self.until == Until::Up && supervisor.waits_in_vain(*id) {
                let why = super::view::why(instance, app);
                problems.push(json!({"id": id, "name": app.config.name, "why": why}));
            } else if self.left.contains(id) {
                let text = format!("it is still {}", instance.state.name());
                problems.push(json!({"id": id, "name": app.config.name, "why": {"code": "timeout", "text": text}}));
            }
        }
        problems
    }
}

fn reached(supervisor: &Supervisor, id: u32, until: Until) -> bool {
    let Some(instance) = supervisor.instance(id) else {
        return true;
    };
    match until {
        Until::Up => {
            !matches!(instance.state, State::Launching | State::Stopping)
                || supervisor.waits_in_vain(id)
        }
        // Somebody else wants it up again and it is: nobody will see it down.
        Until::Down => {
            instance.goal == Goal::Up && instance.state == State::Online
                || !instance.has_process() && !matches!(instance.state, State::Stopping)
        }
        Until::Reloaded => {
            !supervisor.is_reloading(&instance.app)
                && instance.old.is_empty()
                && !matches!(instance.state, State::Launching | State::Stopping)
        }
    }
}
