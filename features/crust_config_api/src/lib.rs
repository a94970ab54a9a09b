//! `Bun.config`: the project header as it was when the process started. Reads no file and changes
//! nothing.

use crust_core::{Call, Op, OpError, OpResult};
use crust_header::Feature;

const OPS: &[Op] = &[
    Op::new("snapshot", snapshot),
    Op::new("debugging", debugging),
    Op::new("debugLine", debug_line),
    Op::new("mocksS3", mocks_s3),
];

/// What this folder brings.
pub const FEATURE: crust_core::Feature = crust_core::Feature {
    name: "config_api",
    ops: &[OPS],
    builtins: &[],
    globals: &[],
};

/// `snapshot()`: `[version, registryHash, mode, rows, cols, name, on, name, on, …]`.
fn snapshot<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let config = &cx.runtime().process().config;
    let names = config
        .names()
        .map_err(|problem| OpError::error(problem.to_owned()).code("ERR_CONFIG_FEATURE_NAME"))?;
    let header = &config.header;
    let terminal = header.terminal;
    let mut values = vec![
        cx.make_number(header.version.number().into()),
        cx.make_number(header.registry.0.into()),
        cx.make_string(terminal.mode.name()),
        cx.make_number(terminal.rows.get().into()),
        cx.make_number(terminal.columns.get().into()),
    ];
    for (name, on) in names.states(header.features) {
        values.extend([cx.make_string(name), cx.make_bool(on)]);
    }
    Ok(cx.scope().array(&values)?)
}

/// `debugging()`: whether the flag DEBUG is on. Reads no names.
fn debugging<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let on = cx.runtime().process().config.has(Feature::Debug);
    Ok(cx.make_bool(on))
}

/// `debugLine(text)`: a line on standard error, at once.
fn debug_line<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(0)?;
    cx.runtime().flush();
    cx.runtime().print_error(&text);
    Ok(cx.undefined())
}

/// `mocksS3()`: whether `Bun.s3` is a local folder.
fn mocks_s3<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let on = cx.runtime().process().config.has(Feature::MockS3);
    Ok(cx.make_bool(on))
}
