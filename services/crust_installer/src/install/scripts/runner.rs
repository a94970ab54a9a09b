//! Running jobs: each when those before it are done, a bounded number at a time. The output of a
//! script is kept for the error, and passed on only where it is the project's own.

use std::collections::VecDeque;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Job, ScriptHost};
use crate::error::InstallError;
use crate::events::{Event, Sink};

/// What is kept of a script's output: enough for a compiler's last errors.
const OUTPUT_KEPT: usize = 256 << 10;
/// How long a process that a script left behind may keep the output open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs the jobs; the optional ones that failed.
pub(in crate::install) fn run(
    jobs: &[Job],
    host: &ScriptHost,
    root: &Path,
    sink: &Sink,
) -> Result<Vec<usize>, InstallError> {
    let limit = match host.concurrency {
        0 => std::thread::available_parallelism().map_or(2, usize::from) * 2,
        count => count,
    };
    let mut waiting: Vec<usize> = jobs.iter().map(|job| job.after.len()).collect();
    let mut ready: VecDeque<usize> = waiting
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == 0)
        .map(|(at, _)| at)
        .collect();
    let mut failed = Vec::new();
    let mut error = None;
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut running = 0;
        loop {
            while running < limit && error.is_none() {
                let Some(at) = ready.pop_front() else { break };
                let Some(job) = jobs.get(at) else { continue };
                let sender = sender.clone();
                running += 1;
                scope.spawn(move || {
                    // The receiver waits for every job that it started.
                    let _ = sender.send((at, run_job(job, host, root, sink)));
                });
            }
            if running == 0 {
                return;
            }
            let Ok((at, result)) = receiver.recv() else {
                return;
            };
            running -= 1;
            match result {
                Ok(()) => {}
                Err(_) if jobs.get(at).is_some_and(|job| job.optional) => failed.push(at),
                Err(found) => error = error.take().or(Some(found)),
            }
            for (next, job) in jobs.iter().enumerate() {
                if job.after.contains(&at)
                    && let Some(count) = waiting.get_mut(next)
                {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        ready.push_back(next);
                    }
                }
            }
        }
    });
    match error {
        Some(error) => Err(error),
        None => Ok(failed),
    }
}

fn run_job(job: &Job, host: &ScriptHost, root: &Path, sink: &Sink) -> Result<(), InstallError> {
    let path = search_path(&job.folder, host)?;
    for (stage, text) in &job.stages {
        sink(Event::Script {
            package: job.name.clone(),
            script: (*stage).to_owned(),
            command: text.clone(),
            shown: job.shown,
        });
        let mut command = Command::new(&host.shell);
        command
            .arg("-c")
            .arg(text)
            .current_dir(&job.folder)
            .envs(host.variables.iter().map(|(name, value)| (name, value)))
            .env("PATH", &path)
            .env("npm_config_local_prefix", root)
            .env("npm_package_json", job.folder.join("package.json"))
            .env("npm_package_name", &job.name)
            .env("npm_package_version", &job.version)
            .env("npm_lifecycle_event", stage)
            .env("npm_lifecycle_script", text)
            .stdin(Stdio::null());
        let fail = |ended: String, output: String| InstallError::Script {
            package: job.name.clone(),
            script: (*stage).to_owned(),
            ended,
            output,
        };
        let (status, output) = if job.shown || host.verbose {
            let status = command.status();
            (status, String::new())
        } else {
            captured(&mut command)
        };
        let status =
            status.map_err(|error| fail(format!("could not start: {error}"), String::new()))?;
        if !status.success() {
            return Err(fail(ended(status), output));
        }
    }
    Ok(())
}

fn ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}

/// Runs a command and keeps the end of what it prints.
fn captured(command: &mut Command) -> (std::io::Result<ExitStatus>, String) {
    let (reader, writer) = match std::io::pipe() {
        Ok(pipe) => pipe,
        Err(error) => return (Err(error), String::new()),
    };
    let kept: Arc<Mutex<VecDeque<u8>>> = Arc::default();
    let (done, is_done) = mpsc::channel();
    let status = (|| {
        command.stderr(writer.try_clone()?).stdout(writer);
        let child = command.spawn();
        // The command holds the writing ends until it is told otherwise.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child?;
        let into = Arc::clone(&kept);
        std::thread::spawn(move || {
            collect(reader, &into);
            let _ = done.send(());
        });
        child.wait()
    })();
    // A process that a script left behind may hold the pipe open for ever.
    let _ = is_done.recv_timeout(LAST_WORDS);
    let bytes: Vec<u8> = match kept.lock() {
        Ok(kept) => kept.iter().copied().collect(),
        Err(_) => Vec::new(),
    };
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

fn collect(mut reader: std::io::PipeReader, kept: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        let Ok(mut kept) = kept.lock() else { return };
        kept.extend(buffer.get(..length).unwrap_or_default());
        let surplus = kept.len().saturating_sub(OUTPUT_KEPT);
        kept.drain(..surplus);
    }
}

/// `node_modules/.bin` of the folder and of all above, then everybody's programs.
fn search_path(folder: &Path, host: &ScriptHost) -> Result<std::ffi::OsString, InstallError> {
    let own = folder
        .ancestors()
        .filter(|above| !above.ends_with("node_modules"))
        .map(|above| above.join("node_modules/.bin"));
    let all: Vec<PathBuf> = own.chain(host.search_path.iter().cloned()).collect();
    std::env::join_paths(all).map_err(|error| InstallError::Config(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(name: &str, text: &str, after: Vec<usize>, optional: bool) -> Job {
        Job {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            folder: std::env::temp_dir(),
            stages: vec![("install", text.to_owned())],
            optional,
            after,
            shown: false,
        }
    }

    fn silent() -> Sink {
        Arc::new(|_| {})
    }

    #[test]
    fn jobs_run_after_those_they_need() {
        let folder = std::env::temp_dir().join(format!("crust-scripts-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let log = folder.join("log");
        let say = |name: &str| format!("echo {name} >> {}", log.display());
        let jobs = [
            job("a", &say("a"), vec![], false),
            job("b", "exit 3", vec![0], true),
            job("c", &say("c"), vec![0, 1], false),
        ];
        let failed = run(&jobs, &ScriptHost::default(), &folder, &silent()).unwrap();
        assert_eq!(failed, [1]);
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "a\nc\n");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_failure_shows_the_output_and_ends_the_rest() {
        let jobs = [
            job("a", "echo out; echo err >&2; exit 4", vec![], false),
            job("b", "exit 0", vec![0], false),
        ];
        let error = run(&jobs, &ScriptHost::default(), Path::new("/"), &silent()).unwrap_err();
        let InstallError::Script { output, ended, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(
            (output.as_str(), ended.as_str()),
            ("out\nerr\n", "exited with 4")
        );
    }

    #[test]
    fn a_process_left_behind_does_not_hold_the_installation() {
        let started = std::time::Instant::now();
        let jobs = [job("a", "sleep 5 & exit 0", vec![], false)];
        run(&jobs, &ScriptHost::default(), Path::new("/"), &silent()).unwrap();
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}
