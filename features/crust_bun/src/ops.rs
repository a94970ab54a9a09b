//! Natives of the `Bun` object.

use crate::which::find;
use crust_core::{Call, Op, OpResult};
use std::path::Path;
use std::time::Duration;

pub(crate) const OPS: &[Op] = &[
    Op::new("revision", revision),
    Op::new("sleepSync", sleep_sync),
    Op::new("which", which),
    Op::new("isFolder", is_folder),
    Op::new("parseData", crate::formats::parse_data),
];

/// The longest `Bun.sleepSync` in seconds: 100 years. Larger numbers would overflow the clock.
const LONGEST_SLEEP: f64 = 100.0 * 365.0 * 86_400.0;

/// The commit that was built, where the build knows it.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn revision<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_string(option_env!("CRUST_REVISION").unwrap_or("development")))
}

/// `sleepSync(milliseconds)`. Output is written before, as nothing will be for a while.
fn sleep_sync<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let seconds = (cx.number(0)? / 1000.0).clamp(0.0, LONGEST_SLEEP);
    cx.runtime().flush();
    std::thread::sleep(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    Ok(cx.undefined())
}

/// `which(command, PATH, cwd)`: an absolute path or null.
fn which<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (command, path, folder) = (cx.string(0)?, cx.string(1)?, cx.string(2)?);
    let found = find(&command, &path, Path::new(&folder));
    Ok(found.map_or_else(
        || cx.null(),
        |found| cx.make_string(&found.to_string_lossy()),
    ))
}

/// `isFolder(path)`.
fn is_folder<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    Ok(cx.make_bool(Path::new(&path).is_dir()))
}
