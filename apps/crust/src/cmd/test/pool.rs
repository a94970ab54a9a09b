//! The workers of a run: it gives files to them, reads what they say, and deals with those that crash, end
//! on their own or do not come back. Never prints; the record does.

mod deal;
mod task;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crust_testplan::coverage::{Counts, add_counts};
use crust_testplan::{Position, WorkerEvent};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::code;
use super::coverage::Children;
use super::foreign::{Foreign, is_module};
use super::options::{Isolation, Settings};
use super::record::{Note, Record, colours};
use super::worker::{Lines, Worker};
use crate::args::Parsed;
use crate::error::CliError;
use crate::outcome::{Outcome, signal_name};
use crate::session::Session;
use task::Task;

/// What a worker printed is passed on in pieces, so that a flood does not keep its events waiting.
const OUTPUT_PIECE: usize = 1 << 20;
/// Without anything to read, so often it is looked whether a worker is overdue.
const TICK: Duration = Duration::from_millis(100);

/// After an event there are soon others: they are heard together, which spares both sides most of their
/// system calls.
const TOGETHER: Duration = Duration::from_millis(1);

/// A place for a worker, and the files it has: the first is running.
#[derive(Default)]
struct Slot {
    worker: Option<Worker>,
    tasks: VecDeque<Task>,
    /// The worker ends after this file: what it has beyond goes to another.
    retired: bool,
}

struct Pool<'a> {
    session: &'a Session,
    option_words: Vec<OsString>,
    settings: &'a Settings,
    settings_line: String,
    directory: &'a Path,
    waiting: VecDeque<PathBuf>,
    slots: Vec<Slot>,
    record: Record,
    live: bool,
    lost: bool,
    /// A worker said something in the last round.
    heard: bool,
    counts: Counts,
    /// Where the programs that tests start leave their counts.
    children: Option<Children>,
}

/// Runs the files and gives the run's end.
pub(super) fn run(
    session: &Session,
    parsed: &Parsed,
    settings: &Settings,
    files: &[PathBuf],
    directory: &Path,
) -> Result<Outcome, CliError> {
    let processes = settings.processes.min(files.len());
    let mut foreign = Vec::new();
    for name in settings.reporters.iter().filter(|name| is_module(name)) {
        foreign.push(Foreign::start(session, &parsed.option_words, name)?);
    }
    let mut pool = Pool {
        session,
        option_words: parsed.option_words.clone(),
        settings,
        settings_line: settings.for_worker(colours(), files.len()),
        directory,
        waiting: files.iter().cloned().collect(),
        slots: (0..processes).map(|_| Slot::default()).collect(),
        record: Record::new(settings, files.len(), foreign),
        live: processes == 1,
        lost: false,
        heard: false,
        counts: Counts::new(),
        children: settings
            .coverage
            .is_some()
            .then(Children::new)
            .transpose()?,
    };
    pool.record.start(files);
    pool.run()?;
    pool.finish()
}

impl Pool<'_> {
    fn run(&mut self) -> Result<(), CliError> {
        loop {
            self.occupy()?;
            if self.slots.iter().all(|slot| slot.worker.is_none()) {
                return Ok(());
            }
            self.wait();
            for index in 0..self.slots.len() {
                self.read(index);
                self.check_deadline(index);
            }
            self.record.flush();
            self.show_progress();
            if self.settings.bail > 0 && self.record.failures() >= self.settings.bail {
                self.bail();
                return Ok(());
            }
        }
    }

    fn show_progress(&mut self) {
        if !self.record.is_live() {
            return;
        }
        let running = self.slots.iter().filter_map(|slot| slot.tasks.front());
        let names: Vec<String> = running
            .map(|task| {
                let path = &task.file;
                let name = path.strip_prefix(self.directory).unwrap_or(path);
                name.to_string_lossy().into_owned()
            })
            .collect();
        self.record.show(&names);
    }

    /// Deals files to the places that have room, and workers to those that have none.
    fn occupy(&mut self) -> Result<(), CliError> {
        while let Some(index) = self.place_with_room() {
            let Some(file) = self.waiting.pop_front() else {
                break;
            };
            self.give(index, &file)?;
        }
        if self.waiting.is_empty() {
            for index in 0..self.slots.len() {
                self.dismiss_if_idle(index);
            }
        }
        Ok(())
    }

    /// Where the next file goes.
    fn place_with_room(&self) -> Option<usize> {
        let one_by_one =
            self.settings.isolation == Isolation::Process || self.settings.durations.is_some();
        let held: Vec<_> = self
            .slots
            .iter()
            .map(|slot| (!slot.retired).then_some(slot.tasks.len()))
            .collect();
        deal::place(
            &held,
            deal::ahead(held.len(), one_by_one),
            self.waiting.len(),
        )
    }

    /// A worker without a file, when there is none left, may end.
    fn dismiss_if_idle(&mut self, index: usize) {
        let Some(slot) = self
            .slots
            .get_mut(index)
            .filter(|slot| slot.tasks.is_empty() && !slot.retired)
        else {
            return;
        };
        if let Some(mut worker) = slot.worker.take() {
            worker.close();
            drain_and_wait(&mut worker, &mut self.record);
        }
    }

    fn give(&mut self, index: usize, file: &Path) -> Result<(), CliError> {
        let Some(slot) = self.slots.get_mut(index) else {
            return Ok(());
        };
        let worker = match &mut slot.worker {
            Some(worker) => worker,
            empty => {
                let started = Worker::start(
                    self.session,
                    &self.option_words,
                    index + 1,
                    &self.settings_line,
                    self.children.as_ref().map(Children::folder),
                );
                empty.insert(started.map_err(|source| CliError::Spawn {
                    program: "a test worker".to_owned(),
                    source,
                })?)
            }
        };
        // A worker that is gone shows so by its events.
        let _ = worker.give(&serde_json::json!({ "file": file }).to_string());
        if self.settings.isolation == Isolation::Process {
            worker.close();
        }
        let is_first = slot.tasks.is_empty();
        slot.tasks.push_back(Task::new(file.to_owned()));
        if self.live && is_first {
            self.record.start_file(file, self.directory);
        }
        Ok(())
    }

    /// Sleeps until a worker says something.
    fn wait(&mut self) {
        if std::mem::take(&mut self.heard) {
            std::thread::sleep(TOGETHER);
        }
        let mut fds = Vec::new();
        for worker in self.slots.iter().filter_map(|slot| slot.worker.as_ref()) {
            fds.push(PollFd::new(&worker.events, PollFlags::IN));
            if let Some(pipe) = &worker.stdout {
                fds.push(PollFd::new(pipe, PollFlags::IN));
            }
            if let Some(pipe) = &worker.stderr {
                fds.push(PollFd::new(pipe, PollFlags::IN));
            }
        }
        let tick = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(TICK.subsec_nanos()),
        };
        // An interrupted wait is a short one.
        let _ = poll(&mut fds, Some(&tick));
    }

    fn read(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let Some(worker) = &mut slot.worker else {
            return;
        };
        let (lines, ended) = match worker.lines() {
            Lines::Some(lines) => (lines, false),
            Lines::Ended(lines) => (lines, true),
        };
        // What was printed before an event is in its pipe when the event is.
        worker.hear(OUTPUT_PIECE);
        self.heard |= !lines.is_empty();
        for line in lines {
            let (position, line) = Position::split(&line);
            if let Some(position) = position {
                self.printed(index, |worker| worker.output_before(position));
            }
            self.line(index, line);
        }
        self.printed(index, Worker::output);
        if ended {
            self.ended(index);
        }
    }

    /// Passes on what a worker printed.
    fn printed(&mut self, index: usize, take: impl FnOnce(&mut Worker) -> [Vec<u8>; 2]) {
        let worker = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.worker.as_mut());
        if let Some(worker) = worker {
            let output = take(worker);
            self.note_output(index, output);
        }
    }

    fn note_output(&mut self, index: usize, [stdout, stderr]: [Vec<u8>; 2]) {
        if !stdout.is_empty() {
            self.note(index, Note::Stdout(stdout));
        }
        if !stderr.is_empty() {
            self.note(index, Note::Stderr(stderr));
        }
    }

    /// Passes a note on, at once or when its file ends.
    fn note(&mut self, index: usize, note: Note) {
        let task = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.tasks.front_mut());
        match task {
            Some(task) if !self.live => task.keep(note),
            _ => self.record.note(&note),
        }
    }

    fn line(&mut self, index: usize, line: &[u8]) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let event = match WorkerEvent::parse(line) {
            Ok(event) => event,
            Err(error) => {
                let text = String::from_utf8_lossy(line)
                    .chars()
                    .take(200)
                    .collect::<String>();
                let message = format!("error: a worker said what is no event: {error}: {text}");
                return self.note(index, Note::Error(task::failure(message)));
            }
        };
        let Some(task) = slot.tasks.front_mut() else {
            return;
        };
        task.heard(&event);
        match event {
            WorkerEvent::Ready | WorkerEvent::Beat | WorkerEvent::Plan { .. } => {}
            WorkerEvent::Coverage { counts } => add_counts(&mut self.counts, counts),
            WorkerEvent::Test(result) => self.note(index, Note::Test(result)),
            WorkerEvent::Error { error } => self.note(index, Note::Error(error)),
            WorkerEvent::End(end) => {
                slot.retired |= end.retire || self.settings.isolation == Isolation::Process;
                if let Some(durations) = &self.settings.durations {
                    durations.borrow_mut().note(&task.file, end.ms);
                }
                self.close_task(index, Some(&end));
            }
        }
    }

    /// The running file of a place is over; the next one, if it has one, is running.
    fn close_task(&mut self, index: usize, end: Option<&crust_testplan::FileEnd>) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let Some(task) = slot.tasks.pop_front() else {
            return;
        };
        let next = slot.tasks.front_mut().map(|next| {
            next.begin();
            next.file.clone()
        });
        if !self.live {
            self.record.start_file(&task.file, self.directory);
            for note in task.notes {
                self.record.note(&note);
            }
        }
        self.record.end_file(end);
        let goes_on = next.filter(|_| self.live && !self.slots.iter().any(|slot| slot.retired));
        if let Some(file) = goes_on {
            self.record.start_file(&file, self.directory);
        }
    }

    /// Files that a worker was given and did not begin are given out again.
    fn take_back(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.retired = false;
            while let Some(task) = slot.tasks.pop_back() {
                self.waiting.push_front(task.file);
            }
        }
    }

    /// A worker's events are over: it ended, and whatever it was running is lost.
    fn ended(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let Some(mut worker) = slot.worker.take() else {
            return;
        };
        let is_retired = slot.retired;
        let status = worker.wait();
        worker.hear(usize::MAX);
        let reason = match status.map(Outcome::from) {
            Ok(Outcome::Code(code)) => format!("ended with exit code {code}"),
            Ok(Outcome::Signal(signal)) => format!("was ended by {}", signal_name(signal)),
            Err(error) => format!("ended ({error})"),
        };
        self.note_output(index, worker.last_output());
        if !is_retired {
            self.lose(index, &format!("the process that ran it {reason}"));
        }
        self.take_back(index);
    }

    fn check_deadline(&mut self, index: usize) {
        let overdue = self
            .slots
            .get(index)
            .and_then(|slot| slot.tasks.front())
            .is_some_and(|task| task.is_overdue(Instant::now(), self.settings.timeout));
        if !overdue {
            return;
        }
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        if let Some(mut worker) = slot.worker.take() {
            worker.kill();
            worker.hear(OUTPUT_PIECE);
            // It was killed: there is nothing to learn from how it ended.
            let _ = worker.wait();
            self.note_output(index, worker.last_output());
        }
        self.lose(
            index,
            "it did not come back from synchronous code, and its process was killed",
        );
        self.take_back(index);
    }

    /// Reports what the loss of a worker means for its file.
    fn lose(&mut self, index: usize, reason: &str) {
        self.lost = true;
        if let Some(slot) = self.slots.get_mut(index) {
            slot.retired = true;
        }
        let Some(task) = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.tasks.front_mut())
        else {
            return;
        };
        for note in task.lost(reason) {
            self.note(index, note);
        }
        self.close_task(index, None);
    }

    /// Ends everything after the last failure that is wanted.
    fn bail(&mut self) {
        for index in 0..self.slots.len() {
            if let Some(mut worker) = self
                .slots
                .get_mut(index)
                .and_then(|slot| slot.worker.take())
            {
                worker.kill();
                worker.hear(OUTPUT_PIECE);
                self.note_output(index, worker.last_output());
                let _ = worker.wait();
            }
            if let Some(slot) = self.slots.get_mut(index) {
                let begun = slot.tasks.len().min(1);
                let others = slot.tasks.drain(begun..).map(|task| task.file);
                self.waiting.extend(others);
            }
            self.close_task(index, None);
        }
        self.record.totals.not_run = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        self.waiting.clear();
    }

    fn finish(mut self) -> Result<Outcome, CliError> {
        self.record.flush();
        self.record.hide();
        let bailed = self.settings.bail > 0 && self.record.failures() >= self.settings.bail;
        if bailed {
            let count = self.record.failures();
            let word = if count == 1 { "failure" } else { "failures" };
            crate::message::write_error(&format!("\nBailed out after {count} {word}\n"));
        }
        let outfile = self.settings.outfile.clone().unwrap_or_default();
        let reported = self.record.finish().map_err(|source| CliError::Write {
            path: outfile,
            source,
        })?;
        if let Some(durations) = &self.settings.durations {
            durations.borrow_mut().write()?;
        }
        if let Some(children) = &self.children {
            children.add_to(&mut self.counts);
        }
        let met = match &self.settings.coverage {
            Some(coverage) => coverage.report(&self.counts, self.directory)?,
            None => true,
        };
        let totals = &self.record.totals;
        Ok(if self.lost {
            Outcome::Code(code::WORKER_LOST)
        } else if totals.failed > 0 || totals.errors > 0 || !reported {
            Outcome::FAILURE
        } else if totals.ran() == 0 && !self.settings.pass_with_no_tests {
            self.nothing_ran()
        } else if !met {
            Outcome::Code(code::COVERAGE_TOO_LOW)
        } else {
            Outcome::SUCCESS
        })
    }

    /// Files there were, but no test in them ran.
    fn nothing_ran(&self) -> Outcome {
        if let Some(pattern) = &self.settings.name_pattern {
            crate::message::error(&format!("regex \"{pattern}\" matched 0 tests"));
            return Outcome::Code(code::NOTHING_FOUND);
        }
        Outcome::SUCCESS
    }
}

/// Lets a worker without a file end, and passes on what it prints meanwhile.
fn drain_and_wait(worker: &mut Worker, record: &mut Record) {
    let deadline = Instant::now() + Duration::from_secs(1);
    while !matches!(worker.lines(), Lines::Ended(_)) {
        if Instant::now() > deadline {
            worker.kill();
            break;
        }
        let tick = Timespec {
            tv_sec: 0,
            tv_nsec: 1_000_000,
        };
        let mut fds = [PollFd::new(&worker.events, PollFlags::IN)];
        // An interrupted wait is a short one.
        let _ = poll(&mut fds, Some(&tick));
    }
    worker.hear(usize::MAX);
    let [stdout, stderr] = worker.last_output();
    if !stdout.is_empty() {
        record.note(&Note::Stdout(stdout));
    }
    if !stderr.is_empty() {
        record.note(&Note::Stderr(stderr));
    }
    // Its end has been seen.
    let _ = worker.wait();
}
