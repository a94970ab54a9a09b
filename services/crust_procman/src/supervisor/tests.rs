//! The state machine, driven by hand: what was told, and which effects follow.

mod model;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::config::AppConfig;

fn config(name: &str) -> AppConfig {
    AppConfig {
        name: name.to_owned(),
        program: "/bin/true".into(),
        ..AppConfig::default()
    }
}

struct World {
    supervisor: Supervisor,
    now: u64,
    pid: u32,
}

impl World {
    fn new() -> Self {
        let supervisor = Supervisor {
            jitter: Some(0),
            ..Supervisor::default()
        };
        Self {
            supervisor,
            now: 1000,
            pid: 100,
        }
    }

    fn add(&mut self, config: AppConfig) -> u32 {
        self.supervisor
            .add(config, Arc::default(), self.now)
            .unwrap()[0]
    }

    /// Answers what was asked to be started, and gives back the effects.
    fn settle(&mut self) -> Vec<Effect> {
        let mut all = Vec::new();
        while self.supervisor.has_effects() {
            for effect in self.supervisor.take_effects() {
                if let Effect::Spawn { key, .. } = &effect {
                    self.pid += 1;
                    self.supervisor.spawned(key, self.pid, self.now);
                }
                all.push(effect);
            }
        }
        all
    }

    fn key(&self, id: u32) -> String {
        self.supervisor
            .instance(id)
            .unwrap()
            .current
            .as_ref()
            .unwrap()
            .key
            .clone()
    }

    fn state(&self, id: u32) -> State {
        self.supervisor.instance(id).unwrap().state
    }

    fn exit(&mut self, id: u32, code: i32, after: u64) -> Vec<Effect> {
        self.now += after;
        let key = self.key(id);
        self.supervisor
            .exited(&key, Some(code), None, false, self.now);
        self.settle()
    }

    fn wake_until(&mut self, id: u32, state: State) {
        for _ in 0..1000 {
            if self.state(id) == state {
                return;
            }
            self.now += 50;
            self.supervisor.wake(id, self.now);
            self.settle();
        }
        panic!("never {state:?}, but {:?}", self.state(id));
    }
}

fn signals(effects: &[Effect]) -> Vec<&str> {
    let names = effects.iter().filter_map(|effect| match effect {
        Effect::Signal { signal, .. } => Some(signal.as_str()),
        _ => None,
    });
    names.collect()
}

#[test]
fn a_crash_is_followed_by_a_restart_and_counted() {
    let mut world = World::new();
    let id = world.add(config("a"));
    world.settle();
    assert_eq!(world.state(id), State::Online);
    world.exit(id, 1, 5000);
    assert_eq!(
        (
            world.state(id),
            world.supervisor.instance(id).unwrap().restarts
        ),
        (State::Online, 1)
    );
}

#[test]
fn a_crash_loop_ends_and_says_so() {
    let mut world = World::new();
    let id = world.add(AppConfig {
        max_restarts: 3,
        ..config("a")
    });
    world.settle();
    for _ in 0..3 {
        world.exit(id, 1, 10);
        world.wake_until(id, State::Online);
    }
    world.exit(id, 1, 10);
    let instance = world.supervisor.instance(id).unwrap();
    assert_eq!(
        (instance.state, instance.reason.clone()),
        (State::Errored, Some(Reason::CrashLoop))
    );
    world.supervisor.start(id, world.now);
    world.settle();
    assert_eq!(world.state(id), State::Online);
}

#[test]
fn the_backoff_grows_to_its_limit_and_is_forgotten_after_a_long_life() {
    let mut world = World::new();
    let id = world.add(AppConfig {
        exp_backoff: 100,
        max_backoff: 1000,
        max_restarts: 50,
        ..config("a")
    });
    world.settle();
    let mut delays = Vec::new();
    for life in [2000, 2000, 2000, 2000, 2000, 40_000] {
        world.exit(id, 1, life);
        let at = world.supervisor.instance(id).unwrap().restart_at.unwrap();
        delays.push(at - world.now);
        world.wake_until(id, State::Online);
    }
    // With no jitter each is a tenth short.
    assert_eq!(delays, [90, 180, 360, 720, 900, 90]);
}

#[test]
fn stop_signals_and_kills_who_does_not_listen() {
    let mut world = World::new();
    let id = world.add(config("a"));
    world.settle();
    world.supervisor.stop(id, world.now);
    assert_eq!(signals(&world.settle()), ["SIGTERM"]);
    assert_eq!(world.state(id), State::Stopping);
    world.now += 1600;
    world.supervisor.wake(id, world.now);
    assert_eq!(signals(&world.settle()), ["SIGKILL"]);
    let key = world.key(id);
    world
        .supervisor
        .exited(&key, None, Some(9), false, world.now);
    world.settle();
    assert_eq!(world.state(id), State::Stopped);
}

#[test]
fn an_app_that_ends_for_good_stays_down() {
    let mut world = World::new();
    let id = world.add(AppConfig {
        stop_exit_codes: vec![3],
        ..config("a")
    });
    world.settle();
    world.exit(id, 3, 10);
    assert_eq!(world.state(id), State::Stopped);
    let other = world.add(AppConfig {
        autorestart: false,
        ..config("b")
    });
    world.settle();
    world.exit(other, 0, 10);
    assert_eq!(world.state(other), State::Stopped);
}

#[test]
fn a_dependency_is_waited_for() {
    let mut world = World::new();
    let web = world.add(AppConfig {
        depends_on: vec!["db".to_owned()],
        ..config("web")
    });
    world.settle();
    assert!(world.supervisor.instance(web).unwrap().current.is_none());
    let db = world.add(AppConfig {
        wait_ready: true,
        ..config("db")
    });
    world.settle();
    assert_eq!(
        (world.state(db), world.state(web)),
        (State::Launching, State::Launching)
    );
    let key = world.key(db);
    world.supervisor.ready(&key, world.now);
    world.settle();
    assert_eq!(
        (world.state(db), world.state(web)),
        (State::Online, State::Online)
    );
    let cycle = AppConfig {
        depends_on: vec!["c".to_owned()],
        ..config("c")
    };
    assert_eq!(
        world
            .supervisor
            .add(cycle, Arc::default(), 0)
            .unwrap_err()
            .code,
        "DEPENDENCY_CYCLE"
    );
}

#[test]
fn a_reload_keeps_the_old_process_until_the_new_one_is_ready() {
    let mut world = World::new();
    let id = world.add(AppConfig {
        wait_ready: true,
        ..config("a")
    });
    world.settle();
    let old = world.key(id);
    world.supervisor.ready(&old, world.now);
    world.settle();
    world.supervisor.reload(&[id], world.now).unwrap();
    assert_eq!(signals(&world.settle()), Vec::<&str>::new());
    assert_eq!(
        world.supervisor.reload(&[id], world.now).unwrap_err().code,
        "RELOADING"
    );
    let next = world
        .supervisor
        .instance(id)
        .unwrap()
        .next
        .clone()
        .unwrap()
        .key;
    world.supervisor.ready(&next, world.now);
    assert_eq!(signals(&world.settle()), ["SIGTERM"]);
    assert_eq!(world.key(id), next);
    world
        .supervisor
        .exited(&old, Some(0), None, false, world.now);
    world.settle();
    assert_eq!(
        (
            world.state(id),
            world.supervisor.instance(id).unwrap().old.len()
        ),
        (State::Online, 0)
    );
}

#[test]
fn a_reload_that_is_not_ready_is_given_up() {
    let mut world = World::new();
    let id = world.add(AppConfig {
        wait_ready: true,
        ..config("a")
    });
    world.settle();
    let old = world.key(id);
    world.supervisor.ready(&old, world.now);
    world.supervisor.reload(&[id], world.now).unwrap();
    world.settle();
    world.now += 3000;
    world.supervisor.wake(id, world.now);
    assert_eq!(signals(&world.settle()), ["SIGTERM"]);
    assert_eq!(world.key(id), old);
    let app = world.supervisor.app_named("a").unwrap();
    assert!(app.reload_problem.as_ref().unwrap().contains("not ready"));
}

#[test]
fn words_select_by_id_name_index_namespace_and_glob() {
    let mut world = World::new();
    let a = world.add(AppConfig {
        instances: 2,
        ..config("web-a")
    });
    let b = world.add(AppConfig {
        namespace: "back".to_owned(),
        ..config("web-b")
    });
    let select = |word: &str| {
        world
            .supervisor
            .select(word)
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(select("all"), Ok(vec![a, a + 1, b]));
    assert_eq!(select("web-a"), Ok(vec![a, a + 1]));
    assert_eq!(select("web-a:1"), Ok(vec![a + 1]));
    assert_eq!(select("back"), Ok(vec![b]));
    assert_eq!(select("web-*"), Ok(vec![a, a + 1, b]));
    assert_eq!(select("2"), Ok(vec![b]));
    assert_eq!(select("nope"), Err("NOT_FOUND"));
}

proptest! {
    /// Whatever people do and whatever happens: a process that is there is wanted or on its way out, and
    /// after a deletion nothing is left.
    #[test]
    fn any_order_of_events(steps in proptest::collection::vec((0_u8..9, 0_u64..3000), 0..120)) {
        let mut world = World::new();
        let id = world.add(AppConfig { instances: 1, max_restarts: 4, ..config("a") });
        world.settle();
        for (step, after) in steps {
            world.now += after;
            let now = world.now;
            match step {
                0 => world.supervisor.start(id, now),
                1 => world.supervisor.stop(id, now),
                2 => world.supervisor.restart(id, Reason::Command, now),
                3 => drop(world.supervisor.reload(&[id], now)),
                4 => world.supervisor.wake(id, now),
                5 | 6 => {
                    let instance = world.supervisor.instance(id).unwrap();
                    let keys: Vec<String> = instance.current.iter().chain(&instance.next).chain(&instance.old)
                        .map(|process| process.key.clone()).collect();
                    if let Some(key) = keys.get(usize::from(step - 5)) {
                        world.supervisor.exited(key, Some(1), None, false, now);
                    }
                }
                7 => {
                    let instance = world.supervisor.instance(id).unwrap();
                    if let Some(key) = instance.next.as_ref().map(|next| next.key.clone()) {
                        world.supervisor.ready(&key, now);
                    }
                }
                _ => world.supervisor.reset(id),
            }
            world.settle();
            let instance = world.supervisor.instance(id).unwrap();
            match instance.state {
                State::Online | State::Stopping => prop_assert!(instance.has_process()),
                State::Errored | State::Backoff | State::Stopped => prop_assert!(instance.current.is_none()),
                State::Launching => {}
            }
            prop_assert!(instance.goal != Goal::Down || instance.state != State::Online);
        }
        world.supervisor.delete(id, world.now);
        for _ in 0..10 {
            world.settle();
            let Some(instance) = world.supervisor.instance(id) else { break };
            let keys: Vec<String> = instance.current.iter().chain(&instance.next).chain(&instance.old)
                .map(|process| process.key.clone()).collect();
            for key in keys {
                world.supervisor.exited(&key, None, Some(9), false, world.now);
            }
        }
        prop_assert!(world.supervisor.instance(id).is_none());
        prop_assert!(world.supervisor.app_named("a").is_none());
        prop_assert!(world.supervisor.by_key.is_empty());
    }
}
