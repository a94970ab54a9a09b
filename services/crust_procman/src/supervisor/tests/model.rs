//! Random commands against a simulated machine: starts and ends take time, programs crash and are stubborn. When
//! nobody asks for anything any more, everything must come to rest where it was asked to be.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};

use super::*;

/// What the machine does later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Later {
    Started(String),
    Ended(String, i32),
    Wake(u32),
}

struct Machine {
    supervisor: Supervisor,
    now: u64,
    later: BinaryHeap<Reverse<(u64, u64, Later)>>,
    order: u64,
    /// Living processes by key.
    living: BTreeMap<String, u32>,
    started: HashSet<String>,
    forgotten: HashSet<String>,
    pid: u32,
    seed: u64,
}

impl Machine {
    fn new(seed: u64) -> Self {
        let supervisor = Supervisor {
            jitter: Some(0),
            ..Supervisor::default()
        };
        Self {
            supervisor,
            now: 1_000_000,
            later: BinaryHeap::new(),
            order: 0,
            living: BTreeMap::new(),
            started: HashSet::new(),
            forgotten: HashSet::new(),
            pid: 0,
            seed: seed | 1,
        }
    }

    fn random(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 20) % below
    }

    fn schedule(&mut self, at: u64, what: Later) {
        self.order += 1;
        self.later.push(Reverse((at, self.order, what)));
    }

    fn carry_out(&mut self) {
        while self.supervisor.has_effects() {
            for effect in self.supervisor.take_effects() {
                self.effect(effect);
            }
        }
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn { key, .. } => {
                assert!(self.started.insert(key.clone()), "{key} is started twice");
                let delay = self.random(40);
                self.schedule(self.now + delay, Later::Started(key));
            }
            Effect::Signal { key, signal, .. } if self.living.contains_key(&key) => {
                // Some are stubborn, none survives a kill.
                let heeds = signal == "SIGKILL" || self.random(4) > 0;
                let delay = self.random(60);
                if heeds {
                    self.schedule(self.now + delay, Later::Ended(key, 9));
                }
            }
            Effect::CheckGroup { key, .. } if self.random(2) == 0 => {
                self.supervisor.group_gone(&key, self.now);
            }
            Effect::Wake { instance, at } => self.schedule(at, Later::Wake(instance)),
            Effect::Forget { key } => {
                assert!(!self.living.contains_key(&key), "{key} is forgotten alive");
                self.forgotten.insert(key);
            }
            _ => {}
        }
    }

    fn run_until(&mut self, end: u64) {
        self.carry_out();
        while let Some(Reverse((at, _, _))) = self.later.peek()
            && *at <= end
        {
            let Some(Reverse((at, _, what))) = self.later.pop() else {
                return;
            };
            self.now = self.now.max(at);
            match what {
                Later::Started(key) => {
                    if self.random(30) == 0 {
                        self.supervisor
                            .spawn_failed(&key, "no memory", false, self.now);
                    } else {
                        self.pid += 1;
                        self.living.insert(key.clone(), self.pid);
                        self.supervisor.spawned(&key, self.pid, self.now);
                    }
                }
                Later::Ended(key, signal) => {
                    if self.living.remove(&key).is_some() {
                        let group = self.random(4) == 0;
                        self.supervisor
                            .exited(&key, None, Some(signal), group, self.now);
                    }
                }
                Later::Wake(id) => self.supervisor.wake(id, self.now),
            }
            self.carry_out();
        }
        self.now = self.now.max(end);
    }

    fn command(&mut self, name: &str) {
        let ids: Vec<u32> = self
            .supervisor
            .app_named(name)
            .map(|app| app.instances.clone())
            .unwrap_or_default();
        let now = self.now;
        match self.random(9) {
            0 => ids.iter().for_each(|id| self.supervisor.stop(*id, now)),
            1 | 2 => ids.iter().for_each(|id| self.supervisor.start(*id, now)),
            3 => ids
                .iter()
                .for_each(|id| self.supervisor.restart(*id, Reason::Command, now)),
            4 | 5 => drop(self.supervisor.reload(&ids, now)),
            6 => {
                let count = u32::try_from(1 + self.random(3)).unwrap();
                drop(self.supervisor.scale(name, count, now));
            }
            7 => self.crash(),
            _ => {
                if let Some(id) = ids.first() {
                    self.supervisor
                        .restart(*id, Reason::Watch(String::new()), now);
                }
            }
        }
        self.carry_out();
    }

    /// Some process falls by itself, or says that it is ready.
    fn crash(&mut self) {
        let keys: Vec<String> = self.living.keys().cloned().collect();
        if keys.is_empty() {
            return;
        }
        let at = usize::try_from(self.random(keys.len() as u64)).unwrap();
        if self.random(3) == 0 {
            self.supervisor.ready(&keys[at], self.now);
        } else {
            self.schedule(self.now, Later::Ended(keys[at].clone(), 11));
        }
    }

    /// What must hold whenever nothing is under way.
    fn check(&self, goal: Goal) {
        for (instance, app) in self.supervisor.instances() {
            let about = || format!("{instance:#?}\nreloads {:?}", app.reloads);
            assert!(
                !self.supervisor.is_reloading(&app.uuid),
                "still reloading: {}",
                about()
            );
            assert!(
                instance.old.is_empty() && instance.next.is_none(),
                "{}",
                about()
            );
            match goal {
                Goal::Up => assert!(
                    matches!(instance.state, State::Online | State::Errored),
                    "{}",
                    about()
                ),
                _ => assert!(
                    !instance.has_process()
                        && matches!(instance.state, State::Stopped | State::Errored),
                    "{}",
                    about()
                ),
            }
        }
        let known: HashSet<&String> = self
            .supervisor
            .instances()
            .filter_map(|(instance, _)| Some(&instance.current.as_ref()?.key))
            .collect();
        let living: HashSet<&String> = self.living.keys().collect();
        assert_eq!(
            known, living,
            "processes that nobody knows, or that are not there"
        );
        assert_eq!(self.supervisor.by_key.len(), known.len());
        for key in self.started.iter().filter(|key| !living.contains(key)) {
            assert!(
                self.forgotten.contains(key) || !self.supervisor.by_key.contains_key(key),
                "{key} is never forgotten"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn everything_comes_to_rest(seed in any::<u64>(), steps in 1_usize..80, wait_ready in any::<bool>()) {
        let mut machine = Machine::new(seed);
        let names = ["a", "b"];
        for name in names {
            let config = AppConfig {
                instances: 2,
                wait_ready,
                kill_timeout: 300,
                drain_timeout: 700,
                listen_timeout: 500,
                min_uptime: 0,
                ..config(name)
            };
            machine.supervisor.add(config, Arc::default(), machine.now).unwrap();
        }
        for _ in 0..steps {
            let name = names[usize::try_from(machine.random(2)).unwrap()];
            machine.command(name);
            let pause = machine.random(200);
            let end = machine.now + pause;
            machine.run_until(end);
        }
        let end = machine.now + 200_000;
        machine.run_until(end);
        for name in names {
            let ids = machine.supervisor.app_named(name).unwrap().instances.clone();
            let now = machine.now;
            for id in ids {
                machine.supervisor.start(id, now);
            }
        }
        machine.run_until(machine.now + 200_000);
        machine.check(Goal::Up);
        for name in names {
            let ids = machine.supervisor.app_named(name).unwrap().instances.clone();
            let now = machine.now;
            for id in ids {
                machine.supervisor.stop(id, now);
            }
        }
        machine.run_until(machine.now + 200_000);
        machine.check(Goal::Down);
        prop_assert!(machine.living.is_empty());
    }
}
