//! Reading a whole file for `fetch("file:…")`.

use crust_core::{Call, Op, OpError, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("readFileBytes", read_file_bytes)];

/// `readFileBytes(path)`: a promise of a `Uint8Array`.
fn read_file_bytes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    cx.spawn_blocking(
        move || std::fs::read(&path).map_err(|error| OpError::from_io(&error, "open", Some(&path))),
        |scope, bytes| Ok(scope.uint8_array(bytes)?),
    )
}
