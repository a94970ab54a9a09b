//! One process manager with a home folder of its own, and what tests ask of it. What it started ends with it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde_json::Value;

/// Nothing here takes longer on a machine that works.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How long a test of endurance lasts: the second with `CRUST_TEST_SLOW`, else the first.
pub(crate) fn span(short: u64, long: u64) -> Duration {
    let is_slow = std::env::var_os("CRUST_TEST_SLOW").is_some_and(|value| !value.is_empty());
    Duration::from_secs(if is_slow { long } else { short })
}

pub(crate) struct Manager {
    pub(crate) folder: PathBuf,
    pub(crate) program: PathBuf,
    home: PathBuf,
}

impl Manager {
    pub(crate) fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("crust-pm-test-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("crust-pm");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_crust"), &program).unwrap();
        let home = folder.join("home");
        Self {
            folder,
            program,
            home,
        }
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .current_dir(&self.folder)
            .env("CRUST_PM_HOME", &self.home)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs a line that must succeed, and gives what it printed.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a line that must fail, and gives what it said.
    pub(crate) fn fails(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.ok(words)).unwrap()
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        let Value::Array(rows) = self.json(&["list", "--json"]) else {
            panic!("the list is no array");
        };
        rows
    }

    pub(crate) fn row(&self, name: &str) -> Value {
        let mut rows = self.rows().into_iter();
        rows.find(|row| row["name"] == name).unwrap_or_default()
    }

    pub(crate) fn status(&self, name: &str) -> String {
        self.row(name)["status"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn pid(&self, name: &str) -> i32 {
        i32::try_from(self.row(name)["pid"].as_i64().unwrap()).unwrap()
    }

    /// Process ids by `name:instance`.
    pub(crate) fn pids(&self) -> BTreeMap<String, i32> {
        let pid = |row: &Value| i32::try_from(row["pid"].as_i64().unwrap()).unwrap();
        let name = |row: &Value| format!("{}:{}", row["name"].as_str().unwrap(), row["instance"]);
        self.rows()
            .iter()
            .map(|row| (name(row), pid(row)))
            .collect()
    }

    pub(crate) fn ping(&self) -> Value {
        self.json(&["ping", "--json"])
    }

    /// The daemon's process id.
    pub(crate) fn daemon(&self) -> i32 {
        i32::try_from(self.ping()["pid"].as_i64().unwrap()).unwrap()
    }

    /// The holder's process id.
    pub(crate) fn holder(&self) -> i32 {
        i32::try_from(self.ping()["holder"].as_i64().unwrap()).unwrap()
    }

    pub(crate) fn until(&self, what: &str, mut test: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !test(self) {
            assert!(
                Instant::now() < deadline,
                "never: {what}\n{}",
                self.ok(&["list"])
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn log_path(&self, name: &str) -> PathBuf {
        self.home.join("logs").join(name)
    }

    pub(crate) fn log(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.log_path(name)).unwrap_or_default()).into_owned()
    }

    /// Kills the daemon and keeps the lock, so that no other daemon can run until the guard is dropped.
    pub(crate) fn without_daemon(&self) -> fs::File {
        let daemon = self.daemon();
        let lock = fs::OpenOptions::new()
            .write(true)
            .open(self.home.join("daemon.lock"))
            .unwrap();
        let waiting = lock.try_clone().unwrap();
        // Who waits gets the lock before anybody who comes later.
        let waiter = std::thread::spawn(move || {
            rustix::fs::flock(&waiting, rustix::fs::FlockOperation::LockExclusive).unwrap();
        });
        std::thread::sleep(Duration::from_millis(50));
        kill(daemon);
        // On a busy machine a daemon that the holder started may still be faster.
        let mut rounds = 0;
        while !waiter.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
            rounds += 1;
            if rounds % 25 == 0
                && let Ok(stream) = UnixStream::connect(self.home.join("daemon.sock"))
                && let Ok(peer) = rustix::net::sockopt::socket_peercred(&stream)
            {
                let _ = signal(peer.pid.as_raw_nonzero().get(), Signal::KILL);
            }
        }
        waiter.join().unwrap();
        lock
    }

    /// Sends bytes to the daemon's socket and reads until it closes, at most `patience`.
    pub(crate) fn raw(&self, bytes: &[u8], patience: Duration) -> Vec<u8> {
        let mut stream = UnixStream::connect(self.home.join("daemon.sock")).unwrap();
        stream.set_read_timeout(Some(patience)).unwrap();
        stream.set_write_timeout(Some(patience)).unwrap();
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.run(&["kill"]);
        // Processes of a test that failed half-way carry the home folder in their environment.
        for pid in processes_with(&self.folder) {
            if pid != i32::try_from(std::process::id()).unwrap_or(0) {
                let _ = signal(pid, Signal::KILL);
            }
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Processes in whose environment the folder is named.
pub(crate) fn processes_with(folder: &Path) -> Vec<i32> {
    let name = folder.as_os_str().as_encoded_bytes().to_vec();
    all_pids()
        .into_iter()
        .filter(|pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .filter(|variable| {
                    variable.starts_with(b"CRUST_PM_HOME=")
                        || variable.starts_with(b"CRUST_PM_TEST=")
                })
                .any(|variable| variable.windows(name.len()).any(|part| part == name))
        })
        .collect()
}

/// Living processes whose environment has the variable with this value.
pub(crate) fn processes_of(variable: &str) -> Vec<i32> {
    all_pids()
        .into_iter()
        .filter(|pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|text| text == variable.as_bytes())
                && is_alive(*pid)
        })
        .collect()
}

fn all_pids() -> Vec<i32> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

pub(crate) fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

pub(crate) fn kill(pid: i32) {
    signal(pid, Signal::KILL).unwrap();
}

pub(crate) fn signal(pid: i32, signal: Signal) -> rustix::io::Result<()> {
    rustix::process::kill_process(Pid::from_raw(pid).unwrap(), signal)
}

/// A port that nobody has.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Asks for a page over a connection of its own. Whatever is no 200 is a failure.
pub(crate) fn request(port: u16) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    if text.starts_with("HTTP/1.1 200") && text.ends_with("fine") {
        Ok(())
    } else {
        Err(std::io::Error::other(text))
    }
}

/// The numbers at the ends of a log's lines, which must count from 0 without a gap; how many there are.
pub(crate) fn counted(log: &str) -> usize {
    let whole = log.rfind('\n').map_or(0, |end| end + 1);
    let mut count = 0;
    for (at, line) in log[..whole].lines().enumerate() {
        let number = line.rsplit(' ').next().unwrap();
        assert_eq!(
            number.parse::<usize>().ok(),
            Some(at),
            "line {at} is {line:?}: a line is missing, twice or mixed"
        );
        count += 1;
    }
    count
}

/// Threads that ask for a page again and again until the guard is read; a failed request is kept.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU32>,
    threads: Vec<std::thread::JoinHandle<Result<u32, String>>>,
}

impl Load {
    pub(crate) fn start(ports: &[u16], threads: usize) -> Self {
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let threads = (0..threads)
            .map(|number| {
                let (stop, answered) = (stop.clone(), answered.clone());
                let port = ports[number % ports.len()];
                std::thread::spawn(move || {
                    let mut count = 0;
                    while !stop.load(Ordering::SeqCst) {
                        request(port).map_err(|error| format!("request {count}: {error}"))?;
                        count += 1;
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                    Ok(count)
                })
            })
            .collect();
        Self {
            stop,
            answered,
            threads,
        }
    }

    /// Ends it once so many requests were answered, however slow the machine is; how many they were. One that failed
    /// fails the test.
    pub(crate) fn finish_after(self, least: u32) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        while self.answered.load(Ordering::SeqCst) < least && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.finish()
    }

    /// Ends it; how many requests were answered.
    pub(crate) fn finish(self) -> u32 {
        self.stop.store(true, Ordering::SeqCst);
        let results = self
            .threads
            .into_iter()
            .map(|thread| thread.join().unwrap());
        results
            .map(|result| result.expect("a request failed"))
            .sum()
    }
}
