//! Random bytes of the operating system, for `crypto.getRandomValues` and `randomUUID`.

use crust_core::{Call, Op, OpError, OpResult};
use rustix::rand::{GetRandomFlags, getrandom};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("randomFill", random_fill)];

/// `randomFill(bytes)`: overwrites all bytes.
fn random_fill<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mut rest = cx.bytes_mut(0)?;
    while !rest.is_empty() {
        let filled = getrandom(&mut *rest, GetRandomFlags::empty())
            .map_err(|error| OpError::from_io(&error.into(), "getrandom", None))?;
        rest = &mut rest[filled..];
    }
    Ok(cx.undefined())
}
