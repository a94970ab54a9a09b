//! Reload: a new process next to the old one, the old one ended when the new one is ready. One instance
//! of an application at a time.

use super::instance::{Process, Reason, State};
use super::lifecycle::new_process;
use super::{Effect, Refusal, Supervisor};

impl Supervisor {
    /// Reloads instances one after the other; those that do not run are started.
    ///
    /// # Errors
    /// A reload of one of their applications is under way.
    pub fn reload(&mut self, ids: &[u32], now: u64) -> Result<(), Refusal> {
        let apps: Vec<String> = {
            let mut apps: Vec<String> = ids
                .iter()
                .filter_map(|id| Some(self.instances.get(id)?.app.clone()))
                .collect();
            apps.dedup();
            apps
        };
        if let Some(app) = apps.iter().find(|app| self.is_reloading(app)) {
            let name = self
                .apps
                .get(app)
                .map(|app| app.config.name.clone())
                .unwrap_or_default();
            return Err(Refusal::new(
                "RELOADING",
                format!("\"{name}\" is being reloaded already"),
            ));
        }
        for id in ids {
            let running = self
                .instances
                .get(id)
                .is_some_and(|instance| instance.state == State::Online);
            if !running {
                self.start(*id, now);
                continue;
            }
            let app = self.instances.get(id).map(|instance| instance.app.clone());
            if let Some(app) = app.and_then(|app| self.apps.get_mut(&app)) {
                app.reload_problem = None;
                app.reloads.push_back(*id);
            }
        }
        for app in apps {
            self.reload_next(&app, now);
        }
        Ok(())
    }

    /// Whether an application has a reload under way.
    #[must_use]
    pub fn is_reloading(&self, app: &str) -> bool {
        self.apps.get(app).is_some_and(|app| {
            !app.reloads.is_empty()
                || app.instances.iter().any(|id| {
                    self.instances
                        .get(id)
                        .is_some_and(|instance| instance.next.is_some())
                })
        })
    }

    /// The reload of an instance is over in another way than by its new process: the others go on.
    pub(super) fn go_on_reloading(&mut self, id: u32, now: u64) {
        let app = self.instances.get(&id).map(|instance| instance.app.clone());
        if let Some(app) = app {
            self.reload_next(&app, now);
        }
    }

    fn reload_next(&mut self, app: &str, now: u64) {
        let Some(id) = self
            .apps
            .get_mut(app)
            .and_then(|app| app.reloads.pop_front())
        else {
            return;
        };
        let Some(instance) = self.instances.get_mut(&id) else {
            return self.reload_next(app, now);
        };
        if instance.state != State::Online || instance.next.is_some() {
            return self.reload_next(app, now);
        }
        let process: Process = new_process(now);
        let key = process.key.clone();
        instance.next = Some(process);
        self.by_key.insert(key.clone(), id);
        self.event("reload", id, "");
        self.effect(Effect::Spawn { instance: id, key });
    }

    /// The new process takes over.
    pub(super) fn promote(&mut self, id: u32, now: u64) {
        let Some(config) = self.config_of(id) else {
            return;
        };
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        let Some(next) = instance.next.take() else {
            return;
        };
        instance.ready_at = None;
        instance.state = State::Online;
        instance.reason = None;
        let app = instance.app.clone();
        if let Some(old) = instance.current.replace(next) {
            let key = old.key.clone();
            instance.old.push(old);
            let grace = config.drain_timeout.max(config.kill_timeout);
            self.stop_process(id, &key, Reason::Reload, grace, now);
        }
        self.count_restart(id);
        self.event("online", id, "reloaded");
        self.persist(id);
        self.reload_next(&app, now);
    }

    /// The old processes keep serving.
    pub(super) fn give_up_reload(&mut self, id: u32, problem: &str) {
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.ready_at = None;
            if let Some(app) = self.apps.get_mut(&instance.app) {
                app.reloads.clear();
                app.reload_problem = Some(problem.to_owned());
            }
        }
        self.event("reload-failed", id, problem);
    }
}
