//! The natives that replace or extend a whole file in one go.

use crate::place::{Opened, Place};
use crate::support::{retry, run, settle_later};
use crate::tree::make_all;
use crust_console::output;
use crust_core::{Call, Op, OpError, OpResult, Scope, Throw};
use rustix::fs::{self, OFlags};
use rustix::io::Errno;
use std::path::Path;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("writeWhole", write_whole),
    Op::new("writeWholeText", write_whole_text),
];

/// Up to this size writing at once costs less than waking another thread.
const QUICK: usize = 64 * 1024;

/// How a file is written.
struct Target {
    place: Place,
    flags: OFlags,
    mode: u32,
    /// Make the directories that lack (`Bun.write`).
    parents: bool,
    /// Flush to the disk (`flush: true`).
    sync: bool,
}

impl Target {
    /// `(async, path | fd, data, flags, mode, parents, sync)`.
    fn read<'s>(cx: &Call<'s>) -> Result<Self, Throw<'s>> {
        Ok(Self {
            place: Place::read(cx, 1)?,
            flags: OFlags::from_bits_retain(cx.integer(3)?),
            mode: cx.integer(4)?,
            parents: cx.boolean(5),
            sync: cx.boolean(6),
        })
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, OpError> {
        // Emptying a file first makes some file systems (ext4) write it out when it is closed, which
        // takes a hundred times as long as cutting it afterwards.
        let shortens = self.flags.contains(OFlags::TRUNC);
        let flags = self.flags - OFlags::TRUNC;
        let file = match self.place.open(flags, self.mode) {
            Err(_) if self.parents && self.make_parents() => self.place.open(flags, self.mode)?,
            opened => opened?,
        };
        let mut written = 0;
        let mut failure = None;
        while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
            match retry(|| rustix::io::write(&file, rest)) {
                Ok(count) => written += count,
                Err(error) => {
                    failure = Some(self.place.fail(error, "write"));
                    break;
                }
            }
        }
        if let Place::Descriptor(fd) = self.place {
            output::note_written(fd, written);
        }
        if shortens && matches!(file, Opened::Ours(_)) {
            // Pipes and devices have no length.
            let _ = fs::ftruncate(&file, written as u64);
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        if self.sync {
            fs::fsync(&file).map_err(|error| self.place.fail(error, "fsync"))?;
        }
        Ok(written)
    }

    /// Whether writing only fills the page cache, which takes less than waking another thread: little
    /// data, and no pipe or device that could wait for its reader.
    fn is_quick(&self, length: usize) -> bool {
        let Place::Path(path) = &self.place else {
            return false;
        };
        let ordinary = match fs::stat(path) {
            Ok(stat) => fs::FileType::from_raw_mode(stat.st_mode).is_file(),
            Err(error) => error == Errno::NOENT,
        };
        ordinary && !self.sync && length <= QUICK
    }

    fn make_parents(&self) -> bool {
        match &self.place {
            Place::Path(path) => Path::new(path).parent().is_some_and(|parent| {
                !parent.as_os_str().is_empty()
                    && make_all(parent, 0o777).is_ok_and(|made| made.is_some())
            }),
            Place::Descriptor(_) => false,
        }
    }
}

fn count(scope: Scope<'_>, written: usize) -> OpResult<'_> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "no buffer is longer than 2^53 bytes"
    )]
    let written = written as f64;
    Ok(scope.number(written))
}

/// `writeWhole(async, path | fd, bytes, flags, mode, parents, sync) -> bytes written`.
fn write_whole<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let target = Target::read(cx)?;
    if !cx.boolean(0) {
        let written = target.write(cx.bytes(2)?)?;
        return count(cx.scope(), written);
    }
    let bytes = cx.bytes(2)?;
    if target.is_quick(bytes.len()) {
        return settle_later(cx, target.write(bytes), count);
    }
    let bytes = bytes.to_vec();
    run(cx, move || target.write(&bytes), count)
}

/// `writeWholeText(async, path | fd, text, flags, mode, parents, sync) -> bytes written`.
fn write_whole_text<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let target = Target::read(cx)?;
    let text = cx.string(2)?;
    if cx.boolean(0) && target.is_quick(text.len()) {
        return settle_later(cx, target.write(text.as_bytes()), count);
    }
    run(cx, move || target.write(text.as_bytes()), count)
}
