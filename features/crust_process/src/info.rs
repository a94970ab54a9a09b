//! Natives about what the process was started with.

use crust_core::{Call, Op, OpResult};
use std::os::unix::ffi::OsStrExt;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("processInfo", process_info),
    Op::new("environment", environment),
    Op::new("setTitle", set_title),
    Op::new("abort", abort),
];

/// `processInfo()`: everything that never changes, at once.
fn process_info<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let info = cx.runtime().process();
    let entry = info.entry.as_ref().map_or_else(
        || cx.undefined(),
        |path| cx.make_string(&path.to_string_lossy()),
    );
    let list = |items: &[String]| cx.make_array(items.to_vec(), |scope, item| scope.string(&item));
    let title = info.title.as_ref().unwrap_or(&info.argv0);
    cx.make_object(&[
        ("entry", entry),
        ("argv", list(&info.argv)?),
        ("execArgv", list(&info.exec_argv)?),
        ("argv0", cx.make_string(&info.argv0)),
        (
            "execPath",
            cx.make_string(&info.exec_path.to_string_lossy()),
        ),
        ("title", cx.make_string(title)),
        ("platform", cx.make_string(platform())),
        ("arch", cx.make_string(architecture())),
        ("pid", cx.make_number(f64::from(std::process::id()))),
        ("crust", cx.make_string(env!("CARGO_PKG_VERSION"))),
    ])
}

fn platform() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

/// Node's name of the architecture the binary was built for.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        "powerpc64" => "ppc64",
        "loongarch64" => "loong64",
        other => other,
    }
}

/// `environment()`: names and values in turn, as the process got them.
fn environment<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let variables = &cx.runtime().process().environment;
    let words = variables.iter().flat_map(|(name, value)| [name, value]);
    cx.make_array(words, |scope, word| scope.string_utf8(word.as_bytes()))
}

/// `setTitle(text)`: the name that `ps` and `top` show.
fn set_title<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let title = cx.string(0)?;
    let name = std::ffi::CString::new(
        title
            .bytes()
            .take_while(|byte| *byte != 0)
            .take(15)
            .collect::<Vec<u8>>(),
    );
    // The kernel keeps 15 bytes; without procfs permission the title is only ours.
    let _ = name.map(|name| std::fs::write("/proc/self/comm", name.as_bytes()));
    Ok(cx.undefined())
}

fn abort<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().flush();
    std::process::abort()
}
