//! The last lines of a log file, read from its end in blocks: a file of gigabytes costs as little as a
//! short one; and the lines since a time. Where the file does not go back far enough, those put aside are
//! read. It never follows a file and knows no process.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::clock::parse_iso;

/// One look backwards.
const BLOCK: u64 = 64 << 10;
/// Most bytes that are given, however long the lines are.
pub const LONGEST: usize = 64 << 20;

/// The last `count` lines, as they are, and the offset at which the file ended.
///
/// # Errors
/// The file cannot be read; one that does not exist, or is no file but a pipe or a device, is empty.
pub fn last_lines(path: &Path, count: usize) -> io::Result<(Vec<u8>, u64)> {
    last_lines_within(path, count, LONGEST)
}

/// The same, no more than about `most` bytes of them: the last of a longer line.
///
/// # Errors
/// As those of [`last_lines`].
pub fn last_lines_within(path: &Path, count: usize, most: usize) -> io::Result<(Vec<u8>, u64)> {
    // Opening a pipe would wait for who writes to it.
    match fs::metadata(path) {
        Ok(about) if about.is_file() => {}
        Ok(_) => return Ok((Vec::new(), 0)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(error),
    }
    let mut file = File::open(path)?;
    let length = file.seek(SeekFrom::End(0))?;
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    let (mut at, mut ends, mut taken) = (length, 0, 0);
    // The end of the last line is not before any line.
    while at > 0 && ends <= count && taken < most {
        let size = at.min(BLOCK);
        at -= size;
        file.seek(SeekFrom::Start(at))?;
        let mut block = vec![0; usize::try_from(size).unwrap_or(0)];
        file.read_exact(&mut block)?;
        ends += memchr::memchr_iter(b'\n', &block).count();
        taken += block.len();
        blocks.push(block);
    }
    blocks.reverse();
    let bytes = blocks.concat();
    let start = start_of(&bytes, count);
    Ok((bytes.get(start..).unwrap_or_default().to_vec(), length))
}

/// The files of a log that were put aside, oldest first: their names are their times.
///
/// # Errors
/// The folder cannot be read.
pub fn aside(log: &Path) -> io::Result<Vec<PathBuf>> {
    let (Some(folder), Some(name)) = (log.parent(), log.file_name().and_then(|name| name.to_str()))
    else {
        return Ok(Vec::new());
    };
    let prefix = format!("{name}.");
    let is_aside = |found: &str| {
        let rest = found.strip_prefix(&prefix);
        // As in `.2026-11-29T…`: numbers alone are another program's.
        rest.is_some_and(|rest| {
            rest.bytes().take(4).all(|byte| byte.is_ascii_digit())
                && rest.as_bytes().get(4) == Some(&b'-')
                && Path::new(rest).extension().is_none_or(|end| end != "part")
        })
    };
    let mut found: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .filter(|entry| is_aside(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    // One that is being compressed is there twice for a moment.
    found.dedup_by(|later, earlier| later.file_stem() == earlier.file_name());
    Ok(found)
}

/// A file put aside, as it was.
fn open_aside(path: &Path) -> io::Result<Box<dyn Read>> {
    let file = File::open(path)?;
    if path.extension().is_some_and(|end| end == "zst") {
        return Ok(Box::new(zstd::stream::read::Decoder::new(file)?));
    }
    Ok(Box::new(file))
}

/// The last `count` lines as [`last_lines`] gives them, and those of files put aside where the present one
/// has fewer.
///
/// # Errors
/// A file cannot be read.
pub fn last_lines_of_all(path: &Path, count: usize) -> io::Result<(Vec<u8>, u64)> {
    let (mut bytes, end) = last_lines(path, count)?;
    let mut is_whole = u64::try_from(bytes.len()) == Ok(end);
    let mut files = aside(path).unwrap_or_default();
    // A file is put aside wherever its size was reached, so a line may begin in one and end in the next.
    while let Some(file) = files.pop().filter(|_| is_whole && bytes.len() <= LONGEST) {
        let missing = count.saturating_sub(count_lines(&bytes));
        let (mut older, whole) = last_of_stream(open_aside(&file)?, missing)?;
        older.append(&mut bytes);
        (bytes, is_whole) = (older, whole);
    }
    let start = start_of(&bytes, count);
    Ok((bytes.split_off(start), end))
}

/// Lines, the last of which may be without an end.
fn count_lines(bytes: &[u8]) -> usize {
    let is_open = bytes.last().is_some_and(|byte| *byte != b'\n');
    memchr::memchr_iter(b'\n', bytes).count() + usize::from(is_open)
}

/// Of what can only be read forwards: its last `count` lines with an end, and what stands behind them. Whether that
/// is all of it.
fn last_of_stream(mut stream: impl Read, count: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 1 << 20];
    let mut is_whole = true;
    loop {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            break;
        }
        bytes.extend_from_slice(piece.get(..length).unwrap_or_default());
        // What cannot be among the last lines any more goes now and then.
        if bytes.len() > 8 << 20 {
            let start = after_ends(&bytes, count).max(bytes.len().saturating_sub(LONGEST));
            if start > 4 << 20 {
                bytes.drain(..start);
                is_whole = false;
            }
        }
    }
    let start = after_ends(&bytes, count);
    Ok((bytes.split_off(start), is_whole && start == 0))
}

/// Where the last `count` lines with an end begin, whatever stands behind them.
fn after_ends(bytes: &[u8], count: usize) -> usize {
    memchr::memrchr_iter(b'\n', bytes)
        .nth(count)
        .map_or(0, |end| end + 1)
}

/// The time at the beginning of a line, as `--time` and JSON logs have it, in milliseconds since 1970.
#[must_use]
pub fn time_of(line: &[u8]) -> Option<u64> {
    const RECORD: &[u8] = b"{\"timestamp\":\"";
    let text = line.strip_prefix(RECORD).unwrap_or(line).get(..24)?;
    parse_iso(std::str::from_utf8(text).ok()?)
}

/// Hands the lines since a time to `each`, those of files put aside first, and gives the offset at which the
/// present file ended. Lines without a time belong to the one before.
///
/// # Errors
/// A file cannot be read, or `each` says so. `InvalidData`: there are lines and none has a time.
pub fn since(
    path: &Path,
    since: u64,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    // Back to the first file that begins before the time; the later ones are printed whole.
    let mut files = aside(path).unwrap_or_default();
    let mut first = files.len();
    while first > 0 && !begins_before(open_present(path)?.as_mut(), since)? {
        first -= 1;
        let Some(file) = files.get(first) else { break };
        if begins_before(open_aside(file)?.as_mut(), since)? {
            break;
        }
    }
    let mut filter = Filter::new(since);
    for file in files.drain(..).skip(first) {
        filter.run(open_aside(&file)?, &mut each)?;
    }
    let end = filter.run(open_present(path)?, &mut each)?;
    if filter.lines > 0 && !filter.timed {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(end)
}

fn open_present(path: &Path) -> io::Result<Box<dyn Read>> {
    if path.metadata().is_ok_and(|about| !about.is_file()) {
        return Ok(Box::new(io::empty()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Box::new(io::empty())),
        Err(error) => Err(error),
    }
}

/// Whether the first line with a time is before it.
fn begins_before(stream: &mut dyn Read, since: u64) -> io::Result<bool> {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    for _ in 0..1000 {
        line.clear();
        if Read::take(&mut reader, 1 << 20).read_until(b'\n', &mut line)? == 0 {
            return Ok(false);
        }
        if let Some(time) = time_of(&line) {
            return Ok(time < since);
        }
    }
    Ok(false)
}

/// Which lines are late enough.
struct Filter {
    since: u64,
    shows: bool,
    timed: bool,
    lines: u64,
}

impl Filter {
    fn new(since: u64) -> Self {
        Self {
            since,
            shows: false,
            timed: false,
            lines: 0,
        }
    }

    /// Reads to the end; how much that was.
    fn run(
        &mut self,
        stream: impl Read,
        each: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let mut reader = BufReader::with_capacity(1 << 18, stream);
        let mut line = Vec::new();
        let mut taken = 0;
        loop {
            line.clear();
            // A longer line comes in parts, which have no time of their own.
            let length = Read::take(&mut reader, 1 << 20).read_until(b'\n', &mut line)?;
            if length == 0 {
                return Ok(taken);
            }
            taken += u64::try_from(length).unwrap_or(0);
            self.lines += 1;
            if let Some(time) = time_of(&line) {
                self.timed = true;
                self.shows = time >= self.since;
            }
            if self.shows {
                each(&line)?;
            }
        }
    }
}

/// Where the last `count` lines of `bytes` begin.
fn start_of(bytes: &[u8], count: usize) -> usize {
    if count == 0 {
        return bytes.len();
    }
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut ends = memchr::memrchr_iter(b'\n', body);
    ends.nth(count - 1).map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::iso;
    use proptest::prelude::*;

    #[test]
    fn lines_since_a_time_come_from_every_file() {
        let folder = std::env::temp_dir().join(format!("procman-since-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("a.log");
        let line = |at: u64| format!("{} line {at}\n  more of it\n", iso(at * 1000));
        let text = |range: std::ops::Range<u64>| range.map(line).collect::<String>();
        let packed = zstd::stream::encode_all(text(0..10).as_bytes(), 1).unwrap();
        fs::write(folder.join("a.log.2026-1.zst"), packed).unwrap();
        fs::write(folder.join("a.log.2026-2"), text(10..20)).unwrap();
        fs::write(folder.join("a.log.2026-2.zst.part"), "half").unwrap();
        fs::write(folder.join("a.log.old"), "stranger").unwrap();
        fs::write(&log, text(20..30)).unwrap();
        for from in [0, 5, 10, 15, 20, 25, 29, 30] {
            let mut found = Vec::new();
            let end = since(&log, from * 1000, |line| {
                found.extend_from_slice(line);
                Ok(())
            });
            assert_eq!(end.unwrap(), text(20..30).len() as u64);
            assert_eq!(
                String::from_utf8(found).unwrap(),
                text(from..30),
                "since {from}"
            );
        }
        let (last, _) = last_lines_of_all(&log, 50).unwrap();
        assert_eq!(String::from_utf8(last).unwrap(), text(5..30));
        fs::write(&log, "no times here\n").unwrap();
        fs::remove_file(folder.join("a.log.2026-1.zst")).unwrap();
        fs::remove_file(folder.join("a.log.2026-2")).unwrap();
        assert_eq!(
            since(&log, 0, |_| Ok(())).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_pipe_is_not_waited_for_and_a_long_line_is_cut() {
        let folder = std::env::temp_dir().join(format!("procman-pipe-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let pipe = folder.join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        assert_eq!(last_lines(&pipe, 10).unwrap(), (Vec::new(), 0));
        assert_eq!(since(&pipe, 0, |_| Ok(())).unwrap(), 0);
        let long = folder.join("long");
        fs::write(&long, vec![b'x'; 1 << 20]).unwrap();
        let (found, end) = last_lines_within(&long, 10, 100_000).unwrap();
        assert!(found.len() < 200_000 && end == 1 << 20);
        fs::remove_dir_all(folder).unwrap();
    }

    proptest! {
        #[test]
        fn lines_across_files_put_aside(lines in proptest::collection::vec("[a-z]{0,9}", 0..60), cuts in proptest::collection::vec(0_usize..400, 0..6), count in 0_usize..70, open in any::<bool>()) {
            let folder = std::env::temp_dir().join(format!("procman-across-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            let mut text = lines.join("\n");
            if !open && !lines.is_empty() {
                text.push('\n');
            }
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= text.len()).collect();
            cuts.sort_unstable();
            let mut from = 0;
            for (number, cut) in cuts.iter().enumerate() {
                fs::write(folder.join(format!("a.log.2026-{number}")), &text[from..*cut]).unwrap();
                from = *cut;
            }
            let log = folder.join("a.log");
            fs::write(&log, &text[from..]).unwrap();
            let all: Vec<&str> = text.split_inclusive('\n').collect();
            let expected = all[all.len().saturating_sub(count)..].concat();
            let (found, end) = last_lines_of_all(&log, count).unwrap();
            prop_assert_eq!(String::from_utf8(found).unwrap(), expected);
            prop_assert_eq!(end, (text.len() - from) as u64);
            fs::remove_dir_all(&folder).unwrap();
        }

        #[test]
        fn the_last_lines_of_any_text(lines in proptest::collection::vec("[a-z]{0,4000}", 0..80), count in 0_usize..100, open in any::<bool>()) {
            let path = std::env::temp_dir().join(format!("procman-tail-{}", std::process::id()));
            let mut text = lines.join("\n");
            if !open && !lines.is_empty() {
                text.push('\n');
            }
            std::fs::write(&path, &text).unwrap();
            let all: Vec<&str> = text.split_inclusive('\n').collect();
            let expected = all[all.len().saturating_sub(count)..].concat();
            let (found, end) = last_lines(&path, count).unwrap();
            prop_assert_eq!(String::from_utf8(found).unwrap(), expected);
            prop_assert_eq!(end, text.len() as u64);
            std::fs::remove_file(&path).unwrap();
        }
    }
}
