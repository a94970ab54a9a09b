//! Carrying out what the supervisor wants: orders to the holder, timers, the state, events.

use std::os::fd::AsFd as _;

use rustix::process::{
    Pid, Signal, kill_process_group, pidfd_send_signal, test_kill_process_group,
};

use super::driver::{Daemon, FOREIGN_BIT, HOLDER, Task};
use super::spawning;
use crate::cgroup::Limits;
use crate::clock::boot_ms;
use crate::holder::link;
use crate::holder::protocol::{Child, NoteText, Reply, Request};
use crate::poller::Interest;
use crate::store::Row;
use crate::supervisor::{Effect, Event, Reason};

/// Errors of a start that the next try would meet too: no such file, no permission, not a program, …
const PERMANENT: [i32; 6] = [1, 2, 8, 13, 20, 40];

impl Daemon {
    /// Carries out effects until there are none.
    pub(super) fn carry_out(&mut self) {
        while self.supervisor.has_effects() {
            for effect in self.supervisor.take_effects() {
                self.effect(effect);
            }
            // Orders leave before anything is written down: the holder keeps what the next daemon must know.
            self.flush_link();
        }
        self.write_state();
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn { instance, key } => self.spawn(instance, &key),
            Effect::Signal { key, signal, group } => self.signal(key, &signal, group),
            Effect::Shutdown { key } => {
                self.tell_holder(&Request::Message {
                    key,
                    text: "\"shutdown\"".to_owned(),
                });
            }
            Effect::Sweep { key } => self.tell_holder(&Request::Sweep { key }),
            Effect::CheckGroup { key, pid } => {
                if to_pid(pid).is_none_or(|pid| test_kill_process_group(pid).is_err()) {
                    self.supervisor.group_gone(&key, boot_ms());
                }
            }
            Effect::Forget { key } => {
                self.noted.remove(&key);
                self.cgroups.remove(&key);
                self.tell_holder(&Request::Forget { key });
            }
            Effect::Note { instance, key } => self.note(instance, key),
            Effect::Release { app } => self.tell_holder(&Request::Release { app }),
            Effect::Wake { instance, at } => self.schedule(at, Task::Wake(instance)),
            Effect::Persist { app } => drop(self.dirty.insert(app)),
            Effect::Erase { app } => {
                self.dirty.remove(&app);
                self.erased.insert(app);
            }
            Effect::Event(event) => self.happened(&event),
        }
    }

    fn happened(&mut self, event: &Event) {
        if event.kind == "online" {
            self.guard(event.id);
        }
        self.events.push(event);
    }

    fn spawn(&mut self, id: u32, key: &str) {
        let order = self
            .supervisor
            .instance(id)
            .and_then(|instance| Some((instance, self.supervisor.app(&instance.app)?)))
            .map(|(instance, app)| spawning::order(&self.home, instance, app, key));
        let mut order = match order {
            Some(Ok(order)) => order,
            Some(Err(problem)) => {
                return self.supervisor.spawn_failed(key, &problem, true, boot_ms());
            }
            None => return,
        };
        let limits = self.kernel_limits(id);
        if !limits.is_empty() {
            order.cgroups = self.cgroups.make(key, &limits);
        }
        order.note = self
            .supervisor
            .note(id, true)
            .map(|note| NoteText::of(&note))
            .unwrap_or_default();
        if let Err(problem) = self.need_holder() {
            return self
                .supervisor
                .spawn_failed(key, &problem, false, boot_ms());
        }
        self.tell_holder(&Request::Spawn(Box::new(order)));
    }

    /// What the kernel is to hold. Memory has room above the limit, so that a program that comes near it is asked
    /// to end before it is killed.
    fn kernel_limits(&self, id: u32) -> Limits {
        let app = self
            .supervisor
            .instance(id)
            .and_then(|instance| self.supervisor.app(&instance.app));
        app.map_or_else(Limits::default, |app| Limits {
            memory: app
                .config
                .max_memory
                .map(|most| most.saturating_add(most / 4)),
            cpu: app.config.max_cpu,
            processes: app.config.max_processes,
        })
    }

    /// Tells the holder what the next daemon must know, when that has changed.
    fn note(&mut self, id: u32, key: String) {
        let Some(instance) = self.supervisor.instance(id) else {
            return;
        };
        let short = (
            instance.goal,
            instance.restarts,
            instance.unstable,
            instance.streak,
        );
        if self.noted.get(&key) == Some(&short) {
            return;
        }
        let started = instance
            .current
            .as_ref()
            .is_some_and(|process| process.pid.is_some());
        self.noted.insert(key.clone(), short);
        // The order to start it has the first note.
        if started && let Some(note) = self.supervisor.note(id, true) {
            let note = NoteText::of(&note);
            self.tell_holder(&Request::Note { key, note });
        }
    }

    fn signal(&mut self, key: String, name: &str, group: bool) {
        let Some(number) = signal_number(name) else {
            return;
        };
        let foreign = self.foreign.values().find(|(foreign, _)| *foreign == key);
        let Some((_, descriptor)) = foreign else {
            return self.tell_holder(&Request::Signal {
                key,
                signal: number,
                group,
            });
        };
        let Some(signal) = Signal::from_named_raw(number) else {
            return;
        };
        let pid = self
            .supervisor
            .instance_of(&key)
            .and_then(|instance| instance.process(&key)?.pid);
        // The descriptor says that the number is still the process's.
        if pidfd_send_signal(descriptor.as_fd(), signal).is_ok()
            && group
            && let Some(pid) = pid.and_then(to_pid)
        {
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Sends an order to the holder, which must be there.
    pub(super) fn tell_holder(&mut self, request: &Request) {
        if let Some(link) = &mut self.link {
            link.frames.push(request);
        }
    }

    /// Makes sure that there is a holder.
    fn need_holder(&mut self) -> Result<(), String> {
        if self.link.is_some() {
            return Ok(());
        }
        let (link, children) =
            link::connect_or_start(&self.home, &self.options.program, self.foreground.is_some())
                .map_err(|error| error.to_string())?;
        self.poller
            .add(&link.frames, HOLDER, Interest::Read)
            .map_err(|error| error.to_string())?;
        self.link = Some(link);
        for child in children {
            self.adopt_late(&child);
        }
        Ok(())
    }

    /// A holder that was not there before has children: they are of a time when its socket was lost.
    fn adopt_late(&mut self, child: &Child) {
        if self.supervisor.instance_of(&child.key).is_none() {
            self.problems.push(format!(
                "process {} of the holder belongs to no application",
                child.pid
            ));
        }
    }

    pub(super) fn flush_link(&mut self) {
        let Some(link) = &mut self.link else { return };
        match link.frames.flush() {
            Ok(done) => {
                let interest = if done {
                    Interest::Read
                } else {
                    Interest::ReadWrite
                };
                if interest != link.interest {
                    link.interest = interest;
                    let _ = self.poller.change(&link.frames, HOLDER, interest);
                }
            }
            Err(_) => self.holder_lost(),
        }
    }

    pub(super) fn holder_ready(&mut self) {
        let Some(link) = &mut self.link else { return };
        let open = link.frames.fill().unwrap_or(false);
        let replies = link.frames.take::<Reply>().unwrap_or_default();
        for reply in replies {
            self.holder_said(reply);
        }
        if !open {
            self.holder_lost();
        }
    }

    fn holder_said(&mut self, reply: Reply) {
        let now = boot_ms();
        match reply {
            Reply::Hello { .. } => {}
            Reply::Spawned { key, pid } => self.supervisor.spawned(&key, pid, now),
            Reply::Failed { key, error, errno } => {
                let text = self.explain_failure(&key, &error, errno);
                self.supervisor
                    .spawn_failed(&key, &text, PERMANENT.contains(&errno), now);
            }
            Reply::Exited { key, end } => {
                self.blame_memory(&key);
                self.supervisor.exited(
                    &key,
                    end.code,
                    end.signal,
                    end.group_alive,
                    end.at.min(now),
                );
            }
            Reply::Listening { key, .. } => self.supervisor.listening(&key, now),
            Reply::Message { key, text } => self.message(&key, &text),
            Reply::Output { path, problem } => self.output_changed(path, problem),
        }
    }

    /// A process that has ended may have reached its memory, or a child of it has, and it ended over that.
    pub(super) fn blame_memory(&mut self, key: &str) {
        if self.cgroups.ran_out_of_memory(key) {
            self.supervisor.blame(key, Reason::OutOfMemory);
        }
    }

    /// A log file cannot be written, or can again.
    fn output_changed(&mut self, path: std::path::PathBuf, problem: Option<String>) {
        let Some(problem) = problem else {
            self.events.note("log-resumed", &path.display().to_string());
            self.paused_logs.remove(&path);
            return;
        };
        let problem = problem.split(" (os error").next().unwrap_or_default();
        self.events
            .note("log-paused", &format!("{}: {problem}", path.display()));
        self.paused_logs.insert(path, problem.to_owned());
    }

    fn explain_failure(&self, key: &str, error: &str, errno: i32) -> String {
        let app = self
            .supervisor
            .instance_of(key)
            .and_then(|instance| self.supervisor.app(&instance.app));
        let Some(app) = app else {
            return error.to_owned();
        };
        let config = &app.config;
        if errno == 2 && !config.cwd.is_dir() {
            return format!(
                "the working directory {} does not exist",
                config.cwd.display()
            );
        }
        let plain = error.split(" (os error").next().unwrap_or(error);
        if error.starts_with("log file") {
            return plain.to_owned();
        }
        format!("{}: {plain}", config.program.display())
    }

    fn message(&mut self, key: &str, text: &str) {
        if text == "\"ready\"" {
            self.supervisor.ready(key, boot_ms());
        }
    }

    /// The holder is gone: its children live on, and we watch them ourselves.
    fn holder_lost(&mut self) {
        if let Some(link) = self.link.take() {
            self.poller.remove(&link.frames);
        }
        self.paused_logs.clear();
        if self.ending != super::driver::Ending::No {
            return;
        }
        self.events.note(
            "holder-lost",
            "the holder ended; its processes are watched by their descriptors",
        );
        let processes: Vec<(String, u32)> = self
            .supervisor
            .instances()
            .flat_map(|(instance, _)| {
                instance
                    .current
                    .iter()
                    .chain(&instance.next)
                    .chain(&instance.old)
            })
            .filter_map(|process| Some((process.key.clone(), process.pid?)))
            .collect();
        let unstarted: Vec<String> = self
            .supervisor
            .instances()
            .flat_map(|(instance, _)| instance.current.iter().chain(&instance.next))
            .filter(|process| process.pid.is_none())
            .map(|process| process.key.clone())
            .collect();
        for (key, pid) in processes {
            self.watch_foreign(&key, pid);
        }
        for key in unstarted {
            self.supervisor
                .spawn_failed(&key, "the holder ended", false, boot_ms());
        }
    }

    /// Watches a process that is nobody's child of ours.
    pub(super) fn watch_foreign(&mut self, key: &str, pid: u32) {
        let descriptor = to_pid(pid).and_then(|pid| {
            rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
        });
        let Some(descriptor) = descriptor else {
            return self.supervisor.exited(key, None, None, false, boot_ms());
        };
        self.next += 1;
        let token = FOREIGN_BIT | self.next;
        if self.poller.add(&descriptor, token, Interest::Read).is_ok() {
            self.foreign.insert(token, (key.to_owned(), descriptor));
        }
    }

    pub(super) fn foreign_ended(&mut self, token: u64) {
        let Some((key, descriptor)) = self.foreign.remove(&token) else {
            return;
        };
        self.poller.remove(&descriptor);
        // As a subreaper the daemon may have become its parent.
        let pid = self
            .supervisor
            .instance_of(&key)
            .and_then(|instance| instance.process(&key)?.pid);
        let status = pid.and_then(to_pid).and_then(|pid| {
            rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::NOHANG).ok()?
        });
        let (code, signal) = status.map_or((None, None), |(_, status)| {
            (status.exit_status(), status.terminating_signal())
        });
        if let Some(pid) = pid.and_then(to_pid) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
        self.supervisor.exited(&key, code, signal, false, boot_ms());
    }

    fn write_state(&mut self) {
        for uuid in std::mem::take(&mut self.erased) {
            self.store.erase(&uuid);
        }
        for uuid in std::mem::take(&mut self.dirty) {
            let Some(app) = self.supervisor.app(&uuid) else {
                continue;
            };
            let instances = app.instances.iter().filter_map(|id| {
                let note = self.supervisor.note(*id, false)?;
                let process = self.supervisor.instance(*id)?.current.as_ref();
                Some((
                    note,
                    process.and_then(|process| Some((process.key.clone(), process.pid?))),
                ))
            });
            self.store.put(Row {
                uuid: uuid.clone(),
                name: app.config.name.clone(),
                config: std::sync::Arc::clone(&app.config),
                environment: std::sync::Arc::clone(&app.environment),
                instances: instances.collect(),
            });
        }
    }
}

pub(super) fn to_pid(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

/// The number of `SIGTERM`, `TERM` or `15`.
pub(crate) fn signal_number(name: &str) -> Option<i32> {
    if let Ok(number) = name.parse::<i32>() {
        return Signal::from_named_raw(number).map(Signal::as_raw);
    }
    let name = name.to_ascii_uppercase();
    let name = if name.starts_with("SIG") {
        name
    } else {
        format!("SIG{name}")
    };
    (1..32).find(|number| signal_hook::low_level::signal_name(*number) == Some(name.as_str()))
}
