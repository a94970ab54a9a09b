//! The output of one process as a dashboard gets it: its last lines, then what comes. A flood is shown in part, since
//! nobody could read it; the files have everything.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use crate::tail::last_lines_within;

/// Lines of each file to begin with.
const FIRST: usize = 200;
/// Bytes of them, however long the lines are.
const MOST_OF_FIRST: usize = 256 << 10;
/// Sent at one look.
const PIECE: u64 = 64 << 10;

pub(super) struct Followed {
    pub(super) id: u32,
    files: Vec<(&'static str, PathBuf, Option<u64>)>,
}

impl Followed {
    pub(super) fn new(id: u32, out: PathBuf, err: PathBuf) -> Self {
        let mut files = vec![("out", out, None)];
        if files.iter().all(|(_, path, _)| *path != err) {
            files.push(("err", err, None));
        }
        Self { id, files }
    }

    /// What was written since the last call, by stream.
    pub(super) fn news(&mut self) -> Vec<(&'static str, String)> {
        let mut news = Vec::new();
        for (stream, path, at) in &mut self.files {
            // Only files are read: a pipe would keep us waiting.
            let Some(about) = path.metadata().ok().filter(std::fs::Metadata::is_file) else {
                continue;
            };
            let length = about.len();
            let bytes = match *at {
                None => {
                    let (bytes, end) =
                        last_lines_within(path, FIRST, MOST_OF_FIRST).unwrap_or_default();
                    *at = Some(end);
                    bytes
                }
                Some(from) if length < from => {
                    *at = Some(0);
                    continue;
                }
                Some(from) if length == from => continue,
                Some(from) => {
                    let from = from.max(length.saturating_sub(PIECE));
                    let mut bytes = Vec::new();
                    let read = File::open(&*path).and_then(|mut file| {
                        file.seek(SeekFrom::Start(from))?;
                        file.take(PIECE).read_to_end(&mut bytes)
                    });
                    let read = read.unwrap_or(0) - drop_open_letter(&mut bytes);
                    *at = Some(from + u64::try_from(read).unwrap_or(0));
                    bytes
                }
            };
            if !bytes.is_empty() {
                news.push((*stream, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        news
    }
}

/// Takes the bytes of a letter away whose rest has not been read yet; how many they were.
fn drop_open_letter(bytes: &mut Vec<u8>) -> usize {
    // A letter has at most four bytes, so one that is open begins in the last three.
    let tail = bytes.len().saturating_sub(3);
    let begins = bytes.get(tail..).unwrap_or_default();
    let open = begins
        .iter()
        .rposition(|byte| *byte >= 0xc0)
        .map_or(0, |at| {
            let letter = begins.get(at..).unwrap_or_default();
            let is_open =
                std::str::from_utf8(letter).is_err_and(|error| error.error_len().is_none());
            if is_open { letter.len() } else { 0 }
        });
    bytes.truncate(bytes.len() - open);
    open
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn letters_are_sent_whole_and_long_lines_in_part() {
        let folder = std::env::temp_dir().join(format!("procman-follow-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let out = folder.join("out.log");
        fs::write(&out, vec![b'x'; 3 << 20]).unwrap();
        let mut followed = Followed::new(0, out.clone(), out.clone());
        let first = followed.news();
        assert!(first.len() == 1 && first[0].1.len() <= MOST_OF_FIRST);
        let mut said = String::new();
        let mut written = fs::OpenOptions::new().append(true).open(&out).unwrap();
        for byte in "añ€😀!".bytes() {
            std::io::Write::write_all(&mut written, &[byte]).unwrap();
            said.extend(followed.news().into_iter().map(|(_, text)| text));
        }
        assert_eq!(said, "añ€😀!");
        // What is no letter at all does not hold up the rest.
        std::io::Write::write_all(&mut written, b"\xff\xff").unwrap();
        assert_eq!(followed.news()[0].1, "\u{fffd}\u{fffd}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
