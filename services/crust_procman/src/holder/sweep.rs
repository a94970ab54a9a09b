//! Finding descendants that left their process group: they become the holder's children, and carry the
//! key of their process in the environment. It reads `/proc` and never guesses: who has no key is left alone.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::broker::KEY_VARIABLE;

/// Rounds that must show nobody: the kernel's list of children is not exact while they come and go.
const QUIET_ROUNDS: u32 = 2;
/// Rounds that wait for who does not show whose it is. Some never do.
const MOST_UNCLEAR: u32 = 200;
/// Between two rounds: who starts a program or ends is between two states for less.
pub(super) const PAUSE: Duration = Duration::from_millis(2);

/// The ended processes whose descendants are looked for.
#[derive(Default)]
pub(super) struct Sweep {
    dead: Vec<Dead>,
}

struct Dead {
    key: String,
    quiet: u32,
    unclear: u32,
}

/// Whose a child is.
#[derive(Debug, PartialEq, Eq)]
enum Owner {
    Key(String),
    Nobody,
    /// It is starting a program, or ending.
    Unclear,
}

impl Sweep {
    /// Looks for the descendants of one more process.
    pub(super) fn add(&mut self, key: String) {
        self.dead.push(Dead {
            key,
            quiet: 0,
            unclear: 0,
        });
    }

    pub(super) fn is_done(&self) -> bool {
        self.dead.is_empty()
    }

    /// Kills the children of this process that belong to one of the dead. `is_managed` names those that
    /// somebody else looks after. A process is done with when nobody carries its key any more.
    pub(super) fn round(&mut self, is_managed: impl Fn(u32) -> bool) {
        let mut seen = Vec::new();
        let mut unclear = false;
        for pid in children().into_iter().filter(|pid| !is_managed(*pid)) {
            match owner_of(pid) {
                Owner::Key(key) => {
                    if self.dead.iter().any(|dead| dead.key == key) {
                        kill(pid);
                        seen.push(key);
                    }
                }
                Owner::Unclear => unclear = true,
                Owner::Nobody => {}
            }
        }
        self.dead.retain_mut(|dead| {
            // Children of the killed arrive next.
            if seen.contains(&dead.key) {
                dead.quiet = 0;
            } else if unclear && dead.unclear < MOST_UNCLEAR {
                dead.unclear += 1;
            } else {
                dead.quiet += 1;
            }
            dead.quiet < QUIET_ROUNDS
        });
    }
}

fn kill(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// The process ids of this process's children, whichever thread started them.
fn children() -> Vec<u32> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists
        .flat_map(|list| {
            let pids = list.split_ascii_whitespace().map(str::parse);
            pids.filter_map(Result::ok).collect::<Vec<_>>()
        })
        .collect()
}

fn owner_of(pid: u32) -> Owner {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    if environment.is_empty() {
        return if is_zombie(pid) {
            Owner::Nobody
        } else {
            Owner::Unclear
        };
    }
    key_in(&environment).map_or(Owner::Nobody, Owner::Key)
}

/// Ended, and only waited for. One that is gone altogether counts too.
fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name may contain blanks and parentheses; what follows the last one does not.
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    state.is_empty() || state.starts_with(['Z', 'X'])
}

fn key_in(environment: &[u8]) -> Option<String> {
    let mut variables = environment.split(|byte| *byte == 0);
    let name = KEY_VARIABLE.as_bytes();
    let found =
        variables.find(|text| text.starts_with(name) && text.get(name.len()) == Some(&b'='))?;
    String::from_utf8(found.get(name.len() + 1..)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn sleeper(key: Option<&str>) -> std::process::Child {
        let mut command = Command::new("sleep");
        command.arg("60").env_clear();
        if let Some(key) = key {
            command.env(KEY_VARIABLE, key);
        }
        command.spawn().unwrap()
    }

    #[test]
    fn those_of_the_dead_end_and_others_live() {
        let mut mine = sleeper(Some("gone:1"));
        let mut other = sleeper(Some("alive:1"));
        let mut nobody = sleeper(None);
        let mut sweep = Sweep::default();
        sweep.add("gone:1".to_owned());
        let mut rounds = 0;
        while !sweep.is_done() {
            sweep.round(|_| false);
            // One without an environment never says whose it is; it holds nobody up for ever.
            rounds += 1;
            assert!(rounds < 2 * MOST_UNCLEAR);
            let _ = mine.try_wait();
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(mine.try_wait().unwrap().is_some());
        for child in [&mut other, &mut nobody] {
            assert!(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    #[test]
    fn a_key_is_found_whole() {
        let environment = b"A=1\0CRUST_PM_KEYS=no\0CRUST_PM_KEY=web:3\0";
        assert_eq!(key_in(environment), Some("web:3".to_owned()));
        assert_eq!(key_in(b"XCRUST_PM_KEY=web:3"), None);
    }
}
