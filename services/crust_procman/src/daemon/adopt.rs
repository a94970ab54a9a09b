//! The daemon's first act: what the holder has, what the state says, and what still runs without a
//! holder become the supervisor's applications again.

use std::collections::HashMap;
use std::sync::Arc;

use super::driver::{Daemon, HOLDER};
use crate::clock::boot_ms;
use crate::holder::KEY_VARIABLE;
use crate::holder::link;
use crate::holder::protocol::Child;
use crate::poller::Interest;
use crate::procfs;
use crate::store::Store;
use crate::supervisor::{Ended, Environment, Note, Process, Reason};

/// The end of a process that nobody saw: it is not there any more.
fn lost() -> Ended {
    Ended {
        code: None,
        signal: None,
        uptime: 0,
        at: crate::clock::wall_ms(),
        reason: Reason::Lost,
    }
}

impl Daemon {
    pub(super) fn adopt(&mut self) {
        let loaded = Store::load(&self.home.state());
        if let Some(problem) = loaded.problem {
            self.events.note("state-problem", &problem);
            self.problems.push(problem);
        }
        let mut known: HashMap<String, (Note, u32)> = HashMap::new();
        let mut notes = Vec::new();
        for row in loaded.rows {
            self.supervisor
                .restore_app(&row.uuid, (*row.config).clone(), row.environment);
            for (note, process) in row.instances {
                if let Some((key, pid)) = process {
                    known.insert(key, (note.clone(), pid));
                }
                notes.push(note);
            }
        }
        let children = self.find_holder();
        let mut ended = Vec::new();
        for child in children {
            known.remove(&child.key);
            self.adopt_child(child, &mut ended);
        }
        let recorded: Vec<u32> = known.values().map(|(note, _)| note.id).collect();
        let foreign = self.adopt_foreign(known);
        for mut note in notes {
            if self.supervisor.instance(note.id).is_none() {
                if recorded.contains(&note.id) {
                    note.last_end = Some(lost());
                }
                self.supervisor.restore_instance(&note, None);
            }
        }
        for (key, pid) in foreign {
            self.watch_foreign(&key, pid);
        }
        let now = boot_ms();
        for (key, end) in ended {
            self.blame_memory(&key);
            self.supervisor
                .exited(&key, end.code, end.signal, end.group_alive, end.at.min(now));
        }
        self.supervisor.resume(now);
        if !self.problems.is_empty() {
            // What was found out without the state is written down again.
            let apps = self.supervisor.apps().map(|app| app.uuid.clone());
            self.dirty.extend(apps);
        }
        let ids: Vec<u32> = self
            .supervisor
            .instances()
            .map(|(instance, _)| instance.id)
            .collect();
        for id in ids {
            self.guard(id);
        }
    }

    fn find_holder(&mut self) -> Vec<Child> {
        let Some((link, children)) = link::connect(&self.home) else {
            return Vec::new();
        };
        if self
            .poller
            .add(&link.frames, HOLDER, Interest::Read)
            .is_err()
        {
            return Vec::new();
        }
        self.link = Some(link);
        children
    }

    fn adopt_child(
        &mut self,
        child: Child,
        ended: &mut Vec<(String, crate::holder::protocol::End)>,
    ) {
        let Some(note) = child.note.read::<Note>() else {
            self.problems.push(format!(
                "process {} of the holder has no readable note",
                child.pid
            ));
            return;
        };
        if self.supervisor.app(&note.app).is_none()
            && let Some(config) = note.config.clone()
        {
            // The state is lost: the process itself knows what it was started with.
            let environment = Self::environment_of(child.pid);
            self.supervisor.restore_app(&note.app, config, environment);
        }
        self.cgroups.adopt(&child.key);
        let process = Process {
            key: child.key.clone(),
            pid: Some(child.pid),
            started: child.started,
            ready: child.ready || child.listening,
            listening: child.listening,
            stopping: None,
            kill_at: None,
            lingers: false,
        };
        self.supervisor.restore_instance(&note, Some(process));
        if let Some(end) = child.end {
            ended.push((child.key, end));
        }
    }

    fn environment_of(pid: u32) -> Arc<Environment> {
        let own = [
            KEY_VARIABLE,
            crate::holder::BROKER_VARIABLE,
            crate::holder::METRICS_VARIABLE,
            "NODE_CHANNEL_FD",
            "NODE_CHANNEL_SERIALIZATION_MODE",
        ];
        let found = procfs::environment(pid).unwrap_or_default();
        Arc::new(
            found
                .into_iter()
                .filter(|(name, _)| !own.contains(&name.as_str()))
                .collect(),
        )
    }

    /// Processes that outlived their holder. The key in their environment is proof: numbers come again,
    /// keys do not.
    fn adopt_foreign(&mut self, known: HashMap<String, (Note, u32)>) -> Vec<(String, u32)> {
        let mut adopted = Vec::new();
        for (key, (note, pid)) in known {
            if procfs::variable(pid, KEY_VARIABLE).as_ref() != Some(&key) {
                continue;
            }
            self.cgroups.adopt(&key);
            let process = Process {
                key: key.clone(),
                pid: Some(pid),
                started: procfs::started(pid).unwrap_or_else(boot_ms),
                ready: true,
                listening: false,
                stopping: None,
                kill_at: None,
                lingers: false,
            };
            self.supervisor.restore_instance(&note, Some(process));
            adopted.push((key, pid));
        }
        adopted
    }
}
