//! Output that passes through the holder: times before lines, JSON records, files put aside by size and
//! age. Bytes are never changed or dropped; when the disk is full the program waits in its own pipe.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use super::archive::Archive;
use super::child::append_now;
use super::protocol::Capture;
use super::server::STREAM_BIT;
use crate::clock::{boot_ms, iso, wall_ms};
use crate::poller::{Interest, Poller};

/// Read at once from a pipe: its whole size.
const PIECE: usize = 1 << 18;
/// A line that is longer becomes several JSON records; it bounds what is kept of an unfinished line.
const LONGEST_LINE: usize = 64 << 10;
/// Between two tries to write to a full disk.
const RETRY: u64 = 250;
/// Between two tries to write to a pipe whose reader is slow.
const RETRY_BUSY: u64 = 10;
/// Of a stream that may lose output: what is kept until its file takes it again.
const KEPT: usize = 1 << 20;
/// After a process ended its pipes may be held open by a stranger; they are read until they close.
const READS_A_TURN: usize = 8;

struct Stream {
    fd: OwnedFd,
    sink: usize,
    name: &'static str,
    label: String,
    /// Of a line that has not ended, in JSON mode.
    partial: Vec<u8>,
    at_line_start: bool,
    paused: bool,
    /// Bytes that were dropped and not spoken of yet.
    dropped: u64,
    /// The last dropped byte was within a line.
    dropped_within: bool,
}

struct Sink {
    path: PathBuf,
    file: Option<File>,
    /// What is no file on a disk is never put aside.
    is_regular: bool,
    capture: Capture,
    size: u64,
    opened: u64,
    /// What the disk did not take yet.
    backlog: Vec<u8>,
    problem: Option<String>,
    retry: u64,
    users: usize,
}

/// All captured streams and the files they go to.
#[derive(Default)]
pub(super) struct Captures {
    streams: HashMap<u64, Stream>,
    sinks: Vec<Option<Sink>>,
    by_path: HashMap<PathBuf, usize>,
    next: u64,
    buffer: Vec<u8>,
    changes: Vec<(PathBuf, Option<String>)>,
    /// Some file does not take everything at the moment.
    behind: bool,
    archive: Archive,
}

impl Captures {
    pub(super) fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    pub(super) fn add(
        &mut self,
        fd: OwnedFd,
        path: PathBuf,
        capture: &Capture,
        name: &'static str,
        poller: &Poller,
    ) -> io::Result<()> {
        self.next += 1;
        let token = STREAM_BIT | self.next;
        let sink = self.sink(path, capture);
        poller.add(&fd, token, Interest::Read)?;
        let stream = Stream {
            fd,
            sink,
            name,
            label: capture.label.clone(),
            partial: Vec::new(),
            at_line_start: true,
            paused: false,
            dropped: 0,
            dropped_within: false,
        };
        self.streams.insert(token, stream);
        Ok(())
    }

    fn sink(&mut self, path: PathBuf, capture: &Capture) -> usize {
        if let Some(at) = self.by_path.get(&path).copied()
            && let Some(Some(sink)) = self.sinks.get_mut(at)
        {
            sink.users += 1;
            sink.capture = capture.clone();
            return at;
        }
        let sink = Sink {
            path: path.clone(),
            file: None,
            is_regular: false,
            capture: capture.clone(),
            size: 0,
            opened: wall_ms(),
            backlog: Vec::new(),
            problem: None,
            retry: 0,
            users: 1,
        };
        let free = self.sinks.iter().position(Option::is_none);
        let at = free.unwrap_or(self.sinks.len());
        if at == self.sinks.len() {
            self.sinks.push(Some(sink));
        } else if let Some(slot) = self.sinks.get_mut(at) {
            *slot = Some(sink);
        }
        self.by_path.insert(path, at);
        at
    }

    /// A pipe has something, or was closed.
    pub(super) fn ready(&mut self, token: u64, poller: &Poller) {
        self.buffer.resize(PIECE, 0);
        for _ in 0..READS_A_TURN {
            let Some(stream) = self.streams.get_mut(&token) else {
                return;
            };
            let Some(Some(sink)) = self.sinks.get_mut(stream.sink) else {
                return;
            };
            if !sink.backlog.is_empty() && !sink.capture.drop {
                // The disk is full: the program's own pipe holds the rest.
                poller.remove(&stream.fd);
                stream.paused = true;
                self.behind = true;
                return;
            }
            let length = match rustix::io::read(&stream.fd, &mut self.buffer) {
                Ok(0) => return self.end(token, poller),
                Ok(length) => length,
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return,
            };
            let data = self.buffer.get(..length).unwrap_or_default();
            let change = if sink.capture.drop {
                let kept = stream.shed(data, sink.backlog.len());
                sink.write(&stream.format(&kept, &sink.capture), &mut self.archive)
            } else if sink.capture.time || sink.capture.json {
                sink.write(&stream.format(data, &sink.capture), &mut self.archive)
            } else {
                sink.write(data, &mut self.archive)
            };
            self.behind |= !sink.backlog.is_empty() || stream.dropped > 0;
            self.changes.extend(change);
            // A pipe that gave less has no more for now.
            if length < PIECE {
                return;
            }
        }
    }

    fn end(&mut self, token: u64, poller: &Poller) {
        let Some(mut stream) = self.streams.remove(&token) else {
            return;
        };
        poller.remove(&stream.fd);
        let Some(Some(sink)) = self.sinks.get_mut(stream.sink) else {
            return;
        };
        if let Some(word) = stream.word_of_dropped() {
            let word = stream.format(&word, &sink.capture);
            self.changes.extend(sink.write(&word, &mut self.archive));
        }
        if !stream.partial.is_empty() {
            let record = stream.flush_partial();
            self.changes.extend(sink.write(&record, &mut self.archive));
        }
        sink.users -= 1;
        self.behind |= !sink.backlog.is_empty();
        self.forget_unused(stream.sink);
    }

    /// A file without a stream is closed once it has everything.
    fn forget_unused(&mut self, at: usize) {
        if let Some(slot) = self.sinks.get_mut(at)
            && let Some(sink) = slot
            && sink.users == 0
            && sink.backlog.is_empty()
        {
            self.by_path.remove(&sink.path);
            *slot = None;
        }
    }

    /// Tries full disks again; what has changed with the files is returned.
    pub(super) fn tick(&mut self, poller: &Poller) -> Vec<(PathBuf, Option<String>)> {
        if self.behind {
            let now = boot_ms();
            let mut still = false;
            for sink in self.sinks.iter_mut().flatten() {
                if !sink.backlog.is_empty() && sink.retry <= now {
                    self.changes.extend(sink.write(&[], &mut self.archive));
                }
                still |= !sink.backlog.is_empty();
            }
            for (token, stream) in &mut self.streams {
                let Some(Some(sink)) = self.sinks.get_mut(stream.sink) else {
                    continue;
                };
                if !sink.backlog.is_empty() {
                    continue;
                }
                if stream.paused {
                    stream.paused = poller.add(&stream.fd, *token, Interest::Read).is_err();
                }
                if let Some(word) = stream.word_of_dropped() {
                    let word = stream.format(&word, &sink.capture);
                    self.changes.extend(sink.write(&word, &mut self.archive));
                    still |= !sink.backlog.is_empty();
                }
            }
            self.behind = still;
            for at in 0..self.sinks.len() {
                self.forget_unused(at);
            }
        }
        std::mem::take(&mut self.changes)
    }

    /// When a full disk is tried again.
    pub(super) fn due(&self) -> Option<Duration> {
        if !self.behind {
            return None;
        }
        let waiting = self
            .sinks
            .iter()
            .flatten()
            .filter(|sink| !sink.backlog.is_empty());
        let due = waiting.map(|sink| sink.retry).min().unwrap_or(0);
        Some(Duration::from_millis(due.saturating_sub(boot_ms())))
    }

    /// The files that cannot be written at the moment.
    pub(super) fn problems(&self) -> Vec<(PathBuf, String)> {
        let sinks = self.sinks.iter().flatten();
        sinks
            .filter_map(|sink| Some((sink.path.clone(), sink.problem.clone()?)))
            .collect()
    }

    /// Opens every file anew at the next write: somebody moved them.
    pub(super) fn reopen(&mut self) {
        for sink in self.sinks.iter_mut().flatten() {
            sink.file = None;
        }
    }
}

impl Stream {
    fn format(&mut self, data: &[u8], capture: &Capture) -> Vec<u8> {
        if capture.json {
            self.records(data)
        } else if capture.time {
            self.stamped(data)
        } else {
            data.to_vec()
        }
    }

    /// What of `data` is kept when so much waits already: whole lines, and a word of those that were not.
    fn shed(&mut self, data: &[u8], waiting: usize) -> Vec<u8> {
        let mut rest = data;
        let mut kept = Vec::new();
        if self.dropped > 0 || self.dropped_within {
            if waiting > KEPT / 2 {
                self.drop_bytes(data);
                return kept;
            }
            // The rest of a line whose beginning is gone goes too.
            if self.dropped_within {
                let end = memchr::memchr(b'\n', data).map_or(data.len(), |end| end + 1);
                let (tail, more) = data.split_at(end);
                self.drop_bytes(tail);
                rest = more;
            }
            if rest.is_empty() {
                return kept;
            }
            kept.extend(self.word_of_dropped().unwrap_or_default());
        }
        if waiting + rest.len() <= KEPT {
            kept.extend_from_slice(rest);
            return kept;
        }
        let room = KEPT.saturating_sub(waiting).min(rest.len());
        let (first, more) = rest.split_at(room);
        // The line that the room ends in is kept whole.
        let end = memchr::memchr(b'\n', more).map_or(more.len(), |end| end + 1);
        kept.extend_from_slice(first);
        kept.extend_from_slice(more.get(..end).unwrap_or_default());
        self.drop_bytes(more.get(end..).unwrap_or_default());
        kept
    }

    fn drop_bytes(&mut self, data: &[u8]) {
        if let Some(last) = data.last() {
            self.dropped_within = *last != b'\n';
            self.dropped += u64::try_from(data.len()).unwrap_or(u64::MAX);
        }
    }

    /// The line that says how much is missing.
    fn word_of_dropped(&mut self) -> Option<Vec<u8>> {
        let dropped = std::mem::take(&mut self.dropped);
        (dropped > 0).then(|| {
            format!("[crust-pm] {dropped} bytes were dropped: they came faster than they could be written\n")
                .into_bytes()
        })
    }

    fn stamped(&mut self, data: &[u8]) -> Vec<u8> {
        let stamp = format!("{} ", iso(wall_ms()));
        let mut out = Vec::with_capacity(data.len() + data.len() / 2 + stamp.len());
        for line in data.split_inclusive(|byte| *byte == b'\n') {
            if self.at_line_start {
                out.extend_from_slice(stamp.as_bytes());
            }
            out.extend_from_slice(line);
            self.at_line_start = line.last() == Some(&b'\n');
        }
        out
    }

    fn records(&mut self, data: &[u8]) -> Vec<u8> {
        let stamp = iso(wall_ms());
        let mut out = Vec::with_capacity(data.len() * 2 + 128);
        for line in data.split_inclusive(|byte| *byte == b'\n') {
            let complete = line.last() == Some(&b'\n');
            if complete && self.partial.is_empty() {
                self.record(&line[..line.len() - 1], &stamp, &mut out);
                continue;
            }
            self.partial.extend_from_slice(line);
            if complete || self.partial.len() >= LONGEST_LINE {
                let mut whole = std::mem::take(&mut self.partial);
                if complete {
                    whole.pop();
                }
                self.record(&whole, &stamp, &mut out);
            }
        }
        out
    }

    fn flush_partial(&mut self) -> Vec<u8> {
        let whole = std::mem::take(&mut self.partial);
        let mut out = Vec::new();
        self.record(&whole, &iso(wall_ms()), &mut out);
        out
    }

    fn record(&self, line: &[u8], stamp: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"timestamp\":\"");
        out.extend_from_slice(stamp.as_bytes());
        out.extend_from_slice(b"\",\"type\":\"");
        out.extend_from_slice(self.name.as_bytes());
        out.extend_from_slice(b"\",\"app\":");
        let _ = serde_json::to_writer(&mut *out, &self.label);
        out.extend_from_slice(b",\"message\":");
        let _ = serde_json::to_writer(&mut *out, &String::from_utf8_lossy(line));
        out.extend_from_slice(b"}\n");
    }
}

impl Sink {
    /// Writes, or keeps what cannot be written. Says so when that changes.
    fn write(&mut self, data: &[u8], archive: &mut Archive) -> Option<(PathBuf, Option<String>)> {
        self.backlog.extend_from_slice(data);
        let problem = match self.drain(archive) {
            Ok(()) => None,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // A pipe that is read slowly: no failure.
                self.retry = boot_ms() + RETRY_BUSY;
                None
            }
            Err(error) => {
                self.retry = boot_ms() + RETRY;
                // Whatever is at the path by then is tried.
                self.file = None;
                Some(error.to_string())
            }
        };
        let changed = problem.is_some() != self.problem.is_some();
        self.problem.clone_from(&problem);
        changed.then(|| (self.path.clone(), problem))
    }

    fn drain(&mut self, archive: &mut Archive) -> io::Result<()> {
        while !self.backlog.is_empty() {
            if self.is_full() {
                self.put_aside(archive)?;
            }
            let room = self.room();
            let mut file = match self.file.take() {
                Some(file) => file,
                None => self.open()?,
            };
            let written = file.write(self.backlog.get(..room).unwrap_or_default());
            self.file = Some(file);
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => {
                    self.size += u64::try_from(length).unwrap_or(0);
                    self.backlog.drain(..length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.backlog.capacity() > PIECE * 2 {
            self.backlog = Vec::new();
        }
        Ok(())
    }

    fn open(&mut self) -> io::Result<File> {
        let file = append_now(&self.path)?;
        let about = file.metadata()?;
        self.is_regular = about.is_file();
        self.size = about.len();
        self.opened = about
            .created()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
            .map_or_else(wall_ms, |since| {
                u64::try_from(since.as_millis()).unwrap_or(0)
            });
        Ok(file)
    }

    fn is_full(&self) -> bool {
        let too_big = self
            .capture
            .max_size
            .is_some_and(|most| self.size >= most.max(1));
        let too_old = self
            .capture
            .max_age
            .is_some_and(|most| wall_ms().saturating_sub(self.opened) >= most);
        self.file.is_some() && self.is_regular && self.size > 0 && (too_big || too_old)
    }

    /// How much of the backlog goes to this file: up to the end of the line that fills it.
    fn room(&self) -> usize {
        let Some(most) = self.capture.max_size else {
            return self.backlog.len();
        };
        let left = usize::try_from(most.saturating_sub(self.size)).unwrap_or(usize::MAX);
        let rest = self.backlog.get(left..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.backlog.len(), |end| left + end + 1)
    }

    /// Renames the file and has it compressed, so that nobody waits.
    fn put_aside(&mut self, archive: &mut Archive) -> io::Result<()> {
        archive.take(&self.path, self.capture.keep)?;
        self.file = None;
        self.size = 0;
        Ok(())
    }
}
